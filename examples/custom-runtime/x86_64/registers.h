// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Where a system call has its number and arguments, and wants its result. */
#define CALL_NUMBER(regs) ((regs)->rax)
#define CALL_FIRST(regs)  ((regs)->rdi)
#define CALL_SECOND(regs) ((regs)->rsi)
#define CALL_RESULT(regs) ((regs)->rax)
