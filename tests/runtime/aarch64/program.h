// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions of AArch64 for linux-program.h, and the registers of a system call. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#define PROGRAM_MACHINE EM_AARCH64
#define PROGRAM_TRAP    0 /* udf #0 */
#define PROGRAM_SIGNAL  SIGILL
#define PROGRAM_SYSCALL        \
    {                          \
        0x01, 0x00, 0x00, 0xd4 \
    }

#define PROGRAM_SPIN /* b to itself */ \
    {                                  \
        0x00, 0x00, 0x00, 0x14         \
    }
#define PROGRAM_FREE_LOAD /* mov x3, sp; ldr w4, [x3] */ \
    {                                                    \
        0xe3, 0x03, 0x00, 0x91, 0x64, 0x00, 0x40, 0xb9   \
    }
#define PROGRAM_FREE_STORE /* mov x3, sp; str w4, [x3] */ \
    {                                                     \
        0xe3, 0x03, 0x00, 0x91, 0x64, 0x00, 0x00, 0xb9    \
    }

#define CALL_REGISTERS(number, a, b, c, d, e, f) .x = {(a), (b), (c), (d), (e), (f), [8] = (number)}
#define CALL_RESULT                              x[0]
#define STACK                                    sp
#define PC                                       pc
#define RETURNS                                  0 /* bytes that a handler's return takes from the stack */

static inline void program_word(struct program *program, uint32_t word)
{
    program_emit(program, &word, sizeof word);
}

/* movz and movk wN: the number of a system call, its first and second argument */
enum { NUMBER = 8, FIRST = 0, SECOND = 1 };
static inline void program_set(struct program *program, int reg, uint32_t value)
{
    program_word(program, 0x52800000 | (value & 0xffff) << 5 | (uint32_t)reg);
    program_word(program, 0x72a00000 | value >> 16 << 5 | (uint32_t)reg);
}

/* The runtime call `slot`: ldur x30, [x27, #offset]; blr x30. */
static inline void program_call(struct program *program, int slot)
{
    program_word(program, 0xf840037e | ((uint32_t)LFI_SLOT_BELOW(slot) & 0x1ff) << 12);
    program_word(program, 0xd63f03c0);
}

/* The result of a call becomes the first argument of the next; negated. */
static inline void program_pass_result(struct program *program)
{
    (void)program;
}

static inline void program_pass_negated(struct program *program)
{
    program_word(program, 0x4b0003e0); /* neg w0, w0 */
}

#endif
