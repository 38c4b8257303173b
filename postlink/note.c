// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* .note.lfi: what marks an LFI file (docs/abi.md, "The file"). */
#include "elf_file.h"

#include <string.h>

#include <lfi/abi.h>

#include "modes.h"

struct lfi_note {
    Elf64_Nhdr header;
    char owner[sizeof LFI_NOTE_OWNER];
    uint32_t version, machine, mode, flags;
};

_Static_assert(sizeof(struct lfi_note) ==
                   sizeof(Elf64_Nhdr) + sizeof LFI_NOTE_OWNER + LFI_NOTE_DESC_SIZE,
               "the note has no padding");

bool elf_set_note(struct elf_file *elf, unsigned machine, unsigned mode)
{
    const Elf64_Shdr *section = NULL;
    for (size_t i = 0; i < elf->section_count; i++) {
        const Elf64_Shdr *s = &elf->sections[i];
        if (strcmp(elf_section_name(elf, s), LFI_NOTE_SECTION) != 0)
            continue;
        if (section)
            return elf_error(elf, "more than one section " LFI_NOTE_SECTION);
        section = s;
    }
    if (!section)
        return elf_error(elf, "no section " LFI_NOTE_SECTION
                              ": link with lfi-ld, or add the SDK's object with the empty note to "
                              "the link (and no --gc-sections rule that drops notes)");

    struct lfi_note note;
    if (section->sh_type != SHT_NOTE || !(section->sh_flags & SHF_ALLOC) ||
        section->sh_size != sizeof note)
        return elf_error(elf,
                         "malformed " LFI_NOTE_SECTION
                         " (%llu bytes instead of %zu); was its object linked twice?",
                         (unsigned long long)section->sh_size, sizeof note);
    memcpy(&note, elf->bytes + section->sh_offset, sizeof note);
    if (note.header.n_namesz != sizeof note.owner || note.header.n_descsz != LFI_NOTE_DESC_SIZE ||
        note.header.n_type != LFI_NOTE_TYPE ||
        memcmp(note.owner, LFI_NOTE_OWNER, sizeof note.owner) != 0)
        return elf_error(elf,
                         "malformed " LFI_NOTE_SECTION
                         ", or that of another ABI version; this is version %u",
                         LFI_ABI_VERSION);
    if (note.mode != LFI_MODE_UNSET && note.mode != mode)
        return elf_error(elf, "already postlinked for mode `%s', not `%s'", mode_name(note.mode),
                         mode_name(mode));
    if (note.mode != LFI_MODE_UNSET && note.version != LFI_ABI_VERSION)
        return elf_error(elf, "already postlinked for ABI version %u; this is version %u",
                         note.version, LFI_ABI_VERSION);

    bool loaded = false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *p = &elf->segments[i];
        if (p->p_type == PT_NOTE && p->p_offset <= section->sh_offset &&
            section->sh_offset + section->sh_size <= p->p_offset + p->p_filesz)
            loaded = true;
    }
    if (!loaded)
        return elf_error(elf, LFI_NOTE_SECTION " is in no PT_NOTE segment");

    note.version = LFI_ABI_VERSION;
    note.machine = machine;
    note.mode = mode;
    note.flags = 0;
    memcpy(elf->bytes + section->sh_offset, &note, sizeof note);
    return true;
}
