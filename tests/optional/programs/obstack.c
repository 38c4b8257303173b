// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stacks of objects: growth over chunks, alignment, freeing back to an object, and memory that is
// exhausted.
#include <obstack.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long allowed = -1; // allocations until there is no memory; -1 without end
static int chunks;

static void *allocate(long size)
{
    if (allowed == 0) {
        return NULL;
    }
    allowed -= allowed > 0;
    chunks++;
    return malloc((size_t)size);
}

static void release(void *chunk)
{
    chunks--;
    free(chunk);
}

#define obstack_chunk_alloc allocate
#define obstack_chunk_free  release

static jmp_buf exhausted;

static void no_memory(void)
{
    longjmp(exhausted, 1);
}

int main(void)
{
    struct obstack stack;
    obstack_init(&stack);

    // An object that outgrows its chunk many times, and moves.
    for (int i = 0; i < 100000; i++) {
        obstack_int_grow(&stack, i);
    }
    int count = obstack_object_size(&stack) / (int)sizeof(int);
    int *numbers = obstack_finish(&stack);
    long long sum = 0;
    for (int i = 0; i < count; i++) {
        sum += numbers[i];
    }
    printf("%d numbers, sum %lld\n", count, sum);

    // Strings.
    char *first = obstack_copy0(&stack, "first", 5);
    obstack_grow(&stack, "sec", 3);
    obstack_1grow(&stack, 'o');
    obstack_grow0(&stack, "nd", 2);
    char *second = obstack_finish(&stack);
    printf("%s %s\n", first, second);

    // Room, shrinking, pointers, alignment.
    void *block = obstack_alloc(&stack, 3);
    obstack_alignment_mask(&stack) = 63;
    obstack_alloc(&stack, 1);
    void *aligned = obstack_alloc(&stack, 1);
    obstack_blank(&stack, 1000);
    obstack_blank_fast(&stack, -900);
    printf("aligned %d, object of %d, room %s\n", (uintptr_t)aligned % 64 == 0,
           obstack_object_size(&stack), obstack_room(&stack) >= 900 ? "enough" : "too little");
    obstack_finish(&stack);
    obstack_ptr_grow(&stack, first);
    obstack_ptr_grow(&stack, second);
    char **pointers = obstack_finish(&stack);
    printf("%s %s\n", pointers[0], pointers[1]);

    // Freeing an object frees what came later; what came before stays.
    int before = chunks;
    for (int i = 0; i < 1000; i++) {
        memset(obstack_alloc(&stack, 500), i, 500);
    }
    printf("more chunks: %d\n", chunks > before);
    obstack_free(&stack, block);
    printf("after free: %s %s, chunks as before: %d\n", first, second, chunks == before);
    printf("same place: %d, used: %s\n", obstack_alloc(&stack, 3) >= block,
           obstack_memory_used(&stack) >= 400000 ? "at least the numbers" : "too little");

    // No memory.
    obstack_alloc_failed_handler = no_memory;
    if (setjmp(exhausted) == 0) {
        allowed = 2;
        for (;;) {
            obstack_alloc(&stack, 10000);
        }
    }
    printf("exhausted\n");
    allowed = -1;
    obstack_free(&stack, NULL);
    printf("chunks left: %d\n", chunks);
    return 0;
}
