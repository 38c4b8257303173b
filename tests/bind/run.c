// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A host that calls the sample library in its box through the wrappers of lfi-bind. */
#include "sbox.h"

#include <errno.h>
#include <string.h>

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: %s (status %d)\n", __FILE__, __LINE__, #condition, \
                    sbox_status());                                                    \
            failures++;                                                                \
        }                                                                              \
    } while (0)

static int failures, visits;

/* What the host left on its stack. */
static __attribute__((noinline)) void dirty_stack(void)
{
    volatile unsigned char bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = 0xff;
}

static bool visit(void *data, const char *name, struct point p, float f, signed char c,
                  enum color color)
{
    visits++;
    CHECK(data == (void *)&visits && strcmp(name, "visitor") == 0 && p.y == p.x / 2.0);
    CHECK(f == 1.5f && c == -3 && color == BLUE);
    return p.x % 2 == 0;
}

/* A jump from within a callback, over it, to here. */
static struct sbox *jumping_box;

static bool visit_and_fail(void *data, const char *name, struct point p, float f, signed char c,
                           enum color color)
{
    (void)name, (void)p, (void)f, (void)c, (void)color;
    sbox_thing_error(jumping_box, data, 9);
    CHECK(!"reached");
    return false;
}

static void jumps(struct sbox *box)
{
    struct thing *thing = sbox_thing_new(box, 1);
    volatile int jumped = 0;
    jumping_box = box;
    jmp_buf *buffer = sbox_thing_jmp_buf(box, thing, (jump_fn)longjmp, sizeof(jmp_buf));
    CHECK(buffer);
    int value = setjmp(*buffer);
    if (value == 0)
        sbox_thing_error(box, thing, 7);
    CHECK(value == 7);
    sbox_thing_set(box, thing, visit_and_fail, thing);
    value = setjmp(*buffer);
    if (value == 0)
        sbox_thing_visit(box, thing, 1);
    CHECK(value == 9);
    value = setjmp(*buffer);
    if (value == 0)
        sbox_thing_wild_jump(box, thing);
    else
        jumped++;
    CHECK(jumped == 0 && sbox_status() == -EFAULT);
    CHECK(sbox_thing_value(box, thing) == 1);
    sbox_thing_free(box, thing);
}

static int compare(const void *a, const void *b)
{
    int x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static int compare_down(const void *a, const void *b)
{
    return compare(b, a);
}

/* After a reset the box gets anew what it got since the freeze, and keeps what it got before. */
static void resets(void)
{
    struct sbox *box;
    struct stream before = {0}, since = {0}, other = {0};
    int list[] = {2, 1};
    if (sbox_open(&box, NULL, NULL) != 0)
        return;
    CHECK(sbox_copy_stream(box, &before) == 0);
    struct thing *thing = sbox_thing_new(box, 1);
    sbox_thing_set(box, thing, visit, &visits);
    CHECK(lfi_library_freeze(sbox_library(box), NULL) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(sbox_copy_stream(box, &before) == 0 && sbox_end_stream(box, &before) == 0);
        CHECK(sbox_copy_stream(box, i ? &other : &since) == 0);
        CHECK(sbox_copy_stream(box, i ? &since : &other) == 0);
        CHECK(sbox_end_stream(box, &other) == 0 && (i || sbox_end_stream(box, &since) == 0));
        sbox_sort(box, list, 2, i % 2 ? compare_down : compare);
        CHECK(sbox_status() == 0 && list[0] == 1 + i % 2);
        sbox_sort(box, list, 2, i % 2 ? compare : compare_down);
        CHECK(sbox_status() == 0 && list[0] == 2 - i % 2);
        visits = 0;
        CHECK(sbox_thing_visit(box, thing, 5) == 3 && visits == 5);
        CHECK(lfi_library_reset(sbox_library(box), NULL) == 0);
    }
    CHECK(sbox_end_stream(box, &before) == 0 && sbox_add(box, 1, 2) == 3);
    CHECK(sbox_free(box) == 0);
    visits = 0;
}

int main(void)
{
    struct sbox *box;
    struct lfi_error error;
    resets();
    if (sbox_open(&box, NULL, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    CHECK(sbox_add(box, -5, 3) == -2 && sbox_status() == 0);
    CHECK(sbox_scale(box, 1.5f, 2.0, 0.25L) == 3.25);
    CHECK(sbox_half(box, 3.0L) == 1.5L);
    CHECK(sbox_third(box, 1.5f) == 0.5f);
    CHECK(sbox_is_odd(box, 3) && !sbox_is_odd(box, 4));
    CHECK(sbox_next(box, GREEN) == BLUE);
    CHECK(sbox_narrow(box, -3) == -3 && sbox_narrow(box, 255) == -1);
    struct point p = sbox_mirror(box, (struct point){1, 2.5});
    CHECK(p.x == -1 && p.y == -2.5);
    struct pair pair = sbox_swap(box, (struct pair){1, 2});
    CHECK(pair.a == 2 && pair.b == 1);
    struct large large = sbox_enlarge(box, (struct large){{1, 2, 3, 4, 5, 6}, true, RED}, 10);
    CHECK(large.values[0] == 11 && large.values[5] == 16 && !large.flag && large.color == GREEN);
    CHECK(sbox_many(box, 1, 2, 3, 4, 5, 6, 7, 8, large, 10) ==
          1 + 4 + 9 + 16 + 25 + 36 + 49 + 64 + 9 * 16 + 100);
    struct mixed mixed = {
        .small = 255, .inner = {1, 2}, .either.i = 8, .bits = 7, .flags = {1, 0, 1}};
    mixed = sbox_mix(box, mixed);
    CHECK(mixed.small == 0 && mixed.inner.b == 3 && mixed.either.i == 9 && mixed.bits == 0);
    CHECK(mixed.flags[0] && mixed.flags[1] && mixed.flags[2]);

    CHECK(sbox_length(box, "hello") == 5 && sbox_length(box, NULL) == 99);
    const char *name = sbox_name_of(box, GREEN);
    CHECK(name && strcmp(name, "green") == 0 && name == sbox_name_of(box, GREEN));
    CHECK(!sbox_name_of(box, (enum color)9) && sbox_status() == 0);
    unsigned char bytes[100000] = {0};
    sbox_fill(box, bytes, 99999, 7); /* larger than the scratch */
    CHECK(bytes[0] == 7 && bytes[99998] == 7 && bytes[99999] == 0);
    int list[] = {5, 3, 9, -1};
    CHECK(sbox_sum(box, list, 4) == 16);
    CHECK(sbox_sum(box, list, -1) == 0 && sbox_status() == -EOVERFLOW);
    sbox_twice(box, list, 4);
    CHECK(list[0] == 10 && list[3] == -2);
    sbox_sort(box, list, 4, compare);
    CHECK(list[0] == -2 && list[1] == 6 && list[2] == 10 && list[3] == 18);
    bool flags[3];
    unsigned char raw[3];
    sbox_flags(box, flags, 3);
    memcpy(raw, flags, 3);
    CHECK(raw[0] == 0 && raw[1] == 1 && raw[2] == 1);
    struct point points[] = {{1, 2}, {3, 4}};
    sbox_move_points(box, points, 2, 5);
    CHECK(points[0].x == 6 && points[1].y == 9);

    struct padded padded;
    memset(&padded, 0xff, sizeof padded);
    for (int i = 0; i < 4; i++)
        padded.list[i / 2][i % 2].kind = 0, padded.list[i / 2][i % 2].size = 0;
    for (int i = 0; i < 3; i++)
        padded.points[i].x = 0, padded.points[i].y = 0;
    padded.both.x.a = 0, padded.both.x.b = 0;
    padded.any.large = 0;
    padded.wide = 0;
    padded.on[0] = padded.on[1] = false;
    padded.c = 0, padded.h = 0;
    CHECK(sbox_spilt(box, &padded) == 0);
    dirty_stack();
    CHECK(sbox_spilt_values(box, padded, 0, 0) == 0);
    struct point point;
    memset(&point, 0xff, sizeof point);
    point.x = 0, point.y = 0;
    CHECK(sbox_spilt_register(box, point) == 0);
    padded.list[1][0].size = 1, padded.points[2].y = 2, padded.both.y.d = 3;
    padded.any.large = 4, padded.wide = 5, padded.h = 6;
    padded = sbox_refill(box, padded, 1);
    CHECK(padded.list[1][0].size == 2 && padded.points[2].y == 3 && padded.both.y.d == 4);
    CHECK(padded.any.large == 5 && padded.wide == 6 && padded.h == 7);
    memcpy(raw, padded.on, 2);
    CHECK(raw[0] == 1 && raw[1] == 1);
    CHECK(sbox_choose(box, (struct chosen){.kind = 1, .l = 1L << 40}) == 1L << 40);
    long double wide[3];
    memset(wide, 0xff, sizeof wide);
    wide[0] = wide[1] = wide[2] = 0;
    CHECK(sbox_spilt_list(box, wide, 3) == 0);

    char copy[4];
    struct message message = {"question", (const unsigned char *)"abc", 3, copy, sizeof copy};
    CHECK(sbox_read_message(box, &message) == 8 && memcmp(copy, "abc.", 4) == 0);
    CHECK(strcmp(message.text, "answer") == 0 && message.copy == copy);

    unsigned char out[8] = {0};
    struct stream stream = {(const unsigned char *)"bcde", 4, out, 3, NULL};
    CHECK(sbox_copy_stream(box, &stream) == 0 && stream.avail_in == 1 && stream.avail_out == 0);
    CHECK(stream.next_out == out + 3 && memcmp(out, "cbe", 4) == 0 && !stream.own);
    stream.avail_out = 2;
    CHECK(sbox_copy_stream(box, &stream) == 0 && stream.avail_in == 0 && out[3] == 'd');
    CHECK(stream.avail_out == 1 && stream.next_out == out + 4);
    static unsigned char much[7778];
    stream.next_out = much;
    stream.avail_out = 7777; /* the box moves out of what it was given */
    sbox_copy_stream(box, &stream);
    CHECK(sbox_status() == -EFAULT && stream.next_out == much);
    stream.avail_out = 7778; /* the box says that there is more room than there is */
    CHECK(sbox_copy_stream(box, &stream) == 0 && stream.avail_out == 7778);
    CHECK(sbox_end_stream(box, &stream) == 0);

    struct thing *thing = sbox_thing_new(box, 42), *other = NULL;
    CHECK(thing && sbox_thing_value(box, thing) == 42);
    CHECK(sbox_thing_make(box, &other, 43) == 0 && sbox_thing_value(box, other) == 43);
    sbox_thing_make(box, &other, -1); /* a pointer out of the box */
    CHECK(lfi_box_base(lfi_library_box(sbox_library(box))) == 0 ||
          (sbox_status() == -EFAULT && !other));
    sbox_thing_set(box, thing, visit, &visits);
    CHECK(sbox_thing_visit(box, thing, 5) == 3 && visits == 5);
    CHECK(sbox_thing_data(box, thing) == (void *)&visits);
    sbox_forget(box, &visits); /* from now on the box has a number that means nothing */
    CHECK(sbox_thing_visit(box, thing, 5) == 0 && sbox_status() == -EFAULT && visits == 5);
    CHECK(!sbox_thing_data(box, thing) && sbox_status() == -EFAULT);
    CHECK(sbox_thing_value(box, thing) == 42 && sbox_status() == 0);
    sbox_thing_free(box, thing);

    CHECK(!sbox_evil_string(box, 1) && sbox_status() == -EFAULT);
    CHECK(!sbox_evil_pointer(box, (uint64_t)(uintptr_t)&box) && sbox_status() == -EFAULT);

    jumps(box);

    sbox_crash(box);
    CHECK(sbox_status() == -ECANCELED && lfi_library_failed(sbox_library(box)));
    CHECK(sbox_add(box, 1, 2) == 0 && sbox_status() == -ECANCELED);
    CHECK(sbox_free(box) == 0);
    return failures != 0;
}
