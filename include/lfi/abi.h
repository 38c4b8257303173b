// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The ABI between sandboxed code and the runtime: the only header that the producers of code
 * (rewriter, postlinker), the verifier and the runtime share. docs/abi.md explains each value.
 *
 * Constants only, usable from C and from assembly.
 */
#ifndef LFI_ABI_H
#define LFI_ABI_H

/* Changes whenever code made for the old value would not verify or run under the new one. */
#define LFI_ABI_VERSION 2

/* Geometry of a box (docs/abi.md, "The box"). Sizes in bytes. */
#define LFI_BOX_BITS   32
#define LFI_BOX_SIZE   0x100000000 /* also the alignment of a box */
#define LFI_GUARD_SIZE 0x30000     /* never mapped at either end of a box: 192 KiB */

/*
 * The largest displacement that code may add to the stack pointer without an address check, and
 * the largest step that the stack pointer may take before the next access (docs/abi.md, "The
 * stack"). A step, a displacement and an access together stay inside LFI_GUARD_SIZE.
 */
#define LFI_STACK_REACH 0x10000

/*
 * The runtime table, on the box's sys page: entry k is the 8-byte slot at this offset from the
 * base. INSIDE: on x86-64 the sys page is the last page of the lower guard, so that a box can lie
 * at address 0 and no stack access that leaves a box meets one. BELOW: on AArch64 it ends at the
 * base, as LLVM has it.
 */
#define LFI_SYS_PAGE_SIZE   0x1000
#define LFI_SYS_PAGE_INSIDE 0x2f000
#define LFI_SLOT_INSIDE(k)  (LFI_SYS_PAGE_INSIDE + 8 * (k))
#define LFI_SLOT_BELOW(k)   (-8 * ((k) + 1))
#define LFI_SLOT_SYSCALL    0 /* a Linux system call, its registers as the kernel has them */
#define LFI_SLOT_GET_TP     1 /* x86-64: the thread pointer, in %r11 */
#define LFI_SLOT_SET_TP     2 /* x86-64: the thread pointer becomes %rdi */
#define LFI_SLOT_RETURN     3 /* end the host's call into the box; does not come back */
#define LFI_SLOT_BASE       4 /* x86-64: not an entry, the box base as a value */
#define LFI_SLOT_CPUID      5 /* x86-64: what `cpuid` tells a box */
#define LFI_SLOT_CALLBACK \
    6                     /* call a function of the host (x86-64: r10d, AArch64: w16 says which) */
#define LFI_SLOT_COUNT 64 /* unused entries point to a stub that traps */

/*
 * Our own system calls, which Linux does not have (LFI_SLOT_SYSCALL). REST: from boxrt, in a
 * library (<lfi/library.h>): the thread is ready for calls of the host. Its first argument is the
 * address of LFI_REST_WORDS words of 64 bits in the box, or 0 in all threads but the first: the
 * version and functions, each 0 if there is none.
 */
#define LFI_CALL_REST       0x10000
#define LFI_REST_VERSION    1
#define LFI_REST_THREAD_NEW 1 /* int (size_t stack): starts a thread that calls REST */
#define LFI_REST_MALLOC     2
#define LFI_REST_CALLOC     3
#define LFI_REST_REALLOC    4
#define LFI_REST_MEMALIGN   5 /* void *(size_t alignment, size_t size) */
#define LFI_REST_FREE       6
#define LFI_REST_WORDS      7

/* x86-64 code: bundle size, in bytes. Indirect branches reach only bundle starts. */
#define LFI_BUNDLE_SIZE 32

/* AArch64 code: size of an instruction. Indirect branches reach every one. */
#define LFI_INSN_SIZE 4

/* AArch64: the context block that x25 points to, outside of the box. */
#define LFI_CONTEXT_SIZE 64
#define LFI_CONTEXT_TP   16 /* offset of the thread pointer, the only part that code may access */

/* Sandboxing modes, as the note records them: each confines less than the one before it. */
#define LFI_MODE_FULL   0          /* loads, stores, control flow */
#define LFI_MODE_STORES 1          /* stores, control flow */
#define LFI_MODE_JUMPS  2          /* control flow and system calls */
#define LFI_MODE_UNSET  0xffffffff /* what the linker's input holds until the postlinker ran */

/*
 * The note that marks an LFI file: section .note.lfi, owner "BOX", and a descriptor of four
 * 32-bit little-endian words: ABI version, architecture (the ELF e_machine value), mode, flags.
 * No flag is defined yet; a reader refuses flags that it does not know.
 *
 * Notes of owner "LFI" are LLVM's, whose LFI targets put one of type 1 into every object, and that
 * of ABI version 1: a reader skips them.
 */
#define LFI_NOTE_SECTION   ".note.lfi"
#define LFI_NOTE_OWNER     "BOX"
#define LFI_NOTE_TYPE      2
#define LFI_NOTE_OWNER_1   "LFI" /* of version 1, with the same descriptor */
#define LFI_NOTE_DESC_SIZE 16

#endif
