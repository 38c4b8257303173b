# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
lfi_verifier_table(x86_64 SOURCES make-table.c forms.c DEPENDS forms.h table.h insns.def evex.def rules.def)
