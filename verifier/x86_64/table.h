// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The decoder: an automaton over the bytes of code. make-table.c writes it from insns.def when the
 * verifier is built.
 *
 * A state knows what the bytes of an instruction so far allow; the first is that between
 * instructions. An entry of its row says what the next byte makes of that: another state, or the
 * class of the instruction, whose displacement and immediate do not matter for it and are skipped.
 */
#ifndef LFI_VERIFIER_X86_64_TABLE_H
#define LFI_VERIFIER_X86_64_TABLE_H

#include <stdint.h>

/*
 * An entry: how many bytes to go on (1 to 15) in the low bits, and above them FIRST_CLASS and the
 * class of the instruction, or the number of the row of the next state, which is 1 byte on.
 */
enum { ADVANCE_BITS = 4, CLASS_LIMIT = 256, FIRST_CLASS = 4096 - CLASS_LIMIT };

/* What is to be checked of an instruction of a class besides its encoding; 0: nothing. */
enum {
    REFUSED = 1 << 0, /* no instruction, or one that is never allowed */

    /* Memory that is accessed, unless the form of the address confines it. */
    LOADS = 1 << 1,
    STORES = 1 << 2,
    BY_RIP = 1 << 3,   /* ... it is good in the image: size in the bits from SIZE_SHIFT on */
    ON_STACK = 1 << 4, /* ... it is N(%rsp), good if N is small */

    CHECKS_STEP = 1 << 5,   /* faults for sure if rsp is not in the box (ON_STACK: N small) */
    PASSES_STEP = 1 << 6,   /* a nop */
    CHECKS_STEP_ANYWHERE = 1 << 22, /* push, pop, call */
    BRANCHES = 1 << 7,      /* directly; the displacement is all that follows the last byte */
    CALLS = 1 << 8,         /* ... with a return point */
    WRITES_RSP = 1 << 9,    /* or what only a mode without a confined stack has */
    WRITES_OFFSET = 1 << 10, /* ... esp, so that a base may be added */
    HEADS = 1 << 11,        /* may be the first instruction of a group */
    IN_GROUP = 1 << 12,     /* allowed only in a group */
    IS_STRING = 1 << 13,    /* a string instruction */
    LOADS_BASE = 1 << 14,   /* movq %gs:N,%rX, which is for N of the base alone */

    /* With VEX, whose fields R, X, B and vvvv the automaton does not look at. */
    HAS_VEX = 1 << 15,
    USES_R = 1 << 16,
    USES_VVVV = 1 << 17,
    WRITES_REG_FIELD = 1 << 18, /* general registers that are written */
    WRITES_RM_FIELD = 1 << 19,
    WRITES_VVVV_FIELD = 1 << 20,
    IS_GATHER = 1 << 21,
    HAS_MODRM = 1 << 23,
    HAS_SIB = 1 << 24,

    SIZE_SHIFT = 25,
};

extern const uint16_t lfi_x86_64_table[]; /* rows of 256 entries */
extern const uint32_t lfi_x86_64_classes[CLASS_LIMIT];

#endif
