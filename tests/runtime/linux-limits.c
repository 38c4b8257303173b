// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Each limit of a box is reached: what the box gets is an error or its end, and the host goes on.
 * And the host's signals, which a box does not change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "linux-program.h"
#include "linux/process.h"
#include "serve.h"

#define PAGE_SIZE lfi_page_size()
#define MIB       (1u << 20)

/* It keeps signals back until a thread calls libc, which code that spins never does. */
#if defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER 1
#else
#define THREAD_SANITIZER 0
#endif

static const char *document; /* docs/lfi-run.md */

/* What the program does, over and over. */
enum program_kind { WAITS, SPINS };

struct world {
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct thread *caller; /* a thread of the box that this test is: linux_serve() */
    uint64_t page, code;
    char directory[64];
    pthread_t runner;
    struct lfi_linux_result result;
    int error;
};

/* Registers of a child that clone() made are those of the call: what the code needs is set there.
 */
static void make_program(struct program *program, enum program_kind kind)
{
    program_new(program);
    if (kind == SPINS) {
        static const uint8_t spin[] = PROGRAM_SPIN;
        program_emit(program, spin, sizeof spin);
        return;
    }
    for (int i = 0; i < 3; i++) { /* it waits until a signal ends it */
        program_set(program, NUMBER, SYS_ppoll);
        program_set(program, FIRST, 0);
        program_set(program, SECOND, 0);
        program_call(program, LFI_SLOT_SYSCALL);
    }
}

static struct world *make_of(const void *file, size_t size, const struct lfi_linux_limits *limits)
{
    struct world *world = calloc(1, sizeof *world);
    struct lfi_error error;
    strcpy(world->directory, "/tmp/lfi-limits-XXXXXX");
    assert_non_null(mkdtemp(world->directory));
    struct lfi_linux_dir dir = {"/", world->directory};
    struct lfi_linux_options options = {
        .restricted = true, .dirs = &dir, .dir_count = 1, .stack_size = MIB};
    if (limits)
        options.limits = *limits;
    assert_int_equal(test_space_new(&world->space, 1, &error), 0);
    assert_int_equal(lfi_box_new(world->space, &world->box, &error), 0);
    if (lfi_linux_new(world->box, &options, &world->process, &error) ||
        lfi_linux_load_bytes(world->process, "/program", file, size, &error))
        fail_msg("%s", error.message);
    world->code = world->process->image_start + PROGRAM_CODE;
    world->caller = linux_thread_new(world->process);
    assert_non_null(world->caller);
    return world;
}

static struct world *make(enum program_kind kind, const struct lfi_linux_limits *limits)
{
    struct program program;
    make_program(&program, kind);
    return make_of(program.bytes, sizeof program.bytes, limits);
}

static long call(struct world *world, long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                 uint64_t e)
{
    struct lfi_regs regs = {CALL_REGISTERS((uint64_t)number, a, b, c, d, e, 0)};
    regs.PC = world->code;
    serve_call(world->caller->context, &regs);
    return (long)regs.CALL_RESULT;
}

#define CALL(number, a, b, c) call(world, number, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0)

static long map(struct world *world, uint64_t size)
{
    struct lfi_regs regs = {CALL_REGISTERS(SYS_mmap, 0, size, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX, 0)};
    serve_call(world->caller->context, &regs);
    return (long)regs.CALL_RESULT;
}

/* A page for arguments. */
static uint64_t page_of(struct world *world)
{
    long page = map(world, PAGE_SIZE);
    assert_true(page > 0);
    return (uint64_t)page;
}

static void *run(void *data)
{
    struct world *world = data;
    world->error = lfi_linux_run(world->process, &world->result);
    return NULL;
}

static void start(struct world *world)
{
    assert_int_equal(pthread_create(&world->runner, NULL, run, world), 0);
    while (!atomic_load(&world->process->main->host_tid))
        sched_yield();
}

static void leave(struct world *world)
{
    if (world->caller)
        linux_thread_end(world->caller);
    world->caller = NULL;
}

/* The program ends by a signal that this test sends; a spinning one by its limit. */
static void finish(struct world *world, bool kill)
{
    world->caller->mask = UINT64_MAX; /* the others take it */
    if (kill)
        assert_int_equal(CALL(SYS_kill, world->process->pid, SIGKILL, 0), 0);
    leave(world);
    assert_int_equal(pthread_join(world->runner, NULL), 0);
    assert_int_equal(world->error, 0);
}

static void drop(struct world *world)
{
    leave(world);
    lfi_linux_free(world->process);
    assert_int_equal(lfi_box_free(world->box), 0);
    assert_int_equal(lfi_space_free(world->space), 0);
    rmdir(world->directory);
    free(world);
}

static void *nothing(void *data)
{
    return data;
}

/*
 * Waits for what is due to happen, in one step more: false if it has not for two minutes, which a
 * machine under load does not need.
 */
static bool wait_more(unsigned *steps)
{
    nanosleep(&(struct timespec){0, 5000000}, NULL);
    return ++*steps < 24000;
}

/* What the host must always be able to do. */
static void the_host_is_well(void)
{
    pthread_t thread;
    for (int i = 0; i < 8; i++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        close(fds[0]);
        close(fds[1]);
    }
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(pthread_create(&thread, NULL, nothing, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    void *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    munmap(memory, MIB);
}

static uint64_t limit_of(struct world *world, unsigned resource, uint64_t at)
{
    assert_int_equal(CALL(SYS_prlimit64, 0, resource, 0), 0);
    assert_int_equal(call(world, SYS_prlimit64, 0, resource, 0, at, 0), 0);
    return *(uint64_t *)at;
}

/* ---- memory ------------------------------------------------------------------------------- */

static void memory_is_limited(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.memory = 64 * MIB};
    struct world *world = make(WAITS, &limits);
    uint64_t page = page_of(world);
    assert_int_equal(limit_of(world, RLIMIT_AS, page), 64 * MIB);
    assert_int_equal(limit_of(world, RLIMIT_DATA, page), 64 * MIB);

    int count = 0;
    long at, last = 0;
    while ((at = map(world, MIB)) > 0) {
        last = at;
        count++;
    }
    assert_int_equal(at, -ENOMEM);
    assert_in_range(count, 55, 64);
    while (map(world, PAGE_SIZE) > 0)
        continue;
    /* nothing else grows either, */
    long start = CALL(SYS_brk, 0, 0, 0);
    assert_int_equal(CALL(SYS_brk, start + (long)PAGE_SIZE, 0, 0), start);
    assert_int_equal(call(world, SYS_mremap, (uint64_t)last, MIB, 2 * MIB, MREMAP_MAYMOVE, 0),
                     -ENOMEM);
    /* what is there can be mapped anew, */
    struct lfi_regs regs = {CALL_REGISTERS(SYS_mmap, (uint64_t)last, MIB, PROT_READ,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, UINT64_MAX, 0)};
    serve_call(world->caller->context, &regs);
    assert_int_equal(regs.CALL_RESULT, last);
    /* and what is given back can be had again. */
    assert_int_equal(CALL(SYS_munmap, last, MIB, 0), 0);
    assert_int_equal(CALL(SYS_brk, start + (long)PAGE_SIZE, 0, 0), start + (long)PAGE_SIZE);
    assert_int_equal(CALL(SYS_brk, start, 0, 0), start);
    assert_true(map(world, MIB) > 0);
    assert_int_equal(map(world, MIB), -ENOMEM);
    the_host_is_well();
    drop(world);
}

static void files_in_memory_count(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.memory = 64 * MIB};
    struct world *world = make(WAITS, &limits);
    uint64_t page = page_of(world), bytes = (uint64_t)map(world, MIB);
    long fd = CALL(SYS_memfd_create, page, MFD_CLOEXEC, 0);
    long copy = CALL(SYS_dup, fd, 0, 0);
    assert_true(fd > 2 && copy > 2);

    /* by every call that makes it larger, through any descriptor */
    struct iovec *vector = (struct iovec *)(page + 256);
    vector[0] = (struct iovec){(void *)bytes, MIB};
    int count = 0;
    long result = 0;
    while (count < 100 && (result = count % 2 ? CALL(SYS_write, copy, bytes, MIB)
                                              : CALL(SYS_writev, fd, vector, 1)) == MIB)
        count++;
    assert_int_equal(result, -ENOSPC);
    assert_in_range(count, 50, 63);
    uint64_t size = (uint64_t)count * MIB, more = size + 16 * MIB;
    assert_int_equal(CALL(SYS_lseek, fd, 0, SEEK_CUR), size);
    assert_int_equal(CALL(SYS_ftruncate, fd, more, 0), -ENOSPC);
    assert_int_equal(call(world, SYS_fallocate, (uint64_t)fd, 0, size, 16 * MIB, 0), -ENOSPC);
    assert_int_equal(call(world, SYS_fallocate, (uint64_t)fd, 1, size, 16 * MIB, 0), -EOPNOTSUPP);
    assert_int_equal(call(world, SYS_pwrite64, (uint64_t)fd, bytes, 1, more, 0), -ENOSPC);
    assert_int_equal(call(world, SYS_pwritev, (uint64_t)fd, page + 256, 1, more, 0), -ENOSPC);
    assert_int_equal(call(world, SYS_pwritev2, (uint64_t)fd, page + 256, 1, UINT64_MAX, 0),
                     -ENOSPC);
    assert_int_equal(CALL(SYS_fcntl, copy, F_SETFL, O_APPEND), 0);
    assert_int_equal(CALL(SYS_lseek, fd, 0, SEEK_SET), 0);
    assert_int_equal(CALL(SYS_write, fd, bytes, MIB), -ENOSPC);
    assert_int_equal(call(world, SYS_sendfile, (uint64_t)fd, (uint64_t)copy, 0, MIB, 0), -EINVAL);
    assert_int_equal(call(world, SYS_copy_file_range, (uint64_t)copy, 0, (uint64_t)fd, 0, MIB),
                     -EXDEV);
    assert_int_equal(map(world, 16 * MIB), -ENOMEM);

    /* It reads and writes as any file does. */
    assert_int_equal(CALL(SYS_ftruncate, fd, 4, 0), 0);
    memcpy((void *)bytes, "abcd", 4);
    assert_int_equal(CALL(SYS_write, fd, bytes, 4), 4); /* O_APPEND */
    assert_int_equal(CALL(SYS_lseek, copy, 0, SEEK_CUR), 8);
    assert_int_equal(CALL(SYS_fcntl, copy, F_SETFL, 0), 0);
    assert_int_equal(CALL(SYS_lseek, copy, 2, SEEK_SET), 2);
    assert_int_equal(CALL(SYS_write, fd, bytes, 3), 3);
    assert_int_equal(CALL(SYS_lseek, copy, 0, SEEK_SET), 0);
    assert_int_equal(CALL(SYS_read, fd, bytes, 100), 8);
    assert_memory_equal((void *)bytes, "\0\0abcbcd", 8);

    /* The last close gives it back, unless a mapping may hold it. */
    assert_int_equal(CALL(SYS_ftruncate, fd, 40 * MIB, 0), 0);
    assert_int_equal(map(world, 32 * MIB), -ENOMEM);
    assert_int_equal(CALL(SYS_close, fd, 0, 0), 0);
    assert_int_equal(map(world, 32 * MIB), -ENOMEM);
    assert_int_equal(CALL(SYS_close, copy, 0, 0), 0);
    long large = map(world, 32 * MIB);
    assert_true(large > 0);
    assert_int_equal(CALL(SYS_munmap, large, 32 * MIB, 0), 0);
    fd = CALL(SYS_memfd_create, page, 0, 0);
    assert_int_equal(CALL(SYS_ftruncate, fd, 40 * MIB, 0), 0);
    struct lfi_regs regs = {
        CALL_REGISTERS(SYS_mmap, 0, PAGE_SIZE, PROT_READ, MAP_SHARED, (uint64_t)fd, 0)};
    serve_call(world->caller->context, &regs);
    assert_true((int64_t)regs.CALL_RESULT > 0);
    assert_int_equal(CALL(SYS_close, fd, 0, 0), 0);
    assert_int_equal(map(world, 32 * MIB), -ENOMEM);
    the_host_is_well();
    drop(world);
}

/* ---- descriptors -------------------------------------------------------------------------- */

static unsigned open_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 4096; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* With so few that the host's own would be used up. */
static rlim_t lower_descriptors(rlim_t to)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = to;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static void descriptors_are_limited(void **state)
{
    (void)state;
    rlim_t before = lower_descriptors(256);
    struct world *world = make(WAITS, NULL);
    uint64_t page = page_of(world);
    assert_int_equal(limit_of(world, RLIMIT_NOFILE, page), 128);
    strcpy((char *)page + 512, "file");
    long fd, last = 0;
    while ((fd = CALL(SYS_dup, 1, 0, 0)) >= 0)
        last = fd;
    assert_int_equal(fd, -EMFILE);
    assert_int_equal(last, 127);
    the_host_is_well();
    /* all that make one, */
    assert_int_equal(CALL(SYS_pipe2, page, 0, 0), -EMFILE);
    assert_int_equal(CALL(SYS_eventfd2, 0, 0, 0), -EMFILE);
    assert_int_equal(CALL(SYS_epoll_create1, 0, 0, 0), -EMFILE);
    assert_int_equal(CALL(SYS_timerfd_create, CLOCK_MONOTONIC, 0, 0), -EMFILE);
    assert_int_equal(CALL(SYS_memfd_create, page + 512, 0, 0), -EMFILE);
    assert_int_equal(CALL(SYS_fcntl, 1, F_DUPFD, 0), -EMFILE);
    assert_int_equal(CALL(SYS_fcntl, 1, F_DUPFD, 128), -EINVAL);
    assert_int_equal(CALL(SYS_dup3, 1, 128, 0), -EBADF);
    assert_int_equal(CALL(SYS_openat, AT_FDCWD, page + 512, O_RDWR | O_CREAT), -EMFILE);
    /* and those that make none work as ever. */
    assert_int_equal(CALL(SYS_dup3, 1, 127, 0), 127);
    assert_int_equal(call(world, SYS_faccessat, (uint64_t)AT_FDCWD, page + 512, 0, 0, 0), 0);
    assert_int_equal(call(world, SYS_unlinkat, (uint64_t)AT_FDCWD, page + 512, 0, 0, 0), 0);
    assert_int_equal(CALL(SYS_close, 127, 0, 0), 0);
    assert_int_equal(CALL(SYS_eventfd2, 0, 0, 0), 127);
    the_host_is_well();
    drop(world);
    lower_descriptors(before);
}

/* Whatever is asked for, and by however many boxes, the last quarter is the host's. */
static void the_hosts_descriptors_are_left(void **state)
{
    (void)state;
    enum { BOXES = TEST_EMULATED ? 2 : 3, LIMIT = 256 };
    rlim_t before = lower_descriptors(LIMIT);
    struct lfi_linux_limits limits = {.descriptors = 1024};
    struct world *worlds[BOXES];
    unsigned own = open_descriptors();
    for (int i = 0; i < BOXES; i++) {
        struct world *world = worlds[i] = make(WAITS, &limits);
        long fd;
        while ((fd = CALL(SYS_dup, 1, 0, 0)) >= 0)
            continue;
        assert_int_equal(fd, -EMFILE);
        assert_int_equal(CALL(SYS_dup3, 1, 1000, 0), -EMFILE);
        the_host_is_well();
    }
    /* working directory, mapping and an empty directory are the maker's */
    assert_true(open_descriptors() <= LIMIT - LIMIT / 4 + 3 * BOXES);
    for (int i = 0; i < BOXES; i++)
        drop(worlds[i]);
    assert_int_equal(open_descriptors(), own);
    lower_descriptors(before);
}

struct holder {
    struct world *world;
    struct thread *thread;
    uint64_t argument;
    pthread_t host;
    long result;
};

static void *hold(void *data)
{
    struct holder *holder = data;
    struct lfi_regs regs = {
        CALL_REGISTERS(SYS_openat, (uint64_t)AT_FDCWD, holder->argument, O_RDONLY, 0, 0, 0)};
    serve_call(holder->thread->context, &regs);
    __atomic_store_n(&holder->result, (long)regs.CALL_RESULT, __ATOMIC_RELEASE);
    return NULL;
}

/* Threads that wait for the other end of a FIFO each have a descriptor of the host already. */
static void descriptors_of_calls_under_way_are_limited(void **state)
{
    (void)state;
    enum { HOLDERS = 100, OPENERS = 8 };
    rlim_t before = lower_descriptors(256);
    struct world *world = make(WAITS, NULL);
    struct holder holders[HOLDERS];
    uint64_t page = page_of(world);
    char path[80];
    strcpy((char *)page, "fifo");
    assert_int_equal(call(world, SYS_mknodat, (uint64_t)AT_FDCWD, page, S_IFIFO | 0600, 0, 0), 0);
    strcpy((char *)page + 8, "/");
    long directory = call(world, SYS_openat, (uint64_t)AT_FDCWD, page + 8, O_DIRECTORY, 0, 0);
    unsigned own = open_descriptors();
    for (int i = 0; i < HOLDERS; i++) {
        holders[i] = (struct holder){world, linux_thread_new(world->process), page, 0, 0};
        assert_non_null(holders[i].thread);
        assert_int_equal(pthread_create(&holders[i].host, NULL, hold, &holders[i]), 0);
    }
    /* Those without a turn give up; the others wait. */
    int given_up = 0;
    for (unsigned steps = 0; given_up < HOLDERS - OPENERS && wait_more(&steps);) {
        given_up = 0;
        for (int k = 0; k < HOLDERS; k++)
            given_up += __atomic_load_n(&holders[k].result, __ATOMIC_ACQUIRE) == -EMFILE;
        the_host_is_well();
    }
    assert_int_equal(given_up, HOLDERS - OPENERS);
    assert_int_equal(call(world, SYS_fchdir, (uint64_t)directory, 0, 0, 0, 0), -EMFILE);
    assert_true(open_descriptors() <= own + OPENERS * LINUX_CALL_DESCRIPTORS);
    snprintf(path, sizeof path, "%s/fifo", world->directory);
    int writer = open(path, O_RDWR | O_NONBLOCK);
    assert_true(writer >= 0);
    for (int i = 0; i < HOLDERS; i++) {
        assert_int_equal(pthread_join(holders[i].host, NULL), 0);
        assert_true(holders[i].result == -EMFILE || holders[i].result > 2);
        linux_thread_end(holders[i].thread);
    }
    close(writer);
    unlink(path);
    drop(world);
    lower_descriptors(before);
}

/* What a host that runs as root could have: gigabytes of the kernel's memory. */
static void pipes_are_limited(void **state)
{
    (void)state;
    struct world *world = make(WAITS, NULL);
    uint64_t page = page_of(world);
    int ends[2];
    assert_int_equal(CALL(SYS_pipe2, page, 0, 0), 0);
    memcpy(ends, (void *)page, sizeof ends);
    assert_int_equal(CALL(SYS_fcntl, ends[0], F_SETPIPE_SZ, 2 * PAGE_SIZE), 2 * PAGE_SIZE);
    assert_int_equal(CALL(SYS_fcntl, ends[0], F_SETPIPE_SZ, 16 * MIB), -EPERM);
    drop(world);
}

/* ---- threads ------------------------------------------------------------------------------ */

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

/* A thread that waits in a system call, or spins, as the program does. */
static long new_thread(struct world *world, uint64_t stack)
{
    return CALL(SYS_clone, THREAD_FLAGS, stack, 0);
}

static void threads_are_limited(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.threads = 12};
    struct world *world = make(WAITS, &limits);
    uint64_t stack = page_of(world) + PAGE_SIZE;
    assert_int_equal(limit_of(world, RLIMIT_NPROC, stack - 64), 12);
    start(world);
    for (int i = 2; i < 12; i++) /* the first, and this test */
        assert_true(new_thread(world, stack) > 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(new_thread(world, stack), -EAGAIN);
    the_host_is_well();
    finish(world, true);
    assert_int_equal(world->result.end, LFI_LINUX_KILLED);
    assert_int_equal(world->result.signal, SIGKILL);
    drop(world);
}

/* Their stacks are mappings of the host: boxes that use up what the kernel allows stop all. */
static void threads_count_as_mappings(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.mappings = 64};
    struct world *world = make(WAITS, &limits);
    uint64_t stack = page_of(world) + PAGE_SIZE;
    size_t before = lfi_box_mappings(world->box);
    start(world);
    int threads = 0;
    while (threads < 64 && new_thread(world, stack) > 0)
        threads++;
    assert_int_equal(threads, (64 - before) / 4);
    assert_int_equal(new_thread(world, stack), -EAGAIN);
    the_host_is_well();
    finish(world, true);
    assert_int_equal(lfi_box_mappings(world->box), before);
    drop(world);
}

/* Their stacks are memory of the host. */
static void threads_count_as_memory(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.memory = 8 * MIB};
    struct world *world = make(WAITS, &limits);
    uint64_t stack = page_of(world) + PAGE_SIZE;
    start(world);
    int count = 0;
    long result;
    while ((result = new_thread(world, stack)) > 0)
        count++;
    assert_int_equal(result, -EAGAIN);
    assert_in_range(count, 5, 8 * MIB / LINUX_THREAD_MEMORY);
    assert_int_equal(map(world, MIB), -ENOMEM);
    the_host_is_well();
    finish(world, true);
    assert_int_equal(world->process->memory.ranges.charged, 0);
    drop(world);
}

/* ---- nesting ------------------------------------------------------------------------------ */

struct nesting {
    uint64_t function;
    unsigned depth, deepest;
    int refused;
};

static void serve_nested(struct lfi_context *context, struct lfi_regs *regs)
{
    struct nesting *nesting = lfi_context_data(context);
    struct lfi_call inner = {0};
    (void)regs;
    nesting->deepest = ++nesting->depth;
    int error = lfi_call(context, nesting->function, &inner);
    if (error)
        nesting->refused = error;
    nesting->depth--;
    lfi_context_stop(context, 0);
}

static void nesting_is_limited(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.nesting = 5};
    struct world *world = make(WAITS, &limits);
    struct nesting nesting = {.function = world->code};
    struct lfi_context *context;
    struct lfi_call outer = {0};
    struct lfi_error error;
    uint64_t stack = page_of(world) + PAGE_SIZE;
    assert_int_equal(
        lfi_box_map_return(world->box, world->process->base + LFI_BOX_SIZE / 2, &error), 0);
    assert_int_equal(lfi_context_new(world->box, serve_nested, &nesting, &context), 0);
    lfi_context_regs(context)->STACK = stack;
    assert_int_equal(lfi_call(context, nesting.function, &outer), 0);
    assert_int_equal(outer.exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(nesting.deepest, 5);
    assert_int_equal(nesting.refused, -ELOOP);
    the_host_is_well();
    assert_int_equal(lfi_context_free(context), 0);
    drop(world);
}

/* ---- processor and resident memory -------------------------------------------------------- */

static void processor_time_is_limited(void **state)
{
    (void)state;
    if (THREAD_SANITIZER)
        skip();
    for (int more = 0; more < 3; more += 2) { /* of the first thread, and of three */
        struct lfi_linux_limits limits = {.processor = 300};
        struct world *world = make(SPINS, &limits);
        uint64_t stack = page_of(world) + PAGE_SIZE;
        assert_int_equal(limit_of(world, RLIMIT_CPU, stack - 64), 1);
        start(world);
        for (int i = 0; i < more; i++)
            assert_true(new_thread(world, stack) > 0);
        the_host_is_well();
        finish(world, false);
        assert_int_equal(world->result.end, LFI_LINUX_KILLED);
        assert_int_equal(world->result.signal, SIGXCPU);
        assert_string_equal(world->result.report, "limit processor (300ms) reached\n");
        assert_true(world->process->processor_used >= 300000000);
        the_host_is_well();
        drop(world);
    }
}

/* What the host's thread used before, or uses elsewhere, is not the box's. */
static void processor_time_is_the_boxs(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.processor = 2000};
    struct world *world = make(WAITS, &limits);
    start(world);
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    finish(world, true);
    assert_int_equal(world->result.signal, SIGKILL);
    assert_string_equal(world->result.report, "");
    drop(world);
}

static void resident_memory_is_limited(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.resident = 32 * MIB};
    struct world *world = make(WAITS, &limits);
    /* Mapped is not resident. */
    uint64_t memory = (uint64_t)map(world, 256 * MIB), page = page_of(world);
    assert_int_equal(limit_of(world, RLIMIT_RSS, page), 32 * MIB);
    start(world);
    memset((void *)memory, 1, 16 * MIB);
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    assert_false(atomic_load(&world->process->ending));
    memset((void *)memory, 1, 48 * MIB);
    leave(world);
    assert_int_equal(pthread_join(world->runner, NULL), 0);
    assert_int_equal(world->result.end, LFI_LINUX_KILLED);
    assert_int_equal(world->result.signal, SIGKILL);
    assert_string_equal(world->result.report, "limit resident (32M) reached\n");
    the_host_is_well();
    drop(world);
}

/* QEMU 7.2 says ENOMEM for pages that may not be read. */
static bool mincore_knows_all_pages(void)
{
    unsigned char in_memory;
    void *page = mmap(NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    bool known = mincore(page, PAGE_SIZE, &in_memory) == 0;
    assert_int_equal(munmap(page, PAGE_SIZE), 0);
    return known;
}

/*
 * What was written counts where it can only be read now, and when the box keeps the lock: then it
 * may lie where nothing was at the monitor's last look, among reserved pages.
 */
static void resident_memory_is_seen(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {.resident = 32 * MIB};
    bool known = mincore_knows_all_pages();
    assert_true(known || TEST_EMULATED);
    for (int locked = 0; locked < (known ? 2 : 1); locked++) {
        struct world *world = make(WAITS, &limits);
        uint64_t kind = MAP_ANONYMOUS | (locked ? MAP_PRIVATE : MAP_SHARED);
        start(world);
        long memory =
            call(world, SYS_mmap, 0, 48 * MIB, PROT_READ | PROT_WRITE, kind, (uint64_t)-1);
        assert_true(memory > 0);
        if (locked)
            pthread_mutex_lock(&world->process->memory.lock);
        for (long at = memory; at < memory + 48 * MIB; at += 16 * MIB) {
            memset((void *)at, 1, 16 * MIB);
            if (!locked)
                CALL(SYS_mprotect, at, 16 * MIB, PROT_READ);
        }
        for (unsigned steps = 0; !atomic_load(&world->process->ending) && wait_more(&steps);)
            continue;
        if (locked)
            pthread_mutex_unlock(&world->process->memory.lock);
        finish(world, true);
        assert_string_equal(world->result.report, "limit resident (32M) reached\n");
        drop(world);
    }
}

/* Code is no file of the host's: it is a copy in memory, as large as the program's headers say. */
static void resident_code_is_seen(void **state)
{
    (void)state;
    enum { CODE_SIZE = 48 * MIB };
    struct lfi_linux_limits limits = {.resident = 32 * MIB};
    struct program program;
    make_program(&program, WAITS);
    const size_t size = PROGRAM_CODE + CODE_SIZE;
    uint8_t *file = malloc(size);
    memset(file, PROGRAM_TRAP, size);
    memcpy(file, program.bytes, PROGRAM_DATA);
    Elf64_Phdr *code = (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr)) + 2, *data = code + 1;
    code->p_filesz = code->p_memsz = CODE_SIZE;
    data->p_vaddr = data->p_paddr = size;
    struct world *world = make_of(file, size, &limits);
    free(file);
    start(world);
    for (unsigned steps = 0; !atomic_load(&world->process->ending) && wait_more(&steps);)
        continue;
    finish(world, true);
    assert_string_equal(world->result.report, "limit resident (32M) reached\n");
    drop(world);
}

/* ---- signals of the host ------------------------------------------------------------------ */

static void *wait_for_term(void *data)
{
    sigset_t set;
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    for (int i = 0; i < 2; i++) {
        sigwait(&set, &number);
        *(int *)data |= number == SIGTERM ? 1 : 2;
    }
    return NULL;
}

/*
 * A host that blocks signals in all its threads and waits for them in one gets them, whatever
 * threads a box has: else they end the process.
 */
static void signals_of_the_host_stay_blocked(void **state)
{
    (void)state;
    sigset_t set, before, mask;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 4); /* lfi's own: it is unblocked where it must be */
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
    struct world *world = make(WAITS, NULL);
    uint64_t stack = page_of(world) + PAGE_SIZE;
    pthread_t waiter;
    int got = 0;
    start(world);
    for (int i = 0; i < 4; i++)
        assert_true(new_thread(world, stack) > 0);
    assert_int_equal(kill(getpid(), SIGTERM), 0); /* nobody waits yet: it stays pending */
    nanosleep(&(struct timespec){0, 20000000}, NULL);
    assert_int_equal(sigpending(&mask), 0);
    assert_true(sigismember(&mask, SIGTERM));
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_term, &got), 0);
    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    assert_int_equal(pthread_join(waiter, NULL), 0);
    assert_int_equal(got, 3);
    finish(world, true);
    assert_int_equal(world->result.signal, SIGKILL);
    drop(world);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* SIGPIPE of the box's own writing is gone after the run, that of somebody else is not. */
static void signals_from_elsewhere_are_kept(void **state)
{
    (void)state;
    for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
        sigset_t set, before, pending;
        sigemptyset(&set);
        sigaddset(&set, SIGPIPE);
        assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
        struct world *world = make(WAITS, NULL);
        start(world);
        pid_t child = elsewhere ? fork() : 0;
        if (elsewhere && child == 0) {
            kill(getppid(), SIGPIPE);
            _exit(0);
        } else if (elsewhere) {
            assert_int_equal(waitpid(child, NULL, 0), child);
        } else {
            assert_int_equal(kill(getpid(), SIGPIPE), 0); /* as the kernel does for a write */
        }
        finish(world, true);
        assert_int_equal(sigpending(&pending), 0);
        assert_int_equal(sigismember(&pending, SIGPIPE), elsewhere);
        drop(world);
        if (elsewhere)
            assert_int_equal(sigtimedwait(&set, NULL, &(struct timespec){0}), SIGPIPE);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
}

/* What libc sends to each thread of the process arrives in those of a box, also while they run. */
static void the_host_can_change_its_user(void **state)
{
    (void)state;
    if (THREAD_SANITIZER)
        skip();
    struct world *world = make(SPINS, NULL);
    uint64_t stack = page_of(world) + PAGE_SIZE;
    start(world);
    assert_true(new_thread(world, stack) > 0);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(setresuid(getuid(), geteuid(), (uid_t)-1), 0);
        assert_int_equal(setresgid(getgid(), getegid(), (gid_t)-1), 0);
    }
    struct lfi_linux_result end = {.end = LFI_LINUX_KILLED, .signal = SIGKILL};
    leave(world);
    linux_process_kill(world->process, &end);
    assert_int_equal(pthread_join(world->runner, NULL), 0);
    assert_int_equal(world->error, 0);
    drop(world);
}

/* ---- the table ---------------------------------------------------------------------------- */

static void limits_have_names(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {0};
    struct lfi_error error;
    static const char *const bad[] = {
        "",
        "memory",
        "memory=",
        "memory=x",
        "memory=1",
        "memory=-1",
        "memory=64 M",
        "memory=64MB",
        "nothing=1",
        "descriptors=1025",
        "threads=0",
        "threads=1K",
        "processor=0",
        "processor=1 s",
        "memory=18446744073709551616",
        "nesting=+1",
        "processor=99999999999999999h",
        "resident=17179869184G",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error.message[0] = 0;
        if (lfi_linux_limit(&limits, bad[i], &error) != -EINVAL)
            fail_msg("%s was taken", bad[i]);
        assert_true(error.message[0] != 0);
    }
    assert_memory_equal(&limits, (&(struct lfi_linux_limits){0}), sizeof limits);
    assert_int_equal(lfi_linux_limit(&limits, "memory=64M", &error), 0);
    assert_int_equal(lfi_linux_limit(&limits, "resident=2097152", &error), 0);
    assert_int_equal(lfi_linux_limit(&limits, "mappings=500", &error), 0);
    assert_int_equal(lfi_linux_limit(&limits, "descriptors=10", &error), 0);
    assert_int_equal(lfi_linux_limit(&limits, "threads=4", &error), 0);
    assert_int_equal(lfi_linux_limit(&limits, "processor=2m", &error), 0);
    assert_int_equal(limits.processor, 120000);
    assert_int_equal(lfi_linux_limit(&limits, "processor=1500ms", &error), 0);
    assert_int_equal(limits.processor, 1500);
    assert_int_equal(lfi_linux_limit(&limits, "processor=3", &error), 0);
    assert_int_equal(limits.processor, 3000);
    assert_int_equal(lfi_linux_limit(&limits, "nesting=8", &error), 0);
    assert_true(limits.memory == 64 * MIB && limits.resident == 2 * MIB && limits.mappings == 500 &&
                limits.descriptors == 10 && limits.threads == 4 && limits.nesting == 8);
    struct lfi_linux_limits beyond = {.descriptors = 5000};
    assert_int_equal(linux_limits_resolve(&beyond, &error), -EINVAL);
    assert_string_equal(error.message, "limit descriptors must be from 3 to 1024");
}

/* The message about an unknown name lists all of them; each has a row in the document. */
static void limits_are_documented(void **state)
{
    (void)state;
    struct lfi_linux_limits limits = {0};
    struct lfi_error error;
    char text[65536], row[64];
    FILE *file = fopen(document, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    assert_int_equal(lfi_linux_limit(&limits, "x=1", &error), -EINVAL);
    int count = 0;
    char *names = strchr(error.message, ':');
    assert_non_null(names);
    for (char *name = strtok(names + 1, ", "); name; name = strtok(NULL, ", ")) {
        snprintf(row, sizeof row, "\n| `%s` |", name);
        if (!strstr(text, row))
            fail_msg("%s is not documented", name);
        count++;
    }
    assert_int_equal(count, 7);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(files_in_memory_count),
        cmocka_unit_test(descriptors_are_limited),
        cmocka_unit_test(the_hosts_descriptors_are_left),
        cmocka_unit_test(descriptors_of_calls_under_way_are_limited),
        cmocka_unit_test(pipes_are_limited),
        cmocka_unit_test(threads_are_limited),
        cmocka_unit_test(threads_count_as_memory),
        cmocka_unit_test(threads_count_as_mappings),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(processor_time_is_limited),
        cmocka_unit_test(processor_time_is_the_boxs),
        cmocka_unit_test(resident_memory_is_limited),
        cmocka_unit_test(resident_memory_is_seen),
        cmocka_unit_test(resident_code_is_seen),
        cmocka_unit_test(signals_of_the_host_stay_blocked),
        cmocka_unit_test(signals_from_elsewhere_are_kept),
        cmocka_unit_test(the_host_can_change_its_user),
        cmocka_unit_test(limits_have_names),
        cmocka_unit_test(limits_are_documented),
    };
    if (argc != 2)
        return 2;
    document = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
