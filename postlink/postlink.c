// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Executable segments: checks their sections, fills the gaps, and passes each section on. */
#include "postlink.h"

#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

#include "x86_64.h"

/* The sections of one executable segment, in the order of their addresses. */
struct layout {
    Elf64_Shdr **sections; /* of elf_file.sections */
    size_t count;
};

static int by_address(const void *a, const void *b)
{
    const Elf64_Shdr *x = *(Elf64_Shdr *const *)a, *y = *(Elf64_Shdr *const *)b;
    return (x->sh_addr > y->sh_addr) - (x->sh_addr < y->sh_addr);
}

/*
 * Checks that a segment holds whole code sections, each where the segment maps it, and nothing
 * else: no other section has addresses in it, or bytes of the file.
 */
static bool read_layout(const struct elf_file *elf, const Elf64_Phdr *p, struct layout *layout)
{
    layout->count = 0;
    for (size_t i = 0; i < elf->section_count; i++) {
        Elf64_Shdr *s = &elf->sections[i];
        bool in_file = s->sh_type != SHT_NOBITS;
        bool in_memory = (s->sh_flags & SHF_ALLOC) && (in_file || !(s->sh_flags & SHF_TLS));
        if (s->sh_type == SHT_NULL || s->sh_size == 0)
            continue;
        bool mapped = in_memory && s->sh_addr < p->p_vaddr + p->p_filesz &&
                      s->sh_addr + s->sh_size > p->p_vaddr;
        bool stored = in_file && s->sh_offset < p->p_offset + p->p_filesz &&
                      s->sh_offset + s->sh_size > p->p_offset;
        if (!mapped && !stored)
            continue;
        const char *name = elf_section_name(elf, s);
        if (!(s->sh_flags & SHF_EXECINSTR))
            return elf_error(elf,
                             "section %s is not code but lies in an executable segment; link "
                             "without --no-rosegment and -N",
                             name);
        uint64_t offset = s->sh_addr - p->p_vaddr;
        if (!mapped || !stored || s->sh_addr < p->p_vaddr || offset > p->p_filesz ||
            s->sh_size > p->p_filesz - offset || s->sh_offset - p->p_offset != offset)
            return elf_error(elf, "section %s does not lie where its segment says", name);
        layout->sections[layout->count++] = s;
    }
    if (layout->count > 1)
        qsort(layout->sections, layout->count, sizeof(Elf64_Shdr *), by_address);
    for (size_t i = 1; i < layout->count; i++) {
        const Elf64_Shdr *s = layout->sections[i - 1];
        if (s->sh_addr + s->sh_size > layout->sections[i]->sh_addr)
            return elf_error(elf, "sections %s and %s overlap", elf_section_name(elf, s),
                             elf_section_name(elf, layout->sections[i]));
    }
    return true;
}

static void fill_gap(uint8_t *bytes, uint64_t size, struct postlink_stats *stats)
{
    x86_64_fill_trap(bytes, size);
    stats->gap_bytes += size;
}

/*
 * Makes the segment end with its last bundle, if nothing else needs the bytes of the file after
 * it (with -z separate-code they are padding).
 */
static void complete_last_bundle(struct elf_file *elf, size_t index, struct postlink_stats *stats)
{
    Elf64_Phdr *p = &elf->segments[index];
    uint64_t end = p->p_vaddr + p->p_filesz;
    uint64_t missing = -end & (LFI_BUNDLE_SIZE - 1);
    if (missing == 0 || end + missing < end ||
        !elf_unused(elf, p->p_offset + p->p_filesz, p->p_offset + p->p_filesz + missing))
        return;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *q = &elf->segments[i];
        if (q->p_type == PT_LOAD && q->p_vaddr >= end && q->p_vaddr < end + missing)
            return;
    }
    fill_gap(elf->bytes + p->p_offset + p->p_filesz, missing, stats);
    p->p_filesz += missing;
    p->p_memsz = p->p_filesz;
    elf_store_segment(elf, index);
}

/*
 * Each section takes in the gap after it: what rewrites files (strip, objcopy) keeps the contents
 * of sections, and nothing between them.
 */
static void close_gaps(struct elf_file *elf, const Elf64_Phdr *p, struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        Elf64_Shdr *s = layout->sections[i];
        uint64_t end =
            i + 1 < layout->count ? layout->sections[i + 1]->sh_addr : p->p_vaddr + p->p_filesz;
        s->sh_size = end - s->sh_addr;
        elf_store_section(elf, (size_t)(s - elf->sections));
    }
}

static bool falls_through(const char *name)
{
    return strcmp(name, ".init") == 0 || strcmp(name, ".fini") == 0;
}

/* Without the traps at its end, which are the gap that a run before this one took in. */
static uint64_t code_size(const uint8_t *bytes, const Elf64_Shdr *s, bool falls_through)
{
    uint64_t size = s->sh_size;
    while (falls_through && size > 0 && bytes[size - 1] == X86_64_TRAP)
        size--;
    return size;
}

/*
 * The gap after a section first, then the section: its last bundle then ends in the gap, and is
 * complete.
 */
static bool postlink_segment(struct elf_file *elf, size_t index, struct layout *layout,
                             struct postlink_stats *stats)
{
    if (!read_layout(elf, &elf->segments[index], layout))
        return false;
    complete_last_bundle(elf, index, stats);
    const Elf64_Phdr *p = &elf->segments[index];
    uint8_t *bytes = elf->bytes + p->p_offset;
    stats->code_bytes += p->p_filesz;

    uint64_t at = 0;
    for (size_t i = 0; i < layout->count; i++) {
        uint64_t start = layout->sections[i]->sh_addr - p->p_vaddr;
        fill_gap(bytes + at, start - at, stats);
        at = start + layout->sections[i]->sh_size;
    }
    fill_gap(bytes + at, p->p_filesz - at, stats);

    bool ok = true;
    for (size_t i = 0; i < layout->count; i++) {
        const Elf64_Shdr *s = layout->sections[i];
        struct x86_64_code code = {
            .bytes = bytes + (s->sh_addr - p->p_vaddr),
            .address = s->sh_addr,
            .falls_through = falls_through(elf_section_name(elf, s)),
        };
        code.size = code_size(code.bytes, s, code.falls_through);
        ok = x86_64_postlink(elf, &code, stats) && ok;
    }
    close_gaps(elf, p, layout);
    return ok;
}

bool postlink(struct elf_file *elf, unsigned mode, struct postlink_stats *stats)
{
    memset(stats, 0, sizeof *stats);
    bool ok = elf_file_open(elf);
    if (ok && elf->header.e_machine != EM_X86_64)
        ok = elf_error(elf, "ELF machine %u; lfi-postlink is for x86-64", elf->header.e_machine);
    ok = ok && elf_check_relocations(elf) && elf_set_note(elf, EM_X86_64, mode);
    struct layout layout = {0};
    if (ok) {
        layout.sections = calloc(elf->section_count, sizeof(Elf64_Shdr *));
        if (!layout.sections)
            ok = elf_error(elf, "out of memory");
    }
    bool any = false;
    for (size_t i = 0; ok && i < elf->segment_count; i++) {
        if (!elf_executable(&elf->segments[i]) || elf->segments[i].p_filesz == 0)
            continue;
        any = true;
        ok = postlink_segment(elf, i, &layout, stats);
    }
    if (ok && !any)
        ok = elf_error(elf, "no executable segment");
    free(layout.sections);
    elf_file_close(elf);
    return ok;
}
