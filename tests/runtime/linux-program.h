// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A small LFI program made by hand: three pages (headers, code, data), and a box to run it in. */
#ifndef LINUX_PROGRAM_H
#define LINUX_PROGRAM_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#include <lfi/linux.h>

#define PAGE_SIZE    4096u
#define PROGRAM_SIZE 0x3000
#define PROGRAM_CODE 0x1000
#define PROGRAM_DATA 0x2000

struct program {
    uint8_t bytes[PROGRAM_SIZE];
    size_t code; /* the next instruction goes here */
};

static inline void program_emit(struct program *program, const void *code, size_t size)
{
    memcpy(program->bytes + program->code, code, size);
    program->code += size;
}

/* mov $value,%reg32: register numbers as the processor has them (0 rax, 2 rdx, 6 rsi, 7 rdi) */
static inline void program_set(struct program *program, int reg, uint32_t value)
{
    uint8_t code[5] = {(uint8_t)(0xb8 + reg)};
    memcpy(code + 1, &value, 4);
    program_emit(program, code, sizeof code);
}

/* The runtime call `slot`, at the end of its bundle. */
static inline void program_call(struct program *program, int slot)
{
    static const uint8_t group[] = {0x4c, 0x8d, 0x1d, 8, 0, 0, 0, 0x65, 0xff, 0x24, 0x25};
    int32_t offset = LFI_SLOT_OFFSET(slot);
    while (program->code % 32 != 32 - sizeof group - sizeof offset)
        program->bytes[program->code++] = 0x90;
    program_emit(program, group, sizeof group);
    program_emit(program, &offset, sizeof offset);
}

static inline void program_new(struct program *program)
{
    memset(program, 0, sizeof *program);
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
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
    } note = {4, 16, LFI_NOTE_TYPE, "LFI", LFI_ABI_VERSION, EM_X86_64, LFI_MODE_FULL, 0};
    const Elf64_Phdr headers[5] = {
        {PT_PHDR, PF_R, sizeof header, sizeof header, sizeof header, 5 * sizeof(Elf64_Phdr),
         5 * sizeof(Elf64_Phdr), 8},
        {PT_LOAD, PF_R, 0, 0, 0, note_at + sizeof note, note_at + sizeof note, 0x1000},
        {PT_LOAD, PF_R | PF_X, 0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x1000},
        {PT_LOAD, PF_R | PF_W, 0x2000, 0x2000, 0x2000, 0x1000, 0x3000, 0x1000},
        {PT_NOTE, PF_R, note_at, note_at, note_at, sizeof note, sizeof note, 4},
    };
    memcpy(program->bytes, &header, sizeof header);
    memcpy(program->bytes + sizeof header, headers, sizeof headers);
    memcpy(program->bytes + note_at, &note, sizeof note);
    memset(program->bytes + PROGRAM_CODE, 0xf4, 0x1000);
    program->code = PROGRAM_CODE;
}

#endif
