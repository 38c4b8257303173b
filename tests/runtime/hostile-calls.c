// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A box that does its worst: two of its threads make random system calls with arguments that hurt
 * (the edges of the box, addresses of the host, code pages, sizes that wrap, paths that lead out),
 * while a third one changes the memory that the arguments point to. From time to time all stop,
 * and what must hold whatever the box did is checked: see check(). What succeeds depends on how the
 * threads meet; so this goes on until enough calls of each kind did: see has_effect(). All of it
 * happens in a jail.
 *
 * --count says how many calls are made at least, --seed which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../options.h"
#include "jail.h"
#include "linux-program.h"
#include "linux/process.h"
#include "serve.h"

#define PAGE_SIZE lfi_page_size()

enum {
    CALLERS = TEST_EMULATED ? 1 : 2,   /* QEMU dies of system calls whose memory goes meanwhile */
    ROUNDS = TEST_EMULATED ? 15 : 150, /* checks, at least */
    MOST_ROUNDS = 1500,                /* or at most, while calls of a kind succeed too seldom */
    SUCCESSES = 5,                     /* of each kind of has_effect() */
    CALLS = 1500,                      /* of each thread between two checks */
    SCRATCH = 16,                      /* pages that hold arguments */
    RESULTS = 32,                      /* addresses that calls returned, to be used again */
    BIG = 1 << 20 /* more than this is never populated: the test must not use up the machine */
};

static uint64_t wanted, first_seed; /* of the command line */

struct world {
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct thread *threads[CALLERS];
    uint64_t base, scratch, code;
    char top[64], inside[96], outside[96];
    char neighbours[1 << 16]; /* the mappings of the space around the box, at the beginning */
    uint8_t code_bytes[PROGRAM_PAGE];
    char *secret; /* memory of the host */
    pthread_barrier_t start, stop;
    atomic_bool done;
};

struct caller {
    struct world *world;
    struct thread *thread;
    uint64_t seed;
    uint64_t results[RESULTS];
    unsigned succeeded[CALLS_MAX];
};

static uint64_t next(uint64_t *seed)
{
    return test_random(seed);
}

/* ---- arguments --------------------------------------------------------------------------------
 */

static const char *const paths[] = {
    "/",
    "/a",
    "/b",
    "a",
    "b",
    "dir",
    "dir/a",
    "..",
    "../..",
    "/..",
    "/../outside",
    "up",
    "up/outside/secret",
    "absolute",
    "absolute/secret",
    "dir/../../outside/secret",
    "/proc/self/mem",
    "/proc/self/fd/0",
    "/dev/mem",
    ".",
    "",
    "//a",
    "dir/",
    "a/b",
    "loop",
    "dir/../a",
    "outside",
    "dir/up/../../outside/secret",
    "secret",
    "../outside/secret",
    "",
    "",
    "a/",
    "up/",
};
enum { PATHS = sizeof paths / sizeof *paths, PLAUSIBLE_PATHS = 7, PATH_SLOT = 64 };
/* The directory `outside` and its file, which the box was given and must not change. */
enum { GIVEN_DIRECTORY = 7, GIVEN_FILE = 8 };
enum { OPEN_FILES = 4, MANY_FILES = 12 }; /* descriptors 3 to 6 are mostly open: see prepare() */

/* Paths stand in the second half of the scratch pages. */
static uint64_t path_address(const struct world *world, uint64_t random)
{
    return world->scratch + SCRATCH / 2 * PAGE_SIZE + random % PATHS * PATH_SLOT;
}

static void put_paths(const struct world *world)
{
    for (unsigned i = 0; i < PATHS; i++)
        lfi_copy_out(world->box, path_address(world, i), paths[i], strlen(paths[i]) + 1);
}

static uint64_t address(struct caller *caller)
{
    const struct world *world = caller->world;
    uint64_t random = next(&caller->seed), base = world->base;
    uint64_t end = base + LFI_BOX_SIZE;
    const uint64_t edges[] = {
        0,
        8,
        base,
        base - 8,
        base - PAGE_SIZE,
        base - LFI_BOX_SIZE + LFI_GUARD_SIZE,
        base + LFI_GUARD_SIZE - 8,
        base + LFI_GUARD_SIZE,
        end - LFI_GUARD_SIZE - 8,
        end - LFI_GUARD_SIZE,
        end - PAGE_SIZE,
        end - 8,
        end + LFI_GUARD_SIZE,
        world->code,
        world->code + PAGE_SIZE - 8,
        world->code - PAGE_SIZE,
        (uintptr_t)world->secret,
        (uintptr_t)__builtin_frame_address(0), /* the stack of the host */
        (uintptr_t)linux_serve,
        UINT64_MAX,
        UINT64_MAX - PAGE_SIZE + 1,
        (uint64_t)1 << 47,
    };
    switch (random >> 8 & 7) {
    case 0:
        return edges[(random >> 16) % (sizeof edges / sizeof *edges)];
    case 1:
        return base + (random >> 16) % LFI_BOX_SIZE;
    case 2:
        return base + (random >> 16) % LFI_BOX_SIZE / PAGE_SIZE * PAGE_SIZE;
    case 3:
        return caller->results[(random >> 16) % RESULTS];
    case 4:
        return path_address(world, random >> 16);
    default:
        return world->scratch + (random >> 16) % (SCRATCH / 2 * PAGE_SIZE - 512) / 8 * 8;
    }
}

static uint64_t size(struct caller *caller)
{
    static const uint64_t sizes[] = {
        0,          1,          8,          4095,       4096,       8192,
        0x10000,    0x1fffff,   0x200000,   0x30000,    UINT64_MAX, UINT64_MAX - 4095,
        1ull << 63, 1ull << 32, 0xfffff000, 0xfffa0000, 0xfff9f000, 0x80000000,
    };
    uint64_t random = next(&caller->seed);
    return random & 1 ? sizes[(random >> 8) % (sizeof sizes / sizeof *sizes)]
                      : (random >> 8) % 64 * PAGE_SIZE;
}

static uint64_t value(struct caller *caller)
{
    static const uint64_t flags[] = {
        O_RDWR | O_CREAT, O_WRONLY | O_TRUNC, O_PATH, O_PATH | O_NOFOLLOW, O_DIRECTORY, O_TMPFILE,
        AT_EMPTY_PATH,    AT_SYMLINK_FOLLOW,  0600,   AT_SYMLINK_NOFOLLOW, 07777,       0x2ffffff,
    };
    uint64_t random = next(&caller->seed);
    switch (random & 7) {
    case 0:
        return address(caller);
    case 1:
        return size(caller);
    case 2:
        return (uint64_t)1 << (random >> 8 & 63);
    case 3:
        return next(&caller->seed);
    case 4:
    case 5:
        return flags[(random >> 8) % (sizeof flags / sizeof *flags)];
    default:
        return (random >> 8) % 40;
    }
}

/* Calls that wait, that end the process, or that start threads. */
static bool is_left_out(const char *name)
{
    static const char *const names[] = {
        "exit",
        "exit_group",
        "clone",
        "pause",
        "rt_sigsuspend",
        "nanosleep",
        "clock_nanosleep",
        "poll",
        "ppoll",
        "select",
        "pselect6",
        "epoll_wait",
        "epoll_pwait",
        "futex",
        "flock",
        "pipe",
        "pipe2",
        "eventfd",
        "eventfd2",
        "timerfd_create",
        "mknod",
        "mknodat",
        "kill",
        "tkill",
        "tgkill",
        "alarm", /* linux-signals.c has these */
        "setitimer",
        "timer_settime",
        "rt_sigqueueinfo",
        "rt_tgsigqueueinfo",
        "rt_sigtimedwait",
        "signalfd",
        "signalfd4",
        "setrlimit", /* the rest would hardly ever succeed */
        "sync_file_range",
        "sched_yield",
        "fsync",
        "fdatasync",
        "msync",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strcmp(name, names[i]))
            return true;
    }
    return false;
}

/* A third of all calls change memory, a third name files, the others are any. */
static long pick(struct caller *caller)
{
    static const long memory[] = {SYS_mmap,    SYS_munmap, SYS_mremap, SYS_mprotect,
                                  SYS_madvise, SYS_brk,    SYS_mmap,   SYS_munmap};
    while (true) {
        uint64_t random = next(&caller->seed);
        long number = (long)((random >> 8) % CALLS_MAX);
        const struct entry *entry = &linux_calls[number];
        if (random % 3 == 0)
            return memory[(random >> 8) % (sizeof memory / sizeof *memory)];
        bool names = entry->arguments[0].kind == ARG_PATH || entry->arguments[1].kind == ARG_PATH;
        if (entry->handler && !is_left_out(entry->name) && (random % 3 == 1 || names))
            return number;
    }
}

static void tame(long number, uint64_t arg[6])
{
    bool big = arg[1] > BIG;
    switch (number) {
    case SYS_mmap:
        arg[3] = (arg[3] & ~(uint64_t)MAP_TYPE) | (arg[3] & 1 ? MAP_PRIVATE : MAP_SHARED);
        if (big)
            arg[3] &= ~(uint64_t)(MAP_POPULATE | MAP_LOCKED);
        break;
    case SYS_madvise:
        if (big && (arg[2] == 22 || arg[2] == 23)) /* MADV_POPULATE_… */
            arg[2] = MADV_NORMAL;
        break;
    case SYS_fallocate: /* space beyond the end of a file is not limited by RLIMIT_FSIZE */
        if (!(arg[1] & FALLOC_FL_PUNCH_HOLE))
            arg[1] &= ~(uint64_t)FALLOC_FL_KEEP_SIZE;
        break;
    case SYS_prlimit64:
        arg[2] = 0;
        break;
    case SYS_mlock:
        arg[1] %= BIG;
        break;
    case SYS_sched_getaffinity: /* QEMU takes that much of its own stack */
        arg[1] %= TEST_EMULATED ? 4096 : UINT64_MAX;
        break;
    case SYS_fcntl:
        if (arg[1] == F_SETLKW || arg[1] == F_OFD_SETLKW)
            arg[1] = F_SETLK;
        break;
    default:
        break;
    }
}

static uint64_t serve(const struct world *world, struct thread *thread, long number,
                      const uint64_t arg[6], uint64_t stack)
{
    struct lfi_regs regs = {
        CALL_REGISTERS((uint64_t)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]),
        .STACK = stack, .PC = world->code};
    serve_call(thread->context, &regs);
    return regs.CALL_RESULT;
}

static bool succeeded(uint64_t result)
{
    return result < (uint64_t)-4095;
}

#define SERVE(world, thread, number, ...) \
    serve(world, thread, number, (const uint64_t[6]){__VA_ARGS__}, (world)->scratch)

/* Maps the arguments anew: the box unmaps them all the time. */
static void map_scratch(const struct world *world, struct thread *thread)
{
    uint64_t at =
        SERVE(world, thread, SYS_mmap, world->scratch, SCRATCH * PAGE_SIZE, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (uint64_t)-1);
    assert_int_equal(at, world->scratch);
    put_paths(world);
}

/* Makes good what the box took from itself: memory, rights, a free name and free descriptors, a
 * file to read and write. */
static void prepare(struct caller *caller)
{
    const struct world *world = caller->world;
    struct thread *thread = caller->thread;
    const uint64_t here = (uint64_t)AT_FDCWD;
    map_scratch(world, thread);
    uint64_t root = path_address(world, 0), file = path_address(world, 1);
    uint64_t other = path_address(world, 2);
    SERVE(world, thread, SYS_umask, 022);
    SERVE(world, thread, SYS_fchmodat, here, root, 0700);
    SERVE(world, thread, SYS_fchmodat, here, file, 0700);
    SERVE(world, thread, SYS_unlinkat, here, other, 0);
    SERVE(world, thread, SYS_unlinkat, here, other, AT_REMOVEDIR);
    uint64_t fd = SERVE(world, thread, SYS_openat, here, file, O_RDWR | O_CREAT, 0700);
    if (!succeeded(fd))
        return;
    SERVE(world, thread, SYS_dup3, fd, 3 + next(&caller->seed) % OPEN_FILES, 0);
    if (fd >= 3 + OPEN_FILES)
        SERVE(world, thread, SYS_close, fd);
}

/* An argument that hurts, or that may. */
static uint64_t any_argument(struct caller *caller, int kind)
{
    switch (kind) {
    case ARG_FD:
    case ARG_DIR:
        return next(&caller->seed) % 8 ? next(&caller->seed) % 12 : (uint64_t)AT_FDCWD;
    case ARG_PATH:
    case ARG_MAYBE_PATH:
        return next(&caller->seed) % 8 ? path_address(caller->world, next(&caller->seed))
                                       : address(caller);
    case ARG_VALUE:
        return value(caller);
    default:
        return address(caller);
    }
}

/* One with which a call succeeds, if the other arguments and threads let it. */
static uint64_t plausible_argument(struct caller *caller, int kind)
{
    static const uint64_t values[] = {0, 0, 0, 0, 64, 4096, O_RDWR | O_CREAT, 0700};
    uint64_t random = next(&caller->seed);
    switch (kind) {
    case ARG_FD:
        return 3 + random % OPEN_FILES;
    case ARG_DIR:
        return (uint64_t)AT_FDCWD;
    case ARG_PATH:
    case ARG_MAYBE_PATH:
        return path_address(caller->world, random % PLAUSIBLE_PATHS);
    case ARG_VALUE:
        return values[random % (sizeof values / sizeof *values)];
    default:
        return caller->world->scratch + random % (SCRATCH / 4) * PAGE_SIZE;
    }
}

static void make_call(struct caller *caller)
{
    long number = pick(caller);
    const struct entry *entry = &linux_calls[number];
    bool plausible = next(&caller->seed) & 1;
    uint64_t arg[6];
    for (int i = 0; i < 6; i++)
        arg[i] = plausible ? plausible_argument(caller, entry->arguments[i].kind)
                           : any_argument(caller, entry->arguments[i].kind);
    switch (number) {
    case SYS_mmap:
        arg[0] = address(caller), arg[1] = size(caller);
        if (next(&caller->seed) & 3)
            arg[3] |= MAP_ANONYMOUS;
        if (next(&caller->seed) & 3)
            arg[2] &= PROT_READ | PROT_WRITE;
        break;
    case SYS_mremap:
        arg[0] = address(caller), arg[1] = size(caller), arg[2] = size(caller);
        arg[3] &= 7, arg[4] = address(caller);
        break;
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_madvise:
        arg[0] = address(caller), arg[1] = size(caller);
        break;
    case SYS_brk:
        arg[0] = address(caller);
        break;
    default:
        break;
    }
    /* Addresses of pages are refused when they are not aligned, so that most are. */
    bool pages = number == SYS_mmap || number == SYS_mprotect || number == SYS_munmap;
    if (pages && next(&caller->seed) % 8)
        arg[0] &= ~(uint64_t)(PAGE_SIZE - 1);
    tame(number, arg);
    uint64_t result = serve(caller->world, caller->thread, number, arg, address(caller));
    caller->succeeded[number] += succeeded(result);
    if (succeeded(result) && result > PAGE_SIZE)
        caller->results[next(&caller->seed) % RESULTS] = result;
}

/* ---- what must hold ---------------------------------------------------------------------------
 */

/* Calls `look` with each mapping of this process. */
typedef void look_fn(void *data, uint64_t start, uint64_t end, const char *prot, const char *line);

static void each_mapping(look_fn *look, void *data)
{
    char line[1024], prot[8];
    FILE *file = fopen("/proc/self/maps", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        uint64_t start, end;
        assert_int_equal(sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, prot), 3);
        look(data, start, end, prot, line);
    }
    fclose(file);
}

struct survey {
    const struct world *world;
    uint64_t covered; /* the box is mapped up to here */
    char neighbours[sizeof((struct world *)0)->neighbours];
    size_t used;
};

static void look_at(void *data, uint64_t start, uint64_t end, const char *prot, const char *line)
{
    struct survey *survey = data;
    const struct world *world = survey->world;
    uint64_t first = world->base + LFI_GUARD_SIZE,
             last = world->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    /* At address 0 there is no box beside it. */
    uint64_t beside = world->base ? LFI_BOX_SIZE : 0, margin = (uint64_t)1 << 20;
    uint64_t space = world->base ? world->base - beside - margin : 0;
    uint64_t space_end = world->base + LFI_BOX_SIZE + beside + margin;
    if (end <= space || start >= space_end)
        return;
    if (prot[1] == 'w' && prot[2] == 'x')
        fail_msg("writable and executable: %s", line);
    /* The neighbours, guards, tables and trampolines are what they were. */
    uint64_t from = start < space ? space : start, to = end > space_end ? space_end : end;
    for (int part = 0; part < 2; part++) {
        uint64_t low = part ? (from > last ? from : last) : from;
        uint64_t high = part ? to : (to < first ? to : first);
        if (low < high)
            survey->used += (size_t)snprintf(survey->neighbours + survey->used,
                                             sizeof survey->neighbours - survey->used,
                                             "%" PRIx64 "-%" PRIx64 " %s\n", low, high, prot);
        assert_true(survey->used < sizeof survey->neighbours);
    }
    if (end <= first || start >= last)
        return;
    /* No place of the box is without a mapping, where the kernel might put something else. */
    if (start > survey->covered)
        fail_msg("a hole in the box before %s", line);
    survey->covered = end;
    if (prot[2] == 'x' && (start != world->code || end != world->code + PROGRAM_PAGE))
        fail_msg("new code: %s", line);
    if (prot[2] != 'x' && start < world->code + PROGRAM_PAGE && end > world->code)
        fail_msg("the code is gone: %s", line);
}

/* Neighbouring lines of the kernel's list may be one or two: only addresses and protection count.
 */
static void join_lines(char *text)
{
    char *out = text, *last_end = NULL;
    char last_prot[8] = "";
    char *copy = strdup(text), *save = NULL;
    for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char start[32], end[32], prot[8];
        assert_int_equal(sscanf(line, "%31[^-]-%31s %7s", start, end, prot), 3);
        if (last_end && !strcmp(last_prot, prot) && !strncmp(last_end, start, strlen(start)) &&
            last_end[strlen(start)] == ' ') {
            out = last_end + sprintf(last_end, "%s %s\n", end, prot);
        } else {
            int head = sprintf(out, "%s-", start);
            last_end = out + head;
            out = last_end + sprintf(last_end, "%s %s\n", end, prot);
        }
        snprintf(last_prot, sizeof last_prot, "%s", prot);
    }
    free(copy);
}

/* Each descriptor of the box names something inside of its directory, or nothing that has a name.
 */
static void check_descriptors(const struct world *world)
{
    struct linux_fdtable *files = &world->process->files;
    size_t length = strlen(world->inside);
    for (int fd = 3; fd < LINUX_FILES_MAX; fd++) {
        struct linux_file *file = linux_fdtable_get(files, fd);
        char link[64], name[PATH_MAX];
        if (!file || file->given) {
            linux_file_drop(file);
            continue;
        }
        snprintf(link, sizeof link, "/proc/self/fd/%d", file->host);
        ssize_t size_of = readlink(link, name, sizeof name - 1);
        linux_file_drop(file);
        assert_true(size_of > 0);
        name[size_of] = 0;
        bool inside =
            !strncmp(name, world->inside, length) && (!name[length] || name[length] == '/');
        bool nameless = !strncmp(name, "/memfd:", 7) || !strncmp(name, "anon_inode:", 11);
        if (!inside && !nameless)
            fail_msg("descriptor %d is outside: %s", fd, name);
    }
}

static void check_outside(const struct world *world)
{
    char path[160], text[16] = "";
    struct stat status;
    snprintf(path, sizeof path, "%s/secret", world->outside);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_nlink, 1);
    assert_int_equal(status.st_uid, getuid());
    assert_int_equal(status.st_mtim.tv_sec, 1000000); /* make_files() */
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && read(fd, text, sizeof text - 1) == 6);
    close(fd);
    assert_string_equal(text, "secret");
    unsigned entries = 0;
    DIR *dir = opendir(world->outside);
    assert_non_null(dir);
    while (readdir(dir))
        entries++;
    closedir(dir);
    assert_int_equal(entries, 3); /* . .. secret */
    entries = 0;
    dir = opendir(world->top);
    while (readdir(dir))
        entries++;
    closedir(dir);
    assert_int_equal(entries, 4); /* . .. inside outside */
}

static void check(const struct world *world)
{
    struct survey *survey = calloc(1, sizeof *survey);
    assert_non_null(survey);
    survey->world = world;
    survey->covered = world->base + LFI_GUARD_SIZE;
    each_mapping(look_at, survey);
    assert_true(survey->covered >= world->base + LFI_BOX_SIZE - LFI_GUARD_SIZE);
    join_lines(survey->neighbours);
    if (strcmp(world->neighbours, survey->neighbours) != 0)
        fail_msg("around the box it was\n%s and is\n%s", world->neighbours, survey->neighbours);
    free(survey);
    assert_memory_equal((void *)world->code, world->code_bytes, PROGRAM_PAGE);
    for (size_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(world->secret[i], 0x5a);
    check_descriptors(world);
    check_outside(world);
}

/* ---- the world --------------------------------------------------------------------------------
 */

static void make_files(struct world *world)
{
    char path[200];
    strcpy(world->top, "/tmp/lfi-hostile-XXXXXX");
    assert_non_null(mkdtemp(world->top));
    snprintf(world->inside, sizeof world->inside, "%s/inside", world->top);
    snprintf(world->outside, sizeof world->outside, "%s/outside", world->top);
    assert_int_equal(mkdir(world->inside, 0700), 0);
    assert_int_equal(mkdir(world->outside, 0700), 0);
    snprintf(path, sizeof path, "%s/secret", world->outside);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0 && write(fd, "secret", 6) == 6);
    assert_int_equal(futimens(fd, (struct timespec[2]){{1000000, 0}, {1000000, 0}}), 0);
    close(fd);
    snprintf(path, sizeof path, "%s/dir", world->inside);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/up", world->inside);
    assert_int_equal(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/dir/up", world->inside);
    assert_int_equal(symlink("../..", path), 0);
    snprintf(path, sizeof path, "%s/absolute", world->inside);
    assert_int_equal(symlink(world->outside, path), 0);
    snprintf(path, sizeof path, "%s/loop", world->inside);
    assert_int_equal(symlink("loop", path), 0);
}

static int open_up(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)ftw;
    if (type == FTW_D || type == FTW_DNR)
        chmod(path, 0700);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static unsigned count_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 4096; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* The box stands between two others, whose pages are not its, or at address 0. */
static void make_boxes(struct world *world, struct lfi_box *others[2])
{
    struct lfi_error error;
    assert_int_equal(test_space_new(&world->space, 3, &error), 0);
    assert_int_equal(lfi_box_new(world->space, &others[0], &error), 0);
    assert_int_equal(lfi_box_new(world->space, &world->box, &error), 0);
    assert_int_equal(lfi_box_new(world->space, &others[1], &error), 0);
    if (lfi_box_base(others[0]) == 0) {
        struct lfi_box *other = world->box;
        world->box = others[0];
        others[0] = other;
    }
    for (int i = 0; i < 2; i++)
        for (int end = 0; end < 2; end++) {
            uint64_t at = lfi_box_base(others[i]) +
                          (end ? LFI_BOX_SIZE - LFI_GUARD_SIZE - PAGE_SIZE : LFI_GUARD_SIZE);
            assert_int_equal(lfi_box_map(others[i], at, PAGE_SIZE, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                             0);
        }
    world->base = lfi_box_base(world->box);
}

static void *change_memory(void *data)
{
    struct world *world = data;
    uint64_t seed = first_seed - 1;
    while (!atomic_load(&world->done)) {
        uint64_t random = next(&seed);
        uint64_t at = world->scratch + (random >> 16) % (SCRATCH / 2 * PAGE_SIZE - 8) / 8 * 8;
        uint64_t what = random & 1   ? world->base + (next(&seed) & 0xffffffff)
                        : random & 2 ? (uintptr_t)world->secret
                                     : next(&seed) % 4096;
        lfi_copy_out(world->box, at, &what, sizeof what);
        if ((random & 0xffff) == 0)
            put_paths(world);
    }
    return NULL;
}

static void *make_calls(void *data)
{
    struct caller *caller = data;
    lfi_thread_prepare();
    while (true) {
        pthread_barrier_wait(&caller->world->start);
        if (atomic_load(&caller->world->done))
            break;
        for (int i = 0; i < CALLS; i++) {
            if (i % 8 == 0)
                prepare(caller);
            make_call(caller);
        }
        pthread_barrier_wait(&caller->world->stop);
    }
    lfi_thread_release();
    return NULL;
}

/* The calls reach what they are to attack: of each of these some succeed. */
static bool has_effect(const struct caller callers[CALLERS], bool report)
{
    static const long calls[] = {SYS_mmap,   SYS_munmap, SYS_mremap,   SYS_mprotect,  SYS_madvise,
                                 SYS_openat, SYS_linkat, SYS_renameat, SYS_symlinkat, SYS_chdir,
                                 SYS_read,   SYS_dup3,   SYS_pwrite64, SYS_mkdirat,   SYS_fstat};
    bool enough = true;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        unsigned count = 0;
        for (int k = 0; k < CALLERS; k++)
            count += callers[k].succeeded[calls[i]];
        enough &= count >= SUCCESSES;
        if (report)
            print_message("%8u %s\n", count, linux_calls[calls[i]].name);
    }
    return enough;
}

/* Gives the box what it may have closed. */
static void give(const struct world *world)
{
    for (int fd = GIVEN_DIRECTORY; fd <= GIVEN_FILE; fd++) {
        bool directory = fd == GIVEN_DIRECTORY;
        char path[160];
        snprintf(path, sizeof path, "%s%s", world->outside, directory ? "" : "/secret");
        int host = open(path, (directory ? O_DIRECTORY : 0) | O_RDONLY | O_CLOEXEC);
        struct linux_file *file = linux_file_new(host, true, NULL);
        assert_true(host >= 0 && file && linux_file_give(file));
        assert_int_equal(linux_fdtable_put(&world->process->files, file, fd, false), fd);
    }
}

static void nothing_leads_out(void **state)
{
    (void)state;
    struct world *world = calloc(1, sizeof *world);
    struct lfi_box *others[2];
    struct lfi_error error;
    struct program program;
    unsigned descriptors = count_descriptors();
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){BIG, BIG});
    make_files(world);
    make_boxes(world, others);
    world->secret =
        mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(world->secret, 0x5a, PAGE_SIZE);

    program_new(&program);
    struct lfi_linux_dir dir = {"/", world->inside};
    struct lfi_linux_options options = {.restricted = true, .dirs = &dir, .dir_count = 1};
    if (lfi_linux_new(world->box, &options, &world->process, &error) ||
        lfi_linux_load_bytes(world->process, "/program", program.bytes, sizeof program.bytes,
                             &error))
        fail_msg("%s", error.message);
    for (int fd = 0; fd < 3; fd++) /* nothing that anybody waits for */
        linux_fdtable_close(&world->process->files, fd);
    world->threads[0] = world->process->main;
    for (int i = 1; i < CALLERS; i++)
        assert_non_null(world->threads[i] = linux_thread_new(world->process));
    world->code = world->process->image_start + PROGRAM_CODE;
    memcpy(world->code_bytes, (void *)world->code, PROGRAM_PAGE);
    world->scratch = world->base + 0x40000000;
    map_scratch(world, world->threads[0]);

    struct survey *survey = calloc(1, sizeof *survey);
    survey->world = world;
    survey->covered = world->base + LFI_GUARD_SIZE;
    each_mapping(look_at, survey);
    join_lines(survey->neighbours);
    strcpy(world->neighbours, survey->neighbours);
    free(survey);
    check(world);

    pthread_t changer, threads[CALLERS];
    struct caller callers[CALLERS] = {{0}};
    pthread_barrier_init(&world->start, NULL, CALLERS + 1);
    pthread_barrier_init(&world->stop, NULL, CALLERS + 1);
    assert_int_equal(pthread_create(&changer, NULL, change_memory, world), 0);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){
            .world = world, .thread = world->threads[i], .seed = first_seed + (unsigned)i};
        assert_int_equal(pthread_create(&threads[i], NULL, make_calls, &callers[i]), 0);
    }
    const uint64_t each = (uint64_t)CALLS * CALLERS, rounds = (wanted + each - 1) / each;
    uint64_t round = 0;
    while (round < rounds || (round < MOST_ROUNDS && !has_effect(callers, false))) {
        give(world);
        pthread_barrier_wait(&world->start);
        pthread_barrier_wait(&world->stop);
        check(world);
        for (int fd = MANY_FILES; fd < LINUX_FILES_MAX; fd++) /* else there is none left at last */
            linux_fdtable_close(&world->process->files, fd);
        round++;
    }
    atomic_store(&world->done, true);
    pthread_barrier_wait(&world->start);
    pthread_join(changer, NULL);
    for (int i = 0; i < CALLERS; i++)
        pthread_join(threads[i], NULL);

    print_message("%" PRIu64 " calls in %" PRIu64 " rounds; those that succeeded:\n", round * each,
                  round);
    assert_true(has_effect(callers, true));
    for (int i = 1; i < CALLERS; i++)
        linux_thread_end(world->threads[i]);
    lfi_linux_free(world->process);
    assert_int_equal(lfi_box_free(world->box), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(lfi_box_free(others[i]), 0);
    assert_int_equal(lfi_space_free(world->space), 0);
    assert_int_equal(count_descriptors(), descriptors); /* none is left behind */
    munmap(world->secret, PAGE_SIZE);
    nftw(world->top, open_up, 16, FTW_PHYS);
    nftw(world->top, remove_one, 16, FTW_PHYS | FTW_DEPTH);
    free(world);
}

/* Of confined.c, if that is linked in: behind the filter there would be no jail. */
__attribute__((weak)) void put_up_filter(void);

int main(int argc, char *argv[])
{
    int status = jail(argv);
    if (status >= 0)
        return status;
    if (put_up_filter)
        put_up_filter();
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_leads_out)};
    wanted = test_option(argc, argv, "--count=", (uint64_t)ROUNDS / TEST_SLOWER * CALLS * CALLERS);
    first_seed = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", wanted, first_seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
