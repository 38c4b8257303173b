# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# x86-64; ../Arch.cmake says what each line means.
set(ARCH_MACHINE 62)
set(ARCH_POSTLINKS TRUE)
set(ARCH_KERNEL x86)
set(ARCH_LLVM X86)
set(ARCH_PAGE_SIZES 4096)
set(ARCH_EMULATOR qemu-x86_64)
set(ARCH_EMULATED FALSE) # no one has tried
set(ARCH_COMPILER_RT "")
set(ARCH_LTO "")
set(ARCH_NASM TRUE)
set(ARCH_GCC_FLAGS -ffixed-r11 -mno-tls-direct-seg-refs -mtls-dialect=gnu2)
