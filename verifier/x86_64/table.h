// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The decoder: an automaton over the bytes of code. make-table.c writes it from insns.def and
 * evex.def when the verifier is built.
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
enum { ADVANCE_BITS = 4, CLASS_LIMIT = 512, FIRST_CLASS = 4096 - CLASS_LIMIT };

/* What is to be checked of an instruction of a class besides its encoding; 0: nothing. */
enum {
    REFUSED = 1 << 0, /* no instruction, or one that is never allowed */

    /* Memory that is accessed, unless the form of its address confines it. */
    LOADS = 1 << 1,
    STORES = 1 << 2,
    BY_RIP = 1 << 3,   /* good in the image; its size is in the bits from SIZE_SHIFT on */
    ON_STACK = 1 << 4, /* N(%rsp), good if N is small */

    /* The stack pointer. */
    WRITES_RSP = 1 << 5,     /* or does what is refused where rsp is confined */
    WRITES_OFFSET = 1 << 6,  /* ... to esp, so that a base may be added */
    CHECKS_STEP = 1 << 7,    /* push, pop, call: faults for sure where nothing is mapped */
    CHECKS_STEP_BY = 1 << 8, /* ... by N(%rsp), if ON_STACK only for a small N */
    PASSES_STEP = 1 << 9,    /* a nop */

    /* Control flow and groups. */
    BRANCHES = 1 << 10,   /* directly; the displacement is all that follows the last byte */
    CALLS = 1 << 11,      /* ... with a return point */
    HEADS = 1 << 12,      /* may be the first instruction of a group */
    IN_GROUP = 1 << 13,   /* allowed only in a group */
    IS_STRING = 1 << 14,  /* a string instruction: allowed only in a group if it is confined */
    LOADS_BASE = 1 << 15, /* movq %gs:N,%rX: N must be the slot of the base */

    /* VEX and EVEX, whose fields R, X, B and vvvv the automaton does not look at. */
    HAS_VEX = 1 << 16,
    HAS_MODRM = 1 << 17,
    HAS_SIB = 1 << 18,
    USES_R = 1 << 19,
    USES_VVVV = 1 << 20,
    WRITES_REG_FIELD = 1 << 21, /* general registers that are written */
    WRITES_RM_FIELD = 1 << 22,
    WRITES_VVVV_FIELD = 1 << 23,
    IS_GATHER = 1 << 24,

    SIZE_SHIFT = 25,
    SIZE_MASK = 127,
};

/* ... and of those of EVEX, R', V', z and aaa, and of mask registers, of which there are 8. */
enum {
    HAS_EVEX = 1ull << 32,
    REG_IS_MASK = 1ull << 33,
    RM_IS_MASK = 1ull << 34,
    VVVV_IS_MASK = 1ull << 35,
    REG_IS_VECTOR = 1ull << 36, /* one of 32, with EVEX */
    RM_IS_VECTOR = 1ull << 37,
    VVVV_IS_VECTOR = 1ull << 38,
    INDEX_IS_VECTOR = 1ull << 39,
    MAY_MASK = 1ull << 40,
    NEEDS_MASK = 1ull << 41,
    MAY_ZERO = 1ull << 42,
};

extern const uint16_t lfi_x86_64_table[]; /* rows of 256 entries */
extern const uint64_t lfi_x86_64_classes[CLASS_LIMIT];

#endif
