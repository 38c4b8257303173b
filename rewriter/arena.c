// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "arena.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK_SIZE ((size_t)2 * 1024 * 1024)

struct arena_block {
    struct arena_block *older;
};

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (size > a->left) {
        size_t header = (sizeof(struct arena_block) + 15) & ~(size_t)15;
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct arena_block *block = malloc(header + room);
        if (!block) {
            fputs("lfi-rewriter: out of memory\n", stderr);
            abort();
        }
        block->older = a->blocks;
        a->blocks = block;
        a->next = (char *)block + header;
        a->left = room;
    }
    void *result = a->next;
    a->next += size;
    a->left -= size;
    return result;
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
