// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The file of a library and its names. The file is not trusted: a name is one that ends inside of
 * its string table, an address is only compared and added to.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "linux/sections.h"

#define SYMBOLS_MAX  0x1000000u
#define NAME_LONGEST 4096 /* longer ones are left out, so that comparing takes no time */

static int by_name(const void *a, const void *b)
{
    const struct library_symbol *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static int by_address(const void *a, const void *b)
{
    const struct library_symbol *left = a, *right = b;
    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    return left->name < right->name ? -1 : left->name > right->name;
}

/* Adds what the symbol table of this type defines for others. */
static bool add_symbols(struct library_image *image, const struct linux_sections *sections,
                        unsigned type)
{
    Elf64_Shdr table, strings;
    unsigned index = 0;
    do {
        if (!linux_sections_get(sections, index++, &table))
            return true;
    } while (table.sh_type != type);
    if (table.sh_entsize != sizeof(Elf64_Sym) ||
        !linux_sections_get(sections, table.sh_link, &strings))
        return true;
    const uint8_t *entries = linux_sections_bytes(sections, &table);
    const char *names = (const char *)linux_sections_bytes(sections, &strings);
    size_t count = table.sh_size / sizeof(Elf64_Sym);
    if (!entries || !names || count > SYMBOLS_MAX || !strings.sh_size ||
        names[strings.sh_size - 1] != 0)
        return true;
    struct library_symbol *list =
        realloc(image->symbols, (image->symbol_count + count + 1) * sizeof *list);
    if (!list)
        return false;
    image->symbols = list;
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym entry;
        memcpy(&entry, entries + i * sizeof entry, sizeof entry);
        unsigned kind = ELF64_ST_TYPE(entry.st_info), bind = ELF64_ST_BIND(entry.st_info);
        if ((kind != STT_FUNC && kind != STT_OBJECT && kind != STT_NOTYPE) || bind == STB_LOCAL ||
            entry.st_shndx == SHN_UNDEF || entry.st_shndx == SHN_ABS || !entry.st_name ||
            entry.st_name >= strings.sh_size ||
            strnlen(names + entry.st_name, NAME_LONGEST) == NAME_LONGEST)
            continue;
        list[image->symbol_count++] =
            (struct library_symbol){names + entry.st_name, entry.st_value};
    }
    return true;
}

static int read_symbols(struct library_image *image)
{
    struct linux_sections sections;
    if (!linux_sections_open(&sections, image->bytes, image->size))
        return 0;
    if (!add_symbols(image, &sections, SHT_DYNSYM))
        return -ENOMEM;
    /* Those of the symbol table are for names that the first one does not have. */
    size_t first = image->symbol_count;
    if (first)
        qsort(image->symbols, first, sizeof *image->symbols, by_name);
    if (!add_symbols(image, &sections, SHT_SYMTAB))
        return -ENOMEM;
    size_t count = first;
    for (size_t i = first; i < image->symbol_count; i++) {
        struct library_symbol symbol = image->symbols[i];
        if (!first || !bsearch(&symbol, image->symbols, first, sizeof symbol, by_name))
            image->symbols[count++] = symbol;
    }
    image->symbol_count = count;
    image->by_address = malloc((count + 1) * sizeof *image->by_address);
    if (!image->by_address)
        return -ENOMEM;
    if (count) {
        qsort(image->symbols, count, sizeof *image->symbols, by_name);
        memcpy(image->by_address, image->symbols, count * sizeof *image->by_address);
        qsort(image->by_address, count, sizeof *image->by_address, by_address);
    }
    return 0;
}

/* Takes over `bytes`. */
static int make(struct library_image **made, const char *name, uint8_t *bytes, size_t size,
                struct lfi_error *error)
{
    struct library_image *image = calloc(1, sizeof *image);
    if (image) {
        atomic_init(&image->references, 1);
        pthread_mutex_init(&image->code.lock, NULL);
        image->bytes = bytes;
        image->size = size;
        image->name = strdup(name);
    }
    if (!image || !image->name || read_symbols(image)) {
        linux_say(error, "out of memory");
        if (image)
            library_image_drop(image);
        else
            free(bytes);
        return -ENOMEM;
    }
    *made = image;
    return 0;
}

int library_image_copy(struct library_image **image, const char *name, const void *bytes,
                       size_t size, struct lfi_error *error)
{
    uint8_t *copy = size && size <= LINUX_IMAGE_MAX ? malloc(size) : NULL;
    if (!copy) {
        bool bad = !size || size > LINUX_IMAGE_MAX;
        linux_say(error, bad ? "%.200s: not a program" : "%.200s: out of memory", name);
        return bad ? -ENOEXEC : -ENOMEM;
    }
    memcpy(copy, bytes, size);
    return make(image, name, copy, size, error);
}

int library_image_open(struct library_image **image, const char *path, struct lfi_error *error)
{
    uint8_t *bytes;
    size_t size;
    int failed = linux_read_image(path, &bytes, &size, error);
    return failed ? failed : make(image, path, bytes, size, error);
}

struct library_image *library_image_hold(struct library_image *image)
{
    atomic_fetch_add(&image->references, 1);
    return image;
}

void library_image_drop(struct library_image *image)
{
    if (!image || atomic_fetch_sub(&image->references, 1) != 1)
        return;
    linux_shared_free(&image->code);
    free(image->name);
    free(image->bytes);
    free(image->symbols);
    free(image->by_address);
    free(image);
}

uint64_t library_image_find(const struct library_image *image, const char *name)
{
    struct library_symbol key = {.name = name};
    const struct library_symbol *found =
        image->symbol_count
            ? bsearch(&key, image->symbols, image->symbol_count, sizeof key, by_name)
            : NULL;
    return found ? found->address : 0;
}

const char *library_image_name(const struct library_image *image, uint64_t address)
{
    size_t low = 0, high = image->symbol_count; /* the first that is not below */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->by_address[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < image->symbol_count && image->by_address[low].address == address
               ? image->by_address[low].name
               : NULL;
}
