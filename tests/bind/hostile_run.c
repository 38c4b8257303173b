// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a box can make its host keep has an end, and what it rewrites meanwhile does no harm. */
#include "hbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: %s (status %d)\n", __FILE__, __LINE__, #condition, \
                    hbox_status());                                                    \
            return 1;                                                                  \
        }                                                                              \
    } while (0)

static struct hbox *open_box(void)
{
    struct hbox *box;
    struct lfi_error error;
    if (hbox_open(&box, NULL, &error) == 0)
        return box;
    fprintf(stderr, "%s\n", error.message);
    exit(1);
}

/* As hosts of libpng do it. How the call that wants to jump to the buffer of `target` ends: 1 at
 * the setjmp() in here, else its status. */
static int use_object(struct hbox *box, size_t n, size_t target, bool before)
{
    struct object *object = hbox_object_at(box, n);
    if (before) { /* setjmp() is called */
        hbox_jump_to(box, object, target);
        return hbox_status();
    }
    if (setjmp(*hbox_object_buffer(box, object, (jump_fn)longjmp, sizeof(jmp_buf))) != 0)
        return 1;
    hbox_jump_to(box, object, target);
    return hbox_status();
}

/* Leaves a buffer behind. */
static __attribute__((noinline)) int prepare_object(struct hbox *box, struct object *object)
{
    volatile char room[16] = {0};
    if (setjmp(*hbox_object_buffer(box, object, (jump_fn)longjmp, sizeof(jmp_buf))) != 0)
        abort();
    return room[0];
}

static void *prepares_object(void *data)
{
    prepare_object(data, hbox_object_at(data, 4096));
    return NULL;
}
static void *jumps_there(void *data)
{
    return (void *)(intptr_t)use_object(data, 0, 4096, false);
}

static int in_thread(void *(*run)(void *), void *data)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, run, data) != 0)
        return 1;
    pthread_join(thread, &result);
    return (int)(intptr_t)result;
}

/* As prepare_object(), for a new one. NULL: the box gave none. */
static __attribute__((noinline)) struct object *other_object(struct hbox *box, size_t n)
{
    struct object *object = hbox_object_at(box, n);
    if (object && prepare_object(box, object) != 0)
        abort();
    return object;
}
static __attribute__((noinline)) struct object *replaced_object(struct hbox *box,
                                                                struct object *object, size_t n)
{
    hbox_replace_object(box, &object, n);
    return object;
}
static __attribute__((noinline)) int deeper_jump(struct hbox *box, struct object *object, size_t n)
{
    volatile char room[256] = {0};
    hbox_jump_to(box, object, n);
    return hbox_status() + room[0];
}

/* Two objects at one address: a function that has returned has filled the buffer of the second. */
enum back { KEPT, DROPPED, REPLACED };
static int aliases(struct hbox *box, enum back back)
{
    struct object *object = hbox_object_at(box, 512);
    if (setjmp(*hbox_object_buffer(box, object, (jump_fn)longjmp, sizeof(jmp_buf))) != 0)
        return 1;
    if (back == REPLACED)
        return replaced_object(box, object, 512) ? 2 : 3;
    if (back == DROPPED) { /* as a good library may, if the first was given back */
        hbox_free_object(box, object);
        return other_object(box, 512) ? 2 : 3;
    }
    if (other_object(box, 512) || hbox_status() != -EFAULT)
        return 4;
    struct object *list = hbox_object_at(box, 1024);
    if (!list || hbox_status() != 0)
        return 5;
    return deeper_jump(box, object, 512);
}

/* The box jumps only to where the function that calls it waits for that. */
static int jumps(void)
{
    struct hbox *box = open_box();
    struct object *object = hbox_object_at(box, 0);
    CHECK(use_object(box, 0, 0, false) == 1); /* as a good library does */
    CHECK(use_object(box, 4096, 4096, false) == 1);
    CHECK(use_object(box, 4096, 0, false) == -EFAULT); /* the function has returned */
    CHECK(use_object(box, 4096, 4096, true) == -EFAULT);
    prepare_object(box, object);
    hbox_jump_to(box, object, 0);
    CHECK(hbox_status() == -EFAULT);
    CHECK(aliases(box, KEPT) == 1);
    CHECK(aliases(box, DROPPED) == 2);
    CHECK(aliases(box, REPLACED) == 2);
    CHECK(!replaced_object(box, object, SIZE_MAX / 2) && hbox_status() == -EFAULT);
    CHECK(in_thread(prepares_object, box) == 0);
    CHECK(in_thread(jumps_there, box) == -EFAULT); /* of a thread in the same place, which ended */
    CHECK(hbox_free(box) == 0);
    return 0;
}

static unsigned tiles, tile_sum;
static void on_tile(const unsigned char *bytes, int width, int height)
{
    tiles++;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            tile_sum += bytes[(size_t)y * (size_t)width + (size_t)x] != 0;
}

/* Callbacks whose sizes are no sizes: none of them runs with less memory than it was told. */
static unsigned called;
static void on_cube(const unsigned char *bytes, size_t a, size_t b, size_t c, size_t d)
{
    called++;
    tile_sum += bytes[a * b * c * d - 1];
}
static void on_pages(const struct page *pages, size_t a, size_t b, size_t c)
{
    called++;
    tile_sum += (unsigned char)pages[a * b * c - 1].bytes[255];
}
static void on_span(const unsigned char *bytes, size_t first, size_t last)
{
    called++;
    tile_sum += bytes[last - first - 1];
}
static void on_part(const unsigned char *bytes, size_t size, size_t parts, size_t most)
{
    called++;
    tile_sum += bytes[size / parts % most - 1];
}
static void on_level(const unsigned char *bytes, int level)
{
    called++;
    tile_sum += bytes[((size_t)1 << level) - 1];
}
static void on_cast(const unsigned char *bytes, size_t width, size_t height)
{
    called++;
    tile_sum += bytes[width * height - 1];
}
static void on_area(struct extent extent, const unsigned char *bytes)
{
    called++;
    tile_sum += bytes[(size_t)extent.width * extent.height - 1];
}
static void on_count_of(const int *count, const unsigned char *bytes)
{
    called++;
    tile_sum += count && *count > 0 ? bytes[*count - 1] : 0;
}
static void on_product(const unsigned char *bytes, size_t a, size_t b)
{
    called++;
    tile_sum += bytes[a * b - 1];
}
static void on_narrow(const unsigned char *bytes, size_t a, size_t b)
{
    called++;
    tile_sum += bytes[(size_t)(unsigned)a * (unsigned)b - 1];
}
static void on_first_of(const int *list, unsigned n, const unsigned char *bytes)
{
    called++;
    tile_sum += n > 0 ? bytes[list[0] - 1] : 0;
}
static void on_rest(const unsigned char *bytes, size_t n)
{
    called++;
    tile_sum += bytes[(n > 0xffffffff ? 6 : n) - 1];
}
static void on_parts(const unsigned char *bytes, size_t a, size_t b, size_t c)
{
    called++;
    tile_sum += bytes[a * sizeof(struct extent) + (b + 1) * sizeof(struct page) + c - 1];
}

#define REFUSED(status) (hbox_status() == (status) && called == 0)
#define MADE            (hbox_status() == 0 && called-- == 1)

static int sizes(void)
{
    const size_t big = (size_t)1 << 40;
    struct hbox *box = open_box();
    called = 0;
    hbox_cube(box, on_cube, 10, 10, 10, 10);
    CHECK(MADE);
    hbox_cube(box, on_cube, big >> 8, big >> 8, big >> 8, big >> 8); /* 2 to the 128th */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_pages(box, on_pages, 4, 2, 10);
    CHECK(MADE);
    hbox_pages(box, on_pages, big, big, big); /* 2 to the 128th bytes */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_span(box, on_span, 100, 200);
    CHECK(MADE);
    hbox_span(box, on_span, big + 1, big + 101);
    CHECK(REFUSED(-EOVERFLOW));
    hbox_span(box, on_span, 200, 100);
    CHECK(REFUSED(-EOVERFLOW));
    hbox_part(box, on_part, 1000, 10, 1000);
    CHECK(MADE);
    hbox_part(box, on_part, 4 * big + 7, 1, 16); /* 7, or 0 of what was cut */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_part(box, on_part, 1000, 0, 1000);
    CHECK(REFUSED(-EDOM));
    hbox_part(box, on_part, 1000, 10, 0);
    CHECK(REFUSED(-EDOM));
    hbox_level(box, on_level, 10);
    CHECK(MADE);
    hbox_level(box, on_level, 128);
    CHECK(REFUSED(-EOVERFLOW));
    hbox_level(box, on_level, -1);
    CHECK(REFUSED(-EOVERFLOW));
    for (int level = 32; level <= 40; level++) { /* of an int */
        hbox_level(box, on_level, level);
        CHECK(REFUSED(-EOVERFLOW));
    }
    hbox_product(box, on_product, 100, 100);
    CHECK(MADE);
    hbox_product(box, on_product, big >> 8, big >> 8); /* 2 to the 64th */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_narrow(box, on_narrow, 100, 100);
    CHECK(MADE);
    hbox_narrow(box, on_narrow, 65536, 65537); /* 2 to the 32nd, and 65536 */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_first_of(box, on_first_of, 1);
    CHECK(MADE);
    hbox_first_of(box, on_first_of, 0); /* nothing is read beyond */
    CHECK(MADE);
    hbox_rest(box, on_rest, 100);
    CHECK(MADE);
    hbox_rest(box, on_rest, SIZE_MAX);
    CHECK(MADE);
    hbox_parts(box, on_parts, 5000, 100, 3000);
    CHECK(MADE);
    const int list[] = {1, 2, 3};
    CHECK(hbox_total(box, &(struct series){list, list, 3}) == 12 && hbox_status() == 0);
    hbox_cast(box, on_cast, 100, 100);
    CHECK(MADE);
    hbox_cast(box, on_cast, big >> 8, big >> 8); /* 2 to the 64th */
    CHECK(REFUSED(-EOVERFLOW));
    hbox_area(box, on_area, 100, 100);
    CHECK(MADE);
    hbox_area(box, on_area, 65536, 65537);
    CHECK(REFUSED(-EOVERFLOW));
    hbox_count_of(box, on_count_of, 100);
    CHECK(MADE);
    hbox_count_of(box, on_count_of, 0);
    CHECK(MADE);
    struct switches got = hbox_switches(box, 2);
    CHECK(hbox_status() == 0 && *(unsigned char *)&got.on == 1);
    CHECK(((unsigned char *)got.list)[2] == 1 && *(unsigned char *)&got.inner[1].on == 1);
    CHECK(hbox_free(box) == 0);
    return 0;
}

static int on_count(int n)
{
    return n;
}

/* docs/lfi-bind.md: how a box gets no threads. */
static int no_threads(void)
{
    struct lfi_linux_options linux_options = {.limits.threads = 1};
    struct lfi_library_options options = {.linux_options = &linux_options, .one_thread = true};
    struct hbox *box;
    CHECK(hbox_open(&box, &options, NULL) == 0);
    CHECK(hbox_call_by_thread(box, on_count) != 0 && hbox_status() == 0);
    CHECK(hbox_free(box) == 0);
    return 0;
}

/* A box that was reset has none of what the host gave it since the freeze. */
static int resets(void)
{
    static char before, since;
    struct hbox *box = open_box();
    CHECK(hbox_pass(box, &before) == &before && hbox_guess(box, 3) == &before);
    CHECK(lfi_library_freeze(hbox_library(box), NULL) == 0);
    CHECK(hbox_pass(box, &since) == &since && hbox_guess(box, 5) == &since);
    CHECK(lfi_library_reset(hbox_library(box), NULL) == 0);
    CHECK(hbox_guess(box, 5) == NULL && hbox_status() == -EFAULT);
    CHECK(hbox_guess(box, 3) == &before && hbox_status() == 0);
    CHECK(hbox_pass(box, &since) == &since && hbox_guess(box, 5) == NULL);
    CHECK(hbox_free(box) == 0);
    return 0;
}

int main(void)
{
    if (jumps() != 0 || sizes() != 0 || no_threads() != 0 || resets() != 0)
        return 1;
    struct hbox *box = open_box();
    int n = 0;
    while (n < 100 && hbox_fresh(box, n, 1000000)) /* 16 MiB in all */
        n++;
    CHECK(n == 16 && hbox_status() == -ENOMEM);
    CHECK(hbox_fresh(box, 3, 1000000) && hbox_status() == 0); /* one that is there */
    CHECK(hbox_free(box) == 0);

    box = open_box();
    for (n = 0; n < 10000 && hbox_fresh(box, n, 20); n++)
        ;
    CHECK(n == 4096 && hbox_status() == -ENOMEM);

    for (n = 0; n < 10000; n++)
        if (!hbox_object_buffer(box, hbox_object_at(box, (size_t)n * 16), (jump_fn)longjmp,
                                sizeof(jmp_buf)))
            break;
    CHECK(n == 4096 && hbox_status() == -ENOMEM);

    static char data[20000];
    for (n = 0; n < 20000; n++)
        CHECK(hbox_pass(box, &data[n]) == &data[n]);
    for (n = 0; n < 20000; n += 2)
        hbox_forget(box, &data[n]);
    for (n = 1; n < 20000; n += 2)
        CHECK(hbox_pass(box, &data[n]) == &data[n]);

    CHECK(hbox_pass_one(box, data) == data && hbox_status() == 0);
    CHECK(hbox_pass_two(box, data) == NULL && hbox_status() == -EFAULT); /* of another type */
    CHECK(hbox_pass_two(box, data + 1) == NULL && hbox_status() == -EFAULT);
    hbox_forget(box, data);
    CHECK(hbox_pass_one(box, data + 1) == data + 1 && hbox_status() == 0);

    CHECK((unsigned)hbox_no_kind(box) == 77 && hbox_status() == 0); /* the host's to check */

    hbox_tile(box, on_tile, 100, 100);
    CHECK(hbox_status() == 0 && tiles == 1);
    hbox_tile(box, on_tile, 65536, 65537); /* an int would hold 65536 of it */
    CHECK(hbox_status() == -EOVERFLOW && tiles == 1);

    hbox_tile_null(box, on_tile, 10, 10); /* no bytes, says the box, and how many */
    CHECK(hbox_status() == -EFAULT && tiles == 1);
    hbox_tile_null(box, on_tile, 10, 0);
    CHECK(hbox_status() == 0 && tiles == 2);

    hbox_set_count(box, on_count);
    CHECK(hbox_get_tile(box) == NULL); /* a function of another type */

    struct {
        unsigned char before[64], room[64], after[64];
    } bytes;
    memset(&bytes, 0x55, sizeof bytes);
    struct buffer buffer = {bytes.room, sizeof bytes.room};
    int good = 0, moved = 0, refused = 0;
    time_t end = time(NULL) + 60;
    while ((moved < 1 || refused < 1) && time(NULL) < end) {
        buffer = (struct buffer){bytes.room, sizeof bytes.room};
        hbox_rewrite(box, &buffer, 2000);
        CHECK(hbox_status() == 0 || hbox_status() == -EFAULT);
        *(hbox_status() == 0 ? &good : &refused) += 1;
        moved += buffer.next != bytes.room;
        CHECK(buffer.next >= bytes.room && buffer.next <= bytes.room + sizeof bytes.room);
        CHECK(buffer.room <= (size_t)(bytes.room + sizeof bytes.room - buffer.next));
        for (size_t i = 0; i < 64; i++)
            CHECK(bytes.before[i] == 0x55 && bytes.after[i] == 0x55);
    }
    printf("%d good, %d of them rewritten, %d refused\n", good, moved, refused);
    CHECK(moved >= 1 && refused >= 1); /* or the thread did not run */
    CHECK(hbox_free(box) == 0);
    return 0;
}
