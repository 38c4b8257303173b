// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The ranges of a box against a model that has one byte a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "linux/ranges.h"

enum { FIRST = 48, END = 348, STEPS = 200000 };

static uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * limit >> 32);
}

static uint32_t model_find(const uint8_t *model, uint32_t pages, uint32_t align)
{
    for (uint32_t start = END - pages + 1; start-- > FIRST;) {
        bool all_free = start % align == 0;
        for (uint32_t page = start; page < start + pages && all_free; page++)
            all_free = model[page] == LINUX_RANGE_FREE;
        if (all_free)
            return start;
    }
    return 0;
}

static void compare(const struct linux_ranges *ranges, const uint8_t *model)
{
    uint32_t page = FIRST, end;
    assert_int_equal(ranges->at[0].start, FIRST);
    while (page < END) {
        uint32_t kind = linux_ranges_at(ranges, page, &end);
        assert_true(end > page && end <= END);
        for (; page < end; page++)
            assert_int_equal(model[page], kind);
    }
    for (size_t i = 1; i < ranges->count; i++) {
        assert_true(ranges->at[i - 1].start < ranges->at[i].start);
        assert_int_not_equal(ranges->at[i - 1].kind, ranges->at[i].kind);
    }
}

static void random_operations_agree_with_the_model(void **unused)
{
    (void)unused;
    static const uint32_t kinds[] = {0, 0, LINUX_RANGE_USED, LINUX_RANGE_USED | LINUX_RANGE_READ,
                                     LINUX_RANGE_USED | LINUX_RANGE_FIXED};
    struct linux_ranges ranges;
    uint8_t model[END] = {0};
    uint32_t seed = 1;
    assert_true(linux_ranges_init(&ranges, FIRST, END));
    for (int step = 0; step < STEPS; step++) {
        uint32_t start = FIRST + random_below(&seed, END - FIRST);
        uint32_t most = step % 3 ? 8 : END - start;
        uint32_t end = start + 1 + random_below(&seed, END - start < most ? END - start : most);
        uint32_t kind = kinds[random_below(&seed, 5)];
        bool unused_before = true, fixed = false;
        for (uint32_t page = start; page < end; page++) {
            unused_before &= model[page] == 0;
            fixed |= (model[page] & LINUX_RANGE_FIXED) != 0;
        }
        assert_int_equal(linux_ranges_unused(&ranges, start, end), unused_before);
        assert_int_equal(linux_ranges_all(&ranges, start, end, 0, LINUX_RANGE_FIXED), !fixed);
        assert_true(linux_ranges_set(&ranges, start, end, kind));
        memset(model + start, (int)kind, end - start);
        compare(&ranges, model);

        uint32_t pages = 1 + random_below(&seed, 20), align = 1u << random_below(&seed, 5);
        assert_int_equal(linux_ranges_find(&ranges, pages, align), model_find(model, pages, align));
    }
    linux_ranges_free(&ranges);
}

static void bounds_are_kept(void **unused)
{
    (void)unused;
    struct linux_ranges ranges;
    assert_true(linux_ranges_init(&ranges, FIRST, END));
    assert_false(linux_ranges_set(&ranges, FIRST - 1, FIRST + 1, LINUX_RANGE_USED));
    assert_false(linux_ranges_set(&ranges, END - 1, END + 1, LINUX_RANGE_USED));
    assert_false(linux_ranges_set(&ranges, FIRST, FIRST, LINUX_RANGE_USED));
    assert_false(linux_ranges_set(&ranges, END - 1, FIRST, LINUX_RANGE_USED));
    assert_false(linux_ranges_unused(&ranges, 0, FIRST + 1));
    assert_true(linux_ranges_unused(&ranges, FIRST, END));
    assert_int_equal(linux_ranges_find(&ranges, END - FIRST, 1), FIRST);
    assert_int_equal(linux_ranges_find(&ranges, END - FIRST + 1, 1), 0);
    assert_true(linux_ranges_set(&ranges, FIRST, END, LINUX_RANGE_USED));
    assert_int_equal(linux_ranges_find(&ranges, 1, 1), 0);
    linux_ranges_free(&ranges);
}

static void number_of_ranges_is_limited(void **unused)
{
    (void)unused;
    struct linux_ranges ranges;
    uint32_t made = 0;
    assert_true(linux_ranges_init(&ranges, 48, 1u << 20));
    while (made < LINUX_RANGES_MAX && linux_ranges_set(&ranges, 50 + 2 * made, 51 + 2 * made, 1))
        made++;
    assert_in_range(made, LINUX_RANGES_MAX / 2 - 2, LINUX_RANGES_MAX / 2);
    assert_true(ranges.count <= LINUX_RANGES_MAX);
    linux_ranges_free(&ranges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_the_model),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(number_of_ranges_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
