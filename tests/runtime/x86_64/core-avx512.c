// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The state of AVX-512: zmm0-31 and k0-7 on the way in and out. Exits with 77 where the processor,
 * or its operating system, has none. The code is hand-made and not verified.
 */
#include "core-box.h"

#include <sys/syscall.h>
#include <unistd.h>

extern const char wild_wide_dump[], wild_wide_gate[], wild_wide_back[], wild_wide_keep[],
    wild_wide_some[], wild_wide_spin[];

/* As core-code.S stores it. */
struct wide {
    uint8_t zmm[32][64];
    uint64_t masks[8];
};

enum { UPPER = 1, MASKS = 2, LOWER = 4, ALL = 7 };

static struct wide *before(const struct test_box *t)
{
    return (struct wide *)(t->base + TEST_DATA);
}

static struct wide *after(const struct test_box *t)
{
    return (struct wide *)(t->base + TEST_DATA + 4096);
}

/* No byte is 0, and no two registers are the same. */
static void fill(struct wide *wide)
{
    uint8_t *bytes = (uint8_t *)wide;

    for (size_t i = 0; i < sizeof *wide; i++)
        bytes[i] = (uint8_t)(1 + (i * 7 + i / 64 * 11) % 255);
}

/* What the host leaves: everything that this processor has. */
#define FILL_ALL                                                                                 \
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, " \
    "23, 24, 25, 26, 27, 28, 29, 30, 31\n\t"                                                     \
    "vpternlogd $0xff, %%zmm\\i, %%zmm\\i, %%zmm\\i\n\t"                                         \
    ".endr\n\t"                                                                                  \
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n\t"                                                         \
    "kxnorq %%k\\i, %%k\\i, %%k\\i\n\t"                                                          \
    ".endr\n\t"

static void fill_host(void)
{
    __asm__ volatile(FILL_ALL : : : "memory");
}

/* fill_host() and the call with nothing between: compilers may use registers. */
static void call_filled(lfi_gate_fn *gate, uint64_t first, uint64_t second)
{
    __asm__ volatile(FILL_ALL "call *%%rax\n\tvzeroupper"
                     : "+a"(gate), "+D"(first), "+S"(second)
                     :
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "cc", "memory");
}

static void serve_filling(struct lfi_context *context, struct lfi_regs *regs)
{
    struct lfi_context *copy = lfi_context_data(context);

    if (copy)
        lfi_context_copy(copy, context);
    regs->rax = 0;
    fill_host();
}

LFI_LIGHT static enum lfi_light light(struct lfi_context *context, struct lfi_regs *regs,
                                      struct lfi_host_call *host)
{
    (void)context, (void)host;
    regs->rax = 0;
    return LFI_LIGHT_DONE;
}

LFI_LIGHT static bool light_done(struct lfi_context *context, struct lfi_regs *regs, int64_t result)
{
    (void)context, (void)regs, (void)result;
    return true;
}

static void check_zero(const struct wide *wide, int part)
{
    static const uint8_t zero[64];

    for (int i = part & LOWER ? 0 : 16; i < (part & UPPER ? 32 : 16); i++)
        assert_memory_equal(wide->zmm[i], zero, 64);
    for (int i = 0; i < 8 && part & MASKS; i++)
        assert_int_equal(wide->masks[i], 0);
}

static void check_same(const struct wide *a, const struct wide *b, int part)
{
    for (int i = part & LOWER ? 0 : 16; i < (part & UPPER ? 32 : 16); i++)
        assert_memory_equal(a->zmm[i], b->zmm[i], 64);
    for (int i = 0; i < 8 && part & MASKS; i++)
        assert_int_equal(a->masks[i], b->masks[i]);
}

static void nothing_of_the_host_at_entry(void **state)
{
    struct lfi_call call = {.exit = {0}};
    struct test_box t;

    (void)state;
    open_box(&t, true, serve_filling, NULL);
    for (int i = 0; i < 2; i++) {
        struct lfi_context *fresh;
        struct lfi_exit exit;

        memset(before(&t), 0xee, sizeof(struct wide));
        assert_int_equal(lfi_context_new(t.box, serve_filling, NULL, &fresh), 0);
        lfi_context_regs(fresh)->rip = code_address(&t, wild_wide_dump);
        fill_host();
        assert_int_equal(lfi_context_run(fresh, &exit), 0);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        check_zero(before(&t), ALL);
        assert_int_equal(lfi_context_free(fresh), 0);

        memset(before(&t), 0xee, sizeof(struct wide));
        fill_host();
        assert_int_equal(lfi_call(t.context, code_address(&t, wild_wide_gate), &call), 0);
        assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
        check_zero(before(&t), ALL);

        memset(before(&t), 0xee, sizeof(struct wide));
        call_filled(lfi_gate(t.context, code_address(&t, wild_wide_gate), LFI_SHAPE(0, 0, 0)), 0,
                    0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        check_zero(before(&t), ALL);

        /* arguments: the low 16 bytes of eight registers */
        memset(before(&t), 0xee, sizeof(struct wide));
        call_filled(lfi_gate(t.context, code_address(&t, wild_wide_gate),
                             LFI_SHAPE(0, 8, 0) | LFI_SHAPE_WIDE),
                    0, 0);
        check_zero(before(&t), UPPER | MASKS);
        for (int k = 0; k < 16; k++) {
            static const uint8_t zero[48], ones[16] = {[0 ... 15] = 0xff};

            assert_memory_equal(before(&t)->zmm[k], k < 8 ? ones : zero, 16);
            assert_memory_equal(before(&t)->zmm[k] + 16, zero, 48);
        }
    }
    close_box(&t);
}

static void callback_shows_nothing_of_the_host(void **state)
{
    struct lfi_callback callback = {fill_host, NULL, LFI_SHAPE(0, 0, 0)};
    struct test_box t;
    struct lfi_error error;
    uint64_t address;

    (void)state;
    open_box(&t, true, serve_filling, NULL);
    assert_int_equal(lfi_box_map_stubs(t.box, t.base + TEST_STUBS, &error), 0);
    assert_int_equal(lfi_box_callback(t.box, &callback, &address), 0);
    fill(before(&t));
    memset(after(&t), 0xee, sizeof(struct wide));
    call_filled(lfi_gate(t.context, code_address(&t, wild_wide_back), LFI_SHAPE(2, 0, 0)), 0,
                address);
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
    check_zero(after(&t), ALL);
    close_box(&t);
}

static void system_calls_keep_everything(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, true, serve_filling, NULL);
    for (int way = 0; way < 2; way++) { /* in full, then light */
        if (way) {
#ifdef __SANITIZE_THREAD__
            break; /* the handler is no light one there */
#endif
            lfi_context_light(t.context, light, light_done);
        }
        fill(before(&t));
        memset(after(&t), 0xee, sizeof(struct wide));
        assert_int_equal(run(&t, wild_wide_keep, 0).kind, LFI_EXIT_RETURNED);
        check_same(before(&t), after(&t), ALL);
        /* what is in use alone, and next to it nothing of the host's */
        for (int part = 0; part <= ALL; part++) {
            memset(after(&t), 0xee, sizeof(struct wide));
            assert_int_equal(run(&t, wild_wide_some, (uint64_t)part).kind, LFI_EXIT_RETURNED);
            check_same(before(&t), after(&t), part);
            check_zero(after(&t), ALL & ~part);
        }
    }
    close_box(&t);
}

static void copies_of_contexts(void **state)
{
    struct lfi_context *copy;
    struct lfi_exit exit;
    struct test_box t;

    (void)state;
    open_box(&t, true, serve_filling, NULL);
    assert_int_equal(lfi_context_free(t.context), 0);
    assert_int_equal(lfi_context_new(t.box, serve_filling, NULL, &copy), 0);
    assert_int_equal(lfi_context_new(t.box, serve_filling, copy, &t.context), 0);
    fill(before(&t));
    assert_int_equal(run(&t, wild_wide_keep, 0).kind, LFI_EXIT_RETURNED);
    memset(after(&t), 0xee, sizeof(struct wide));
    fill_host();
    assert_int_equal(lfi_context_run(copy, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    check_same(before(&t), after(&t), ALL);
    assert_int_equal(lfi_context_free(copy), 0);
    close_box(&t);
}

static void *interrupt(void *argument)
{
    const struct test_box *t = argument;

    while (!__atomic_load_n((uint32_t *)after(t), __ATOMIC_ACQUIRE))
        sched_yield();
    lfi_context_interrupt(t->context);
    return NULL;
}

/* A stay that a signal ends, in code of the box, goes on with all registers. */
static void interrupts_keep_everything(void **state)
{
    struct lfi_exit exit;
    struct test_box t;
    pthread_t thread;

    (void)state;
    SKIP_UNDER_TSAN;
    open_box(&t, true, serve_filling, NULL);
    fill(before(&t));
    lfi_context_regs(t.context)->rax = 0;
    lfi_context_regs(t.context)->rip = code_address(&t, wild_wide_spin);
    memset(after(&t), 0, sizeof(struct wide));
    assert_int_equal(pthread_create(&thread, NULL, interrupt, &t), 0);
    assert_int_equal(lfi_context_run(t.context, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_INTERRUPTED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    fill_host();
    lfi_context_regs(t.context)->rax = 1;
    assert_int_equal(lfi_context_run(t.context, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    check_same(before(&t), after(&t), ALL);
    close_box(&t);
}

int main(void)
{
    static const uint32_t without[] = {0, FEATURE_FSGSBASE, FEATURE_XGETBV1};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_the_host_at_entry),
        cmocka_unit_test(callback_shows_nothing_of_the_host),
        cmocka_unit_test(system_calls_keep_everything),
        cmocka_unit_test(copies_of_contexts),
        cmocka_unit_test(interrupts_keep_everything),
    };
    struct lfi_error error;
    uint32_t features;
    int failed = 0;

    if (machine_features(&features, &error) || !(features & FEATURE_AVX512)) {
        print_message("this processor has no AVX-512\n");
        return 77;
    }
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        without_features = without[i];
        print_message("without features %u\n", without_features);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
