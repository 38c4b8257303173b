// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The headers of a linked ELF file, checked; reports with the symbol that an address belongs to. */
#include "elf_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

/* No real program has more; the limit keeps products below 2^32. */
#define MAX_SEGMENTS 256

static bool inside(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

static bool overlap(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    return a < b_end && b < a_end;
}

static bool report(const struct elf_file *elf, const char *place, const char *format, va_list args)
{
    char message[512];
    size_t n = (size_t)snprintf(message, sizeof message, "%s", place);
    if (n < sizeof message)
        vsnprintf(message + n, sizeof message - n, format, args);
    elf->report(elf->report_data, message);
    return false;
}

bool elf_error(const struct elf_file *elf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(elf, "", format, args);
    va_end(args);
    return false;
}

/* The nearest symbol at or below an address, as " <name+0x12>"; empty if there is none. */
static void describe(const struct elf_file *elf, uint64_t address, char *text, size_t room)
{
    Elf64_Sym best = {0};
    const char *name = NULL;
    size_t name_room = 0;
    for (size_t i = 0; i < elf->section_count; i++) {
        const Elf64_Shdr *s = &elf->sections[i];
        if (s->sh_type != SHT_SYMTAB || s->sh_link >= elf->section_count)
            continue;
        const Elf64_Shdr *strings = &elf->sections[s->sh_link];
        if (strings->sh_type != SHT_STRTAB)
            continue;
        for (uint64_t at = 0; s->sh_size - at >= sizeof(Elf64_Sym); at += sizeof(Elf64_Sym)) {
            Elf64_Sym sym;
            memcpy(&sym, elf->bytes + s->sh_offset + at, sizeof sym);
            unsigned type = ELF64_ST_TYPE(sym.st_info);
            if ((type != STT_FUNC && type != STT_NOTYPE) || sym.st_shndx == SHN_UNDEF ||
                sym.st_value > address || sym.st_name >= strings->sh_size)
                continue;
            if (name && sym.st_value < best.st_value)
                continue;
            best = sym;
            name = (const char *)elf->bytes + strings->sh_offset + sym.st_name;
            name_room = strings->sh_size - sym.st_name;
        }
    }
    if (name)
        snprintf(text, room, " <%.*s+0x%llx>", (int)(name_room > 128 ? 128 : name_room), name,
                 (unsigned long long)(address - best.st_value));
    else
        text[0] = '\0';
}

bool elf_error_at(const struct elf_file *elf, uint64_t address, const char *format, ...)
{
    char symbol[192], place[256];
    va_list args;
    describe(elf, address, symbol, sizeof symbol);
    snprintf(place, sizeof place, "0x%llx%s: ", (unsigned long long)address, symbol);
    va_start(args, format);
    report(elf, place, format, args);
    va_end(args);
    return false;
}

static bool open_header(struct elf_file *elf)
{
    Elf64_Ehdr *h = &elf->header;
    if (elf->size < SELFMAG || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0)
        return elf_error(elf, "not an ELF file");
    if (elf->size < sizeof *h)
        return elf_error(elf, "truncated: %zu bytes, less than an ELF header", elf->size);
    memcpy(h, elf->bytes, sizeof *h);
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB)
        return elf_error(elf, "not a 64-bit little-endian ELF file");
    if (h->e_type == ET_REL)
        return elf_error(elf,
                         "an object file; lfi-postlink works on linked files, after the linker");
    if (h->e_type == ET_EXEC)
        return elf_error(elf, "linked for a fixed address; link with -static-pie (or -shared)");
    if (h->e_type != ET_DYN)
        return elf_error(elf, "neither a program nor a shared object (ELF type %u)", h->e_type);
    return true;
}

static bool open_segments(struct elf_file *elf)
{
    const Elf64_Ehdr *h = &elf->header;
    if (h->e_phnum == 0)
        return elf_error(elf, "no program headers");
    if (h->e_phnum > MAX_SEGMENTS || h->e_phentsize != sizeof(Elf64_Phdr))
        return elf_error(elf, "absurd program headers: %u of %u bytes", h->e_phnum, h->e_phentsize);
    uint64_t table_size = (uint64_t)h->e_phnum * sizeof(Elf64_Phdr);
    if (!inside(h->e_phoff, table_size, elf->size))
        return elf_error(elf, "truncated: the program headers lie outside the file");
    elf->segments = calloc(h->e_phnum, sizeof *elf->segments);
    if (!elf->segments)
        return elf_error(elf, "out of memory");
    memcpy(elf->segments, elf->bytes + h->e_phoff, table_size);
    elf->segment_count = h->e_phnum;

    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *p = &elf->segments[i];
        if (p->p_type == PT_NULL || p->p_type == PT_GNU_STACK)
            continue;
        if (!inside(p->p_offset, p->p_filesz, elf->size))
            return elf_error(elf, "truncated: segment %zu lies outside the file", i);
        if (p->p_memsz < p->p_filesz || p->p_vaddr + p->p_memsz < p->p_vaddr)
            return elf_error(elf, "segment %zu has absurd sizes", i);
        if (p->p_type == PT_LOAD && p->p_vaddr + p->p_memsz > LFI_BOX_SIZE)
            return elf_error(elf, "segment %zu does not fit into a box of 4 GiB", i);
        if (!elf_executable(p))
            continue;
        if (p->p_flags & PF_W)
            return elf_error(elf, "segment %zu is writable and executable", i);
        if (p->p_memsz != p->p_filesz)
            return elf_error(elf, "executable segment %zu is larger than its contents", i);
        uint64_t end = p->p_offset + p->p_filesz;
        if (overlap(p->p_offset, end, 0, sizeof *h) ||
            overlap(p->p_offset, end, h->e_phoff, h->e_phoff + table_size))
            return elf_error(elf,
                             "executable segment %zu contains the ELF headers; link without "
                             "--no-rosegment and -N",
                             i);
        for (size_t k = 0; k < elf->segment_count; k++) {
            const Elf64_Phdr *q = &elf->segments[k];
            if (k != i && q->p_type == PT_LOAD && q->p_filesz <= elf->size &&
                q->p_offset <= elf->size &&
                overlap(p->p_offset, end, q->p_offset, q->p_offset + q->p_filesz))
                return elf_error(elf, "segments %zu and %zu share bytes of the file", i, k);
        }
    }
    return true;
}

static bool open_sections(struct elf_file *elf)
{
    const Elf64_Ehdr *h = &elf->header;
    if (h->e_shoff == 0 || h->e_shnum == 0)
        return elf_error(elf, "no section headers; run lfi-postlink before they are stripped");
    uint64_t table_size = (uint64_t)h->e_shnum * sizeof(Elf64_Shdr);
    if (h->e_shentsize != sizeof(Elf64_Shdr))
        return elf_error(elf, "absurd section headers: %u bytes each", h->e_shentsize);
    if (!inside(h->e_shoff, table_size, elf->size))
        return elf_error(elf, "truncated: the section headers lie outside the file");
    elf->sections = calloc(h->e_shnum, sizeof *elf->sections);
    if (!elf->sections)
        return elf_error(elf, "out of memory");
    memcpy(elf->sections, elf->bytes + h->e_shoff, table_size);
    elf->section_count = h->e_shnum;

    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *p = &elf->segments[i];
        if (elf_executable(p) &&
            overlap(p->p_offset, p->p_offset + p->p_filesz, h->e_shoff, h->e_shoff + table_size))
            return elf_error(elf, "executable segment %zu contains the section headers", i);
    }
    for (size_t i = 0; i < elf->section_count; i++) {
        Elf64_Shdr *s = &elf->sections[i];
        if (s->sh_type == SHT_NULL) {
            s->sh_size = 0;
            continue;
        }
        if (s->sh_addr + s->sh_size < s->sh_addr)
            return elf_error(elf, "section %zu has absurd sizes", i);
        if (s->sh_type != SHT_NOBITS && !inside(s->sh_offset, s->sh_size, elf->size))
            return elf_error(elf, "truncated: section %zu lies outside the file", i);
    }
    if (h->e_shstrndx >= elf->section_count)
        return elf_error(elf, "no section names");
    const Elf64_Shdr *names = &elf->sections[h->e_shstrndx];
    if (names->sh_type != SHT_STRTAB || names->sh_size == 0 ||
        elf->bytes[names->sh_offset + names->sh_size - 1] != '\0')
        return elf_error(elf, "malformed section names");
    elf->names = (const char *)elf->bytes + names->sh_offset;
    elf->names_size = names->sh_size;
    return true;
}

bool elf_file_open(struct elf_file *elf)
{
    elf->segments = NULL;
    elf->sections = NULL;
    elf->segment_count = elf->section_count = 0;
    elf->names = "";
    elf->names_size = 1;
    return open_header(elf) && open_segments(elf) && open_sections(elf);
}

void elf_file_close(struct elf_file *elf)
{
    free(elf->segments);
    free(elf->sections);
    elf->segments = NULL;
    elf->sections = NULL;
}

const char *elf_section_name(const struct elf_file *elf, const Elf64_Shdr *section)
{
    return section->sh_name < elf->names_size ? elf->names + section->sh_name : "";
}

void elf_store_segment(struct elf_file *elf, size_t index)
{
    memcpy(elf->bytes + elf->header.e_phoff + index * sizeof(Elf64_Phdr), &elf->segments[index],
           sizeof(Elf64_Phdr));
}

void elf_store_section(struct elf_file *elf, size_t index)
{
    memcpy(elf->bytes + elf->header.e_shoff + index * sizeof(Elf64_Shdr), &elf->sections[index],
           sizeof(Elf64_Shdr));
}

bool elf_unused(const struct elf_file *elf, uint64_t start, uint64_t end)
{
    const Elf64_Ehdr *h = &elf->header;
    if (end < start || end > elf->size)
        return false;
    if (overlap(start, end, 0, sizeof *h) ||
        overlap(start, end, h->e_phoff, h->e_phoff + elf->segment_count * sizeof(Elf64_Phdr)) ||
        overlap(start, end, h->e_shoff, h->e_shoff + elf->section_count * sizeof(Elf64_Shdr)))
        return false;
    for (size_t i = 0; i < elf->section_count; i++) {
        const Elf64_Shdr *s = &elf->sections[i];
        if (s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL &&
            overlap(start, end, s->sh_offset, s->sh_offset + s->sh_size))
            return false;
    }
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *p = &elf->segments[i];
        if (p->p_type != PT_NULL && p->p_type != PT_GNU_STACK &&
            overlap(start, end, p->p_offset, p->p_offset + p->p_filesz))
            return false;
    }
    return true;
}
