// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a debugger is shown of a loaded program: a small ELF file, and the list that GDB reads. */
#include "debugger.h"

#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "sections.h"

/*
 * What GDB looks for: it reads the list, and has a breakpoint in the function to learn of changes.
 * The names are GDB's; weak, because a program may contain another such compiler.
 */
struct jit_code_entry {
    struct jit_code_entry *next_entry, *prev_entry;
    const uint8_t *symfile_addr;
    uint64_t symfile_size;
};

struct jit_descriptor {
    uint32_t version;
    uint32_t action_flag; /* JIT_… */
    struct jit_code_entry *relevant_entry, *first_entry;
};

enum { JIT_NOTHING, JIT_REGISTER, JIT_UNREGISTER };

// NOLINTBEGIN(bugprone-reserved-identifier)
extern struct jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code(void);
// NOLINTEND(bugprone-reserved-identifier)

__attribute__((weak)) struct jit_descriptor __jit_debug_descriptor = {.version = 1};

__attribute__((weak, noinline)) void __jit_debug_register_code(void)
{
    __asm__ volatile("" ::: "memory");
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the descriptor */

static void announce(struct jit_code_entry *entry, uint32_t action)
{
    __jit_debug_descriptor.relevant_entry = entry;
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = JIT_NOTHING;
}

struct linux_debugger_entry {
    struct jit_code_entry jit;
    uint8_t file[];
};

#define NAME_ROOM 64 /* of a section's name; longer ones are cut off */

/* The file that debuggers get: header, names of sections, what is appended, section headers. */
struct writer {
    uint8_t *bytes; /* zeros, with room for all that comes */
    size_t used;
    Elf64_Shdr *sections;
    Elf64_Half count;
    bool has_frames;
};

static uint64_t append(struct writer *writer, const void *bytes, size_t size)
{
    size_t at = writer->used;
    memcpy(writer->bytes + at, bytes, size);
    writer->used += size;
    return at;
}

static void add_section(struct writer *writer, const char *name, size_t length, Elf64_Shdr section)
{
    section.sh_name = writer->count * NAME_ROOM;
    section.sh_addralign = 1;
    memcpy(writer->bytes + sizeof(Elf64_Ehdr) + section.sh_name, name,
           length < NAME_ROOM ? length : NAME_ROOM - 1);
    writer->sections[writer->count++] = section;
}

/* That of .gnu_debuglink. */
static uint32_t checksum(const uint8_t *bytes, size_t size)
{
    uint32_t table[256], sum = UINT32_MAX;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
    }
    for (size_t i = 0; i < size; i++)
        sum = sum >> 8 ^ table[(sum ^ bytes[i]) & 0xff];
    return ~sum;
}

/* Names the program: its path up to a multiple of four, and the sum over its bytes. */
static void add_link(struct writer *writer, const char *program, const struct linux_sections *from)
{
    static const char name[] = ".gnu_debuglink";
    size_t length = strlen(program), start = writer->used;
    uint32_t sum = checksum(from->file, from->size);
    append(writer, program, length);
    append(writer, "\0\0\0", 4 - length % 4);
    append(writer, &sum, sizeof sum);
    add_section(
        writer, name, sizeof name - 1,
        (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_offset = start, .sh_size = writer->used - start});
}

/*
 * A section at its address in the box. Debuggers take .eh_frame from here and nowhere else, so that
 * comes with its contents (which are relative to its address), the others without.
 */
static void add_moved(struct writer *writer, const struct linux_sections *from,
                      const Elf64_Shdr *section, uint64_t bias)
{
    static const char frames[] = ".eh_frame";
    size_t length;
    const char *name = linux_sections_name(from, section, &length);
    const uint8_t *contents = linux_sections_bytes(from, section);
    Elf64_Shdr moved = {.sh_type = SHT_NOBITS,
                        .sh_flags = section->sh_flags,
                        .sh_addr = section->sh_addr + bias,
                        .sh_size = section->sh_size};
    if (!writer->has_frames && contents && length == sizeof frames - 1 &&
        memcmp(name, frames, length) == 0) {
        writer->has_frames = true; /* a second one may have no room */
        moved.sh_type = SHT_PROGBITS;
        moved.sh_offset = append(writer, contents, section->sh_size);
    }
    add_section(writer, name, length, moved);
}

/*
 * An ELF file that has the program's sections at their addresses in the box and names the program
 * as the file with its debug information. Debuggers then move all addresses in that file by as much
 * as the sections are moved.
 */
static void write_file(struct writer *writer, const struct lfi_process *process,
                       const struct linux_sections *from)
{
    static const char name[] = ".shstrtab";
    Elf64_Ehdr header = from->header;
    Elf64_Shdr section;
    uint64_t bias = lfi_linux_bias(process);
    size_t names = sizeof header, names_size = (from->header.e_shnum + (size_t)3) * NAME_ROOM;
    writer->used = names + names_size;
    writer->count = 1; /* after the empty one */
    for (unsigned i = 0; linux_sections_get(from, i, &section); i++)
        if (section.sh_flags & SHF_ALLOC)
            add_moved(writer, from, &section, bias);
    add_link(writer, process->file, from);
    header.e_shstrndx = writer->count;
    add_section(writer, name, sizeof name - 1,
                (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = names_size});
    header.e_phoff = header.e_phnum = 0;
    header.e_entry += bias;
    header.e_shnum = writer->count;
    header.e_shoff = append(writer, writer->sections, writer->count * sizeof(Elf64_Shdr));
    memcpy(writer->bytes, &header, sizeof header);
}

struct linux_debugger_entry *linux_debugger_add(const struct lfi_process *process, const void *file,
                                                size_t size)
{
    struct linux_sections from;
    if (!linux_sections_open(&from, file, size) || from.header.e_shnum > UINT16_MAX - 3)
        return NULL;
    size_t count = from.header.e_shnum + 3u;
    /* .eh_frame is not larger than the file */
    size_t room = sizeof from.header + count * (NAME_ROOM + sizeof(Elf64_Shdr)) +
                  strlen(process->file) + 8 + size;
    struct linux_debugger_entry *entry = calloc(1, sizeof *entry + room);
    struct writer writer = {.sections = calloc(count, sizeof(Elf64_Shdr))};
    if (!entry || !writer.sections) {
        free(entry);
        free(writer.sections);
        return NULL;
    }
    writer.bytes = entry->file;
    write_file(&writer, process, &from);
    free(writer.sections);

    pthread_mutex_lock(&lock);
    struct jit_code_entry *first = __jit_debug_descriptor.first_entry;
    entry->jit = (struct jit_code_entry){
        .next_entry = first, .symfile_addr = entry->file, .symfile_size = writer.used};
    if (first)
        first->prev_entry = &entry->jit;
    __jit_debug_descriptor.first_entry = &entry->jit;
    announce(&entry->jit, JIT_REGISTER);
    pthread_mutex_unlock(&lock);
    return entry;
}

void linux_debugger_remove(struct linux_debugger_entry *entry)
{
    if (!entry)
        return;
    struct jit_code_entry *jit = &entry->jit;
    pthread_mutex_lock(&lock);
    if (jit->prev_entry)
        jit->prev_entry->next_entry = jit->next_entry;
    else
        __jit_debug_descriptor.first_entry = jit->next_entry;
    if (jit->next_entry)
        jit->next_entry->prev_entry = jit->prev_entry;
    announce(jit, JIT_UNREGISTER);
    pthread_mutex_unlock(&lock);
    free(entry);
}
