// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * No address of a reservation is free at any time. A thread asks the kernel for memory all the
 * time, there by preference, and must never get any, whatever fails meanwhile in the box.
 */
#include "core-box.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  lfi_page_size()
#define PLACE 0x10000000 /* of what the tests map */
#define PAGES 16
enum { TRIES = TEST_EMULATED ? 20 : 1000 };

static struct watcher {
    struct test_box t;
    pthread_t thread;
    atomic_bool stop;
    atomic_ulong tries, hits;
} watcher;

static bool is_reserved(const struct lfi_space *space, const void *at)
{
    return (uint64_t)at - space->reservations->start < space->reservations->size;
}

/* With an address as a hint, and without: then the kernel takes the highest gap that is enough. */
static void *watch(void *data)
{
    const size_t size = PAGES * PAGE;

    (void)data;
    for (unsigned i = 0; !atomic_load(&watcher.stop); i++) {
        char *hint = i % 4 ? (char *)watcher.t.base + PLACE + i % 2 * size : NULL;
        size_t wanted = i % 3 ? PAGE : size;
        void *got = mmap(hint, wanted, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);

        if (got == MAP_FAILED)
            continue; /* a limit of the test */
        if (is_reserved(watcher.t.space, got))
            atomic_fetch_add(&watcher.hits, 1);
        munmap(got, wanted);
        atomic_fetch_add(&watcher.tries, 1);
    }
    return NULL;
}

static int start_watching(void **state)
{
    (void)state;
    memset(&watcher, 0, sizeof(watcher));
    open_box(&watcher.t, false, NULL, NULL);
    return pthread_create(&watcher.thread, NULL, watch, NULL);
}

static int stop_watching(void **state)
{
    (void)state;
    while (atomic_load(&watcher.tries) < 100 && !atomic_load(&watcher.hits))
        sched_yield();
    atomic_store(&watcher.stop, true);
    pthread_join(watcher.thread, NULL);
    assert_int_equal(atomic_load(&watcher.hits), 0);
    close_box(&watcher.t);
    return 0;
}

/* Mapping the file over pages in use, again and again. */
static void map_fails(int fd, int prot, int flags, off_t offset, int error)
{
    const uint64_t at = watcher.t.base + PLACE;
    const size_t size = PAGES * PAGE;
    struct lfi_box *box = watcher.t.box;

    for (int i = 0; i < TRIES; i++) {
        assert_int_equal(lfi_box_map(box, at, size, RW, ANON, -1, 0), 0);
        *(volatile int *)at = i;
        assert_int_equal(lfi_box_map(box, at, size, prot, flags, fd, offset), error);
        assert_int_equal(*(volatile int *)at, i);
    }
    assert_int_equal(lfi_box_unmap(box, at, size), 0);
    assert_int_equal(lfi_box_map(box, at, size, prot, flags, fd, offset), error);
    assert_int_equal(atomic_load(&watcher.hits), 0);
}

static void opened_fails(const char *path, int mode, int prot, int flags, int error)
{
    int fd = open(path, mode | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return; /* not on this machine */
    assert_true(fd >= 0);
    map_fails(fd, prot, flags, 0, error);
    close(fd);
}

static void things_that_are_no_files(void **state)
{
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    map_fails(pair[0], PROT_READ, MAP_PRIVATE, 0, -ENODEV);
    map_fails(pair[0], RW, MAP_SHARED, 0, -ENODEV);
    close(pair[0]);
    close(pair[1]);
    assert_int_equal(pipe(pair), 0);
    map_fails(pair[0], PROT_READ, MAP_PRIVATE, 0, -ENODEV);
    close(pair[0]);
    close(pair[1]);
    pair[0] = socket(AF_INET, SOCK_STREAM, 0); /* has a mapping call of its own */
    if (pair[0] >= 0)
        map_fails(pair[0], PROT_READ, MAP_SHARED, 0, -ENODEV);
    close(pair[0]);
    pair[0] = eventfd(0, 0);
    map_fails(pair[0], RW, MAP_SHARED, 0, -ENODEV);
    close(pair[0]);
    pair[0] = epoll_create1(0);
    map_fails(pair[0], RW, MAP_SHARED, 0, -ENODEV);
    close(pair[0]);
    pair[0] = timerfd_create(CLOCK_MONOTONIC, 0);
    map_fails(pair[0], RW, MAP_SHARED, 0, -ENODEV);
    close(pair[0]);
    map_fails(-1, PROT_READ, MAP_PRIVATE, 0, -EBADF);
    map_fails(54321, PROT_READ, MAP_PRIVATE, 0, -EBADF);
    opened_fails("/", O_RDONLY | O_DIRECTORY, PROT_READ, MAP_PRIVATE, -ENODEV);
}

static void files_of_the_kernel_and_devices(void **state)
{
    (void)state;
    if (!TEST_EMULATED) /* an emulator makes a file of its own for it */
        opened_fails("/proc/self/maps", O_RDONLY, PROT_READ, MAP_PRIVATE, -ENODEV);
    opened_fails("/proc/cpuinfo", O_RDONLY, PROT_READ, MAP_SHARED, -ENODEV);
    opened_fails("/proc/self/mem", O_RDONLY, PROT_READ, MAP_PRIVATE, -ENODEV);
    opened_fails("/sys/kernel/uevent_seqnum", O_RDONLY, PROT_READ, MAP_PRIVATE, -ENODEV);
    opened_fails("/sys/kernel/notes", O_RDONLY, PROT_READ, MAP_PRIVATE, -ENODEV);
    opened_fails("/dev/null", O_RDWR, RW, MAP_SHARED, -ENODEV);
    opened_fails("/dev/urandom", O_RDONLY, PROT_READ, MAP_PRIVATE, -ENODEV);
    opened_fails("/dev/full", O_RDWR, RW, MAP_PRIVATE, -ENODEV);
    opened_fails("/dev/zero", O_WRONLY, PROT_WRITE, MAP_SHARED, -EACCES);
    opened_fails("/dev/zero", O_RDONLY, RW, MAP_SHARED, -EACCES);
    opened_fails("/dev/zero", O_PATH, PROT_READ, MAP_PRIVATE, -EBADF);
}

static void files_that_refuse(void **state)
{
    char name[] = "/tmp/lfi-core-XXXXXX";
    int file = mkstemp(name), memory = memfd_create("sealed", MFD_ALLOW_SEALING);

    (void)state;
    assert_true(file >= 0 && memory >= 0);
    assert_int_equal(ftruncate(file, 65536), 0);
    opened_fails(name, O_WRONLY, PROT_READ, MAP_PRIVATE, -EACCES);
    opened_fails(name, O_RDONLY, RW, MAP_SHARED, -EACCES);
    opened_fails(name, O_PATH, PROT_READ, MAP_PRIVATE, -EBADF);
    map_fails(file, PROT_READ, MAP_PRIVATE, 1, -EINVAL);
    if (!TEST_EMULATED)
        map_fails(file, PROT_READ, MAP_PRIVATE, INT64_MAX / 65536 * 65536, -EOVERFLOW);
    unlink(name);
    close(file);
    assert_int_equal(ftruncate(memory, 65536), 0);
    assert_int_equal(fcntl(memory, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
    map_fails(memory, RW, MAP_SHARED, 0, -EPERM);
    assert_int_equal(fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE), 0);
    map_fails(memory, RW, MAP_SHARED, 0, -EPERM);
    close(memory);
    memory = memfd_create("huge", 4 /* MFD_HUGETLB */);
    if (memory >= 0) {
        map_fails(memory, RW, MAP_SHARED, 0, -ENODEV);
        close(memory);
    }
}

/* What the overcommit policy refuses elsewhere, limits do here. */
static void memory_that_is_refused(void **state)
{
    const uint64_t at = watcher.t.base + PLACE;
    const size_t size = 512ul << 20;
    struct lfi_box *box = watcher.t.box;
    struct rlimit before, none;

    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizers need memory, too */
#endif
    if (TEST_EMULATED)
        skip();
    /* what the books need is there before */
    assert_int_equal(lfi_box_map(box, at, size, PROT_READ, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_unmap(box, at, size), 0);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    for (int i = 0; i < TRIES; i++)
        assert_int_equal(lfi_box_map(box, at, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
                         -ENOMEM);
    assert_int_equal(lfi_box_map(box, at, PAGE, RW, ANON, -1, 0), 0);
    /* some kernels refuse these, some do not */
    lfi_box_move(box, at, at + PAGE, PAGE);
    lfi_box_unmap(box, at, 2 * PAGE);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(lfi_box_unmap(box, at, 2 * PAGE), 0);

    assert_int_equal(getrlimit(RLIMIT_DATA, &before), 0);
    none = (struct rlimit){PAGE, before.rlim_max}; /* 0 is no limit there */
    assert_int_equal(setrlimit(RLIMIT_DATA, &none), 0);
    for (int i = 0; i < TRIES; i++) {
        assert_int_equal(lfi_box_map(box, at, size, RW, ANON, -1, 0), -ENOMEM);
        assert_int_equal(lfi_box_map(box, at, size, PROT_READ, ANON, -1, 0), 0);
        assert_int_equal(lfi_box_map(box, at, size, RW, ANON, -1, 0), -ENOMEM);
        assert_int_equal(lfi_box_map(box, at, size, PROT_READ, ANON, -1, 0), 0);
        assert_int_equal(lfi_box_protect(box, at, size, RW), -ENOMEM);
        assert_int_equal(lfi_box_unmap(box, at, size), 0);
    }
    assert_int_equal(setrlimit(RLIMIT_DATA, &before), 0);
}

static void moves_that_fail(void **state)
{
    const uint64_t at = watcher.t.base + PLACE, to = at + PAGES * PAGE;
    struct lfi_box *box = watcher.t.box;

    (void)state;
    if (TEST_EMULATED)
        skip(); /* an emulator moves them in its own way, which may be several mappings at once */
    assert_int_equal(lfi_box_map(box, at, 2 * PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_protect(box, at, PAGE, PROT_READ), 0);
    for (int i = 0; i < TRIES; i++) {
        assert_int_equal(lfi_box_map(box, to, 2 * PAGE, RW, ANON, -1, 0), 0);
        *(volatile int *)to = i;
        assert_int_equal(lfi_box_move(box, at, to, 2 * PAGE), -EFAULT);
        assert_int_equal(*(volatile int *)to, i);
        assert_int_equal(lfi_box_move(box, at, watcher.t.base + TEST_CODE - PAGE, 0x10000),
                         -EFAULT);
    }
}

/* The same with all that succeeds. */
static void what_works(void **state)
{
    static const uint8_t good[] = GOOD_CODE;
    const uint64_t at = watcher.t.base + PLACE, to = at + PAGES * PAGE;
    const size_t size = PAGES * PAGE;
    struct lfi_box *box = watcher.t.box;
    int memory = memfd_create("memory", 0), zero = open("/dev/zero", O_RDWR | O_CLOEXEC);

    (void)state;
    assert_int_equal(ftruncate(memory, (off_t)size), 0);
    for (int i = 0; i < TRIES; i++) {
        struct lfi_code_map code = code_map(at + (uint64_t)(2 * i + 4) * size, good, sizeof(good));

        assert_int_equal(lfi_box_map(box, at, size, RW, ANON, -1, 0), 0);
        *(volatile int *)at = i;
        assert_int_equal(lfi_box_move(box, at, to, size), 0);
        assert_int_equal(*(volatile int *)to, i);
        assert_int_equal(lfi_box_map(box, at, size, RW, MAP_SHARED, memory, 0), 0);
        *(volatile int *)at = i;
        assert_int_equal(
            lfi_box_map(box, to, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, memory, 0), 0);
        assert_int_equal(*(volatile int *)to, i);
        assert_int_equal(lfi_box_unmap(box, at + PAGE, PAGE), 0);
        assert_int_equal(lfi_box_map(box, at, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 0);
        assert_int_equal(*(volatile int *)at, 0);
        assert_int_equal(lfi_box_map(box, at, size, RW, MAP_PRIVATE, zero, 0), 0);
        assert_int_equal(*(volatile int *)at, 0);
        *(volatile int *)at = 1;
        assert_int_equal(lfi_box_map(box, at, size, RW, ANON | MAP_POPULATE, -1, 0), 0);
        assert_int_equal(*(volatile int *)at, 0);
        assert_int_equal(lfi_box_map_code(box, &code, NULL), 0);
        assert_int_equal(lfi_box_unmap(box, code.address, PAGE), 0);
        assert_int_equal(lfi_box_unmap(box, at, 2 * size), 0);
        assert_int_equal(lfi_box_map(box, at, size, RW, ANON, -1, 0), 0);
        *(volatile int *)at = i;
        assert_int_equal(lfi_box_freeze(box, NULL), 0);
        assert_int_equal(lfi_box_advise(box, at, size, MADV_DONTNEED), 0);
        assert_int_equal(lfi_box_map(box, to, size, RW, ANON, -1, 0), 0);
        assert_int_equal(lfi_box_reset(box, NULL), 0);
        assert_int_equal(*(volatile int *)at, i);
        assert_int_equal(lfi_box_unmap(box, at, 2 * size), 0);
    }
    close(memory);
    close(zero);
}

/* Boxes come and go beside one that is watched. */
static void boxes_come_and_go(void **state)
{
    struct lfi_space *space;
    struct test_box first, next;

    (void)state;
    assert_int_equal(lfi_space_new(&space, 2, NULL), 0);
    fill_box(&first, space, false, NULL, NULL);
    for (int i = 0; i < TRIES / 10; i++) {
        fill_box(&next, space, false, NULL, NULL);
        close_box(&next);
    }
    close_box(&first);
    assert_int_equal(lfi_space_free(space), 0);
}

static void leave_quietly(int number)
{
    (void)number;
    _exit(0);
}

/* What is left where the kernel may have lost a part of a reservation: no handler prevents it. */
static void the_process_stops(void **state)
{
    char text[64] = {0};
    int pipes[2], status;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipes[1], STDERR_FILENO);
        signal(SIGABRT, leave_quietly);
        core_stop("lfi: a reason\n");
    }
    close(pipes[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(read(pipes[0], text, sizeof(text) - 1) >= 14);
    assert_memory_equal(text, "lfi: a reason\n", 14); /* an emulator says more */
    close(pipes[0]);
}

int main(void)
{
#define WATCHED(test) cmocka_unit_test_setup_teardown(test, start_watching, stop_watching)
    const struct CMUnitTest tests[] = {
        WATCHED(things_that_are_no_files), WATCHED(files_of_the_kernel_and_devices),
        WATCHED(files_that_refuse),        WATCHED(memory_that_is_refused),
        WATCHED(moves_that_fail),          WATCHED(what_works),
        WATCHED(boxes_come_and_go),        cmocka_unit_test(the_process_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
