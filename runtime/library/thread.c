// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Threads of the host in instances. Each thread of the host has a table of the instances that it
 * called, by their address; the last one is at hand. Its own parts are found without a lock. The
 * registry's lock is for what a thread and an instance share: that they belong together.
 *
 * The table's key and lock belong to the process, since a thread's end does: global state, as the
 * signal handlers of core are.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct host_thread {
    struct library_thread **slots; /* open addressing; a husk keeps its place */
    size_t used, room;             /* room is a power of two */
    size_t beginning;              /* parts that the box makes: calls nest */
    struct lfi_library *awaited;   /* whose maker it waits to be, or NULL; the registry's lock */
    bool prepared;                 /* lfi_thread_prepare() */
    bool ending;                   /* its parts end: no new ones */
    uint64_t spare_of;             /* number of the library whose the spare failure is, or 0 */
    struct lfi_library_failure spare;
};

static struct {
    pthread_once_t once;
    pthread_key_t key; /* a thread's struct host_thread, for its end */
    int error;
    pthread_mutex_t lock;
    pthread_cond_t unmade; /* an instance has no maker any more, or is not kept */
} registry = {.once = PTHREAD_ONCE_INIT,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .unmade = PTHREAD_COND_INITIALIZER};

static __thread struct host_thread *this_thread;
static __thread struct library_thread *last;

static bool belongs(const struct library_thread *thread, const struct lfi_library *library)
{
    return atomic_load_explicit(&thread->library, memory_order_relaxed) == library;
}

static size_t place_of(const struct lfi_library *library, size_t room)
{
    return ((uintptr_t)library >> 6) * 0x9e3779b97f4a7c15ull >> 20 & (room - 1);
}

/* The registry's lock is held. */
static void unlink_thread(struct lfi_library *library, struct library_thread *thread)
{
    struct library_thread **at = &library->threads;
    while (*at != thread)
        at = &(*at)->next;
    *at = thread->next;
    if (thread->thread == library->process->main)
        library->main_taken = false;
    atomic_store(&thread->library, NULL);
}

/*
 * Ends the calling thread's part, with its destructors in the box. -EBUSY in a call, and while the
 * instance is kept; but a thread that ends has to wait. (Nobody waits for it: it is in no box.)
 */
static int leave(struct library_thread *thread, bool ends)
{
    struct lfi_library *library;
    pthread_mutex_lock(&registry.lock);
    while ((library = atomic_load(&thread->library)) && library->kept && ends)
        pthread_cond_wait(&registry.unmade, &registry.lock);
    if (!library) {
        pthread_mutex_unlock(&registry.lock);
        return 0;
    }
    int failed = library->kept ? -EBUSY : lfi_context_detach(thread->context);
    thread->leaving = !failed; /* until it is done, the instance stays */
    pthread_mutex_unlock(&registry.lock);
    if (failed)
        return failed;
    bool main = thread->thread == library->process->main;
    if (!main)
        linux_rest_end(thread->thread);
    pthread_mutex_lock(&registry.lock);
    lfi_context_detach(thread->context);
    unlink_thread(library, thread);
    if (!main) {
        linux_frozen_forget(library->frozen, thread->thread);
        linux_thread_end(thread->thread);
    }
    pthread_mutex_unlock(&registry.lock);
    return 0;
}

static void end_of_thread(void *data)
{
    struct host_thread *host = data;
    /* Destructors in the box may call the host, which looks here: first all end, then all go. */
    host->ending = true;
    for (size_t i = 0; i < host->room; i++) {
        if (host->slots[i])
            leave(host->slots[i], true);
    }
    for (size_t i = 0; i < host->room; i++)
        free(host->slots[i]);
    this_thread = NULL;
    last = NULL;
    if (host->prepared)
        lfi_thread_release();
    free(host->slots);
    free(host);
}

static void make_key(void)
{
    registry.error = pthread_key_create(&registry.key, end_of_thread);
}

static struct host_thread *host_thread(void)
{
    if (this_thread)
        return this_thread;
    pthread_once(&registry.once, make_key);
    struct host_thread *host = registry.error ? NULL : calloc(1, sizeof *host);
    if (host && pthread_setspecific(registry.key, host)) {
        free(host);
        host = NULL;
    }
    return this_thread = host;
}

/* The place of the library's entry, or where it would be. There is always room. */
static struct library_thread **slot_of(struct host_thread *host, const struct lfi_library *library)
{
    size_t at = place_of(library, host->room);
    while (host->slots[at] && !belongs(host->slots[at], library))
        at = (at + 1) & (host->room - 1);
    return &host->slots[at];
}

/* Room for one more, without the husks. */
static bool make_room(struct host_thread *host)
{
    size_t more = host->beginning + 1;
    if (host->room && (host->used + more) * 2 <= host->room)
        return true;
    size_t live = 0, room = 8;
    for (size_t i = 0; i < host->room; i++)
        live += host->slots[i] && !belongs(host->slots[i], NULL);
    while (room < (live + more) * 4)
        room *= 2;
    struct library_thread **slots = calloc(room, sizeof *slots), **old = host->slots;
    if (!slots)
        return false;
    size_t old_room = host->room;
    host->slots = slots;
    host->room = room;
    host->used = 0;
    last = NULL; /* may be a husk */
    for (size_t i = 0; i < old_room; i++) {
        struct library_thread *thread = old[i];
        struct lfi_library *library = thread ? atomic_load(&thread->library) : NULL;
        if (library) { /* freed in this very moment by another thread: a husk again, no harm */
            *slot_of(host, library) = thread;
            host->used++;
        } else {
            free(thread);
        }
    }
    free(old);
    return true;
}

struct library_thread *library_thread_find(struct lfi_library *library)
{
    if (last && belongs(last, library))
        return last;
    struct host_thread *host = this_thread;
    struct library_thread *found = host && host->room ? *slot_of(host, library) : NULL;
    if (found)
        last = found;
    return found;
}

bool library_thread_refuse(struct lfi_library *library, struct library_thread *thread, bool refused)
{
    pthread_mutex_lock(&registry.lock);
    bool there = belongs(thread, library);
    if (there)
        thread->refused = refused;
    pthread_mutex_unlock(&registry.lock);
    return there;
}

/* Husks of the library, which are the calling thread's own. */
static struct library_thread *find_husk(const struct lfi_library *library)
{
    const struct host_thread *host = this_thread;
    for (size_t i = 0; host && i < host->room; i++) {
        struct library_thread *at = host->slots[i];
        if (at && at->number == library->number && at->has_failed && belongs(at, NULL))
            return at;
    }
    return NULL;
}

const struct lfi_library_failure *library_thread_past(const struct lfi_library *library)
{
    static const struct lfi_library_failure none = {
        .end = LFI_LIBRARY_REFUSED, .status = -ENOMEM, .report = "not made: out of memory\n"};
    const struct library_thread *husk = find_husk(library);
    if (!this_thread) /* there was no memory for what it knows */
        return lfi_gate_exit()->kind == LFI_EXIT_REFUSED ? &none : NULL;
    return husk ? &husk->failure : NULL;
}

void library_thread_forget(struct lfi_library *library)
{
    struct library_thread *thread = library_thread_find(library);
    if (thread)
        thread->has_failed = false;
    for (struct library_thread *husk; (husk = find_husk(library));)
        husk->has_failed = false;
    if (this_thread && this_thread->spare_of == library->number)
        this_thread->spare_of = 0;
}

struct lfi_library_failure *library_thread_spare(struct lfi_library *library, bool set)
{
    struct host_thread *host = set ? host_thread() : this_thread;
    if (!host)
        return NULL;
    if (set)
        host->spare_of = library->number;
    return host->spare_of == library->number ? &host->spare : NULL;
}

/* The registry's lock is held. Whether its maker waits, over however many others, for this thread.
 */
static bool waits_for(const struct lfi_library *library, const struct host_thread *host)
{
    while (library && library->maker != host)
        library = library->maker ? library->maker->awaited : NULL;
    return library != NULL;
}

/*
 * One thread at a time makes threads, on the main thread's stack. The box runs for it, and may call
 * back the host, which may call another instance for the first time. So this is no lock: who would
 * wait for itself gets -EDEADLK, and a failed instance lets go of those that wait.
 */
static int begin_making(struct lfi_library *library)
{
    struct host_thread *host = this_thread;
    int failed = 0;
    pthread_mutex_lock(&registry.lock);
    host->awaited = library;
    while (library->maker && !failed) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 20000000; /* no one tells that the instance has failed */
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (waits_for(library, host))
            failed = -EDEADLK;
        else if (atomic_load(&library->process->ending))
            failed = -ECANCELED;
        else
            pthread_cond_timedwait(&registry.unmade, &registry.lock, &until);
    }
    host->awaited = NULL;
    if (!failed)
        library->maker = host;
    pthread_mutex_unlock(&registry.lock);
    return failed;
}

static void end_making(struct lfi_library *library)
{
    pthread_mutex_lock(&registry.lock);
    library->maker = NULL;
    pthread_cond_broadcast(&registry.unmade);
    pthread_mutex_unlock(&registry.lock);
}

/* A thread of the box for this one. */
static int make_thread(struct lfi_library *library, struct thread **made)
{
    struct lfi_process *process = library->process;
    int failed;
    if (library->one_thread) {
        pthread_mutex_lock(&registry.lock);
        failed = library->main_taken ? -EBUSY : 0;
        library->main_taken = true;
        pthread_mutex_unlock(&registry.lock);
        *made = process->main;
        return failed;
    }
    failed = begin_making(library);
    if (failed)
        return failed;
    linux_thread_own(process->main);
    failed = linux_rest_adopt(process->main, library->stack_size, made);
    end_making(library);
    if (!failed) {
        linux_thread_own(*made);
        failed = linux_rest_run(*made);
    }
    if (failed == -ENOEXEC)
        failed = -EAGAIN;
    if (failed && *made)
        linux_thread_end(*made);
    return failed;
}

/* The same as a call under way, which it is: the instance must stay. */
static int begin_thread(struct lfi_library *library, struct thread **made)
{
    pthread_mutex_lock(&registry.lock);
    library->beginning++;
    pthread_mutex_unlock(&registry.lock);
    int failed = make_thread(library, made);
    if (failed) {
        pthread_mutex_lock(&registry.lock);
        library->beginning--;
        pthread_mutex_unlock(&registry.lock);
    }
    return failed;
}

static void set_context(struct library_thread *thread)
{
    thread->context = thread->thread->context;
    lfi_context_on_failure(thread->context, library_call_failed);
    thread->rest = linux_arch_get_stack(lfi_context_regs(thread->context));
}

struct library_thread *library_thread_get(struct lfi_library *library, int *error)
{
    struct library_thread *thread = library_thread_find(library);
    if (thread)
        return thread;
    struct host_thread *host = host_thread();
    *error = host && host->ending ? -ESHUTDOWN : -ENOMEM;
    if (!host || host->ending || !make_room(host))
        return NULL;
    if (!host->prepared) {
        sigset_t ours;
        *error = lfi_thread_prepare();
        if (*error)
            return NULL;
        sigemptyset(&ours);
        sigaddset(&ours, HOST_SIGNAL_WAKE);
        pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
        host->prepared = true;
    }
    thread = calloc(1, sizeof *thread);
    host->beginning++;
    *error = thread ? begin_thread(library, &thread->thread) : -ENOMEM;
    host->beginning--;
    if (*error) {
        free(thread);
        return NULL;
    }
    linux_thread_own(thread->thread);
    set_context(thread);
    thread->number = library->number;
    library_thread_forget(library); /* those failures are not the last call's any more */
    atomic_init(&thread->library, library);
    *slot_of(host, library) = thread;
    host->used++;
    pthread_mutex_lock(&registry.lock);
    thread->next = library->threads;
    library->threads = thread;
    library->beginning--;
    pthread_mutex_unlock(&registry.lock);
    return last = thread;
}

struct lfi_context *lfi_library_thread(struct lfi_library *library)
{
    int error;
    struct library_thread *thread = library_thread_get(library, &error);
    return thread ? thread->context : NULL;
}

int lfi_library_detach(struct lfi_library *library)
{
    struct library_thread *thread = library_thread_find(library);
    return thread ? leave(thread, false) : 0;
}

/* The registry's lock is held. */
static bool inside(struct lfi_library *library)
{
    /* In a callback that a thread of the library's own called there is no part to find. */
    const struct lfi_context *callback = lfi_callback_context();
    if (library->beginning || (callback && lfi_context_box(callback) == library->box))
        return true;
    for (struct library_thread *at = library->threads; at; at = at->next) {
        if (at->leaving || at->refused || lfi_context_detach(at->context))
            return true;
    }
    return false;
}

int library_threads_keep(struct lfi_library *library)
{
    pthread_mutex_lock(&registry.lock);
    bool busy = library->kept || inside(library);
    library->kept = library->kept || !busy;
    pthread_mutex_unlock(&registry.lock);
    return busy ? -EBUSY : 0;
}

void library_threads_go_on(struct lfi_library *library)
{
    pthread_mutex_lock(&registry.lock);
    library->kept = false;
    pthread_cond_broadcast(&registry.unmade);
    pthread_mutex_unlock(&registry.lock);
}

bool library_threads_inside(struct lfi_library *library)
{
    pthread_mutex_lock(&registry.lock);
    bool any = inside(library);
    pthread_mutex_unlock(&registry.lock);
    return any;
}

int library_threads_drop(struct lfi_library *library, bool keep)
{
    pthread_mutex_lock(&registry.lock);
    bool busy = inside(library);
    struct library_thread *next;
    for (struct library_thread *at = library->threads; !busy && at; at = next) {
        struct thread *box = at->thread;
        next = at->next;
        if (keep && linux_frozen_has(library->frozen, box))
            continue;
        unlink_thread(library, at);
        if (box != library->process->main)
            linux_thread_end(box);
    }
    pthread_mutex_unlock(&registry.lock);
    return busy ? -EBUSY : 0;
}

void library_threads_renew(struct lfi_library *library)
{
    pthread_mutex_lock(&registry.lock);
    for (struct library_thread *at = library->threads; at; at = at->next)
        set_context(at);
    pthread_mutex_unlock(&registry.lock);
}
