// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* From the registers of a system call to its handler and back: syscalls.def is the table. */
#include "process.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>

#include "arch.h"
#include "call.h"
#include "wait.h"

#define VALUE        \
    {                \
        ARG_VALUE, 0 \
    }
#define FD(use)           \
    {                     \
        ARG_FD, USE_##use \
    }
#define DIR        \
    {              \
        ARG_DIR, 0 \
    }
#define PATH        \
    {               \
        ARG_PATH, 0 \
    }
#define MAYBE_PATH        \
    {                     \
        ARG_MAYBE_PATH, 0 \
    }
#define STRUCT(s)     \
    {                 \
        ARG_STRUCT, s \
    }
#define MAYBE(s)     \
    {                \
        ARG_MAYBE, s \
    }
#define BUFFER(n)     \
    {                 \
        ARG_BUFFER, n \
    }
#define POINTER        \
    {                  \
        ARG_POINTER, 0 \
    }

/* The last entry is unused: calls that the architecture does not have go there. */
#define NONE (CALLS_MAX - 1)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#if defined(__clang__)
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
const struct entry linux_calls[CALLS_MAX] = {
#define linux_sys_none NULL
#define CALL(x86_64, generic, name, handler, light, ...)                         \
    [ARCH_NUMBER(x86_64, generic)] = {#name,                                     \
                                      linux_sys_##handler,                       \
                                      linux_sys_##light,                         \
                                      sizeof((struct argument[]){__VA_ARGS__}) / \
                                          sizeof(struct argument),               \
                                      {__VA_ARGS__}},
#include "syscalls.def"
#undef CALL
#undef linux_sys_none
    [NONE] = {0},
};
#pragma GCC diagnostic pop

void linux_say(struct lfi_error *error, const char *format, ...)
{
    va_list arguments;
    if (!error)
        return;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}

HANDLER(pass)
{
    const uint64_t *arg = call->arg;
    if ((call->file[0] && call->file[0]->memory) || (call->file[2] && call->file[2]->memory))
        return linux_memfd_call(call, NULL, 0);
    return host(call->number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

HANDLER(pass_waiting)
{
    return linux_wait(call->thread, call->number, call->arg);
}

/* What a box must not have, and no program needs. */
HANDLER(refuse)
{
    (void)call;
    return -EPERM;
}

LIGHT_HANDLER(ignore)
{
    (void)call;
    return 0;
}

static struct linux_file *working_directory(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    struct linux_file *file = process->cwd;
    linux_file_hold(file);
    pthread_mutex_unlock(&process->lock);
    return file;
}

/* Whether a call that uses an open file in this way is allowed. */
static int64_t allowed(const struct linux_file *file, enum file_use use)
{
    bool virtual = file->map == LINUX_PLACE_VIRTUAL;
    if (use == USE_CHANGE && (virtual || file->given))
        return -EPERM;
    return use == USE_TRANSFER && virtual ? -EISDIR : 0;
}

/* Checks one argument and puts what the handler needs into *call. */
static int64_t take(struct call *call, const struct argument *argument, int index, int *paths)
{
    struct lfi_process *process = call->process;
    uint64_t *value = &call->arg[index];
    switch (argument->kind) {
    case ARG_FD:
        call->file[index] = linux_fdtable_get(&process->files, (int)*value);
        if (!call->file[index])
            return -EBADF;
        *value = (uint64_t)call->file[index]->host;
        return allowed(call->file[index], argument->size);
    case ARG_DIR:
        if ((int)*value == AT_FDCWD) {
            call->file[index] = working_directory(process);
            *value = (uint64_t)call->file[index]->host;
            return 0;
        }
        call->file[index] = linux_fdtable_get(&process->files, (int)*value);
        if (!call->file[index])
            return -EBADF;
        *value = (uint64_t)call->file[index]->host;
        return 0;
    case ARG_MAYBE_PATH:
        if (!*value)
            return 0;
        /* fallthrough */
    case ARG_PATH: {
        char *text = call->text[*paths];
        ssize_t length = lfi_copy_string(process->box, text, *value, PATH_MAX);
        call->path[(*paths)++] = text;
        if (length < 0) {
            text[0] = 0; /* trace() would print what is there: of the host's stack */
            return length;
        }
        return linux_begin_opening(call) ? 0 : -EMFILE;
    }
    case ARG_MAYBE:
        if (!*value)
            return 0;
        /* fallthrough */
    case ARG_STRUCT:
        return lfi_box_contains(process->box, *value, argument->size) ? 0 : -EFAULT;
    case ARG_BUFFER: {
        uint64_t size = call->arg[argument->size];
        return size == 0 || lfi_box_contains(process->box, *value, size) ? 0 : -EFAULT;
    }
    default:
        return 0;
    }
}

static void trace(const struct call *call, const struct entry *entry, const uint64_t given[6],
                  int64_t result)
{
    char line[1024];
    size_t used = (size_t)snprintf(line, sizeof line, "[%d] ", call->thread->tid);
    if (entry->name)
        used += (size_t)snprintf(line + used, sizeof line - used, "%s(", entry->name);
    else
        used += (size_t)snprintf(line + used, sizeof line - used, "syscall_%ld(", call->number);
    int paths = 0;
    for (int i = 0; i < 6 && used < sizeof line - 400; i++) {
        unsigned kind = entry->arguments[i].kind;
        if (i && (kind || given[i]))
            used += (size_t)snprintf(line + used, sizeof line - used, ", ");
        if ((kind == ARG_PATH || kind == ARG_MAYBE_PATH) && paths < 2 && call->path[paths])
            used += (size_t)snprintf(line + used, sizeof line - used, "\"%.300s\"",
                                     call->path[paths++]);
        else if (kind == ARG_FD || kind == ARG_DIR)
            used += (size_t)snprintf(line + used, sizeof line - used, "%d", (int)given[i]);
        else if (i == 0 || kind || given[i])
            used +=
                (size_t)snprintf(line + used, sizeof line - used, "0x%lx", (unsigned long)given[i]);
    }
    if (result < 0 && result >= -4095)
        used += (size_t)snprintf(line + used, sizeof line - used, ") = %d (%s)\n", (int)result,
                                 strerror((int)-result));
    else
        used +=
            (size_t)snprintf(line + used, sizeof line - used, ") = 0x%lx\n", (unsigned long)result);
    if (write(STDERR_FILENO, line, used < sizeof line ? used : sizeof line - 1) < 0)
        return; /* no one is reading it */
}

/*
 * In a thread of the host the signals that writing may cause are not blocked, and the host must not
 * get them. Others find out only during the call which thread it is: nothing wakes host code.
 */
static int64_t handle(struct call *call, const struct entry *entry)
{
    struct thread *thread = call->thread;
    if (!thread->hosted)
        return entry->handler(call);
    sigset_t blocked, before, pending;
    bool writes = call->file[0] || call->file[1];
    if (writes) {
        linux_signals_blocked(&blocked);
        pthread_sigmask(SIG_BLOCK, &blocked, &before);
        sigpending(&pending);
    }
    int outer = atomic_exchange(&thread->host_tid, thread->owner_tid);
    int64_t result = entry->handler(call);
    atomic_store(&thread->host_tid, outer);
    if (writes) {
        linux_signals_drop(&blocked, &pending);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return result;
}

/* The embedder's own system calls: true if it answered. */
static bool ask_hook(struct call *call, int64_t *result)
{
    struct lfi_linux_call own = {.context = call->thread->context, .number = call->number};
    memcpy(own.arguments, call->arg, sizeof own.arguments);
    bool answered = call->process->hook(&own, call->process->hook_data);
    memcpy(call->arg, own.arguments, sizeof own.arguments);
    call->fd = (int)call->arg[0];
    *result = answered ? own.result : 0;
    return answered;
}

/* At the end of each call: signals, and the end of the process. True: neither. */
static bool finish(struct thread *thread, struct lfi_regs *regs, int64_t result,
                   const struct linux_restart *restart)
{
    bool delivered = false;
    if (result == -EPIPE) /* the host's signal is blocked */
        linux_signal_pipe(thread);
    if (linux_signals_pending(thread))
        delivered = linux_signals_deliver(thread, regs, restart);
    bool ending = atomic_load_explicit(&thread->process->ending, memory_order_relaxed);
    if (ending)
        lfi_context_stop(thread->context, 0);
    return !delivered && !ending;
}

/* As switch.S calls the light way. */
static bool without_light(struct lfi_context *context, struct lfi_regs *regs)
{
    struct lfi_host_call call;
    enum lfi_light light = linux_serve_light(context, regs, &call);
    if (light != LFI_LIGHT_HOST)
        return light == LFI_LIGHT_DONE;
    atomic_int *wake = &((struct thread *)lfi_context_data(context))->wake;
    return linux_light_done(context, regs, linux_arch_wait(wake, call.number, call.arg));
}

/* True: the registers are now those of a call that is to be made. */
static bool serve(struct thread *thread, struct lfi_regs *regs)
{
    struct call call; /* text is large and needs no initial value */
    call.thread = thread;
    call.process = thread->process;
    call.regs = regs;
    call.number = linux_arch_call_number(regs);
    call.registers_set = call.opening = call.final = call.again = false;
    call.path[0] = call.path[1] = NULL;
    memset(call.file, 0, sizeof call.file);
    linux_arch_call_arguments(regs, call.arg);
    uint64_t start = call.process->stats ? linux_stats_now() : 0;
    uint64_t given[6];
    memcpy(given, call.arg, sizeof given);
    call.fd = (int)given[0];

    if (call.number == LFI_CALL_REST && call.process->library) {
        linux_arch_call_result(regs, linux_rest(call.thread, regs, call.arg[0]));
        return false;
    }
    int64_t result = 0;
    bool answered = call.process->hook && ask_hook(&call, &result);
    bool known = !answered && call.number >= 0 && call.number < NONE;
    const struct entry *entry = &linux_calls[known ? call.number : NONE];
    if (!answered && !entry->handler)
        result = -ENOSYS;
    int paths = 0;
    for (int i = 0; i < 6 && result == 0; i++)
        result = take(&call, &entry->arguments[i], i, &paths);
    if (result == 0 && !answered)
        result = handle(&call, entry);
    for (int i = 0; i < 6; i++) {
        if (call.file[i])
            linux_file_drop(call.file[i]);
    }
    if (call.opening)
        linux_fdtable_end(&call.process->files);
    if (call.process->trace)
        trace(&call, entry, given, result);
    if (call.process->stats)
        linux_stats_call(call.process->stats, call.number, result, start);

    if (call.registers_set)
        result = 0;
    else
        linux_arch_call_result(regs, result);
    struct linux_restart restart = {
        .possible = result == -EINTR && !call.final,
        .certain = call.again,
        .number = call.number,
        .first = given[0],
    };
    return finish(thread, regs, result, &restart) && call.again;
}

void linux_serve(struct lfi_context *context, struct lfi_regs *regs)
{
    struct thread *thread = lfi_context_data(context);
    if (!LINUX_LIGHT && !thread->answered && without_light(context, regs))
        return;
    linux_file_drop(thread->held);
    thread->held = NULL;
    if (thread->answered) {
        thread->answered = false;
        finish(thread, regs, thread->answer, &(struct linux_restart){0});
        return;
    }
    while (serve(thread, regs)) /* once more, as rt_sigreturn is never made again */
        continue;
}
