// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Blocks of memory, one after the other; large ones from huge pages. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE  ((size_t)2 * 1024 * 1024)
#define BLOCK_SIZE HUGE_PAGE

struct arena_block {
    struct arena_block *older;
};

void *alloc_large(size_t size)
{
    if (size < HUGE_PAGE)
        return malloc(size);
    size = (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    void *memory = aligned_alloc(HUGE_PAGE, size);
    if (memory)
        madvise(memory, size, MADV_HUGEPAGE); /* a hint only */
    return memory;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (size > a->left) {
        size_t header = (sizeof(struct arena_block) + 15) & ~(size_t)15;
        size_t room = header + size > BLOCK_SIZE ? header + size : BLOCK_SIZE;
        struct arena_block *block = a->blocks ? alloc_large(room) : malloc(room);
        if (!block)
            longjmp(*a->out_of_memory, 1);
        block->older = a->blocks;
        a->blocks = block;
        a->next = (char *)block + header;
        a->left = room - header;
    }
    void *result = a->next;
    a->next += size;
    a->left -= size;
    return result;
}

void *arena_zeroed(struct arena *a, size_t size)
{
    return memset(arena_alloc(a, size), 0, size);
}

void arena_return(struct arena *a, size_t size)
{
    size &= ~(size_t)15;
    a->next -= size;
    a->left += size;
}

void arena_free(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *older = a->blocks->older;
        free(a->blocks);
        a->blocks = older;
    }
    a->next = NULL;
    a->left = 0;
}
