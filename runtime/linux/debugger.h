// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Tells debuggers that are attached, or attach later, where a program is in memory, through GDB's
 * interface for just-in-time compilers. docs/debugging.md is the manual.
 */
#ifndef LFI_LINUX_DEBUGGER_H
#define LFI_LINUX_DEBUGGER_H

#include <stddef.h>

struct linux_debugger_entry;
struct lfi_process;

/* `file` is what was loaded; process->program names it. NULL if there is nothing to tell. */
struct linux_debugger_entry *linux_debugger_add(const struct lfi_process *process, const void *file,
                                                size_t size);
void linux_debugger_remove(struct linux_debugger_entry *entry); /* NULL is allowed */

#endif
