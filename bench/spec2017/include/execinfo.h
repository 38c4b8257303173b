/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * glibc's backtraces, which musl does not have: always empty. Found only if the system has no such
 * header
 * (-idirafter).
 */
#ifndef SPEC2017_EXECINFO_H
#define SPEC2017_EXECINFO_H

static inline int backtrace(void **addresses, int size)
{
    (void)addresses;
    (void)size;
    return 0;
}

static inline char **backtrace_symbols(void *const *addresses, int size)
{
    (void)addresses;
    (void)size;
    return 0;
}

static inline void backtrace_symbols_fd(void *const *addresses, int size, int file)
{
    (void)addresses;
    (void)size;
    (void)file;
}

#endif
