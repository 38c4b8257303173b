# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The processors that clang, lld and the binary tools know, by LLVM's names.
set(TARGETS X86 AArch64 RISCV)
