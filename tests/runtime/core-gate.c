// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Gate calls and callbacks: results, nesting, ends. What is kept of registers: core-processor.c of
 * each architecture; every kind of argument: sdk/signatures. */
#include "core-box.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

typedef uint64_t empty_fn(uint64_t);
typedef uint64_t apply_fn(uint64_t n, uint64_t function);

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

static void *gate(struct test_box *t, const char *label, lfi_shape shape)
{
    return (void *)lfi_gate(t->context, code_address(t, label), shape);
}
#define GATE(type, t, label, shape) ((__typeof__(type) *)gate(t, label, shape))

static void assert_returned(void)
{
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
}

static uint64_t add_callback(struct test_box *t, void *function, void *data, lfi_shape shape)
{
    struct lfi_callback callback = {
        .function = (lfi_gate_fn *)function, .data = data, .shape = shape};
    struct lfi_error error = {{0}};
    uint64_t address = 0;

    if (t->box->stub_page_count == 0 && lfi_box_map_stubs(t->box, t->base + TEST_STUBS, &error))
        fail_msg("%s", error.message);
    assert_int_equal(lfi_box_callback(t->box, &callback, &address), 0);
    return address;
}

static void calls(void **state)
{
    typedef uint64_t add_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                            uint64_t, uint64_t, uint64_t);
    const lfi_shape shape = LFI_SHAPE(LFI_CALL_INTEGERS, 0, 10 - LFI_CALL_INTEGERS);
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 3; i++) {
        /* code_add: all registers and two words */
        uint64_t sum = GATE(add_fn, &t, code_add, shape)(1, 2, 4, 8, 16, 32, 64, 128, 256, 512);

        assert_returned();
        assert_int_equal(sum, (1 << (LFI_CALL_INTEGERS + 2)) - 1);
        assert_true(GATE(double(double, double), &t, code_multiply, LFI_SHAPE(0, 2, 0))(1.5, -4) ==
                    -6.0);
        assert_returned();
    }
    close_box(&t);
}

static uint64_t square(uint64_t x)
{
    uint64_t *sum = lfi_callback_data();

    *sum += x;
    return x * x;
}

static void callbacks(void **state)
{
    struct test_box t;
    uint64_t address, sum = 0;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    address = add_callback(&t, square, &sum, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(4, address), 30);
    assert_returned();
    assert_int_equal(sum, 10);
    assert_null(lfi_callback_data());
    close_box(&t);
}

static void ends(void **state)
{
    const lfi_shape result = LFI_SHAPE(2, 0, 0);
    struct test_box t;
    uint64_t address, sum = 0;
    struct lfi_context *context;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    /* a fault: results are 0, and the next call works */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(GATE(empty_fn, &t, code_illegal, LFI_SHAPE(1, 0, 0))(5), 0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
        assert_int_equal(lfi_gate_exit()->signal, SIGILL);
        assert_int_equal(GATE(empty_fn, &t, code_empty, LFI_SHAPE(1, 0, 0))(5) & 0, 0);
        assert_returned();
    }
    /* a stack that is not there: the gate's own access faults */
    lfi_context_regs(t.context)->REG_SP = t.base + 0x700000;
    assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(1, 2), 0);
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
    assert_int_equal(lfi_gate_exit()->signal, SIGSEGV);
    lfi_context_regs(t.context)->REG_SP = t.base + TEST_STACK + STACK_SIZE;
    /* a callback that was taken back, and one that never was */
    address = add_callback(&t, square, &sum, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    assert_int_equal(lfi_box_uncallback(t.box, address), 0);
    assert_int_equal(lfi_box_uncallback(t.box, address), -EINVAL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            GATE(apply_fn, &t, code_apply, result)(4, address + (uint64_t)i * MACHINE_STUB_SIZE),
            0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
        assert_int_equal(sum, 0);
    }
    /* no lfi_gate() before: refused */
    empty_fn *again = GATE(empty_fn, &t, code_empty, LFI_SHAPE(1, 0, 0));
    again(1);
    assert_returned();
    assert_int_equal(again(1), 0);
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_REFUSED);
    assert_int_equal(lfi_gate_exit()->status, -EINVAL);
    /* a bad shape */
    assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &context), 0);
    ((empty_fn *)lfi_gate(context, 0, LFI_SHAPE(LFI_CALL_INTEGERS + 1, 9, 0)))(1);
    assert_int_equal(lfi_gate_exit()->status, -EINVAL);
    assert_int_equal(lfi_context_free(context), 0);
    close_box(&t);
}

/* Registering and taking back does not use anything up. */
static void stubs_are_used_again(void **state)
{
    const struct lfi_callback callback = {(lfi_gate_fn *)square, NULL, LFI_SHAPE(1, 0, 0)};
    const size_t count = lfi_page_size() / MACHINE_STUB_SIZE;
    uint64_t *all = calloc(count, sizeof *all);
    uint64_t address;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal(lfi_box_callback(t.box, &callback, &address), -ENOSPC);
    all[0] = add_callback(&t, square, NULL, LFI_SHAPE(1, 0, 0));
    for (size_t i = 1; i < count; i++)
        assert_int_equal(lfi_box_callback(t.box, &callback, &all[i]), 0);
    assert_int_equal(lfi_box_callback(t.box, &callback, &address), -ENOSPC);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(lfi_box_uncallback(t.box, all[i % 7]), 0);
        assert_int_equal(lfi_box_callback(t.box, &callback, &address), 0);
        assert_int_equal(address, all[i % 7]);
    }
    free(all);
    close_box(&t);
}

struct nest {
    struct test_box *t;
    uint64_t address;
    unsigned depth, deepest, limit;
    int refused;
};

static uint64_t nest(uint64_t x)
{
    struct nest *n = lfi_callback_data();
    uint64_t result;

    assert_ptr_equal(lfi_callback_context(), n->t->context);
    if (++n->depth > n->deepest)
        n->deepest = n->depth;
    if (n->limit && n->depth == n->limit)
        lfi_callback_unwind(77);
    result = GATE(apply_fn, n->t, code_apply, LFI_SHAPE(2, 0, 0))(1, n->address);
    if (lfi_gate_exit()->kind == LFI_EXIT_REFUSED)
        n->refused = lfi_gate_exit()->status;
    n->depth--;
    assert_ptr_equal(lfi_callback_data(), n);
    assert_ptr_equal(lfi_callback_context(), n->t->context);
    return x + result;
}

static void calls_nest(void **state)
{
    struct test_box t;
    struct nest n = {.t = &t};

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_box_limit_nesting(t.box, 20);
    n.address = add_callback(&t, nest, &n, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    for (int i = 0; i < 3; i++) {
        n.deepest = 0;
        assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(1, n.address), 20);
        assert_returned();
        assert_int_equal(n.refused, -ELOOP);
        assert_int_equal(n.deepest, 20);
    }
    /* giving up in the fifth: only the innermost call ends */
    n.limit = 5;
    assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(1, n.address), 4);
    assert_returned();
    n.depth = 0;
    n.limit = 1;
    assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(1, n.address), 0);
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_UNWOUND);
    assert_int_equal(lfi_gate_exit()->status, 77);
    close_box(&t);
}

/* A gate within a callback into another box: %gs and the thread pointer are the first one's again.
 */
static uint64_t into_other(uint64_t x)
{
    struct test_box *other = lfi_callback_data();

    GATE(empty_fn, other, code_empty, LFI_SHAPE(1, 0, 0))(x);
    assert_returned();
    GATE(empty_fn, other, code_illegal, LFI_SHAPE(1, 0, 0))(x);
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
    return x;
}

static void calls_nest_across_boxes(void **state)
{
    struct lfi_error error = {{0}};
    struct lfi_space *space;
    struct test_box one, two;
    uint64_t address;

    (void)state;
    assert_int_equal(lfi_faults_install(SIGRTMIN + 3, &error), 0);
    assert_int_equal(lfi_space_new(&space, 2, &error), 0);
    fill_box(&one, space, false, serve_nothing, NULL);
    fill_box(&two, space, false, serve_nothing, NULL);
    lfi_context_set_tp(one.context, 0x1111);
    lfi_context_set_tp(two.context, 0x2222);
    address = add_callback(&one, into_other, &two, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    assert_int_equal(GATE(apply_fn, &one, code_apply, LFI_SHAPE(2, 0, 0))(3, address), 6);
    assert_returned();
    assert_int_equal(lfi_context_tp(one.context), 0x1111);
    assert_int_equal(lfi_context_tp(two.context), 0x2222);
    close_box(&one);
    close_box(&two);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

/*
 * Interrupts, sent at any moment, are not lost: each ends one call, now or the next. Calls are
 * empty, spin, or call back, so that they come everywhere in the gate.
 */
struct victim {
    struct test_box *t;
    struct lfi_context *context;
    uint64_t address;
    unsigned ended;  /* atomic */
    bool ready, end; /* atomic */
};

static uint64_t call_back(uint64_t x)
{
    return x;
}

static void *be_victim(void *argument)
{
    struct victim *v = argument;
    struct test_box mine = *v->t;
    unsigned turn = 0;

    mine.context = v->context;
    assert_int_equal(lfi_context_attach(v->context), 0);
    __atomic_store_n(&v->ready, true, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&v->end, __ATOMIC_ACQUIRE)) {
        switch (turn++ % 64 == 0 ? 2 : turn % 2) {
        case 0:
            GATE(empty_fn, &mine, code_empty, LFI_SHAPE(1, 0, 0))(1);
            break;
        case 1:
            GATE(apply_fn, &mine, code_apply, LFI_SHAPE(2, 0, 0))(3, v->address);
            break;
        default:
            GATE(empty_fn, &mine, code_spin, LFI_SHAPE(1, 0, 0))(1); /* until interrupted */
        }
        if (lfi_gate_exit()->kind == LFI_EXIT_INTERRUPTED)
            __atomic_add_fetch(&v->ended, 1, __ATOMIC_RELEASE);
        else if (lfi_gate_exit()->kind != LFI_EXIT_RETURNED)
            abort();
    }
    assert_int_equal(lfi_context_detach(v->context), 0);
    return NULL;
}

static void interrupts_are_not_lost(void **state)
{
    enum { VICTIMS = 2, ROUNDS = TEST_EMULATED ? 50 : 200 };
    struct victim victims[VICTIMS];
    pthread_t threads[VICTIMS];
    struct test_box t;
    uint64_t address, stack;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals back until the host makes a call */
#endif
    open_box(&t, false, serve_nothing, NULL);
    address = add_callback(&t, call_back, NULL, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    for (int i = 0; i < VICTIMS; i++) {
        victims[i] = (struct victim){.t = &t, .address = address};
        stack = t.base + 0x1000000 + (uint64_t)i * 0x100000;
        assert_int_equal(lfi_box_map(t.box, stack, STACK_SIZE, RW, ANON, -1, 0), 0);
        assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &victims[i].context), 0);
        lfi_context_regs(victims[i].context)->REG_SP = stack + STACK_SIZE;
        assert_int_equal(pthread_create(&threads[i], NULL, be_victim, &victims[i]), 0);
        while (!__atomic_load_n(&victims[i].ready, __ATOMIC_ACQUIRE))
            sched_yield();
    }
    for (unsigned round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < VICTIMS; i++) {
            lfi_context_interrupt(victims[i].context); /* once: it must do */
            for (volatile unsigned wait = 0; wait < round % 300; wait++)
                ;
        }
        for (int i = 0; i < VICTIMS; i++) {
            while (__atomic_load_n(&victims[i].ended, __ATOMIC_ACQUIRE) < round)
                sched_yield();
        }
    }
    for (int i = 0; i < VICTIMS; i++) {
        __atomic_store_n(&victims[i].end, true, __ATOMIC_RELEASE);
        lfi_context_interrupt(victims[i].context);
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(victims[i].ended >= ROUNDS && victims[i].ended <= ROUNDS + 1);
        assert_int_equal(lfi_context_free(victims[i].context), 0);
    }
    close_box(&t);
}

/* A context is its thread's until it is detached; a thread that ended takes nothing along. */
static void *call_once(void *argument)
{
    struct test_box *t = argument;

    GATE(empty_fn, t, code_empty, LFI_SHAPE(1, 0, 0))(1);
    return (void *)(intptr_t)(lfi_gate_exit()->kind == LFI_EXIT_RETURNED ? 0
                                                                         : lfi_gate_exit()->status);
}

static void contexts_belong_to_threads(void **state)
{
    struct test_box t;
    pthread_t thread;
    void *result;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal((intptr_t)call_once(&t), 0);
    assert_int_equal(pthread_create(&thread, NULL, call_once, &t), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_int_equal((intptr_t)result, -EBUSY);
    assert_int_equal(lfi_context_detach(t.context), 0);
    for (int i = 0; i < 50; i++) { /* thread blocks are used again, ids are not */
        assert_int_equal(pthread_create(&thread, NULL, call_once, &t), 0);
        assert_int_equal(pthread_join(thread, &result), 0);
        assert_int_equal((intptr_t)result, i % 2 ? -EBUSY : 0);
        if (i % 2)
            assert_int_equal(lfi_context_detach(t.context), 0);
    }
    close_box(&t);
}

/* What is to be done after a call that failed is done before another thread may free the context.
 */
static int early, late;

static void *detach(void *data)
{
    return (void *)(intptr_t)lfi_context_detach(data);
}

static int detach_elsewhere(struct lfi_context *context)
{
    pthread_t thread;
    void *result;

    if (pthread_create(&thread, NULL, detach, context) || pthread_join(thread, &result))
        abort();
    return (int)(intptr_t)result;
}

static void looks(struct lfi_context *context, const struct lfi_exit *exit)
{
    (void)exit;
    early = detach_elsewhere(context);
    late = 1;
}

static void looks_and_detaches(struct lfi_context *context, const struct lfi_exit *exit)
{
    looks(context, exit);
    if (lfi_context_detach(context) == 0)
        late = detach_elsewhere(context);
}

static void failing_is_inside(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 4; i++) {
        early = late = 1;
        lfi_context_on_failure(t.context, i % 2 ? looks_and_detaches : looks);
        assert_int_equal(GATE(empty_fn, &t, code_illegal, LFI_SHAPE(1, 0, 0))(5), 0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
        assert_int_equal(early, -EBUSY);
        assert_int_equal(late, i % 2 ? 0 : 1);
        assert_int_equal(detach_elsewhere(t.context), 0); /* the call is over */
    }
    for (int i = 0; i < 4;
         i++) { /* calls that are refused: in a context that is attached, or not */
        early = late = 1;
        lfi_context_on_failure(t.context, i % 2 ? looks_and_detaches : looks);
        if (i / 2)
            assert_int_equal(lfi_context_attach(t.context), 0);
        assert_int_equal(
            ((empty_fn *)(void *)lfi_gate_refused(t.context, -ECANCELED, LFI_SHAPE(1, 0, 0)))(5),
            0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_REFUSED);
        assert_int_equal(early, i / 2 ? -EBUSY : 0);
        assert_int_equal(late, i % 2 ? 0 : 1);
        assert_int_equal(detach_elsewhere(t.context), 0);
    }
    close_box(&t);
}

/* While other threads register and take back, calls of the slot see one callback or none. */
struct pair {
    uint64_t number;
};

static uint64_t check_one(uint64_t x)
{
    const struct pair *pair = lfi_callback_data();

    if (pair->number != 1)
        abort();
    return x;
}

static uint64_t check_two(uint64_t x)
{
    const struct pair *pair = lfi_callback_data();

    if (pair->number != 2)
        abort();
    return x;
}

static void *swap_callbacks(void *argument)
{
    static struct pair one = {1}, two = {2};
    struct victim *v = argument;
    struct lfi_callback callback = {.shape = LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0)};
    uint64_t address = v->address;

    for (unsigned i = 0; !__atomic_load_n(&v->end, __ATOMIC_ACQUIRE); i++) {
        if (lfi_box_uncallback(v->t->box, address))
            abort();
        callback.function = (lfi_gate_fn *)(i & 1 ? check_one : check_two);
        callback.data = i & 1 ? &one : &two;
        if (lfi_box_callback(v->t->box, &callback, &address) || address != v->address)
            abort();
    }
    return NULL;
}

static void callbacks_are_whole(void **state)
{
    static struct pair one = {1};
    struct lfi_callback filler = {(lfi_gate_fn *)call_back, NULL, 0};
    struct test_box t;
    struct victim v = {.t = &t};
    unsigned good = 0;
    pthread_t thread;
    uint64_t other;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    v.address = add_callback(&t, check_one, &one, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    while (lfi_box_callback(t.box, &filler, &other) == 0)
        ;
    assert_int_equal(pthread_create(&thread, NULL, swap_callbacks, &v), 0);
    for (int i = 0; i < (TEST_EMULATED ? 500 : 20000); i++) {
        uint64_t sum = GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(3, v.address);

        if (lfi_gate_exit()->kind == LFI_EXIT_RETURNED) {
            assert_int_equal(sum, 6);
            good++;
        } else {
            assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
        }
    }
    __atomic_store_n(&v.end, true, __ATOMIC_RELEASE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    print_message("%u calls met a callback\n", good);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(callbacks),
        cmocka_unit_test(ends),
        cmocka_unit_test(stubs_are_used_again),
        cmocka_unit_test(calls_nest),
        cmocka_unit_test(calls_nest_across_boxes),
        cmocka_unit_test(interrupts_are_not_lost),
        cmocka_unit_test(contexts_belong_to_threads),
        cmocka_unit_test(failing_is_inside),
        cmocka_unit_test(callbacks_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
