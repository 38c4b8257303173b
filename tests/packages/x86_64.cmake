# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Packages whose assembly for this architecture is what they are here for.
package_tests(x86_64 lfi long openssl gmp-zen libffi isa-l libsecp256k1 x264-asm
    libvpx-asm openblas openblas-dynamic openblas-skylakex)
# And those that no one has tried on another.
package_tests(x86_64 lfi long quickjs libsodium simdjson highway flac jansson libarchive libfreetype libtiff
    mbedtls pcre2)
# Natively it needs robust mutexes, which the emulator of other architectures does not have.
package_tests(x86_64 lfi "" lmdb)
