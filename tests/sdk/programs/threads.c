// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static int queue[8], head, count;
static long consumed;
static int counter;

static void put(int value)
{
    pthread_mutex_lock(&mutex);
    while (count == 8)
        pthread_cond_wait(&not_full, &mutex);
    queue[(head + count++) % 8] = value;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mutex);
}

static int get(void)
{
    pthread_mutex_lock(&mutex);
    while (count == 0)
        pthread_cond_wait(&not_empty, &mutex);
    int value = queue[head];
    head = (head + 1) % 8;
    count--;
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mutex);
    return value;
}

static void *produce(void *argument)
{
    (void)argument;
    for (int i = 1; i <= 1000; i++)
        put(i);
    return NULL;
}

static void *consume(void *argument)
{
    long sum = 0;
    for (int value; (value = get()) != 0;)
        sum += value;
    pthread_mutex_lock(&mutex);
    consumed += sum;
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void *increment(void *argument)
{
    for (int i = 0; i < 10000; i++) {
        pthread_mutex_lock(argument);
        counter++;
        pthread_mutex_unlock(argument);
    }
    return NULL;
}

static atomic_int detached;

static void *detach(void *argument)
{
    (void)argument;
    atomic_fetch_add(&detached, 1);
    return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int initialized;

static void initialize(void)
{
    initialized++;
}

static pthread_barrier_t barrier;
static atomic_int arrived;

static void *meet(void *argument)
{
    (void)argument;
    pthread_once(&once, initialize);
    atomic_fetch_add(&arrived, 1);
    pthread_barrier_wait(&barrier);
    return (void *)(long)(arrived == 4);
}

static pthread_key_t key;
static atomic_int destroyed;

static void destroy(void *value)
{
    atomic_fetch_add(&destroyed, *(int *)value);
    free(value);
}

static void *with_key(void *argument)
{
    int *value = malloc(sizeof *value);
    *value = 3;
    (void)argument;
    pthread_setspecific(key, value);
    pthread_exit(NULL);
}

int main(void)
{
    pthread_t t[8];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, consume, (void *)(long)i);
    for (int i = 2; i < 5; i++)
        pthread_create(&t[i], NULL, produce, NULL);
    for (int i = 2; i < 5; i++)
        pthread_join(t[i], NULL);
    put(0);
    put(0);
    void *result;
    pthread_join(t[0], NULL);
    pthread_join(t[1], &result);
    printf("consumed %ld, result %ld\n", consumed, (long)result);

    for (int i = 0; i < 8; i++)
        pthread_create(&t[i], NULL, increment, &mutex);
    for (int i = 0; i < 8; i++)
        pthread_join(t[i], NULL);
    printf("counter %d\n", counter);

    for (int i = 0; i < 50; i++) {
        pthread_create(&t[0], NULL, detach, NULL);
        pthread_detach(t[0]);
    }
    while (detached < 50)
        usleep(1000);
    puts("detached");

    int met = 0;
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, meet, NULL);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], &result);
        met += (int)(long)result;
    }
    printf("met %d, initialized %d\n", met, initialized);

    pthread_key_create(&key, destroy);
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, with_key, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("destroyed %d\n", destroyed);

    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&mutex);
    int error = pthread_cond_timedwait(&not_empty, &mutex, &until);
    pthread_mutex_unlock(&mutex);
    printf("timed out: %d\n", error != 0);
}
