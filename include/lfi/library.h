// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A library in a box: opened from an LFI file, its functions called as C functions are. lfi-bind
 * writes typed wrappers on top of this; docs/sandbox-a-library.md is the guide.
 *
 *     struct lfi_error why;
 *     struct lfi_library *library;
 *     if (lfi_library_open(&library, "sum.lfi", NULL, &why))
 *         errx(1, "%s", why.message);
 *     uint64_t sum = lfi_library_symbol(library, "sum");
 *     int result = LFI_LIBRARY_CALL(library, sum, int (*)(int, int), LFI_SHAPE(2, 0, 0))(1, 2);
 *     if (lfi_library_failed(library))
 *         errx(1, "%s", lfi_library_failed(library)->report);
 *     lfi_library_free(library);
 *
 * The file is a static-pie LFI program, linked with -lboxrt instead of a main() of its own:
 *
 *     x86_64-lfi-linux-musl-clang -o sum.lfi sum.c -lboxrt -Wl,--export-dynamic-symbol=sum
 *
 * What the box returns, and all that it holds, is made by code that is not trusted: check each
 * value, and copy memory before checking it. An address in the box is a plain uint64_t here, which
 * the host never dereferences: lfi_library_copy_in() and its siblings check it.
 *
 * Errors: functions that return `int` return 0 or a negative errno value. `struct lfi_error *`
 * receives a message for the user and may be NULL.
 *
 * A call ends early when the library exits or aborts, faults, is interrupted, reaches a limit, or a
 * callback gives up. Then it returns 0 in all result registers, lfi_library_failed() says why, and
 * the host goes on. After all of these but the last the instance has *failed*: calls under way in
 * other threads end, too, and new ones are refused, until lfi_library_reset() or _free().
 *
 * Threads: any number of threads of the host may call at once; each has a stack and the
 * thread-local storage of the box's C library, made at its first call and freed when it ends
 * (lfi_library_detach() does so earlier). Functions that need them say "makes the thread". All
 * functions here may be called by any thread at any time, but for _open (whose result no one else
 * has yet), _freeze, _reset and _free: these return -EBUSY while a call is under way, but the host
 * must not begin one in another thread meanwhile. A thread that ends during _freeze or _reset waits
 * for that. None may be called from signal handlers.
 *
 * A thread that calls must have SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGRTMIN + 3 and
 * SIGRTMIN + 4 unblocked: its first call does so. On x86-64 the base of %gs stays the box's after
 * a call. See <lfi/lfi.h> for what else a host must know.
 */
#ifndef LFI_LIBRARY_H
#define LFI_LIBRARY_H

#include <lfi/linux.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One instance: a box with the library in it. */
struct lfi_library;

/* ----------------------------------------------------------------------------------- failures */

enum lfi_library_end {
    LFI_LIBRARY_EXITED,      /* exit() in the box: `status` */
    LFI_LIBRARY_KILLED,      /* abort(), or another signal that it sent to itself: `signal` */
    LFI_LIBRARY_FAULT,       /* a fault of its code: `signal`, `exit` */
    LFI_LIBRARY_INTERRUPTED, /* lfi_library_interrupt() */
    LFI_LIBRARY_LIMIT,       /* a limit of its options was reached */
    LFI_LIBRARY_UNWOUND, /* lfi_library_unwind() in a callback: `status`. The instance is well */
    LFI_LIBRARY_REFUSED, /* the call was not made: the instance had failed before, or the thread
                            could not be made (`status`: a negative errno value) */
};

struct lfi_library_failure {
    enum lfi_library_end end;
    int status;        /* of EXITED, UNWOUND, REFUSED */
    int signal;        /* of KILLED, FAULT */
    char function[64]; /* that the host called: its name in the file, cut off; or "" */
    char report[512];  /* in words, lines end in \n; names what the host called and, after a fault,
                          the function at fault */
    struct lfi_exit exit; /* registers and fault address; all 0 for REFUSED */
};

/*
 * Called in the thread whose call has just failed, when all of the stay in the box is undone and
 * before the call returns. May leave by longjmp() or, if the host is compiled for it, by an
 * exception, over nothing but the host's own frames since the call. *failure is valid until the
 * thread's next call. For calls that were REFUSED, too.
 */
typedef void lfi_library_failed_fn(struct lfi_library *library,
                                   const struct lfi_library_failure *failure, void *data);

/*
 * Why the calling thread's last call of this library failed, or NULL if it returned. Valid until
 * the thread's next call. A reset by this thread makes it NULL; one by another does not.
 */
const struct lfi_library_failure *lfi_library_failed(struct lfi_library *library);

/*
 * Whether the instance has failed: all calls are refused until it is reset. Another thread may
 * change that at any time.
 */
bool lfi_library_broken(const struct lfi_library *library);

/* ---------------------------------------------------------------------------- open and free */

/* All zero, or a NULL pointer for the whole: a box that has memory, threads, time and random
 * numbers, and no files, descriptors or environment. */
struct lfi_library_options {
    struct lfi_space *space; /* a place in it; NULL: a space of its own. Must outlive the library */
    /*
     * What the box gets of the host, copied; NULL: nothing. Taken as `restricted`, and without
     * `files` it has no descriptors: what is not named here is not there. `stack_size` is that of
     * each thread: default 2 MiB.
     *
     * The limits `processor` and `resident` need a thread of the host for each instance, which
     * looks 20 times a second; a call does not become slower. Above one the instance fails (LIMIT):
     * a call under way ends, or the next one is refused. `processor` counts what the library's own
     * threads use, and the host's in calls, callbacks included: a thread of the host that is in a
     * call at a look is charged with all that it used since the last one, others with nothing. A
     * reset sets it back to what it was at the freeze.
     */
    const struct lfi_linux_options *linux_options;
    bool one_thread; /* only one thread of the host calls, on the main stack: an instance then takes
                        less memory. It is the first that calls, until it detaches or ends; others
                        are refused (-EBUSY). With boxrt_minimal it is always so */
    lfi_library_failed_fn *failed; /* or NULL */
    void *data;                    /* for `failed` */
};

/*
 * Loads the file, verifies it, and runs its constructors, until boxrt's main() rests. The errors of
 * lfi_space_new(), lfi_box_new(), lfi_linux_new() and lfi_linux_load(); -ENOEXEC if it does not
 * rest (no -lboxrt), -ECANCELED if it fails before. *library is NULL after an error.
 */
int lfi_library_open(struct lfi_library **library, const char *path,
                     const struct lfi_library_options *options, struct lfi_error *error);

/* The same with the file's contents in memory, which are copied; `name` is for messages. */
int lfi_library_open_bytes(struct lfi_library **library, const char *name, const void *bytes,
                           size_t size, const struct lfi_library_options *options,
                           struct lfi_error *error);

/*
 * Another instance of the same file, in a box of its own. It shares the verified code pages and the
 * file's contents with `first`, which may be freed before it. The options are its own.
 */
int lfi_library_open_again(struct lfi_library **library, const struct lfi_library *first,
                           const struct lfi_library_options *options, struct lfi_error *error);

/*
 * Ends the threads that the library itself has started, and frees box, memory and callbacks. -EBUSY
 * while a thread of the host is in a call (this one, in a callback, included): nothing has changed
 * then; lfi_library_interrupt() ends such calls. Threads that called earlier may live on. Their
 * thread_local destructors in the box do not run. NULL is allowed.
 */
int lfi_library_free(struct lfi_library *library);

struct lfi_box *lfi_library_box(const struct lfi_library *library);
struct lfi_process *lfi_library_process(const struct lfi_library *library);

/* `data` of the options. */
void *lfi_library_data(const struct lfi_library *library);

/* ------------------------------------------------------------------------------------- calls */

/*
 * The address of a function or variable by its name, or 0. Names come from the file's dynamic
 * symbols (-Wl,--export-dynamic-symbol=NAME or --export-dynamic: these survive stripping), then
 * from its symbol table. The file is not trusted: the address is one in the image of the library,
 * for code a possible start of a function, but what is there is the library's choice.
 */
uint64_t lfi_library_symbol(const struct lfi_library *library, const char *name);

/*
 * A call of `function` (an address in the box): cast the result to the function's C type and call
 * it at once, in the same thread. Pointers are uint64_t in that type, or pointers that are only
 * passed on. LFI_SHAPE() of <lfi/lfi.h> says how many registers and stack words the arguments take.
 * Makes the thread. Never NULL: a call that is refused returns 0, lfi_library_failed() says why.
 */
lfi_gate_fn *lfi_library_gate(struct lfi_library *library, uint64_t function, lfi_shape shape);

#define LFI_LIBRARY_CALL(library, function, type, shape) \
    ((type)lfi_library_gate((library), (function), (shape)))

/*
 * Makes the calling thread's part in the box now, instead of at its first call: its context, for
 * the functions of <lfi/lfi.h>; or NULL. It belongs to the library. The box runs for that, which is
 * a call as any other; callbacks that it makes then cannot call the library (-EDEADLK), nor others
 * for the first time where a thread that makes its part there waits for this one.
 */
struct lfi_context *lfi_library_thread(struct lfi_library *library);

/*
 * Ends the calling thread's part: thread_local destructors run in the box, its stack and storage
 * are freed. A later call makes a new one. -EBUSY within a call, and during a freeze or reset. The
 * end of the thread does this by itself, for all libraries, one after the other: callbacks that
 * destructors make meanwhile cannot call those that have ended (REFUSED, -ESHUTDOWN).
 */
int lfi_library_detach(struct lfi_library *library);

/*
 * From any thread: all calls of the library that are under way end as
 * INTERRUPTED, and the instance has failed. A call that is in a callback ends when that returns.
 * Once is enough: a call that waits in a system call of the box, or is about to, ends too. (Unless
 * a signal handler of the host's own runs in that thread right then, between the last look and the
 * system call: then the next interrupt ends the call.) Without a call under way the instance fails
 * all the same.
 */
void lfi_library_interrupt(struct lfi_library *library);

/* --------------------------------------------------------------------------------- callbacks */

/*
 * An address that code in the box can call as a function: `function` of the host is called with
 * its arguments, on the host's stack, in the thread that called the box, or in a thread of the
 * library's own. `shape` says which of them it takes, and with LFI_SHAPE_RESULT() what it returns:
 * struct lfi_callback of <lfi/lfi.h>. The function gets `data` by lfi_callback_data() and the
 * library by lfi_callback_library(). It must check all arguments. It returns normally, or by
 * lfi_library_unwind(): not by longjmp(), an exception or the end of the thread (pthread_exit(),
 * pthread_cancel()). -EINVAL for a bad shape, -ENOSPC where all LFI_CALLBACKS_MAX slots are in use,
 * -ENOMEM.
 */
int lfi_library_callback(struct lfi_library *library, lfi_gate_fn *function, void *data,
                         lfi_shape shape, uint64_t *address);

/*
 * Calls of the address are faults of the box from now on; one that is under way ends normally. The
 * slot is reused, unless the callback was there at the freeze: the frozen state may hold its
 * address, which so never becomes that of another function. -EINVAL if it is not one.
 */
int lfi_library_uncallback(struct lfi_library *library, uint64_t address);

/* Within a callback: whose, in a thread of the library's own, too. NULL elsewhere. */
struct lfi_library *lfi_callback_library(void);

/*
 * Within a callback: gives up. The innermost call into the box that this thread made returns as
 * UNWOUND with `status`; the callback's frames and those of the box are skipped, as by longjmp().
 * In a thread of the library's own there is no such call: the instance fails (KILLED, SIGABRT).
 */
__attribute__((noreturn)) void lfi_library_unwind(int status);

/* ---------------------------------------------------------------------------- memory of the box */

/*
 * malloc() and friends of the library, in the box. 0: no memory, or the call failed. The address is
 * in the box and `size` bytes from it are usable addresses, which is checked; that no one else uses
 * them is the library's word only. Make the thread. `_free` takes 0.
 */
uint64_t lfi_library_malloc(struct lfi_library *library, size_t size);
uint64_t lfi_library_calloc(struct lfi_library *library, size_t count, size_t size);
uint64_t lfi_library_realloc(struct lfi_library *library, uint64_t address, size_t size);
uint64_t lfi_library_memalign(struct lfi_library *library, size_t alignment, size_t size);
void lfi_library_free_memory(struct lfi_library *library, uint64_t address);

/*
 * Memory on the calling thread's stack in the box, for arguments. `_begin` returns a mark (0: no
 * thread), `_scratch` `size` bytes aligned to 16 (0: more than LFI_LIBRARY_SCRATCH, no room, or
 * no thread), `_end` gives back all since the mark. Marks end in reverse order;
 * a failed call ends those that were made for it, and then `_end` does nothing. Within a callback
 * they end with it.
 */
#define LFI_LIBRARY_SCRATCH 65536
uint64_t lfi_library_scratch_begin(struct lfi_library *library);
uint64_t lfi_library_scratch(struct lfi_library *library, size_t size);
void lfi_library_scratch_end(struct lfi_library *library, uint64_t mark);

/* Between the host and [address, address + size) of the box: -EFAULT if that is not all memory of
 * the box that can be read (written). Each byte is read once. */
int lfi_library_copy_in(const struct lfi_library *library, void *to, uint64_t address, size_t size);
int lfi_library_copy_out(const struct lfi_library *library, uint64_t address, const void *from,
                         size_t size);

/*
 * A copy of a string in the box, to be freed with free(): 0, -EFAULT, -ENOMEM, or -ENAMETOOLONG if
 * it has `max` bytes or more, without its end. *to is NULL after an error. `address` 0 is -EFAULT.
 */
int lfi_library_string_in(const struct lfi_library *library, char **to, uint64_t address,
                          size_t max);

/* The other way, in memory of lfi_library_malloc(): its address, or 0. */
uint64_t lfi_library_string_out(struct lfi_library *library, const char *string);

/* ------------------------------------------------------------------------- freeze and reset */

/*
 * Remembers the state of the box: memory, mappings, protections, break, descriptors, callbacks. It
 * is what lfi_library_reset() goes back to. Once; -EALREADY later. -EBUSY while a call is under way
 * or the library has threads of its own; -ECANCELED if it has failed.
 */
int lfi_library_freeze(struct lfi_library *library, struct lfi_error *error);

/*
 * Back to that state: pages written since are dropped, threads that the library started since are
 * ended, and it is no longer failed. Callbacks registered since are gone. Those unregistered since
 * stay so, since their data may be: the box, which may again hold such an address, faults when it
 * calls it. Threads of the host that called since get a new part in the box at their next call,
 * without thread_local destructors. The position in a file, and what a file holds, do not change
 * back. -EBUSY while a call is under way, -EINVAL if it was never frozen. After another error the
 * instance has failed.
 */
int lfi_library_reset(struct lfi_library *library, struct lfi_error *error);

/*
 * Which state the box is in: 0 until it is frozen, 1 then, and one more with each reset. For who
 * keeps what belongs to the box: what was made at 0 or at the present number is there, anything
 * else is gone.
 */
uint64_t lfi_library_generation(const struct lfi_library *library);

#ifdef __cplusplus
}
#endif

#endif
