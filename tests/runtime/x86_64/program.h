// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions of x86-64 for linux-program.h, and the registers of a system call. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#define PROGRAM_MACHINE EM_X86_64
#define PROGRAM_TRAP    0xf4 /* hlt */
#define PROGRAM_SIGNAL  SIGSEGV
#define PROGRAM_SYSCALL \
    {                   \
        0x0f, 0x05      \
    }

#define PROGRAM_SPIN /* jmp to itself */ \
    {                                    \
        0xeb, 0xfe                       \
    }
#define PROGRAM_FREE_LOAD /* mov %rsp,%rdx; mov (%rdx),%ecx */ \
    {                                                          \
        0x48, 0x89, 0xe2, 0x8b, 0x0a                           \
    }
#define PROGRAM_FREE_STORE /* mov %rsp,%rdx; mov %ecx,(%rdx) */ \
    {                                                           \
        0x48, 0x89, 0xe2, 0x89, 0x0a                            \
    }

#define CALL_REGISTERS(number, a, b, c, d, e, f) \
    .rax = (number), .rdi = (a), .rsi = (b), .rdx = (c), .r10 = (d), .r8 = (e), .r9 = (f)
#define CALL_RESULT rax
#define STACK       rsp
#define PC          rip
#define RETURNS     8 /* bytes that a handler's return takes from the stack: the restorer's address */

/* mov $value,%reg32: the number of a system call, its first and second argument */
enum { NUMBER = 0, FIRST = 7, SECOND = 6 };
static inline void program_set(struct program *program, int reg, uint32_t value)
{
    uint8_t code[5] = {(uint8_t)(0xb8 + reg)};
    memcpy(code + 1, &value, 4);
    program_emit(program, code, sizeof code);
}

/* The runtime call `slot`, at the end of its bundle. */
static inline void program_call(struct program *program, int slot)
{
    static const uint8_t group[] = {0x4c, 0x8d, 0x1d, 8, 0, 0, 0, 0x65, 0xff, 0x24, 0x25};
    int32_t offset = LFI_SLOT_INSIDE(slot);
    while (program->code % 32 != 32 - sizeof group - sizeof offset)
        program->bytes[program->code++] = 0x90;
    program_emit(program, group, sizeof group);
    program_emit(program, &offset, sizeof offset);
}

/* The result of a call becomes the first argument of the next; negated. */
static inline void program_pass_result(struct program *program)
{
    static const uint8_t move[] = {0x89, 0xc7}; /* mov %eax,%edi */
    program_emit(program, move, sizeof move);
}

static inline void program_pass_negated(struct program *program)
{
    static const uint8_t negate[] = {0xf7, 0xd8}; /* neg %eax */
    program_emit(program, negate, sizeof negate);
    program_pass_result(program);
}

#endif
