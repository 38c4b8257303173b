// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the files of this room share.
 *
 *   image.c    the file's contents and names, shared by the instances made of it
 *   library.c  an instance: open, free
 *   freeze.c   freeze, reset
 *   thread.c   a thread of the host in an instance, and the threads of the process that have one
 *   call.c     calls, their failures, callbacks
 *   memory.c   memory of the box
 *
 * The room knows the personality (linux/process.h), which knows nothing of it but that threads
 * rest.
 */
#ifndef LFI_LIBRARY_INTERNAL_H
#define LFI_LIBRARY_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <lfi/library.h>

#include "linux/process.h"

/* The default stack of a thread in the box. */
#define LIBRARY_STACK (2u << 20)

/* A name of the file and what it names. */
struct library_symbol {
    const char *name; /* in the image's copy of the file, with its end */
    uint64_t address; /* as in the file */
};

/* A file: read once, shared by all instances of it, freed with the last. */
struct library_image {
    atomic_uint references;
    char *name;
    uint8_t *bytes;
    size_t size;
    struct library_symbol *symbols;    /* ascending by name */
    struct library_symbol *by_address; /* the same, ascending by address */
    size_t symbol_count;
    struct linux_shared code; /* verified by the first instance */
};

int library_image_open(struct library_image **image, const char *path, struct lfi_error *error);
int library_image_copy(struct library_image **image, const char *name, const void *bytes,
                       size_t size, struct lfi_error *error);
struct library_image *library_image_hold(struct library_image *image);
void library_image_drop(struct library_image *image); /* may be NULL */
/* The address in the file, or 0. */
uint64_t library_image_find(const struct library_image *image, const char *name);
/* A name for the address, for reports, or NULL. */
const char *library_image_name(const struct library_image *image, uint64_t address);

/*
 * A thread of the host in an instance. `library` becomes NULL when the instance is freed or the
 * thread's part in it ends, under the registry's lock; the rest is the thread's own, which frees
 * it.
 */
struct library_thread {
    _Atomic(struct lfi_library *) library;
    struct library_thread *next; /* of the library */
    struct thread *thread;       /* in the box */
    struct lfi_context *context; /* its */
    uint64_t function;           /* that the host called last */
    uint64_t rest;               /* stack pointer while no call is under way */
    uint64_t number;             /* of the library: of which a husk was */
    bool has_failed;             /* its last call */
    bool refused; /* its next call is, since the instance has failed; registry's lock */
    bool leaving; /* its destructors run in the box */
    struct lfi_library_failure failure;
};

/* A callback that is registered. */
struct library_callback {
    struct library_callback *next;
    uint64_t address;
    bool frozen; /* it was there at the freeze */
};

struct lfi_library {
    struct library_image *image;
    struct lfi_space *own_space; /* or NULL */
    struct lfi_box *box;
    struct lfi_process *process; /* `ending`: the instance has failed, `result` says why */
    lfi_library_failed_fn *failed;
    void *data;
    uint64_t stack_size;
    uint64_t bias;             /* adds to an address in the file */
    uint64_t number;           /* no other instance has it, ever */
    bool one_thread;           /* the main thread is the host's; otherwise it makes the others */
    bool main_taken;           /* under the registry's lock */
    atomic_bool interrupted;   /* by lfi_library_interrupt() */
    struct host_thread *maker; /* who calls on the main thread's stack, or NULL; under that lock */
    pthread_mutex_t lock;      /* of callbacks and stub pages */
    struct library_callback *callbacks;
    uint64_t stubs, stubs_end;      /* room for pages of stubs */
    struct library_thread *threads; /* under the registry's lock */
    size_t beginning;               /* threads that the box makes right now, under that lock */
    bool kept;                      /* library_threads_keep(), under that lock */
    struct linux_frozen *frozen;    /* or NULL */
    atomic_ulong generation;        /* 0 until it is frozen; resets count up */
};

/* thread.c */
/* The calling thread in the library, made if it must be; NULL: *error is a negative errno value. */
struct library_thread *library_thread_get(struct lfi_library *library, int *error);
/* The same if there is one; else NULL. */
struct library_thread *library_thread_find(struct lfi_library *library);
/* Whether a call of the thread is refused; until it is not, the thread is in a call. False: its
 * part has ended. */
bool library_thread_refuse(struct lfi_library *library, struct library_thread *thread,
                           bool refused);
/* How the last call of the calling thread failed, whose part has ended since, or NULL. */
const struct lfi_library_failure *library_thread_past(const struct lfi_library *library);
/* The calling thread's last call did not fail. */
void library_thread_forget(struct lfi_library *library);
/* Where a failure goes that has no thread in the library: the host thread's own, or NULL. */
struct lfi_library_failure *library_thread_spare(struct lfi_library *library, bool set);
/* Lets go of the threads of the host, but for those that were there at the freeze if `keep`. -EBUSY
 * if one is in a call. */
int library_threads_drop(struct lfi_library *library, bool keep);
/* Their contexts may be new ones. */
void library_threads_renew(struct lfi_library *library);
/* Whether a thread of the host is in a call, or the caller in a callback of the library. */
bool library_threads_inside(struct lfi_library *library);
/* Until library_threads_go_on() no thread ends its part, which is to run the box: who ends waits.
 * -EBUSY if one is inside. */
int library_threads_keep(struct lfi_library *library);
void library_threads_go_on(struct lfi_library *library);

/* library.c: ends the box's own threads and waits for them. */
void library_end_threads(struct lfi_library *library);

/* call.c: after a call on the context of a thread of the host that did not return. */
void library_call_failed(struct lfi_context *context, const struct lfi_exit *exit);
/* Why the process of the instance ended. */
void library_describe(struct lfi_library *library, struct lfi_library_failure *failure);

#endif
