// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Relocatable ELF objects, as nasm and our assembler write them. */
#ifndef LFI_NASM_OBJECT_H
#define LFI_NASM_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

#include "file.h"

struct object {
    const char *path;
    struct file file;
    const Elf64_Ehdr *header;
    const Elf64_Shdr *sections;
    const char *section_names, *names;
    const Elf64_Sym *symbols;
    size_t symbol_count;
    char *listing;     /* check.c's: the disassembly, */
    struct code *code; /* and that of each section */
};

/* False with errno set. The objects come from assemblers that the user trusts. */
bool object_open(struct object *object, const char *path);
void object_close(struct object *object);

const char *object_section_name(const struct object *object, size_t index);
size_t object_find_section(const struct object *object, const char *name); /* 0: none */
const Elf64_Rela *object_relocations(const struct object *object, size_t section, size_t *count);
const char *object_symbol_name(const struct object *object, const Elf64_Sym *symbol);

/* The same but for the name of the source: sections, relocations and symbols, in the same order. */
bool object_same(const struct object *one, const struct object *other);

#endif
