// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hostile.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char memory[2 << 20];

const char *fresh(int n, size_t size)
{
    memset(memory, 'x', size);
    memory[size] = 0;
    memory[snprintf(memory, 16, "%d", n)] = 'x';
    return memory;
}
struct object *object_at(size_t n)
{
    return (struct object *)(memory + n);
}
void free_object(struct object *object)
{
    (void)object;
}
void replace_object(struct object **object, size_t n)
{
    *object = object_at(n);
}
static jump_fn jumps;
jmp_buf *object_buffer(struct object *object, jump_fn jump, size_t size)
{
    (void)size;
    jumps = jump;
    return (jmp_buf *)object;
}
void jump_to(struct object *object, size_t n)
{
    (void)object;
    jumps(*(jmp_buf *)(memory + n), 1);
}
void *pass(void *data)
{
    return data;
}
void *guess(size_t number)
{
    return (void *)number;
}
static void *one;
void *pass_one(void *data)
{
    return one = data;
}
void *pass_two(void *data)
{
    (void)data;
    return one;
}
enum kind no_kind(void)
{
    return (enum kind)77;
}

void tile(tile_fn *call, int width, int height)
{
    call((const unsigned char *)memory, width, height);
}
void tile_null(tile_fn *call, int width, int height)
{
    call(NULL, width, height);
}
static count_fn *count;
void set_count(count_fn *call)
{
    count = call;
}
tile_fn *get_tile(void)
{
    return (tile_fn *)(void *)count;
}

static void *caller(void *call)
{
    for (int n = 0;; n++)
        ((count_fn *)call)(n);
    return NULL;
}
int call_by_thread(count_fn *call)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, caller, (void *)call);
}

/* Goes on after the call, while the host reads what the box gave it. */
static struct buffer *volatile target;
static void *rewriter(void *first)
{
    for (unsigned n = 0;; n++) {
        struct buffer *volatile buffer = target;
        *(unsigned char *volatile *)&buffer->next = (unsigned char *)first + n % 128; /* of 64 */
        *(volatile unsigned *)&buffer->room = n % 3 ? n % 32 : ~n;
    }
    return NULL;
}
int rewrite(struct buffer *buffer, int times)
{
    static pthread_t thread;
    target = buffer;
    if (!thread && pthread_create(&thread, NULL, rewriter, buffer->next) != 0)
        return -1;
    for (volatile int i = 0; i < times; i++)
        ;
    return 0;
}
