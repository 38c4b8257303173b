// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Where a system call has its number and arguments, and wants its result. */
#define CALL_NUMBER(regs) ((regs)->x[8])
#define CALL_FIRST(regs)  ((regs)->x[0])
#define CALL_SECOND(regs) ((regs)->x[1])
#define CALL_RESULT(regs) ((regs)->x[0])
