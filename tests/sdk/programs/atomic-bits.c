// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* One bit of a word, atomically: compilers have instructions for that. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_ulong shared[8];
static atomic_uint flags;

static void *set_bits(void *data)
{
    long mine = 0, which = (long)data;
    for (unsigned long n = 0; n < 64 * 8; n++) {
        unsigned long bit = 1ul << (n & 63);
        /* each bit is new to one of the threads */
        mine += (atomic_fetch_or(&shared[(n >> 6) ^ (unsigned long)which], bit) & bit) == 0;
    }
    return (void *)mine;
}

static unsigned fetch_or(unsigned n)
{
    return (atomic_fetch_or(&flags, 1u << (n & 31)) & 1u << (n & 31)) != 0;
}

static unsigned fetch_and(unsigned n)
{
    return (atomic_fetch_and(&flags, ~(1u << (n & 31))) & 1u << (n & 31)) != 0;
}

static unsigned fetch_xor(unsigned long n, unsigned long k)
{
    return (atomic_fetch_xor(&shared[k], 1ul << (n & 63)) & 1ul << (n & 63)) != 0;
}

int main(void)
{
    atomic_store(&flags, 5);
    for (unsigned n = 2; n < 4; n++)
        printf("or %u\n", fetch_or(n));
    for (unsigned n = 0; n < 2; n++)
        printf("and %u\n", fetch_and(n * 7));
    for (unsigned n = 0; n < 2; n++)
        printf("xor %u\n", fetch_xor(63, 7));
    printf("flags %u\n", flags);

    pthread_t threads[4];
    long total = 0;
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, set_bits, (void *)i);
    for (int i = 0; i < 4; i++) {
        void *mine;
        pthread_join(threads[i], &mine);
        total += (long)mine;
    }
    printf("new %ld of %d\n", total, 64 * 8);
    return 0;
}
