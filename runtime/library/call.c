// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Calls of functions in the box, callbacks from it, and what happens when a call does not return.
 * That an instance has failed is the personality's `ending`: the box's process has ended.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A string for a report: what the file's names hold is not the host's affair. */
static void copy_name(char *to, size_t size, const char *name)
{
    size_t i = 0;
    for (; name && name[i] && i + 1 < size; i++)
        to[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '?';
    to[i] = 0;
}

static void name_function(const struct lfi_library *library, uint64_t function,
                          struct lfi_library_failure *failure)
{
    copy_name(failure->function, sizeof failure->function,
              library_image_name(library->image, function - library->bias));
}

void library_describe(struct lfi_library *library, struct lfi_library_failure *failure)
{
    struct lfi_process *process = library->process;
    pthread_mutex_lock(&process->lock);
    struct lfi_linux_result result = process->result;
    pthread_mutex_unlock(&process->lock);
    failure->status = result.status;
    failure->signal = result.signal;
    char *report = failure->report;
    size_t size = sizeof failure->report;
    switch (result.end) {
    case LFI_LINUX_FAULT:
        failure->end = LFI_LIBRARY_FAULT;
        failure->exit = result.fault;
        snprintf(report, size, "%s", result.report);
        break;
    case LFI_LINUX_EXITED:
        failure->end = LFI_LIBRARY_EXITED;
        snprintf(report, size, "the library exited with status %d\n", result.status);
        break;
    default:
        if (atomic_load(&library->interrupted)) {
            failure->end = LFI_LIBRARY_INTERRUPTED;
            snprintf(report, size, "interrupted\n");
        } else if (result.report[0]) {
            failure->end = LFI_LIBRARY_LIMIT;
            snprintf(report, size, "%s", result.report);
        } else {
            failure->end = LFI_LIBRARY_KILLED;
            snprintf(report, size, "the library ended itself by signal %d%s\n", result.signal,
                     result.signal == SIGABRT ? " (abort)" : "");
        }
    }
}

/* Puts what the host called in front of the report. */
static void mention_call(struct lfi_library_failure *failure)
{
    char text[sizeof failure->report];
    if (!failure->function[0])
        return;
    int used = snprintf(text, sizeof text, "call of %s: ", failure->function);
    snprintf(text + used, sizeof text - (size_t)used, "%s", failure->report);
    memcpy(failure->report, text, sizeof text);
}

static void describe_refusal(struct lfi_library *library, bool broken, int status,
                             struct lfi_library_failure *failure)
{
    failure->end = LFI_LIBRARY_REFUSED;
    failure->status = status;
    if (broken) {
        struct lfi_library_failure why = {0};
        library_describe(library, &why);
        snprintf(failure->report, sizeof failure->report,
                 "not made, since the library had failed: %.400s", why.report);
        failure->status = -ECANCELED;
    } else {
        snprintf(failure->report, sizeof failure->report, "not made: %s\n", strerror(-status));
    }
}

void library_call_failed(struct lfi_context *context, const struct lfi_exit *exit)
{
    struct thread *box = lfi_context_data(context);
    struct lfi_process *process = box->process;
    struct lfi_library *library = process->library;
    struct library_thread *thread = library_thread_find(library);
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = SIGKILL};
    if (!thread || thread->context != context)
        return;
    struct lfi_library_failure *failure = &thread->failure;
    bool refused = thread->refused;
    memset(failure, 0, sizeof *failure);
    thread->has_failed = true;
    name_function(library, thread->function, failure);

    switch (exit->kind) {
    case LFI_EXIT_UNWOUND:
        failure->end = LFI_LIBRARY_UNWOUND;
        failure->status = exit->status;
        snprintf(failure->report, sizeof failure->report, "a callback gave up: status %d\n",
                 exit->status);
        break;
    case LFI_EXIT_REFUSED:
        describe_refusal(library, refused, exit->status, failure);
        break;
    case LFI_EXIT_FAULT:
        linux_report_fault(box, exit, &result);
        failure->end = LFI_LIBRARY_FAULT;
        failure->signal = exit->signal;
        failure->exit = *exit;
        memcpy(failure->report, result.report, sizeof failure->report);
        linux_process_end(box, &result);
        break;
    default: /* the box ended, by this thread or another, or was interrupted */
        if (!atomic_load(&process->ending)) {
            atomic_store(&library->interrupted, true);
            linux_process_end(box, &result);
        }
        library_describe(library, failure);
        if (process->ender != box && failure->end != LFI_LIBRARY_INTERRUPTED &&
            failure->end != LFI_LIBRARY_LIMIT) {
            char why[400];
            snprintf(why, sizeof why, "%.399s", failure->report);
            snprintf(failure->report, sizeof failure->report,
                     "interrupted, since another thread failed: %s", why);
            failure->end = LFI_LIBRARY_INTERRUPTED;
        }
        failure->exit = *exit;
    }
    mention_call(failure);
    /*
     * What was put on the stack for the call goes; within a callback that is the callback's own.
     * And the call around it ends, too, however many there are: each end takes an interrupt.
     */
    if (!lfi_context_entered(context))
        lfi_gate_set_stack(context, thread->rest);
    else if (atomic_load(&process->ending))
        lfi_context_interrupt(context);
    /* It is done with: another thread may reset the instance from here on. */
    lfi_library_failed_fn *failed = library->failed;
    void *data = library->data;
    lfi_context_detach(context);
    if (refused)
        library_thread_refuse(library, thread, false);
    if (failed)
        failed(library, failure, data);
}

/* No thread, or an instance that has failed. */
static lfi_gate_fn *refuse(struct lfi_library *library, uint64_t function, lfi_shape shape)
{
    int error = 0;
    struct library_thread *thread = library_thread_find(library);
    if (!thread && !atomic_load(&library->process->ending)) {
        thread = library_thread_get(library, &error);
        if (thread) {
            thread->has_failed = false;
            thread->function = function;
            return lfi_gate(thread->context, function, shape);
        }
    }
    if (thread && library_thread_refuse(library, thread, true)) {
        thread->function = function;
        return lfi_gate_refused(thread->context, -ECANCELED, shape);
    }
    if (thread) /* another thread reset it just now */
        error = -ECANCELED;
    struct lfi_library_failure *spare = library_thread_spare(library, true);
    if (spare) {
        memset(spare, 0, sizeof *spare);
        name_function(library, function, spare);
        describe_refusal(library, atomic_load(&library->process->ending), error, spare);
        mention_call(spare);
        if (library->failed)
            library->failed(library, spare, library->data);
    }
    return lfi_gate_refused(NULL, error ? error : -ECANCELED, shape);
}

lfi_gate_fn *lfi_library_gate(struct lfi_library *library, uint64_t function, lfi_shape shape)
{
    struct library_thread *thread = library_thread_find(library);
    if (!thread || atomic_load_explicit(&library->process->ending, memory_order_relaxed))
        return refuse(library, function, shape);
    thread->has_failed = false;
    thread->function = function;
    return lfi_gate(thread->context, function, shape);
}

const struct lfi_library_failure *lfi_library_failed(struct lfi_library *library)
{
    struct library_thread *thread = library_thread_find(library);
    if (thread)
        return thread->has_failed ? &thread->failure : NULL;
    const struct lfi_library_failure *spare = library_thread_spare(library, false);
    return spare ? spare : library_thread_past(library); /* the spare one is later */
}

bool lfi_library_broken(const struct lfi_library *library)
{
    return atomic_load(&library->process->ending);
}

void lfi_library_interrupt(struct lfi_library *library)
{
    struct thread outside = {.process = library->process};
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = SIGKILL};
    if (!atomic_load(&library->process->ending)) {
        atomic_store(&library->interrupted, true);
        linux_process_end(&outside, &result);
    } else {
        linux_threads_interrupt(library->process);
    }
}

int lfi_library_callback(struct lfi_library *library, lfi_gate_fn *function, void *data,
                         lfi_shape shape, uint64_t *address)
{
    struct lfi_callback callback = {.function = function, .data = data, .shape = shape};
    struct library_callback *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    pthread_mutex_lock(&library->lock);
    int failed = lfi_box_callback(library->box, &callback, &made->address);
    if (failed == -ENOSPC && library->stubs < library->stubs_end) {
        failed = lfi_box_map_stubs(library->box, library->stubs, NULL);
        library->stubs += lfi_page_size();
        if (!failed)
            failed = lfi_box_callback(library->box, &callback, &made->address);
    }
    if (!failed) {
        *address = made->address;
        made->next = library->callbacks;
        library->callbacks = made;
    }
    pthread_mutex_unlock(&library->lock);
    if (failed)
        free(made);
    return failed;
}

int lfi_library_uncallback(struct lfi_library *library, uint64_t address)
{
    pthread_mutex_lock(&library->lock);
    struct library_callback **at = &library->callbacks;
    while (*at && (*at)->address != address)
        at = &(*at)->next;
    struct library_callback *found = *at;
    if (found) {
        *at = found->next;
        if (found->frozen)
            lfi_box_retire_callback(library->box, address);
        else
            lfi_box_uncallback(library->box, address);
    }
    pthread_mutex_unlock(&library->lock);
    free(found);
    return found ? 0 : -EINVAL;
}

struct lfi_library *lfi_callback_library(void)
{
    struct lfi_context *context = lfi_callback_context();
    struct thread *thread = context ? lfi_context_data(context) : NULL;
    return thread ? thread->process->library : NULL;
}

void lfi_library_unwind(int status)
{
    lfi_callback_unwind(status);
}
