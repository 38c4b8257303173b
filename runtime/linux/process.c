// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A process from its making to its end. */
#include "process.h"
#include "debugger.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define STACK_LEAST   (1ull << 20)
#define STACK_MOST    (1ull << 30)
#define STACK_DEFAULT (8ull << 20)

static void woken(int number)
{
    (void)number; /* that the host call ends is all */
}

static int install_signals(struct lfi_error *error)
{
    int failed = lfi_faults_install(HOST_SIGNAL_INTERRUPT, error);
    if (failed)
        return failed;
    struct sigaction action = {.sa_handler = woken, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (sigaction(HOST_SIGNAL_WAKE, &action, NULL)) {
        failed = -errno;
        lfi_faults_remove();
        lfi_say(error, "cannot take signal %d: %s", HOST_SIGNAL_WAKE, strerror(-failed));
    }
    return failed;
}

static char **copy_list(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    char **copy = calloc(count + 1, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++)
        copy[i] = strdup(list[i]);
    return copy;
}

static void free_list(char **list)
{
    for (char **at = list; at && *at; at++)
        free(*at);
    free(list);
}

static uint64_t stack_size(uint64_t wanted)
{
    struct rlimit limit;
    if (!wanted && !getrlimit(RLIMIT_STACK, &limit))
        wanted = limit.rlim_cur == RLIM_INFINITY ? STACK_DEFAULT : limit.rlim_cur;
    wanted = wanted < STACK_LEAST ? STACK_LEAST : wanted > STACK_MOST ? STACK_MOST : wanted;
    return wanted / lfi_page_size() * lfi_page_size();
}

static int map_directories(struct lfi_process *process, const struct lfi_linux_options *options,
                           struct lfi_error *error)
{
    if (!options->restricted) {
        int failed = lfi_paths_map(&process->paths, "/", "/");
        if (failed) {
            lfi_say(error, "/: %s", strerror(-failed));
            return failed;
        }
    }
    for (size_t i = 0; i < options->dir_count; i++) {
        const struct lfi_linux_dir *dir = &options->dirs[i];
        int failed = lfi_paths_map(&process->paths, dir->box, dir->host);
        if (failed == -EINVAL)
            lfi_say(error, "%.200s: not an absolute path without ..", dir->box);
        else if (failed)
            lfi_say(error, "%.200s: %s", dir->host, strerror(-failed));
        if (failed)
            return failed;
    }
    return 0;
}

static int enter_directory(struct lfi_process *process, const struct lfi_linux_options *options,
                           struct lfi_error *error)
{
    const char *path = options->directory;
    char host_directory[PATH_MAX];
    if (!path)
        path = !options->restricted && getcwd(host_directory, sizeof host_directory)
                   ? host_directory
                   : "/";
    struct lfi_found found = {.map = LFI_PLACE_VIRTUAL};
    struct lfi_place root = {.fd = process->paths.nowhere, .map = LFI_PLACE_VIRTUAL, .box = ""};
    int fd = path[0] != '/'
                 ? -EINVAL
                 : lfi_path_open(&process->paths, &root, path, O_PATH | O_DIRECTORY, 0, &found);
    if (fd < 0) {
        lfi_say(error, "working directory %.200s: %s", path,
                fd == -EINVAL ? "not an absolute path" : strerror(-fd));
        return fd;
    }
    process->cwd = lfi_file_new(fd, true, &found);
    return process->cwd ? 0 : -ENOMEM;
}

int lfi_linux_new(struct lfi_box *box, const struct lfi_linux_options *options,
                  struct lfi_process **made, struct lfi_error *error)
{
    static const char *const nothing[] = {"program", NULL};
    if (error)
        error->message[0] = 0;
    struct lfi_process *process = calloc(1, sizeof *process);
    if (!process) {
        lfi_say(error, "out of memory");
        return -ENOMEM;
    }
    process->box = box;
    process->base = lfi_box_base(box);
    process->unverified = options->unverified;
    process->huge_pages = options->huge_pages;
    process->debug = options->debug;
    process->trace = options->trace;
    process->report = options->report;
    process->report_data = options->data;
    process->stack_size = stack_size(options->stack_size);
    process->umask = options->file_mask & 0777;
    process->pid = process->last_tid = (int)getpid();
    process->argv = copy_list(options->argv ? options->argv : nothing);
    process->envp = copy_list(options->envp);
    pthread_mutex_init(&process->lock, NULL);
    pthread_cond_init(&process->gone, NULL);
    lfi_paths_init(&process->paths);
    lfi_fdtable_init(&process->files);
    bool enough = lfi_memory_init(process) && process->argv && process->envp;

    int failed = install_signals(error);
    process->signals = !failed;
    if (!failed && !enough) {
        lfi_say(error, "out of memory");
        failed = -ENOMEM;
    }
    if (!failed && lfi_box_limit_mappings(box, options->limits.mappings)) {
        lfi_say(error, "the limit of mappings is absurd: %zu", options->limits.mappings);
        failed = -EINVAL;
    }
    if (!failed)
        failed = map_directories(process, options, error);
    if (!failed)
        failed = enter_directory(process, options, error);
    for (int fd = 0; fd < 3 && !failed; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            lfi_fdtable_put(&process->files, lfi_file_new(fd, false, NULL), fd, false);
    }
    if (failed) {
        lfi_linux_free(process);
        return failed;
    }
    *made = process;
    return 0;
}

/* Until nobody but the main thread is left; it left the box itself. */
static void wait_for_others(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    while (process->threads != process->main || process->main->next)
        pthread_cond_wait(&process->gone, &process->lock);
    pthread_mutex_unlock(&process->lock);
}

int lfi_linux_run(struct lfi_process *process, struct lfi_linux_result *result)
{
    if (!process->main)
        return -EINVAL;
    sigset_t blocked, before, pending;
    lfi_signals_blocked(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    sigpending(&pending);

    int error = lfi_thread_prepare();
    if (!error)
        error = lfi_thread_run(process->main);
    wait_for_others(process);
    lfi_thread_end(process->main);
    process->main = NULL;
    lfi_thread_release();

    /* What came meanwhile is the box's. */
    struct timespec now = {0};
    if (sigismember(&pending, SIGPIPE))
        sigdelset(&blocked, SIGPIPE);
    if (sigismember(&pending, SIGXFSZ))
        sigdelset(&blocked, SIGXFSZ);
    while (sigtimedwait(&blocked, NULL, &now) > 0)
        continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *result = process->result;
    return error;
}

uint64_t lfi_linux_bias(const struct lfi_process *process)
{
    return process->image_start - process->image_bias;
}

int lfi_linux_perf_map(struct lfi_process *process, struct lfi_error *error)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        int failed = -errno;
        lfi_say(error, "%s: %s", path, strerror(-failed));
        if (fd >= 0)
            close(fd);
        return failed;
    }
    uint64_t bias = lfi_linux_bias(process);
    for (size_t i = 0; i < process->symbols.count; i++) {
        const struct lfi_symbol *symbol = &process->symbols.list[i];
        uint64_t size = symbol->size;
        if (!size)
            size = i + 1 < process->symbols.count ? symbol[1].address - symbol->address : 32;
        fprintf(file, "%lx %lx %s\n", (unsigned long)(bias + symbol->address), (unsigned long)size,
                symbol->name);
    }
    if (fclose(file)) {
        lfi_say(error, "%s: %s", path, strerror(errno));
        return -EIO;
    }
    return 0;
}

void lfi_linux_free(struct lfi_process *process)
{
    if (!process)
        return;
    if (process->main)
        lfi_thread_end(process->main);
    lfi_fdtable_free(&process->files);
    lfi_file_drop(process->cwd);
    lfi_paths_free(&process->paths);
    lfi_memory_free(process);
    lfi_symbols_free(&process->symbols);
    lfi_debugger_remove(process->debugger);
    free_list(process->argv);
    free_list(process->envp);
    free(process->program);
    pthread_cond_destroy(&process->gone);
    pthread_mutex_destroy(&process->lock);
    if (process->signals)
        lfi_faults_remove();
    free(process);
}
