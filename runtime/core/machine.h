// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What an architecture gives to core. Each has a folder with its frame.h, switch.S, copy.S,
 * machine.c. */
#ifndef LFI_MACHINE_H
#define LFI_MACHINE_H

#include <lfi/lfi.h>

#if defined(__x86_64__)
#include "x86_64/frame.h"
#endif

#pragma GCC visibility push(hidden)

/* FEATURE_* of this machine. -ENOTSUP if it lacks something that there is no way without. */
int machine_features(uint32_t *features, struct lfi_error *error);

/* The code of the page that entries of runtime tables point to. -ENOTSUP: see the message. */
int machine_write_trampolines(uint8_t page[4096], struct lfi_error *error);

/* The sys page of a box at `base`, whose space has its trampoline page at `trampolines`. */
void machine_write_table(uint8_t page[4096], uint64_t base, uint64_t trampolines);

/* A bundle of code that returns to the host. */
#define MACHINE_RETURN_SIZE 32
extern const uint8_t machine_return_code[MACHINE_RETURN_SIZE];
extern const enum lfi_arch machine_arch;
#define MACHINE_TRAP 0xf4 /* hlt: fills what is left of a code page */

/* The state of a program's beginning: everything zero or as the psABI has it. */
void machine_frame_init(struct lfi_frame *frame);
/* The state of the box, nothing of the host's. */
void machine_frame_copy(struct lfi_frame *to, const struct lfi_frame *from);
/* Arguments and results as the C calling convention has them; `stack` is where rsp begins. */
uint64_t machine_call_stack(uint64_t stack, size_t arguments, bool nested);
void machine_call_begin(struct lfi_frame *frame, const struct lfi_call *call, uint64_t function,
                        uint64_t stack);
void machine_call_end(const struct lfi_frame *frame, struct lfi_call *call);

/* Runs the box until it leaves; the base register of the host is kept. Returns the exit kind. */
enum lfi_exit_kind machine_run(struct lfi_frame *frame);

/* Of the context of a signal: where it happened; whether registers there are the box's. */
uint64_t machine_signal_pc(const void *ucontext);
void machine_signal_set_pc(void *ucontext, uint64_t pc);
/* The signal interrupted the way into the box: the frame still holds all registers of the box. */
bool machine_signal_entering(const void *ucontext);
/*
 * Makes the return from the signal handler go on as if the frame's stay had ended with `kind`, with
 * the box's registers from the signal unless it was `entering`.
 */
void machine_signal_leave(void *ucontext, struct lfi_frame *frame, enum lfi_exit_kind kind,
                          bool entering);

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
