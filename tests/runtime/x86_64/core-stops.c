// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A box is stopped at each instruction of each form of code, and at each instruction of the host on
 * the way to them, and goes on: by itself, or after a handler of the box has changed all registers
 * and returned. What it computes must be what it computes undisturbed. Then what a return may ask
 * for, and what it must not.
 */
#include "stops.h"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

extern const char stop_handled[], stop_exact[], stop_exact_at[], stop_load[];

enum { PATH_MOST = 8000 };

/* Nothing of the host's, and a place where the box may be. */
static bool are_boxs(const struct lfi_regs *regs)
{
    const uint64_t all[] = {regs->rax, regs->rbx, regs->rcx, regs->rdx, regs->rsi,
                            regs->rdi, regs->rbp, regs->r8,  regs->r9,  regs->r10,
                            regs->r11, regs->r12, regs->r13, regs->r14, regs->r15};
    uint64_t frame = (uint64_t)&test.t.context->frame, text = (uint64_t)machine_syscall;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] - (frame & ~0xffffful) < 0x200000 || all[i] - (text & ~0xffffful) < 0x200000)
            return false;
    }
    return regs->rip - test.t.base < LFI_BOX_SIZE;
}

static bool is_wrong(const struct lfi_context *context, const struct lfi_regs *regs,
                     const struct lfi_stop *stop)
{
    if (!are_boxs(regs) || (!stop->signal && regs->rsp - test.t.base >= LFI_BOX_SIZE))
        return true;
    return !stop->signal && !test.code_goes && !machine_may_continue(context->active);
}

static void begin_handler(struct lfi_context *context, struct lfi_regs *regs)
{
    lfi_context_set_vectors(context, NULL);
    regs->rflags = 0x202;
}

static struct lfi_exit run_from(const char *label)
{
    struct lfi_regs *regs = lfi_context_regs(test.t.context);
    struct lfi_exit exit;

    *regs = (struct lfi_regs){
        .rip = stops_address(label), .rsp = test.t.base + TEST_STACK + STACK_SIZE, .rflags = 0x202};
    assert_int_equal(lfi_context_run(test.t.context, &exit), 0);
    return exit;
}

/* ---- what a run computed ---- */

static uint64_t result_of(const struct lfi_exit *exit)
{
    static uint8_t data[0x8000];
    struct lfi_regs regs = exit->regs;
    struct lfi_vectors vectors;
    uint64_t sum = exit->kind;

    regs.rflags &= 0xcd5;
    lfi_context_get_vectors(test.t.context, &vectors);
    vectors.in_use = 0;
    memset(vectors.x87 + 6, 0, 26); /* where the last x87 instruction was, which AMD may not say */
    assert_int_equal(lfi_copy_in(test.t.box, data, test.t.base + TEST_DATA, sizeof data), 0);
    sum = mix(sum, &regs, sizeof regs);
    sum = mix(sum, &vectors, sizeof vectors);
    return mix(sum, data, sizeof data);
}

static void fill_data(void)
{
    static uint8_t data[0x8000];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    assert_int_equal(lfi_copy_out(test.t.box, test.t.base + TEST_DATA, data, sizeof data), 0);
}

/* ---- a child that is stopped ---- */

enum { ENDED = 20, WRONG_STOP, NO_STOP, OTHER_RESULT };

static _Noreturn void be_child(uint64_t expected, unsigned stops)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
        _exit(1);
    struct lfi_exit exit = run_from(stop_forms);
    if (exit.kind != LFI_EXIT_RETURNED)
        _exit(ENDED);
    if (test.wrong)
        _exit(WRONG_STOP);
    if (test.stops < stops)
        _exit(NO_STOP);
    _exit(result_of(&exit) == expected ? 0 : OTHER_RESULT);
}

static void stop_of(pid_t child, int signal)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal)
        fail_msg("the child did not stop: status %x", (unsigned)status);
}

static pid_t start(uint64_t expected, unsigned stops)
{
    pid_t child = fork();

    assert_int_not_equal(child, -1);
    if (child == 0)
        be_child(expected, stops);
    stop_of(child, SIGSTOP);
    return child;
}

static struct user_regs_struct step(pid_t child)
{
    struct user_regs_struct regs;

    assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
    stop_of(child, SIGTRAP);
    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
    return regs;
}

static void run_to(pid_t child, uint64_t at, int signal)
{
    struct user_regs_struct regs;
    long code;

    errno = 0;
    code = ptrace(PTRACE_PEEKTEXT, child, at, NULL);
    assert_int_equal(errno, 0);
    assert_int_equal(ptrace(PTRACE_POKETEXT, child, at, (code & ~0xffL) | 0xcc), 0);
    assert_int_equal(ptrace(PTRACE_CONT, child, NULL, signal), 0);
    stop_of(child, SIGTRAP);
    assert_int_equal(ptrace(PTRACE_POKETEXT, child, at, code), 0);
    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
    assert_int_equal(regs.rip, at + 1);
    regs.rip--;
    assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
}

static bool in_box_or_page(uint64_t at)
{
    return at - test.t.base < LFI_BOX_SIZE || at - test.t.box->reservation->trampolines < 4096;
}

struct place {
    uint64_t at;
    unsigned times; /* further steps, which stay there: a string instruction */
};

/*
 * Each place once that the box passes through from `from` on, as far as `to`. The host's system
 * calls are left out: other signals come there, and core-step.c stops it at each place.
 */
static size_t trace(pid_t child, uint64_t from, uint64_t to, struct place *path, size_t room)
{
    static uint8_t seen[0x200000];
    size_t count = 0;
    unsigned times = 0;

    memset(seen, 0, sizeof seen);
    run_to(child, from, 0);
    for (uint64_t at = from, before = 0; at != to;) {
        uint64_t slot =
            at - test.t.base < LFI_BOX_SIZE ? at - test.t.base : 0x1ff000 + (at & 0xfff);

        times = at == before ? times + 1 : 0;
        before = at;
        if (in_box_or_page(at) && (!seen[slot] || times == 3)) {
            assert_true(count < room);
            seen[slot] = 1;
            path[count++] = (struct place){at, times};
        }
        if (in_box_or_page(at)) {
            at = step(child).rip;
        } else {
            do
                at = step(child).rip;
            while (!in_box_or_page(at));
        }
    }
    return count;
}

/* As lfi_context_notify() of another thread. */
static void notify(pid_t child)
{
    uint64_t word;

    errno = 0;
    word = (uint64_t)ptrace(PTRACE_PEEKDATA, child, &test.t.context->interrupt, NULL);
    assert_int_equal(errno, 0);
    word |= INTERRUPT_STOP;
    assert_int_equal(ptrace(PTRACE_POKEDATA, child, &test.t.context->interrupt, word), 0);
}

static void end(pid_t child, const struct place *place, const char *what, int signal)
{
    int status;

    assert_int_equal(ptrace(PTRACE_DETACH, child, NULL, signal), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg("%s at stops_code+0x%lx, %u times: %s %d", what,
                 (unsigned long)(place->at - test.t.base - TEST_STOPS), place->times,
                 WIFEXITED(status) ? "status" : "signal",
                 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static void go_to(pid_t child, const struct place *place)
{
    run_to(child, place->at, 0);
    for (unsigned i = 0; i < place->times; i++)
        step(child);
}

/* What the run computes without a stop; here, so that children find the same. */
static uint64_t undisturbed(void)
{
    struct lfi_exit exit;

    fill_data();
    exit = run_from(stop_forms);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(test.stops, 0);
    uint64_t result = result_of(&exit);
    lfi_context_set_vectors(test.t.context, NULL);
    lfi_context_set_tp(test.t.context, 0);
    fill_data();
    return result;
}

static void each_instruction(enum how how)
{
    static struct place path[PATH_MOST];
    uint64_t expected;
    size_t count;
    pid_t child;

    open_test(how);
    expected = undisturbed();
    child = start(expected, 0);
    count = trace(child, stops_address(stop_forms), (uint64_t)machine_return, path, PATH_MOST);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(count > 200); /* it went all the way */
    for (size_t i = 0; i < count; i++) {
        child = start(expected, 1);
        go_to(child, &path[i]);
        notify(child);
        end(child, &path[i], "stopped", SIGRTMIN + 3);
    }
    close_box(&test.t);
}

static void it_goes_on(void **state)
{
    (void)state;
    SKIP_UNDER_TSAN;
    each_instruction(GOES_ON);
}

static void a_handler_returns(void **state)
{
    (void)state;
    SKIP_UNDER_TSAN;
    each_instruction(HANDLES);
}

/* A second stop at each instruction of the handler of the first, which came within a group. */
static void handlers_interrupt_handlers(void **state)
{
    static struct place path[PATH_MOST];
    struct place first;
    uint64_t expected;
    size_t count;
    pid_t child;

    (void)state;
    SKIP_UNDER_TSAN;
    open_test(HANDLES);
    expected = undisturbed();
    child = start(expected, 0);
    count = trace(child, stops_address(stop_forms), (uint64_t)machine_return, path, PATH_MOST);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    first = path[count / 2];
    for (uint64_t at = stops_address(stop_handler); at < stops_address(stop_handled); at++) {
        unsigned begin, stop;
        uint8_t bundle[LFI_BUNDLE_SIZE];
        struct place second = {at, 0};

        memcpy(bundle, (const void *)(at & -(uint64_t)LFI_BUNDLE_SIZE), sizeof bundle);
        if (lfi_x86_64_place(bundle, at % LFI_BUNDLE_SIZE, &begin, &stop) != LFI_PLACE_START)
            continue;
        child = start(expected, 2);
        go_to(child, &first);
        notify(child);
        run_to(child, at, SIGRTMIN + 3);
        notify(child);
        end(child, &second, "stopped again", SIGRTMIN + 3);
    }
    close_box(&test.t);
}

/* ---- faults ---- */

/* All of the data can be accessed only after the fault that says so, also within a group. */
static void a_fault_that_is_repaired(void **state)
{
    (void)state;
    for (enum how how = GOES_ON; how <= HANDLES; how++) {
        open_test(how);
        uint64_t expected = undisturbed();
        test.opens = 0x1000;
        assert_int_equal(lfi_box_protect(test.t.box, test.t.base + TEST_DATA, 0x8000, PROT_NONE),
                         0);
        struct lfi_exit exit = run_from(stop_forms);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(test.wrong, 0);
        assert_int_equal(test.faults, 5);
        for (int i = 0; i < 8; i++)
            lfi_box_protect(test.t.box, test.t.base + TEST_DATA + 0x1000 * i, 0x1000, RW);
        assert_true(result_of(&exit) == expected);
        close_box(&test.t);
    }
}

/* The same in a call by a gate, whose registers and stack are the host's afterwards. */
static void a_fault_in_a_gate_call(void **state)
{
    typedef uint64_t load_fn(void);

    (void)state;
    for (enum how how = GOES_ON; how <= HANDLES; how++) {
        uint64_t words[2];

        open_test(how);
        fill_data();
        lfi_copy_in(test.t.box, &words[0], test.t.base + TEST_DATA + 0x1ff8, 8);
        lfi_copy_in(test.t.box, &words[1], test.t.base + TEST_DATA + 0x2ff8, 8);
        test.opens = 0x1000;
        for (int i = 0; i < 3; i++) {
            lfi_box_protect(test.t.box, test.t.base + TEST_DATA, 0x8000, PROT_NONE);
            load_fn *load =
                (load_fn *)(void *)lfi_gate(test.t.context, stops_address(stop_load),
                                            LFI_SHAPE(0, 0, 0) | LFI_SHAPE_RESULT(1, 0));
            assert_true(load() == words[0] + words[1]);
            assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
        }
        assert_int_equal(test.wrong, 0);
        assert_int_equal(test.faults, 6);
        test.refuses = true;
        lfi_box_protect(test.t.box, test.t.base + TEST_DATA, 0x8000, PROT_NONE);
        load_fn *load = (load_fn *)(void *)lfi_gate(test.t.context, stops_address(stop_load),
                                                    LFI_SHAPE(0, 0, 0) | LFI_SHAPE_RESULT(1, 0));
        assert_true(load() == 0);
        assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_FAULT);
        assert_int_equal(test.t.context->gates[0]->exact, 0); /* the next call is another one */
        close_box(&test.t);
    }
}

static void a_fault_that_is_not_handled(void **state)
{
    (void)state;
    open_test(GOES_ON);
    test.refuses = true;
    struct lfi_exit exit = run_from(stop_null);
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    assert_int_equal(exit.signal, SIGSEGV);
    assert_true(exit.address == test.t.base + 16);
    assert_int_equal(test.last.trap, 14);
    assert_int_equal(test.last.error, 4); /* a read by user code, of nothing */
    /* within a group, the registers are those of the instruction */
    assert_int_equal(lfi_box_protect(test.t.box, test.t.base + TEST_DATA, 0x8000, PROT_NONE), 0);
    exit = run_from(stop_forms);
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    exit = run_from(stop_step);
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    assert_true(exit.regs.rsp == test.t.base + LFI_BOX_SIZE);
    close_box(&test.t);
}

/* ---- what a return may ask for ---- */

/* Whether the verifier accepts the code with a branch there. */
static bool accepts_branch(const uint8_t *code, size_t size, size_t target)
{
    static uint8_t copy[0x10000];
    struct lfi_code all = {.bytes = copy,
                           .size = size + LFI_BUNDLE_SIZE,
                           .address = TEST_STOPS,
                           .image_start = TEST_STOPS,
                           .image_end = TEST_STOPS + 0x10000};
    int32_t distance = (int32_t)target - (int32_t)(size + 5);

    assert_true(size % LFI_BUNDLE_SIZE == 0 && size + LFI_BUNDLE_SIZE <= sizeof copy);
    memcpy(copy, code, size);
    memset(copy + size, 0x90, LFI_BUNDLE_SIZE);
    copy[size] = 0xe9;
    memcpy(copy + size + 1, &distance, sizeof distance);
    return lfi_verify_code(LFI_ARCH_X86_64, LFI_MODE_FULL, &all, NULL, NULL) == LFI_ACCEPTED;
}

/* The box may return to where a direct branch may lead, and nowhere else. */
static void places_are_those_of_the_verifier(void **state)
{
    const uint8_t *const codes[] = {(const uint8_t *)stops_code, (const uint8_t *)core_code};
    const size_t sizes[] = {(size_t)(stops_code_end - stops_code),
                            (size_t)(core_code_end - core_code) & -(size_t)LFI_BUNDLE_SIZE};
    size_t inside = 0;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (size_t at = 0; at < sizes[k]; at++) {
            unsigned start, end, offset = at % LFI_BUNDLE_SIZE;
            enum lfi_place place = lfi_x86_64_place(codes[k] + at - offset, offset, &start, &end);

            if (accepts_branch(codes[k], sizes[k], at) != (place == LFI_PLACE_START))
                fail_msg("code %zu, offset 0x%zx: place %d", k, at, place);
            if (place > LFI_PLACE_START) {
                inside++;
                assert_true(start < offset && offset < end && end <= LFI_BUNDLE_SIZE);
            }
        }
    }
    assert_true(inside > 200);
}

static struct state asked;

static void return_as_asked(struct lfi_context *context, struct lfi_regs *regs)
{
    *regs = asked.regs;
    lfi_context_set_vectors(context, &asked.vectors);
    lfi_context_exact(context, true);
}

/* What core says of a return there. */
static bool may_return(uint64_t rip, uint64_t rsp)
{
    struct core_frame *frame = &test.t.context->frame;

    core_frame_fill(frame, test.t.context);
    frame->regs = (struct lfi_regs){.rip = rip, .rsp = rsp};
    return core_exact(frame) == 0;
}

/* A return to each byte of the code, and elsewhere, with each kind of stack pointer. */
static void a_return_to_anywhere(void **state)
{
    (void)state;
    open_test(GOES_ON);
    uint64_t base = test.t.base, top = base + LFI_BOX_SIZE, stack = base + TEST_STACK + 0x8000;
    const uint64_t inside[] = {stack, base, top - 1};
    const uint64_t outside[] = {top, base - 1, 0x7fff00000000, (uint64_t)&top, UINT64_MAX};
    for (size_t at = 0; at < (size_t)(stops_code_end - stops_code); at++) {
        unsigned start, end, offset = at % LFI_BUNDLE_SIZE;
        bool good = lfi_x86_64_place((const uint8_t *)stops_code + at - offset, offset, &start,
                                     &end) == LFI_PLACE_START;

        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
            assert_true(may_return(stops_address(stops_code) + at, inside[i]) == good);
        for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
            assert_false(may_return(stops_address(stops_code) + at, outside[i]));
    }
    /* data, the table, guards, the trampolines, the host */
    const uint64_t elsewhere[] = {base + TEST_DATA + 1,
                                  base + 0x2f001,
                                  base + 17,
                                  top,
                                  top + 32,
                                  top - 31,
                                  (uint64_t)machine_syscall,
                                  test.t.box->reservation->trampolines,
                                  UINT64_MAX,
                                  UINT64_MAX & -32ul};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        assert_false(may_return(elsewhere[i], stack));
    /* code that is there no more, and data that looks like it */
    uint64_t at = stops_address(stop_forms) + 3;
    assert_true(may_return(at, stack));
    assert_int_equal(lfi_box_unmap(test.t.box, base + TEST_STOPS, 0x1000), 0);
    assert_false(may_return(at, stack));
    assert_int_equal(lfi_box_map(test.t.box, base + TEST_STOPS, 0x1000, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_copy_out(test.t.box, base + TEST_STOPS, stops_code, 0x400), 0);
    assert_false(may_return(at, stack));
    close_box(&test.t);
}

/* The box is where it asked to be, with all registers, but without the flags that it may not have.
 */
static void a_return_is_exact(void **state)
{
    static const uint8_t zeros[32];
    const uint32_t controls[] = {0x1f80, UINT32_MAX, 0, ~0x1f80u, 0xe07f};

    (void)state;
    open_test(GOES_ON);
    test.t.context->serve = return_as_asked;
    test.refuses = true; /* it comes to a hlt there */
    for (int bit = -1; bit < 64; bit++) {
        uint64_t flags = bit < 0 ? 0 : 1ul << bit;
        struct lfi_vectors now;

        memset(&asked, (bit * 37) & 0xff, sizeof asked);
        asked.regs = (struct lfi_regs){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0};
        asked.regs.rsp = test.t.base + TEST_STACK + 0x1003;
        asked.regs.rip = stops_address(stop_exact_at);
        asked.regs.rflags = flags;
        asked.vectors.mxcsr = controls[(bit + 1) % 5];
        asked.vectors.in_use = (uint32_t)bit;
        struct lfi_exit exit = run_from(stop_exact);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGSEGV);
        exit.regs.rflags &= ~0x10000ul; /* RF, of the fault */
        asked.regs.rflags = (flags & 0xcd5) | 0x202;
        assert_memory_equal(&exit.regs, &asked.regs, sizeof asked.regs);
        lfi_context_get_vectors(test.t.context, &now);
        assert_true(now.mxcsr == (asked.vectors.mxcsr & 0xffff));
        for (size_t i = 32; i < 160; i += 16) /* of which six bytes are reserved */
            assert_memory_equal(now.x87 + i, bit & 1 ? asked.vectors.x87 + i : zeros, 10);
        for (int i = 0; i < 16; i++) {
            assert_memory_equal(now.ymm[i], bit & 6 ? asked.vectors.ymm[i] : zeros, 16);
            assert_memory_equal(now.ymm[i] + 16, bit & 4 ? asked.vectors.ymm[i] + 16 : zeros, 16);
        }
    }
    close_box(&test.t);
}

/* ---- threads ---- */

/* Another thread asks for stops, wherever this one is; all runs compute the same. */
static void stops_at_any_time(void **state)
{
    (void)state;
    SKIP_UNDER_TSAN;
    for (enum how how = GOES_ON; how <= HANDLES; how++) {
        bool ends = false;
        pthread_t thread;

        open_test(how);
        uint64_t expected = undisturbed();
        assert_int_equal(pthread_create(&thread, NULL, notify_all_the_time, &ends), 0);
        for (int i = 0; i < 1000 || !test.stops || (i < 20000 && test.stops < 1000); i++) {
            lfi_context_set_vectors(test.t.context, NULL);
            lfi_context_set_tp(test.t.context, 0);
            fill_data();
            struct lfi_exit exit = run_from(stop_forms);
            assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
            assert_int_equal(test.depth, 0);
            assert_true(result_of(&exit) == expected);
        }
        __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
        pthread_join(thread, NULL);
        assert_int_equal(test.wrong, 0);
        close_box(&test.t);
    }
}

/*
 * Code goes away, page by page, or all of it by a reset, while another thread asks for stops: the
 * box goes on or faults where it was, and never where something else is now.
 */
enum { COPIES = 0x1000000, COPY = 0x10000, FAULTS_MOST = 3 };

static struct {
    uint64_t at; /* of the copy that runs; atomic, 0: none */
    unsigned pages;
    bool ends;
} going;

static bool stopped_while_code_goes(struct lfi_context *context, struct lfi_regs *regs,
                                    const struct lfi_stop *stop)
{
    if (stop->signal && test.faults >= FAULTS_MOST)
        return false;
    return stopped(context, regs, stop);
}

/* Not before the first stop, however late the other thread asks for it. */
static void *takes_code_away(void *unused)
{
    static uint8_t bytes[0x4000];
    unsigned seed = 1;

    memcpy(bytes, stops_code, (size_t)(stops_code_end - stops_code));
    while (!__atomic_load_n(&going.ends, __ATOMIC_ACQUIRE)) {
        uint64_t at = __atomic_exchange_n(&going.at, 0, __ATOMIC_ACQ_REL);

        if (!at) {
            nanosleep(&(struct timespec){.tv_nsec = 10000}, NULL);
            continue;
        }
        do
            nanosleep(&(struct timespec){.tv_nsec = rand_r(&seed) % 200000}, NULL);
        while (!__atomic_load_n(&test.stops, __ATOMIC_RELAXED));
        for (unsigned i = 0; i < going.pages; i++) {
            unsigned page = (i + seed) % going.pages;

            lfi_box_unmap(test.t.box, at + 0x1000 * page, 0x1000);
            if (rand_r(&seed) % 2) { /* and what looks like it comes */
                lfi_box_map(test.t.box, at + 0x1000 * page, 0x1000, RW, ANON, -1, 0);
                lfi_copy_out(test.t.box, at + 0x1000 * page, bytes + 0x1000 * page, 0x1000);
            }
        }
        __atomic_store_n(&going.pages, 0, __ATOMIC_RELEASE);
    }
    return unused;
}

static void run_while_code_goes(uint64_t copy, bool freezes)
{
    struct lfi_error error = {{0}};
    size_t size = (size_t)(stops_code_end - stops_code);
    struct lfi_code_map code = code_map(copy, stops_code, size);
    struct lfi_exit exit = {.kind = LFI_EXIT_RETURNED};

    assert_int_equal(lfi_box_map_code(test.t.box, &code, &error), 0);
    test.faults = test.depth = 0;
    __atomic_store_n(&going.pages, (unsigned)((size + 0xfff) / 0x1000), __ATOMIC_RELEASE);
    __atomic_store_n(&going.at, copy, __ATOMIC_RELEASE);
    while (exit.kind == LFI_EXIT_RETURNED) {
        struct lfi_regs *regs = lfi_context_regs(test.t.context);

        lfi_context_set_vectors(test.t.context, NULL);
        *regs = (struct lfi_regs){.rip = copy + (uint64_t)(stop_forms - stops_code),
                                  .rsp = test.t.base + TEST_STACK + STACK_SIZE,
                                  .rflags = 0x202};
        test.depth = 0;
        assert_int_equal(lfi_context_run(test.t.context, &exit), 0);
    }
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    assert_int_equal(exit.signal, SIGSEGV);
    if (exit.regs.rip - copy >= COPY) /* or it came there from elsewhere */
        assert_true(exit.address - copy < COPY || exit.address == 0);
    assert_true(are_boxs(&exit.regs));
    while (__atomic_load_n(&going.pages, __ATOMIC_ACQUIRE))
        sched_yield();
    if (freezes)
        assert_int_equal(lfi_box_reset(test.t.box, &error), 0);
}

static void code_goes_away(void **state)
{
    enum { ROUNDS = 40 };

    (void)state;
    SKIP_UNDER_TSAN;
    for (int way = 0; way < 4; way++) {
        struct lfi_error error = {{0}};
        pthread_t notifier, taker;
        bool ends = false;

        open_test(way % 2 ? HANDLES : GOES_ON);
        lfi_context_on_stop(test.t.context, stopped_while_code_goes);
        test.code_goes = true;
        if (way / 2)
            assert_int_equal(lfi_box_freeze(test.t.box, &error), 0);
        memset(&going, 0, sizeof going);
        assert_int_equal(pthread_create(&notifier, NULL, notify_all_the_time, &ends), 0);
        assert_int_equal(pthread_create(&taker, NULL, takes_code_away, NULL), 0);
        for (uint64_t i = 0; i < ROUNDS; i++)
            run_while_code_goes(test.t.base + COPIES + COPY * i, way / 2);
        __atomic_store_n(&going.ends, true, __ATOMIC_RELEASE);
        __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
        pthread_join(notifier, NULL);
        pthread_join(taker, NULL);
        assert_int_equal(test.wrong, 0);
        close_box(&test.t);
    }
}

static bool stop_there(struct lfi_context *context, struct lfi_regs *regs,
                       const struct lfi_stop *stop)
{
    (void)stop;
    if (++test.stops >= 100 && regs->rax > 0)
        lfi_context_stop(context, 7);
    return true;
}

/* A loop without system calls, and the stay ends from there. */
static void a_loop_is_stopped(void **state)
{
    bool ends = false;
    pthread_t thread;

    (void)state;
    SKIP_UNDER_TSAN;
    open_test(GOES_ON);
    lfi_context_on_stop(test.t.context, stop_there);
    assert_int_equal(pthread_create(&thread, NULL, notify_all_the_time, &ends), 0);
    struct lfi_exit exit = run_from(stop_spin);
    assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(exit.status, 7);
    assert_true(exit.regs.rax > 0);
    __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    close_box(&test.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_verifier),
        cmocka_unit_test(a_return_to_anywhere),
        cmocka_unit_test(a_return_is_exact),
        cmocka_unit_test(a_fault_that_is_repaired),
        cmocka_unit_test(a_fault_in_a_gate_call),
        cmocka_unit_test(a_fault_that_is_not_handled),
        cmocka_unit_test(a_loop_is_stopped),
        cmocka_unit_test(stops_at_any_time),
        cmocka_unit_test(code_goes_away),
        cmocka_unit_test(it_goes_on),
        cmocka_unit_test(a_handler_returns),
        cmocka_unit_test(handlers_interrupt_handlers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
