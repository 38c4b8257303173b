// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * %if, %rep and %assign with symbols made by `equ`, whose values nasm knows when it assembles, but
 * not with -E. So nasm assembles the source, its object says the values, and -E is run again behind
 * macros for them. A macro's value is a number in a spelling of its own, with more zeros in front
 * than anybody writes, so that in the text that comes out the name can be put back.
 *
 * Two things make sure that this text is what nasm had. nasm makes the same object of it; it would
 * not if the source asks whether there is a macro of that name. And a number that was asked for is
 * the same in the translation; it is not if it depends on the length of instructions.
 */
#include "nasm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "object.h"
#include "translate.h"

#define FEWEST_ZEROS 17 /* a number of 64 bits has none of them */

struct constant {
    const char *name; /* in the object */
    uint64_t value;
    unsigned zeros;
    bool differs; /* not a number in the translation, or another */
};

struct constants {
    struct constant *list;
    size_t count;
};

struct run {
    const struct options *options;
    struct nasm *nasm;
    struct constants constants;
    struct object theirs;
    char object[PATH_MAX], source[PATH_MAX], again[PATH_MAX];
    int messages;
};

/* A name that a macro can have. */
static bool is_name(const char *name)
{
    if (!*name || strchr("0123456789$.", *name))
        return false;
    return name[strspn(name,
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.?@")] == 0;
}

static bool read_constants(struct constants *constants, const struct object *object)
{
    constants->list = calloc(object->symbol_count + 1, sizeof *constants->list);
    for (size_t i = 0; constants->list && i < object->symbol_count; i++) {
        const Elf64_Sym *symbol = &object->symbols[i];
        const char *name = object_symbol_name(object, symbol);
        if (symbol->st_shndx != SHN_ABS || ELF64_ST_TYPE(symbol->st_info) == STT_FILE ||
            !is_name(name))
            continue;
        struct constant *c = &constants->list[constants->count++];
        *c = (struct constant){name, symbol->st_value, FEWEST_ZEROS, false};
        for (const struct constant *other = constants->list; other < c; other++)
            c->zeros += other->value == c->value;
    }
    return constants->list != NULL;
}

static void add_macros(const struct constants *constants, struct nasm *nasm)
{
    nasm_free(nasm);
    for (size_t i = 0; i < constants->count; i++) {
        const struct constant *c = &constants->list[i];
        char *macro = NULL;
        if (c->differs)
            continue;
        if (asprintf(&macro, "-D%s=0x%0*d%" PRIx64, c->name, (int)c->zeros, 0, c->value) < 0)
            nasm->macros.failed = true;
        else
            arguments_add(&nasm->macros, macro);
    }
}

/* The constant whose spelling begins here. */
static const struct constant *spelled(const struct constants *constants, const char *at,
                                      size_t *size)
{
    size_t zeros = strspn(at + 2, "0"), digits = strspn(at + 2, "0123456789abcdef");
    if (zeros == digits)
        zeros--;
    *size = 2 + digits;
    if (zeros < FEWEST_ZEROS || digits - zeros > 16)
        return NULL;
    uint64_t value = strtoull(at + 2 + zeros, NULL, 16);
    for (size_t i = 0; i < constants->count; i++)
        if (constants->list[i].value == value && constants->list[i].zeros == zeros)
            return &constants->list[i];
    return NULL;
}

static bool put_names_back(const struct constants *constants, struct file *file)
{
    struct text text = {0};
    const char *at = file->bytes;
    for (const char *next; (next = strstr(at, "0x0"));) {
        size_t size;
        const struct constant *c = spelled(constants, next, &size);
        text_add(&text, at, (size_t)(next - at));
        text_add(&text, c ? c->name : next, c ? strlen(c->name) : size);
        at = next + size;
    }
    text_add(&text, at, strlen(at));
    free(file->bytes);
    file->bytes = text.at;
    file->size = text.size;
    errno = ENOMEM;
    return !text.failed;
}

static bool preprocess(struct run *run, struct file *text)
{
    add_macros(&run->constants, run->nasm);
    errno = ENOMEM;
    if (run->nasm->macros.failed)
        return failed(run->options->input);
    if (ftruncate(run->messages, 0) < 0 || lseek(run->messages, 0, SEEK_SET) < 0)
        return failed("messages");
    return nasm_preprocess_once(run->options, run->nasm, text, run->messages) &&
           (put_names_back(&run->constants, text) || failed("preprocessed text"));
}

/* Marks those that are not the same number in the translation; how many. */
static size_t find_other(struct run *run, const struct file *text)
{
    struct translation t = {.input = text->bytes,
                            .size = text->size,
                            .file = run->options->input,
                            .prefix = "",
                            .suffix = "",
                            .quiet = true};
    size_t count = 0;
    translate(&t); /* its errors come when it is done for good */
    for (size_t i = 0; i < run->constants.count; i++) {
        struct constant *c = &run->constants.list[i];
        const struct symbol *symbol = symbol_find(&t, c->name, strlen(c->name));
        c->differs = symbol->kind != SYMBOL_EQU || !value_is_number(&symbol->value) ||
                     (uint64_t)symbol->value.number != c->value;
        count += c->differs;
    }
    translation_free(&t);
    return count;
}

static bool nasm_makes_the_same(const struct run *run, const struct file *text)
{
    FILE *out = fopen(run->source, "w");
    bool good = out && fwrite(text->bytes, 1, text->size, out) == text->size;
    if (out && fclose(out) < 0)
        good = false;
    if (!good)
        return failed(run->source);
    struct object again = {0};
    good = nasm_assemble(run->options, run->nasm, run->source, NULL, run->again, run->messages) &&
           object_open(&again, run->again) && object_same(&run->theirs, &again);
    object_close(&again);
    if (!good)
        fprintf(stderr,
                "lfi-nasm: %s: nasm -E knows no symbols, and with macros for those made by equ "
                "nasm makes another object: '%%ifdef' or the like asks for such a name. Make it a "
                "%%define\n",
                run->options->input);
    return good;
}

static bool work(struct run *run, struct file *text)
{
    const char *input = run->options->input;
    /* -E calls itself pass 3: `%use smartalign` then leaves padding to `times`. */
    if (!nasm_assemble(run->options, run->nasm, input, "-D__?PASS?__=3", run->object,
                       run->messages)) {
        show(run->messages);
        return false;
    }
    if (!object_open(&run->theirs, run->object) || !read_constants(&run->constants, &run->theirs))
        return failed(run->object);
    if (!preprocess(run, text)) {
        show(run->messages);
        fprintf(stderr,
                "lfi-nasm: %s: nasm -E knows no places: where %%if, %%assign or %%rep depends on "
                "'$' or a label, write a number\n",
                input);
        return false;
    }
    if (find_other(run, text)) {
        free(text->bytes);
        text->bytes = NULL;
        if (!preprocess(run, text)) {
            show(run->messages);
            for (size_t i = 0; i < run->constants.count; i++)
                if (run->constants.list[i].differs)
                    fprintf(stderr,
                            "lfi-nasm: %s: '%s' depends on the length of instructions, which "
                            "differs in a box: %%if, %%assign and %%rep cannot ask for it\n",
                            input, run->constants.list[i].name);
            return false;
        }
    }
    show(run->messages);
    return nasm_makes_the_same(run, text);
}

bool constants_preprocess(const struct options *options, struct nasm *nasm, struct file *text)
{
    struct run run = {.options = options, .nasm = nasm};
    char *const paths[] = {run.object, run.source, run.again};
    static const char *const suffixes[] = {".o", ".asm", ".o"};
    size_t made = 0, count = sizeof paths / sizeof *paths;
    run.messages = memfd_create("messages", MFD_CLOEXEC);
    while (made < count && temporary(paths[made], suffixes[made]))
        made++;
    *text = (struct file){0};
    bool good = made == count && work(&run, text);
    while (made > 0)
        unlink(paths[--made]);
    if (run.messages >= 0)
        close(run.messages);
    free(run.constants.list);
    object_close(&run.theirs);
    if (!good) {
        free(text->bytes);
        text->bytes = NULL;
    }
    return good;
}
