// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a box can make its host keep has an end, and what it rewrites meanwhile does no harm. */
#include "hbox.h"

#include <errno.h>
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

static unsigned tiles, tile_sum;
static void on_tile(const unsigned char *bytes, int width, int height)
{
    tiles++;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            tile_sum += bytes[(size_t)y * (size_t)width + (size_t)x] != 0;
}

static int on_count(int n)
{
    return n;
}

int main(void)
{
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

    CHECK((unsigned)hbox_no_kind(box) == 77 && hbox_status() == 0); /* the host's to check */

    hbox_tile(box, on_tile, 100, 100);
    CHECK(hbox_status() == 0 && tiles == 1);
    hbox_tile(box, on_tile, 65536, 65537); /* an int would hold 65536 of it */
    CHECK(hbox_status() == -EOVERFLOW && tiles == 1);

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
