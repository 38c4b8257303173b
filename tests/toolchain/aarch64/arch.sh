# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # the tests use it
#
# What the tests of this folder need to know of AArch64.
rewritten_load='\[x28|\[x27, w' # in objdump's output, for a load in mode full
rewritten='\[x27, #-0x8\]'      # for what is rewritten in every mode
intrinsics=arm_neon.h
trap=133                        # 128 + the signal of __builtin_trap()
exit_call='mov w8, #94\n\tmov w0, %w0\n\tsvc #0" ::"r"(status) : "x0", "x8", "memory'
refused_insn='msr vbar_el1, x0' # in inline assembly of printf(1)
refused_because='vbar_el1'
from_asm='adrp x0, hidden\n\tldr w0, [x0, :lo12:hidden]'
twice_asm='add %w0, %w1, %w1" : "=r"(y) : "r"(x)'
code_models='small' # for -mcmodel, with position-independent code
refused_options='-mbranch-protection=pac-ret+leaf -msign-return-address=all'
native_options='-mbranch-protection=pac-ret+leaf'

# Files of assembly with preprocessing, a macro, and what is refused in line 3.
write_assembly() {
    printf '#define TO x19\n#include "part.h"\nf:\n\tstr x0, [TO]\n\tPART\n\tret\n' >a.S
    printf '\t.ifdef V\n\tmov w0, #V\n\t.endif\n\t.macro two a\n\tstr \\a, [x1]\n\tstr \\a, [x1, #8]\n\t.endm\ng:\ttwo x2\n' >m.s
    printf 'f:\n\tnop\n\tmsr vbar_el1, x0\n' >bad.s
    printf '\t.globl f\nf:\tblr x0\n\tmov sp, x0\n\tldr x1, [x2], #8\n\tsvc #0\n\tret\n' >debug.S
}
in_a='str.*\[x27,.w19,.uxtw\]'
in_m='#0x7 str.*\[x28,.#0x8\]'

# uses_reserved FILE: prints where compiled code uses what is the rewriter's; x30 may be saved and restored.
uses_reserved() {
    grep -E '\b[xw](25|26|27|28|30)\b' "$1" | grep -vE '^\s(stp|ldp|str|ldr)\s.*x30, .*\[sp|\.cfi'
}

# The same of what GCC compiled, which cannot be kept from x30.
gcc_uses_reserved() {
    grep -E '[xw]2[5-8]' "$1"
}
pressure=36 # values that are alive at once where every register is used
