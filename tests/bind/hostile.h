// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library that wants the host to keep much, and rewrites what it was given. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <setjmp.h>
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
void set_count(count_fn *call);
tile_fn *get_tile(void); /* what was set as a count_fn */
int rewrite(struct buffer *buffer LFI("keep"), int times);

#endif
