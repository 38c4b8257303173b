// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Relocatable ELF objects. */
#include "object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool inside(const struct object *o, uint64_t offset, uint64_t size)
{
    return offset <= o->file.size && size <= o->file.size - offset;
}

const char *object_section_name(const struct object *o, size_t index)
{
    return index < o->header->e_shnum ? o->section_names + o->sections[index].sh_name : "";
}

const char *object_symbol_name(const struct object *o, const Elf64_Sym *symbol)
{
    return o->names + symbol->st_name;
}

bool object_open(struct object *o, const char *path)
{
    *o = (struct object){.path = path};
    if (!file_read(path, &o->file))
        return false;
    o->header = o->file.bytes;
    errno = EINVAL;
    if (o->file.size < sizeof *o->header || memcmp(o->header->e_ident, ELFMAG, SELFMAG) != 0 ||
        o->header->e_type != ET_REL ||
        !inside(o, o->header->e_shoff, (uint64_t)o->header->e_shnum * sizeof *o->sections) ||
        o->header->e_shstrndx >= o->header->e_shnum)
        return false;
    const char *bytes = o->file.bytes;
    o->sections = (const Elf64_Shdr *)(bytes + o->header->e_shoff);
    for (size_t i = 0; i < o->header->e_shnum; i++) {
        const Elf64_Shdr *s = &o->sections[i];
        if (s->sh_type != SHT_NOBITS && !inside(o, s->sh_offset, s->sh_size))
            return false;
        if (s->sh_type == SHT_SYMTAB && s->sh_link < o->header->e_shnum) {
            o->symbols = (const Elf64_Sym *)(bytes + s->sh_offset);
            o->symbol_count = s->sh_size / sizeof *o->symbols;
            o->names = bytes + o->sections[s->sh_link].sh_offset;
        }
    }
    o->section_names = bytes + o->sections[o->header->e_shstrndx].sh_offset;
    return true;
}

void object_close(struct object *o)
{
    free(o->file.bytes);
    o->file.bytes = NULL;
}

size_t object_find_section(const struct object *o, const char *name)
{
    for (size_t i = 1; i < o->header->e_shnum; i++)
        if (strcmp(object_section_name(o, i), name) == 0)
            return i;
    return 0;
}

const Elf64_Rela *object_relocations(const struct object *o, size_t section, size_t *count)
{
    for (size_t i = 1; i < o->header->e_shnum; i++) {
        if (o->sections[i].sh_type == SHT_RELA && o->sections[i].sh_info == section) {
            *count = o->sections[i].sh_size / sizeof(Elf64_Rela);
            return (const Elf64_Rela *)((const char *)o->file.bytes + o->sections[i].sh_offset);
        }
    }
    *count = 0;
    return NULL;
}

static bool same_section(const struct object *one, const struct object *other, size_t index)
{
    const Elf64_Shdr *a = &one->sections[index], *b = &other->sections[index];
    if (strcmp(object_section_name(one, index), object_section_name(other, index)) != 0 ||
        a->sh_type != b->sh_type)
        return false;
    if (a->sh_type == SHT_STRTAB || a->sh_type == SHT_SYMTAB)
        return true; /* the symbols are compared by their names */
    return a->sh_flags == b->sh_flags && a->sh_size == b->sh_size &&
           a->sh_addralign == b->sh_addralign && a->sh_entsize == b->sh_entsize &&
           a->sh_info == b->sh_info &&
           (a->sh_type == SHT_NOBITS ||
            memcmp((const char *)one->file.bytes + a->sh_offset,
                   (const char *)other->file.bytes + b->sh_offset, a->sh_size) == 0);
}

bool object_same(const struct object *one, const struct object *other)
{
    if (one->header->e_shnum != other->header->e_shnum || one->symbol_count != other->symbol_count)
        return false;
    for (size_t i = 0; i < one->header->e_shnum; i++)
        if (!same_section(one, other, i))
            return false;
    for (size_t i = 0; i < one->symbol_count; i++) {
        const Elf64_Sym *a = &one->symbols[i], *b = &other->symbols[i];
        if (a->st_info != b->st_info || a->st_other != b->st_other || a->st_shndx != b->st_shndx ||
            a->st_value != b->st_value || a->st_size != b->st_size ||
            (ELF64_ST_TYPE(a->st_info) != STT_FILE &&
             strcmp(object_symbol_name(one, a), object_symbol_name(other, b)) != 0))
            return false;
    }
    return true;
}
