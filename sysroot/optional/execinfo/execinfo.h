/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * execinfo.h: who called, as in glibc. Link with -lexecinfo, and with -Wl,--export-dynamic for
 * names of functions: without it, and for static functions, there are only addresses. All three
 * functions may be called by any thread; only backtrace_symbols() allocates memory. */
#ifndef _EXECINFO_H
#define _EXECINFO_H

#ifdef __cplusplus
extern "C" {
#endif

/* Fills `buffer` with the return addresses of the calls that are under way in this thread, the
 * latest first, at most `size` of them, and returns how many. Code without unwinding tables ends
 * it: assembly without .cfi directives, the C library, and a signal handler, behind which there is
 * not what it interrupted. */
int backtrace(void **buffer, int size);

/* What each of `size` addresses is: "program(function+0x1a) [0x20001a]", or "program(+0x801a)
 * [0x20801a]" with the place in the program's file, for llvm-symbolizer. Returns one block of
 * memory, which the caller frees, or NULL without memory. */
char **backtrace_symbols(void *const *buffer, int size);

/* Writes the same lines to the open file `fd`, and allocates nothing: for handlers of signals. */
void backtrace_symbols_fd(void *const *buffer, int size, int fd);

#ifdef __cplusplus
}
#endif

#endif
