// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library that wants the host to keep much, and rewrites what it was given. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __LFI_BIND__
#define LFI(words) __attribute__((annotate(words)))
#else
#define LFI(words)
#endif

enum kind { NONE, SOME };

struct buffer {
    unsigned char *next;
    unsigned room;
};
struct object;

const char *fresh(int n, size_t size); /* another text for each n */
struct object *object_at(size_t n);    /* another pointer for each n */
typedef void (*jump_fn)(jmp_buf, int);
jmp_buf *object_buffer(struct object *object, jump_fn jump LFI("longjmp"), size_t size);
void free_object(struct object *object LFI("drop"));
void replace_object(struct object **object LFI("inout"), size_t n);
void jump_to(struct object *object, size_t n); /* to the buffer of the nth */
void *pass(void *data LFI("user_data"));
void *guess(size_t number); /* a user_data that it makes up */
void *pass_one(void *data LFI("user_data(one)"));
void *pass_two(void *data LFI("user_data(two)")); /* both: what pass_one() got last */
enum kind no_kind(void);
typedef int count_fn(int n);
int call_by_thread(count_fn *call); /* a thread of the box calls it again and again */
typedef void tile_fn(const unsigned char *bytes LFI("in size_is(width * height)"), int width,
                     int height);
void tile(tile_fn *call, int width, int height);
void tile_null(tile_fn *call, int width, int height);
/* Sizes that are none: the box calls with what the host says. */
struct extent {
    unsigned width, height;
};
struct page {
    char bytes[256];
};
typedef void cube_fn(const unsigned char *bytes LFI("in size_is(a * b * c * d)"), size_t a,
                     size_t b, size_t c, size_t d);
typedef void pages_fn(const struct page *pages LFI("in size_is(a * b * c)"), size_t a, size_t b,
                      size_t c);
typedef void span_fn(const unsigned char *bytes LFI("in size_is(last - first)"), size_t first,
                     size_t last);
typedef void part_fn(const unsigned char *bytes LFI("in size_is(size / parts % most)"), size_t size,
                     size_t parts, size_t most);
typedef void level_fn(const unsigned char *bytes LFI("in size_is(1 << level)"), int level);
typedef void cast_fn(const unsigned char *bytes LFI("in size_is((size_t)width * (size_t)height)"),
                     size_t width, size_t height);
typedef void area_fn(struct extent extent,
                     const unsigned char *bytes LFI("in size_is(extent.width * extent.height)"));
typedef void count_of_fn(const int *count LFI("in"),
                         const unsigned char *bytes LFI("in size_is((size_t) *count)"));
/* Numbers of narrow types: shifted, or cast. */
typedef unsigned long natural_t;
typedef void product_fn(const unsigned char *bytes LFI("in size_is((natural_t)a * (natural_t)b)"),
                        size_t a, size_t b);
typedef void narrow_fn(const unsigned char *bytes LFI("in size_is((unsigned)a * (unsigned)b)"),
                       size_t a, size_t b);
/* A list that may be empty. */
typedef void first_of_fn(const int *list LFI("in size_is(n)"), unsigned n,
                         const unsigned char *bytes LFI("in size_is(list[0])"));
/* Sizes that are right. */
typedef void
rest_fn(const unsigned char *bytes LFI("in size_is(n > 0xffffffff || n == (size_t)-1 ? 6 : n)"),
        size_t n);
typedef void parts_fn(const unsigned char *bytes
                          LFI("in size_is(a * sizeof(struct extent) + b * sizeof(struct page) + "
                              "sizeof(struct page) + (c > PARTS_MOST ? PARTS_MOST : c))"),
                      size_t a, size_t b, size_t c);
#define PARTS_MOST 4096
void cube(cube_fn *call, size_t a, size_t b, size_t c, size_t d);
void pages(pages_fn *call, size_t a, size_t b, size_t c);
void span(span_fn *call, size_t first, size_t last);
void part(part_fn *call, size_t size, size_t parts, size_t most);
void level(level_fn *call, int level);
void cast(cast_fn *call, size_t width, size_t height);
void area(area_fn *call, unsigned width, unsigned height);
void count_of(count_of_fn *call, int count); /* 0: no count is there */
void product(product_fn *call, size_t a, size_t b);
void narrow(narrow_fn *call, size_t a, size_t b);
void first_of(first_of_fn *call, unsigned n);
void rest(rest_fn *call, size_t n);
void parts(parts_fn *call, size_t a, size_t b, size_t c);
/* Any bits as bool, also in lists and within structures. */
struct inner {
    char byte;
    bool on;
};
struct switches {
    int number;
    bool on, list[3];
    struct inner inner[2];
};
struct switches switches(unsigned char bits);
struct switches *switches_at(unsigned char bits);
int hardly(int n); /* n */

/* Sizes of what the host has, made of its fields. */
struct series {
    const int *list LFI("in size_is(n)");
    const void *bytes LFI("in size_is(n * sizeof *list)");
    unsigned n;
};
int total(const struct series *series LFI("in"));

void set_count(count_fn *call);
tile_fn *get_tile(void); /* what was set as a count_fn */
int rewrite(struct buffer *buffer LFI("keep"), int times);

#endif
