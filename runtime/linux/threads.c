// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Threads of the box are threads of the host, each with its own context. Their numbers are the
 * box's: the process's number, and upwards from it.
 */
#include "process.h"

#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "call.h"

#define HOST_STACK \
    (256 * 1024) /* of a thread: the handlers' frames, and what the host's libc needs */

#define THREAD_PAGES ((int64_t)(LINUX_THREAD_MEMORY / lfi_page_size()))

/* What it costs the host, besides the box's pages. Once a thread. */
static bool charge(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    if (lfi_box_charge_mappings(process->box, LINUX_THREAD_MAPPINGS))
        return false;
    thread->charged = linux_memory_charge(process, THREAD_PAGES);
    if (!thread->charged)
        lfi_box_charge_mappings(process->box, -LINUX_THREAD_MAPPINGS);
    return thread->charged;
}

static void discharge(struct thread *thread)
{
    if (!thread->charged)
        return;
    linux_memory_charge(thread->process, -THREAD_PAGES);
    lfi_box_charge_mappings(thread->process->box, -LINUX_THREAD_MAPPINGS);
}

int linux_thread_context(struct thread *thread, struct lfi_context **context)
{
    int failed = lfi_context_new(thread->process->box, linux_serve, thread, context);
    if (!failed)
        lfi_context_on_stop(*context, linux_stopped);
    if (!failed && LINUX_LIGHT)
        lfi_context_light(*context, linux_serve_light, linux_light_done);
    return failed;
}

struct thread *linux_thread_new(struct lfi_process *process)
{
    struct thread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return NULL;
    thread->process = process;
    thread->stack_flags = SS_DISABLE;
    if (linux_thread_context(thread, &thread->context)) {
        free(thread);
        return NULL;
    }
    pthread_mutex_lock(&process->lock);
    struct rlimit lowered;
    linux_limits_get(process, RLIMIT_NPROC, &lowered);
    bool room = process->thread_count < process->limits.threads &&
                (!process->thread_count || process->thread_count < lowered.rlim_cur);
    if (room) {
        process->thread_count++;
        thread->tid = process->last_tid++;
        thread->next = process->threads;
        process->threads = thread;
    }
    pthread_mutex_unlock(&process->lock);
    if (room)
        return thread;
    lfi_context_free(thread->context);
    free(thread);
    return NULL;
}

struct thread *linux_thread_find(const struct lfi_process *process, int tid)
{
    struct thread *thread = process->threads;
    while (thread && thread->tid != tid)
        thread = thread->next;
    return thread;
}

/* After the last access to the box: no one else may find the thread any more. */
void linux_thread_end(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    discharge(thread); /* waits for the memory's locks: whoever watches must not wait, too */
    pthread_mutex_lock(&process->lock);
    struct thread **at = &process->threads;
    while (*at != thread)
        at = &(*at)->next;
    *at = thread->next;
    linux_signals_forget(process, 0, thread->tid);
    linux_timers_leave(process, thread->tid);
    process->thread_count--;
    lfi_context_free(thread->context);
    free(thread);
    pthread_cond_broadcast(&process->gone);
    pthread_mutex_unlock(&process->lock);
}

/* The first to end the process decides how; all threads then leave the box. */
void linux_process_end(struct thread *thread, const struct lfi_linux_result *result)
{
    struct lfi_process *process = thread->process;
    pthread_mutex_lock(&process->lock);
    if (!atomic_load(&process->ending)) {
        process->result = *result;
        process->ender = thread;
        atomic_store(&process->ending, true);
    }
    pthread_mutex_unlock(&process->lock);
    if (process->library) /* the threads of the host are not waited for */
        linux_threads_interrupt(process);
}

static void interrupt(struct thread *thread)
{
    lfi_context_interrupt(thread->context);
    linux_thread_wake(thread);
}

void linux_threads_interrupt(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    for (struct thread *thread = process->threads; thread; thread = thread->next)
        interrupt(thread);
    pthread_mutex_unlock(&process->lock);
}

/*
 * Waits for all other threads to leave the box. Interrupts them again and again, since a call of
 * the host that is made without linux_wait() may wait as well (and TSan keeps signals back); but
 * ever more rarely, since threads that the host does not run take no signals, and many would fill
 * the kernel's queue.
 */
static void expel_others(struct thread *self)
{
    struct lfi_process *process = self->process;
    bool waiting = true, again = true;
    long pause = 1000000; /* ns */
    pthread_mutex_lock(&process->lock);
    while (waiting) {
        waiting = false;
        pause = again && pause < 500000000 ? pause * 2 : pause;
        for (struct thread *thread = process->threads; thread; thread = thread->next) {
            if (thread == self || thread->left || thread->hosted)
                continue;
            waiting = true;
            if (again && atomic_load(&thread->host_tid))
                interrupt(thread);
        }
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += pause;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (waiting) /* not for each one that leaves */
            again = pthread_cond_timedwait(&process->gone, &process->lock, &until) != 0;
    }
    pthread_mutex_unlock(&process->lock);
}

void linux_threads_wait(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    for (struct thread *at = process->threads; at;) {
        if (at == process->main || at->hosted) {
            at = at->next;
        } else {
            pthread_cond_wait(&process->gone, &process->lock);
            at = process->threads;
        }
    }
    pthread_mutex_unlock(&process->lock);
}

void linux_process_kill(struct lfi_process *process, const struct lfi_linux_result *result)
{
    struct thread outside = {.process = process};
    linux_process_end(&outside, result);
    expel_others(&outside);
}

static uint64_t processor_time(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
}

void linux_thread_own(struct thread *thread)
{
    uint64_t used = processor_time();
    pthread_mutex_lock(&thread->process->lock);
    thread->owner_tid = (int)syscall(SYS_gettid);
    thread->processor_before = used;
    pthread_mutex_unlock(&thread->process->lock);
}

/* ---- the end of a thread --------------------------------------------------------------------- */

#define ROBUST_MOST 2048 /* entries: the kernel's ROBUST_LIST_LIMIT */

/*
 * A mutex that the thread holds: its next owner learns that this one died. (Whoever waits is woken
 * in any case: the change of the word is not one with those of other threads.)
 */
static void leave_mutex(struct thread *thread, uint64_t at, bool pending)
{
    struct lfi_box *box = thread->process->box;
    uint32_t word;
    if (at % sizeof word || lfi_copy_in(box, &word, at, sizeof word))
        return;
    uint32_t owner = word & FUTEX_TID_MASK;
    if (owner != (uint32_t)thread->tid && !(pending && !owner))
        return;
    if (owner) {
        word = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
        if (lfi_copy_out(box, at, &word, sizeof word))
            return;
    }
    host(SYS_futex, at, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* The list is the box's: every word of it may be anything, and change. set_robust_list(2). */
static void leave_mutexes(struct thread *thread)
{
    struct lfi_box *box = thread->process->box;
    struct {
        uint64_t next, offset, pending;
    } head;
    uint64_t list = thread->robust;
    thread->robust = 0;
    if (!list || lfi_copy_in(box, &head, list, sizeof head))
        return;
    uint64_t at = head.next & ~(uint64_t)1, next; /* the lowest bit: priority inheritance */
    uint64_t pending = head.pending & ~(uint64_t)1;
    for (int i = 0; i < ROBUST_MOST && at != list; i++, at = next & ~(uint64_t)1) {
        if (lfi_copy_in(box, &next, at, sizeof next)) /* first: it may be freed then */
            break;
        if (at != pending)
            leave_mutex(thread, at + head.offset, false);
    }
    if (pending)
        leave_mutex(thread, pending + head.offset, true);
}

LIGHT_HANDLER(set_robust_list)
{
    if (call->arg[1] != 24)
        return -EINVAL;
    call->thread->robust = call->arg[0];
    return 0;
}

HANDLER(get_robust_list)
{
    struct lfi_process *process = call->process;
    int tid = (int)call->arg[0];
    uint64_t size = 24, list = 0;
    pthread_mutex_lock(&process->lock);
    const struct thread *thread = tid ? linux_thread_find(process, tid) : call->thread;
    if (thread)
        list = thread->robust;
    pthread_mutex_unlock(&process->lock);
    if (!thread)
        return -ESRCH;
    int error = lfi_copy_out(process->box, call->arg[2], &size, sizeof size);
    return error ? error : lfi_copy_out(process->box, call->arg[1], &list, sizeof list);
}

/* As the kernel does at the end of a thread, set_tid_address(2). */
void linux_thread_clear_tid(struct thread *thread)
{
    leave_mutexes(thread);
    int zero = 0;
    uint64_t at = thread->clear_tid;
    if (at % 4 || !lfi_box_contains(thread->process->box, at, sizeof zero) ||
        lfi_copy_out(thread->process->box, at, &zero, sizeof zero))
        return;
    host(SYS_futex, at, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Without "SIG". */
static const char *fault_name(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return "SEGV";
    case SIGBUS:
        return "BUS";
    case SIGILL:
        return "ILL";
    case SIGFPE:
        return "FPE";
    default:
        return "TRAP";
    }
}

void linux_report_fault(struct thread *thread, const struct lfi_exit *exit,
                        struct lfi_linux_result *result)
{
    struct lfi_process *process = thread->process;
    uint64_t base = process->base, pc = linux_arch_get_pc(&exit->regs);
    /* a general-protection fault has no address, for which 0 stands */
    bool inside = exit->code != SI_KERNEL && exit->address - base < LFI_BOX_SIZE;
    uint64_t stack = linux_arch_get_stack(&exit->regs);
    *result =
        (struct lfi_linux_result){.end = LFI_LINUX_FAULT, .signal = exit->signal, .fault = *exit};
    const struct linux_symbol *symbol = NULL;
    if (process->symbols && pc >= process->image_start && pc < process->image_end)
        symbol =
            linux_symbols_find(process->symbols, pc - process->image_start + process->image_bias);
    char where[160] = "", address[96] = "";
    if (symbol)
        snprintf(
            where, sizeof where, " in %.100s+0x%lx", symbol->name,
            (unsigned long)(pc - process->image_start + process->image_bias - symbol->address));
    if (exit->signal == SIGSEGV || exit->signal == SIGBUS)
        snprintf(address, sizeof address, "address %s0x%lx, ", inside ? "box+" : "",
                 (unsigned long)(inside ? exit->address - base : exit->address));
    bool overflow = exit->signal == SIGSEGV && exit->address >= process->stack_guard &&
                    exit->address < process->stack_guard + process->guard_size;
    snprintf(result->report, sizeof result->report,
             "fault in the box: SIG%s: %sat pc box+0x%lx (file 0x%lx)%s\n"
             "  stack pointer box+0x%lx, thread %d%s\n",
             fault_name(exit->signal), address, (unsigned long)(pc - base),
             (unsigned long)(pc - process->image_start + process->image_bias), where,
             (unsigned long)(stack - base), thread->tid, overflow ? ": stack overflow" : "");
}

int linux_thread_run(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    struct lfi_linux_result result = {0};
    struct lfi_exit exit = {.kind = LFI_EXIT_INTERRUPTED};
    int error = 0;
    uint64_t before = processor_time();
    pthread_mutex_lock(&process->lock);
    thread->processor_before = before;
    pthread_mutex_unlock(&process->lock);
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    uint64_t start = process->stats ? linux_stats_now() : 0;
    if (!atomic_load(&process->ending))
        error = lfi_context_run(thread->context, &exit);
    if (process->stats)
        linux_stats_thread(process->stats, start);
    if (error) {
        snprintf(result.report, sizeof result.report, "cannot enter the box: %s\n",
                 strerror(-error));
        result.end = LFI_LINUX_FAULT;
        result.signal = SIGKILL;
        linux_process_end(thread, &result);
    } else if (!atomic_load(&process->ending)) {
        if (exit.kind == LFI_EXIT_FAULT) {
            linux_report_fault(thread, &exit, &result);
            linux_process_end(thread, &result);
        } else if (exit.kind == LFI_EXIT_RETURNED) {
            result.status = (int)linux_arch_get_result(&exit.regs) & 0xff;
            linux_process_end(thread, &result);
        } else {
            linux_thread_clear_tid(thread); /* its own exit, while others continue */
        }
    }

    leave_mutexes(thread); /* at the end of the process, too: others may share them */
    uint64_t after = processor_time();
    pthread_mutex_lock(&process->lock);
    process->processor_used += after - before;
    thread->left = true;
    bool ender = process->ender == thread;
    pthread_cond_broadcast(&process->gone);
    pthread_mutex_unlock(&process->lock);
    if (ender)
        expel_others(thread);
    return error;
}

static void *start(void *data)
{
    struct thread *thread = data;
    sigset_t blocked;
    lfi_thread_prepare();
    linux_signals_of_thread(&blocked);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    linux_thread_run(thread);
    lfi_thread_release();
    linux_thread_end(thread);
    return NULL;
}

/* What pthread_create of musl (and of glibc) asks for; new processes are not possible. */
#define CLONE_NEEDED (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE_ALLOWED                                                                         \
    (CLONE_NEEDED | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | \
     CLONE_CHILD_CLEARTID | CLONE_DETACHED)

HANDLER(clone)
{
    struct lfi_process *process = call->process;
    uint64_t flags = call->arg[0], stack = call->arg[1], parent_tid = call->arg[2], child_tid, tls;
    linux_arch_clone_arguments(call->arg, &child_tid, &tls);
    if ((flags & CLONE_NEEDED) != CLONE_NEEDED)
        return -ENOSYS;
    if (flags & ~(uint64_t)CLONE_ALLOWED)
        return -EINVAL;
    if (stack < 16 || !lfi_box_contains(process->box, stack - 16, 16))
        return -EFAULT;

    struct thread *thread = linux_thread_new(process);
    if (!thread)
        return -EAGAIN;
    if (!charge(thread)) {
        linux_thread_end(thread);
        return -EAGAIN;
    }
    int tid = thread->tid;
    thread->mask = atomic_load(&call->thread->mask);
    thread->clear_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : 0;
    lfi_context_copy(thread->context, call->thread->context);
    struct lfi_regs *regs = lfi_context_regs(thread->context);
    *regs = *call->regs;
    linux_arch_call_result(regs, 0);
    linux_arch_set_stack(regs, stack);
    if (flags & CLONE_SETTLS)
        lfi_context_set_tp(thread->context, tls);

    /* Written before the child runs, so that both see it. */
    int64_t error = 0;
    if (flags & CLONE_PARENT_SETTID)
        error = lfi_copy_out(process->box, parent_tid, &tid, sizeof tid);
    if (!error && (flags & CLONE_CHILD_SETTID))
        error = lfi_copy_out(process->box, child_tid, &tid, sizeof tid);

    if (!error && call->thread->adopting) {
        call->thread->adopting = false;
        call->thread->adopted = thread;
        thread->hosted = true;
        return tid;
    }

    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, HOST_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* until the thread has its alternate stack */
    pthread_t started;
    if (!error)
        error = -pthread_create(&started, &attributes, start, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error) {
        linux_thread_end(thread);
        return error;
    }
    return tid;
}

HANDLER(exit)
{
    /* The last thread's exit ends the process, with this status. */
    pthread_mutex_lock(&call->process->lock);
    bool last = call->process->threads == call->thread && !call->thread->next;
    pthread_mutex_unlock(&call->process->lock);
    struct lfi_linux_result result = {.end = LFI_LINUX_EXITED, .status = (int)call->arg[0] & 0xff};
    /* In a call of the host there would be no stack any more. */
    bool within = call->thread->hosted && !call->thread->starting;
    if (last || within)
        linux_process_end(call->thread, &result);
    lfi_context_stop(call->thread->context, 0);
    return 0;
}

HANDLER(exit_group)
{
    struct lfi_linux_result result = {.end = LFI_LINUX_EXITED, .status = (int)call->arg[0] & 0xff};
    linux_process_end(call->thread, &result);
    lfi_context_stop(call->thread->context, 0);
    return 0;
}

LIGHT_HANDLER(light_futex)
{
    struct lfi_box *box = call->process->box;
    uint64_t timeout = call->arg[3], second = call->arg[4];
    switch ((int)call->arg[1] & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (timeout && !lfi_box_contains(box, timeout, sizeof(struct timespec)))
            return -EFAULT;
        if (timeout)
            return LINUX_NOT_LIGHT; /* nor does it begin again by itself */
        second = 0;
        break;
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        timeout = second = 0;
        break;
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP: /* the timeout is a count */
        if (!lfi_box_contains(box, second, 4))
            return -EFAULT;
        timeout = (uint32_t)timeout;
        break;
    default:
        return -ENOSYS;
    }
    call->arg[1] = (uint32_t)call->arg[1];
    call->arg[2] = (uint32_t)call->arg[2];
    call->arg[3] = timeout;
    call->arg[4] = second;
    call->arg[5] = (uint32_t)call->arg[5];
    return LINUX_HOST_CALL;
}

/* A wait with a timeout, which is an end here: it does not move when the wait begins again. */
static int64_t timed_futex(struct call *call)
{
    struct timespec end, now;
    unsigned operation = (unsigned)call->arg[1];
    if (lfi_copy_in(call->process->box, &end, call->arg[3], sizeof end))
        return -EFAULT;
    uint64_t arg[6] = {
        call->arg[0], operation, (uint32_t)call->arg[2], (uintptr_t)&end, 0, (uint32_t)call->arg[5],
    };
    call->final = true;
    bool valid = end.tv_sec >= 0 && end.tv_nsec >= 0 && end.tv_nsec < 1000000000;
    if (valid && (operation & ~(unsigned)FUTEX_PRIVATE_FLAG) == FUTEX_WAIT) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        bool far = end.tv_sec >= INT64_MAX / 2;
        end.tv_sec = far ? end.tv_sec : end.tv_sec + now.tv_sec;
        end.tv_nsec += now.tv_nsec;
        end.tv_sec += end.tv_nsec / 1000000000;
        end.tv_nsec %= 1000000000;
        arg[1] = FUTEX_WAIT_BITSET | (operation & FUTEX_PRIVATE_FLAG);
        arg[5] = FUTEX_BITSET_MATCH_ANY;
    }
    return linux_wait(call->thread, SYS_futex, arg);
}

HANDLER(futex)
{
    int64_t result = linux_sys_light_futex(call);
    if (result == LINUX_NOT_LIGHT)
        return timed_futex(call);
    return result == LINUX_HOST_CALL ? linux_wait(call->thread, SYS_futex, call->arg) : result;
}

LIGHT_HANDLER(set_tid_address)
{
    call->thread->clear_tid = call->arg[0];
    return call->thread->tid;
}

LIGHT_HANDLER(gettid)
{
    return call->thread->tid;
}

HANDLER(getaffinity)
{
    return host(SYS_sched_getaffinity, 0, call->arg[1], call->arg[2]);
}

/* In a program that is not restricted: a host's threads stay where the host put them. */
HANDLER(setaffinity)
{
    struct lfi_process *process = call->process;
    int tid = (int)call->arg[0], host_tid = 0;
    uint64_t mask[1024 / 64] = {0};
    size_t size = call->arg[1] < sizeof mask ? call->arg[1] : sizeof mask;
    if (process->restricted || process->library)
        return -EPERM;
    if (lfi_copy_in(process->box, mask, call->arg[2], size))
        return -EFAULT;
    pthread_mutex_lock(&process->lock);
    const struct thread *thread = tid ? linux_thread_find(process, tid) : call->thread;
    if (thread)
        host_tid = atomic_load(&thread->host_tid);
    /* with the lock, so that the thread does not end, and its number become that of another one */
    int64_t result = host_tid ? host(SYS_sched_setaffinity, host_tid, size, mask) : -ESRCH;
    pthread_mutex_unlock(&process->lock);
    return result;
}

/* arch_prctl(2). Musl of the sysroot uses the runtime table instead. %gs is not the box's. */
HANDLER(arch_prctl)
{
    enum { SET_FS = 0x1002, GET_FS = 0x1003 };
    uint64_t tp = lfi_context_tp(call->thread->context);
    switch (call->arg[0]) {
    case SET_FS:
        lfi_context_set_tp(call->thread->context, call->arg[1]);
        return 0;
    case GET_FS:
        return lfi_copy_out(call->process->box, call->arg[1], &tp, sizeof tp);
    default:
        return -EINVAL;
    }
}
