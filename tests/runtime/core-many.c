// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Many boxes in one process, each with code, data and a stack, and called:
 *
 *     test-runtime-core-many COUNT    so many, with vm.max_map_count raised as far as it takes
 *     test-runtime-core-many          as many as the kernel's limit allows, at least 5,000
 *
 * Prints what a box costs, in the columns of docs/many-boxes.md. The exit status is 77 if the
 * limit cannot be raised.
 */
#include "core-box.h"
#include "core-maps.h"
#include "many.h"

#define PLACES 12000 /* without COUNT */

enum { EACH = 12, /* mappings of a box, at most */ CALLS = 3 };

/* An error, or the library is in the box and its context ready. */
static int load(struct test_box *t, const struct lfi_shared_code *library, struct lfi_error *why)
{
    int error = lfi_box_map_shared_code(t->box, library, why);

    t->base = lfi_box_base(t->box);
    if (error == 0)
        error = lfi_box_map_return(t->box, t->base + TEST_RETURN, why);
    if (error == 0)
        error = lfi_box_map(t->box, t->base + TEST_DATA, lfi_page_size(), RW, ANON, -1, 0);
    if (error == 0)
        error = lfi_box_map(t->box, t->base + TEST_STACK, STACK_SIZE, RW, ANON, -1, 0);
    if (error == 0)
        error = lfi_context_new(t->box, NULL, NULL, &t->context);
    if (error == 0)
        lfi_context_regs(t->context)->REG_SP = t->base + TEST_STACK + STACK_SIZE;
    return error;
}

static void call(struct test_box *t, uint64_t i)
{
    const uint64_t stack[2] = {i, 8};
    struct lfi_call call = {.integer = {1, 2, 3, 4, 5, 6}, .stack = stack, .stack_count = 2};

    assert_int_equal(lfi_call(t->context, code_address(t, code_add), &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_true(call.result >= i && call.result < i + 100);
}

static void many_boxes(size_t wanted, bool all)
{
    struct lfi_code_map code = code_map(TEST_CODE, core_code, (size_t)(core_code_end - core_code));
    struct test_box *t = calloc(wanted, sizeof(*t));
    struct lfi_error why = {{0}};
    struct lfi_shared_code *library;
    struct lfi_space *space;
    size_t count = 0, lines = many_maps(), extra;
    double started, times[5] = {0};
    long memory = many_status("VmRSS:"), tables = many_status("VmPTE:");

    assert_non_null(t);
    assert_int_equal(lfi_faults_install(0, &why), 0);
    assert_int_equal(lfi_thread_prepare(), 0);
    if (lfi_shared_code_new(&library, &code, &why))
        fail_msg("%s", why.message);
    started = many_now();
    if (lfi_space_new(&space, wanted, &why))
        fail_msg("%s", why.message);
    times[0] = many_now() - started;

    /* fresh boxes take two mappings each */
    extra = many_maps();
    for (; count < wanted && count < 100; count++)
        assert_int_equal(lfi_box_new(space, &t[count].box, &why), 0);
    if (!TEST_EMULATED)
        assert_true(many_maps() - extra <= 2 * count + 4); /* the host's heap grows, too */
    while (count)
        assert_int_equal(lfi_box_free(t[--count].box), 0);

    for (; count < wanted; count++) {
        int error;

        started = many_now();
        error = lfi_box_new(space, &t[count].box, &why);
        times[1] += many_now() - started;
        if (error == 0) {
            started = many_now();
            error = load(&t[count], library, &why);
            times[2] += many_now() - started;
        }
        if (error == 0)
            continue;
        assert_false(all);
        assert_int_equal(error, -ENOMEM);
        if (t[count].box) {
            assert_int_equal(lfi_context_free(t[count].context), 0);
            assert_int_equal(lfi_box_free(t[count].box), 0);
            t[count].box = NULL;
        }
        break;
    }
    if (!all) {
        /* the limit was reached, and the error for those who want one more box says so */
        struct lfi_box *more;
        size_t empty = 0;
        static struct lfi_box *boxes[PLACES];

        assert_true(count >= (TEST_EMULATED ? 1 : 5000));
        while (count + empty < wanted && lfi_box_new(space, &more, &why) == 0)
            boxes[empty++] = more;
        if (count + empty < wanted)
            assert_non_null(strstr(why.message, "vm.max_map_count"));
        print_message("%zu boxes, %zu empty ones more; then: %s\n", count, empty, why.message);
        many_host_goes_on();
        while (empty)
            assert_int_equal(lfi_box_free(boxes[--empty]), 0);
    }
    started = many_now();
    for (size_t i = 0; i < count; i++)
        call(&t[i], i);
    times[3] = many_now() - started;
    started = many_now();
    for (int round = 0; round < CALLS; round++) {
        for (size_t i = 0; i < count; i++)
            call(&t[i], i);
    }
    times[4] = (many_now() - started) / CALLS;
    many_host_goes_on();
    print_message(
        "| boxes | space, µs | box, µs | library, µs | first call, µs | call, µs | memory, "
        "KiB | page tables, KiB | mappings |\n"
        "| %zu | %.0f | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f | %.1f |\n",
        count, times[0], times[1] / (double)count, times[2] / (double)count,
        times[3] / (double)count, times[4] / (double)count,
        (double)(many_status("VmRSS:") - memory) / (double)count,
        (double)(many_status("VmPTE:") - tables) / (double)count,
        (double)(many_maps() - lines) / (double)count);
    started = many_now();
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lfi_context_free(t[i].context), 0);
        assert_int_equal(lfi_box_free(t[i].box), 0);
    }
    print_message("freed: %.2f µs each\n", (many_now() - started) / (double)count);
    assert_int_equal(space->mappings, 0);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_shared_code_free(library);
    lfi_thread_release();
    lfi_faults_remove();
    free(t);
}

static size_t wanted_boxes;

static void as_many_as_wanted(void **state)
{
    (void)state;
    many_boxes(wanted_boxes, true);
}

static void as_many_as_allowed(void **state)
{
    (void)state;
    many_boxes(TEST_EMULATED ? 4 : PLACES, false);
}

static int make_boxes(void)
{
    const struct CMUnitTest wanted[] = {cmocka_unit_test(as_many_as_wanted)};
    const struct CMUnitTest allowed[] = {cmocka_unit_test(as_many_as_allowed)};

    return wanted_boxes ? cmocka_run_group_tests(wanted, NULL, NULL)
                        : cmocka_run_group_tests(allowed, NULL, NULL);
}

int main(int argc, char **argv)
{
    wanted_boxes = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    return wanted_boxes ? many_run(wanted_boxes, EACH, make_boxes) : make_boxes();
}
