// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A host that a box has taken over: what it can still do behind the second wall. Each attack is
 * made in a process of its own, once without the wall, where it works, and once behind it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>

#include "confine/filter.h"
#include "linux-program.h"
#include "linux/process.h"

/* What the children of this test end with. */
enum { WORKED = 0, UNPREPARED = 200, ABSENT = 201 };

/* The parts of the wall. */
enum { FILTER = 1, FILES = 2 };

static char inside[64], outside[64]; /* directories */
static int terminal = -1;
static bool natively; /* without the wall */

static char *in(char *path, const char *directory, const char *name)
{
    snprintf(path, 128, "%s/%s", directory, name);
    return path;
}

static int result(long value)
{
    return value < 0 ? errno : WORKED;
}

static int try_execve(void)
{
    char *arguments[] = {"true", NULL};
    return result(execv("/bin/true", arguments));
}

static int try_execveat(void)
{
    char *arguments[] = {"true", NULL};
    return result(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, NULL, 0));
}

static int try_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return result(child);
}

/* posix_spawn, system and popen of the C library do this. */
static int try_vfork_clone(void)
{
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return result(child);
}

static int try_clone3(void)
{
    uint64_t arguments[8] = {0, 0, 0, 0, SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0)
        _exit(0);
    return result(child);
}

static int try_ptrace(void)
{
    return result(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

static int try_read_memory(void)
{
    char from = 1, to = 0;
    struct iovec local = {&to, 1}, remote = {&from, 1};
    return result(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
}

static int try_write_memory(void)
{
    char from = 1, to = 0;
    struct iovec local = {&from, 1}, remote = {&to, 1};
    return result(process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
}

static int try_map_code(void)
{
    void *page = mmap(NULL, lfi_page_size(), PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : WORKED;
}

static int try_map_library(void)
{
    int fd = memfd_create("code", 0);
    if (fd < 0 || ftruncate(fd, (off_t)lfi_page_size()))
        return UNPREPARED;
    void *page = mmap(NULL, lfi_page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    return page == MAP_FAILED ? errno : WORKED;
}

static int try_protect_code(void)
{
    void *page =
        mmap(NULL, lfi_page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return UNPREPARED;
    return result(mprotect(page, lfi_page_size(), PROT_READ | PROT_EXEC));
}

static int try_pkey_protect(void)
{
    void *page =
        mmap(NULL, lfi_page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return UNPREPARED;
    return result(syscall(SYS_pkey_mprotect, page, lfi_page_size(), PROT_READ | PROT_EXEC, -1));
}

static int try_open(const char *path, int flags)
{
    return result(open(path, flags, 0600));
}

static int try_read_outside(void)
{
    char path[128];
    return try_open(in(path, outside, "file"), O_RDONLY);
}

static int try_write_outside(void)
{
    char path[128];
    return try_open(in(path, outside, "file"), O_WRONLY);
}

static int try_make_outside(void)
{
    char path[128];
    return try_open(in(path, outside, "new"), O_WRONLY | O_CREAT);
}

static int try_list_outside(void)
{
    return try_open(outside, O_RDONLY | O_DIRECTORY);
}

static int try_remove_outside(void)
{
    char path[128];
    return result(unlink(in(path, outside, "file")));
}

static int try_rename_outside(void)
{
    char from[128], to[128];
    return result(rename(in(from, outside, "file"), in(to, inside, "stolen")));
}

/* By way of a descriptor that leads out, as a box's would. */
static int try_climb(void)
{
    char path[128];
    const char *name = strrchr(outside, '/');
    int fd = open(inside, O_PATH | O_DIRECTORY);
    snprintf(path, sizeof path, "..%s/file", name);
    return fd < 0 ? UNPREPARED : result(openat(fd, path, O_RDONLY));
}

static int try_own_memory(void)
{
    return try_open("/proc/self/mem", O_RDWR);
}

static int try_own_maps(void)
{
    return try_open("/proc/self/maps", O_RDONLY);
}

static int try_socket(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int try_kill_parent(void)
{
    return result(kill(getppid(), 0));
}

static int try_signal_parent(void)
{
    return result(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int try_pidfd(void)
{
    return result(syscall(SYS_pidfd_open, getppid(), 0));
}

static int try_io_uring(void)
{
    char parameters[120] = {0};
    long fd = syscall(SYS_io_uring_setup, 1, parameters);
    return fd < 0 && (errno == EPERM || errno == ENOSYS) ? WORKED : result(fd); /* may be off */
}

static int try_dumpable(void)
{
    return result(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int try_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit))
        return UNPREPARED;
    return result(setrlimit(RLIMIT_CORE, &limit));
}

static int try_own_signal(void)
{
    int fds[2];
    if (pipe2(fds, 0))
        return UNPREPARED;
    return result(fcntl(fds[0], F_SETOWN, getppid()));
}

static int try_unshare(void)
{
    return result(unshare(CLONE_FILES));
}

static int try_fifo_device(void)
{
    char path[128];
    int failed = result(mknod(in(path, inside, "device"), S_IFCHR | 0600, 1 << 8 | 3));
    return natively && failed == EPERM && geteuid() ? WORKED : failed; /* only root may */
}

/* The C library's and the kernel's own ways to make a file that runs with its owner's rights. */
static int try_set_user_id(void)
{
    char path[128];
    int fd = open(in(path, inside, "set-user-id"), O_WRONLY | O_CREAT, S_ISUID | 0755);
    int failed = result(fd);
    unlink(path);
    return failed;
}

static int try_set_user_id_node(void)
{
    char path[128];
    int failed = result(mknod(in(path, inside, "set-user-id"), S_IFREG | S_ISUID | 0755, 0));
    unlink(path);
    return failed;
}

/* The filter cannot see this one's mode. A file that is empty still runs nothing. */
static int try_set_user_id_openat2(void)
{
    char path[128];
    struct open_how how = {.flags = O_WRONLY | O_CREAT, .mode = S_ISUID | 0755};
    struct stat status;
    int fd = (int)syscall(SYS_openat2, AT_FDCWD, in(path, inside, "set-user-id"), &how, sizeof how);
    if (fd < 0 || write(fd, "#!", 2) != 2 || fstat(fd, &status))
        return UNPREPARED;
    unlink(path);
    return status.st_mode & S_ISUID || (natively && geteuid()) ? WORKED : EPERM;
}

static int try_terminal_signals(void)
{
    return terminal < 0 ? ABSENT : result(fcntl(terminal, F_SETFL, O_ASYNC));
}

static int try_signal_number(void)
{
    return terminal < 0 ? ABSENT : result(fcntl(terminal, F_SETSIG, SIGKILL));
}

/* A terminal that is not the process's own takes the second request from root only. */
static int try_type(void)
{
    int failed = terminal < 0 ? ABSENT : result(ioctl(terminal, TIOCSTI, "x"));
    return failed == EIO ? EPERM : failed; /* dev.tty.legacy_tiocsti is off */
}

static int try_confine_again(void)
{
    const struct lfi_linux_confinement what = {0};
    struct lfi_error error;
    return -lfi_linux_confine_host(&what, NULL, &error);
}

/* Not attacks: what the host does once boxes run works as before. */

static int use_files(void)
{
    char path[128], other[128];
    int fd = open(in(path, inside, "made"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || ftruncate(fd, 0) || close(fd))
        return errno;
    if (rename(path, in(other, inside, "sub/moved"))) /* which needs version 2 of Landlock */
        return errno;
    return result(unlink(other));
}

static void *run_thread(void *data)
{
    char *memory = malloc(1 << 20);
    memset(memory, 1, 1 << 20);
    free(memory);
    return data;
}

static int use_thread(void)
{
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, run_thread, NULL);
    return failed ? failed : pthread_join(thread, NULL);
}

static int use_memory(void)
{
    char *memory = malloc(64 << 20);
    memset(memory, 1, 64 << 20);
    memory = realloc(memory, 128 << 20);
    free(memory);
    return memory ? WORKED : ENOMEM;
}

static int use_name(void)
{
    return result(prctl(PR_SET_NAME, "box", 0, 0, 0));
}

static int use_time(void)
{
    struct timespec now, nap = {0, 1000};
    return result(clock_gettime(CLOCK_MONOTONIC, &now) | nanosleep(&nap, NULL));
}

#define SIG(number) (1000 + (number))

static const struct attack {
    const char *name;
    int (*run)(void);
    int parts;    /* of the wall, that it takes */
    int expected; /* behind it: an errno value, SIG(n), WORKED */
    int natively;
} attacks[] = {
    {"execve", try_execve, FILTER, SIG(SIGSYS), WORKED},
    {"execveat", try_execveat, FILTER, SIG(SIGSYS), WORKED},
    {"fork", try_fork, FILTER, SIG(SIGSYS), WORKED},
    {"clone without a thread", try_vfork_clone, FILTER, SIG(SIGSYS), WORKED},
    {"clone3", try_clone3, FILTER, ENOSYS, WORKED},
    {"ptrace", try_ptrace, FILTER, SIG(SIGSYS), WORKED},
    {"process_vm_readv", try_read_memory, FILTER, SIG(SIGSYS), WORKED},
    {"process_vm_writev", try_write_memory, FILTER, SIG(SIGSYS), WORKED},
    {"executable mmap", try_map_code, FILTER, SIG(SIGSYS), WORKED},
    {"executable mmap of a file", try_map_library, FILTER, SIG(SIGSYS), WORKED},
    {"executable mprotect", try_protect_code, FILTER, SIG(SIGSYS), WORKED},
    {"executable pkey_mprotect", try_pkey_protect, FILTER, SIG(SIGSYS), WORKED},
    {"socket", try_socket, FILTER, ENOSYS, WORKED},
    {"kill of the parent", try_kill_parent, FILTER, SIG(SIGSYS), WORKED},
    {"tgkill of the parent", try_signal_parent, FILTER, SIG(SIGSYS), WORKED},
    {"pidfd_open", try_pidfd, FILTER, SIG(SIGSYS), WORKED},
    {"io_uring", try_io_uring, FILTER, SIG(SIGSYS), WORKED},
    {"prctl", try_dumpable, FILTER, EINVAL, WORKED},
    {"setrlimit", try_raise_limit, FILTER, EPERM, WORKED},
    {"F_SETOWN", try_own_signal, FILTER, EINVAL, WORKED},
    {"O_ASYNC on a terminal", try_terminal_signals, FILTER, EINVAL, WORKED},
    {"F_SETSIG", try_signal_number, FILTER, EINVAL, WORKED},
    {"TIOCSTI", try_type, FILTER, ENOTTY, WORKED},
    {"a set-user-ID file by open", try_set_user_id, FILTER, EPERM, WORKED},
    {"a set-user-ID file by mknod", try_set_user_id_node, FILTER, EPERM, WORKED},
    {"a set-user-ID file by openat2", try_set_user_id_openat2, FILTER, EPERM, WORKED},
    {"unshare", try_unshare, FILTER, SIG(SIGSYS), WORKED},
    {"a device", try_fifo_device, FILTER, EPERM, WORKED},
    {"reading a file outside", try_read_outside, FILES, EACCES, WORKED},
    {"writing a file outside", try_write_outside, FILES, EACCES, WORKED},
    {"making a file outside", try_make_outside, FILES, EACCES, WORKED},
    {"listing a directory outside", try_list_outside, FILES, EACCES, WORKED},
    {"removing a file outside", try_remove_outside, FILES, EACCES, WORKED},
    {"taking a file from outside", try_rename_outside, FILES, EACCES, WORKED},
    {"climbing out of a directory", try_climb, FILES, EACCES, WORKED},
    {"/proc/self/mem", try_own_memory, FILES, EACCES, WORKED},
    {"/proc/self/maps", try_own_maps, FILES, EACCES, WORKED},
    {"confining again", try_confine_again, FILTER, EALREADY, WORKED},
    {"files inside", use_files, 0, WORKED, WORKED},
    {"a thread", use_thread, 0, WORKED, WORKED},
    {"memory", use_memory, 0, WORKED, WORKED},
    {"a thread's name", use_name, 0, WORKED, WORKED},
    {"time", use_time, 0, WORKED, WORKED},
};
#define ATTACKS (sizeof attacks / sizeof attacks[0])

static void make_file(const char *directory, const char *name)
{
    char path[128];
    int fd = open(in(path, directory, name), O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static int remove_tree(const char *directory)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static int set_up(void **state)
{
    char path[128];
    (void)state;
    strcpy(inside, "/tmp/lfi-inside-XXXXXX");
    strcpy(outside, "/tmp/lfi-outside-XXXXXX");
    assert_non_null(mkdtemp(inside));
    assert_non_null(mkdtemp(outside));
    make_file(outside, "file");
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master >= 0 && !grantpt(master) && !unlockpt(master))
        terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    return mkdir(in(path, inside, "sub"), 0700);
}

static int tear_down(void **state)
{
    (void)state;
    return remove_tree(inside) | remove_tree(outside);
}

/* Returns what is missing, of FILTER and FILES. */
static int confine(bool later_code)
{
    const char *directories[] = {inside};
    const struct lfi_linux_confinement what = {
        .directories = directories, .directory_count = 1, .later_code = later_code};
    struct lfi_linux_wall wall;
    struct lfi_error error;
    if (lfi_linux_confine_host(&what, &wall, &error))
        _exit(UNPREPARED);
    return (wall.filter ? 0 : FILTER) | (wall.landlock ? 0 : FILES);
}

/* Whether it is left out because of how this test was built. */
static bool unwalled(const struct lfi_linux_wall *wall)
{
    return strstr(wall->report, "sanitizer") != NULL;
}

static int outcome(pid_t child)
{
    int status;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? SIG(WTERMSIG(status)) : WEXITSTATUS(status);
}

/* cmocka's handlers would turn signals into failed tests of a second parent. */
static pid_t start(void)
{
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        for (int number = 1; number < SIGRTMIN; number++)
            signal(number, SIG_DFL);
    }
    return child;
}

static void test_natively(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        pid_t child = start();
        if (child == 0) {
            natively = true;
            _exit(attacks[i].run());
        }
        int got = outcome(child);
        make_file(outside, "file");
        if (got == ABSENT)
            print_message("%s: not tried\n", attacks[i].name);
        else if (got == EPERM || got == ENOSYS) /* the machine forbids it anyway */
            print_message("%s: %s\n", attacks[i].name, strerror(got));
        else if (got != attacks[i].natively && !TEST_EMULATED)
            fail_msg("%s: %d instead of %d", attacks[i].name, got, attacks[i].natively);
    }
}

static void test_behind(void **state)
{
    (void)state;
    int tried = 0;
    for (size_t i = 0; i < ATTACKS; i++) {
        pid_t child = start();
        if (child == 0)
            _exit(attacks[i].parts & confine(false) ? ABSENT : attacks[i].run());
        int got = outcome(child);
        tried += got != ABSENT;
        make_file(outside, "file");
        if (got != attacks[i].expected && got != ABSENT)
            fail_msg("%s: %d instead of %d", attacks[i].name, got, attacks[i].expected);
    }
    print_message("%d of %d tried\n", tried, (int)ATTACKS);
}

/* The second form: code can come, and nothing else is different. */
static void test_later_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        bool code = attacks[i].run == try_map_code || attacks[i].run == try_map_library ||
                    attacks[i].run == try_protect_code;
        int expected = code ? WORKED : attacks[i].expected;
        pid_t child = start();
        if (child == 0)
            _exit(attacks[i].parts & confine(true) ? ABSENT : attacks[i].run());
        int got = outcome(child);
        make_file(outside, "file");
        if (got != expected && got != ABSENT)
            fail_msg("%s: %d instead of %d", attacks[i].name, got, expected);
    }
}

/* No architecture but the process's own: int 0x80 makes calls of i386. */
static void test_other_architecture(void **state)
{
    (void)state;
#if defined(__x86_64__)
    for (int walled = 0; walled < 2; walled++) {
        pid_t child = start();
        if (child == 0) {
            int answer = 20; /* getpid */
            if (walled && (confine(false) & FILTER))
                _exit(ABSENT);
            __asm__ volatile("int $0x80" : "+a"(answer) : : "memory", "r8", "r9", "r10", "r11");
            _exit(WORKED);
        }
        int got = outcome(child);
        if (walled && got != ABSENT)
            assert_int_equal(got, SIG(SIGSYS));
    }
    pid_t child = start();
    if (child == 0) {
        if (confine(false) & FILTER)
            _exit(ABSENT);
        syscall(0x40000000 | SYS_getpid);
        _exit(WORKED);
    }
    int got = outcome(child);
    if (got != ABSENT)
        assert_int_equal(got, SIG(SIGSYS));
#endif
}

static void *wait_for_end(void *data)
{
    return read(*(int *)data, (char[1]){0}, 1) ? NULL : data;
}

/* With other threads the rules for files would hold for one only: an error, and nothing is done. */
static void test_threads(void **state)
{
    (void)state;
    pid_t child = start();
    if (child == 0) {
        const struct lfi_linux_confinement what = {0};
        struct lfi_linux_wall wall;
        struct lfi_error error;
        pthread_t thread;
        int fds[2];
        if (pipe2(fds, 0) || pthread_create(&thread, NULL, wait_for_end, &fds[0]))
            _exit(UNPREPARED);
        int failed = lfi_linux_confine_host(&what, &wall, &error);
        if (!failed && !wall.landlock)
            _exit(ABSENT);
        if (failed != -EBUSY || !strstr(error.message, "2 threads"))
            _exit(1);
        _exit(try_read_outside() || try_execve() ? 2 : 3);
    }
    int got = outcome(child);
    if (got != ABSENT)
        assert_int_equal(got, WORKED); /* of /bin/true */
}

static void test_bad_directory(void **state)
{
    (void)state;
    pid_t child = start();
    if (child == 0) {
        const char *const missing = "/nonexistent/directory";
        const struct lfi_linux_confinement what = {.directories = &missing, .directory_count = 1};
        struct lfi_linux_wall wall;
        struct lfi_error error;
        int failed = lfi_linux_confine_host(&what, &wall, &error);
        if (!failed && !wall.landlock)
            _exit(ABSENT);
        _exit(failed == -ENOENT && strstr(error.message, missing) ? WORKED : 1);
    }
    int got = outcome(child);
    if (got != ABSENT)
        assert_int_equal(got, WORKED);
}

static bool has_landlock(void)
{
    return syscall(444, NULL, 0, 1) >=
           2; /* landlock_create_ruleset, LANDLOCK_CREATE_RULESET_VERSION */
}

/* A kernel without either: no error, and the report says what is missing and why. */
static void test_missing(void **state)
{
    (void)state;
    pid_t child = start();
    if (child == 0) {
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 2, 0),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 444, 2, 0), /* landlock_create_ruleset */
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        };
        struct sock_fprog program = {sizeof code / sizeof code[0], code};
        const struct lfi_linux_confinement what = {0};
        struct lfi_linux_wall wall = {.filter = true, .landlock = 1};
        struct lfi_error error;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
            _exit(UNPREPARED);
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) && has_landlock())
            _exit(ABSENT);
        if (lfi_linux_confine_host(&what, &wall, &error))
            _exit(1);
        _exit(!wall.filter && !wall.landlock && strstr(wall.report, "no system call filter (") &&
                      strstr(wall.report, "no Landlock (") && !strchr(wall.report, '\n')
                  ? WORKED
                  : 2);
    }
    int got = outcome(child);
    if (got != ABSENT)
        assert_int_equal(got, WORKED);
}

/* A process of root keeps those rights that the files of its boxes need. */
static void test_capabilities(void **state)
{
    char path[64], line[128];
    int fds[2], ready[2], seen = 0;
    (void)state;
    assert_int_equal(pipe2(fds, O_CLOEXEC) | pipe2(ready, O_CLOEXEC), 0);
    pid_t child = start();
    if (child == 0) {
        const struct lfi_linux_confinement what = {0};
        struct lfi_linux_wall wall;
        close(fds[1]);
        if (lfi_linux_confine_host(&what, &wall, NULL))
            _exit(UNPREPARED);
        if (unwalled(&wall))
            _exit(ABSENT);
        _exit(write(ready[1], "", 1) != 1 || read(fds[0], line, 1) != 0);
    }
    close(fds[0]);
    close(ready[1]);
    if (read(ready[0], line, 1) != 1) {
        assert_int_equal(outcome(child), ABSENT);
        return;
    }
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    FILE *status = fopen(path, "re");
    assert_non_null(status);
    while (fgets(line, sizeof line, status)) {
        if (!strncmp(line, "CapInh:", 7) || !strncmp(line, "CapPrm:", 7) ||
            !strncmp(line, "CapEff:", 7) || !strncmp(line, "CapAmb:", 7)) {
            /* CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_IPC_LOCK, CAP_SYS_RESOURCE */
            const uint64_t kept = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 14 | 1 << 24;
            assert_int_equal(strtoull(line + 7, NULL, 16) & ~kept, 0);
            seen++;
        } else if (!strncmp(line, "NoNewPrivs:", 11)) {
            assert_int_equal(atoi(line + 11), 1);
            seen++;
        }
    }
    fclose(status);
    close(ready[0]);
    close(fds[1]);
    assert_int_equal(outcome(child), WORKED);
    assert_int_equal(seen, 5);
}

/* Without /proc, where the threads cannot be counted, files are confined all the same. */
static void test_no_proc(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        pid_t child = start();
        if (child == 0) {
            const char *const directory = "/sub";
            const struct lfi_linux_confinement what = {.directories = &directory,
                                                       .directory_count = 1};
            struct lfi_linux_wall wall;
            struct lfi_error error;
            pthread_t thread;
            int fds[2];
            if (!has_landlock() || unshare(CLONE_THREAD) ||
                (chroot(inside) && (unshare(CLONE_NEWUSER) || chroot(inside))))
                _exit(ABSENT);
            if (threads == 2 &&
                (pipe2(fds, 0) || pthread_create(&thread, NULL, wait_for_end, &fds[0])))
                _exit(UNPREPARED);
            if (lfi_linux_confine_host(&what, &wall, &error))
                _exit(1);
            if (unwalled(&wall))
                _exit(ABSENT);
            if (threads == 2)
                _exit(wall.landlock || !strstr(wall.report, "threads") ? 2 : WORKED);
            _exit(!wall.landlock || try_open("/sub/new", O_WRONLY | O_CREAT) ||
                          try_open("/new", O_WRONLY | O_CREAT) != EACCES
                      ? 3
                      : WORKED);
        }
        int got = outcome(child);
        if (got != ABSENT)
            assert_int_equal(got, WORKED);
        else
            print_message("not tried: no Landlock, or no right to leave /proc\n");
    }
}

struct world {
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    char *page; /* of the box */
};

static int64_t call(struct world *world, long number, uint64_t a, uint64_t b, uint64_t c,
                    uint64_t d, uint64_t e, uint64_t f)
{
    struct lfi_regs regs = {CALL_REGISTERS((uint64_t)number, a, b, c, d, e, f)};
    linux_serve(world->process->main->context, &regs);
    return (int64_t)regs.CALL_RESULT;
}

static bool make_world(struct world *world)
{
    struct program program;
    struct lfi_error error;
    const struct lfi_linux_dir dir = {"/deep/data", inside};
    const struct lfi_linux_options options = {.restricted = true, .dirs = &dir, .dir_count = 1};
    program_new(&program);
    if (test_space_new(&world->space, 1, &error) ||
        lfi_box_new(world->space, &world->box, &error) ||
        lfi_linux_new(world->box, &options, &world->process, &error) ||
        lfi_linux_load_bytes(world->process, "/program", program.bytes, sizeof program.bytes,
                             &error))
        return false;
    int64_t page = call(world, SYS_mmap, 0, lfi_page_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0);
    world->page = (char *)page;
    return page > 0;
}

static int drop_world(struct world *world)
{
    lfi_linux_free(world->process);
    return lfi_box_free(world->box) | lfi_space_free(world->space);
}

/* A box behind the wall: its directories are those of the process, and those above look empty. */
static void test_box(void **state)
{
    static const struct {
        const char *path;
        int flags;
    } opens[] = {
        {"/", O_RDONLY | O_DIRECTORY},          {"/deep", O_RDONLY | O_DIRECTORY},
        {"/deep/data", O_RDONLY | O_DIRECTORY}, {"/deep/data/box", O_RDWR | O_CREAT},
        {"/deep/data/sub", O_RDWR | O_TMPFILE},
    };
    (void)state;
    pid_t child = start();
    if (child == 0) {
        struct world world;
        struct lfi_error error;
        if (!make_world(&world))
            _exit(UNPREPARED);
        const struct lfi_linux_confinement what = {.processes = &world.process, .process_count = 1};
        if (lfi_linux_confine_host(&what, NULL, &error))
            _exit(1);
        for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
            strcpy(world.page, opens[i].path);
            if (call(&world, SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)world.page,
                     (uint64_t)opens[i].flags, 0600, 0, 0) < 0)
                _exit(10 + (int)i);
        }
        _exit(drop_world(&world) ? 2 : WORKED);
    }
    assert_int_equal(outcome(child), WORKED);
}

static bool in_table(const char *name, uint32_t value)
{
    for (size_t i = 0; i < confine_host_call_count; i++) {
        const struct confine_host_rule *rule = &confine_host_calls[i].rules[0];
        for (int k = 0; !strcmp(confine_host_calls[i].name, name) && k < rule->count; k++) {
            if (rule->values[k] == value)
                return true;
        }
    }
    return false;
}

/*
 * What the personality passes of ioctl and fcntl, the table has. It passes what it looks at the
 * argument of, or what the host answers; what it does not know is ENOTTY and EINVAL.
 */
static void test_requests(void **state)
{
    (void)state;
    struct world world;
    int passed = 0, commands = 0;
    assert_true(make_world(&world));
    strcpy(world.page, "/deep/data/locked");
    int64_t fd = call(&world, SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)world.page,
                      O_RDWR | O_CREAT, 0600, 0, 0);
    assert_true(fd >= 0);
    for (uint32_t request = 0; request < 0x10000; request++) {
        if (call(&world, SYS_ioctl, (uint64_t)fd, request, 0, 0, 0, 0) != -EFAULT)
            continue;
        passed++;
        if (!in_table("ioctl", request))
            fail_msg("ioctl 0x%x is not in confine/host_calls.def", request);
    }
    for (uint32_t command = 0; command < 0x1000; command++) {
        if (command == F_SETLKW || command == F_OFD_SETLKW ||
            call(&world, SYS_fcntl, (uint64_t)fd, command, 0, 0, 0, 0) == -EINVAL)
            continue;
        commands++;
        if (!in_table("fcntl", command))
            fail_msg("fcntl %u is not in confine/host_calls.def", command);
    }
    assert_in_range(passed, 5, 100);
    assert_in_range(commands, 5, 100);
    assert_int_equal(drop_world(&world), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_natively),   cmocka_unit_test(test_behind),
        cmocka_unit_test(test_later_code), cmocka_unit_test(test_other_architecture),
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_bad_directory),
        cmocka_unit_test(test_missing),    cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_no_proc),    cmocka_unit_test(test_box),
        cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
