// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A host that calls a library of which it knows the names: as drop-in, and by gates. */
#include "nbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registers.h"

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                     \
        }                                                                   \
    } while (0)

struct mixed {
    long a;
    double b;
};
struct two {
    double a, b;
};
struct large {
    long values[5];
};

/* As the library has them. */
long sum(long a, long b, long c, long d, long e, long f);
double weigh(double a, double b, double c, double d, double e, double f, double g, double h);
float third(float f, int by);
struct mixed both(struct mixed m);
struct two two_doubles(double a);
struct large enlarge(struct large *from, long by);
long double twice(long double l);
long many(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
long tenth(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
int total(int count, ...);
long second(long a, long b);
void *numbers(void);
long read_at(const long *address);
int call_back(int (*call)(int), int n);
long wild(void);
int fails(void);

static int failures;

static uint64_t square(uint64_t n)
{
    return (uint64_t)((int64_t)(int)n * (int)n);
}

/* The process ends, and the report says which function it was. */
static void ends(void)
{
    int output[2], status;
    char text[600] = {0};
    CHECK(pipe(output) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(output[1], 2);
        fails();
        _exit(0);
    }
    close(output[1]);
    for (size_t have = 0, got = 1; got > 0 && have < sizeof text - 1; have += got) {
        ssize_t n = read(output[0], text + have, sizeof text - 1 - have);
        got = n > 0 ? (size_t)n : 0;
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(text, "call of fails: fault in the box"));
}

int main(void)
{
    ends();
    CHECK(sum(1, 2, 3, 4, 5, 6) == 91);
    CHECK(weigh(1, 2, 3, 4, 5, 6, 7, 8) == 204);
    CHECK(third(1.5f, 3) == 0.5f);
    struct mixed mixed = both((struct mixed){1, 2.5});
    CHECK(mixed.a == 2 && mixed.b == 3.5);
    struct two two = two_doubles(4);
    CHECK(two.a == 4 && two.b == 5);
    struct large large = enlarge(numbers(), 10);
    CHECK(large.values[0] == 11 && large.values[4] == 15);
    CHECK(twice(1.25L) == 2.5L);
    CHECK(many(1, 1, 1, 1, 1, 1, 1, 1, 2, 3) == 3208);
    CHECK(total(3, 10, 20, 30) == 60);
    CHECK(second(1, 0x5ec3e7) == 0);                               /* does not cross */
    CHECK(tenth(1, 2, 3, 4, 5, 6, 7, 8, 9, 0x5ec3e7) != 0x5ec3e7); /* nor does the stack */

    /* Pointers are those of the box, both ways. */
    struct nbox *process = nbox_process(), *box;
    struct lfi_library *library = nbox_library(process);
    long value = 77;
    uint64_t place = lfi_library_malloc(library, sizeof value);
    CHECK(place && lfi_library_copy_out(library, place, &value, sizeof value) == 0);
    CHECK(read_at((const long *)place) == 77);
    uint64_t stub;
    CHECK(lfi_library_callback(library, (lfi_gate_fn *)square, NULL,
                               LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &stub) == 0);
    CHECK(call_back((int (*)(int))stub, -5) == 26);

    /* Hostile: nothing but the result changes. */
    long result = 0;
    CHECK(registers_changed(wild, &result) == 0 && result == -1);

    /* An instance of one's own, whose failure the host hears of. */
    struct lfi_error error;
    CHECK(nbox_open(&box, NULL, &error) == 0);
    CHECK(((long (*)(long, long, long, long, long, long))nbox_sum(box))(1, 2, 3, 4, 5, 6) == 91);
    CHECK(!lfi_library_failed(nbox_library(box)));
    CHECK(((int (*)(void))nbox_fails(box))() == 0);
    const struct lfi_library_failure *failure = lfi_library_failed(nbox_library(box));
    CHECK(failure && failure->end == LFI_LIBRARY_FAULT && strcmp(failure->function, "fails") == 0);
    CHECK(((float (*)(float, int))nbox_third(box))(1, 2) == 0);
    CHECK(nbox_free(box) == 0);
    CHECK(third(1.5f, 3) == 0.5f); /* another instance lives */
    return failures != 0;
}
