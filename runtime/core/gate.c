// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Gates and callbacks: what is done before and after, and once. The calls themselves are in gate.S
 * of each architecture.
 *
 * A gate call needs a frame, as any stay: a system call, a fault or an interrupt ends or saves it
 * as everywhere. A context keeps one for each depth, so that a call only has to fill in what
 * changes.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(LFI_EXIT_UNWOUND == 4, "switch.S, gate.S");

static bool shape_is_good(lfi_shape shape)
{
    unsigned vectors = LFI_SHAPE_VECTORS(shape);
    unsigned integers = (LFI_SHAPE_INDEX(shape) - vectors) / 9;

    return LFI_SHAPE_INDEX(shape) >= vectors && (LFI_SHAPE_INDEX(shape) - vectors) % 9 == 0 &&
           vectors <= 8 && integers <= LFI_CALL_INTEGERS && LFI_SHAPE_ST(shape) <= MACHINE_ST &&
           LFI_SHAPE_BYTES(shape) <= 65536 && LFI_SHAPE_RESULT_INTEGERS(shape) <= 2 &&
           LFI_SHAPE_RESULT_VECTORS(shape) <= MACHINE_RESULT_VECTORS &&
           (LFI_SHAPE_BYTES(shape) == 0 || integers >= MACHINE_MEMORY_INTEGER);
}

/* The frame for a gate call inside of `depth` others of the context. */
static int gate_frame(struct lfi_context *context, size_t depth, struct core_frame **result)
{
    struct core_frame **grown, *frame;

    if (depth == context->gate_count) {
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
        grown = realloc(context->gates, (depth + 1) * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        context->gates = grown;
        frame = aligned_alloc(_Alignof(struct core_frame), sizeof *frame);
        if (!frame)
            return -ENOMEM;
        machine_frame_init(frame);
        context->gates[context->gate_count++] = frame;
    }
    frame = context->gates[depth];
    core_frame_fill(frame, context);
    frame->returning = machine_gate_return;
    frame->home = __atomic_load_n(&context->box->return_address, __ATOMIC_ACQUIRE);
    frame->gate = (uint32_t)depth + 1;
    *result = frame;
    return frame->home ? 0 : -EINVAL;
}

int lfi_context_attach(struct lfi_context *context)
{
    struct core_frame *frame;

    if (!core_faults_installed())
        return -EINVAL;
    int code = core_context_claim(context);
    if (code || context->gate)
        return code;
    code = core_thread_keep();
    if (code == 0)
        code = gate_frame(context, 0, &frame);
    if (code) {
        if (!context->active)
            __atomic_store_n(&context->owner, 0, __ATOMIC_RELEASE);
        return code;
    }
    __atomic_store_n(&context->gate, frame, __ATOMIC_RELAXED);
    __atomic_store_n(&context->tid, core_thread.tid, __ATOMIC_SEQ_CST);
    return 0;
}

int lfi_context_detach(struct lfi_context *context)
{
    if (__atomic_load_n(&context->active, __ATOMIC_ACQUIRE) ||
        (__atomic_load_n(&context->failing, __ATOMIC_ACQUIRE) &&
         __atomic_load_n(&context->owner, __ATOMIC_RELAXED) != core_thread.id))
        return -EBUSY;
    if (core_thread.failing == context)
        core_thread.failing = NULL;
    __atomic_store_n(&context->gate, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&context->tid, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&context->owner, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&context->failing, false, __ATOMIC_RELEASE); /* the last access */
    return 0;
}

uint64_t lfi_gate_stack(const struct lfi_context *context)
{
    const struct core_frame *active = context->active;

    if (active && active->below)
        return active->below;
    return machine_stack_pointer(active ? active : &context->frame, active != NULL);
}

void lfi_gate_set_stack(struct lfi_context *context, uint64_t address)
{
    if (context->active)
        context->active->below =
            address == machine_stack_pointer(context->active, true) ? 0 : address;
    else
        machine_set_stack_pointer(&context->frame, address);
}

/* Whatever is not a thread's outermost call in a context that is attached to it. */
static int prepare(struct lfi_context *context, struct core_frame **frame)
{
    struct core_thread *self = core_self();
    struct core_frame *active;
    int code = lfi_context_attach(context);

    if (code)
        return code;
    if (!core_thread_may_nest(context->box))
        return -ELOOP;
    active = context->active;
    if (!active) {
        *frame = context->gate;
    } else {
        code = gate_frame(context, active->gate, frame);
        if (code)
            return code;
    }
    if (self->frame)
        machine_stay_pause(self->frame);
    (*frame)->depth = self->frame ? self->frame->depth + 1 : 1;
    return 0;
}

lfi_gate_fn *lfi_gate_refused(struct lfi_context *context, int status, lfi_shape shape)
{
    core_thread.gate = NULL;
    core_thread.refused = status;
    core_thread.refused_shape = shape;
    core_thread.refused_context = context;
    return (lfi_gate_fn *)machine_gate_refused;
}

lfi_gate_fn *lfi_gate(struct lfi_context *context, uint64_t function, lfi_shape shape)
{
    struct core_thread *self = core_self();
    struct core_frame *frame = __atomic_load_n(&context->gate, __ATOMIC_RELAXED);
    uint64_t stack;
    int code;

    if (__builtin_expect(!frame || self->frame ||
                             __atomic_load_n(&context->owner, __ATOMIC_RELAXED) != self->id,
                         false)) {
        code = shape_is_good(shape) ? prepare(context, &frame) : -EINVAL;
        if (code)
            return lfi_gate_refused(context, code, shape);
        stack = lfi_gate_stack(context);
    } else {
        frame->depth = 1;
        stack = machine_stack_pointer(&context->frame, false);
    }
#ifndef NDEBUG
    if (!shape_is_good(shape))
        return lfi_gate_refused(context, -EINVAL, shape);
    if (!core_thread_ready())
        return lfi_gate_refused(context, -EPERM, shape);
#endif
    frame->special = 0;
    if (__builtin_expect((shape & LFI_SHAPE_SPECIAL) != 0, false)) {
        frame->words = LFI_SHAPE_WORDS(shape);
        frame->bytes = LFI_SHAPE_BYTES(shape);
        frame->st = LFI_SHAPE_ST(shape);
        frame->special = frame->words | frame->bytes | frame->st;
        frame->result = 0;
        stack -= frame->bytes;
        stack &= ~(uint64_t)63; /* any alignment that a type may have is not known */
        frame->place = frame->base + (uint32_t)stack;
        stack -= 8 * (uint64_t)frame->words;
    }
    frame->stack = machine_gate_stack(frame, stack);
    frame->target = frame->base + (function & MACHINE_ENTRY_MASK);
    self->gate = frame;
    return (lfi_gate_fn *)machine_gate_entry(shape);
}

void lfi_context_on_failure(struct lfi_context *context, lfi_gate_failed_fn *failed)
{
    context->failed = failed;
}

const struct lfi_exit *lfi_gate_exit(void)
{
    struct core_thread *self = core_self();

    if (self->gate_kind == LFI_EXIT_RETURNED)
        self->exit.kind = LFI_EXIT_RETURNED;
    return &self->exit;
}

/* Calls `failed` of the context, which may not come back, and keeps the context meanwhile if the
 * thread is in no stay of it: another one might free it under the function. */
static void tell_failed(struct lfi_context *context, lfi_gate_failed_fn *failed, bool keep)
{
    struct core_thread *self = core_self();
    const struct lfi_context *failing = self->failing;

    if (!keep) {
        failed(context, &self->exit);
        return;
    }
    self->failing = context;
    failed(context, &self->exit);
    if (failing == context) /* it came to this within the function: which has it still, or not */
        return;
    if (self->failing == context)
        __atomic_store_n(&context->failing, false, __ATOMIC_RELEASE); /* the last access */
    self->failing = failing;
}

struct core_results core_gate_ended(enum lfi_exit_kind kind)
{
    struct core_thread *self = core_self();
    struct core_frame *frame = self->frame;
    struct lfi_context *context = frame->context;
    struct core_frame *outer = frame->outer, *former = frame->former;
    lfi_gate_failed_fn *failed = context->failed;
    struct core_results results = {0};

    core_frame_exit(frame, kind, &self->exit);
    self->gate_kind = (int)kind;
    frame->leave = 0;
    frame->in_callback = 0;
    frame->exact = 0;
    if (frame->special) {
        results.st = frame->st;
        results.memory = frame->bytes ? frame->result : 0;
        if (results.memory)
            memset((void *)results.memory, 0, frame->bytes);
    }
    machine_stay_pause(frame);
    if (failed && !former)
        __atomic_store_n(&context->failing, true, __ATOMIC_RELAXED);
    self->frame = outer; /* handlers of signals look at it: before another thread can free it */
    __atomic_store_n(&context->active, former, __ATOMIC_RELEASE);
    if (outer)
        core_gate_resume(outer);
    if (failed)
        tell_failed(context, failed, !former);
    return results;
}

struct core_results core_gate_refused(uint64_t memory)
{
    struct core_thread *self = core_self();
    lfi_shape shape = self->refused ? self->refused_shape : 0;
    struct lfi_context *context = self->refused ? self->refused_context : NULL;
    struct core_results results = {.st = LFI_SHAPE_ST(shape)};

    self->exit = (struct lfi_exit){.kind = LFI_EXIT_REFUSED,
                                   .status = self->refused ? self->refused : -EINVAL};
    self->gate_kind = LFI_EXIT_REFUSED;
    self->refused = 0;
    if (LFI_SHAPE_BYTES(shape)) {
        results.memory = memory;
        memset((void *)memory, 0, LFI_SHAPE_BYTES(shape));
    }
    self->refused_context = NULL;
    lfi_gate_failed_fn *failed = context ? context->failed : NULL;
    if (failed) {
        /* only where it is attached: else it is another thread's, or no one's who would let go */
        bool keep = __atomic_load_n(&context->gate, __ATOMIC_RELAXED) &&
                    __atomic_load_n(&context->owner, __ATOMIC_RELAXED) == self->id &&
                    !context->active;
        if (keep)
            __atomic_store_n(&context->failing, true, __ATOMIC_RELEASE);
        tell_failed(context, failed, keep);
    }
    return results;
}

/* ------------------------------------------------------------------------------- callbacks */

/* `data` of an entry without a function that stays so. */
#define RETIRED 1

static size_t stubs_per_page(void)
{
    return lfi_page_size() / MACHINE_STUB_SIZE;
}

void core_callbacks_init(struct lfi_box *box)
{
    pthread_mutex_init(&box->callback_lock, NULL);
}

void core_callbacks_free(struct lfi_box *box)
{
    free(box->callbacks);
    free(box->stub_pages);
    pthread_mutex_destroy(&box->callback_lock);
}

static int map_stubs(struct lfi_box *box, uint64_t address, struct lfi_error *error)
{
    struct core_callback *table = box->callbacks;
    struct lfi_code_map map = {.address = address,
                               .size = lfi_page_size(),
                               .image_start = address,
                               .image_end = address + lfi_page_size()};
    size_t first = box->stub_page_count * stubs_per_page();
    uint64_t *pages;

    if (first + stubs_per_page() > LFI_CALLBACKS_MAX) {
        core_explain(error, "a box has at most %d callbacks", LFI_CALLBACKS_MAX);
        return -ENOSPC;
    }
    pages = realloc(box->stub_pages, (box->stub_page_count + 1) * sizeof *pages);
    if (!pages)
        return -ENOMEM;
    box->stub_pages = pages;
    if (!table)
        table = calloc(LFI_CALLBACKS_MAX, sizeof *table);
    uint8_t *code = malloc(lfi_page_size());
    if (!table || !code) {
        free(code);
        if (!box->callbacks)
            free(table);
        return -ENOMEM;
    }
    __atomic_store_n(&box->callbacks, table, __ATOMIC_RELEASE);
    for (size_t i = 0; i < stubs_per_page(); i++)
        machine_write_stub(code + i * MACHINE_STUB_SIZE, (uint32_t)(first + i));
    map.bytes = code;
    int status = lfi_box_map_code(box, &map, error);
    free(code);
    if (status == 0)
        box->stub_pages[box->stub_page_count++] = address;
    return status;
}

int lfi_box_map_stubs(struct lfi_box *box, uint64_t address, struct lfi_error *error)
{
    pthread_mutex_lock(&box->callback_lock);
    int status = map_stubs(box, address, error);
    pthread_mutex_unlock(&box->callback_lock);
    return status;
}

#if defined(__SANITIZE_THREAD__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan" /* it does not know fences; who reads is assembly */
#endif

/* Replaces an entry so that who reads it meanwhile (gate.S) sees that. */
static void write_entry(struct core_callback *entry, const struct core_callback *contents)
{
    uint64_t words[sizeof *entry / sizeof(uint64_t)], *to = (uint64_t *)entry;

    memcpy(words, contents, sizeof words);
    words[0] = entry->version + 2;
    __atomic_store_n(&to[0], entry->version + 1, __ATOMIC_RELAXED);
    for (size_t i = sizeof words / sizeof *words; i-- > 0;) /* each after those before */
        __atomic_store_n(&to[i], words[i], __ATOMIC_RELEASE);
}

int lfi_box_callback(struct lfi_box *box, const struct lfi_callback *callback, uint64_t *address)
{
    lfi_shape shape = callback->shape;
    struct core_callback entry = {.function = (uint64_t)callback->function,
                                  .data = (uint64_t)callback->data,
                                  .words = LFI_SHAPE_WORDS(shape),
                                  .bytes = LFI_SHAPE_BYTES(shape),
                                  .st = LFI_SHAPE_ST(shape)};
    size_t index;

    if (!callback->function || !shape_is_good(shape) || entry.words > 1023 || entry.bytes > 32768)
        return -EINVAL;
    entry.special = entry.words | entry.bytes | entry.st;
    machine_callback_fill(&entry, callback);
    pthread_mutex_lock(&box->callback_lock);
    size_t count = box->stub_page_count * stubs_per_page();
    for (size_t i = 0; i < count; i++) {
        index = (box->callback_next + i) % count;
        if (box->callbacks[index].function || box->callbacks[index].data == RETIRED)
            continue;
        write_entry(&box->callbacks[index], &entry);
        box->callback_next = (uint32_t)((index + 1) % count);
        *address = box->stub_pages[index / stubs_per_page()] +
                   index % stubs_per_page() * MACHINE_STUB_SIZE;
        pthread_mutex_unlock(&box->callback_lock);
        return 0;
    }
    pthread_mutex_unlock(&box->callback_lock);
    return -ENOSPC;
}

static int take_back(struct lfi_box *box, uint64_t address, const struct core_callback *instead)
{
    uint64_t offset;
    size_t index;
    int status = -EINVAL;

    pthread_mutex_lock(&box->callback_lock);
    for (size_t i = 0; i < box->stub_page_count; i++) {
        offset = address - box->stub_pages[i];
        index = i * stubs_per_page() + offset / MACHINE_STUB_SIZE;
        if (offset >= lfi_page_size() || offset % MACHINE_STUB_SIZE ||
            !box->callbacks[index].function)
            continue;
        write_entry(&box->callbacks[index], instead);
        status = 0;
    }
    pthread_mutex_unlock(&box->callback_lock);
    return status;
}

int lfi_box_uncallback(struct lfi_box *box, uint64_t address)
{
    static const struct core_callback none;

    return take_back(box, address, &none);
}

int lfi_box_retire_callback(struct lfi_box *box, uint64_t address)
{
    static const struct core_callback retired = {.data = RETIRED};

    return take_back(box, address, &retired);
}

static struct core_frame *callback_frame(void)
{
    struct core_frame *frame = core_thread.frame;

    return frame && frame->in_callback ? frame : NULL;
}

void *lfi_callback_data(void)
{
    const struct core_frame *frame = callback_frame();

    return frame ? (void *)frame->callback.data : NULL;
}

struct lfi_context *lfi_callback_context(void)
{
    const struct core_frame *frame = callback_frame();

    return frame ? frame->context : NULL;
}

void lfi_callback_unwind(int status)
{
    struct core_frame *frame = callback_frame();

    if (!frame)
        core_stop("lfi_callback_unwind() was called outside of a callback\n");
    frame->context->status = status;
    machine_unwind(frame);
}
