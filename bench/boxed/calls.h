// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What `calls` calls, in a box and without one. */
#ifndef CALLS_H
#define CALLS_H

#include <stddef.h>

#ifdef __LFI_BIND__
#define LFI(words) __attribute__((annotate(words)))
#else
#define LFI(words)
#endif

int add(int a, int b);
size_t length(const char *text LFI("string"));
typedef int back_fn(int n);
int call_back(back_fn *back, int n);

#endif
