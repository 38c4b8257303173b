// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static __thread int counter = 100;
__thread char name[32] = "initial";
static __thread long zeroed[10];
static _Thread_local struct {
    double x;
    int *self;
} state = {2.5, NULL};
__thread _Alignas(64) char aligned[64];

static void *thread(void *argument)
{
    long id = (long)argument;
    static char results[4][100];
    for (int i = 0; i < id * 1000; i++) {
        counter++;
        zeroed[i % 10] += id;
    }
    state.x *= (double)id;
    state.self = &counter;
    char before[32];
    strcpy(before, name);
    snprintf(name, sizeof name, "thread %ld", id);
    snprintf(results[id], sizeof results[id], "%s, was %s: %d %ld %.1f %d %d", name, before,
             counter, zeroed[3], state.x, *state.self == counter, (int)((uintptr_t)aligned % 64));
    return results[id];
}

int main(void)
{
    pthread_t threads[4];
    counter = 5;
    for (long i = 1; i < 4; i++)
        pthread_create(&threads[i], NULL, thread, (void *)i);
    for (long i = 1; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        puts(result);
    }
    printf("main: %d %s %ld %.1f\n", counter, name, zeroed[3], state.x);
}
