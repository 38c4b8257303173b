// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * liblfi: runs verified code in boxes of 4 GiB inside the host's own process.
 *
 *   space    a reservation of address space that holds boxes side by side
 *   box      one sandbox: 4 GiB of addresses, its pages, its verified code
 *   context  one thread of execution in a box: registers, and who serves its system calls
 *
 *     struct lfi_error why;
 *     lfi_faults_install(0, &why);              once per process
 *     lfi_space_new(&space, 1, &why);
 *     lfi_box_new(space, &box, &why);
 *     lfi_box_map_code(box, &code, &why);       or lfi_linux_load() of <lfi/linux.h>
 *     lfi_context_new(box, serve, data, &ctx);
 *     lfi_context_regs(ctx)->rip = entry;            pc on AArch64
 *     lfi_context_run(ctx, &exit);
 *
 * Addresses are host virtual addresses unless stated otherwise: a pointer that code in the box
 * holds can be used as it is, after a check. Sizes are bytes. Functions that return `int`
 * return 0 or a negative errno value; `struct lfi_error *` receives a message for the user and may
 * be NULL.
 *
 * Threads: a space and a box may be used by any number of threads at once. A context belongs to the
 * thread that runs in it; only lfi_context_interrupt() and lfi_context_notify() may be called from
 * another one. Objects are freed by their owner once nothing uses them any more.
 *
 * What a host must know:
 * - Its signal handlers must be installed with SA_ONSTACK: while a thread is in a box, its stack
 * pointer is the box's. lfi gives every thread that enters an alternate stack.
 * - A thread that is in a box, or between lfi_thread_prepare() and lfi_thread_release(), is not
 *   cancelled: pthread_cancel() takes effect afterwards (lfi_context_interrupt() ends a stay), so
 *   system-call handlers and callbacks must leave the state of pthread_setcancelstate() alone.
 * - The C library's own handlers run on the alternate stack, too: lfi_faults_install() sees to that
 *   where glibc does not.
 * - Signal handlers may call only lfi_context_interrupt() and the copy functions, and a handler
 * that interrupted code in a box must return to it (no siglongjmp).
 * - The base of %gs (x86-64) belongs to the box from entry to exit, including during host callbacks
 *   and system-call handlers; it is restored when lfi_context_run() or lfi_call() returns. A gate
 *   call leaves it, so that the next one need not write it. Signal handlers must not use %gs
 * either.
 * - On AArch64 x18 belongs to the box while it runs, and signal handlers that interrupt it find the
 *   box's: a host that keeps a shadow call stack there must not have such handlers. They find its
 *   FPCR, FPSR and DIT, too: a handler that computes with floating-point numbers or with secrets
 *   sets its own first. System-call handlers and callbacks find the host's. (On x86-64 Linux starts
 *   every signal handler with fresh MXCSR and x87 state.) SSBS is the host's all the time.
 * - On AArch64 the keys of pointer authentication are the process's, and code of a box may use
 * them: it can sign any value, with any modifier. A signature does not prove that the host made it.
 * - Nothing may write to the process's memory on behalf of a box other than through these functions
 *   or through host calls given a checked range: /proc/self/mem, ptrace and process_vm_writev
 *   ignore page protection and so must stay out of the box's reach.
 */
#ifndef LFI_LFI_H
#define LFI_LFI_H

#include <lfi/abi.h>
#include <lfi/verifier.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* struct lfi_regs, LFI_CALL_INTEGERS, and what else is of an architecture. */
#if defined(__x86_64__)
#include <lfi/x86_64.h>
#elif defined(__aarch64__)
#include <lfi/aarch64.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct lfi_space;
struct lfi_box;
struct lfi_context;

/* What "page" means here: the host's, 4 KiB on x86-64; 4, 16 or 64 KiB on AArch64. */
size_t lfi_page_size(void);

/* Why a function failed: one sentence, with what to do where something can be done. */
struct lfi_error {
    char message[256];
};

/* ------------------------------------------------------------------------------------ spaces */

/*
 * Reserves room for `boxes` boxes (1 … 32768; 4 GiB each, address space only, no memory), in as few
 * runs of addresses as it takes: an x86-64 process has room for somewhat more than 30,000. Each box
 * takes two of the kernel's mappings, and what its program makes (lfi_box_limit_mappings).
 * -EINVAL for a bad number, -ENOMEM where the address space is limited (ulimit -v) or used up,
 * -ENOTSUP where the process cannot keep data pages from being executable.
 */
int lfi_space_new(struct lfi_space **space, size_t boxes, struct lfi_error *error);

/* All zero is what lfi_space_new() does. */
struct lfi_space_options {
    /*
     * x86-64: place the first box that is made at address 0 if that is possible, where loads and
     * stores of its code are as fast as any on processors to which the base of %gs costs something
     * (docs/benchmarks.md). Its base is then the number 0. Other boxes of the space lie elsewhere.
     *
     * It is possible in one space of a process at a time, on x86-64, if nothing is mapped below
     * 4 GiB (as in programs at fixed addresses, which are no PIE) and `ulimit -v` allows it. It
     * changes the process:
     * - A host that follows a null pointer with a large offset meets the box's memory, not a fault.
     *   Offsets below LFI_GUARD_SIZE fault for stores (loads: below LFI_SYS_PAGE_INSIDE).
     * - The host has no memory below 4 GiB while the space exists: mmap(2) with MAP_32BIT fails,
     *   and so do JIT compilers that need it.
     * - Nothing may be mapped there by force (MAP_FIXED), also not below the lowest address that
     *   the kernel allows, which a thread with more privileges than the one that makes the space
     *   could do.
     */
    bool first_at_0;
};

/*
 * The same with options, NULL for none. Where the first box cannot lie at 0, the space is made all
 * the same and `error` says why; otherwise, after success, its message is empty.
 */
int lfi_space_new_with(struct lfi_space **space, size_t boxes,
                       const struct lfi_space_options *options, struct lfi_error *error);

/* Gives the reservation back. -EBUSY while it holds boxes. NULL is allowed. */
int lfi_space_free(struct lfi_space *space);

/* ------------------------------------------------------------------------------------- boxes */

/* Takes the first free slot of the space, that at address 0 before others. The box is empty except
 * for its sys page. -ENOSPC if the space is full, -ENOMEM if the process has too many mappings. */
int lfi_box_new(struct lfi_space *space, struct lfi_box **box, struct lfi_error *error);

/* Unmaps everything and gives the slot back. -EBUSY while it has contexts; -ENOMEM as
 * lfi_box_unmap(), and the box is still there. NULL is allowed. */
int lfi_box_free(struct lfi_box *box);

/* A multiple of 4 GiB. 0 is one like any other: what is not there is a NULL box, not a base of 0.
 */
uint64_t lfi_box_base(const struct lfi_box *box);

/*
 * The usable addresses: [base + LFI_GUARD_SIZE, base + LFI_BOX_SIZE - LFI_GUARD_SIZE). True if all
 * of [address, address + size) is usable; an empty range must begin at a usable address (or the
 * end).
 */
bool lfi_box_contains(const struct lfi_box *box, uint64_t address, size_t size);

/*
 * Maps pages, replacing what was there. As mmap(2) with MAP_FIXED: address and size must be
 * multiples of the page size and usable. `prot` is PROT_NONE or of PROT_READ, PROT_WRITE; PROT_EXEC
 * is -EACCES. `flags` is MAP_PRIVATE or MAP_SHARED, with any of MAP_ANONYMOUS, MAP_NORESERVE,
 * MAP_POPULATE; MAP_FIXED is implied; others give -EINVAL. Code that is mapped over is no longer
 * code. Files must be regular files or memfds, none of procfs, sysfs, debugfs or hugetlbfs, or
 * /dev/zero: else -ENODEV. -ENOMEM where the box has too many mappings (lfi_box_limit_mappings).
 * Otherwise the errors of mmap(2).
 *
 * Private anonymous memory where nothing is mapped takes one host call (PROT_NONE: none), elsewhere
 * two. Files take four, shared anonymous memory two: they are mapped outside of the box and
 * moved there.
 *
 * No address of a box is ever free. This function and the following ones can fail only before
 * anything is unmapped, and then nothing has changed, with one exception: mapping private anonymous
 * memory over pages in use may return -ENOMEM after these were unmapped. If the kernel runs out of
 * memory for its own data just after it unmapped pages, the host's next mapping could end up in
 * their place: the process then says so on standard error and ends with SIGABRT, which no handler
 * can prevent.
 */
int lfi_box_map(struct lfi_box *box, uint64_t address, size_t size, int prot, int flags, int fd,
                off_t offset);

/* Unmaps pages (and code) again; the address space stays reserved. One host call. -ENOMEM if it
 * would leave more mappings than allowed. */
int lfi_box_unmap(struct lfi_box *box, uint64_t address, size_t size);

/*
 * As mprotect(2), one host call. -EACCES for PROT_EXEC or where the range touches code. As there, a
 * part of the range may have changed after an error.
 */
int lfi_box_protect(struct lfi_box *box, uint64_t address, size_t size, int prot);

/*
 * Moves pages from one place of the box to another of the same size, replacing what is there; the
 * old place is unmapped. Ranges must not overlap. Three host calls. -EACCES where the old place
 * touches code, -EFAULT where it is more than one mapping; -EINVAL if the kernel cannot move these
 * pages (then copy): Linux before 5.7, and before 5.13 all but private anonymous memory. After an
 * error nothing has moved, unless the process as a whole has as many mappings as the kernel allows:
 * then -ENOMEM may mean that the pages are lost.
 */
int lfi_box_move(struct lfi_box *box, uint64_t from, uint64_t to, size_t size);

/*
 * The same with zero pages added at the end, as mremap(2) does it: one mapping of `new_size` bytes
 * (at least `size`), replacing what is at `to`, which may be `from` itself. Four host calls. The
 * errors are those of lfi_box_move(), and -EFAULT where the kernel cannot make that kind of mapping
 * larger.
 */
int lfi_box_grow(struct lfi_box *box, uint64_t from, size_t size, uint64_t to, size_t new_size);

/*
 * As madvise(2), one host call. Allowed: MADV_NORMAL, _RANDOM, _SEQUENTIAL, _WILLNEED, _DONTNEED,
 * _FREE, _HUGEPAGE, _NOHUGEPAGE, _POPULATE_READ, _POPULATE_WRITE; others give -EINVAL. -EACCES
 * where the range touches code.
 */
int lfi_box_advise(struct lfi_box *box, uint64_t address, size_t size, int advice);

/* As mlock(2) or munlock(2), one host call. */
int lfi_box_lock(struct lfi_box *box, uint64_t address, size_t size, bool lock);

/*
 * The kernel limits the number of mappings of a process (vm.max_map_count, by default 65530), and a
 * host that has used them all cannot start a thread. This limits those in the box to `limit`, as
 * the kernel counts them: each run of pages that differs from its neighbours in protection, file,
 * advice or lock. Calls that would make more fail with -ENOMEM, sometimes when a sixteenth is left.
 * 0, the default: a share of the space's, which is half of what the kernel allows: a box alone may
 * have half of that, two boxes a third each, and so on; 64 each while all boxes have less than
 * fifteen sixteenths of the kernel's. The limit needs /proc, without which mappings that the kernel
 * merged count twice.
 */
int lfi_box_limit_mappings(struct lfi_box *box, size_t limit);

/*
 * Counts `change` mappings that the host makes outside of the box on its behalf, such as a thread's
 * stacks, as if they were in it; below 0: they are gone. -ENOMEM where that is too many. For any
 * thread.
 */
int lfi_box_charge_mappings(struct lfi_box *box, long change);

/* How many of the kernel's mappings the box has at most, with those that were charged. */
size_t lfi_box_mappings(struct lfi_box *box);

/* Code to be put into a box. */
struct lfi_code_map {
    uint64_t address;         /* where it goes: page aligned */
    const void *bytes;        /* copied, then never looked at again */
    size_t size;              /* any; the rest of the last page is filled with traps */
    unsigned mode;            /* LFI_MODE_* of <lfi/abi.h>: what the code is verified for. This is
                                 the caller's decision; the note in the code's file is only a
                                 request, to be checked against what the caller accepts, as
                                 lfi_image_read() does */
    uint64_t image_start;     /* [start, end): what position-relative operands may name; */
    uint64_t image_end;       /* must hold the code and be usable addresses */
    bool unverified;          /* do not verify: for measurements only, there is no sandbox then */
    lfi_violation_fn *report; /* receives what the verifier refuses, addresses relative to the base
                                 of the box; may be NULL */
    void *data;               /* for report */
};

/*
 * Copies the code to private pages outside of the box, verifies those pages, makes them executable
 * and read-only, and moves them into place in one step: no thread of any box sees them before they
 * are final. -EACCES if the verifier refuses (`error` then holds the first violation), -EEXIST
 * where this box ever had code (a thread may still be executing the old code), -EINVAL, -ENOMEM.
 */
int lfi_box_map_code(struct lfi_box *box, const struct lfi_code_map *code, struct lfi_error *error);

/*
 * Maps one page of (verified) code at a page-aligned address whose function returns to the host;
 * lfi_call() needs it as the return address. Once per box; a new one replaces its address.
 */
int lfi_box_map_return(struct lfi_box *box, uint64_t address, struct lfi_error *error);

/*
 * Code that several boxes have at the same distance from their bases: verified once, and where the
 * kernel can (Linux 6.7 and later) its pages are shared by all of them. They are in a memfd that
 * was sealed against every change before it was verified, and whose descriptor is closed. (Boxes
 * that share pages can notice by the time that an access takes which of them others use.)
 *
 * `code` is as for lfi_box_map_code(), which see for the errors, but with `address`, `image_start`
 * and `image_end` relative to the base of a box. May be freed while boxes have the code. Any number
 * of threads may map it at once.
 */
struct lfi_shared_code;
int lfi_shared_code_new(struct lfi_shared_code **shared, const struct lfi_code_map *code,
                        struct lfi_error *error);
void lfi_shared_code_free(struct lfi_shared_code *shared);

/* Whether boxes share the pages. If not, each gets a copy, which is not verified again. */
bool lfi_shared_code_is_shared(const struct lfi_shared_code *shared);

/* Maps it into a box: three host calls. The errors of lfi_box_map_code(). */
int lfi_box_map_shared_code(struct lfi_box *box, const struct lfi_shared_code *shared,
                            struct lfi_error *error);

/* ---------------------------------------------------------------------------- freeze and reset */

/*
 * Remembers the box's memory as it is, for lfi_box_reset(): contents, mappings, protections.
 * Costs a copy of the pages that are not zero, in a memfd (a descriptor of the host, which stays
 * open), and reads all of the private memory once. May be repeated: the last one counts.
 *
 * From then on:
 * - Private memory is a private mapping of the memfd, files that were mapped privately too. For the
 *   box it is as before, except that advice and locks are gone, and that a file's page that is
 *   discarded (MADV_DONTNEED) becomes zeros.
 * - What is mapped shared then, and code, stays: unmapping or replacing it is -EACCES. Contents of
 *   shared memory are not frozen.
 * - Code can be mapped only where nothing was mapped at the freeze, else -EACCES, and stays.
 *
 * -EBUSY while a thread is in a context of the box. -ENOMEM out of memory or mappings; -EFAULT if a
 * privately mapped file is shorter than its mapping; -EFBIG where RLIMIT_FSIZE is below 4 GiB;
 * -EMFILE. After an error the box is as it was before, for the box and for lfi_box_reset().
 */
int lfi_box_freeze(struct lfi_box *box, struct lfi_error *error);

/*
 * Brings the box's memory back to where lfi_box_freeze() saw it: contents of private memory, what
 * was mapped where, and protections. One host call for each run of writable memory, which costs by
 * the pages that were touched since; up to three for each run of pages to which something else was
 * done. Registers and thread pointers of contexts are not memory: that is the caller's.
 *
 * -EBUSY while a thread is in a context of the box. None may enter meanwhile: it would find memory
 * half old, half new. -ENOENT if the box was not frozen; -EBADF if the host closed the memfd;
 * -ENOMEM. After an error a part of the memory may have been brought back: repeat it, or free the
 * box.
 */
int lfi_box_reset(struct lfi_box *box, struct lfi_error *error);

/* ------------------------------------------------------------------------- memory of the box */

/*
 * Copy between the host and [address, address + size) of the box. -EFAULT if the range is not
 * usable, not mapped or not permitted, or stops being so meanwhile: a part may then have been
 * copied. Each byte is read once. 1, 2, 4 or 8 bytes are one access. Needs lfi_faults_install().
 */
int lfi_copy_in(const struct lfi_box *box, void *to, uint64_t address, size_t size);
int lfi_copy_out(const struct lfi_box *box, uint64_t address, const void *from, size_t size);

/*
 * Copies a string with its terminating 0 to to[0..max). Returns its length, -EFAULT, or
 * -ENAMETOOLONG if there is no 0 among the first `max` bytes. After an error to[] is not a string.
 */
ssize_t lfi_copy_string(const struct lfi_box *box, char *to, uint64_t address, size_t max);

/* ---------------------------------------------------------------------------------- contexts */

/*
 * Serves a system call of the box, on the host's stack, with the host's floating-point control
 * state. *regs is the caller's state, with which the box continues; at least the result must be put
 * in regs->rax (x[0]). Do not rely on the alignment of the box's stack pointer, nor on rcx and r11.
 * rip (pc) is the return point, checked; on AArch64 x[30] is the same. Everything else that the
 * kernel preserves (vector and x87 state, control words) is preserved without the handler's help.
 * The handler returns normally: it must not leave by longjmp or an exception.
 */
typedef void lfi_syscall_fn(struct lfi_context *context, struct lfi_regs *regs);

/* `data` is for the handler (lfi_context_data). -ENOMEM. The context keeps the box from being
 * freed. */
int lfi_context_new(struct lfi_box *box, lfi_syscall_fn *serve, void *data,
                    struct lfi_context **context);

/*
 * A handler that is asked first, and costs less: the box's vector and x87 state, control words
 * included, stay in the registers. So it, and all that it reaches, must not use them, or the box
 * sees what was in them, and loses what it had there. LFI_LIGHT makes a compiler use general
 * registers only; what it calls must be compiled like that, too (no function of the C library is).
 * Compilers call memcpy() and memset() by themselves for structures, clang at -O0 even for small
 * ones: copy those member by member. It may call lfi_context_box(), lfi_context_data(),
 * lfi_context_stop(), lfi_box_contains(), lfi_copy_in() and lfi_copy_out().
 *
 *   LFI_LIGHT_NOT   lfi_syscall_fn is to be called, as without it
 *   LFI_LIGHT_DONE  the result is in *regs, of which nothing else was changed
 *   LFI_LIGHT_HOST  the host's system call is to be made that was put in *host; with its result
 *                   lfi_light_done_fn is called, which puts the box's in *regs and returns true, or
 *                   returns false: then lfi_syscall_fn is called. (Processors do not foresee where
 *                   a function returns to that made a system call.)
 */
enum lfi_light { LFI_LIGHT_NOT, LFI_LIGHT_DONE, LFI_LIGHT_HOST };
struct lfi_host_call {
    long number;
    uint64_t arg[6];
    const int *unless; /* if it is not 0 the call is not made: the result is LFI_HOST_NOT_MADE */
};
enum { LFI_HOST_NOT_MADE = -512 };
typedef enum lfi_light lfi_light_fn(struct lfi_context *context, struct lfi_regs *regs,
                                    struct lfi_host_call *host);
typedef bool lfi_light_done_fn(struct lfi_context *context, struct lfi_regs *regs, int64_t result);

/*
 * For the handler of a signal that is to end a host call that waits: one that is about to begin
 * (`unless` was looked at) is not made. True: there was one.
 */
bool lfi_host_call_skip(void *ucontext);

/* For contexts in which no thread is; NULL, as at first: none. `done` is for LFI_LIGHT_HOST. */
void lfi_context_light(struct lfi_context *context, lfi_light_fn *light, lfi_light_done_fn *done);

/* -EBUSY if a thread runs in it. NULL is allowed. */
int lfi_context_free(struct lfi_context *context);

/* Whether a thread is in it, in a handler or callback too. By any thread, to which it is old news.
 */
bool lfi_context_entered(const struct lfi_context *context);

struct lfi_box *lfi_context_box(const struct lfi_context *context);
void *lfi_context_data(const struct lfi_context *context);

/* The registers with which the next run begins, or those at the end of the last one. */
struct lfi_regs *lfi_context_regs(struct lfi_context *context);

/* The box's thread pointer, a plain value. By the owner's thread, within a handler too. */
uint64_t lfi_context_tp(const struct lfi_context *context);
void lfi_context_set_tp(struct lfi_context *context, uint64_t tp);

/*
 * Makes `to` (which must not run) a copy of `from`: general registers, thread pointer, vector and
 * x87 state and their control words. Within a system call of `from` it copies the state of the
 * caller: this is what clone(2) needs. Then set the child's result, stack pointer and tp.
 */
void lfi_context_copy(struct lfi_context *to, const struct lfi_context *from);

enum lfi_exit_kind {
    LFI_EXIT_STOPPED,     /* lfi_context_stop(): `status` */
    LFI_EXIT_RETURNED,    /* the box used the return slot: result in regs.rax (x[0]) */
    LFI_EXIT_FAULT,       /* the code of the box faulted: `signal` and the rest */
    LFI_EXIT_INTERRUPTED, /* lfi_context_interrupt() */
    LFI_EXIT_UNWOUND,     /* lfi_callback_unwind(): `status` */
    LFI_EXIT_REFUSED, /* a gate call did not enter the box: `status` is a negative errno value */
};

struct lfi_exit {
    enum lfi_exit_kind kind;
    int status;           /* STOPPED, UNWOUND: what the host gave; REFUSED: why */
    int signal;           /* FAULT: SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGTRAP */
    int code;             /* FAULT: si_code */
    uint64_t address;     /* FAULT: si_addr, the address accessed or of the instruction */
    struct lfi_regs regs; /* all kinds */
};

/*
 * Runs the box from the context's registers until one of the above ends it. 0 and *exit are the
 * normal outcome, faults included. -EBUSY if the context already runs, -EINVAL if
 * lfi_faults_install() was not called, -ENOMEM. May be called again after each kind of exit, after
 * setting what should be different.
 */
int lfi_context_run(struct lfi_context *context, struct lfi_exit *exit);

/*
 * Called by the handler of a system call: when it returns, the innermost lfi_context_run() or
 * lfi_call() of this context ends with LFI_EXIT_STOPPED and `status`.
 */
void lfi_context_stop(struct lfi_context *context, int status);

/*
 * A stop of the box at any instruction: `signal` 0 because of lfi_context_notify(), or a fault of
 * its code, as struct lfi_exit has it. `trap` and `error` are what the processor says of a fault
 * (x86-64: the vector, and the error code; AArch64: 0).
 */
struct lfi_stop {
    int signal, code;
    uint64_t address;
    uint64_t trap, error;
};

/*
 * Called like a handler of a system call, in the thread of the context and on the host's stack,
 * when the box was stopped. The registers are those at an instruction where a branch may come from
 * anywhere: a stop within a group is one at its first instruction, or at the next one after it, and
 * one in a runtime call is one before it (docs/stops.md). Only after a fault may they be others (a
 * jump that led to no code, a stack pointer that has left the box), to which the box cannot return.
 *
 * False: nobody handles the fault, which ends the run (LFI_EXIT_FAULT, with the registers of the
 * instruction that faulted). True: the box goes on, exactly as it was, whatever it was doing, or as
 * lfi_context_exact() says.
 */
typedef bool lfi_stopped_fn(struct lfi_context *context, struct lfi_regs *regs,
                            const struct lfi_stop *stop);

/* Before the first run. */
void lfi_context_on_stop(struct lfi_context *context, lfi_stopped_fn *stopped);

/*
 * From any thread: the context's function for stops is called as soon as its thread is in the box,
 * or before it enters it, at least once after this. A thread that a gate lets in, or that returns
 * from a callback, is stopped at its next system call instead. Without such a function it does
 * nothing. Needs a signal (lfi_faults_install).
 *
 * -EAGAIN: the kernel has no room for the signal (RLIMIT_SIGPENDING, which the user's processes
 * share, if it is a real-time signal). The thread still hears of it when it comes from the host,
 * but not where it is now: call it again. Otherwise 0. errno stays as it is, here and below.
 *
 * For a wait in the host that is just about to begin it comes too early, as an interrupt does
 * (below): where that matters, wake the thread by a signal of your own, too.
 */
int lfi_context_notify(struct lfi_context *context);

/*
 * For the handler of a system call, after a call of the host that ended with EINTR: whether the
 * signal of lfi_context_notify() came to this thread since it last asked, and none of
 * lfi_context_interrupt() after it. Then the call is to be made again: the box must not hear of a
 * signal that it may not even be meant for.
 */
bool lfi_context_notified(void);

/*
 * By the handler of a system call or of a stop, of the innermost run: whether the box goes on with
 * exactly its registers (true), r11 and rip included; or as after a system call (false), so that
 * the host may set registers to the start of a function. What the registers hold may come from the
 * box: if the box could not get there by itself, the run ends with LFI_EXIT_FAULT (SIGSEGV);
 * docs/stops.md says what it may ask for. x86-64: rip must be where an instruction outside of a
 * group begins, or a group, and rsp in the box; of rflags only the arithmetic flags and DF count.
 * It takes one signal of the host's kernel.
 */
void lfi_context_exact(struct lfi_context *context, bool exact);

/*
 * From any thread: ends the current run (or the next one, if there is none) with
 * LFI_EXIT_INTERRUPTED. Code in the box is stopped at once; a handler is left to finish, though
 * host calls in it that wait may return EINTR. Needs a signal (lfi_faults_install). A thread that
 * is about to wait may miss the signal, and the kernel may have no room for it (RLIMIT_SIGPENDING):
 * repeat until the run has ended. Afterwards the registers are good for a report. To continue, rip
 * must be a bundle start in the box; on AArch64, pc must be x30.
 */
void lfi_context_interrupt(struct lfi_context *context);

/* A call of a function in a box as the C calling convention has it. */
struct lfi_call {
    uint64_t integer[LFI_CALL_INTEGERS]; /* the integer and pointer arguments, in order */
    double real[8];                      /* the floating-point arguments, in order */
    const uint64_t *stack;               /* further arguments on the stack, or NULL */
    size_t stack_count;
    uint64_t result, result2; /* rax, rdx; x0, x1 */
    double real_result;       /* xmm0; d0 */
    struct lfi_exit exit;     /* how it ended: LFI_EXIT_RETURNED if all was well */
};

/*
 * Calls the function at `function` (on x86-64 a bundle start) on the context's stack: its stack
 * pointer in the registers, or, from within a system call of the same context, below the red zone
 * of the caller. Calls nest: host, box, system call, host, box. 0 if the box was entered; look at
 * call->exit.kind. -EFAULT if the stack cannot be written, -EINVAL without lfi_box_map_return();
 * else as lfi_context_run(). The registers of the context are kept.
 *
 * -ELOOP if calls nest too deeply, also from lfi_context_run(): LFI_NESTING_DEFAULT nested stays of
 * a thread in boxes, whichever they are, or less than LFI_NESTING_STACK bytes left on the thread's
 * stack. A handler that needs more than that must check for itself.
 */
int lfi_call(struct lfi_context *context, uint64_t function, struct lfi_call *call);

#define LFI_NESTING_DEFAULT 256
#define LFI_NESTING_STACK   65536

/* How deeply a thread's stays in boxes may nest when it enters this one; 0: the default. Any
 * thread. */
void lfi_box_limit_nesting(struct lfi_box *box, unsigned depth);

/* ------------------------------------------------------------------------------------- gates */

/*
 * A call of a function in a box that costs little more than a call: through a pointer to a function
 * of the type that the function has, which the host's compiler calls as any other.
 *
 *     typedef int scale_fn(int, double);
 *     scale_fn *scale = (scale_fn *)lfi_gate(context, address, LFI_SHAPE(1, 1, 0));
 *     int result = scale(5, 1.0);
 *     if (lfi_gate_exit()->kind != LFI_EXIT_RETURNED) …
 *
 * The shape says which registers and how much of the stack hold arguments; everything else is
 * cleared. Registers for results come back as the box left them: integers narrower than 64 bits
 * (_Bool!) are to be brought into their type, as everything from the box. All other registers that
 * a call does not keep hold anything.
 *
 * What crosses in a register or stack word crosses whole. Where the calling convention leaves bits
 * undefined (the upper half of a register or stack word that holds an int, of the 64 bits that hold
 * a float), the compiler may have left host data there: to whom that matters passes 64-bit integers
 * and, for float, a structure of two. Of vector registers what is above 64 bits (WIDE: 128) is
 * cleared.
 *
 * The box starts with the control words that a program starts with, whatever the host's are, and
 * no exception flag set; afterwards control words and flags are the host's. (x86-64: the exception
 * flags of x87, not those of MXCSR, may be the box's, too, as after any function. A host that has
 * such flags set, by computing with long double, pays about 200 cycles a call: feclearexcept(). The
 * host's identification and alignment-check flags, which no compiler sets, are seen by
 * the box.)
 *
 * lfi_call() is for the rest: it takes arguments as arrays, and gives all registers of the box.
 */
typedef uint64_t lfi_shape;
typedef void lfi_gate_fn(void);

/*
 * integers: 0 … LFI_CALL_INTEGERS registers for integers and pointers (x86-64: with the hidden one
 * of a result in memory). vectors: 0 … 8. words: 0 … 4095 words of 8 bytes on the stack, with those
 * between them for alignment. As the calling convention assigns them: a structure in two registers
 * counts two. For variadic functions, those of the call. More by |:
 *
 *   LFI_SHAPE_WIDE     vectors, results too, are of 16 bytes (long double of AArch64, __m128),
 * not 8. Wider ones cannot be passed. LFI_SHAPE_X87(n)   x86-64: the result is in st(0) (n = 1:
 * long double), st(1) (n = 2: complex) LFI_SHAPE_MEMORY(bytes)  the result is a structure in
 * memory, 1 … 65536 bytes (callbacks: 32768). Use its natural type: the gate gives the callee a
 * place on its own side and copies. LFI_SHAPE_RESULT(integers, vectors)  needed for callbacks only:
 * how many registers hold the result: 0 … 2 of rax, rdx (x0, x1), 0 … 2 of xmm0, xmm1 (0 … 4 of v0
 * … v3)
 */
#define LFI_SHAPE(integers, vectors, words)                                         \
    (((lfi_shape)(integers)*9 + (lfi_shape)(vectors)) | (lfi_shape)(vectors) << 8 | \
     (lfi_shape)(words) << 16)
#define LFI_SHAPE_WIDE          ((lfi_shape)1 << 7)
#define LFI_SHAPE_X87(n)        ((lfi_shape)(n) << 12)
#define LFI_SHAPE_MEMORY(bytes) ((lfi_shape)(bytes) << 40)
#define LFI_SHAPE_RESULT(integers, vectors) \
    ((lfi_shape)(integers) << 32 | (lfi_shape)(vectors) << 34)

/* The parts of a shape. */
#define LFI_SHAPE_INDEX(shape)           ((unsigned)(shape)&0x7f)
#define LFI_SHAPE_VECTORS(shape)         ((unsigned)((shape) >> 8) & 15)
#define LFI_SHAPE_ST(shape)              ((unsigned)((shape) >> 12) & 3)
#define LFI_SHAPE_WORDS(shape)           ((unsigned)((shape) >> 16) & 0xfff)
#define LFI_SHAPE_BYTES(shape)           ((unsigned)((shape) >> 40) & 0x1ffff)
#define LFI_SHAPE_RESULT_INTEGERS(shape) ((unsigned)((shape) >> 32) & 3)
#define LFI_SHAPE_RESULT_VECTORS(shape)  ((unsigned)((shape) >> 34) & 7)
#define LFI_SHAPE_SPECIAL                (LFI_SHAPE_X87(3) | LFI_SHAPE(0, 0, 0xfff) | LFI_SHAPE_MEMORY(0x1ffff))

/*
 * Prepares the calling thread's next call of `function` (x86-64: a bundle start) and returns the
 * gate. Cast it to the function's type and call it once, at once: evaluate arguments that call into
 * boxes before. (A gate that is called without its lfi_gate() is refused: -EINVAL.) Never NULL:
 * what is wrong shows in lfi_gate_exit() after the call.
 *
 * The first call attaches the context to the thread, as lfi_context_attach(). Calls nest as those
 * by lfi_call() do: within a callback, or the handler of a system call. If the box does not return,
 * the call returns with all results 0.
 */
lfi_gate_fn *lfi_gate(struct lfi_context *context, uint64_t function, lfi_shape shape);

/*
 * How the last gate call of the thread ended, until the next one ends. RETURNED: only `kind` means
 * something. STOPPED, FAULT, INTERRUPTED: as for lfi_context_run(). UNWOUND: `status`. REFUSED:
 * `status` is -ELOOP (nested too deeply), -EBUSY (attached to another thread), -ENOMEM, -EINVAL
 * (no lfi_faults_install() or lfi_box_map_return(), no lfi_gate() before, a bad shape), -EPERM
 * (only in builds without NDEBUG, which look: the alternate signal stack or the signal mask are not
 * as lfi_thread_prepare() left them).
 */
const struct lfi_exit *lfi_gate_exit(void);

/*
 * A gate that enters nothing: REFUSED with `status`, a negative errno value, and 0 for all results
 * that the shape has. context: whose `failed` function is called; may be NULL.
 */
lfi_gate_fn *lfi_gate_refused(struct lfi_context *context, int status, lfi_shape shape);

/*
 * Called when a gate call of the context did not return, in its thread, when all of the stay is
 * undone and before the call returns. Until it returns, or detaches the context, no other thread
 * can detach or free that. May leave by longjmp(), but detaches it before. NULL: none.
 */
typedef void lfi_gate_failed_fn(struct lfi_context *context, const struct lfi_exit *exit);
void lfi_context_on_failure(struct lfi_context *context, lfi_gate_failed_fn *failed);

/*
 * A context stays its thread's between gate calls, and the thread is prepared as by
 * lfi_thread_prepare() until it ends. attach: 0, -EBUSY (it is another thread's), -ENOMEM, -EINVAL;
 * lfi_gate() does it by itself. detach: by any thread; -EBUSY while a thread is inside, or another
 * one in the `failed` function.
 * lfi_context_free() does it, too; the end of a thread does not.
 */
int lfi_context_attach(struct lfi_context *context);
int lfi_context_detach(struct lfi_context *context);

/*
 * The address below which the stack of the next gate call of this context begins: its stack pointer
 * or, in a callback or handler, that of the caller (x86-64: less the red zone). To have room there
 * for arguments lower it, and put it back afterwards, in reverse order. By the context's thread.
 */
uint64_t lfi_gate_stack(const struct lfi_context *context);
void lfi_gate_set_stack(struct lfi_context *context, uint64_t address);

/* --------------------------------------------------------------------------------- callbacks */

/*
 * A function of the host that code in the box can call. It gets the arguments that the shape names
 * as the box left them: declare 64-bit integers and bring them into their type. (AArch64: a
 * structure that the convention passes by its address is an address in the box.) It runs on the
 * host's stack with the host's control words, and returns normally or by lfi_callback_unwind(), not
 * by longjmp() or an exception. `data` is for it. Registers that hold the result cross whole: what
 * is said of arguments above holds for it.
 */
struct lfi_callback {
    lfi_gate_fn *function;
    void *data;
    lfi_shape shape; /* at most 1023 words */
};

#define LFI_CALLBACKS_MAX 4096 /* stubs of a box */

/*
 * Gives a callback, which is copied, an address in the box. -ENOSPC if no stub is free: then map
 * more by lfi_box_map_stubs(). -EINVAL for a bad shape, -ENOMEM. Any thread.
 */
int lfi_box_callback(struct lfi_box *box, const struct lfi_callback *callback, uint64_t *address);

/*
 * Takes it back; the address may be given out again. Calls under way end normally, and may still
 * need `data`; a later call is a fault of the box (SIGILL). -EINVAL if there is none. Any thread.
 */
int lfi_box_uncallback(struct lfi_box *box, uint64_t address);

/*
 * The same, but the stub is never used again: for an address that the box keeps in a state that
 * comes back (lfi_box_reset()), where it must not become the address of something else.
 */
int lfi_box_retire_callback(struct lfi_box *box, uint64_t address);

/*
 * Maps a page of verified code, stubs for callbacks, at a page-aligned address where this box never
 * had code: 128 for 4 KiB, on AArch64 256. It stays until the box is freed. -ENOSPC if the box has
 * LFI_CALLBACKS_MAX, else as lfi_box_map_code(). Any thread.
 */
int lfi_box_map_stubs(struct lfi_box *box, uint64_t address, struct lfi_error *error);

/* In a callback: its data, and the context that called it. Elsewhere NULL. */
void *lfi_callback_data(void);
struct lfi_context *lfi_callback_context(void);

/*
 * In a callback: gives up. The innermost call into the box returns to its caller as
 * LFI_EXIT_UNWOUND with `status`. Frames of the host in between are left as by longjmp(). Elsewhere
 * than in a callback it ends the process with a message.
 */
void lfi_callback_unwind(int status) __attribute__((noreturn));

/* ------------------------------------------------------------------------ faults and threads */

/*
 * Installs handlers for SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP, once per process: faults in a
 * box end its run, faults of the copy functions become -EFAULT, all others go to the handlers that
 * were installed before. `interrupt_signal` (0: none) is what lfi_context_interrupt() sends, such
 * as SIGRTMIN + 3; lfi takes that signal for itself. Later calls are only counted.
 */
int lfi_faults_install(int interrupt_signal, struct lfi_error *error);

/* The last of as many calls restores the former handlers where ours is still installed. */
void lfi_faults_remove(void);

/*
 * Optional: gives this thread its alternate signal stack now, and until lfi_thread_release(), and
 * unblocks the fault signals and that for interruption. Neither may be changed meanwhile; so long
 * the thread is not cancelled (pthread_cancel).
 * Without it each outermost lfi_context_run() and lfi_call() does so itself, which costs three host
 * calls on each side: negligible for a program, expensive for a call of a small function. -ENOMEM.
 */
int lfi_thread_prepare(void);
void lfi_thread_release(void);

#ifdef __cplusplus
}
#endif

#endif
