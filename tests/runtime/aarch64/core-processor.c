// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The state of an AArch64 processor on the way in and out, and the faults that it knows. */
#include "core-box.h"

#include <setjmp.h>
#include <sys/syscall.h>

extern const char code_dump[], code_preserve[], code_pstate[], code_push[], code_gate_dump[],
    code_gate_back[], code_rude[], wild_stack[], wild_stack_fault[], wild_link[], wild_link_back[],
    wild_context[];

/* All registers of a box, as core-code.S stores them. */
struct dump {
    uint64_t x[31], sp;
    uint8_t v[32][16];
    uint64_t fpcr, fpsr, nzcv;
};
_Static_assert(offsetof(struct dump, fpcr) == 768 && offsetof(struct dump, nzcv) == 784, "dump");

/* What a handler sees of the machine. */
struct seen {
    bool look_at_pstate;
    unsigned calls;
    uint64_t fpcr, fpsr, x18, dit, ssbs;
    struct lfi_regs regs;
    uint64_t result;
};

#define DIT  "S3_3_C4_C2_5"
#define SSBS "S3_3_C4_C2_6"

#define READ(name)                                        \
    ({                                                    \
        uint64_t value_;                                  \
        __asm__ volatile("mrs %0, " name : "=r"(value_)); \
        value_;                                           \
    })
#define WRITE(name, value) __asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)))

static void look(struct seen *seen, const struct lfi_regs *regs)
{
    seen->calls++;
    seen->regs = *regs;
    seen->fpcr = READ("fpcr");
    seen->fpsr = READ("fpsr");
    if (seen->look_at_pstate) {
        seen->dit = READ(DIT);
        seen->ssbs = READ(SSBS);
    }
}

static void serve_clobbering(struct lfi_context *context, struct lfi_regs *regs)
{
    struct seen *seen = lfi_context_data(context);

    look(seen, regs);
    regs->x[0] = seen->result;
    clobber();
}

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->x[0] = 0;
}

static struct lfi_exit run_at_data(struct test_box *t, struct lfi_context *context,
                                   const char *label)
{
    struct lfi_exit exit;

    lfi_context_regs(context)->pc = code_address(t, label);
    lfi_context_regs(context)->sp = t->base + TEST_DATA;
    assert_int_equal(lfi_context_run(context, &exit), 0);
    return exit;
}

/* Whether it is a context block of the box's reservation. */
static bool is_block(const struct test_box *t, uint64_t address)
{
    const struct core_reservation *reservation = t->box->reservation;

    return address % LFI_CONTEXT_SIZE == 0 && address > reservation->trampolines &&
           address < reservation->start + reservation->size;
}

static void fill_dump(struct dump *dump)
{
    uint8_t *bytes = (uint8_t *)dump;

    for (size_t i = 0; i < sizeof(*dump); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256 + 1);
    dump->fpcr = 0x2400000; /* rounds up, default NaN */
    dump->fpsr = 0x8000011;
    dump->nzcv = 0xa0000000;
}

static void check_kept(const struct test_box *t, const struct dump *before,
                       const struct dump *after)
{
    for (int i = 1; i < 30; i++) {
        if (i != 25 && i != 27 && i != 28)
            assert_int_equal(before->x[i], after->x[i]);
    }
    assert_int_equal(after->x[28], t->base + (uint32_t)before->x[28]);
    assert_int_equal(after->x[27], t->base);
    assert_memory_equal(before->v, after->v, sizeof(before->v));
    assert_int_equal(before->fpcr, after->fpcr);
    assert_int_equal(before->fpsr, after->fpsr);
    assert_int_equal(before->nzcv, after->nzcv);
    assert_int_equal(after->sp, t->base + TEST_DATA);
}

static void system_call_keeps_everything(void **state)
{
    struct seen seen = {.result = 0x123456789abcdef0};
    struct test_box t;
    struct dump *before, *after;

    (void)state;
    open_box(&t, false, serve_clobbering, &seen);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    for (uint64_t flags = 0; flags < 16; flags++) {
        fill_dump(before);
        before->nzcv = flags << 28;
        assert_int_equal(run_at_data(&t, t.context, code_preserve).kind, LFI_EXIT_RETURNED);
        check_kept(&t, before, after);
    }
    assert_int_equal(seen.calls, 16);
    assert_int_equal(seen.fpcr, 0);
    assert_int_equal(after->x[0], 0x123456789abcdef0);
    /* the context block lies in the reservation, outside of the box */
    assert_true(is_block(&t, after->x[25]));
    /* x30 is the return point, nothing of the host's */
    assert_in_range(after->x[30], code_address(&t, code_preserve), code_address(&t, code_pstate));
    assert_int_equal(after->x[30], seen.regs.pc);
    /* what the handler saw */
    for (int i = 0; i < 31; i++) {
        if (i == 25 || i == 27 || i == 28 || i == 30)
            assert_int_equal(seen.regs.x[i], after->x[i]);
        else
            assert_int_equal(seen.regs.x[i], before->x[i]);
    }
    assert_int_equal(seen.regs.sp, t.base + TEST_DATA);
    assert_int_equal(seen.regs.nzcv, before->nzcv);
    close_box(&t);
}

/* A light handler that leaves all that it may, and the ways in which a call of it can go on. */
enum way { LIGHT_DONE, LIGHT_HOST, LIGHT_HOST_NOT, LIGHT_NOT, LIGHT_STOP, LIGHT_INTERRUPT, WAYS };

struct lit {
    struct seen seen; /* of the handler that is not light; first */
    enum way way;
    uint64_t x18; /* as the light one sees it */
};

static const int never; /* the host call is made */

LFI_LIGHT static enum lfi_light light(struct lfi_context *context, struct lfi_regs *regs,
                                      struct lfi_host_call *host)
{
    struct lit *lit = lfi_context_data(context);

    __asm__ volatile("mov %0, x18" : "=r"(lit->x18));
    regs->x[0] = 0x5a5a5a;
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

static void light_calls_keep_everything(void **state)
{
    struct lit lit = {{.result = 0x5a5a5a}, LIGHT_DONE, 0};
    struct test_box t;
    struct dump *before, *after;

    (void)state;
    open_box(&t, false, serve_clobbering, &lit);
    lfi_context_light(t.context, light, light_done);
    before = (struct dump *)(t.base + TEST_DATA);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    for (lit.way = LIGHT_DONE; lit.way < WAYS; lit.way++) {
        struct lfi_exit exit;

        lit.seen.calls = 0;
        memset(after, 0, sizeof *after);
        fill_dump(before);
        __asm__ volatile("mov x18, #0x1818" : : : "x18");
        exit = run_at_data(&t, t.context, code_preserve);
        if (lit.way == LIGHT_STOP || lit.way == LIGHT_INTERRUPT) {
            assert_int_equal(exit.kind,
                             lit.way == LIGHT_STOP ? LFI_EXIT_STOPPED : LFI_EXIT_INTERRUPTED);
            clobber();
            WRITE("fpcr", 0);
            assert_int_equal(lfi_context_run(t.context, &exit), 0);
        }
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        check_kept(&t, before, after);
        assert_int_equal(after->x[0], 0x5a5a5a);
        assert_int_equal(lit.x18, 0x1818);
        assert_true(is_block(&t, after->x[25]));
        assert_int_equal(lit.seen.calls, lit.way == LIGHT_NOT || lit.way == LIGHT_HOST_NOT);
        assert_int_equal(lit.seen.fpcr, 0);
    }
    close_box(&t);
}

static void nothing_of_the_host_at_entry(void **state)
{
    struct test_box t;
    struct dump *dump;
    const uint8_t zero[sizeof(dump->v)] = {0};

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    dump = (struct dump *)(t.base + TEST_DATA);
    for (int round = 0; round < 2; round++) {
        struct lfi_context *fresh;
        struct lfi_exit exit;

        memset(dump, 0x55, sizeof(*dump));
        assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &fresh), 0);
        lfi_context_regs(fresh)->pc = code_address(&t, code_dump);
        lfi_context_regs(fresh)->sp = t.base + TEST_DATA;
        clobber();
        assert_int_equal(lfi_context_run(fresh, &exit), 0);
        WRITE("fpcr", 0);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        for (int i = 0; i < 31; i++) {
            if (i == 28)
                assert_int_equal(dump->x[i], code_address(&t, code_dump));
            else if (i == 27 || i == 30)
                assert_int_equal(dump->x[i], t.base);
            else if (i != 25)
                assert_int_equal(dump->x[i], 0);
        }
        assert_true(is_block(&t, dump->x[25]));
        assert_int_equal(dump->sp, t.base + TEST_DATA);
        assert_memory_equal(dump->v, zero, sizeof(zero));
        assert_int_equal(dump->fpcr, 0);
        assert_int_equal(dump->fpsr, 0);
        assert_int_equal(dump->nzcv, 0);
        assert_int_equal(lfi_context_free(fresh), 0);
    }
    close_box(&t);
}

/* The host's control registers are its own again after a run, however it ends. */
static void host_gets_its_control_registers_back(void **state)
{
    static const char *const labels[] = {code_preserve, code_illegal};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        uint64_t fpcr, fpsr;
        struct lfi_exit exit;

        fill_dump((struct dump *)(t.base + TEST_DATA));
        WRITE("fpcr", 0x1000000);
        WRITE("fpsr", 2);
        exit = run_at_data(&t, t.context, labels[i]);
        fpcr = READ("fpcr");
        fpsr = READ("fpsr");
        WRITE("fpcr", 0);
        assert_int_equal(fpcr, 0x1000000);
        assert_int_equal(fpsr, 2);
        assert_int_equal(exit.kind, i ? LFI_EXIT_FAULT : LFI_EXIT_RETURNED);
    }
    close_box(&t);
}

/* Emulators have both, and do not say so in AT_HWCAP. */
static sigjmp_buf no_pstate;

static void on_illegal(int number)
{
    (void)number;
    siglongjmp(no_pstate, 1);
}

static bool has_pstate(void)
{
    struct sigaction action = {.sa_handler = on_illegal}, former;
    bool has = false;

    sigaction(SIGILL, &action, &former);
    if (sigsetjmp(no_pstate, 1) == 0) {
        (void)READ(DIT);
        (void)READ(SSBS);
        has = true;
    }
    sigaction(SIGILL, &former, NULL);
    return has;
}

/* What code may set of PSTATE is its own, and the host's the host's. SSBS it may not: it is the
 * host's all the time. */
static void timing_and_speculation(void **state)
{
    const uint64_t dit = 1 << 24, ssbs = 1 << 12;
    struct seen seen = {.look_at_pstate = true};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    if (without_features || !has_pstate()) {
        print_message("not on this machine\n");
        return;
    }
    open_box(&t, false, serve_clobbering, &seen);
    t.box->space->features = 1 << FEATURE_DIT;
    for (int way = 0; way < 2; way++) {
        WRITE(DIT, way ? dit : 0);
        WRITE(SSBS, way ? ssbs : 0);
        exit = run(&t, code_pstate, way ? 0 : dit);
        assert_int_equal(exit.regs.x[1], way ? 0 : dit);
        assert_int_equal(exit.regs.x[2], way ? ssbs : 0);
        assert_int_equal(seen.dit, way ? dit : 0);
        assert_int_equal(seen.ssbs, way ? ssbs : 0);
        assert_int_equal(READ(DIT), way ? dit : 0);
        assert_int_equal(READ(SSBS), way ? ssbs : 0);
        WRITE(DIT, 0);
        WRITE(SSBS, ssbs);
    }
    close_box(&t);
}

static const uint64_t garbage[] = {
    0, 1, 8, 0xfff, UINT64_MAX, 1UL << 63, 0x7fffffffffff, 0xffff000000000003};
#define GARBAGE (sizeof(garbage) / sizeof(garbage[0]))

/* Whatever sp is, the runtime stays on the host's stack. */
static void stack_pointer_is_only_a_number(void **state)
{
    struct seen seen = {0};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    for (size_t i = 0; i < GARBAGE; i++) {
        exit = run(&t, wild_stack, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.x[0], garbage[i]);
        assert_int_equal(seen.regs.sp, garbage[i]);
        exit = run(&t, wild_stack_fault, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGILL);
        assert_int_equal(exit.regs.sp, garbage[i]);
    }
    close_box(&t);
}

/* Confined code gets an sp that docs/abi.md promises, at its edges and misaligned, too. */
static void stack_pointer_at_the_edges(void **state)
{
    static const struct {
        uint64_t given, used; /* offsets from the base */
    } edges[] = {
        {0, 0},
        {1, 1},
        {LFI_BOX_SIZE - 1, LFI_BOX_SIZE - 1},
        {LFI_BOX_SIZE, LFI_BOX_SIZE},
        {LFI_BOX_SIZE + 1023, LFI_BOX_SIZE + 1023},
        {LFI_BOX_SIZE + 1024, 1024},
        {(uint64_t)-1, LFI_BOX_SIZE - 1},
        {(uint64_t)-16, LFI_BOX_SIZE - 16},
        {(uint64_t)7 << 40 | 3, 3},
    };
    struct seen seen = {0};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_clobbering, &seen);
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        struct lfi_regs *regs = lfi_context_regs(t.context);

        regs->pc = code_address(&t, code_loop);
        regs->x[19] = 2;
        regs->sp = t.base + edges[i].given;
        seen.calls = 0;
        assert_int_equal(lfi_context_run(t.context, &exit), 0);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(seen.calls, 2);
        assert_int_equal(seen.regs.sp, t.base + edges[i].used);
        assert_int_equal(exit.regs.sp, t.base + edges[i].used);
        /* there is nothing to be written at any of them */
        regs->pc = code_address(&t, code_push);
        regs->sp = t.base + edges[i].given;
        assert_int_equal(lfi_context_run(t.context, &exit), 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_true(exit.signal == SIGSEGV || exit.signal == SIGBUS); /* BUS: misaligned */
    }
    close_box(&t);
}

/* Where x30 comes from does not matter: the box goes on inside of itself. */
static void link_register_is_only_a_number(void **state)
{
    static const uint64_t upper[] = {0, 0x7f0000000000, 0xffff000000000000, 0x5500000000};
    struct seen seen = {0};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    for (size_t i = 0; i < 4 * sizeof(upper) / sizeof(upper[0]); i++) {
        uint64_t back = code_address(&t, wild_link_back);
        uint64_t low = (uint32_t)back | i % 4;

        exit = run(&t, wild_link, upper[i / 4] | low);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.x[0], back);
        assert_int_equal(seen.regs.pc, back);
        assert_int_equal(seen.regs.x[30], back);
    }
    for (size_t i = 0; i < GARBAGE; i++) {
        uint64_t at = t.base + ((uint32_t)garbage[i] & ~3U);

        exit = run(&t, wild_link, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT); /* nothing is there */
        assert_int_equal(exit.regs.pc, at);
        assert_int_equal(exit.address, at);
    }
    close_box(&t);
}

/* The runtime finds its way without x25 and x27, and puts them right. */
static void context_register_is_only_a_number(void **state)
{
    struct seen seen = {0};
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, true, serve_clobbering, &seen);
    for (size_t i = 0; i < GARBAGE; i++) {
        seen.calls = 0;
        exit = run(&t, wild_context, garbage[i]);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(seen.calls, 1);
        assert_int_equal(exit.regs.x[0], 1);
        assert_int_equal(exit.regs.x[1], 1);
    }
    close_box(&t);
}

/* x28 and x30 as the host sets them are brought into the box, x25 and x27 are not the host's. */
static void serve_bad_registers(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->x[25] = regs->x[27] = 1;
    regs->x[28] = 0x7f0000000000 | 0x12345678;
    regs->pc = regs->x[30];
    regs->x[30] |= 0x7f0000000000;
}

static void host_registers_are_brought_into_the_box(void **state)
{
    struct test_box t;
    struct dump *after;

    (void)state;
    open_box(&t, false, serve_bad_registers, NULL);
    after = (struct dump *)(t.base + TEST_DATA + 4096);
    assert_int_equal(run_at_data(&t, t.context, code_preserve).kind, LFI_EXIT_RETURNED);
    assert_true(is_block(&t, after->x[25]));
    assert_int_equal(after->x[27], t.base);
    assert_int_equal(after->x[28], t.base + 0x12345678);
    assert_in_range(after->x[30], code_address(&t, code_preserve), code_address(&t, code_pstate));
    close_box(&t);
}

/* clone(2): the copy made in a system call begins with the caller's state. */
static void serve_copy(struct lfi_context *context, struct lfi_regs *regs)
{
    lfi_context_copy(lfi_context_data(context), context);
    regs->x[0] = 1;
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
    assert_int_equal(run_at_data(&t, t.context, code_preserve).kind, LFI_EXIT_RETURNED);
    parent = *after;
    memset(after, 0, sizeof(*after));
    lfi_context_regs(copy)->x[0] = 0;
    assert_int_equal(lfi_context_tp(copy), 99);
    assert_int_equal(lfi_context_run(copy, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(parent.x[0], 1);
    assert_int_equal(after->x[0], 0);
    assert_int_not_equal(after->x[25], parent.x[25]);
    check_kept(&t, before, &parent);
    check_kept(&t, before, after);
    assert_int_equal(lfi_context_free(copy), 0);
    close_box(&t);
}

/* Blocks of contexts are given back, and there are only so many. */
static void context_blocks(void **state)
{
    enum { MOST = MACHINE_ROOM / LFI_CONTEXT_SIZE };
    static struct lfi_context *contexts[MOST];
    struct lfi_context *more;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int round = 0; round < 2; round++) {
        for (int i = 1; i < MOST; i++) { /* the box has one */
            assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &contexts[i]), 0);
            assert_int_equal(lfi_context_tp(contexts[i]), 0);
            lfi_context_set_tp(contexts[i], (uint64_t)i);
        }
        assert_int_equal(lfi_context_new(t.box, serve_nothing, NULL, &more), -ENOMEM);
        for (int i = 1; i < MOST; i++) {
            assert_int_equal(lfi_context_tp(contexts[i]), i);
            assert_int_equal(lfi_context_free(contexts[i]), 0);
        }
    }
    close_box(&t);
}

static void faults(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int round = 0; round < 2; round++) { /* and it runs again after each */
        exit = run(&t, code_breakpoint, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGTRAP);
        assert_int_equal(exit.regs.pc, code_address(&t, code_breakpoint));
        exit = run(&t, code_jump, 0xfffffffc); /* the next box's table */
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGSEGV);
        assert_int_equal(exit.address, t.base + 0xfffffffc);
        exit = run(&t, code_jump, TEST_CODE + 2); /* misaligned */
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGBUS);
        assert_int_equal(exit.address, t.base + TEST_CODE + 2);
    }
    close_box(&t);
}

/*
 * For gates: calls `gate` with every register that the host has filled, control and status set;
 * then notes what it finds. 1 if all that a function keeps is as it was.
 */
static struct {
    uint64_t fpcr, fpsr, x18;
} found __attribute__((used));

int call_filled(lfi_gate_fn *gate);
__asm__(".text\n.globl call_filled\n.type call_filled, %function\ncall_filled:\n\t"
        "stp x29, x30, [sp, #-192]!\n\t"
        "stp x19, x20, [sp, #16]\n\tstp x21, x22, [sp, #32]\n\tstp x23, x24, [sp, #48]\n\t"
        "stp x25, x26, [sp, #64]\n\tstp x27, x28, [sp, #80]\n\tstp d8, d9, [sp, #96]\n\t"
        "stp d10, d11, [sp, #112]\n\tstp d12, d13, [sp, #128]\n\tstp d14, d15, [sp, #144]\n\t"
        "stp x0, x18, [sp, #160]\n\t"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, "
        "23, 24, 25, 26, 27, 28, 29, 30, 31\n\tmovi v\\i\\().16b, #255\n\t.endr\n\t"
        "mov x0, #0x400000\n\tmsr fpcr, x0\n\tmov x0, #0x9f\n\tmsr fpsr, x0\n\t"
        "mov x0, #0xf0000000\n\tmsr nzcv, x0\n\t"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, "
        "24, 25, 26, 27, 28, 29\n\tmov x\\i, #-1\n\t.endr\n\t"
        "ldr x16, [sp, #160]\n\tblr x16\n\t"
        "mov x9, x29\n\t"
        ".irp i, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28\n\tand x9, x9, x\\i\n\t.endr\n\t"
        ".irp i, 8, 9, 10, 11, 12, 13, 14, 15\n\tfmov x10, d\\i\n\tand x9, x9, x10\n\t"
        ".endr\n\t"
        "adrp x10, found\n\tadd x10, x10, #:lo12:found\n\t"
        "mrs x11, fpcr\n\tmrs x12, fpsr\n\tstp x11, x12, [x10]\n\tstr x18, [x10, #16]\n\t"
        "msr fpcr, xzr\n\tmsr fpsr, xzr\n\t"
        "cmn x9, #1\n\tcset w0, eq\n\t"
        "ldp x9, x18, [sp, #160]\n\t"
        "ldp d8, d9, [sp, #96]\n\tldp d10, d11, [sp, #112]\n\tldp d12, d13, [sp, #128]\n\t"
        "ldp d14, d15, [sp, #144]\n\tldp x27, x28, [sp, #80]\n\tldp x25, x26, [sp, #64]\n\t"
        "ldp x23, x24, [sp, #48]\n\tldp x21, x22, [sp, #32]\n\tldp x19, x20, [sp, #16]\n\t"
        "ldp x29, x30, [sp], #192\n\tret\n\t.size call_filled, . - call_filled\n");

#define GATE_STACK (TEST_DATA + 0x8000) /* the dump is above it */

static lfi_gate_fn *gate(struct test_box *t, const char *label, lfi_shape shape)
{
    return lfi_gate(t->context, code_address(t, label), shape);
}

/* After any call of call_filled(): the host's. */
static void check_found(void)
{
    assert_int_equal(found.fpcr, 0x400000);
    assert_int_equal(found.fpsr & 0x9f, 0x9f);
    assert_int_equal(found.x18, UINT64_MAX);
}

/* What the box finds that no shape names: its own registers, and zeros. */
static void check_own(const struct test_box *t, const struct dump *dump, const char *label)
{
    for (int i = 8; i < 30; i++) {
        if (i == 25)
            assert_true(is_block(t, dump->x[i]));
        else if (i == 27)
            assert_int_equal(dump->x[i], t->base);
        else if (i == 28)
            assert_int_equal(dump->x[i], code_address(t, label));
        else
            assert_int_equal(dump->x[i], 0);
    }
    assert_int_equal(dump->x[30], t->base + TEST_RETURN);
    assert_int_equal(dump->sp, t->base + GATE_STACK);
    for (int i = 8; i < 32; i++)
        assert_memory_equal(dump->v[i], (const uint8_t[16]){0}, 16);
    assert_int_equal(dump->fpcr, 0);
    assert_int_equal(dump->fpsr, 0);
    assert_int_equal(dump->nzcv, 0);
}

static void gate_shows_nothing_of_the_host(void **state)
{
    struct test_box t;
    struct dump *dump;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_regs(t.context)->sp = t.base + GATE_STACK;
    dump = (struct dump *)(t.base + GATE_STACK);
    /* every shape: only what it names crosses */
    for (unsigned integers = 0; integers <= 8; integers++) {
        for (unsigned vectors = 0; vectors <= 8; vectors++) {
            for (unsigned wide = 0; wide < 2; wide++) {
                memset(dump, 0xee, sizeof *dump);
                assert_true(call_filled(
                    gate(&t, code_gate_dump,
                         LFI_SHAPE(integers, vectors, 0) | (wide ? LFI_SHAPE_WIDE : 0))));
                assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
                check_found();
                check_own(&t, dump, code_gate_dump);
                for (unsigned i = 0; i < 8; i++) {
                    uint64_t part[2];

                    memcpy(part, dump->v[i], sizeof part);
                    assert_int_equal(dump->x[i], i < integers ? UINT64_MAX : 0);
                    assert_int_equal(part[0], i < vectors ? UINT64_MAX : 0);
                    assert_int_equal(part[1], i < vectors && wide ? UINT64_MAX : 0);
                }
            }
        }
    }
    close_box(&t);
}

/* A callback that leaves all it may in registers, and control and status of its own. */
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
    /* with what the host's function leaves as results, and without */
    static const struct {
        lfi_shape shape;
        unsigned integers, vectors, wide;
    } results[] = {{0, 0, 0, 0},
                   {LFI_SHAPE_RESULT(1, 0), 1, 0, 0},
                   {LFI_SHAPE_RESULT(2, 0), 2, 0, 0},
                   {LFI_SHAPE_RESULT(0, 1), 0, 1, 0},
                   {LFI_SHAPE_RESULT(0, 4), 0, 4, 0},
                   {LFI_SHAPE_RESULT(0, 4) | LFI_SHAPE_WIDE, 0, 4, 1}};

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_regs(t.context)->sp = t.base + GATE_STACK;
    assert_int_equal(lfi_box_map_stubs(t.box, t.base + TEST_STUBS, &error), 0);
    for (size_t n = 0; n < sizeof results / sizeof *results; n++) {
        const struct dump *dump = (const struct dump *)(t.base + GATE_STACK - 160 + 1024);

        callback.shape = LFI_SHAPE(1, 0, 0) | results[n].shape;
        assert_int_equal(lfi_box_callback(t.box, &callback, &address), 0);
        ((void (*)(uint64_t, uint64_t))gate(&t, code_gate_back, LFI_SHAPE(2, 0, 0)))(1, address);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        for (unsigned i = 0; i < 30; i++) {
            if ((i >= 19 && i <= 24) || i == 29) /* the box's own: kept */
                assert_int_equal(dump->x[i], 0x100 + i);
            else if (i == 25)
                assert_true(is_block(&t, dump->x[i]));
            else if (i == 27)
                assert_int_equal(dump->x[i], t.base);
            else if (i == 28)
                assert_in_range(dump->x[i], t.base, t.base + LFI_BOX_SIZE - 1);
            else if (i >= results[n].integers)
                assert_int_equal(dump->x[i], 0);
            else
                assert_int_not_equal(dump->x[i], 0);
        }
        assert_in_range(dump->x[30], code_address(&t, code_gate_back), code_address(&t, code_rude));
        assert_int_equal(dump->sp, t.base + GATE_STACK - 160);
        for (unsigned i = 0; i < 32; i++) {
            uint64_t part[2];

            memcpy(part, dump->v[i], sizeof part);
            assert_int_equal(part[0], i < results[n].vectors ? UINT64_MAX
                                      : i >= 8 && i < 16     ? 0x100 + 24
                                                             : 0);
            assert_int_equal(part[1], i < results[n].vectors && results[n].wide ? UINT64_MAX : 0);
        }
        assert_int_equal(dump->fpcr, 0x800000);
        assert_int_equal(dump->fpsr, 0x10);
        assert_int_equal(dump->nzcv, 0);
        assert_int_equal(READ("fpcr"), 0);
        assert_int_equal(lfi_box_uncallback(t.box, address), 0);
    }
    close_box(&t);
}

/* What a function in the box leaves behind, and a fault, are not the host's. */
static void gate_gives_the_host_its_registers_back(void **state)
{
    static const char *const labels[] = {code_rude, code_illegal, code_breakpoint};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
            assert_true(call_filled(gate(&t, labels[i], LFI_SHAPE(0, 0, 0))));
            assert_int_equal(lfi_gate_exit()->kind, i ? LFI_EXIT_FAULT : LFI_EXIT_RETURNED);
            check_found();
        }
    }
    /* not entered at all */
    assert_true(call_filled(lfi_gate_refused(t.context, -EPERM, LFI_SHAPE(0, 0, 0))));
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_REFUSED);
    check_found();
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(system_call_keeps_everything),
        cmocka_unit_test(light_calls_keep_everything),
        cmocka_unit_test(nothing_of_the_host_at_entry),
        cmocka_unit_test(host_gets_its_control_registers_back),
        cmocka_unit_test(timing_and_speculation),
        cmocka_unit_test(stack_pointer_is_only_a_number),
        cmocka_unit_test(stack_pointer_at_the_edges),
        cmocka_unit_test(link_register_is_only_a_number),
        cmocka_unit_test(context_register_is_only_a_number),
        cmocka_unit_test(host_registers_are_brought_into_the_box),
        cmocka_unit_test(copies_of_contexts),
        cmocka_unit_test(context_blocks),
        cmocka_unit_test(gate_shows_nothing_of_the_host),
        cmocka_unit_test(callback_shows_nothing_of_the_host),
        cmocka_unit_test(gate_gives_the_host_its_registers_back),
        cmocka_unit_test(faults),
    };
    int failed = 0;

    /* as this machine is, then as older ones are */
    for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
        without_features = lacking[i];
        print_message("without features %u\n", without_features);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
