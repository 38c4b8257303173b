// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The function names of a program, from its symbol table. The file is not trusted. */
#ifndef LFI_LINUX_SYMBOLS_H
#define LFI_LINUX_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lfi_symbol {
    uint64_t address; /* as in the file */
    uint64_t size;
    char *name;
};

struct lfi_symbols {
    struct lfi_symbol *list; /* ascending */
    size_t count;
};

/* Reads .symtab; a file without one, or with a broken one, has no symbols. */
void lfi_symbols_read(struct lfi_symbols *symbols, const void *file, size_t size);
void lfi_symbols_free(struct lfi_symbols *symbols);

/* The function that holds `address`, or the one before it if sizes are not known; or NULL. */
const struct lfi_symbol *lfi_symbols_find(const struct lfi_symbols *symbols, uint64_t address);

#endif
