// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Each model of thread-local storage, asked for by name and compiled as for a library (-fPIC), so
 * that the compiler writes the sequence of that model, and the rewriter or the linker relaxes it.
 */
#include <pthread.h>
#include <stdio.h>

#define MODEL(name, text)                                                                      \
    __attribute__((tls_model(text), visibility("default"))) __thread long name = sizeof(text); \
    static __attribute__((tls_model(text))) __thread long name##_own[3];                       \
    __attribute__((noinline)) long *name##_at(void)                                            \
    {                                                                                          \
        return &name;                                                                          \
    }                                                                                          \
    __attribute__((noinline)) long name##_add(long n)                                          \
    {                                                                                          \
        name##_own[n % 3] += n;                                                                \
        return name += n + name##_own[0] + name##_own[1] + name##_own[2];                      \
    }

MODEL(global_dynamic, "global-dynamic")
MODEL(local_dynamic, "local-dynamic")
MODEL(initial_exec, "initial-exec")
MODEL(local_exec, "local-exec")

enum { THREADS = 4, MODELS = 4 };

static struct result {
    long values[MODELS];
    long *places[MODELS];
} results[THREADS];
static pthread_barrier_t all_run;

static void *thread(void *argument)
{
    long id = (long)argument;
    struct result *result = &results[id];
    for (long i = 0; i <= id; i++) {
        result->values[0] = global_dynamic_add(i);
        result->values[1] = local_dynamic_add(i);
        result->values[2] = initial_exec_add(i);
        result->values[3] = local_exec_add(i);
    }
    result->places[0] = global_dynamic_at();
    result->places[1] = local_dynamic_at();
    result->places[2] = initial_exec_at();
    result->places[3] = local_exec_at();
    pthread_barrier_wait(&all_run);
    for (int i = 0; i < MODELS; i++) /* still its own while the others live */
        if (*result->places[i] != result->values[i])
            result->values[i] = -1;
    pthread_barrier_wait(&all_run);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&all_run, NULL, THREADS);
    for (long id = 0; id < THREADS; id++)
        pthread_create(&threads[id], NULL, thread, (void *)id);
    for (int id = 0; id < THREADS; id++)
        pthread_join(threads[id], NULL);
    int shared = 0;
    for (int id = 0; id < THREADS; id++) {
        printf("thread %d: %ld %ld %ld %ld\n", id, results[id].values[0], results[id].values[1],
               results[id].values[2], results[id].values[3]);
        for (int other = 0; other < id; other++)
            for (int i = 0; i < MODELS; i++)
                shared += results[id].places[i] == results[other].places[i];
    }
    printf("main: %ld %ld %ld %ld, %d shared\n", *global_dynamic_at(), *local_dynamic_at(),
           *initial_exec_at(), *local_exec_at(), shared);
    return 0;
}
