// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Contexts: a thread's stays in a box. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What every switch.S relies on, besides the members that its machine.c checks. */
_Static_assert(offsetof(struct lfi_context, interrupt) == CONTEXT_INTERRUPT, "frame.h");
_Static_assert(offsetof(struct lfi_context, active) == CONTEXT_ACTIVE, "frame.h");
_Static_assert(offsetof(struct lfi_context, box) == CONTEXT_BOX, "frame.h");
_Static_assert(offsetof(struct lfi_box, callbacks) == BOX_CALLBACKS, "frame.h");
_Static_assert(sizeof(struct core_callback) == 1 << CALLBACK_SHIFT, "frame.h");
_Static_assert(CALLBACKS_MAX == LFI_CALLBACKS_MAX, "frame.h");
_Static_assert(offsetof(struct core_thread, frame) == THREAD_FRAME, "frame.h");
_Static_assert(offsetof(struct core_thread, gate) == THREAD_GATE, "frame.h");
_Static_assert(offsetof(struct core_thread, gate_kind) == THREAD_KIND, "frame.h");
_Static_assert(LFI_HOST_NOT_MADE == HOST_NOT_MADE, "switch.S");
_Static_assert(LFI_LIGHT_NOT == 0 && LFI_LIGHT_DONE == 1, "switch.S");
_Static_assert(LFI_EXIT_RETURNED == 1 && LFI_EXIT_INTERRUPTED == 3, "switch.S");
_Static_assert(sizeof(struct core_frame) == FRAME_SIZE, "frame.h: FRAME_SIZE");

int lfi_context_new(struct lfi_box *box, lfi_syscall_fn *serve, void *data,
                    struct lfi_context **result)
{
    struct lfi_context *context = aligned_alloc(_Alignof(struct lfi_context), sizeof *context);

    *result = NULL;
    if (!context)
        return -ENOMEM;
    memset(context, 0, sizeof *context);
    context->box = box;
    context->serve = serve;
    context->data = data;
    machine_frame_init(&context->frame);
    int code = machine_context_init(context);
    if (code) {
        free(context);
        return code;
    }
    pthread_mutex_lock(&box->lock);
    context->next = box->first;
    if (box->first)
        box->first->previous = context;
    box->first = context;
    pthread_mutex_unlock(&box->lock);
    __atomic_add_fetch(&box->contexts, 1, __ATOMIC_ACQ_REL);
    *result = context;
    return 0;
}

void lfi_context_light(struct lfi_context *context, lfi_light_fn *light, lfi_light_done_fn *done)
{
    context->light = light;
    context->light_done = done;
}

int lfi_context_free(struct lfi_context *context)
{
    if (!context)
        return 0;
    if (lfi_context_detach(context))
        return -EBUSY;
    for (size_t i = 0; i < context->gate_count; i++)
        free(context->gates[i]);
    free(context->gates);
    machine_context_free(context);
    pthread_mutex_lock(&context->box->lock);
    if (context->next)
        context->next->previous = context->previous;
    if (context->previous)
        context->previous->next = context->next;
    else
        context->box->first = context->next;
    pthread_mutex_unlock(&context->box->lock);
    __atomic_sub_fetch(&context->box->contexts, 1, __ATOMIC_ACQ_REL);
    free(context);
    return 0;
}

bool core_box_entered(const struct lfi_box *box)
{
    const struct lfi_context *context = box->first;

    while (context && !lfi_context_entered(context))
        context = context->next;
    return context != NULL;
}

bool lfi_context_entered(const struct lfi_context *context)
{
    return __atomic_load_n(&context->active, __ATOMIC_ACQUIRE) != NULL;
}

void lfi_box_limit_nesting(struct lfi_box *box, unsigned depth)
{
    __atomic_store_n(&box->nesting, depth, __ATOMIC_RELEASE);
}

LFI_LIGHT struct lfi_box *lfi_context_box(const struct lfi_context *context)
{
    return context->box;
}

LFI_LIGHT void *lfi_context_data(const struct lfi_context *context)
{
    return context->data;
}

struct lfi_regs *lfi_context_regs(struct lfi_context *context)
{
    return &context->frame.regs;
}

uint64_t lfi_context_tp(const struct lfi_context *context)
{
    return *machine_tp((struct lfi_context *)context);
}

void lfi_context_set_tp(struct lfi_context *context, uint64_t tp)
{
    *machine_tp(context) = tp;
}

void lfi_context_copy(struct lfi_context *to, const struct lfi_context *from)
{
    machine_frame_copy(&to->frame, from->active ? from->active : &from->frame);
    lfi_context_set_tp(to, lfi_context_tp(from));
}

LFI_LIGHT void lfi_context_stop(struct lfi_context *context, int status)
{
    context->status = status;
    if (context->active)
        context->active->leave = LFI_EXIT_STOPPED + 1;
}

void lfi_context_interrupt(struct lfi_context *context)
{
    int signal = core_faults_interrupt_signal();
    int tid, saved_errno = errno; /* handlers of the host's signals may be here */

    /*
     * stay() and attach store tid, then switch.S and gate.S read `interrupt`: so one of the two
     * sees the other's store.
     */
    __atomic_fetch_or(&context->interrupt, INTERRUPT_END, __ATOMIC_SEQ_CST);
    tid = __atomic_load_n(&context->tid, __ATOMIC_SEQ_CST);
    if (tid && signal)
        syscall(SYS_tgkill, getpid(), tid, signal);
    errno = saved_errno;
}

static bool is_mine(const struct lfi_context *context)
{
    return __atomic_load_n(&context->owner, __ATOMIC_RELAXED) == core_thread_id();
}

int core_context_claim(struct lfi_context *context)
{
    uint64_t none = 0;

    if (is_mine(context))
        return 0;
    if (!__atomic_compare_exchange_n(&context->owner, &none, core_thread_id(), false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return -EBUSY;
    if (!__atomic_load_n(&context->active, __ATOMIC_ACQUIRE))
        return 0;
    __atomic_store_n(&context->owner, 0, __ATOMIC_RELEASE); /* a stay is about to end */
    return -EBUSY;
}

/* Before a stay, or in its place. */
static void disclaim(struct lfi_context *context)
{
    if (!context->active && !context->gate)
        __atomic_store_n(&context->owner, 0, __ATOMIC_RELEASE);
}

/*
 * The end of a stay within `former`. That `active` goes is the last access: with the outermost
 * stay's another thread may enter the context, or free it.
 */
static void end_stay(struct lfi_context *context, struct core_frame *former)
{
    if (!former && !context->gate) {
        __atomic_store_n(&context->tid, 0, __ATOMIC_RELEASE);
        __atomic_store_n(&context->owner, 0, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&context->active, former, __ATOMIC_RELEASE);
}

void core_frame_fill(struct core_frame *frame, struct lfi_context *context)
{
    struct lfi_box *box = context->box;

    frame->context = context;
    frame->serve = context->serve;
    frame->light = context->light;
    frame->done = context->light_done;
    frame->base = box->base;
    frame->stack_reach =
        __atomic_load_n(&box->free_stack, __ATOMIC_ACQUIRE) ? UINT64_MAX : MACHINE_STACK_REACH;
    frame->features = box->space->features;
    machine_frame_fill(frame);
    frame->leave = 0;
    frame->in_callback = 0;
    frame->exact = 0;
}

void core_frame_exit(struct core_frame *frame, enum lfi_exit_kind kind, struct lfi_exit *exit)
{
    struct lfi_context *context = frame->context;

    *exit = (struct lfi_exit){.kind = kind, .regs = frame->regs};
    if (kind == LFI_EXIT_STOPPED || kind == LFI_EXIT_UNWOUND) {
        exit->status = context->status;
    } else if (kind == LFI_EXIT_FAULT) {
        exit->signal = context->fault.signal;
        exit->code = context->fault.code;
        exit->address = context->fault.address;
    } else if (kind == LFI_EXIT_INTERRUPTED) {
        __atomic_fetch_and(&context->interrupt, ~(uint32_t)INTERRUPT_END, __ATOMIC_ACQ_REL);
    }
}

/* One stay in the box, from the frame's state until it ends. The context is this thread's, until
 * then if it is not attached. */
static int stay(struct lfi_context *context, struct core_frame *frame, struct lfi_exit *exit)
{
    struct core_thread *self = core_self();
    struct core_frame *outer = self->frame;
    struct core_frame *active = context->active;
    int code = 0;

    if (!core_faults_installed())
        code = -EINVAL;
    else if (!core_thread_may_nest(context->box))
        code = -ELOOP;
    else
        code = lfi_thread_prepare();
    if (code) {
        disclaim(context);
        return code;
    }

    core_frame_fill(frame, context);
    frame->returning = machine_return;
    frame->depth = outer ? outer->depth + 1 : 1;
    frame->gate = active ? active->gate : 0;

    machine_stay_begin(frame, outer);
    __atomic_store_n(&context->active, frame, __ATOMIC_RELEASE);
    __atomic_store_n(&context->tid, self->tid, __ATOMIC_SEQ_CST);
    self->frame = frame;

    exit->kind = machine_run(frame);

    self->frame = outer;
    machine_stay_end(frame, outer);
    core_frame_exit(frame, exit->kind, exit);
    end_stay(context, active);
    lfi_thread_release();
    return 0;
}

int lfi_context_run(struct lfi_context *context, struct lfi_exit *exit)
{
    int code = core_context_claim(context);

    if (code == 0 && context->active)
        code = -EBUSY;
    if (code)
        return code;
    return stay(context, &context->frame, exit);
}

int lfi_call(struct lfi_context *context, uint64_t function, struct lfi_call *call)
{
    struct core_frame frame;
    struct lfi_box *box = context->box;
    uint64_t home = __atomic_load_n(&box->return_address, __ATOMIC_ACQUIRE);
    if (home == 0 || call->stack_count > 4096)
        return -EINVAL;
    int code = core_context_claim(context);
    if (code)
        return code;
    machine_frame_init(&frame);
    uint64_t stack = machine_call_stack(context->active ? context->active : &context->frame,
                                        call->stack_count, context->active != NULL);
    uint64_t at = stack;
    size_t size = call->stack_count * sizeof(uint64_t);
    if (MACHINE_RETURN_ON_STACK) {
        code = lfi_copy_out(box, at, &home, sizeof home);
        at += sizeof home;
    }
    if (code == 0 && size)
        code = lfi_copy_out(box, at, call->stack, size);
    if (code) {
        disclaim(context);
        return code;
    }
    machine_call_begin(&frame, call, function, stack, home);
    code = stay(context, &frame, &call->exit);
    if (code == 0)
        machine_call_end(&frame, call);
    return code;
}
