# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Packages whose assembly for this architecture is what they are here for, and those that take long in the emulator.
package_tests(aarch64 lfi long lmdb libsecp256k1 quickjs libsodium openssl x264-asm)
