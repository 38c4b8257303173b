// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * signalfd(2). The host knows nothing of the box's signals: an eventfd of it, which can be read
 * when one is pending, is what poll and epoll see. Its contents are ours; what is read comes from
 * the queue (pending.c).
 */
#include "process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include "wait.h"

#define MOST 16 /* in a process: each takes a descriptor of the host that is not counted */

struct linux_signalfd {
    struct lfi_process *process;
    struct linux_signalfd *next; /* of the process; this and the rest under its lock */
    unsigned references;
    int host; /* a duplicate, so that it lives as long as this */
    bool ready;
    uint64_t mask;
};

static uint64_t bit_of_kill(void)
{
    return LINUX_SIGNAL_BIT(SIGKILL) | LINUX_SIGNAL_BIT(SIGSTOP);
}

void linux_signalfds_update(struct lfi_process *process)
{
    if (!process->signalfds)
        return;
    uint64_t pending = atomic_load(&process->pending), count = 1;
    for (struct thread *thread = process->threads; thread; thread = thread->next)
        pending |= atomic_load(&thread->pending);
    for (struct linux_signalfd *at = process->signalfds; at; at = at->next) {
        bool ready = (pending & at->mask) != 0;
        if (ready == at->ready)
            continue;
        at->ready = ready; /* neither of these waits: nobody else writes or reads it */
        if (ready)
            host(SYS_write, at->host, &count, sizeof count);
        else
            host(SYS_read, at->host, &count, sizeof count);
    }
}

struct linux_signalfd *linux_signalfd_hold(struct linux_signalfd *signals)
{
    if (!signals)
        return NULL;
    pthread_mutex_lock(&signals->process->lock);
    signals->references++;
    pthread_mutex_unlock(&signals->process->lock);
    return signals;
}

void linux_signalfd_drop(struct linux_signalfd *signals)
{
    if (!signals)
        return;
    struct lfi_process *process = signals->process;
    pthread_mutex_lock(&process->lock);
    bool last = --signals->references == 0;
    if (last) {
        struct linux_signalfd **at = &process->signalfds;
        while (*at != signals)
            at = &(*at)->next;
        *at = signals->next;
    }
    pthread_mutex_unlock(&process->lock);
    if (last) {
        close(signals->host);
        free(signals);
    }
}

static int64_t new_signalfd(struct call *call, uint64_t mask, int flags)
{
    struct lfi_process *process = call->process;
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = eventfd(0, (flags & SFD_NONBLOCK ? EFD_NONBLOCK : 0) | EFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    struct linux_signalfd *signals = own < 0 ? NULL : calloc(1, sizeof *signals);
    struct linux_file *file = signals ? linux_file_new(fd, true, NULL) : NULL;
    if (!file) {
        if (!signals)
            close(fd);
        if (own >= 0)
            close(own);
        free(signals);
        return -ENOMEM;
    }
    *signals =
        (struct linux_signalfd){.process = process, .references = 1, .host = own, .mask = mask};
    file->signals = signals;
    unsigned count = 1;
    pthread_mutex_lock(&process->lock);
    for (const struct linux_signalfd *at = process->signalfds; at; at = at->next)
        count++;
    signals->next = process->signalfds;
    process->signalfds = signals;
    linux_signalfds_update(process);
    pthread_mutex_unlock(&process->lock);
    if (count > MOST) {
        linux_file_drop(file);
        return -EMFILE;
    }
    return linux_fdtable_add(&process->files, file, 0, flags & SFD_CLOEXEC);
}

HANDLER(signalfd)
{
    struct lfi_process *process = call->process;
    int flags = call->number == SYS_signalfd4 ? (int)call->arg[3] : 0;
    uint64_t mask;
    if (call->arg[2] != 8 || (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)))
        return -EINVAL;
    if (lfi_copy_in(process->box, &mask, call->arg[1], sizeof mask))
        return -EFAULT;
    mask &= ~bit_of_kill();
    if ((int)call->arg[0] == -1)
        return new_signalfd(call, mask, flags);
    struct linux_file *file = linux_fdtable_get(&process->files, (int)call->arg[0]);
    int64_t result = !file ? -EBADF : file->signals ? (int)call->arg[0] : -EINVAL;
    if (result >= 0) {
        pthread_mutex_lock(&process->lock);
        file->signals->mask = mask;
        linux_signalfds_update(process);
        pthread_mutex_unlock(&process->lock);
    }
    linux_file_drop(file);
    return result;
}

static void describe(const struct linux_signal *signal, struct signalfd_siginfo *told)
{
    memset(told, 0, sizeof *told);
    told->ssi_signo = (uint32_t)signal->number;
    told->ssi_errno = signal->info.error;
    told->ssi_code = signal->info.code;
    if (signal->info.code == SI_TIMER) {
        told->ssi_tid = (uint32_t)signal->info.first;
        told->ssi_overrun = (uint32_t)signal->info.second;
    } else {
        told->ssi_pid = (uint32_t)signal->info.first;
        told->ssi_uid = (uint32_t)signal->info.second;
    }
    told->ssi_int = (int32_t)signal->info.value;
    told->ssi_ptr = signal->info.value;
}

int64_t linux_signalfd_read(struct call *call)
{
    struct linux_file *file = call->file[0];
    struct lfi_process *process = call->process;
    uint64_t most = call->arg[2] / sizeof(struct signalfd_siginfo), count = 0;
    if (!most)
        return -EINVAL;
    while (true) {
        struct linux_signal signal;
        struct signalfd_siginfo told;
        pthread_mutex_lock(&process->lock);
        bool taken = linux_signal_take(call->thread, file->signals->mask, &signal);
        pthread_mutex_unlock(&process->lock);
        if (taken) {
            uint64_t at = call->arg[1] + count * sizeof told;
            describe(&signal, &told);
            if (lfi_copy_out(process->box, at, &told, sizeof told))
                return count ? (int64_t)(count * sizeof told) : -EFAULT;
            if (++count < most)
                continue;
        }
        if (count)
            return (int64_t)(count * sizeof told);
        if (fcntl(file->host, F_GETFL) & O_NONBLOCK)
            return -EAGAIN;
        int64_t result = linux_wait_try(call->thread, SYS_ppoll, (const uint64_t[6]){0});
        if (result != LINUX_NOT_BEGUN) /* woken, as for any signal */
            return result;
    }
}
