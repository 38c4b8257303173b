// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What an architecture gives to core. Each has a folder with its frame.h, switch.S, copy.S,
 * machine.c. frame.h holds also what belongs to it of a reservation, a context and a thread
 * (struct machine_…), and
 *
 *   MACHINE_TRAP             a byte: fills what is left of a code page
 *   MACHINE_RETURN_SIZE      of the code that returns to the host
 *   MACHINE_RETURN_ON_STACK  whether a call puts the return address on the stack
 *   MACHINE_STACK_REACH      confined code keeps its stack pointer that close above the base
 *   MACHINE_SLOT(k)          where slot k of the runtime table is, from the base of its box
 *   MACHINE_SYS_PAGE         where the sys page ends, from there
 *   MACHINE_AT_0             whether a box can lie at address 0
 *   MACHINE_ROOM             bytes for each box that the architecture needs in its reservation
 *   MACHINE_STUB_SIZE        of a stub of a callback; a power of two
 *   MACHINE_STACK_POINTER    of struct lfi_regs; likewise MACHINE_CODE_POINTER
 *   MACHINE_ENTRY_MASK       what of a function's address the host may name
 */
#ifndef LFI_MACHINE_H
#define LFI_MACHINE_H

#include <lfi/lfi.h>

#include "frame.h" /* of the architecture that the build is for */

struct core_reservation;

#pragma GCC visibility push(hidden)

/* FEATURE_* of this machine. -ENOTSUP if it lacks something essential. */
int machine_features(uint32_t *features, struct lfi_error *error);

/* The code of the page that entries of runtime tables point to. -ENOTSUP: see the message. */
int machine_write_trampolines(uint8_t page[4096], struct lfi_error *error);

/* The sys page of a box at `base`, whose reservation has its trampoline page at `trampolines`. */
void machine_write_table(uint8_t page[4096], uint64_t base, uint64_t trampolines);

extern const uint8_t machine_return_code[MACHINE_RETURN_SIZE];
extern const enum lfi_arch machine_arch;

/* Its part of a reservation, in the `size` bytes at `room`, and of a context: 0 or -ENOMEM. */
int machine_reservation_init(struct core_reservation *reservation, uint64_t room, size_t size);
void machine_reservation_free(struct core_reservation *reservation);
int machine_context_init(struct lfi_context *context);
void machine_context_free(struct lfi_context *context);

/* Where the thread pointer of the context is. By the thread that is in it, or while none is. */
uint64_t *machine_tp(struct lfi_context *context);
/* What a stay needs of the frame's context. */
void machine_frame_fill(struct core_frame *frame);
/* The stay of `frame`, inside of that of `outer` (or NULL), begins and ends; core_thread.frame is
 * the outer one. */
void machine_stay_begin(struct core_frame *frame, struct core_frame *outer);
void machine_stay_end(struct core_frame *frame, struct core_frame *outer);
/* Before a stay inside of that of `frame` begins, or it ends: as machine_stay_end(). */
void machine_stay_pause(struct core_frame *frame);

/* The state at the start of a program: everything zero or as the psABI says. */
void machine_frame_init(struct core_frame *frame);
/* The state of the box, nothing of the host's. */
void machine_frame_copy(struct core_frame *to, const struct core_frame *from);
/*
 * A call by the C calling convention. Its stack begins below that of the caller, which is in the
 * middle of something if `nested`; the function returns to `home`.
 */
uint64_t machine_call_stack(const struct core_frame *caller, size_t arguments, bool nested);
void machine_call_begin(struct core_frame *frame, const struct lfi_call *call, uint64_t function,
                        uint64_t stack, uint64_t home);
void machine_call_end(const struct core_frame *frame, struct lfi_call *call);

/* switch.S: into the box; where runtime calls arrive; where a signal handler sends a thread whose
 * stay ends; the code that loads the box's registers. */
enum lfi_exit_kind machine_enter(struct core_frame *frame);
extern const char machine_syscall[], machine_return[];
extern const char machine_leave_saving[], machine_leave_entering[];
extern const char machine_resume_start[], machine_resume_end[];
/* The same after a light call: vector and x87 state are the box's, and not in the frame. */
extern const char machine_light_start[], machine_light_end[];
/* From the look at `unless` to the host call of a light call; where it goes on without that. */
extern const char machine_host_start[], machine_host_end[], machine_host_skipped[];

/* Runs the box until it leaves. Returns the exit kind. */
enum lfi_exit_kind machine_run(struct core_frame *frame);

/*
 * gate.S: where lfi_gate() sends its caller, whose arguments have that shape; the other does not
 * enter the box; where the return slot leads in a gate call.
 */
const char *machine_gate_entry(lfi_shape shape);
extern const char machine_gate_entries[], machine_gate_refused[], machine_gate_return[],
    machine_callback[];
extern const char machine_gate_start[], machine_gate_end[], machine_callback_start[],
    machine_callback_end[], machine_result_start[], machine_result_end[];
/* What gate.S calls: the stay around a gate call goes on; a gate call ended, or was refused. */
void core_gate_resume(struct core_frame *outer);
struct core_results {
    uint64_t memory; /* address of a result in memory, or 0 */
    uint64_t st;     /* how many x87 registers are results */
} core_gate_ended(enum lfi_exit_kind kind), core_gate_refused(uint64_t memory);
/* Whether the place is one where gate.S accesses memory of the box, or is about to enter it. */
bool machine_gate_touches(uint64_t pc);
/* From a callback: ends its stay, as LFI_EXIT_UNWOUND. */
_Noreturn void machine_unwind(struct core_frame *frame);
/* The stack pointer with which a gate call begins, below `stack`: in the box. */
uint64_t machine_gate_stack(const struct core_frame *frame, uint64_t stack);
/* That of the frame: where stacks of calls begin, `nested` in what it was doing. */
uint64_t machine_stack_pointer(const struct core_frame *frame, bool nested);
void machine_set_stack_pointer(struct core_frame *frame, uint64_t stack);
/* Code of stub `number`, in order, and the mask of what a callback of that shape returns. */
void machine_write_stub(uint8_t stub[MACHINE_STUB_SIZE], uint32_t number);
void machine_callback_fill(struct core_callback *entry, const struct lfi_callback *callback);

/* Of the context of a signal: where it happened; whether registers there are the box's. */
uint64_t machine_signal_pc(const void *ucontext);
void machine_signal_set_pc(void *ucontext, uint64_t pc);
uint64_t machine_signal_stack(const void *ucontext); /* the stack pointer there */
/* The signal interrupted the entry into the box, other than by a gate: the frame still holds all
 * registers of the box. */
bool machine_signal_entering(const void *ucontext);
/*
 * Makes the return from the signal handler continue as if the frame's stay had ended with `kind`,
 * with the box's registers from the signal unless it was `entering`.
 */
void machine_signal_leave(void *ucontext, struct core_frame *frame, enum lfi_exit_kind kind,
                          bool entering);

/*
 * Stops: docs/stops.md. machine_signal_fault() adds what the processor says of a fault.
 */
void machine_signal_fault(const void *ucontext, struct lfi_stop *fault);
/* On the trampoline page: back to the runtime call. False: nothing says where that was. */
bool machine_signal_back(void *ucontext, const struct core_frame *frame);
/* As machine_signal_leave(), but it goes on in core_stopped(). */
void machine_signal_stop(void *ucontext, struct core_frame *frame, bool entering);
/* 0: goes on by frame->regs; or the kind of exit + 1. */
uint32_t core_stopped(struct core_frame *frame);
/* Whether the box may go on exactly so: 0, or the kind of exit + 1. */
uint32_t core_exact(struct core_frame *frame);
/* Where the host's kernel then loads all registers of the box, by machine_signal_exact(). */
extern const char machine_exact[], machine_exact_start[], machine_exact_end[];
extern const char machine_stop_saving[], machine_stop_entering[];
void machine_signal_exact(void *ucontext, struct core_frame *frame);
/* Brings the registers at any instruction to where rules of the verifier hold. False: cannot. */
bool machine_settle(struct core_frame *frame);
/* Whether the box could have got there by itself. Registers of which the verifier relies on more
 * are brought into the box. */
bool machine_may_continue(struct core_frame *frame);

/*
 * Copying with a way out: the fault handler sends a fault between their first and last instruction
 * to machine_copy_fault, which returns -EFAULT from them. 1, 2, 4, 8 bytes are one access.
 */
long machine_copy(void *to, const void *from, size_t size);
/* Length without the final 0, or `max` if there is none among the first max bytes. */
long machine_copy_string(char *to, const char *from, size_t max);
extern const char machine_copy_start[], machine_copy_end[], machine_copy_fault[];

#pragma GCC visibility pop

#endif
