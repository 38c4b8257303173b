// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Dependent loads: a random cycle through a table, and a binary tree that is built and searched. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 88172645463325252;

static uint64_t random64(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

struct node {
    struct node *next, *left, *right;
    uint64_t key;
};

int main(void)
{
    enum { NODES = 1 << 16, KEYS = 60000 };
    struct node *nodes = calloc(NODES, sizeof *nodes), *root = NULL, *at = nodes;
    uint32_t *order = malloc(NODES * sizeof *order);
    for (uint32_t i = 0; i < NODES; i++)
        order[i] = i;
    for (uint32_t i = NODES - 1; i > 0; i--) {
        uint32_t j = random64() % i; /* Sattolo's shuffle: one cycle */
        uint32_t t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (uint32_t i = 0; i < NODES; i++)
        nodes[i].next = &nodes[order[i]];
    for (int i = 0; i < 5000000; i++)
        at = at->next;
    printf("%td\n", at - nodes);

    for (int i = 0; i < KEYS; i++) {
        struct node **place = &root;
        nodes[i].key = random64();
        while (*place != NULL)
            place = nodes[i].key < (*place)->key ? &(*place)->left : &(*place)->right;
        *place = &nodes[i];
    }
    uint64_t found = 0;
    for (int i = 0; i < 250000; i++) {
        uint64_t key = nodes[random64() % KEYS].key;
        for (at = root; at->key != key; found++)
            at = key < at->key ? at->left : at->right;
    }
    printf("%llu\n", (unsigned long long)found);
    return 0;
}
