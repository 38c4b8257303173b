// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Threads: mutex, condition, barrier, once, keys, TLS, detach, cancel, and a
 * thread that ends the process. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 16, ROUNDS = 20000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static sem_t detached;
static _Thread_local long mine = 5;
static long total, turn;
static atomic_int destroyed, initialized;

static void initialize(void)
{
    initialized++;
}

static void destroy(void *data)
{
    destroyed += *(int *)data;
    free(data);
}

static void *count(void *data)
{
    int *value = malloc(sizeof *value);
    *value = 1;
    pthread_setspecific(key, value);
    pthread_once(&once, initialize);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        total++;
        pthread_mutex_unlock(&lock);
        mine++;
    }
    return (void *)(mine + (long)data);
}

/* Each waits for its turn. */
static void *take_turn(void *data)
{
    pthread_mutex_lock(&lock);
    while (turn != (long)data)
        pthread_cond_wait(&changed, &lock);
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *post(void *data)
{
    sem_post(data);
    return NULL;
}

static void *block(void *data)
{
    char byte;
    (void)!read(*(int *)data, &byte, 1); /* a cancellation point */
    return NULL;
}

static void *recurse(void *data)
{
    long depth = (long)data;
    pthread_t next;
    if (depth == 0)
        return (void *)1L;
    void *below;
    if (pthread_create(&next, NULL, recurse, (void *)(depth - 1)))
        return (void *)-1000L;
    pthread_join(next, &below);
    return (void *)((long)below + 1);
}

static void *end_process(void *data)
{
    (void)data;
    puts("the thread ends the process");
    exit(33);
}

int main(void)
{
    pthread_t threads[THREADS];
    void *result;
    long sum = 0;
    pthread_key_create(&key, destroy);
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, (void *)i);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("total %ld, sum %ld, mine %ld, destroyed %d, initialized %d\n", total, sum, mine,
           destroyed, initialized);

    for (long i = THREADS; i-- > 0;)
        pthread_create(&threads[i], NULL, take_turn, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("turns %ld\n", turn);

    sem_init(&detached, 0, 0);
    for (int i = 0; i < 200; i++) {
        while (pthread_create(&threads[0], NULL, post, &detached) == EAGAIN)
            usleep(1000);
        pthread_detach(threads[0]);
    }
    for (int i = 0; i < 200; i++)
        sem_wait(&detached);
    puts("detached ones are done");

    int ends[2];
    if (pipe(ends))
        return 1;
    pthread_create(&threads[0], NULL, block, ends);
    usleep(20000);
    pthread_cancel(threads[0]);
    pthread_join(threads[0], &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);

    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    printf("timed out %d\n", pthread_cond_timedwait(&changed, &lock, &until) == ETIMEDOUT);
    pthread_mutex_unlock(&lock);

    pthread_create(&threads[0], NULL, recurse, (void *)50L);
    pthread_join(threads[0], &result);
    printf("nested %ld\n", (long)result);
    fflush(stdout);

    /* All kinds of waiting end when one thread ends the process; so does a loop
     * without calls. */
    pthread_create(&threads[1], NULL, block, ends);
    pthread_create(&threads[2], NULL, take_turn, (void *)-1L);
    usleep(10000);
    pthread_create(&threads[0], NULL, end_process, NULL);
    for (volatile long i = 0;; i++)
        ;
}
