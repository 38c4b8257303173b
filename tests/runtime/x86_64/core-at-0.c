// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The first box of a space at address 0: when it gets there, and that it is a box like any other.
 */
#include "core-box.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct lfi_space_options at_0 = {.first_at_0 = true};

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

/* Where the first box of a new space is; `why` is the reason if not at 0. */
static uint64_t first_base(struct lfi_error *why)
{
    struct lfi_space *space;
    struct lfi_box *box;
    uint64_t base;

    assert_int_equal(lfi_space_new_with(&space, 1, &at_0, why), 0);
    assert_int_equal(lfi_box_new(space, &box, NULL), 0);
    base = lfi_box_base(box);
    assert_int_equal(base == 0, why->message[0] == 0);
    assert_int_equal(lfi_box_free(box), 0);
    assert_int_equal(lfi_space_free(space), 0);
    return base;
}

static void first_box_lies_at_0(void **state)
{
    struct lfi_space *space, *without;
    struct test_box a, b, c;
    struct lfi_error why;
    const uint64_t stack[] = {7, 8, 9};
    struct lfi_call call = {.integer = {1, 2, 3, 4, 5, 6}, .stack = stack, .stack_count = 3};
    const struct core_reservation *low;

    (void)state;
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(lfi_space_new_with(&space, 2, &at_0, &why), 0);
    assert_string_equal(why.message, "");
    fill_box(&a, space, false, serve_nothing, NULL);
    fill_box(&b, space, false, serve_nothing, NULL);
    assert_int_equal(a.base, 0);
    assert_true(b.base >= 2 * LFI_BOX_SIZE);
    low = a.box->reservation;
    assert_true(low->start <= 0x10000);
    /* beyond what the stack pointer reaches, and in the reservation */
    assert_true(low->trampolines >= LFI_BOX_SIZE + LFI_GUARD_SIZE);
    assert_int_equal(low->trampolines + 4096, low->start + low->size);
    assert_int_equal(run(&a, code_tp, 1).kind, LFI_EXIT_RETURNED);
    assert_int_equal(run(&b, code_tp, 1).kind, LFI_EXIT_RETURNED);
    assert_int_equal(lfi_call(a.context, code_address(&a, code_add), &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_false(lfi_box_contains(a.box, 0, 1));
    assert_int_equal(lfi_box_map(a.box, 0, 4096, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(run(&a, code_load, 0).kind, LFI_EXIT_FAULT);
    assert_ptr_equal(mmap(NULL, 4096, RW, ANON | MAP_32BIT, -1, 0), MAP_FAILED);
    /* another space gets what it asked for, elsewhere */
    assert_int_equal(lfi_space_new_with(&without, 1, &at_0, &why), 0);
    assert_true(why.message[0]);
    fill_box(&c, without, false, serve_nothing, NULL);
    assert_true(c.base != 0);
    close_box(&c);
    assert_int_equal(lfi_space_free(without), 0);
    /* the place at 0 is the first again */
    close_box(&a);
    fill_box(&a, space, false, serve_nothing, NULL);
    assert_int_equal(a.base, 0);
    close_box(&a);
    close_box(&b);
    assert_int_equal(lfi_space_free(space), 0);
    assert_int_equal(first_base(&why), 0);
    lfi_faults_remove();
}

static void what_lies_there_stays(void **state)
{
    const uint64_t obstacles[] = {
        0x10000, 0x2f000, 0x12345000, LFI_BOX_SIZE - 4096, LFI_BOX_SIZE, LFI_BOX_SIZE + 0x100000};
    struct lfi_error why;

    (void)state;
    for (unsigned i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        volatile char *page = mmap((void *)obstacles[i], 4096, RW, ANON | MAP_FIXED, -1, 0);

        assert_ptr_not_equal(page, MAP_FAILED);
        *page = 'x';
        assert_int_not_equal(first_base(&why), 0);
        assert_int_equal(*page, 'x');
        munmap((void *)page, 4096);
    }
    assert_int_equal(first_base(&why), 0);
}

/* A page below the lowest address that the process may map now. */
static void what_lies_below_counts(void **state)
{
    struct lfi_error why;
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct data[2] = {{0}};
        void *page = mmap(NULL, 4096, RW, ANON | MAP_FIXED, -1, 0);

        if (page == MAP_FAILED)
            _exit(77); /* the kernel lets nobody here do that */
        if (syscall(SYS_capset, &header, data))
            _exit(1);
        _exit(first_base(&why) == 0 ? 2 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Boxes come and go after the privileges that mapped address 0 are gone. */
static void privileges_may_be_dropped(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct data[2] = {{0}};
        struct lfi_space *space;
        struct lfi_box *box;

        if (lfi_space_new_with(&space, 1, &at_0, NULL) || syscall(SYS_capset, &header, data))
            _exit(1);
        for (int i = 0; i < 3; i++) {
            if (lfi_box_new(space, &box, NULL) || lfi_box_base(box) || lfi_box_free(box))
                _exit(2);
        }
        _exit(lfi_space_free(space) ? 3 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_box_lies_at_0),
        cmocka_unit_test(what_lies_there_stays),
        cmocka_unit_test(what_lies_below_counts),
        cmocka_unit_test(privileges_may_be_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
