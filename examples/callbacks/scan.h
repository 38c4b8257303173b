// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Finds words in a text. What pointers mean is said in scan.annotations. */
#include <stddef.h>

/* Called for each word: where it begins and how long it is. Any result but 0 stops the search. */
typedef int found_fn(void *data, size_t at, size_t length);

/* How many words were found. */
size_t scan(const char *text, size_t size, found_fn *found, void *data);

/* The longest word that this thread has seen. */
size_t longest(void);
