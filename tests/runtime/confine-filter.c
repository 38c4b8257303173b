// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The filter of host calls, interpreted, for each architecture on either: each line of the table
 * with right and wrong arguments, and all other numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>

#include "arch.h"
#include "confine/filter.h"
#include "linux/process.h"

#define KILL_PROCESS SECCOMP_RET_KILL_PROCESS
#define NO_SUCH_CALL (SECCOMP_RET_ERRNO | ENOSYS)
#define OWN_PID      4711
#define NUMBERS      1024

static const struct {
    uint32_t audit;
    enum confine_host_column column;
    uint32_t foreign;
} archs[CONFINE_FILTER_ARCHS] = {
#define ARCH(name, audit, column, foreign) {audit, column, foreign},
#include "confine/arch.def"
#undef ARCH
};

/* Runs it as the kernel does, bpf(4). Fails where the kernel would refuse the program. */
static uint32_t interpret(const struct confine_filter *filter, const struct seccomp_data *data)
{
    uint32_t a = 0;
    for (size_t at = 0; at < filter->length; at++) {
        const struct sock_filter *code = &filter->code[at];
        switch (code->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            assert_true(code->k % 4 == 0 && code->k <= sizeof *data - 4);
            memcpy(&a, (const char *)data + code->k, sizeof a);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= code->k;
            break;
        case BPF_JMP | BPF_JA:
            at += code->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += a == code->k ? code->jt : code->jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            at += a >= code->k ? code->jt : code->jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            at += a & code->k ? code->jt : code->jf;
            break;
        case BPF_RET | BPF_K:
            return code->k;
        default:
            fail_msg("instruction %zu has code 0x%x", at, code->code);
        }
    }
    fail_msg("the program runs over its end");
    return 0;
}

static struct confine_filter *build(enum confine_filter_arch arch, bool later_code)
{
    struct confine_filter *filter = malloc(sizeof *filter);
    assert_non_null(filter);
    const struct confine_filter_options options = {
        .arch = arch, .pid = OWN_PID, .later_code = later_code, .unlisted = NO_SUCH_CALL};
    assert_true(confine_filter_build(filter, &options));
    return filter;
}

static uint32_t verdict(const struct confine_filter *filter, enum confine_filter_arch arch,
                        int number, const uint64_t arguments[6])
{
    struct seccomp_data data = {.nr = number, .arch = archs[arch].audit};
    memcpy(data.args, arguments, sizeof data.args);
    return interpret(filter, &data);
}

/* Arguments that a call's rules accept; the upper halves are not looked at but by ZERO. */
static void right_arguments(const struct confine_host_call *call, uint64_t arguments[6])
{
    for (int i = 0; i < 6; i++)
        arguments[i] = 0xdeadbeef00000000;
    for (int i = 0; i < CONFINE_HOST_RULES; i++) {
        const struct confine_host_rule *rule = &call->rules[i];
        if (rule->kind == CONFINE_RULE_ONE_OF || rule->kind == CONFINE_RULE_WITH)
            arguments[rule->argument] |= rule->values[0];
        else if (rule->kind == CONFINE_RULE_SELF)
            arguments[rule->argument] |= OWN_PID;
        else if (rule->kind == CONFINE_RULE_ZERO)
            arguments[rule->argument] = 0;
    }
}

static uint32_t wrong_verdict(const struct confine_host_call *call)
{
    return call->otherwise ? SECCOMP_RET_ERRNO | (uint32_t)call->otherwise : KILL_PROCESS;
}

struct world {
    enum confine_filter_arch arch;
    const struct confine_filter *filter;
    const struct confine_host_call *call;
};

static void expect(const struct world *world, const uint64_t arguments[6], uint32_t expected)
{
    int number = world->call->number[archs[world->arch].column];
    uint32_t got = verdict(world->filter, world->arch, number, arguments);
    if (got != expected)
        fail_msg("%s (%d): 0x%x instead of 0x%x", world->call->name, number, got, expected);
}

/* One rule: every value or bit by itself. The others are right. */
static void test_rule(const struct world *world, const struct confine_host_rule *rule,
                      bool later_code)
{
    uint32_t wrong = wrong_verdict(world->call);
    uint64_t arguments[6], *argument = &arguments[rule->argument];
    right_arguments(world->call, arguments);
    const uint64_t right = *argument;
    switch (rule->kind) {
    case CONFINE_RULE_NONE:
        break;
    case CONFINE_RULE_ONE_OF:
        assert_in_range(rule->count, 1, sizeof rule->values / sizeof rule->values[0]);
        for (uint64_t value = 0; value < 0x10000; value++) {
            bool listed = false;
            for (int i = 0; i < rule->count; i++)
                listed |= rule->values[i] == value;
            *argument = right >> 32 << 32 | value;
            expect(world, arguments, listed ? SECCOMP_RET_ALLOW : wrong);
        }
        for (int i = 0; i < rule->count; i++) {
            for (int bit = 16; bit < 32; bit++) {
                *argument = rule->values[i] ^ 1u << bit;
                expect(world, arguments, wrong);
            }
        }
        break;
    case CONFINE_RULE_SELF:
        for (int bit = 0; bit < 32; bit++) {
            *argument = right ^ 1u << bit;
            expect(world, arguments, wrong);
        }
        *argument = right >> 32 << 32;
        expect(world, arguments, wrong);
        break;
    case CONFINE_RULE_ZERO:
        for (int bit = 0; bit < 64; bit++) {
            *argument = 1ull << bit;
            expect(world, arguments, wrong);
        }
        break;
    case CONFINE_RULE_WITH:
        for (int bit = 0; bit < 32; bit++) {
            *argument = right & ~(1ull << bit);
            if (rule->values[0] >> bit & 1)
                expect(world, arguments, wrong);
        }
        break;
    case CONFINE_RULE_WITHOUT:
        for (int bit = 0; bit < 32; bit++) {
            *argument = right | 1ull << bit;
            if (rule->values[0] >> bit & 1)
                expect(world, arguments, wrong);
        }
        break;
    case CONFINE_RULE_UNLESS:
        for (int bit = 0; bit < 32; bit++) {
            arguments[rule->argument + 1] = 1ull << bit;
            *argument = right >> 32 << 32 | rule->values[0];
            expect(world, arguments, rule->values[1] >> bit & 1 ? wrong : SECCOMP_RET_ALLOW);
            *argument = right;
            expect(world, arguments, SECCOMP_RET_ALLOW);
        }
        break;
    case CONFINE_RULE_DATA:
        for (uint64_t prot = 0; prot < 8; prot++) {
            *argument = right | prot;
            expect(world, arguments, prot & PROT_EXEC && !later_code ? wrong : SECCOMP_RET_ALLOW);
        }
        break;
    default:
        fail_msg("%s: a rule of kind %d", world->call->name, rule->kind);
    }
}

static void test_lines(void **state)
{
    (void)state;
    for (int form = 0; form < 2 * CONFINE_FILTER_ARCHS; form++) {
        struct world world = {.arch = form / 2};
        bool later_code = form % 2;
        struct confine_filter *filter = build(world.arch, later_code);
        world.filter = filter;
        for (size_t i = 0; i < confine_host_call_count; i++) {
            uint64_t arguments[6];
            world.call = &confine_host_calls[i];
            if (world.call->number[archs[world.arch].column] < 0)
                continue;
            assert_in_range(world.call->otherwise, 0, 133);
            right_arguments(world.call, arguments);
            expect(&world, arguments,
                   world.call->allowed ? SECCOMP_RET_ALLOW : wrong_verdict(world.call));
            for (int k = 0; k < CONFINE_HOST_RULES; k++)
                test_rule(&world, &world.call->rules[k], later_code);
        }
        free(filter);
    }
}

static const struct confine_host_call *line_of(enum confine_filter_arch arch, int number)
{
    const struct confine_host_call *found = NULL;
    for (size_t i = 0; i < confine_host_call_count; i++) {
        if (confine_host_calls[i].number[archs[arch].column] != number)
            continue;
        if (found)
            fail_msg("number %d stands at %s and at %s", number, found->name,
                     confine_host_calls[i].name);
        found = &confine_host_calls[i];
    }
    return found;
}

static void test_other_numbers(void **state)
{
    (void)state;
    const uint64_t none[6] = {0};
    for (int arch = 0; arch < CONFINE_FILTER_ARCHS; arch++) {
        struct confine_filter *filter = build(arch, false);
        for (int number = 0; number < NUMBERS; number++) {
            if (!line_of(arch, number))
                assert_int_equal(verdict(filter, arch, number, none), NO_SUCH_CALL);
        }
        for (size_t i = 0; i < confine_host_call_count; i++)
            assert_in_range(confine_host_calls[i].number[archs[arch].column] + 1, 0, NUMBERS);
        const int odd[] = {NUMBERS, 0x3fffffff, 0x20000000, 0x10000};
        for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
            assert_int_equal(verdict(filter, arch, odd[i], none), NO_SUCH_CALL);
        uint32_t foreign = archs[arch].foreign; /* x86-64: the numbers of x32 */
        for (int number = 0; number < NUMBERS && foreign; number++)
            assert_int_equal(verdict(filter, arch, (int)foreign | number, none), KILL_PROCESS);
        assert_int_equal(verdict(filter, arch, -1, none), foreign ? KILL_PROCESS : NO_SUCH_CALL);
        free(filter);
    }
}

/* The calls of another architecture, of which a process may make some, have other numbers. */
static void test_other_architectures(void **state)
{
    (void)state;
    const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, 0, 0xffffffff};
    for (int arch = 0; arch < CONFINE_FILTER_ARCHS; arch++) {
        struct confine_filter *filter = build(arch, true);
        for (int number = -1; number < NUMBERS; number++) {
            struct seccomp_data data = {.nr = number};
            for (int other = 0; other < CONFINE_FILTER_ARCHS; other++) {
                data.arch = archs[other].audit;
                if (other != arch)
                    assert_int_equal(interpret(filter, &data), KILL_PROCESS);
            }
            for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
                data.arch = others[i];
                assert_int_equal(interpret(filter, &data), KILL_PROCESS);
            }
        }
        free(filter);
    }
}

/* The numbers are those that the C library knows for this architecture. */
static void test_numbers(void **state)
{
    (void)state;
    const struct {
        const char *name;
        int here, known;
    } calls[] = {
#define ALLOWED(x86_64, generic, name, ...) {#name, ARCH_NUMBER(x86_64, generic), SYS_##name},
#define KILLED(x86_64, generic, name)       ALLOWED(x86_64, generic, name)
#define REFUSED(x86_64, generic, name, ...) ALLOWED(x86_64, generic, name)
#if defined(__x86_64__)
#define ALLOWED_X86_64(x86_64, name, ...) {#name, x86_64, SYS_##name},
#define KILLED_X86_64(x86_64, name)       {#name, x86_64, SYS_##name},
#else
#define ALLOWED_X86_64(x86_64, name, ...)
#define KILLED_X86_64(x86_64, name)
#endif
#include "confine/host_calls.def"
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (calls[i].here != calls[i].known)
            fail_msg("%s is %d, not %d", calls[i].name, calls[i].known, calls[i].here);
    }
}

/* A call of the box that the personality hands to the host under its own number is allowed. */
static void test_passed_calls(void **state)
{
    (void)state;
    handler_fn *const passing[] = {linux_sys_pass,    linux_sys_pass_waiting, linux_sys_sleep,
                                   linux_sys_vector,  linux_sys_read,         linux_sys_write,
                                   linux_sys_msync,   linux_sys_mlock,        linux_sys_mincore,
                                   linux_sys_sendfile};
    int passed = 0;
    for (int number = 0; number < CALLS_MAX; number++) {
        for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
            if (linux_calls[number].handler != passing[i])
                continue;
            const struct confine_host_call *call = line_of(ARCH_FILTER, number);
            if (!call || !call->allowed)
                fail_msg("%s is passed to the host, but not allowed in confine/host_calls.def",
                         linux_calls[number].name);
            passed++;
        }
    }
    assert_in_range(passed, 40, CALLS_MAX);
}

/* Attacks on the host whose outcome natively depends on the kernel and its settings. */
static void test_attacks(void **state)
{
    const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_SIGHAND |
                            CLONE_THREAD | CLONE_SETTLS | CLONE_PARENT_SETTID |
                            CLONE_CHILD_CLEARTID; /* those of glibc; musl has CLONE_DETACHED too */
    const uint32_t allowed = SECCOMP_RET_ALLOW, killed = KILL_PROCESS, none = NO_SUCH_CALL,
                   refused = SECCOMP_RET_ERRNO | EPERM;
    const uint32_t eperm = SECCOMP_RET_ERRNO | EPERM, einval = SECCOMP_RET_ERRNO | EINVAL,
                   enotty = SECCOMP_RET_ERRNO | ENOTTY;
    const uint64_t high = 1ull << 32, self = OWN_PID;
    const struct {
        int line, number;
        uint64_t arguments[4];
        uint32_t expected;
    } attacks[] = {
#define CALL(name, expected, ...) {__LINE__, SYS_##name, {__VA_ARGS__}, expected}
        CALL(clone, allowed, thread),
        CALL(clone, allowed, thread | CLONE_DETACHED),
        CALL(clone, killed, thread | CLONE_VFORK),
        CALL(clone, killed, thread | CLONE_NEWUSER),
        CALL(clone, killed, thread | CLONE_PARENT),
        CALL(clone, killed, thread | CLONE_PTRACE),
        CALL(clone, killed, thread | CLONE_UNTRACED),
        CALL(clone, killed, thread | CLONE_IO),
        CALL(clone, killed, thread | 0x1000), /* CLONE_PIDFD */
        CALL(clone, killed, thread | SIGUSR1),
        CALL(clone, killed, thread & ~(uint64_t)CLONE_THREAD),
        CALL(clone, killed, SIGCHLD),
        CALL(clone, killed, high * CLONE_THREAD | SIGCHLD),
        CALL(unshare, killed, CLONE_THREAD),
        CALL(fcntl, allowed, 0, F_SETFL, O_APPEND | O_NONBLOCK),
        CALL(fcntl, allowed, 0, F_SETLK, O_ASYNC), /* a part of an address */
        CALL(fcntl, einval, 0, F_SETFL, O_ASYNC),
        CALL(fcntl, einval, 0, high | F_SETFL, high | O_ASYNC | O_APPEND),
        CALL(fcntl, einval, 0, F_SETOWN, 1),
        CALL(fcntl, einval, 0, F_SETOWN_EX, 1),
        CALL(fcntl, einval, 0, F_SETSIG, SIGKILL),
        CALL(fcntl, einval, 0, F_SETLEASE, F_WRLCK),
        CALL(fcntl, einval, 0, F_NOTIFY, 1),
        CALL(ioctl, enotty, 0, TIOCSTI),
        CALL(ioctl, enotty, 0, high | TIOCSTI),
        CALL(ioctl, enotty, 0, 0x541c), /* TIOCLINUX, which can paste */
        CALL(ioctl, enotty, 0, TIOCSPGRP),
        CALL(ioctl, enotty, 0, FIOASYNC),
        CALL(ioctl, enotty, 0, FIOSETOWN),
        CALL(madvise, allowed, 0, 0, MADV_DONTNEED),
        CALL(madvise, einval, 0, 0, MADV_HWPOISON),
        CALL(madvise, einval, 0, 0, 101), /* MADV_SOFT_OFFLINE */
        CALL(madvise, einval, 0, 0, high | MADV_HWPOISON),
        CALL(openat, allowed, 0, 0, O_CREAT, 0777),
        CALL(openat, eperm, 0, 0, O_CREAT, S_ISUID | 0755),
        CALL(openat, eperm, 0, 0, O_CREAT, S_ISGID | 0755),
        CALL(mknodat, allowed, 0, 0, S_IFREG | 0600),
        CALL(mknodat, allowed, 0, 0, S_IFIFO | 0600),
        CALL(mknodat, eperm, 0, 0, S_IFREG | S_ISUID | 0755),
        CALL(mknodat, eperm, 0, 0, S_IFCHR | 0600),
        CALL(mknodat, eperm, 0, 0, S_IFBLK | 0600),
        CALL(mknodat, eperm, 0, 0, S_IFSOCK | 0600),
        CALL(fchmodat, eperm, 0, 0, S_ISUID | 0755),
        CALL(fchmod, eperm, 0, S_ISGID | 0755),
        CALL(mmap, killed, 0, 0, high | PROT_EXEC),
        CALL(mprotect, killed, 0, 0, PROT_READ | PROT_EXEC | 0x01000000), /* PROT_GROWSDOWN */
        CALL(pkey_mprotect, killed, 0, 0, PROT_READ),
        CALL(remap_file_pages, killed, 0),
        CALL(shmat, killed, 0),
        CALL(shmget, none, 0),
        CALL(personality, allowed, 0xffffffff),
        CALL(personality, killed, 0x0400000), /* READ_IMPLIES_EXEC */
        CALL(personality, killed, 0),
        CALL(kill, allowed, self),
        CALL(kill, allowed, high | self), /* the kernel takes an int */
        CALL(kill, killed, 0),
        CALL(kill, killed, (uint64_t)-1),
        CALL(kill, killed, (uint64_t)-OWN_PID),
        CALL(kill, killed, self + 1),
        CALL(tgkill, killed, self + 1, self),
        CALL(tkill, none, self),
        CALL(rt_sigqueueinfo, killed, self),
        CALL(rt_tgsigqueueinfo, killed, self, self),
        CALL(timer_create, none, CLOCK_REALTIME),
        CALL(setitimer, none, 0),
        CALL(prlimit64, allowed, 0, 7, 0),
        CALL(prlimit64, eperm, 1, 7, 0),
        CALL(prlimit64, eperm, 0, 7, high),
        CALL(setrlimit, none, 7),
        CALL(prctl, einval, PR_SET_DUMPABLE, 1),
        CALL(prctl, einval, high | PR_SET_MM, 1),
        CALL(seccomp, none, SECCOMP_SET_MODE_FILTER),
        CALL(vmsplice, none, 0),
        CALL(process_madvise, killed, 0),
        CALL(pidfd_open, killed, self),
        CALL(pidfd_getfd, killed, 0),
        CALL(pidfd_send_signal, killed, 0),
        CALL(kcmp, killed, self, self),
        CALL(userfaultfd, killed, 0),
        CALL(io_uring_setup, killed, 1),
        CALL(name_to_handle_at, killed, 0),
        CALL(open_by_handle_at, killed, 0),
        CALL(mount, killed, 0),
        CALL(open_tree, killed, 0),
        CALL(fsopen, killed, 0),
        CALL(setns, killed, 0),
        CALL(chroot, killed, 0),
        CALL(setuid, none, 0),
        CALL(capset, none, 0),
        CALL(setxattr, none, 0),
        CALL(sched_setaffinity, refused, 1),
        CALL(splice, SECCOMP_RET_ERRNO | EINVAL, 0),
        CALL(sync, refused, 0),
        CALL(setpriority, none, 0, 1),
        CALL(ioprio_set, none, 1, 1),
        CALL(inotify_init1, SECCOMP_RET_ERRNO | ENOSYS, 0),
        CALL(inotify_add_watch, SECCOMP_RET_ERRNO | ENOSYS, 0),
        CALL(mq_open, none, 0),
        CALL(msgget, none, 0),
        CALL(semget, none, 0),
        CALL(socket, none, AF_UNIX),
        CALL(quotactl, none, 0),
#if defined(__x86_64__)
        CALL(open, eperm, 0, O_CREAT, S_ISUID | 0755),
        CALL(chmod, eperm, 0, S_ISUID | 0755),
        CALL(modify_ldt, killed, 1),
        CALL(arch_prctl, einval, 0x1002), /* ARCH_SET_FS */
        CALL(arch_prctl, einval, 0x1012), /* ARCH_SET_CPUID */
#endif
#undef CALL
    };
    struct confine_filter *filter = build(ARCH_FILTER, false);
    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        uint64_t arguments[6] = {0};
        memcpy(arguments, attacks[i].arguments, sizeof attacks[i].arguments);
        uint32_t got = verdict(filter, ARCH_FILTER, attacks[i].number, arguments);
        if (got != attacks[i].expected)
            fail_msg("line %d: 0x%x instead of 0x%x", attacks[i].line, got, attacks[i].expected);
    }
    free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_other_numbers),
        cmocka_unit_test(test_other_architectures),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_passed_calls),
        cmocka_unit_test(test_attacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
