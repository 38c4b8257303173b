// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* -lmimalloc: its functions beside musl's malloc. */
#include <mimalloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *theirs = mi_malloc(100), *ours = malloc(100);
    printf("%d %d\n", mi_check_owned(theirs), mi_check_owned(ours));
    strcpy(theirs, "moved");
    theirs = mi_realloc(theirs, 3000000);
    puts(theirs);
    printf("%d\n", (int)((uintptr_t)mi_malloc_aligned(100, 4096) % 4096));
    mi_heap_t *heap = mi_heap_new();
    int sum = 0;
    for (int i = 0; i < 100000; i++) {
        int *number = mi_heap_malloc(heap, sizeof *number);
        *number = i % 3;
        sum += *number;
    }
    mi_heap_destroy(heap);
    printf("%d\n", sum);
    free(ours);
    mi_free(theirs);
}
