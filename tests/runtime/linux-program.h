// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A small LFI program made by hand: three pages (headers, code, data), and a box to run it in. */
#ifndef LINUX_PROGRAM_H
#define LINUX_PROGRAM_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#include <lfi/linux.h>

#include "place.h"

/* Pages as large as the host's may be. */
#if defined(__x86_64__)
#define PROGRAM_PAGE 0x1000
#else
#define PROGRAM_PAGE 0x10000
#endif
#define PROGRAM_CODE PROGRAM_PAGE
#define PROGRAM_DATA (2 * PROGRAM_PAGE)
#define PROGRAM_SIZE (3 * PROGRAM_PAGE)

struct program {
    uint8_t bytes[PROGRAM_SIZE];
    size_t code; /* the next instruction goes here */
};

static inline void program_emit(struct program *program, const void *code, size_t size)
{
    memcpy(program->bytes + program->code, code, size);
    program->code += size;
}

#include "program.h" /* of the architecture */

/* The mode that the note says; program_new() makes it `full`. */
static inline void program_mode(struct program *program, uint32_t mode)
{
    memcpy(program->bytes + sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr) + 24, &mode, sizeof mode);
}

static inline void program_new(struct program *program)
{
    memset(program, 0, sizeof *program);
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = PROGRAM_MACHINE,
        .e_version = EV_CURRENT,
        .e_entry = PROGRAM_CODE,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 5,
        .e_shentsize = sizeof(Elf64_Shdr),
    };
    const uint64_t note_at = sizeof header + 5 * sizeof(Elf64_Phdr);
    const struct {
        uint32_t name_size, size, type;
        char name[4];
        uint32_t version, machine, mode, flags;
    } note = {4, 16, LFI_NOTE_TYPE, LFI_NOTE_OWNER, LFI_ABI_VERSION, PROGRAM_MACHINE, LFI_MODE_FULL,
              0};
    const Elf64_Phdr headers[5] = {
        {PT_PHDR, PF_R, sizeof header, sizeof header, sizeof header, 5 * sizeof(Elf64_Phdr),
         5 * sizeof(Elf64_Phdr), 8},
        {PT_LOAD, PF_R, 0, 0, 0, note_at + sizeof note, note_at + sizeof note, PROGRAM_PAGE},
        {PT_LOAD, PF_R | PF_X, PROGRAM_CODE, PROGRAM_CODE, PROGRAM_CODE, PROGRAM_PAGE, PROGRAM_PAGE,
         PROGRAM_PAGE},
        {PT_LOAD, PF_R | PF_W, PROGRAM_DATA, PROGRAM_DATA, PROGRAM_DATA, PROGRAM_PAGE,
         3 * PROGRAM_PAGE, PROGRAM_PAGE},
        {PT_NOTE, PF_R, note_at, note_at, note_at, sizeof note, sizeof note, 4},
    };
    memcpy(program->bytes, &header, sizeof header);
    memcpy(program->bytes + sizeof header, headers, sizeof headers);
    memcpy(program->bytes + note_at, &note, sizeof note);
    memset(program->bytes + PROGRAM_CODE, PROGRAM_TRAP, PROGRAM_PAGE);
    program->code = PROGRAM_CODE;
}

#endif
