// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Relocations that a loader (or a later tool) would apply to code: there must be none. */
#include "elf_file.h"

#include <string.h>

/* The widest x86-64 dynamic relocation, R_X86_64_TLSDESC, writes 16 bytes. */
#define MAX_WIDTH 16

static bool check_place(const struct elf_file *elf, const Elf64_Shdr *section, uint64_t place)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *p = &elf->segments[i];
        if (elf_executable(p) && place < p->p_vaddr + p->p_filesz &&
            (place >= p->p_vaddr || p->p_vaddr - place < MAX_WIDTH))
            return elf_error_at(
                elf, place, "%s has a relocation for code; %s", elf_section_name(elf, section),
                section->sh_flags & SHF_ALLOC ? "compile the code position independent (-fPIE)"
                                              : "link without --emit-relocs");
    }
    return true;
}

/* SHT_REL and SHT_RELA: the place is the first member of an entry. */
static bool check_entries(const struct elf_file *elf, const Elf64_Shdr *section, uint64_t entry)
{
    for (uint64_t at = 0; section->sh_size - at >= entry; at += entry) {
        Elf64_Addr place;
        memcpy(&place, elf->bytes + section->sh_offset + at, sizeof place);
        if (!check_place(elf, section, place))
            return false;
    }
    return true;
}

/* SHT_RELR: an even word is a place; an odd one is a bitmap of the 63 words after the last. */
static bool check_relr(const struct elf_file *elf, const Elf64_Shdr *section)
{
    uint64_t base = 0;
    for (uint64_t at = 0; section->sh_size - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, elf->bytes + section->sh_offset + at, sizeof word);
        if ((word & 1) == 0) {
            if (!check_place(elf, section, word))
                return false;
            base = word + 8;
            continue;
        }
        for (unsigned bit = 1; bit < 64; bit++) {
            if ((word >> bit & 1) && !check_place(elf, section, base + 8 * (uint64_t)(bit - 1)))
                return false;
        }
        base += 63ULL * 8;
    }
    return true;
}

bool elf_check_relocations(const struct elf_file *elf)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        const Elf64_Shdr *s = &elf->sections[i];
        bool ok = true;
        if (s->sh_type == SHT_RELA)
            ok = check_entries(elf, s, sizeof(Elf64_Rela));
        else if (s->sh_type == SHT_REL)
            ok = check_entries(elf, s, sizeof(Elf64_Rel));
        else if (s->sh_type == SHT_RELR)
            ok = check_relr(elf, s);
        if (!ok)
            return false;
    }
    return true;
}
