// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Freeze and reset: memory is core's affair, the rest of the box's state the personality's. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static int say(struct lfi_error *error, int failed)
{
    if (failed == -EBUSY)
        linux_say(error, "a call is under way, or the library has threads of its own");
    else if (error && !error->message[0])
        linux_say(error, "%s", strerror(-failed));
    return failed;
}

int lfi_library_freeze(struct lfi_library *library, struct lfi_error *error)
{
    struct linux_frozen *frozen = NULL;
    if (error)
        error->message[0] = 0;
    if (library->frozen)
        return say(error, -EALREADY);
    if (atomic_load(&library->process->ending))
        return say(error, -ECANCELED);
    if (library_threads_keep(library))
        return say(error, -EBUSY);
    int failed = linux_freeze(library->process, &frozen);
    if (!failed)
        failed = lfi_box_freeze(library->box, error);
    if (!failed)
        library->frozen = frozen;
    library_threads_go_on(library);
    if (failed) {
        linux_frozen_free(frozen);
        return say(error, failed);
    }
    pthread_mutex_lock(&library->lock);
    for (struct library_callback *at = library->callbacks; at; at = at->next)
        at->frozen = true;
    pthread_mutex_unlock(&library->lock);
    atomic_store(&library->generation, 1);
    return 0;
}

/* Callbacks that were registered since the freeze are gone. */
static void drop_callbacks(struct lfi_library *library)
{
    pthread_mutex_lock(&library->lock);
    for (struct library_callback **at = &library->callbacks; *at;) {
        struct library_callback *callback = *at;
        if (callback->frozen) {
            at = &callback->next;
            continue;
        }
        *at = callback->next;
        lfi_box_uncallback(library->box, callback->address);
        free(callback);
    }
    pthread_mutex_unlock(&library->lock);
}

static bool has_own_threads(struct lfi_process *process)
{
    bool any = false;
    pthread_mutex_lock(&process->lock);
    for (struct thread *at = process->threads; at; at = at->next)
        any |= !at->hosted;
    pthread_mutex_unlock(&process->lock);
    return any;
}

/* No thread of the host is in the box, nor gets there. */
static int reset(struct lfi_library *library, struct lfi_error *error)
{
    struct lfi_process *process = library->process;
    linux_monitor_pause(process);
    if (has_own_threads(process))
        library_end_threads(library);
    int failed = library_threads_drop(library, true);
    if (!failed)
        failed = lfi_box_reset(library->box, error);
    if (!failed) {
        linux_timers_stop(process); /* one that is just ending the process has done so by then */
        failed = linux_thaw(process, library->frozen, atomic_load(&process->ending));
    }
    library_threads_renew(library);
    if (failed) {
        if (failed != -EBUSY)
            library_end_threads(library); /* half of it is old: it has failed */
        linux_monitor_continue(process);
        return say(error, failed);
    }
    drop_callbacks(library);
    atomic_fetch_add(&library->generation, 1);
    atomic_store(&library->interrupted, false);
    atomic_store(&process->ending, false);
    linux_monitor_continue(process);
    library_thread_forget(library);
    return 0;
}

int lfi_library_reset(struct lfi_library *library, struct lfi_error *error)
{
    if (error)
        error->message[0] = 0;
    if (!library->frozen)
        return say(error, -EINVAL);
    if (library_threads_keep(library))
        return say(error, -EBUSY);
    int failed = reset(library, error);
    library_threads_go_on(library);
    return failed;
}

uint64_t lfi_library_generation(const struct lfi_library *library)
{
    return atomic_load_explicit(&library->generation, memory_order_relaxed);
}
