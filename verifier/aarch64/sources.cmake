# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
lfi_verifier_table(aarch64 SOURCES make-table.c DEPENDS forms.h insns.def simd.def)
