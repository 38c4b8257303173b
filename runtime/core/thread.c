// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a thread of the host needs before it enters a box: a stack for signal handlers that is not
 * the box's, fault signals that are not blocked (the kernel kills a process that faults with its
 * signal blocked), and no cancellation. glibc handles that signal on the stack that it finds, and
 * cancelling unwinds frames, which must not happen across a stay. While it is disabled, glibc does
 * not send the signal, and musl's handler, which is on the alternate stack, does nothing.
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif
__thread struct core_thread core_thread;

/* The bounds of the thread's stack. Asked once: for a main thread libc reads /proc/self/maps. */
static void find_stack(struct core_thread *self)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;

    self->bounds_known = true;
    if (pthread_getattr_np(pthread_self(), &attributes))
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        self->stack_low = (uint64_t)low;
        self->stack_high = (uint64_t)low + size;
    }
    pthread_attr_destroy(&attributes);
}

/*
 * Nested calls use up the host's stack: each level holds a frame of ours and those of the handler
 * that made the call. On a stack that is not the thread's own (a coroutine's) only the depth is
 * limited.
 */
bool core_thread_may_nest(const struct lfi_box *box)
{
    struct core_thread *self = core_self();
    unsigned limit = __atomic_load_n(&box->nesting, __ATOMIC_ACQUIRE);
    uint64_t here = (uint64_t)__builtin_frame_address(0);

    if (!self->frame)
        return true;
    if (self->frame->depth >= (limit ? limit : LFI_NESTING_DEFAULT))
        return false;
    if (!self->bounds_known)
        find_stack(self);
    return here < self->stack_low || here >= self->stack_high ||
           here - self->stack_low >= LFI_NESTING_STACK;
}

int lfi_thread_prepare(void)
{
    struct core_thread *self = core_self();
    stack_t stack = {0};
    sigset_t faults;
    size_t size;

    if (self->prepared) {
        self->prepared++;
        return 0;
    }
    /* the signal frame, whose size depends on the vector registers, and room for handlers */
    size =
        (getauxval(AT_MINSIGSTKSZ) + 65536 + lfi_page_size() - 1) & ~(size_t)(lfi_page_size() - 1);
    uint8_t *memory =
        mmap(NULL, size + lfi_page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    if (mprotect(memory + lfi_page_size(), size, PROT_READ | PROT_WRITE))
        goto fail;
    /*
     * The kernel believes that it is already on the alternate stack if rsp points there. Confined
     * code has rsp in the box or, between two instructions of a group, below 4 GiB.
     */
    if ((uint64_t)memory >> 32 == 0)
        goto fail;
    /* Not SS_AUTODISARM: a host handler that leaves by siglongjmp would leave us without a stack.
     */
    stack.ss_sp = memory + lfi_page_size();
    stack.ss_size = size;
    if (sigaltstack(&stack, &self->former_stack))
        goto fail;
    core_faults_signals(&faults);
    pthread_sigmask(SIG_UNBLOCK, &faults, &self->former_mask);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &self->former_cancel);
    self->stack = memory;
    self->stack_size = size + lfi_page_size();
    self->tid = (int)syscall(SYS_gettid);
    self->prepared = 1;
    return 0;
fail:
    munmap(memory, size + lfi_page_size());
    return -ENOMEM;
}

void lfi_thread_release(void)
{
    struct core_thread *self = core_self();
    sigset_t faults, blocked;

    if (self->prepared == 0 || --self->prepared)
        return;
    /* Only our signals go back to what they were: the mask may have been changed since. */
    core_faults_signals(&faults);
    sigandset(&blocked, &faults, &self->former_mask);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (self->former_stack.ss_flags & SS_DISABLE)
        self->former_stack.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ); /* some check it even then */
    sigaltstack(&self->former_stack, NULL);
    munmap(self->stack, self->stack_size);
    pthread_setcancelstate(self->former_cancel, NULL); /* last: it may end the thread at once */
}

uint64_t core_thread_id(void)
{
    static uint64_t last;

    if (core_thread.id == 0)
        core_thread.id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    return core_thread.id;
}

static pthread_key_t end_key;
static bool has_end_key;

/* The last but one round, so that destructors of others can still make calls. */
static void end_thread(void *value)
{
    struct core_thread *self = value;

    if (--self->kept == 0)
        lfi_thread_release();
    else
        pthread_setspecific(end_key, self);
}

static void make_end_key(void)
{
    has_end_key = pthread_key_create(&end_key, end_thread) == 0;
}

int core_thread_keep(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct core_thread *self = core_self();

    if (self->kept)
        return 0;
    pthread_once(&once, make_end_key);
    if (!has_end_key || pthread_setspecific(end_key, self))
        return -ENOMEM;
    int code = lfi_thread_prepare();
    if (code) {
        pthread_setspecific(end_key, NULL);
        return code;
    }
    self->kept = _POSIX_THREAD_DESTRUCTOR_ITERATIONS - 1;
    return 0;
}

bool core_thread_ready(void)
{
    struct core_thread *self = core_self();
    sigset_t mask, faults;
    stack_t stack;

    core_faults_signals(&faults);
    if (self->prepared == 0 || sigaltstack(NULL, &stack) ||
        stack.ss_sp != (uint8_t *)self->stack + lfi_page_size() || stack.ss_flags & SS_DISABLE)
        return false;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    sigandset(&faults, &faults, &mask);
    return sigisemptyset(&faults);
}
