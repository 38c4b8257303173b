# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# AArch64; ../Arch.cmake says what each line means.
set(ARCH_MACHINE 183)
set(ARCH_POSTLINKS FALSE)
set(ARCH_KERNEL arm64)
set(ARCH_LLVM AArch64)
set(ARCH_PAGE_SIZES 4096 16384 65536)
set(ARCH_EMULATOR qemu-aarch64)
set(ARCH_EMULATED TRUE)
set(ARCH_COMPILER_RT -DCOMPILER_RT_HAS_AARCH64_SME=OFF) # no box has SME
set(ARCH_LTO
    -mllvm -mattr=+reserve-x25,+reserve-x26,+reserve-x27,+reserve-x28
    -mllvm -reserve-regs-for-regalloc=LR
    -mllvm -aarch64-enable-compress-jump-tables=false)
set(ARCH_NASM FALSE)
set(ARCH_GCC_FLAGS
    -ffixed-x25 -ffixed-x26 -ffixed-x27 -ffixed-x28 # x30 cannot be: docs/gcc.md
    -fno-jump-tables -fomit-frame-pointer)
