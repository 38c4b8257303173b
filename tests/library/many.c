// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Many instances of a library in one process, each in a box of its own, opened by
 * lfi_library_open_again() and called:
 *
 *     test-library-many FILE COUNT
 *
 * COUNT of them, with vm.max_map_count raised as far as it takes. FUNCTION takes an int. Prints
 * what one costs, in the columns of docs/many-boxes.md. The exit status is 77 if the limit cannot
 * be raised.
 */
#include "library.h"

#include <string.h>

#include "many.h"

enum { CALLS = 3, EACH = 32 /* mappings, at most, and what the space keeps back */ };

static const char *many_file;
static size_t many_wanted;

static int call(struct lfi_library *library, uint64_t function, size_t i)
{
    typedef int takes_one(int);
    int result = LFI_LIBRARY_CALL(library, function, takes_one *, LFI_SHAPE(1, 0, 0))((int)i);
    if (lfi_library_failed(library))
        fail_msg("call %zu: %s", i, lfi_library_failed(library)->report);
    return result;
}

static void test_many(void **state)
{
    (void)state;
    struct lfi_library_options options = {.one_thread = true};
    struct lfi_library **all = calloc(many_wanted, sizeof(struct lfi_library *)), *first;
    struct lfi_error why = {{0}};
    struct lfi_space *space;
    assert_non_null(all);
    first = open_file(many_file, &options);
    uint64_t offset = lfi_library_symbol(first, "digits");
    assert_true(offset);
    offset -= lfi_box_base(lfi_library_box(first));

    size_t maps = many_maps();
    long memory = many_status("VmRSS:"), tables = many_status("VmPTE:");
    double started = many_now(), times[4] = {0};
    if (lfi_space_new(&space, many_wanted, &why))
        fail_msg("%s", why.message);
    times[0] = many_now() - started;
    options.space = space;
    started = many_now();
    for (size_t i = 0; i < many_wanted; i++) {
        if (lfi_library_open_again(&all[i], first, &options, &why))
            fail_msg("instance %zu: %s", i, why.message);
    }
    times[1] = many_now() - started;
    for (int round = 0; round <= CALLS; round++) {
        if (round <= 1)
            started = many_now();
        for (size_t i = 0; i < many_wanted; i++) {
            int result = call(all[i], lfi_box_base(lfi_library_box(all[i])) + offset, i);
            assert_int_equal(result, snprintf(NULL, 0, "%zu", i));
        }
        if (round == 0)
            times[2] = many_now() - started;
    }
    times[3] = (many_now() - started) / CALLS;
    many_host_goes_on();
    const double count = (double)many_wanted;
    print_message("| boxes | space, µs | open, µs | first call, µs | call, µs | memory, KiB | page "
                  "tables, KiB | mappings |\n"
                  "| %zu | %.0f | %.2f | %.2f | %.2f | %.1f | %.1f | %.1f |\n",
                  many_wanted, times[0], times[1] / count, times[2] / count, times[3] / count,
                  (double)(many_status("VmRSS:") - memory) / count,
                  (double)(many_status("VmPTE:") - tables) / count,
                  (double)(many_maps() - maps) / count);
    started = many_now();
    for (size_t i = 0; i < many_wanted; i++)
        assert_int_equal(lfi_library_free(all[i]), 0);
    print_message("freed: %.2f µs each\n", (many_now() - started) / count);
    assert_int_equal(lfi_space_free(space), 0);
    assert_int_equal(lfi_library_free(first), 0);
    free(all);
}

static int open_many(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "%s: FILE COUNT\n", argv[0]);
        return 2;
    }
    many_file = argv[1];
    many_wanted = strtoul(argv[2], NULL, 10);
    return many_run(many_wanted, many_wanted > 1000 ? EACH : 0, open_many);
}
