# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Packages whose assembly for this architecture is what they are here for.
package_tests(x86_64 lfi long openssl openblas-dynamic gmp-zen libffi)
