# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # the tests use it
#
# What the tests of this folder need to know of x86-64.
rewritten_load='%gs:\(%e'     # in objdump's output, for a load in mode full
rewritten='%gs:0x2f020'         # for what is rewritten in every mode
intrinsics=immintrin.h
trap=132                      # 128 + the signal of __builtin_trap()
exit_call='movl $231, %%eax\n\tsyscall" ::"D"(status) : "rax", "rcx", "r11", "memory'
refused_insn='movw %%ax, %%ds' # in inline assembly of printf(1)
refused_because='segment, control and debug registers'
from_asm='movl hidden(%rip), %eax'
twice_asm='leal (%1,%1), %0" : "=r"(y) : "r"((long)x)'
code_models='small medium large' # for -mcmodel, with position-independent code
refused_options='-m32 -mx32 -m16 -mretpoline -mlvi-cfi -mlvi-hardening -mseses -mspeculative-load-hardening
    -fsanitize=cfi-icall'
native_options='-mretpoline'

# Files of assembly with preprocessing, a macro, and what is refused in line 3.
write_assembly() {
    printf '#define TO %%rbx\n#include "part.h"\nf:\n\tmovq %%rax, (TO)\n\tPART\n\tret\n' >a.S
    printf '\t.ifdef V\n\tmovl $V, %%eax\n\t.endif\n\t.macro two a\n\tmovq \\a, (%%rdi)\n\tmovq \\a, 8(%%rdi)\n\t.endm\ng:\ttwo %%rcx\n' >m.s
    printf 'f:\n\tnop\n\tmovw (%%rax), %%ds\n' >bad.s
    printf '\t.globl f\nf:\tcall *%%rax\n\tmovq (%%rax), %%rsp\n\trep movsb\n\tret\n' >debug.S
}
in_a='movq.*%gs:\(%ebx\)'
in_m='\$0x7, %eax movq.*%gs:0x8\(%edi\)'

# uses_reserved FILE: prints where compiled code uses what is the rewriter's
uses_reserved() {
    grep '%r11' "$1"
}

# The same of what GCC compiled.
gcc_uses_reserved() {
    uses_reserved "$1"
}
pressure=24 # values that are alive at once where every register is used
