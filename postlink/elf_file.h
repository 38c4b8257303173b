// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A linked 64-bit little-endian ELF file in memory, its headers checked, so that the rest of the
 * room can use offsets and sizes without further thought. Source of facts: System V gABI, "Object
 * Files" and "Program Loading and Dynamic Linking".
 */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Receives one complete message, without program name, file name or newline. */
typedef void elf_report_fn(void *data, const char *message);

struct elf_file {
    uint8_t *bytes; /* owned by the caller, changed in place */
    size_t size;
    elf_report_fn *report;
    void *report_data;
    /* Set by elf_file_open(). Headers are copies; elf_store_*() writes one back. */
    Elf64_Ehdr header;
    Elf64_Phdr *segments;
    Elf64_Shdr *sections;
    size_t segment_count, section_count;
    const char *names; /* section names, NUL-terminated at names[names_size - 1] */
    size_t names_size;
};

/*
 * Checks the headers and fills in *elf (bytes, size, report, report_data are set by the caller).
 * After success every segment and every section with contents lies inside the file, addresses
 * do not overflow, and executable segments share no byte of the file with another segment.
 * Returns false after a report. elf_file_close() is needed in both cases.
 */
bool elf_file_open(struct elf_file *elf);
void elf_file_close(struct elf_file *elf);

/* Reports like printf; always returns false, so that `return elf_error(…)` reads well. */
bool elf_error(const struct elf_file *elf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same about code at `address`, with the symbol that it belongs to, if there is one. */
bool elf_error_at(const struct elf_file *elf, uint64_t address, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *elf_section_name(const struct elf_file *elf, const Elf64_Shdr *section);

static inline bool elf_executable(const Elf64_Phdr *segment)
{
    return segment->p_type == PT_LOAD && (segment->p_flags & PF_X);
}

/* Writes segment or section `index` back to the table of headers. */
void elf_store_segment(struct elf_file *elf, size_t index);
void elf_store_section(struct elf_file *elf, size_t index);

/* Whether no section, segment or header uses the bytes [start, end) of the file. */
bool elf_unused(const struct elf_file *elf, uint64_t start, uint64_t end);

/*
 * Refuses files with relocations inside executable segments: code that moves, and code that a
 * loader changes, could not keep them.
 */
bool elf_check_relocations(const struct elf_file *elf);

/* Finds the one .note.lfi, checks it against `mode`, and sets its mode. */
bool elf_set_note(struct elf_file *elf, unsigned machine, unsigned mode);

#endif
