/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What run.c and enter.S share. The addresses are those of generate.py, too. */
#ifndef EFFECT_STATE_H
#define EFFECT_STATE_H

/* The 4 GiB that stand for a box; the program is linked into them. */
#define BOX 0x500000000

/* What the functions access, the stack, and where the context block is. */
#define AREA       0x540000000
#define AREA_SIZE  0x50000
#define STACK      0x560000000
#define STACK_SIZE 0x100000
#define CONTEXT    (BOX - 0x10000)

/* struct state */
#define STATE_SP   (31 * 8)
#define STATE_NZCV (32 * 8)
#define STATE_FPSR (33 * 8)
#define STATE_TP   (34 * 8)
#define STATE_V    (36 * 8)

#ifndef __ASSEMBLER__
#include <stdint.h>

struct state {
    uint64_t x[31], sp, nzcv, fpsr, tp, unused;
    uint64_t v[32][2];
};

/*
 * Calls the function with the registers that the state holds, and x25, x27 and x28 as they are in a
 * box; leaves in the state what it left. The thread pointer is the real one and the one in the
 * context block; the state gets the latter if `boxed`.
 */
void enter(struct state *state, uint64_t function, uint64_t boxed);

/* The entry of the runtime table for system calls. */
void system_call(void);
#endif

#endif
