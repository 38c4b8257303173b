/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * execinfo.h on the unwinder. A static program has no dladdr(), but it has its dynamic symbols, if
 * it was linked with
 * --export-dynamic: those are read here. */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#include "execinfo.h"

enum { LONGEST_LINE = 512 }; /* a line of backtrace_symbols_fd(); longer names are cut */

struct frames {
    void **buffer;
    int size;
    int count; /* -1 before the first, which is backtrace() itself */
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *data)
{
    struct frames *frames = data;
    if (frames->count >= 0) {
        uintptr_t address = _Unwind_GetIP(context);
        if (address == 0 || frames->count == frames->size) {
            return _URC_END_OF_STACK;
        }
        frames->buffer[frames->count] = (void *)address;
    }
    frames->count++;
    return _URC_NO_REASON;
}

__attribute__((noinline)) int backtrace(void **buffer, int size)
{
    struct frames frames = {buffer, size, -1};
    if (size > 0) {
        _Unwind_Backtrace(add_frame, &frames);
    }
    return frames.count > 0 ? frames.count : 0;
}

/* What an address is. */
struct place {
    uintptr_t address;
    uintptr_t image;  /* where the program is, or 0 if the address is elsewhere */
    const char *name; /* of its function; NULL if unknown */
    uintptr_t start;
};

/* The symbols that a table for look-ups by name (DT_GNU_HASH) covers: the last chain ends at the
 * last symbol. */
static size_t symbols_hashed(const uint32_t *table)
{
    uint32_t buckets = table[0];
    uint32_t first = table[1];
    const uint32_t *bucket = table + 4 + (size_t)table[2] * (sizeof(ElfW(Addr)) / sizeof *table);
    const uint32_t *chain = bucket + buckets;
    uint32_t last = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        last = bucket[i] > last ? bucket[i] : last;
    }
    if (last < first) {
        return first;
    }
    while (!(chain[last - first] & 1)) {
        last++;
    }
    return (size_t)last + 1;
}

/* The function of the program at `image` that holds the place, by its dynamic section. A return
 * address may be the end of a function, behind a call that does not return. */
static void find_function(struct place *place, const ElfW(Dyn) * dynamic)
{
    const ElfW(Sym) *symbols = NULL;
    const char *strings = NULL;
    size_t count = 0;
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        const void *target = (const void *)(place->image + dynamic->d_un.d_ptr);
        switch (dynamic->d_tag) {
        case DT_SYMTAB:
            symbols = target;
            break;
        case DT_STRTAB:
            strings = target;
            break;
        case DT_GNU_HASH:
            count = symbols_hashed(target);
            break;
        case DT_HASH:
            count = ((const uint32_t *)target)[1];
            break;
        default:
            break;
        }
    }
    if (!symbols || !strings) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uintptr_t start = place->image + symbols[i].st_value;
        if (symbols[i].st_shndx != SHN_UNDEF && (symbols[i].st_info & 0xf) == STT_FUNC &&
            start <= place->address && place->address - start <= symbols[i].st_size &&
            start > place->start) {
            place->name = strings + symbols[i].st_name;
            place->start = start;
        }
    }
}

static int look_in_image(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct place *place = data;
    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && start <= place->address &&
            place->address - start < part->p_memsz) {
            place->image = info->dlpi_addr;
        } else if (part->p_type == PT_DYNAMIC) {
            dynamic = (const ElfW(Dyn) *)start;
        }
    }
    if (place->image != 0 && dynamic) {
        find_function(place, dynamic);
    }
    return place->image != 0;
}

/* As snprintf: writes at most `size` bytes of the line for `address`, and returns how long it is.
 */
static int describe(char *line, size_t size, const void *address)
{
    struct place place = {.address = (uintptr_t)address};
    dl_iterate_phdr(look_in_image, &place);
    if (place.name) {
        return snprintf(line, size, "%s(%s+%#lx) [%p]", program_invocation_name, place.name,
                        (unsigned long)(place.address - place.start), address);
    }
    if (place.image != 0) {
        return snprintf(line, size, "%s(+%#lx) [%p]", program_invocation_name,
                        (unsigned long)(place.address - place.image), address);
    }
    return snprintf(line, size, "[%p]", address);
}

char **backtrace_symbols(void *const *buffer, int size)
{
    size_t bytes = (size_t)size * sizeof(char *);
    for (int i = 0; i < size; i++) {
        bytes += (size_t)describe(NULL, 0, buffer[i]) + 1;
    }
    char **lines = malloc(bytes);
    if (!lines) {
        return NULL;
    }
    char *next = (char *)(lines + size);
    for (int i = 0; i < size; i++) {
        lines[i] = next;
        next += describe(next, bytes - (size_t)(next - (char *)lines), buffer[i]) + 1;
    }
    return lines;
}

void backtrace_symbols_fd(void *const *buffer, int size, int fd)
{
    for (int i = 0; i < size; i++) {
        char line[LONGEST_LINE];
        int length = describe(line, sizeof line, buffer[i]);
        length = length < LONGEST_LINE ? length : LONGEST_LINE - 1;
        line[length++] = '\n';
        for (int done = 0; done < length;) {
            ssize_t written = write(fd, line + done, (size_t)(length - done));
            if (written < 0) {
                return;
            }
            done += (int)written;
        }
    }
}
