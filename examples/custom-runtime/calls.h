// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The system calls of this runtime: their numbers are ours. Results are not below 0: musl's
 * syscall() takes that for an error and sets errno, which needs storage of the thread.
 */
enum {
    CALL_PRINT = 1, /* (text, size): 0, or 1 if that is no text */
    CALL_NEXT = 2,  /* (): 1, 2, 3, … */
    CALL_STOP = 3,  /* (status): does not return */
};
