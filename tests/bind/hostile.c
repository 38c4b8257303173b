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
void cube(cube_fn *call, size_t a, size_t b, size_t c, size_t d)
{
    call((const unsigned char *)memory, a, b, c, d);
}
void pages(pages_fn *call, size_t a, size_t b, size_t c)
{
    call((const struct page *)memory, a, b, c);
}
void span(span_fn *call, size_t first, size_t last)
{
    call((const unsigned char *)memory, first, last);
}
void part(part_fn *call, size_t size, size_t parts, size_t most)
{
    call((const unsigned char *)memory, size, parts, most);
}
void level(level_fn *call, int level)
{
    call((const unsigned char *)memory, level);
}
void cast(cast_fn *call, size_t width, size_t height)
{
    call((const unsigned char *)memory, width, height);
}
void area(area_fn *call, unsigned width, unsigned height)
{
    call((struct extent){width, height}, (const unsigned char *)memory);
}
void count_of(count_of_fn *call, int count)
{
    call(count ? &count : NULL, (const unsigned char *)memory);
}
void product(product_fn *call, size_t a, size_t b)
{
    call((const unsigned char *)memory, a, b);
}
void narrow(narrow_fn *call, size_t a, size_t b)
{
    call((const unsigned char *)memory, a, b);
}
void first_of(first_of_fn *call, unsigned n)
{
    static const int list[1] = {100};
    call(list, n, (const unsigned char *)memory);
}
void rest(rest_fn *call, size_t n)
{
    call((const unsigned char *)memory, n);
}
void parts(parts_fn *call, size_t a, size_t b, size_t c)
{
    call((const unsigned char *)memory, a, b, c);
}
struct switches *switches_at(unsigned char bits)
{
    return memset(memory, bits, sizeof(struct switches));
}
struct switches switches(unsigned char bits)
{
    return *switches_at(bits);
}
int total(const struct series *series)
{
    int sum = 0;
    for (unsigned i = 0; i < series->n; i++)
        sum += series->list[i] + ((const int *)series->bytes)[i];
    return sum;
}

int hardly(int n)
{
    return n;
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
