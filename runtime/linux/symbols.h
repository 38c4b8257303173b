// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The function names of a program, from its symbol table. The file is not trusted. */
#ifndef LFI_LINUX_SYMBOLS_H
#define LFI_LINUX_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linux_symbol {
    uint64_t address; /* as in the file */
    uint64_t size;
    const char *name; /* of any length, and printable in one word */
};

struct linux_symbols {
    struct linux_symbol *list; /* in the order of the file */
    size_t count;
    char *names; /* once for all: a file may use a long one for each of its symbols */
};

/* Reads .symtab, or .dynsym where there is none; with neither, or a broken one, there are none. */
void linux_symbols_read(struct linux_symbols *symbols, const void *file, size_t size);
void linux_symbols_free(struct linux_symbols *symbols);

/* The function that holds `address`, or the one before it if sizes are not known; or NULL. */
const struct linux_symbol *linux_symbols_find(const struct linux_symbols *symbols,
                                              uint64_t address);

#endif
