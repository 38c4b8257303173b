// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The way in and out: what is kept, what does not leak, what the host gets. */
#include "core-box.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FLAGS_ARITHMETIC 0x8d5
#define FLAG_DF          0x400
#define FLAG_AC          0x40000

/* What a handler sees of the machine. */
struct seen {
    unsigned calls;
    uint32_t mxcsr;
    uint16_t fcw, tags;
    uint64_t rflags;
    struct lfi_regs regs;
    uint64_t result;
};

static void look(struct seen *seen, const struct lfi_regs *regs)
{
    uint32_t environment[7];

    seen->calls++;
    seen->regs = *regs;
    __asm__ volatile("stmxcsr %0" : "=m"(seen->mxcsr));
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(environment));
    seen->fcw = (uint16_t)environment[0];
    seen->tags = (uint16_t)environment[2];
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(seen->rflags));
}

/* Overwrites all that a C function may, and the control words, which it may not. */
static void clobber(void)
{
    const uint32_t mxcsr = 0x7fbf; /* all flags, rounds to zero */
    const uint16_t fcw = 0x0f7f;

    __asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0\n\t"
                     ".irp i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
                     "vmovdqa %%ymm0, %%ymm\\i\n\t"
                     ".endr\n\t"
                     "fldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\t"
                     "fninit\n\tfldpi\n\tfstp %%st(0)\n\t" /* contents stay behind empty tags */
                     "fldcw %1\n\tldmxcsr %0\n\t"
                     "movq $-1, %%rax\n\tmovq %%rax, %%rcx\n\tmovq %%rax, %%rdx\n\t"
                     "movq %%rax, %%rsi\n\tmovq %%rax, %%rdi\n\tmovq %%rax, %%r8\n\t"
                     "movq %%rax, %%r9\n\tmovq %%rax, %%r10\n\tmovq %%rax, %%r11\n\t"
                     "cmpq $1, %%rax\n\t"
                     :
                     : "m"(mxcsr), "m"(fcw)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory");
}

/* The same outside of a handler, where nobody repairs the control words. */
static void clobber_and_repair(void)
{
    const uint32_t mxcsr = 0x1f80;
    const uint16_t fcw = 0x37f;

    clobber();
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(fcw));
}

static void serve_clobbering(struct lfi_context *context, struct lfi_regs *regs)
{
    struct seen *seen = lfi_context_data(context);

    look(seen, regs);
    regs->rax = seen->result;
    clobber();
}

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->rax = 0;
}

static void fill_dump(struct dump *dump)
{
    uint8_t *bytes = (uint8_t *)dump;

    for (size_t i = 0; i < sizeof(*dump); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256 + 1);
    dump->mxcsr = 0x5fa1; /* rounds up, two sticky flags */
    dump->fcw = 0x0a7f;
}

static void check_kept(const struct dump *before, const struct dump *after, size_t vector)
{
    for (int i = 0; i < 16; i++) {
        if (i != RAX && i != RCX && i != R11 && i != RSP)
            assert_int_equal(before->general[i], after->general[i]);
        assert_memory_equal(before->ymm[i], after->ymm[i], vector);
    }
    assert_int_equal(before->mxcsr, after->mxcsr);
}

static void check_host(const struct seen *seen)
{
    assert_int_equal(seen->mxcsr & ~0x3fU, 0x1f80); /* but for the host's own sticky flags */
    assert_int_equal(seen->fcw, 0x37f);
    assert_int_equal(seen->tags, 0xffff);
    assert_int_equal(seen->rflags & (FLAG_DF | FLAG_AC), 0);
}

static void system_call_keeps_everything(void **state)
{
    struct seen seen = {.result = 0x123456789abcdef0};
    struct test_box t;
    struct dump *before, *after;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_clobbering, &seen);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    fill_dump(before);
    exit = run(&t, code_preserve, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(seen.calls, 1);
    check_host(&seen);
    check_kept(before, after, 32);
    assert_int_equal(after->fcw, before->fcw);
    assert_int_equal(after->general[RAX], 0x123456789abcdef0);
    assert_int_equal(after->general[RSP], t.base + TEST_STACK + STACK_SIZE);
    /* rcx and r11 are the return point, nothing of the host's */
    assert_int_equal(after->general[RCX], after->general[R11]);
    assert_int_equal(after->general[RCX] >> 32, t.base >> 32);
    /* what the handler saw */
    assert_int_equal(seen.regs.rdi, before->general[RDI]);
    assert_int_equal(seen.regs.rax, before->general[RAX]);
    assert_int_equal(seen.regs.r15, before->general[R15]);
    assert_int_equal(seen.regs.rsp, t.base + TEST_STACK + STACK_SIZE);
    assert_int_equal(seen.regs.rip, after->general[RCX]);
    close_box(&t);
}

/* The same where the upper halves are not in use: they must be zero afterwards. */
static void system_call_keeps_clean_upper_halves(void **state)
{
    struct seen seen = {0};
    struct test_box t;
    struct dump *before, *after;

    (void)state;
    open_box(&t, false, serve_clobbering, &seen);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    fill_dump(before);
    assert_int_equal(run(&t, code_preserve_sse, 0).kind, LFI_EXIT_RETURNED);
    check_kept(before, after, 16);
    for (int i = 0; i < 16; i++) {
        const uint8_t zero[16] = {0};

        assert_memory_equal(after->ymm[i] + 16, zero, 16);
    }
    assert_int_equal(after->fcw, 0x37f);
    check_host(&seen);
    close_box(&t);
}

static void system_call_keeps_x87(void **state)
{
    static const uint8_t one[10] = {0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f};
    static const uint8_t pi[10] = {0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40};
    struct seen seen = {0};
    struct test_box t;
    uint8_t *data;
    uint16_t fcw = 0x0e7f, fsw;

    (void)state;
    open_box(&t, false, serve_clobbering, &seen);
    data = (uint8_t *)(t.base + TEST_DATA);
    memcpy(data, &fcw, 2);
    assert_int_equal(run(&t, code_preserve_x87, 0).kind, LFI_EXIT_RETURNED);
    check_host(&seen);
    assert_memory_equal(data + 32, &fcw, 2);
    memcpy(&fsw, data + 34, 2);
    assert_int_equal(fsw >> 11 & 7, 6); /* two values on the stack */
    assert_memory_equal(data + 48, one, sizeof(one));
    assert_int_equal(data[64 + 9], pi[9]);
    assert_memory_equal(data + 64 + 1, pi + 1, sizeof(pi) - 1); /* fldpi rounds as told */
    close_box(&t);
}

/* MMX registers show x87 contents whatever the tags say; the environment has pointers. */
static void system_call_leaves_no_x87_of_the_host(void **state)
{
    struct seen seen = {0};
    struct test_box t;
    uint32_t *environment;
    const uint8_t zero[64] = {0};

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    environment = (uint32_t *)(t.base + TEST_DATA);
    for (int round = 0; round < 4; round++) {
        clobber_and_repair();
        if (round & 2)
            __asm__ volatile("fldpi\n\tfldpi\n\tfninit"); /* all marked empty, not cleared */
        assert_int_equal(run(&t, round & 1 ? wild_syscall_x87 : wild_x87, 0).kind,
                         LFI_EXIT_RETURNED);
        assert_int_equal(environment[0] & 0xffff, 0x37f);
        assert_int_equal(environment[1] & 0xffff, 0);
        assert_int_equal(environment[2] & 0xffff, 0xffff);
        assert_int_equal(environment[3], 0); /* instruction pointer */
        assert_int_equal(environment[5], 0); /* data pointer */
        assert_memory_equal(environment + 8, zero, sizeof(zero));
    }
    close_box(&t);
}

static void flags_are_kept_and_the_host_has_its_own(void **state)
{
    static const uint64_t flags[] = {
        0x202,           0x202 | 0x8d5, 0x202 | 0x800,     0x202 | 0xd5,
        0x202 | FLAG_DF, 0x202 | 0x41,  0x202 | 0x400 | 1, 0x202 | 0x80};
    struct seen seen = {0};
    struct test_box t;

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        ((struct dump *)(t.base + TEST_DATA))->rflags = flags[i];
        assert_int_equal(run(&t, wild_flags, 0).kind, LFI_EXIT_RETURNED);
        check_host(&seen);
        assert_int_equal(((struct dump *)(t.base + TEST_DATA + 4096))->rflags, flags[i]);
    }
    /* alignment checks would break the host; they are not kept either */
    ((struct dump *)(t.base + TEST_DATA))->rflags = 0x202 | FLAG_AC | FLAG_DF;
    assert_int_equal(run(&t, wild_flags, 0).kind, LFI_EXIT_RETURNED);
    check_host(&seen);
    assert_int_equal(((struct dump *)(t.base + TEST_DATA + 4096))->rflags, 0x202 | FLAG_DF);
    close_box(&t);
}

static void nothing_of_the_host_at_entry(void **state)
{
    struct test_box t;
    struct dump *dump;
    const uint8_t zero[512] = {0};

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    dump = (struct dump *)(t.base + TEST_DATA);
    for (int round = 0; round < 2; round++) {
        uint32_t mxcsr = 0x1f80;
        uint16_t fcw = 0x37f;
        struct lfi_context *fresh;
        struct lfi_exit exit;

        memset(dump, 0x55, sizeof(*dump));
        assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &fresh), 0);
        lfi_context_regs(fresh)->rip = code_address(&t, code_dump);
        lfi_context_regs(fresh)->rsp = t.base + TEST_STACK + STACK_SIZE;
        clobber();
        assert_int_equal(lfi_context_run(fresh, &exit), 0);
        __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(fcw));
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        for (int i = 0; i < 16; i++) {
            if (i == R11)
                assert_int_equal(dump->general[i], code_address(&t, code_dump));
            else if (i == RSP)
                assert_int_equal(dump->general[i], t.base + TEST_STACK + STACK_SIZE);
            else
                assert_int_equal(dump->general[i], 0);
        }
        assert_memory_equal(dump->ymm, zero, 512);
        assert_int_equal(dump->mxcsr, 0x1f80);
        assert_int_equal(dump->fcw, 0x37f);
        assert_int_equal(dump->rflags & (FLAGS_ARITHMETIC | FLAG_DF), 0);
        assert_int_equal(lfi_context_free(fresh), 0);
    }
    close_box(&t);
}

/* The host's control words are its own again after a run, however it ends. */
static void host_gets_its_control_words_back(void **state)
{
    static const char *const labels[] = {code_preserve, code_sse_exception, code_illegal};
    uint32_t mxcsr = 0x3f80, now_mxcsr;
    const uint32_t standard_mxcsr = 0x1f80;
    uint16_t fcw = 0x077f, now_fcw;
    const uint16_t standard_fcw = 0x37f;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        struct dump *dump = (struct dump *)(t.base + TEST_DATA);
        struct lfi_exit exit;

        fill_dump(dump);
        *(uint32_t *)dump = 0x1d80; /* for code_sse_exception */
        lfi_context_regs(t.context)->rip = code_address(&t, labels[i]);
        __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(fcw));
        assert_int_equal(lfi_context_run(t.context, &exit), 0);
        __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(now_mxcsr), "=m"(now_fcw));
        __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(standard_mxcsr), "m"(standard_fcw));
        assert_int_equal(now_mxcsr, mxcsr);
        assert_int_equal(now_fcw, fcw);
        assert_int_equal(exit.kind, i ? LFI_EXIT_FAULT : LFI_EXIT_RETURNED);
    }
    close_box(&t);
}

static void thread_pointer(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_set_tp(t.context, 0xfedcba9876543210);
    lfi_context_regs(t.context)->r12 = 0x1212;
    exit = run(&t, code_tp, 0x1122334455667788);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.rax, 0xfedcba9876543210);
    assert_int_equal(exit.regs.rdx, 0x1122334455667788);
    assert_int_equal(exit.regs.rbx, 0x1122334455667788);
    assert_int_equal(exit.regs.r12, 0x1212);
    assert_int_equal(lfi_context_tp(t.context), 0x1122334455667788);
    close_box(&t);
}

/* Whatever rsp is, the runtime stays on the host's stack, and confined code gets an rsp in the box.
 */
static void stack_pointer_is_only_a_number(void **state)
{
    static const uint64_t garbage[] = {
        0, 1, 8, 0xfff, UINT64_MAX, 0x8000000000000000, 0x7fffffffffff};
    struct seen seen = {0};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
        exit = run(&t, wild_stack, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.rax, garbage[i]);
        assert_int_equal(seen.regs.rsp, garbage[i]);
        exit = run(&t, wild_stack_fault, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.regs.rsp, garbage[i]);
    }
    close_box(&t);
}

/* A personality that is wrong about rip and rsp cannot send the box elsewhere. */
static void serve_bad_return(struct lfi_context *context, struct lfi_regs *regs)
{
    uint64_t base = lfi_box_base(lfi_context_box(context));

    if (regs->rax == 1) {
        regs->rip = (regs->rip & 0xffffffff) | 0x7f0000000000 | 31;
        regs->rsp = 0x7ffc00000000 | (regs->rsp & 0xffffffff);
    } else {
        regs->rsp = base + LFI_BOX_SIZE;
    }
}

static void host_values_are_brought_into_the_box(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_bad_return, NULL);
    lfi_context_regs(t.context)->rbx = 1;
    lfi_context_regs(t.context)->r14 = 1;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.rsp, t.base + TEST_STACK + STACK_SIZE);
    /* the end of the box is where a pop of the last bytes leaves rsp */
    lfi_context_regs(t.context)->rbx = 1;
    lfi_context_regs(t.context)->r14 = 2;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.rsp, t.base + LFI_BOX_SIZE);
    close_box(&t);
}

/* Calls and callbacks. */
static void serve_nest(struct lfi_context *context, struct lfi_regs *regs)
{
    const uint64_t *function = lfi_context_data(context);
    struct lfi_call call = {.integer = {regs->rdi}};

    assert_int_equal(regs->rax, 7);
    assert_int_equal(lfi_call(context, *function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    regs->rax = call.result;
    clobber();
}

static void calls(void **state)
{
    const uint64_t more[2] = {70, 800};
    struct lfi_call call = {.integer = {1, 2, 3, 4, 5, 6}, .stack = more, .stack_count = 2};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(call.result, 891);
    call = (struct lfi_call){.real = {1.5, -4.0}};
    assert_int_equal(lfi_call(t.context, code_address(&t, code_multiply), &call), 0);
    assert_true(call.real_result == -6.0);
    /* the context's own registers are as they were */
    assert_int_equal(lfi_context_regs(t.context)->rsp, t.base + TEST_STACK + STACK_SIZE);
    assert_int_equal(lfi_context_regs(t.context)->rip, 0);
    /* a stack that is not there */
    lfi_context_regs(t.context)->rsp = t.base + LFI_GUARD_SIZE;
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), -EFAULT);
    lfi_context_regs(t.context)->rsp = (uint64_t)&call;
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), -EFAULT);
    close_box(&t);
}

static void calls_nest(void **state)
{
    uint64_t function;
    struct lfi_call call = {.integer = {40}};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nest, &function);
    function = code_address(&t, code_nest);
    lfi_context_set_tp(t.context, 77);
    assert_int_equal(lfi_thread_prepare(), 0);
    assert_int_equal(lfi_call(t.context, function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(call.result, 40);
    assert_int_equal(lfi_context_tp(t.context), 77);
    lfi_thread_release();
    close_box(&t);
}

/* From one box through the host into another and back. */
struct pair {
    struct test_box *other;
    uint64_t function;
};

static void serve_other(struct lfi_context *context, struct lfi_regs *regs)
{
    struct pair *pair = lfi_context_data(context);
    struct lfi_call call = {.integer = {regs->rdi}};

    lfi_context_set_tp(pair->other->context, 2);
    assert_int_equal(lfi_context_tp(context), 1);
    assert_int_equal(lfi_call(pair->other->context, pair->function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(lfi_context_tp(context), 1);
    assert_int_equal(lfi_context_tp(pair->other->context), 2);
    regs->rax = call.result;
}

static void calls_nest_across_boxes(void **state)
{
    struct test_box a, b;
    struct pair to_b = {.other = &b}, to_a = {.other = &a};
    struct lfi_call call = {.integer = {1}};
    struct lfi_space *space;

    (void)state;
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(lfi_space_new(&space, 2, NULL), 0);
    fill_box(&a, space, false, serve_other, &to_b);
    fill_box(&b, space, false, serve_other, &to_a);
    to_b.function = code_address(&b, code_nest);
    lfi_context_set_tp(a.context, 1);
    assert_int_equal(lfi_call(a.context, code_address(&a, code_nest), &call), 0);
    assert_int_equal(call.result, 1);
    assert_int_equal(lfi_context_tp(a.context), 1);
    close_box(&a);
    close_box(&b);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

static void serve_stop(struct lfi_context *context, struct lfi_regs *regs)
{
    struct lfi_exit exit;

    assert_int_equal(lfi_context_run(context, &exit), -EBUSY);
    assert_int_equal(lfi_context_free(context), -EBUSY);
    lfi_context_stop(context, (int)regs->rdi);
}

static void stopping(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_stop, NULL);
    lfi_context_regs(t.context)->rbx = 2;
    exit = run(&t, code_loop, 42);
    assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(exit.status, 42);
    /* it goes on where it was: the second round of the loop */
    assert_int_equal(lfi_context_run(t.context, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(exit.regs.rbx, 1);
    assert_int_equal(lfi_box_free(t.box), -EBUSY);
    close_box(&t);
}

/* clone(2): the copy made in a system call begins with the caller's state. */
static void serve_copy(struct lfi_context *context, struct lfi_regs *regs)
{
    lfi_context_copy(lfi_context_data(context), context);
    regs->rax = 1;
    clobber();
}

static void copies_of_contexts(void **state)
{
    struct test_box t;
    struct lfi_context *copy;
    struct dump *before, *after;
    struct dump parent;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_copy, NULL);
    assert_int_equal(lfi_context_free(t.context), 0);
    assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &copy), 0);
    assert_int_equal(lfi_context_new(t.box, serve_copy, copy, &t.context), 0);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    fill_dump(before);
    lfi_context_set_tp(t.context, 99);
    assert_int_equal(run(&t, code_preserve, 0).kind, LFI_EXIT_RETURNED);
    parent = *after;
    memset(after, 0, sizeof(*after));
    lfi_context_regs(copy)->rax = 0;
    assert_int_equal(lfi_context_tp(copy), 99);
    assert_int_equal(lfi_context_run(copy, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(parent.general[RAX], 1);
    assert_int_equal(after->general[RAX], 0);
    check_kept(before, after, 32);
    assert_int_equal(after->fcw, before->fcw);
    assert_int_equal(lfi_context_free(copy), 0);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest vectors[] = {
        cmocka_unit_test(system_call_keeps_everything),
        cmocka_unit_test(system_call_keeps_clean_upper_halves),
        cmocka_unit_test(nothing_of_the_host_at_entry),
        cmocka_unit_test(host_gets_its_control_words_back),
        cmocka_unit_test(copies_of_contexts),
    };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(system_call_keeps_x87),
        cmocka_unit_test(system_call_leaves_no_x87_of_the_host),
        cmocka_unit_test(flags_are_kept_and_the_host_has_its_own),
        cmocka_unit_test(thread_pointer),
        cmocka_unit_test(stack_pointer_is_only_a_number),
        cmocka_unit_test(host_values_are_brought_into_the_box),
        cmocka_unit_test(calls),
        cmocka_unit_test(calls_nest),
        cmocka_unit_test(calls_nest_across_boxes),
        cmocka_unit_test(stopping),
    };
    /* as this machine is, then as older ones are */
    static const uint32_t machines[] = {0, FEATURE_FSGSBASE, FEATURE_XGETBV1,
                                        FEATURE_XGETBV1 | FEATURE_AVX | FEATURE_FSGSBASE};
    int failed = 0;

    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        without_features = machines[i];
        print_message("without features %u\n", without_features);
        if (!(without_features & FEATURE_AVX))
            failed += cmocka_run_group_tests(vectors, NULL, NULL);
        failed += cmocka_run_group_tests(others, NULL, NULL);
    }
    return failed;
}
