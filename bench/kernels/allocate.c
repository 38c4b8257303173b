// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Allocation and nothing else: trees are made and torn down, blocks of mixed sizes live and die. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define LIVE    4096
#define TURNS   1000000

struct tree {
    struct tree *left, *right;
};

static struct tree *grow(int depth)
{
    struct tree *tree = malloc(sizeof *tree);
    tree->left = depth ? grow(depth - 1) : NULL;
    tree->right = depth ? grow(depth - 1) : NULL;
    return tree;
}

static size_t fell(struct tree *tree)
{
    if (!tree)
        return 0;
    size_t nodes = 1 + fell(tree->left) + fell(tree->right);
    free(tree);
    return nodes;
}

static void *work(void *seed)
{
    static _Thread_local unsigned char *blocks[LIVE];
    unsigned long state = (unsigned long)seed, sum = 0;
    for (int i = 0; i < 20; i++)
        sum += fell(grow(14));
    for (int i = 0; i < TURNS; i++) {
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        unsigned char **block = &blocks[(state >> 33) % LIVE];
        if (*block)
            sum += **block;
        free(*block);
        *block = malloc(16 + (state >> 48) % ((state >> 20) % 16 ? 200 : 4000));
        **block = (unsigned char)i;
    }
    for (int i = 0; i < LIVE; i++)
        free(blocks[i]);
    return (void *)sum;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)(i + 1)) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++) {
        void *sum;
        pthread_join(threads[i], &sum);
        printf("%lu\n", (unsigned long)sum);
    }
}
