// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The library of the project: counts words. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

size_t words_count(const char *text);

/* The target that the library was made for: "lfi full", "lfi stores", "lfi jumps" or "native". */
const char *words_target(void);

#ifdef __cplusplus
}
#endif

#endif
