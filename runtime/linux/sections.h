// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The sections of an ELF file in memory. The file is not trusted. */
#ifndef LFI_LINUX_SECTIONS_H
#define LFI_LINUX_SECTIONS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer names are cut off, so that a file without ends of names takes no time. */
#define LINUX_SECTION_NAME 255

struct linux_sections {
    const uint8_t *file;
    size_t size;
    Elf64_Ehdr header;
};

/* False: the file has no readable section headers. */
bool linux_sections_open(struct linux_sections *sections, const void *file, size_t size);
/* False: there is no such section. */
bool linux_sections_get(const struct linux_sections *sections, unsigned index, Elf64_Shdr *to);
/* Its sh_size bytes in the file, or NULL. */
const uint8_t *linux_sections_bytes(const struct linux_sections *sections,
                                    const Elf64_Shdr *section);
/* Its name, of `length` bytes (at most LINUX_SECTION_NAME), without an end; "" if it has none. */
const char *linux_sections_name(const struct linux_sections *sections, const Elf64_Shdr *section,
                                size_t *length);

#endif
