// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mimalloc beside musl's malloc: its own functions, and malloc stays musl's.
#include <mimalloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *text = mi_malloc(100);
    strcpy(text, "from mimalloc");
    printf("%s, in its heap: %d, usable: %d\n", text, mi_is_in_heap_region(text),
           mi_usable_size(text) >= 100);
    text = mi_realloc(text, 100000);
    printf("%s after growing\n", text);
    mi_free(text);

    mi_heap_t *heap = mi_heap_new();
    int sum = 0;
    for (int i = 0; i < 1000; i++) {
        int *number = mi_heap_malloc(heap, sizeof *number);
        *number = i;
        sum += *number;
    }
    mi_heap_destroy(heap);
    printf("a heap of its own: %d\n", sum);

    char *aligned = mi_malloc_aligned(300, 4096);
    printf("aligned: %d\n", (int)((size_t)aligned % 4096));
    mi_free(aligned);

    void *other = malloc(100);
    printf("malloc's in mimalloc's heap: %d\n", mi_is_in_heap_region(other));
    free(other);
}
