// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A process from its creation to its end. */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "debugger.h"

#define STACK_LEAST   (1ull << 20)
#define STACK_MOST    (1ull << 30)
#define STACK_DEFAULT (8ull << 20)

static int install_signals(struct lfi_error *error)
{
    int failed = lfi_faults_install(HOST_SIGNAL_INTERRUPT, error);
    if (failed)
        return failed;
    struct sigaction action = {.sa_sigaction = linux_wait_woken,
                               .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    if (sigaction(HOST_SIGNAL_WAKE, &action, NULL)) {
        failed = -errno;
        lfi_faults_remove();
        linux_say(error, "cannot take signal %d: %s", HOST_SIGNAL_WAKE, strerror(-failed));
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
        int failed = linux_paths_map(&process->paths, "/", "/");
        if (failed) {
            linux_say(error, "/: %s", strerror(-failed));
            return failed;
        }
    }
    for (size_t i = 0; i < options->dir_count; i++) {
        const struct lfi_linux_dir *dir = &options->dirs[i];
        int failed = linux_paths_map(&process->paths, dir->box, dir->host);
        if (failed == -EINVAL)
            linux_say(error, "%.200s: not an absolute path without ..", dir->box);
        else if (failed)
            linux_say(error, "%.200s: %s", dir->host, strerror(-failed));
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
    struct linux_found found = {.map = LINUX_PLACE_VIRTUAL};
    struct linux_place root = {.fd = -1, .map = LINUX_PLACE_VIRTUAL, .box = ""};
    int fd = path[0] != '/'
                 ? -EINVAL
                 : linux_path_open(&process->paths, &root, path, O_PATH | O_DIRECTORY, 0, &found);
    if (fd < 0) {
        linux_say(error, "working directory %.200s: %s", path,
                  fd == -EINVAL ? "not an absolute path" : strerror(-fd));
        return fd;
    }
    bool virtual = found.map == LINUX_PLACE_VIRTUAL; /* known by its path: no descriptor is kept */
    if (virtual)
        close(fd);
    process->cwd = linux_file_new(virtual ? -1 : fd, !virtual, &found);
    return process->cwd ? 0 : -ENOMEM;
}

static int set_limits(struct lfi_process *process, struct lfi_error *error)
{
    struct lfi_linux_limits *limits = &process->limits;
    int bound, failed = linux_limits_resolve(limits, error);
    unsigned openers;
    if (failed)
        return failed;
    linux_limits_descriptors(&bound, &openers);
    linux_fdtable_limit(&process->files, (int)limits->descriptors, bound, openers);
    process->memory.ranges.most = limits->memory / lfi_page_size();
    lfi_box_limit_nesting(process->box, (unsigned)limits->nesting);
    return 0;
}

/* For /proc/self/cwd. */
static int current_directory(void *data, char path[PATH_MAX])
{
    struct lfi_process *process = data;
    pthread_mutex_lock(&process->lock);
    struct linux_file *file = process->cwd;
    if (file)
        linux_file_hold(file);
    pthread_mutex_unlock(&process->lock);
    if (!file)
        return -ENOENT;
    struct linux_place place = linux_place_of(file);
    int error = linux_place_path(&process->paths, &place, path);
    linux_file_drop(file);
    return error;
}

static int give_files(struct lfi_process *process, const struct lfi_linux_options *options,
                      struct lfi_error *error)
{
    static const struct lfi_linux_file standard[] = {{0, 0, false}, {1, 1, false}, {2, 2, false}};
    const struct lfi_linux_file *files = options->files ? options->files : standard;
    size_t count = options->files ? options->file_count : 3;
    for (size_t i = 0; i < count; i++) {
        if (fcntl(files[i].host_fd, F_GETFD) < 0) {
            if (!options->files)
                continue;
            linux_say(error, "descriptor %d is not open", files[i].host_fd);
            return -EBADF;
        }
        struct linux_file *file = linux_file_new(files[i].host_fd, false, NULL);
        if (!file)
            return -ENOMEM;
        file->map = linux_path_inherited(&process->paths, files[i].host_fd);
        if (options->restricted && !files[i].allow_changes && !linux_file_give(file)) {
            linux_file_drop(file);
            return -ENOMEM;
        }
        if (linux_fdtable_put(&process->files, file, files[i].box_fd, false) < 0) {
            linux_say(error, "descriptor %d is out of range", files[i].box_fd);
            return -EBADF;
        }
    }
    return 0;
}

int lfi_linux_new(struct lfi_box *box, const struct lfi_linux_options *options,
                  struct lfi_process **made, struct lfi_error *error)
{
    static const char *const nothing[] = {"program", NULL};
    if (error)
        error->message[0] = 0;
    if (!lfi_mode_name(options->mode)) {
        linux_say(error, "unknown sandboxing mode %u", options->mode);
        return -EINVAL;
    }
    struct lfi_process *process = calloc(1, sizeof *process);
    if (!process) {
        linux_say(error, "out of memory");
        return -ENOMEM;
    }
    process->box = box;
    process->base = lfi_box_base(box);
    process->weakest_mode = options->mode;
    process->unverified = options->unverified;
    process->huge_pages = options->huge_pages;
    process->debug = options->debug;
    process->trace = options->trace;
    process->report = options->report;
    process->report_data = options->data;
    process->hook = options->hook;
    process->hook_data = options->hook_data;
    process->stats = options->stats ? linux_stats_new() : NULL;
    process->watched = process->hook || process->trace || process->stats;
    process->stack_size = stack_size(options->stack_size);
    process->umask = options->file_mask & 0777;
    process->pid = process->last_tid = (int)getpid();
    process->argv = copy_list(options->argv ? options->argv : nothing);
    process->envp = copy_list(options->envp);
    pthread_mutex_init(&process->lock, NULL);
    pthread_cond_init(&process->gone, NULL);
    linux_paths_init(&process->paths);
    process->restricted = process->paths.restricted = options->restricted;
    process->clock = linux_vdso_clock();
    process->own = (struct linux_own){
        .files = &process->files,
        .argv = process->argv,
        .envp = process->envp,
        .program = &process->program,
        .data = process,
        .directory = current_directory,
    };
    process->paths.own = &process->own;
    linux_fdtable_init(&process->files);
    process->limits = options->limits;
    bool enough = linux_memory_init(process) && process->argv && process->envp &&
                  (process->stats || !options->stats);

    int failed = install_signals(error);
    process->signals = !failed;
    if (!failed && !enough) {
        linux_say(error, "out of memory");
        failed = -ENOMEM;
    }
    if (!failed && lfi_box_limit_mappings(box, options->limits.mappings)) {
        linux_say(error, "the limit of mappings is too large: %zu", options->limits.mappings);
        failed = -EINVAL;
    }
    if (!failed)
        failed = set_limits(process, error);
    if (!failed)
        failed = map_directories(process, options, error);
    if (!failed)
        failed = enter_directory(process, options, error);
    if (!failed)
        failed = give_files(process, options, error);
    if (failed) {
        lfi_linux_free(process);
        return failed;
    }
    *made = process;
    return 0;
}

int lfi_linux_run(struct lfi_process *process, struct lfi_linux_result *result)
{
    if (!process->main)
        return -EINVAL;
    sigset_t blocked, before, pending, wake;
    linux_signals_blocked(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    sigemptyset(&wake);
    sigaddset(&wake, HOST_SIGNAL_WAKE);
    pthread_sigmask(SIG_UNBLOCK, &wake,
                    NULL); /* as lfi_thread_prepare() does with our other ones */
    sigpending(&pending);

    int error = lfi_thread_prepare();
    if (process->stats)
        linux_stats_start(process->stats);
    if (!error)
        error = linux_monitor_start(process);
    if (!error)
        error = linux_thread_run(process->main);
    linux_threads_wait(process);
    if (process->stats)
        linux_stats_stop(process->stats);
    linux_monitor_stop(process);
    linux_timers_stop(process);
    linux_thread_end(process->main);
    process->main = NULL;
    lfi_thread_release();

    linux_signals_drop(&blocked, &pending);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *result = process->result;
    return error;
}

uint64_t lfi_linux_bias(const struct lfi_process *process)
{
    return process->image_start - process->image_bias;
}

unsigned lfi_linux_mode(const struct lfi_process *process)
{
    return process->mode;
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
        linux_say(error, "%s: %s", path, strerror(-failed));
        if (fd >= 0)
            close(fd);
        return failed;
    }
    uint64_t bias = lfi_linux_bias(process);
    const struct linux_symbols *symbols = process->symbols;
    for (size_t i = 0; symbols && i < symbols->count; i++) {
        const struct linux_symbol *symbol = &symbols->list[i];
        uint64_t size = symbol->size;
        if (!size)
            size = i + 1 < symbols->count ? symbol[1].address - symbol->address : 32;
        fprintf(file, "%lx %lx %.200s\n", (unsigned long)(bias + symbol->address),
                (unsigned long)size, symbol->name);
    }
    if (fclose(file)) {
        linux_say(error, "%s: %s", path, strerror(errno));
        return -EIO;
    }
    return 0;
}

void lfi_linux_free(struct lfi_process *process)
{
    if (!process)
        return;
    linux_timers_stop(process);
    if (process->main)
        linux_thread_end(process->main);
    linux_fdtable_free(&process->files);
    linux_file_drop(process->cwd);
    linux_paths_free(&process->paths);
    linux_memory_free(process);
    linux_symbols_free(&process->own_symbols);
    linux_debugger_remove(process->debugger);
    free_list(process->argv);
    free_list(process->envp);
    free(process->stats);
    free(process->program);
    free(process->started);
    free(process->file);
    pthread_cond_destroy(&process->gone);
    pthread_mutex_destroy(&process->lock);
    if (process->signals)
        lfi_faults_remove();
    free(process);
}
