// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The system calls at the boundary: every pointer argument of every call in the table is given bad
 * addresses, and the memory calls are compared with what they promise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "linux-program.h"
#include "linux/process.h"
#include "serve.h"

#define PAGE_SIZE lfi_page_size()

struct world {
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_context *context;
    uint64_t base, page; /* one page of the box, read and write */
    char directory[64];
};

static long call(struct world *world, long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                 uint64_t e, uint64_t f)
{
    struct lfi_regs regs = {CALL_REGISTERS((uint64_t)number, a, b, c, d, e, f)};
    serve_call(world->context, &regs);
    return (long)regs.CALL_RESULT;
}

#define CALL0(n)                call(world, n, 0, 0, 0, 0, 0, 0)
#define CALL2(n, a, b)          call(world, n, a, b, 0, 0, 0, 0)
#define CALL3(n, a, b, c)       call(world, n, a, b, c, 0, 0, 0)
#define CALL5(n, a, b, c, d, e) call(world, n, a, b, c, d, e, 0)

static long map(struct world *world, uint64_t address, uint64_t size, int prot, int flags)
{
    return call(world, SYS_mmap, address, size, (uint64_t)prot,
                (uint64_t)(flags | MAP_PRIVATE | MAP_ANONYMOUS), (uint64_t)-1, 0);
}

/* Not as a fixture: cmocka takes the signals of faults for each test anew. */
static struct world *make(void)
{
    struct world *world = calloc(1, sizeof *world);
    struct lfi_error error;
    struct program program;
    program_new(&program);
    strcpy(world->directory, "/tmp/lfi-calls-XXXXXX");
    assert_non_null(mkdtemp(world->directory));
    struct lfi_linux_dir dir = {"/", world->directory};
    struct lfi_linux_options options = {.restricted = true, .dirs = &dir, .dir_count = 1};
    assert_int_equal(test_space_new(&world->space, 2, &error), 0);
    assert_int_equal(lfi_box_new(world->space, &world->box, &error), 0);
    if (lfi_linux_new(world->box, &options, &world->process, &error) ||
        lfi_linux_load_bytes(world->process, "/program", program.bytes, sizeof program.bytes,
                             &error))
        fail_msg("%s", error.message);
    world->context = world->process->main->context;
    world->base = lfi_box_base(world->box);
    long page = map(world, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, 0);
    assert_true(page > 0);
    world->page = (uint64_t)page;
    return world;
}

static void drop(struct world *world)
{
    lfi_linux_free(world->process);
    lfi_box_free(world->box);
    lfi_space_free(world->space);
    rmdir(world->directory);
    free(world);
}

/* Calls that never come back or that wait, or whose pointers depend on the command: tested below.
 */
static bool is_special(const char *name)
{
    static const char *const names[] = {"exit", "exit_group", "rt_sigreturn", "pause"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strcmp(name, names[i]))
            return true;
    }
    return false;
}

/*
 * Good values for all arguments: descriptor 5 is an empty file, buffers hold 8 bytes, strings are
 * empty. The call may fail or not; only the bad address matters.
 */
static void good_arguments(struct world *world, const struct entry *entry, uint64_t arg[6])
{
    for (int i = 0; i < 6; i++) {
        switch (entry->arguments[i].kind) {
        case ARG_FD:
            arg[i] = 5;
            break;
        case ARG_DIR:
            arg[i] = (uint64_t)AT_FDCWD;
            break;
        case ARG_VALUE:
            arg[i] = 0;
            break;
        default:
            arg[i] = world->page;
        }
    }
    for (int i = 0; i < 6; i++) {
        if (entry->arguments[i].kind == ARG_BUFFER)
            arg[entry->arguments[i].size] = 8;
    }
}

static void every_bad_address_is_refused(void **state)
{
    struct world *world = make();
    (void)state;
    struct lfi_box *other;
    struct lfi_error error;
    char *host_memory =
        mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *host_zero = calloc(1, PAGE_SIZE);
    assert_int_equal(lfi_box_new(world->space, &other, &error), 0);
    uint64_t neighbour = lfi_box_base(other) + LFI_GUARD_SIZE;
    assert_int_equal(lfi_box_map(other, neighbour, PAGE_SIZE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                     0);
    uint64_t end = world->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    const uint64_t bad[] = {
        (uintptr_t)host_memory,
        neighbour,
        end - 4,
        world->base,
        world->base - 8,
        world->base + LFI_GUARD_SIZE - 4,
        end,
        world->base + LFI_BOX_SIZE - 4,
        8,
        UINT64_MAX - 3,
        (uint64_t)1 << 47,
        0xffffffff80000000u,
    };
    int checked = 0;
    memset((void *)(end - 8), 'x', 8); /* no string ends there */
    memset(host_memory, 0x5a, PAGE_SIZE);
    assert_true(linux_fdtable_put(
                    &world->process->files,
                    linux_file_new(open(world->directory, O_RDWR | O_TMPFILE, 0600), true, NULL), 5,
                    false) == 5);
    assert_true(CALL3(SYS_ftruncate, 5, 100, 0) == 0);
    for (long number = 0; number < CALLS_MAX; number++) {
        const struct entry *entry = &linux_calls[number];
        if (!entry->handler || is_special(entry->name))
            continue;
        for (int i = 0; i < 6; i++) {
            unsigned kind = entry->arguments[i].kind;
            bool maybe = kind == ARG_MAYBE || kind == ARG_MAYBE_PATH;
            if (kind != ARG_PATH && kind != ARG_STRUCT && kind != ARG_BUFFER && !maybe)
                continue;
            for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
                uint64_t arg[6];
                good_arguments(world, entry, arg);
                arg[i] = bad[k];
                bool small = kind == ARG_STRUCT && entry->arguments[i].size <= 4;
                bool maybe_small = kind == ARG_MAYBE && entry->arguments[i].size <= 4;
                if ((small || maybe_small) && bad[k] == end - 4)
                    continue; /* it fits */
                if (maybe && bad[k] == 0)
                    continue; /* none, whatever the base is */
                long result = call(world, number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
                if (result != -EFAULT)
                    fail_msg("%s, argument %d, address %lx: %ld", entry->name, i,
                             (unsigned long)bad[k], result);
                checked++;
            }
            if (!maybe && kind != ARG_BUFFER) {
                uint64_t arg[6];
                good_arguments(world, entry, arg);
                arg[i] = 0;
                assert_int_equal(
                    call(world, number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]), -EFAULT);
            }
        }
    }
    assert_true(checked > 60 * 12);
    memset(host_zero, 0x5a, PAGE_SIZE);
    assert_memory_equal(host_memory, host_zero, PAGE_SIZE); /* nothing was written */
    munmap(host_memory, PAGE_SIZE);
    free(host_zero);
    lfi_box_free(other);
    drop(world);
}

/* Lengths that wrap or reach past the end of the box. */
static void every_bad_length_is_refused(void **state)
{
    struct world *world = make();
    (void)state;
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 4095, (uint64_t)1 << 63, LFI_BOX_SIZE,
                                     (uint64_t)-8};
    uint64_t own = (uint64_t)CALL2(SYS_eventfd2, 0, 0);
    for (long number = 0; number < CALLS_MAX; number++) {
        const struct entry *entry = &linux_calls[number];
        for (int i = 0; entry->handler && i < 6; i++) {
            if (entry->arguments[i].kind != ARG_BUFFER)
                continue;
            for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
                uint64_t arg[6];
                good_arguments(world, entry, arg);
                for (int j = 0; j < 6; j++) {
                    if (entry->arguments[j].kind == ARG_FD)
                        arg[j] = entry->arguments[j].size == USE_CHANGE ? own : 0;
                }
                arg[entry->arguments[i].size] = sizes[k];
                assert_int_equal(
                    call(world, number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]), -EFAULT);
            }
        }
    }
    drop(world);
}

/* Addresses inside structures and after commands. */
static void addresses_in_structures_are_checked(void **state)
{
    struct world *world = make();
    (void)state;
    static char secret[] = "secret", target[8] = "intact";
    struct iovec *vector = (struct iovec *)world->page;
    int ends[2];
    assert_int_equal(CALL2(SYS_pipe2, world->page + 2048, 0), 0);
    memcpy(ends, (void *)(world->page + 2048), sizeof ends);
    uint64_t in = (uint64_t)ends[0], out = (uint64_t)ends[1];

    vector[0] = (struct iovec){(void *)(world->page + 1024), 4};
    vector[1] = (struct iovec){secret, sizeof secret};
    assert_int_equal(CALL3(SYS_writev, out, world->page, 2), -EFAULT);
    assert_int_equal(CALL3(SYS_writev, out, (uintptr_t)vector - 8, 1), -EFAULT);
    vector[1] = (struct iovec){(void *)(world->page + 1024), SIZE_MAX};
    assert_int_equal(CALL3(SYS_writev, out, world->page, 2), -EINVAL);
    assert_int_equal(CALL3(SYS_writev, out, world->page, IOV_MAX + 1), -EINVAL);
    assert_int_equal(CALL3(SYS_writev, out, world->page, UINT64_MAX), -EINVAL);
    assert_int_equal(CALL3(SYS_ioctl, in, FIONREAD, world->page), 0);
    assert_int_equal(*(int *)world->page, 0); /* nothing went into the pipe */

    vector[0] = (struct iovec){(void *)(world->page + 1024), 4};
    assert_int_equal(CALL3(SYS_writev, out, world->page, 1), 4);
    vector[0] = (struct iovec){target, 4};
    assert_int_equal(CALL3(SYS_readv, in, world->page, 1), -EFAULT);
    assert_string_equal(target, "intact");

    assert_int_equal(CALL3(SYS_ioctl, in, FIONREAD, (uintptr_t)target), -EFAULT);
    assert_int_equal(CALL3(SYS_ioctl, in, TIOCSTI, world->page), -ENOTTY);
    assert_int_equal(CALL3(SYS_fcntl, in, F_GETLK, (uintptr_t)target), -EFAULT);
    assert_int_equal(CALL3(SYS_fcntl, in, F_SETOWN, 1), -EINVAL);
    assert_int_equal(CALL3(SYS_fcntl, in, F_NOTIFY, 1), -EINVAL);
    assert_int_equal(CALL5(SYS_ppoll, (uintptr_t)target, 1, 0, 0, 0), -EFAULT);
    assert_int_equal(CALL5(SYS_ppoll, world->page, 1 << 20, 0, 0, 0), -EINVAL);
    assert_int_equal(CALL5(SYS_epoll_pwait, in, (uintptr_t)target, 1, 0, 0), -EFAULT);
    assert_int_equal(call(world, SYS_futex, world->page, FUTEX_WAIT, 0, (uintptr_t)target, 0, 0),
                     -EFAULT);
    assert_int_equal(
        call(world, SYS_futex, world->page, FUTEX_CMP_REQUEUE, 1, 1, (uintptr_t)target, 0),
        -EFAULT);
    assert_int_equal(call(world, SYS_futex, world->page, FUTEX_LOCK_PI, 0, 0, 0, 0), -ENOSYS);
    assert_int_equal(CALL3(SYS_mincore, world->page, PAGE_SIZE, (uintptr_t)target), -EFAULT);
#if defined(SYS_arch_prctl)
    assert_int_equal(CALL2(SYS_arch_prctl, 0x1003, (uintptr_t)target), -EFAULT);
    assert_int_equal(CALL2(SYS_arch_prctl, 0x1001, world->page), -EINVAL); /* ARCH_SET_GS */
#endif
    assert_int_equal(CALL2(SYS_prctl, 16, (uintptr_t)target), -EFAULT);
    assert_string_equal(target, "intact");
    drop(world);
}

static void descriptors_of_the_host_are_not_the_boxs(void **state)
{
    struct world *world = make();
    (void)state;
    int host_fd = open("/dev/zero", O_RDONLY);
    assert_true(host_fd > 2);
    for (uint64_t fd = 3; fd < 64; fd++) {
        assert_int_equal(CALL3(SYS_read, fd, world->page, 1), -EBADF);
        assert_int_equal(CALL3(SYS_dup3, fd, 7, 0), -EBADF);
        assert_int_equal(CALL5(SYS_openat, fd, world->page, 0, 0, 0), -EBADF);
    }
    assert_int_equal(CALL3(SYS_read, (uint64_t)-1, world->page, 1), -EBADF);
    assert_int_equal(
        call(world, SYS_mmap, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, (uint64_t)host_fd, 0), -EBADF);
    close(host_fd);
    drop(world);
}

static void dangerous_calls_do_not_exist(void **state)
{
    struct world *world = make();
    (void)state;
    static const int numbers[] = {
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_execve,
#if defined(SYS_fork)
        SYS_fork,
        SYS_vfork,
        SYS_modify_ldt,
#endif
        SYS_seccomp,
        SYS_io_uring_setup,
        SYS_userfaultfd,
        SYS_bpf,
        SYS_mount,
        SYS_chroot,
        SYS_setns,
        SYS_socket,
        SYS_shmat,
        SYS_pkey_mprotect,
        SYS_remap_file_pages,
        SYS_process_madvise,
        SYS_rseq,
        SYS_perf_event_open,
        SYS_init_module,
        SYS_personality,
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_int_equal(CALL0(numbers[i]), -ENOSYS);
    assert_int_equal(CALL0(-1), -ENOSYS);
    assert_int_equal(CALL0(CALLS_MAX), -ENOSYS);
    assert_int_equal(CALL0(CALLS_MAX - 1), -ENOSYS);
    assert_int_equal(CALL0(0x40000000), -ENOSYS);       /* x32 */
    assert_int_equal(CALL2(SYS_clone, 17, 0), -ENOSYS); /* SIGCHLD: a process */
    drop(world);
}

/* The host's own; behind the filter nobody can ask, or change it. */
static int host_nice(void)
{
#ifdef TEST_CONFINED
    return 0;
#else
    return getpriority(PRIO_PROCESS, 0);
#endif
}

/* What would act on the host's process, of which the box is a part. */
static void the_host_stays_as_it_is(void **state)
{
    struct world *world = make();
    (void)state;
    uint64_t *words = (uint64_t *)world->page;
    assert_int_equal(CALL2(SYS_setuid, getuid() + 1, 0), -EPERM);
    assert_int_equal(CALL2(SYS_setgid, getgid() + 1, 0), -EPERM);
    assert_int_equal(CALL3(SYS_setresuid, UINT64_MAX, UINT64_MAX, getuid() + 1), -EPERM);
    assert_int_equal(CALL2(SYS_setregid, getgid() + 1, UINT64_MAX), -EPERM);
    assert_int_equal(CALL2(SYS_setfsuid, getuid() + 1, 0), geteuid());
    assert_int_equal(CALL2(SYS_setfsuid, getuid() + 1, 0), geteuid());
    assert_int_equal(CALL2(SYS_setgroups, 0, 0), -EPERM);
    assert_int_equal(CALL0(SYS_setsid), -EPERM);
    assert_int_equal(CALL2(SYS_setpgid, 0, 0), 0);
    assert_int_equal(CALL2(SYS_setpgid, 0, 1), -EPERM);
    assert_int_equal(CALL2(SYS_mlockall, 1, 0), -EPERM);
    memset(words, 0xff, 128);
    assert_int_equal(CALL3(SYS_sched_setaffinity, 0, 128, world->page), -EPERM);

    int nice = host_nice();
    assert_int_equal(CALL3(SYS_setpriority, PRIO_PROCESS, 0, 7), 0);
    assert_int_equal(CALL2(SYS_getpriority, PRIO_PROCESS, 0), 20 - 7);
    assert_int_equal(CALL3(SYS_setpriority, PRIO_PROCESS, 0, 6), -EACCES);
    assert_int_equal(host_nice(), nice);

    /* in a call of a library the thread is the host's */
    char name[16];
    struct thread *thread = lfi_context_data(world->context);
    memcpy((char *)world->page, "box", 4);
    thread->hosted = true;
    assert_int_equal(CALL2(SYS_prctl, PR_SET_NAME, world->page), -EPERM);
    assert_int_equal(CALL2(SYS_prctl, PR_GET_NAME, world->page), -EPERM);
    thread->hosted = false;
    prctl(PR_GET_NAME, name);
    assert_string_not_equal(name, "box");
    assert_string_equal((char *)world->page, "box");
    assert_int_equal(CALL2(SYS_prctl, PR_SET_NAME, world->page), 0);
    prctl(PR_GET_NAME, name);
    assert_string_equal(name, "box");

    struct rlimit before, after;
    getrlimit(RLIMIT_NOFILE, &before);
    words[0] = 8;
    words[1] = 16;
    assert_int_equal(CALL5(SYS_prlimit64, 0, RLIMIT_NOFILE, world->page, 0, 0), 0);
    assert_int_equal(CALL2(SYS_eventfd2, 0, 0), 3); /* as 0 to 2 are the host's */
    assert_int_equal(CALL3(SYS_dup3, 3, 8, 0), -EBADF);
    words[1] = 17;
    assert_int_equal(CALL5(SYS_prlimit64, 0, RLIMIT_NOFILE, world->page, 0, 0), -EPERM);
    getrlimit(RLIMIT_NOFILE, &after);
    assert_memory_equal(&before, &after, sizeof before);
    words[0] = words[1] = 1;
    assert_int_equal(CALL5(SYS_prlimit64, 0, RLIMIT_FSIZE, world->page, 0, 0), -EPERM);
    assert_int_equal(CALL5(SYS_prlimit64, 0, UINT64_MAX, world->page, 0, 0), -EINVAL);
    drop(world);
}

static void memory_is_never_executable(void **state)
{
    struct world *world = make();
    (void)state;
    uint64_t code = world->process->image_start + PROGRAM_CODE;
    assert_int_equal(map(world, 0, PAGE_SIZE, PROT_READ | PROT_EXEC, 0), -EACCES);
    assert_int_equal(CALL3(SYS_mprotect, world->page, PAGE_SIZE, PROT_READ | PROT_EXEC), -EACCES);
    /* Code cannot be written, moved, replaced or emptied. */
    assert_int_equal(CALL3(SYS_mprotect, code, PAGE_SIZE, PROT_READ | PROT_WRITE), -EACCES);
    assert_int_equal(CALL3(SYS_madvise, code, PAGE_SIZE, MADV_DONTNEED), -EACCES);
    assert_int_equal(CALL2(SYS_munmap, code, PAGE_SIZE), -EACCES);
    assert_int_equal(CALL2(SYS_munmap, code - PAGE_SIZE, 3 * PAGE_SIZE), -EACCES);
    assert_int_equal(map(world, code, PAGE_SIZE, PROT_READ, MAP_FIXED), -EACCES);
    assert_int_equal(CALL5(SYS_mremap, code, PAGE_SIZE, 2 * PAGE_SIZE, MREMAP_MAYMOVE, 0), -EACCES);
    assert_int_equal(
        CALL5(SYS_mremap, world->page, PAGE_SIZE, PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, code),
        -EACCES);
    assert_int_equal(*(uint8_t *)code, PROGRAM_TRAP);
    drop(world);
}

static void mappings_stay_in_the_box(void **state)
{
    struct world *world = make();
    (void)state;
    uint64_t base = world->base, first = base + LFI_GUARD_SIZE,
             end = base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    const uint64_t bad[] = {0,
                            PAGE_SIZE,
                            base,
                            base - PAGE_SIZE,
                            first - PAGE_SIZE,
                            end,
                            end - PAGE_SIZE + 1,
                            base + LFI_BOX_SIZE,
                            (uint64_t)-PAGE_SIZE};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(map(world, bad[i], PAGE_SIZE, PROT_READ, MAP_FIXED) < 0);
        assert_true(CALL2(SYS_munmap, bad[i], PAGE_SIZE) < 0);
        assert_true(CALL3(SYS_mprotect, bad[i], PAGE_SIZE, PROT_READ) < 0);
        assert_true(CALL3(SYS_madvise, bad[i], PAGE_SIZE, MADV_DONTNEED) < 0);
        assert_true(CALL5(SYS_mremap, bad[i], PAGE_SIZE, PAGE_SIZE, 0, 0) < 0);
        assert_true(CALL5(SYS_mremap, world->page, PAGE_SIZE, PAGE_SIZE,
                          MREMAP_MAYMOVE | MREMAP_FIXED, bad[i]) < 0);
        assert_true(CALL3(SYS_msync, bad[i], PAGE_SIZE, MS_SYNC) < 0);
        assert_true(CALL2(SYS_mlock, bad[i], PAGE_SIZE) < 0);
        long hinted = map(world, bad[i], PAGE_SIZE, PROT_READ, 0); /* only a hint */
        assert_true(lfi_box_contains(world->box, (uint64_t)hinted, PAGE_SIZE));
        assert_int_equal(CALL2(SYS_munmap, (uint64_t)hinted, PAGE_SIZE), 0);
    }
    static const uint64_t sizes[] = {LFI_BOX_SIZE, (uint64_t)1 << 40, UINT64_MAX,
                                     UINT64_MAX - 4096};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(map(world, 0, sizes[i], PROT_READ, 0), -ENOMEM);
        assert_true(CALL2(SYS_munmap, world->page, sizes[i]) < 0);
        assert_true(CALL3(SYS_mprotect, world->page, sizes[i], PROT_READ) < 0);
        assert_true(CALL5(SYS_mremap, world->page, PAGE_SIZE, sizes[i], MREMAP_MAYMOVE, 0) < 0);
        assert_true(CALL2(SYS_mlock, world->page, sizes[i]) < 0);
    }
    assert_int_equal(map(world, 0, 0, PROT_READ, 0), -EINVAL);
    assert_true(CALL2(SYS_brk, UINT64_MAX, 0) > 0);
    assert_true(lfi_box_contains(world->box, (uint64_t)CALL2(SYS_brk, end + 1, 0), 0));
    drop(world);
}

static void memory_calls_do_what_they_say(void **state)
{
    struct world *world = make();
    (void)state;
    const int rw = PROT_READ | PROT_WRITE;
    uint64_t two = (uint64_t)map(world, 0, 2 * PAGE_SIZE, rw, 0);
    memset((void *)two, 7, 2 * PAGE_SIZE);
    assert_int_equal(map(world, two, PAGE_SIZE, rw, MAP_FIXED_NOREPLACE), -EEXIST);

    /* Growing keeps the contents and gives zeros; shrinking frees. */
    long grown = CALL5(SYS_mremap, two, 2 * PAGE_SIZE, 64 * PAGE_SIZE, MREMAP_MAYMOVE, 0);
    assert_true(grown > 0);
    uint8_t *bytes = (uint8_t *)grown;
    assert_int_equal(bytes[2 * PAGE_SIZE - 1], 7);
    assert_int_equal(bytes[2 * PAGE_SIZE], 0);
    bytes[64 * PAGE_SIZE - 1] = 1;
    assert_int_equal(CALL5(SYS_mremap, (uint64_t)grown, 64 * PAGE_SIZE, PAGE_SIZE, 0, 0), grown);
    assert_int_equal(map(world, (uint64_t)grown + PAGE_SIZE, PAGE_SIZE, rw, MAP_FIXED_NOREPLACE),
                     grown + PAGE_SIZE);
    assert_int_equal(bytes[PAGE_SIZE], 0);
    assert_int_equal(CALL2(SYS_munmap, (uint64_t)grown, 2 * PAGE_SIZE), 0);
    assert_int_equal(CALL3(SYS_mprotect, (uint64_t)grown, PAGE_SIZE, PROT_READ), -ENOMEM);
    assert_int_equal(CALL2(SYS_munmap, (uint64_t)grown, 2 * PAGE_SIZE),
                     0); /* nothing is there: fine */
    assert_int_equal(CALL3(SYS_read, 0, (uint64_t)grown, 0), 0);

    uint64_t start = (uint64_t)CALL2(SYS_brk, 0, 0);
    assert_int_equal(CALL2(SYS_brk, start + 100000, 0), start + 100000);
    memset((void *)start, 9, 100000);
    assert_int_equal(CALL2(SYS_brk, start, 0), start);
    assert_int_equal(CALL2(SYS_brk, start + 100000, 0), start + 100000);
    assert_int_equal(*(uint8_t *)start, 0);
    assert_int_equal(CALL2(SYS_brk, start - 1, 0), start + 100000);
    drop(world);
}

/* One page of a file side by side, which is one range, and other ways: an error of the box. */
static void mappings_are_limited(void **state)
{
    struct world *world = make();
    (void)state;
    const int rw = PROT_READ | PROT_WRITE;
    const uint64_t fixed = MAP_SHARED | MAP_FIXED, pages = 1000;
    assert_int_equal(lfi_copy_out(world->box, world->page, "m", 2), 0);
    uint64_t file = (uint64_t)CALL2(SYS_memfd_create, world->page, 0);
    assert_int_equal(CALL2(SYS_ftruncate, file, PAGE_SIZE), 0);
    uint64_t area = (uint64_t)map(world, 0, pages * PAGE_SIZE, PROT_NONE, 0);
    lfi_box_limit_mappings(world->box, 100);
    uint64_t made = 0;
    while (made < pages &&
           call(world, SYS_mmap, area + made * PAGE_SIZE, PAGE_SIZE, PROT_READ, fixed, file, 0) > 0)
        made++;
    assert_in_range(made, 70, 100);
    assert_int_equal(map(world, 0, PAGE_SIZE, PROT_READ, 0), -ENOMEM);
    assert_int_equal(
        call(world, SYS_mmap, area + made * PAGE_SIZE, PAGE_SIZE, PROT_READ, fixed, file, 0),
        -ENOMEM);
    /* what was there is still there after it */
    assert_int_equal(CALL3(SYS_mprotect, area + made * PAGE_SIZE, PAGE_SIZE, PROT_NONE), -ENOMEM);
    assert_int_equal(CALL2(SYS_munmap, area, pages * PAGE_SIZE), 0);
    area = (uint64_t)map(world, 0, pages * PAGE_SIZE, rw, 0);
    long last = 0;
    for (made = 0; made < pages && !last; made += 2)
        last = CALL3(SYS_mprotect, area + made * PAGE_SIZE, PAGE_SIZE, PROT_READ);
    assert_int_equal(last, -ENOMEM);
    assert_in_range(made, 70, 102);
    assert_int_equal(CALL2(SYS_munmap, area, pages * PAGE_SIZE), 0);
    /* only what is mapped can be locked */
    assert_int_equal(CALL2(SYS_mlock, area, PAGE_SIZE), -ENOMEM);
    drop(world);
}

/* A file that cannot be mapped leaves what was there. */
static void refused_mappings_change_nothing(void **state)
{
    struct world *world = make();
    (void)state;
    uint64_t pair = world->page + 64, memory = (uint64_t)map(world, 0, 4 * PAGE_SIZE, PROT_READ, 0);
    assert_int_equal(CALL2(SYS_pipe2, pair, 0), 0);
    uint64_t end = *(uint32_t *)pair;
    assert_int_equal(
        call(world, SYS_mmap, memory, 4 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, end, 0),
        -ENODEV);
    assert_int_equal(*(uint8_t *)memory, 0);
    assert_int_equal(CALL3(SYS_mprotect, memory, 4 * PAGE_SIZE, PROT_READ), 0);
    drop(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_are_limited),
        cmocka_unit_test(refused_mappings_change_nothing),
        cmocka_unit_test(every_bad_address_is_refused),
        cmocka_unit_test(every_bad_length_is_refused),
        cmocka_unit_test(addresses_in_structures_are_checked),
        cmocka_unit_test(descriptors_of_the_host_are_not_the_boxs),
        cmocka_unit_test(dangerous_calls_do_not_exist),
        cmocka_unit_test(the_host_stays_as_it_is),
        cmocka_unit_test(memory_is_never_executable),
        cmocka_unit_test(mappings_stay_in_the_box),
        cmocka_unit_test(memory_calls_do_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
