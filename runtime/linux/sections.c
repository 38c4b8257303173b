// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Reads section headers of a file that is not trusted: every offset and length is checked first. */
#include "sections.h"

#include <string.h>

/* A part of the file, or NULL if it is not inside. */
static const uint8_t *part(const struct linux_sections *s, uint64_t offset, uint64_t length)
{
    return offset <= s->size && length <= s->size - offset ? s->file + offset : NULL;
}

bool linux_sections_open(struct linux_sections *s, const void *file, size_t size)
{
    *s = (struct linux_sections){.file = file, .size = size};
    if (size < sizeof s->header)
        return false;
    memcpy(&s->header, file, sizeof s->header);
    return s->header.e_shentsize == sizeof(Elf64_Shdr) && s->header.e_shoff <= size;
}

bool linux_sections_get(const struct linux_sections *s, unsigned index, Elf64_Shdr *to)
{
    if (index >= s->header.e_shnum)
        return false;
    const uint8_t *at = part(s, s->header.e_shoff + index * sizeof *to, sizeof *to);
    if (at)
        memcpy(to, at, sizeof *to);
    return at != NULL;
}

const uint8_t *linux_sections_bytes(const struct linux_sections *s, const Elf64_Shdr *section)
{
    return part(s, section->sh_offset, section->sh_size);
}

const char *linux_sections_name(const struct linux_sections *s, const Elf64_Shdr *section,
                                size_t *length)
{
    Elf64_Shdr names;
    const char *bytes = NULL;
    *length = 0;
    if (linux_sections_get(s, s->header.e_shstrndx, &names))
        bytes = (const char *)linux_sections_bytes(s, &names);
    if (!bytes || section->sh_name >= names.sh_size)
        return "";
    uint64_t room = names.sh_size - section->sh_name;
    *length =
        strnlen(bytes + section->sh_name, room < LINUX_SECTION_NAME ? room : LINUX_SECTION_NAME);
    return bytes + section->sh_name;
}
