// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* An instance, from its file to its end; freeze.c has the way back in between. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define STUB_PAGES 32 /* enough for LFI_CALLBACKS_MAX; addresses only */

/* Runs the constructors, until boxrt's main() rests. */
static int run_constructors(struct lfi_library *library, struct lfi_error *error)
{
    struct lfi_process *process = library->process;
    uint64_t home = linux_memory_place(process, 1);
    int failed = home ? lfi_box_map_return(library->box, home, error) : -ENOMEM;
    library->stubs = linux_memory_place(process, STUB_PAGES);
    if (!failed && !library->stubs)
        failed = -ENOMEM;
    if (failed)
        return failed;
    library->stubs_end = library->stubs + STUB_PAGES * lfi_page_size();
    process->library = library;
    process->main->hosted = true;
    linux_thread_own(process->main);
    library->bias = lfi_linux_bias(process);
    failed = linux_monitor_start(process);
    if (!failed)
        failed = linux_rest_run(process->main);
    if (failed == -ENOEXEC) {
        linux_say(error, "%.150s: it ended instead of waiting for calls: link with -lboxrt",
                  library->image->name);
    } else if (failed == -ECANCELED) {
        struct lfi_library_failure failure = {0};
        library_describe(library, &failure);
        /* a program with a main() of its own exits */
        if (failure.end == LFI_LIBRARY_EXITED)
            failed = -ENOEXEC;
        linux_say(error, "%.80s: before it waited for calls (-lboxrt does): %.150s",
                  library->image->name, failure.report);
        char *end = error ? strchr(error->message, '\n') : NULL;
        if (end)
            *end = 0;
    } else if (failed) {
        linux_say(error, "%.150s: %s", library->image->name, strerror(-failed));
    }
    return failed;
}

static void drop(struct lfi_library *library)
{
    struct library_callback *next;
    for (struct library_callback *at = library->callbacks; at; at = next) {
        next = at->next;
        lfi_box_uncallback(library->box, at->address);
        free(at);
    }
    linux_frozen_free(library->frozen);
    if (library->process)
        linux_monitor_stop(library->process);
    lfi_linux_free(library->process);
    lfi_box_free(library->box);
    lfi_space_free(library->own_space);
    library_image_drop(library->image);
    pthread_mutex_destroy(&library->lock);
    free(library);
}

void library_end_threads(struct lfi_library *library)
{
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = SIGKILL};
    linux_process_kill(library->process, &result);
    linux_threads_wait(library->process);
}

/* Takes over the reference of the image. */
static int make(struct lfi_library **made, struct library_image *image,
                const struct lfi_library_options *given, struct lfi_error *error)
{
    static const struct lfi_library_options defaults;
    static const struct lfi_linux_file no_file;
    const struct lfi_library_options *options = given ? given : &defaults;
    struct lfi_linux_options host = {0};
    struct lfi_library *library = calloc(1, sizeof *library);
    if (!library) {
        library_image_drop(image);
        linux_say(error, "out of memory");
        return -ENOMEM;
    }
    if (options->linux_options)
        host = *options->linux_options;
    host.restricted = true;
    if (!host.files) {
        host.files = &no_file;
        host.file_count = 0;
    }
    if (!host.directory)
        host.directory = "/";
    if (!host.stack_size)
        host.stack_size = LIBRARY_STACK;
    static atomic_ulong last;
    library->image = image;
    library->number = atomic_fetch_add(&last, 1) + 1;
    library->failed = options->failed;
    library->data = options->data;
    library->one_thread = options->one_thread;
    library->stack_size = host.stack_size;
    pthread_mutex_init(&library->lock, NULL);

    struct lfi_space *space = options->space;
    int failed = 0;
    if (!space) {
        failed = lfi_space_new(&library->own_space, 1, error);
        space = library->own_space;
    }
    if (!failed)
        failed = lfi_box_new(space, &library->box, error);
    if (!failed)
        failed = lfi_linux_new(library->box, &host, &library->process, error);
    if (!failed) {
        library->process->shared = &image->code;
        struct lfi_error why = {{0}};
        failed =
            lfi_linux_load_bytes(library->process, image->name, image->bytes, image->size, &why);
        if (failed)
            linux_say(error, "%.80s: %.170s", image->name, why.message);
    }
    if (!failed) {
        failed = run_constructors(library, error);
        if (failed)
            library_end_threads(library);
    }
    if (failed) {
        drop(library);
        return failed;
    }
    if (!library->process->functions[LFI_REST_THREAD_NEW])
        library->one_thread = true;
    *made = library;
    return 0;
}

int lfi_library_open(struct lfi_library **library, const char *path,
                     const struct lfi_library_options *options, struct lfi_error *error)
{
    struct library_image *image;
    *library = NULL;
    if (error)
        error->message[0] = 0;
    int failed = library_image_open(&image, path, error);
    return failed ? failed : make(library, image, options, error);
}

int lfi_library_open_bytes(struct lfi_library **library, const char *name, const void *bytes,
                           size_t size, const struct lfi_library_options *options,
                           struct lfi_error *error)
{
    struct library_image *image;
    *library = NULL;
    if (error)
        error->message[0] = 0;
    int failed = library_image_copy(&image, name, bytes, size, error);
    return failed ? failed : make(library, image, options, error);
}

int lfi_library_open_again(struct lfi_library **library, const struct lfi_library *first,
                           const struct lfi_library_options *options, struct lfi_error *error)
{
    *library = NULL;
    if (error)
        error->message[0] = 0;
    return make(library, library_image_hold(first->image), options, error);
}

int lfi_library_free(struct lfi_library *library)
{
    if (!library)
        return 0;
    if (library_threads_inside(library))
        return -EBUSY;
    library_end_threads(library);
    int failed = library_threads_drop(library, false);
    if (failed)
        return failed;
    drop(library);
    return 0;
}

struct lfi_box *lfi_library_box(const struct lfi_library *library)
{
    return library->box;
}

struct lfi_process *lfi_library_process(const struct lfi_library *library)
{
    return library->process;
}

void *lfi_library_data(const struct lfi_library *library)
{
    return library->data;
}

uint64_t lfi_library_symbol(const struct lfi_library *library, const char *name)
{
    const struct lfi_process *process = library->process;
    uint64_t found = library_image_find(library->image, name);
    uint64_t address = found + library->bias;
    bool inside = found && address >= process->image_start && address < process->image_end;
    return inside ? address : 0;
}
