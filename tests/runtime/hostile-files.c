// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The loader on programs that are broken at random: headers, segments, notes and code. What it
 * accepts is run, in a worker process that may take 100 ms for each. Whatever the file says, the
 * loader ends with an error or a program, and when its box is gone, nothing of it is left: see
 * check(). All of it happens in a jail.
 *
 * --count says how many files, --seed which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "../options.h"
#include "jail.h"
#include "linux-program.h"

enum {
    BATCH = 500,     /* files of one worker */
    RUN_TIME = 100,  /* milliseconds */
    CALLS = 8,       /* that a program makes */
    EDITS = 6,       /* at most, of one file */
    CANARY = 1 << 16 /* memory of the host */
};

enum doing { BETWEEN, LOADING, RUNNING, CHECKING };

/* What a worker shares with the one that watches it. */
struct ledger {
    uint64_t done, accepted, ended[3], late;
    enum doing doing;
    char problem[256];
};

struct worker {
    struct ledger *ledger;
    uint64_t seed;
    struct lfi_space *space;
    uint8_t *canary;
    unsigned descriptors;
    uint8_t file[PROGRAM_SIZE + 64];
    size_t size;
};

static uint64_t count, first_seed;

/* ---- files ------------------------------------------------------------------------------------
 */

static void make_program(struct worker *w)
{
    struct program program;
    program_new(&program);
    for (int i = 0; i < CALLS; i++) {
        uint64_t random = test_random(&w->seed);
        program_set(&program, NUMBER, random & 3 ? (uint32_t)(random >> 8) % 460 : SYS_brk);
        program_set(&program, FIRST, (uint32_t)(random >> 20) >> (random >> 56 & 31));
        program_set(&program, SECOND, (uint32_t)test_random(&w->seed) % 8192);
        program_call(&program, LFI_SLOT_SYSCALL);
    }
    program_set(&program, NUMBER, SYS_exit_group);
    program_call(&program, LFI_SLOT_SYSCALL);
    memcpy(w->file, program.bytes, PROGRAM_SIZE);
    w->size = PROGRAM_SIZE;
}

/* Numbers that are sizes, ends and wraps of the fields of ELF files. */
static uint64_t interesting(struct worker *w)
{
    static const uint64_t values[] = {
        0,
        1,
        2,
        7,
        PROGRAM_PAGE - 1,
        PROGRAM_PAGE,
        PROGRAM_PAGE + 1,
        PROGRAM_DATA,
        PROGRAM_SIZE,
        LFI_GUARD_SIZE,
        LFI_BOX_SIZE - LFI_GUARD_SIZE,
        LFI_BOX_SIZE - LFI_GUARD_SIZE - PROGRAM_PAGE,
        LFI_BOX_SIZE - 2 * LFI_GUARD_SIZE,
        LFI_BOX_SIZE - 1,
        LFI_BOX_SIZE,
        LFI_BOX_SIZE + PROGRAM_PAGE,
        0x7fffffff,
        0x80000000,
        0x7fffffffffffffff,
        0x8000000000000000,
        UINT64_MAX,
        UINT64_MAX - PROGRAM_PAGE + 1,
        UINT64_MAX - 7,
    };
    uint64_t random = test_random(&w->seed);
    return random & 7 ? values[(random >> 8) % (sizeof values / sizeof *values)]
                      : test_random(&w->seed) >> (random >> 8 & 63);
}

/* Mostly in the headers, else anywhere. */
static size_t place(struct worker *w, size_t size)
{
    const size_t headers = sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr) + 32;
    uint64_t random = test_random(&w->seed);
    size_t in = random & 15 ? headers : random & 16 ? PROGRAM_PAGE + 512 : PROGRAM_SIZE;
    size_t at = (size_t)(random >> 8) % (in - size);
    return at / size * size;
}

static void edit(struct worker *w)
{
    uint64_t random = test_random(&w->seed), value = interesting(w);
    size_t size = (size_t)1 << (random >> 4 & 3), at = place(w, size);
    uint8_t other[sizeof(Elf64_Phdr)], *headers = w->file + sizeof(Elf64_Ehdr);
    switch (random & 15) {
    case 0: /* one header twice */
        memcpy(other, headers + (random >> 8) % 5 * sizeof other, sizeof other);
        memcpy(headers + (random >> 16) % 5 * sizeof other, other, sizeof other);
        break;
    case 1:
        w->size = random & 0x100 ? (size_t)(random >> 16) % w->size : w->size - w->size / 8;
        w->size += w->size == 0;
        break;
    case 2:
    case 3:
        w->file[at] = (uint8_t)(random >> 8);
        break;
    case 4:
    case 5:
    case 6:
        w->file[at] ^= (uint8_t)(1 << (random >> 8 & 7));
        break;
    case 7:
    case 8: { /* a field a little larger or smaller, or by pages */
        uint64_t old = 0;
        int64_t by = (int64_t)(random >> 8 & 15) - 8;
        memcpy(&old, w->file + at, size);
        old += (uint64_t)(random & 0x1000 ? by * PROGRAM_PAGE : by);
        memcpy(w->file + at, &old, size);
        break;
    }
    default:
        memcpy(w->file + at, &value, size);
        break;
    }
}

/* ---- what must hold ---------------------------------------------------------------------------
 */

static unsigned count_descriptors(void)
{
    unsigned found = 0;
    for (int fd = 0; fd < 256; fd++)
        found += fcntl(fd, F_GETFD) >= 0;
    return found;
}

/* An empty box holds no page that can be accessed, and no hole. */
static bool is_reserved(uint64_t base)
{
    char line[1024];
    uint64_t covered = base + LFI_GUARD_SIZE, end_of_box = base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    bool good = true;
    FILE *file = fopen("/proc/self/maps", "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file)) {
        uint64_t start, end;
        char prot[8];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, prot) != 3)
            good = false;
        if (end <= base + LFI_GUARD_SIZE || start >= end_of_box)
            continue;
        good &= start <= covered && !strcmp(prot, "---p");
        covered = end;
    }
    fclose(file);
    return good && covered >= end_of_box;
}

static const char *check(const struct worker *w, uint64_t base)
{
    for (size_t i = 0; i < CANARY; i++)
        if (w->canary[i] != 0x5a)
            return "memory of the host changed";
    if (count_descriptors() != w->descriptors)
        return "a descriptor is left";
    return is_reserved(base) ? NULL : "the place of the box is not as it was";
}

/* ---- workers ----------------------------------------------------------------------------------
 */

static const char *load_and_run(struct worker *w, bool look)
{
    static const char *const arguments[] = {"program", NULL};
    struct lfi_linux_options options = {.argv = arguments, .restricted = true};
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_linux_result result;
    struct lfi_error error = {""};
    w->ledger->doing = LOADING;
    if (lfi_box_new(w->space, &box, &error) || lfi_linux_new(box, &options, &process, &error))
        return "no box";
    uint64_t base = lfi_box_base(box);
    uint8_t *copy = malloc(w->size); /* so that the sanitizer sees a read beyond the end */
    memcpy(copy, w->file, w->size);
    int failed = lfi_linux_load_bytes(process, "/program", copy, w->size, &error);
    free(copy);
    if (failed && !error.message[0])
        return "an error without a message";
    if (!failed) {
        w->ledger->accepted++;
        w->ledger->doing = RUNNING;
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = RUN_TIME * 1000}, NULL);
        if (lfi_linux_run(process, &result))
            return "the program did not run";
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 0}, NULL);
        w->ledger->ended[result.end]++;
    }
    w->ledger->doing = CHECKING;
    lfi_linux_free(process);
    if (lfi_box_free(box))
        return "the box is still used";
    const char *problem = look || !failed ? check(w, base) : NULL;
    w->ledger->doing = BETWEEN;
    return problem;
}

/* From file number ledger->done on. */
static void work(struct ledger *ledger)
{
    struct worker *w = calloc(1, sizeof *w);
    struct lfi_error error;
    const uint64_t end = ledger->done + BATCH;
    w->ledger = ledger;
    w->canary = malloc(CANARY);
    memset(w->canary, 0x5a, CANARY);
    int sink = open("/tmp/sink", O_RDWR | O_CREAT | O_TRUNC, 0600); /* the programs write there */
    if (sink < 0 || dup2(sink, 0) || dup2(sink, 1) != 1 || dup2(sink, 2) != 2 || close(sink))
        _exit(1);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1 << 20, 1 << 20});
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGALRM, SIG_DFL);
    for (int i = 0; i < 2; i++) { /* the second time what stays open once is there */
        if (test_space_new(&w->space, 1, &error))
            _exit(1);
        if (i)
            break;
        w->seed = first_seed;
        make_program(w);
        load_and_run(w, false);
        lfi_space_free(w->space);
        ledger->accepted = ledger->ended[0] = ledger->ended[1] = ledger->ended[2] = 0;
    }
    w->descriptors = count_descriptors();
    while (ledger->done < end && ledger->done < count) {
        w->seed = first_seed + ledger->done * 0x632be59bd9b4e019;
        make_program(w);
        for (uint64_t n = 1 + test_random(&w->seed) % EDITS; n > 0; n--)
            edit(w);
        ledger->done++; /* this one is not tried again */
        const char *problem = load_and_run(w, ledger->done % 64 == 0);
        if (problem) {
            snprintf(ledger->problem, sizeof ledger->problem, "%s", problem);
            _exit(1);
        }
    }
    _exit(0);
}

static void broken_files_do_nothing(void **state)
{
    (void)state;
    struct ledger *ledger =
        mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct ledger sum = {0};
    assert_ptr_not_equal(ledger, MAP_FAILED);
    while (ledger->done < count) {
        int status;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            work(ledger);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        bool late = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM && ledger->doing == RUNNING;
        if (!late && (!WIFEXITED(status) || WEXITSTATUS(status)))
            fail_msg("file %" PRIu64 ", %s: %s (status %x)", ledger->done - 1,
                     ledger->doing == LOADING   ? "loading"
                     : ledger->doing == RUNNING ? "running"
                                                : "afterwards",
                     ledger->problem, (unsigned)status);
        sum.late += late;
        sum.accepted += ledger->accepted;
        for (int i = 0; i < 3; i++)
            sum.ended[i] += ledger->ended[i];
    }
    print_message("%" PRIu64 " files, %" PRIu64 " accepted: %" PRIu64 " exited, %" PRIu64
                  " killed themselves, %" PRIu64 " faulted, %" PRIu64 " took too long\n",
                  count, sum.accepted, sum.ended[LFI_LINUX_EXITED], sum.ended[LFI_LINUX_KILLED],
                  sum.ended[LFI_LINUX_FAULT], sum.late);
    assert_true(sum.accepted > count / 50 && sum.accepted < count - count / 50);
    munmap(ledger, sizeof *ledger);
}

int main(int argc, char *argv[])
{
    int status = jail(argv);
    if (status >= 0)
        return status;
    const struct CMUnitTest tests[] = {cmocka_unit_test(broken_files_do_nothing)};
    count = test_option(argc, argv, "--count=", TEST_EMULATED ? 200 : 10000 / TEST_SLOWER);
    first_seed = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", count, first_seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
