// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Memory that is freed all at once: nothing that a rewriting run allocates outlives it. */
#ifndef REWRITER_ARENA_H
#define REWRITER_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena {
    struct arena_block *blocks;
    char *next;
    size_t left;
    jmp_buf
        *out_of_memory; /* where to go without memory; must be set before anything is allocated */
};

/*
 * malloc() for what may be large: with huge pages, since faults of small ones would be a fifth of
 * the time that rewriting takes.
 */
void *alloc_large(size_t size);

/* Never returns NULL: without memory it jumps to a->out_of_memory. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zeroed(struct arena *a, size_t size);
/* Gives the last `size` bytes of the last allocation back (in units of 16). */
void arena_return(struct arena *a, size_t size);
void arena_free(struct arena *a);

#endif
