// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Objects that no instruction of every processor loads whole: library calls, from several threads.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 1000 };

struct large {
    long part[5];
};

static _Atomic(__int128) sum;
static _Atomic(struct large) all;

static void *add(void *argument)
{
    struct large was, is;

    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_fetch_add(&sum, ((__int128)1 << 64) + 1);
        was = atomic_load(&all);
        do {
            is = was;
            for (int k = 0; k < 5; k++)
                is.part[k] += k;
        } while (!atomic_compare_exchange_weak(&all, &was, is));
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct large end;

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, add, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    end = atomic_load(&all);
    printf("%ld %ld\n", (long)(atomic_load(&sum) >> 64), (long)atomic_load(&sum));
    printf("%ld %ld %ld\n", end.part[0], end.part[1], end.part[4]);
    return 0;
}
