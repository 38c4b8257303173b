// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The state of an x86-64 processor on the way in and out, and the faults that it knows. */
#include "core-box.h"

#include <cpuid.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>

extern const char code_cpuid[], code_dump[], code_preserve[], code_preserve_sse[],
    code_preserve_x87[], code_gate_dump[], code_gate_back[], code_rude[], code_halt[],
    code_divide[], code_sse_exception[], code_x87_exception[], wild_flags[], wild_stack[],
    wild_stack_fault[], wild_x87[], wild_syscall_x87[];

/* All registers of a box, as core-code.S stores them. */
struct dump {
    uint64_t general[16]; /* rax rbx rcx rdx rsi rdi rbp rsp r8 … r15 */
    uint8_t ymm[16][32];
    uint32_t mxcsr;
    uint16_t fcw, unused;
    uint64_t rflags;
};
_Static_assert(offsetof(struct dump, mxcsr) == 640 && offsetof(struct dump, rflags) == 648, "dump");

enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15 };

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

/* A light handler that leaves all that it may, and the ways in which a call of it can go on. */
enum way { LIGHT_DONE, LIGHT_HOST, LIGHT_HOST_NOT, LIGHT_NOT, LIGHT_STOP, LIGHT_INTERRUPT, WAYS };

struct lit {
    struct seen seen; /* of the handler that is not light; first */
    enum way way;
    uint64_t rflags; /* as the light one sees them */
};

static const int never; /* the host call is made */

LFI_LIGHT static enum lfi_light light(struct lfi_context *context, struct lfi_regs *regs,
                                      struct lfi_host_call *host)
{
    struct lit *lit = lfi_context_data(context);

    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(lit->rflags));
    regs->rax = 0x5a5a5a;
    host->unless = &never;
    host->number = SYS_gettid;
    if (lit->way == LIGHT_STOP)
        lfi_context_stop(context, 0);
    if (lit->way == LIGHT_INTERRUPT)
        __atomic_store_n(&context->interrupt, 1, __ATOMIC_SEQ_CST);
    clobber_general();
    if (lit->way == LIGHT_HOST || lit->way == LIGHT_HOST_NOT)
        return LFI_LIGHT_HOST;
    return lit->way == LIGHT_NOT ? LFI_LIGHT_NOT : LFI_LIGHT_DONE;
}

LFI_LIGHT static bool light_done(struct lfi_context *context, struct lfi_regs *regs, int64_t result)
{
    const struct lit *lit = lfi_context_data(context);

    (void)regs, (void)result;
    clobber_general();
    return lit->way == LIGHT_HOST;
}

/* Runs to the end, although the call may stop or interrupt the context. */
static void run_light(struct test_box *t, const char *label)
{
    struct lit *lit = lfi_context_data(t->context);
    struct lfi_exit exit;

    lit->seen.calls = 0;
    lfi_context_light(t->context, light, light_done);
    exit = run(t, label, 0);
    if (lit->way == LIGHT_STOP || lit->way == LIGHT_INTERRUPT) {
        assert_int_equal(exit.kind,
                         lit->way == LIGHT_STOP ? LFI_EXIT_STOPPED : LFI_EXIT_INTERRUPTED);
        clobber_and_repair();
        assert_int_equal(lfi_context_run(t->context, &exit), 0);
    }
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(lit->seen.calls, lit->way == LIGHT_NOT || lit->way == LIGHT_HOST_NOT);
    assert_int_equal(lit->rflags & (FLAG_DF | FLAG_AC), 0);
    if (lit->seen.calls)
        check_host(&lit->seen);
}

static void light_calls_keep_everything(void **state)
{
    static const uint8_t one[10] = {0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f};
    struct lit lit = {{.result = 0x5a5a5a}, LIGHT_DONE, 0};
    struct test_box t;
    struct dump *before, *after;
    uint8_t *data;
    uint16_t fcw = 0x0e7f;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* its handler is no light one there: TSan calls functions of its own from all code */
#endif
    open_box(&t, true, serve_clobbering, &lit);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    data = (uint8_t *)before;
    for (lit.way = LIGHT_DONE; lit.way < WAYS; lit.way++) {
        memset(after, 0, sizeof *after);
        fill_dump(before);
        run_light(&t, code_preserve);
        check_kept(before, after, 32);
        assert_int_equal(after->fcw, before->fcw);
        assert_int_equal(after->general[RAX], 0x5a5a5a);
        assert_int_equal(after->general[RSP], t.base + TEST_STACK + STACK_SIZE);
        assert_int_equal(after->general[RCX], after->general[R11]);
        assert_int_equal(after->general[RCX] >> 32, t.base >> 32);

        fill_dump(before);
        run_light(&t, code_preserve_sse);
        check_kept(before, after, 16);
        for (int i = 0; i < 16; i++)
            assert_memory_equal(after->ymm[i] + 16, (const uint8_t[16]){0}, 16);

        memcpy(data, &fcw, 2);
        run_light(&t, code_preserve_x87);
        assert_memory_equal(data + 32, &fcw, 2);
        assert_memory_equal(data + 48, one, sizeof one);

        before->rflags = 0x202 | FLAG_AC | FLAG_DF | 0x8d5;
        run_light(&t, wild_flags);
        assert_int_equal(after->rflags, 0x202 | FLAG_DF | 0x8d5);
    }
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

/* All leaves that a processor may have: what cpuid.def says, and all else is kept. */
static void cpuid_tells_what_a_box_has(void **state)
{
    enum { EAX, EBX, ECX, EDX, HIDE = 0, KEEP = 1 };
    static const struct {
        uint32_t leaf, subleaf, reg, bit, keep;
    } rows[] = {
#define ANY                                                UINT32_MAX
#define ALL                                                UINT32_MAX
#define CPUID(leaf, subleaf, reg, bit, name, answer, insn) {leaf, subleaf, reg, bit, answer},
#define CPUID_NONE(leaf, subleaf, name)                    {leaf, subleaf, ALL, 0, HIDE},
#include "cpuid.def"
    };
    static const uint32_t first[] = {0, 0x40000000, 0x80000000, 0xc0000000, UINT32_MAX - 64};
    unsigned hidden = 0;
    struct test_box t;
    struct dump *before, *after;
    cpu_set_t all, one;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0); /* some leaves are of a core */
    open_box(&t, false, serve_nothing, NULL);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    for (uint32_t i = 0; i < 5 * 64 * 20; i++) {
        uint32_t leaf = first[i / 20 / 64] + i / 20 % 64, subleaf = i % 20, native[4];
        struct lfi_exit exit;

        fill_dump(before);
        before->general[R15] ^= i * 0x9e3779b97f4a7c15; /* its last byte decides on the flags */
        uint8_t byte = (uint8_t)before->general[R15];
        uint64_t flags;
        __asm__("addb $0x7f, %0\n\tpushfq\n\tpopq %1" : "+r"(byte), "=r"(flags) : : "cc");
        lfi_context_regs(t.context)->rsi = (uint64_t)0xabcd << 32 | subleaf;
        exit = run(&t, code_cpuid, (uint64_t)0x1234 << 32 | leaf);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.rax, before->general[R15]);
        __cpuid_count(leaf, subleaf, native[EAX], native[EBX], native[ECX], native[EDX]);
        const uint64_t told[4] = {after->general[RAX], after->general[RBX], after->general[RCX],
                                  after->general[RDX]};
        uint32_t expected[4] = {native[EAX], native[EBX], native[ECX], native[EDX]};
        uint32_t named[4] = {0}, kept[4] = {0};

        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            if (rows[k].leaf != leaf || (rows[k].subleaf != subleaf && rows[k].subleaf != ANY))
                continue;
            for (uint32_t reg = 0; reg < 4; reg++)
                if (rows[k].reg == reg || rows[k].reg == ALL) {
                    named[reg] = 1;
                    kept[reg] |= rows[k].keep << rows[k].bit;
                }
        }
        for (int reg = 0; reg < 4; reg++) {
            if (named[reg])
                expected[reg] &= kept[reg];
            hidden += expected[reg] != native[reg];
            assert_int_equal(told[reg], expected[reg]);
        }
        for (int k = 0; k < 16; k++) {
            if (k > RDX && k != R11 && k != RSP)
                assert_int_equal(before->general[k], after->general[k]);
            assert_memory_equal(before->ymm[k], after->ymm[k], 32);
        }
        assert_int_equal(before->mxcsr, after->mxcsr);
        assert_int_equal(before->fcw, after->fcw);
        assert_int_equal(after->rflags & FLAGS_ARITHMETIC, flags & FLAGS_ARITHMETIC);
        assert_int_equal(after->general[R11] >> 32, t.base >> 32);
        assert_int_equal(after->general[RSP], t.base + TEST_STACK + STACK_SIZE);
    }
    assert_true(hidden > 2); /* of leaf 1 FSGSBASE, if nothing else */
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
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

static void faults(void **state)
{
    static const uint32_t mxcsr = 0x1d80; /* division by zero is not masked */
    static const uint16_t fcw = 0x37b;
    struct test_box t;
    struct lfi_exit exit;
    uint8_t *data;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    data = (uint8_t *)(t.base + TEST_DATA);
    for (int round = 0; round < 2; round++) {  /* and it runs again after each */
        exit = run(&t, code_jump, 0xffffffff); /* the next box's table */
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.address, t.base + 0xffffffe0);
        exit = run(&t, code_halt, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGSEGV);
        assert_int_equal(exit.address, 0);
        assert_int_equal(exit.regs.rip, code_address(&t, code_halt));
        exit = run(&t, code_breakpoint, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGTRAP);
        assert_int_equal(exit.regs.rip, code_address(&t, code_breakpoint) + 1);
        exit = run(&t, code_divide, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGFPE);
        assert_int_equal(exit.code, FPE_INTDIV);
        memcpy(data, &fcw, sizeof(fcw));
        for (int call = 0; call < 2; call++) {
            exit = run(&t, code_x87_exception, (uint64_t)call);
            assert_int_equal(exit.kind, LFI_EXIT_FAULT);
            assert_int_equal(exit.signal, SIGFPE);
            assert_int_equal(exit.code, FPE_FLTDIV);
        }
        memcpy(data, &mxcsr, sizeof(mxcsr));
        exit = run(&t, code_sse_exception, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGFPE);
    }
    close_box(&t);
}

/*
 * For gates: calls `gate` with every register that the host has filled, exception flags set; then
 * notes what it finds. 1 if callee-saved registers are as they were.
 */
static struct {
    uint32_t mxcsr, environment[7];
    uint64_t flags;
} found __attribute__((used));

int call_filled(lfi_gate_fn *gate);
__asm__(
    ".text\n.globl call_filled\n.type call_filled, @function\ncall_filled:\n\t"
    "pushq %rbx\n\tpushq %rbp\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
    "pushq %rdi\n\t"
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
    "vpcmpeqd %ymm\\i, %ymm\\i, %ymm\\i\n\t"
    ".endr\n\t"
    "fninit\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\temms\n\t"
    "fld1\n\tfldpi\n\tfdivrp\n\tfld1\n\tfcompp\n\t" /* inexact; condition codes */
    "pushq $0x1fbf\n\tldmxcsr (%rsp)\n\taddq $8, %rsp\n\t"
    ".irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n\t"
    "movq $-1, %\\r\n\t"
    ".endr\n\t"
    "call *(%rsp)\n\t"
    "pushfq\n\tpopq found+32(%rip)\n\tcld\n\t"
    "stmxcsr found(%rip)\n\tfnstenv found+4(%rip)\n\tfninit\n\t"
    "pushq $0x1f80\n\tldmxcsr (%rsp)\n\taddq $8, %rsp\n\tvzeroupper\n\t"
    "movq $-1, %rax\n\tandq %rbx, %rax\n\tandq %rbp, %rax\n\tandq %r12, %rax\n\t"
    "andq %r13, %rax\n\tandq %r14, %rax\n\tandq %r15, %rax\n\t"
    "cmpq $-1, %rax\n\tsete %al\n\tmovzbl %al, %eax\n\t"
    "popq %rdi\n\tpopq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbp\n\tpopq %rbx\n\t"
    "ret\n\t.size call_filled, . - call_filled\n");

static lfi_gate_fn *gate(struct test_box *t, const char *label, lfi_shape shape)
{
    return lfi_gate(t->context, code_address(t, label), shape);
}

/* Nothing of the host's is in the dump. Registers that `used` names may hold numbers of the box. */
static void check_clean(const struct test_box *t, unsigned used)
{
    const struct dump *dump = (const struct dump *)(t->base + TEST_DATA);
    const uint32_t *environment = (const uint32_t *)(t->base + TEST_DATA + 4096);
    const uint64_t *mmx = (const uint64_t *)(t->base + TEST_DATA + 4096 + 32);

    for (int i = 0; i < 16; i++) {
        uint64_t value = dump->general[i];

        if (i == RSP || i == R11 || used >> i & 1)
            assert_true(value - t->base < LFI_BOX_SIZE || value < 0x1000);
        else if (i != RAX) /* dump overwrites it before; al counts vectors */
            assert_int_equal(value, 0);
        for (int k = 0; k < 32; k++)
            assert_int_equal(dump->ymm[i][k], 0);
    }
    assert_int_equal(dump->general[RAX], 0);
    assert_int_equal(dump->mxcsr, 0x1f80);
    assert_int_equal(dump->fcw, 0x37f);
    assert_int_equal(dump->rflags & (FLAG_DF | FLAG_AC), 0);
    assert_int_equal(environment[0] & 0xffff, 0x37f);
    assert_int_equal(environment[1] & 0xff, 0);        /* no exception */
    assert_int_equal(environment[1] & 0x4700, 0x4000); /* 0 was compared with 0 */
    assert_int_equal(environment[2] & 0xffff, 0xffff); /* all empty */
    for (int i = 3; i <= 5; i += 2) { /* instruction, operand: as far as the processor tells */
        uint32_t offset = environment[i] - (uint32_t)t->box->reservation->trampolines;

        assert_true(environment[i] == 0 || offset < 4096);
    }
    for (int i = 0; i < 8; i++) /* zeros, or what was loaded on the trampoline page: 0.0 */
        assert_int_equal(mmx[i], 0);
}

static void gate_shows_nothing_of_the_host(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 3; i++) {
        memset((void *)(t.base + TEST_DATA), 0xee, 8192);
        assert_true(call_filled(gate(&t, code_gate_dump, LFI_SHAPE(0, 0, 0))));
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        check_clean(&t, 0);
        assert_int_equal(found.mxcsr, 0x1fbf);
        assert_int_equal(found.environment[0] & 0xffff, 0x37f);
        assert_int_equal(found.environment[1] & 0x20, 0x20);
        assert_int_equal(found.environment[2] & 0xffff, 0xffff);
    }
    /* every shape: only what it names crosses */
    for (unsigned integers = 0; integers <= 6; integers++) {
        for (unsigned vectors = 0; vectors <= 8; vectors++) {
            for (unsigned wide = 0; wide < 2; wide++) {
                const struct dump *dump = (const struct dump *)(t.base + TEST_DATA);
                static const int order[] = {RDI, RSI, RDX, RCX, R8, R9};

                assert_true(call_filled(
                    gate(&t, code_gate_dump,
                         LFI_SHAPE(integers, vectors, 0) | (wide ? LFI_SHAPE_WIDE : 0))));
                for (unsigned i = 0; i < 6; i++)
                    assert_int_equal(dump->general[order[i]], i < integers ? UINT64_MAX : 0);
                for (unsigned i = 0; i < 16; i++) {
                    uint64_t part[4];

                    memcpy(part, dump->ymm[i], sizeof part);
                    assert_int_equal(part[0], i < vectors ? UINT64_MAX : 0);
                    assert_int_equal(part[1], i < vectors && wide ? UINT64_MAX : 0);
                    assert_int_equal(part[2] | part[3], 0);
                }
            }
        }
    }
    close_box(&t);
}

/* A callback that leaves all it may in registers and control words. */
static void fill_registers(void)
{
    clobber();
}

static void callback_shows_nothing_of_the_host(void **state)
{
    struct lfi_callback callback = {fill_registers, NULL, LFI_SHAPE(1, 0, 0)};
    struct test_box t;
    uint64_t address;
    struct lfi_error error;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal(lfi_box_map_stubs(t.box, t.base + TEST_STUBS, &error), 0);
    assert_int_equal(lfi_box_callback(t.box, &callback, &address), 0);
    for (int i = 0; i < 3; i++) {
        const struct dump *dump = (const struct dump *)(t.base + TEST_DATA);

        ((void (*)(uint64_t, uint64_t))gate(&t, code_gate_back, LFI_SHAPE(2, 0, 0)))(1, address);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        check_clean(&t, 1U << RBX | 1U << RBP | 0xfU << R12);
        assert_int_equal(dump->general[RBX], 0x101);
        assert_int_equal(dump->general[RBP], 0x102);
        assert_int_equal(dump->general[R15], 0x106);
        clobber_and_repair();
    }
    close_box(&t);
}

/*
 * Calls a callback that another thread is changing: the box gets a trap, after which the host may
 * let it go on, and nothing of what the host registered.
 */
static void changing_callback_shows_nothing_of_the_host(void **state)
{
    struct lfi_callback callback = {fill_registers, &found, LFI_SHAPE(1, 0, 0)};
    struct lfi_exit exit;
    struct lfi_error error;
    struct test_box t;
    uint64_t address;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal(lfi_box_map_stubs(t.box, t.base + TEST_STUBS, &error), 0);
    assert_int_equal(lfi_box_callback(t.box, &callback, &address), 0);
    t.box->callbacks[0].version |= 1; /* as in the middle of write_entry() */
    lfi_context_regs(t.context)->rip = address;
    assert_int_equal(lfi_context_run(t.context, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    assert_int_equal(exit.regs.r10, 0);
    assert_int_equal(exit.regs.r11, 0);
    for (int i = 8; i < 12; i++) {
        const uint64_t *vector = (const uint64_t *)t.context->frame.vectors[i];

        for (int k = 0; k < 4; k++)
            assert_int_equal(vector[k], 0);
    }
    close_box(&t);
}

/*
 * A thread that is interrupted on the trampoline page, after the frame's address is in rcx or r11:
 * a stay that goes on from there does not have it. No signal can be aimed at one instruction, so
 * the handler's part is called.
 */
static void interrupts_show_nothing_of_the_host(void **state)
{
    static const int registers[] = {REG_RCX, REG_R11};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        struct core_frame *frame = &t.context->frame;
        ucontext_t machine = {0};
        greg_t *gregs = machine.uc_mcontext.gregs;

        core_frame_fill(frame, t.context);
        gregs[REG_RCX] = gregs[REG_R11] = 0x1234;
        gregs[registers[i]] = (greg_t)frame;
        gregs[REG_RIP] = (greg_t)t.box->reservation->trampolines + 9;
        machine_signal_leave(&machine, frame, LFI_EXIT_INTERRUPTED, false);
        assert_int_equal(frame->regs.rcx, registers[i] == REG_RCX ? 0 : 0x1234);
        assert_int_equal(frame->regs.r11, registers[i] == REG_R11 ? 0 : 0x1234);
    }
    close_box(&t);
}

/* A long double that the box does not return, for a host that wants to hear of invalid operations.
 */
static void gate_survives_an_empty_x87_stack(void **state)
{
    const uint16_t invalid_unmasked = 0x37e, standard = 0x37f;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (unsigned count = 1; count <= 2; count++) {
        uint16_t after;
        lfi_gate_fn *call =
            gate(&t, code_gate_dump, LFI_SHAPE(0, 0, 0) | LFI_SHAPE_X87((uint64_t)count));

        __asm__ volatile("fldcw %0" : : "m"(invalid_unmasked));
        if (count == 1)
            ((long double (*)(void))call)();
        else
            ((_Complex long double (*)(void))call)();
        __asm__ volatile("fnstcw %0\n\tfninit\n\tfldcw %1" : "=m"(after) : "m"(standard));
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        assert_int_equal(after, invalid_unmasked);
    }
    close_box(&t);
}

/* The box changes all that it can. */
static void gate_restores_the_host(void **state)
{
    struct test_box t;
    struct dump *dump;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    dump = (struct dump *)(t.base + TEST_DATA);
    for (int i = 0; i < 4; i++) {
        dump->mxcsr = 0x7f80;              /* rounds to zero */
        dump->fcw = i & 1 ? 0xc40 : 0xf7f; /* all exceptions enabled, with some pending */
        assert_true(call_filled(gate(&t, code_rude, LFI_SHAPE(0, 0, 0))));
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        assert_int_equal(found.mxcsr, 0x1fbf);
        assert_int_equal(found.environment[0] & 0xffff, 0x37f);
        assert_int_equal(found.environment[1] & 0x80, 0); /* nothing is pending */
        assert_int_equal(found.environment[2] & 0xffff, 0xffff);
        assert_int_equal(found.flags & (FLAG_DF | FLAG_AC), 0);
    }
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest vectors[] = {
        cmocka_unit_test(system_call_keeps_everything),
        cmocka_unit_test(light_calls_keep_everything),
        cmocka_unit_test(system_call_keeps_clean_upper_halves),
        cmocka_unit_test(cpuid_tells_what_a_box_has),
        cmocka_unit_test(nothing_of_the_host_at_entry),
        cmocka_unit_test(host_gets_its_control_words_back),
        cmocka_unit_test(copies_of_contexts),
        cmocka_unit_test(gate_shows_nothing_of_the_host),
        cmocka_unit_test(callback_shows_nothing_of_the_host),
        cmocka_unit_test(changing_callback_shows_nothing_of_the_host),
        cmocka_unit_test(gate_survives_an_empty_x87_stack),
        cmocka_unit_test(gate_restores_the_host),
    };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(system_call_keeps_x87),
        cmocka_unit_test(system_call_leaves_no_x87_of_the_host),
        cmocka_unit_test(flags_are_kept_and_the_host_has_its_own),
        cmocka_unit_test(stack_pointer_is_only_a_number),
        cmocka_unit_test(interrupts_show_nothing_of_the_host),
        cmocka_unit_test(faults),
    };
    int failed = 0;

    /* as this machine is, then as older ones are */
    for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
        without_features = lacking[i];
        print_message("without features %u\n", without_features);
        if (!(without_features & FEATURE_AVX))
            failed += cmocka_run_group_tests(vectors, NULL, NULL);
        failed += cmocka_run_group_tests(others, NULL, NULL);
    }
    return failed;
}
