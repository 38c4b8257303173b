// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Reads the function symbols of a program. Most programs never ask for one, so they are not sorted.
 */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* A copy of the names, of what can be printed in one word of a perf map. */
static char *copy_names(const uint8_t *names, size_t size)
{
    char *copy = malloc(size + 1);
    for (size_t i = 0; copy && i < size; i++)
        copy[i] = (char)((names[i] > ' ' && names[i] <= '~') || !names[i] ? names[i] : '?');
    if (copy)
        copy[size] = 0;
    return copy;
}

static bool find_table(const struct linux_sections *sections, unsigned type, Elf64_Shdr *table)
{
    for (unsigned index = 0; linux_sections_get(sections, index, table); index++) {
        if (table->sh_type == type)
            return true;
    }
    return false;
}

void linux_symbols_read(struct linux_symbols *symbols, const void *file, size_t size)
{
    struct linux_sections sections;
    Elf64_Shdr table, strings;
    *symbols = (struct linux_symbols){0};
    if (!linux_sections_open(&sections, file, size))
        return;
    if (!find_table(&sections, SHT_SYMTAB, &table) && !find_table(&sections, SHT_DYNSYM, &table))
        return;
    if (table.sh_entsize != sizeof(Elf64_Sym) ||
        !linux_sections_get(&sections, table.sh_link, &strings))
        return;
    const uint8_t *entries = linux_sections_bytes(&sections, &table);
    const uint8_t *names = linux_sections_bytes(&sections, &strings);
    size_t count = table.sh_size / sizeof(Elf64_Sym);
    if (!entries || !names)
        return;
    symbols->list = calloc(count ? count : 1, sizeof *symbols->list);
    symbols->names = copy_names(names, strings.sh_size);
    if (!symbols->list || !symbols->names) {
        linux_symbols_free(symbols);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym entry;
        memcpy(&entry, entries + i * sizeof entry, sizeof entry);
        if (ELF64_ST_TYPE(entry.st_info) != STT_FUNC || entry.st_shndx == SHN_UNDEF ||
            entry.st_name >= strings.sh_size)
            continue;
        symbols->list[symbols->count++] = (struct linux_symbol){
            .address = entry.st_value,
            .size = entry.st_size,
            .name = symbols->names + entry.st_name,
        };
    }
}

void linux_symbols_free(struct linux_symbols *symbols)
{
    free(symbols->list);
    free(symbols->names);
    *symbols = (struct linux_symbols){0};
}

const struct linux_symbol *linux_symbols_find(const struct linux_symbols *symbols, uint64_t address)
{
    const struct linux_symbol *best = NULL;
    for (size_t i = 0; i < symbols->count; i++) {
        const struct linux_symbol *symbol = &symbols->list[i];
        if (symbol->address <= address && (!best || symbol->address >= best->address))
            best = symbol;
    }
    return best && best->size && address - best->address >= best->size ? NULL : best;
}
