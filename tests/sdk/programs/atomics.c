// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

static atomic_int a32;
static atomic_llong a64;
static _Atomic unsigned char a8;
static _Atomic unsigned short a16;
static _Alignas(16) unsigned __int128 wide;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static long guarded;

static void add_wide(uint64_t low, uint64_t high)
{
    unsigned __int128 old = wide, wanted;
    do {
        wanted = old + low + ((unsigned __int128)high << 64);
        unsigned __int128 seen = __sync_val_compare_and_swap(&wide, old, wanted);
        if (seen == old)
            break;
        old = seen;
    } while (1);
}

static void *work(void *argument)
{
    long id = (long)argument;
    for (int i = 0; i < 5000; i++) {
        atomic_fetch_add(&a32, 1);
        atomic_fetch_sub(&a64, id);
        atomic_fetch_xor(&a8, (unsigned char)(1 << id));
        atomic_fetch_add_explicit(&a16, 3, memory_order_relaxed);
        add_wide(UINT64_MAX, 1);
        while (atomic_flag_test_and_set(&lock))
            ;
        guarded += id;
        atomic_flag_clear(&lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, (void *)i);
    for (long i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("%d %lld %d %d %ld\n", a32, (long long)a64, a8, a16, guarded);
    printf("%llx %llx\n", (unsigned long long)(wide >> 64), (unsigned long long)wide);
    int expected = 5;
    printf("%d", atomic_compare_exchange_strong(&a32, &expected, 1));
    printf(" %d %d\n", expected, atomic_exchange(&a32, 9));
    printf("%d %d\n", atomic_fetch_or(&a32, 6), atomic_fetch_and(&a32, 12));
    printf("%d\n", a32);
}
