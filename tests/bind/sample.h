// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library with one of everything that crosses a boundary. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __LFI_BIND__ /* lfi-bind reads it */
#define LFI(words) __attribute__((annotate(words)))
#else
#define LFI(words)
#endif

enum color { RED, GREEN = 5, BLUE };

struct point {
    int x;
    double y;
};
struct pair {
    float a, b;
};
struct large {
    long values[6];
    bool flag;
    enum color color;
};
struct mixed {
    uint8_t small;
    struct {
        int a, b;
    } inner;
    union {
        int i;
        float f;
    } either;
    unsigned bits : 3;
    bool flags[3];
};
struct message {
    const char *text;
    const unsigned char *bytes;
    size_t size;
    char *copy;
    size_t room;
};
struct stream {
    const unsigned char *next_in;
    unsigned avail_in;
    unsigned char *next_out;
    unsigned avail_out;
    void *own;
};
struct padded {
    struct {
        char kind;
        int size;
    } list[2][2];
    struct point points[3];
    union { /* the same bytes are padding in both */
        struct {
            int a;
            char b;
        } x;
        struct {
            unsigned c;
            unsigned char d;
        } y;
    } both;
    union {
        short small;
        long large;
    } any LFI("whole");
    long double wide;
    bool on[2];
    struct {
        char c;
        union {
            int h;
            float i;
        };
    };
};
union loose {
    char c;
    long l;
};
struct chosen { /* the annotations say `whole` */
    int kind;
    union {
        char c;
        long l;
    };
};
struct thing; /* opaque */

int add(int a, int b);
double scale(float f, double d, long double l);
long double half(long double l);
float third(float f);
bool is_odd(int n);
enum color next(enum color color);
signed char narrow(int n);
struct point mirror(struct point p);
struct pair swap(struct pair p);
struct large enlarge(struct large l, int by);
long many(int a, long b, char c, short d, int e, long f, int g, double h, struct large i, long j);
struct mixed mix(struct mixed m);

size_t length(const char *text LFI("string"));
const char *name_of(enum color color);
void fill(unsigned char *to LFI("out size_is(size)"), size_t size, int value);
long sum(const int *list LFI("in size_is(count)"), int count);
void twice(int *list LFI("inout size_is(count)"), size_t count);
void flags(bool *list LFI("out size_is(count)"), size_t count);
void move_points(struct point *points LFI("inout size_is(count)"), size_t count, int by);
size_t spilt(const struct padded *padded LFI("in"));
size_t spilt_list(const long double *list LFI("in size_is(count)"), size_t count);
size_t spilt_values(struct padded padded, long double a, long double b);
unsigned spilt_register(struct point p);
long choose(struct chosen chosen);
struct padded refill(struct padded padded, int with);
size_t read_message(struct message *message LFI("inout"));
int copy_stream(struct stream *stream LFI("keep"));
int end_stream(struct stream *stream LFI("drop"));

typedef int compare_fn(const void *a LFI("in size_is(4)"), const void *b LFI("in size_is(4)"));
void sort(int *list LFI("inout size_is(count)"), size_t count, compare_fn *compare);
typedef bool (*visit_fn)(void *data LFI("user_data"), const char *name LFI("string"),
                         struct point p, float f, signed char c, enum color color);
struct thing *thing_new(int value);
void thing_free(struct thing *thing);
int thing_value(const struct thing *thing);
int thing_make(struct thing **thing LFI("out"), int value);
void thing_set(struct thing *thing, visit_fn visit, void *data LFI("user_data"));
int thing_visit(struct thing *thing, int times);
void *thing_data(struct thing *thing);

/* As libpng has it: errors leave by longjmp(). */
typedef void (*jump_fn)(jmp_buf, int);
jmp_buf *thing_jmp_buf(struct thing *thing, jump_fn jump LFI("longjmp"), size_t size);
void thing_error(struct thing *thing, int value);
void thing_wild_jump(struct thing *thing); /* to where no one asked for */

void crash(void);
unsigned evil(int what); /* lies in results and arguments */
const char *evil_string(int what);
struct thing *evil_pointer(uint64_t address);

/* Cannot be decided. */
void undecided(char *what);
void loose(const union loose *what LFI("in"));
int format(const char *text LFI("string"), ...);
void print(FILE *file);

#endif
