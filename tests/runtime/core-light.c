// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Light system calls: who answers, and that no interrupt loses the box's vector state, wherever it
 * comes. What is kept of registers: core-processor.c of each architecture. */
#include "core-box.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the number of a system call asks for. */
enum { DONE = 1, HOST, HOST_FALSE, NOT, STOP, SELF };

struct count {
    unsigned light, done, full;
};

static const int never; /* the host call is made */

LFI_LIGHT static enum lfi_light light(struct lfi_context *context, struct lfi_regs *regs,
                                      struct lfi_host_call *host)
{
    struct count *count = lfi_context_data(context);

    __atomic_add_fetch(&count->light, 1, __ATOMIC_RELAXED); /* sender reads it */
    context->frame.vectors[0][0] = 0; /* what is there is old: it must be saved again */
    switch (regs->REG_NUMBER) {
    case HOST:
    case HOST_FALSE:
        host->unless = &never;
        host->number = SYS_lseek; /* which looks at three arguments: a bad descriptor */
        host->arg[0] = (uint64_t)-1;
        host->arg[1] = 1;
        host->arg[2] = 2;
        return LFI_LIGHT_HOST;
    case NOT:
        return LFI_LIGHT_NOT;
    case STOP:
        lfi_context_stop(context, 12);
        break;
    case SELF:
        __atomic_store_n(&context->interrupt, 1, __ATOMIC_SEQ_CST);
        break;
    default:
        break;
    }
    regs->REG_RESULT = 100 + regs->REG_NUMBER;
    return LFI_LIGHT_DONE;
}

LFI_LIGHT static bool done(struct lfi_context *context, struct lfi_regs *regs, int64_t result)
{
    struct count *count = lfi_context_data(context);
    bool enough = regs->REG_NUMBER == HOST;

    count->done++;
    if (enough)
        regs->REG_RESULT = (uint64_t)result;
    return enough;
}

static void full(struct lfi_context *context, struct lfi_regs *regs)
{
    struct count *count = lfi_context_data(context);

    count->full++;
    regs->REG_RESULT = 200 + regs->REG_NUMBER;
    clobber();
}

/* One call of that number. */
static struct lfi_exit ask(struct test_box *t, uint64_t number)
{
    lfi_context_regs(t->context)->REG_COUNT = 1;
    lfi_context_regs(t->context)->REG_WHICH = number;
    return run(t, code_loop, 0);
}

static void every_answer(void **state)
{
    static const struct {
        uint64_t number, result;
        struct count count;
        enum lfi_exit_kind kind;
    } cases[] = {
        {DONE, 100 + DONE, {1, 0, 0}, LFI_EXIT_RETURNED},
        {HOST, (uint64_t)-EBADF, {1, 1, 0}, LFI_EXIT_RETURNED},
        {HOST_FALSE, 200 + HOST_FALSE, {1, 1, 1}, LFI_EXIT_RETURNED},
        {NOT, 200 + NOT, {1, 0, 1}, LFI_EXIT_RETURNED},
        {STOP, 100 + STOP, {1, 0, 0}, LFI_EXIT_STOPPED},
        {SELF, 100 + SELF, {1, 0, 0}, LFI_EXIT_INTERRUPTED},
    };
    struct count count;
    struct test_box t;

    (void)state;
    open_box(&t, false, full, &count);
    lfi_context_light(t.context, light, done);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        count = (struct count){0};
        struct lfi_exit exit = ask(&t, cases[i].number);
        assert_int_equal(exit.kind, cases[i].kind);
        assert_int_equal(exit.regs.REG_RESULT, cases[i].result);
        assert_int_equal(count.light, cases[i].count.light);
        assert_int_equal(count.done, cases[i].count.done);
        assert_int_equal(count.full, cases[i].count.full);
        if (exit.kind == LFI_EXIT_STOPPED)
            assert_int_equal(exit.status, 12);
        if (exit.kind == LFI_EXIT_RETURNED)
            continue;
        /* it goes on behind the call */
        assert_int_equal(lfi_context_run(t.context, &exit), 0);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.REG_COUNT, 0);
        assert_int_equal(count.light, 1);
    }
    lfi_context_light(t.context, NULL, NULL);
    count = (struct count){0};
    assert_int_equal(ask(&t, DONE).regs.REG_RESULT, 200 + DONE);
    assert_int_equal(count.light, 0);
    close_box(&t);
}

struct sender {
    struct lfi_context *context;
    const struct count *count;
    unsigned seen; /* atomic: how many interruptions came */
    bool end;      /* atomic */
};

/* The box has ended a call, and begun another: its own time decides, not the machine's load. */
static void wait_for_calls(const struct sender *s)
{
    unsigned before = __atomic_load_n(&s->count->light, __ATOMIC_RELAXED);

    while (__atomic_load_n(&s->count->light, __ATOMIC_RELAXED) - before < 2 &&
           !__atomic_load_n(&s->end, __ATOMIC_ACQUIRE))
        sched_yield();
}

/* Every other interruption may come before the box runs. */
static void *send(void *data)
{
    struct sender *s = data;

    for (unsigned i = 1; !__atomic_load_n(&s->end, __ATOMIC_ACQUIRE); i++) {
        if (i % 2)
            wait_for_calls(s);
        lfi_context_interrupt(s->context);
        for (volatile unsigned wait = 0; wait < i * 7 % 301; wait++)
            ;
        while (__atomic_load_n(&s->seen, __ATOMIC_ACQUIRE) < i &&
               !__atomic_load_n(&s->end, __ATOMIC_ACQUIRE))
            sched_yield();
    }
    return NULL;
}

/* Vector registers are filled; then there are only light calls, and they must be as they were. */
static void interrupts_keep_vectors(void **state)
{
    enum { ROUNDS = TEST_EMULATED ? 200 : 600 };
    static const uint64_t numbers[] = {DONE, HOST, HOST_FALSE};
    struct count count = {0};
    struct test_box t;
    struct sender sender = {0};
    struct core_frame *frame;
    struct lfi_exit exit;
    pthread_t thread;
    uint8_t pattern[sizeof frame->vectors];

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals back until the host makes a call */
#endif
    open_box(&t, false, full, &count);
    lfi_context_light(t.context, light, done);
    sender.context = t.context;
    sender.count = &count;
    frame = &t.context->frame;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 5 + i / 256 + 1);
    memcpy(frame->vectors, pattern, sizeof pattern);
    fill_vector_state(frame);
    assert_int_equal(pthread_create(&thread, NULL, send, &sender), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        lfi_context_regs(t.context)->REG_COUNT = UINT64_MAX;
        lfi_context_regs(t.context)->REG_WHICH = numbers[i % 3];
        exit = run(&t, code_loop, 0);
        assert_int_equal(exit.kind, LFI_EXIT_INTERRUPTED);
        assert_memory_equal(frame->vectors, pattern, sizeof pattern);
        assert_int_equal(exit.regs.REG_SP, t.base + TEST_STACK + STACK_SIZE);
        __atomic_add_fetch(&sender.seen, 1, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&sender.end, true, __ATOMIC_RELEASE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(count.light >= ROUNDS && count.done > 0 && count.full > 0);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer),
        cmocka_unit_test(interrupts_keep_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
