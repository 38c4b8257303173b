// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Copies between host and box: ranges, pages that are not there, pages that go away meanwhile. */
#include "core-box.h"

#include <stdatomic.h>
#include <stdlib.h>

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

static void all_sizes(void **state)
{
    enum { MOST = 1100 };
    static uint8_t from[MOST], to[MOST + 16];
    struct test_box t;
    uint8_t *box;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    box = (uint8_t *)(t.base + TEST_DATA);
    for (size_t i = 0; i < MOST; i++)
        from[i] = (uint8_t)(i * 13 + 1);
    for (size_t size = 0; size <= MOST; size++) {
        memset(box, 0, MOST + 16);
        memset(to, 0, sizeof(to));
        assert_int_equal(lfi_copy_out(t.box, (uint64_t)box, from, size), 0);
        assert_memory_equal(box, from, size);
        assert_int_equal(box[size], 0);
        assert_int_equal(lfi_copy_in(t.box, to, (uint64_t)box, size), 0);
        assert_memory_equal(to, from, size);
        assert_int_equal(to[size], 0);
    }
    close_box(&t);
}

static void bad_ranges(void **state)
{
    static uint8_t buffer[8192];
    uint64_t end = TEST_DATA + DATA_SIZE;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (size_t size = 1; size < 4096; size += size < 20 ? 1 : 371) {
        /* the last byte is not there; the first is not there */
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base + end - size, size), 0);
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base + end - size + 1, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base + end, size), -EFAULT);
        assert_int_equal(lfi_copy_out(t.box, t.base + end - size, buffer, size), 0);
        assert_int_equal(lfi_copy_out(t.box, t.base + end - size + 1, buffer, size), -EFAULT);
        assert_int_equal(lfi_copy_out(t.box, t.base + TEST_DATA - 1, buffer, size), -EFAULT);
        /* code can be read, not written */
        assert_int_equal(lfi_copy_out(t.box, t.base + TEST_CODE, buffer, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base + TEST_CODE, size), 0);
        /* outside of the box: the host's own memory, the guards, the tables */
        assert_int_equal(lfi_copy_in(t.box, buffer, (uint64_t)&t, size), -EFAULT);
        assert_int_equal(lfi_copy_out(t.box, (uint64_t)&t, buffer, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base - size, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, t.base + LFI_BOX_SIZE - size, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, TEST_DATA, size), t.base ? -EFAULT : 0);
        assert_int_equal(lfi_copy_in(t.box, buffer, 0, size), -EFAULT);
        assert_int_equal(lfi_copy_in(t.box, buffer, UINT64_MAX, size), -EFAULT);
    }
    assert_int_equal(lfi_copy_in(t.box, buffer, t.base + TEST_DATA, SIZE_MAX), -EFAULT);
    assert_int_equal(lfi_copy_in(t.box, buffer, t.base + TEST_DATA, 0), 0);
    close_box(&t);
}

static void strings(void **state)
{
    struct test_box t;
    char to[32];
    char *box, *end;
    uint64_t top;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    box = (char *)(t.base + TEST_DATA);
    end = box + DATA_SIZE;
    strcpy(box, "a string");
    memset(to, 'x', sizeof(to));
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)box, sizeof(to)), 8);
    assert_string_equal(to, "a string");
    assert_int_equal(to[9], 'x');
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)box, 9), 8);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)box, 8), -ENAMETOOLONG);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)box, 0), -ENAMETOOLONG);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)box + 8, 1), 0);
    memset(end - 4, 'y', 4);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)end - 4, sizeof(to)), -EFAULT);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)end - 4, 4), -ENAMETOOLONG);
    end[-1] = 0;
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t)end - 4, sizeof(to)), 3);
    assert_int_equal(lfi_copy_string(t.box, to, (uint64_t) "host", sizeof(to)), -EFAULT);
    assert_int_equal(lfi_copy_string(t.box, to, t.base, sizeof(to)), -EFAULT);
    /* up to the end of the usable addresses */
    top = t.base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    assert_int_equal(lfi_box_map(t.box, top - lfi_page_size(), lfi_page_size(), RW, ANON, -1, 0),
                     0);
    memset((char *)top - 4, 'z', 4);
    assert_int_equal(lfi_copy_string(t.box, to, top - 4, sizeof(to)), -EFAULT);
    assert_int_equal(lfi_copy_string(t.box, to, top - 4, 4), -ENAMETOOLONG);
    assert_int_equal(lfi_copy_string(t.box, to, top, sizeof(to)), -EFAULT);
    close_box(&t);
}

/* Another thread unmaps and maps while we copy. Both results are right; a crash is not. */
struct race {
    struct test_box *t;
    atomic_bool stop;
};

static void *unmap_again_and_again(void *data)
{
    struct race *race = data;
    uint64_t page = lfi_page_size(), at = race->t->base + TEST_DATA + page;

    while (!atomic_load(&race->stop)) {
        lfi_box_unmap(race->t->box, at, page);
        lfi_box_map(race->t->box, at, page, RW, ANON, -1, 0);
    }
    return NULL;
}

static void copies_race_with_unmapping(void **state)
{
    static uint8_t buffer[0x20000];
    const size_t page = lfi_page_size();
    struct race race = {0};
    struct test_box t;
    pthread_t thread;
    unsigned good = 0, bad = 0;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    race.t = &t;
    assert_int_equal(pthread_create(&thread, NULL, unmap_again_and_again, &race), 0);
    for (int i = 0; i < 20000 || !good || !bad; i++) {
        int result;

        switch (i % 3) {
        case 0:
            result = lfi_copy_in(t.box, buffer, t.base + TEST_DATA + page - 96, 300);
            break;
        case 1:
            result = lfi_copy_out(t.box, t.base + TEST_DATA, buffer, 2 * page);
            break;
        default:
            memset((char *)t.base + TEST_DATA, 'a', page);
            result = (int)lfi_copy_string(t.box, (char *)buffer, t.base + TEST_DATA, 2 * page);
            result = result == (int)page || result == -ENAMETOOLONG ? 0 : result;
        }
        if (result == 0)
            good++;
        else
            bad++;
        assert_true(result == 0 || result == -EFAULT);
    }
    atomic_store(&race.stop, true);
    pthread_join(thread, NULL);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sizes),
        cmocka_unit_test(bad_ranges),
        cmocka_unit_test(strings),
        cmocka_unit_test(copies_race_with_unmapping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
