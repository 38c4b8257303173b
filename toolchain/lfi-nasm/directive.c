// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Directives: [section …], [global …] and the like, as the preprocessor leaves them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "translate.h"

/* What nasm knows of sections by their names. */
static const struct known {
    const char *name, *flags, *type;
    int64_t align;
} known[] = {
    {".text", "ax", "progbits", 16},
    {".rodata", "a", "progbits", 4},
    {".lrodata", "al", "progbits", 4},
    {".data", "aw", "progbits", 4},
    {".ldata", "awl", "progbits", 4},
    {".bss", "aw", "nobits", 4},
    {".lbss", "awl", "nobits", 4},
    {".tdata", "awT", "progbits", 4},
    {".tbss", "awT", "nobits", 4},
    {".comment", "", "progbits", 1},
    {".preinit_array", "aw", "preinit_array", 8},
    {".init_array", "aw", "init_array", 8},
    {".fini_array", "aw", "fini_array", 8},
    {".note", "", "note", 4},
};

struct flags {
    bool alloc, write, code, tls, merge, strings, large;
};

static bool attribute_flag(struct flags *f, const struct token *at)
{
    const struct {
        const char *name;
        bool *flag;
    } all[] = {{"alloc", &f->alloc}, {"write", &f->write}, {"exec", &f->code},
               {"tls", &f->tls},     {"merge", &f->merge}, {"strings", &f->strings}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (token_is(at, all[i].name))
            return *all[i].flag = true;
        if (at->size > 2 && strncasecmp(at->at, "no", 2) == 0 &&
            strlen(all[i].name) == at->size - 2 &&
            strncasecmp(at->at + 2, all[i].name, at->size - 2) == 0) {
            *all[i].flag = false;
            return true;
        }
    }
    return false;
}

static bool power_of_two(int64_t number)
{
    return number > 0 && (number & (number - 1)) == 0 && number <= 1 << 20;
}

static void section_attributes(struct translation *t, struct section *section,
                               const struct token *at)
{
    static const char *const types[] = {"progbits",   "nobits",     "note",
                                        "init_array", "fini_array", "preinit_array"};
    const struct known *like = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(section->name, known[i].name) == 0)
            like = &known[i];
    struct flags f = {.alloc = true};
    const char *type = "progbits";
    if (like) {
        f = (struct flags){.alloc = strchr(like->flags, 'a'),
                           .write = strchr(like->flags, 'w'),
                           .code = strchr(like->flags, 'x'),
                           .tls = strchr(like->flags, 'T'),
                           .large = strchr(like->flags, 'l')};
        type = like->type;
    }
    bool first = !section->attributes;
    if (first)
        section->align = like ? like->align : 1;
    int64_t size = 0, number;
    static const struct {
        const char *name;
        int64_t size;
    } sizes[] = {{"byte", 1}, {"word", 2}, {"dword", 4}, {"qword", 8}, {"oword", 16}};
    while (at->kind != TOKEN_END && !token_operator(at, ']')) {
        bool good = attribute_flag(&f, at);
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (token_is(at, types[i])) {
                type = types[i];
                good = true;
            }
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            if (token_is(at, sizes[i].name)) {
                size = sizes[i].size;
                good = true;
            }
        if (token_is(at, "align") && token_operator(at + 1, '=')) {
            at += 2;
            struct value v;
            if (!value_read(t, &at, &v) || !value_number(t, &v, &number, "align"))
                return;
            if (!power_of_two(number))
                refuse(t, "an alignment is a power of two, and at most 1 MiB");
            else if (number > section->align)
                section->align = number;
            continue;
        }
        if (!good) {
            refuse(t, "'%.*s' is no attribute of sections that is known here", (int)at->size,
                   at->at);
            return;
        }
        at++;
    }
    if (!first)
        return; /* nasm warns, and keeps the first ones */
    section->code = f.code;
    section->bss = strcmp(type, "nobits") == 0;
    struct text text = {0};
    text_print(&text, "\"%s%s%s%s%s%s%s\",@%s", f.alloc ? "a" : "", f.write ? "w" : "",
               f.code ? "x" : "", f.tls ? "T" : "", f.merge ? "M" : "", f.strings ? "S" : "",
               f.large ? "l" : "", type);
    if (f.merge)
        text_print(&text, ",%d", (int)(size ? size : 1));
    section->attributes = text.at;
    t->out.failed |= text.failed;
}

static void section_begin(struct translation *t, struct section *section)
{
    t->section = section;
    text_print(&t->statement, "\t.section %s,%s\n", section->name, section->attributes);
    if (section->begun)
        return;
    section->begun = true;
    section->start->place = section->end;
    section->start->place.section = section;
    /* nasm has no way to say that a place is empty: the notes that say how to link stay so */
    if (strncmp(section->name, ".note.", 6) == 0)
        return;
    section->aligned = section->align;
    text_print(&t->statement, "\t.balign %d\n%s:\n", (int)section->align,
               symbol_text(t, section->start));
}

static void section_directive(struct translation *t, const struct token *at)
{
    if (at->kind == TOKEN_END) {
        refuse(t, "a section without a name");
        return;
    }
    /* names may hold what is an operator elsewhere: .note.GNU-stack */
    const char *name = at->at;
    size_t size = 0;
    while (name[size] && !strchr(" \t]\n;", name[size]))
        size++;
    if (at->kind == TOKEN_STRING) {
        name = at->bytes;
        size = at->byte_count;
        at++;
    } else {
        while (at->kind != TOKEN_END && at->at < name + size)
            at++;
    }
    if (size == 0) {
        refuse(t, "a section without a name");
        return;
    }
    struct section *section = section_find(t, name, size);
    if (!section)
        return;
    section_attributes(t, section, at);
    if (section->attributes)
        section_begin(t, section);
}

void section_default(struct translation *t, struct section *section)
{
    static const struct token end = {.kind = TOKEN_END};
    if (!section->attributes)
        section_attributes(t, section, &end);
    if (section->attributes)
        section_begin(t, section);
    finish_statement(t);
}

/* The size in [global name:data size (expression)] and the like has no use here but in symbol
 * tables. */
static void symbol_attributes(struct translation *t, struct symbol *symbol, const char *name,
                              const struct token **at)
{
    static const struct {
        const char *word, *directive;
    } all[] = {{"function", ".type %s,@function"},
               {"data", ".type %s,@object"},
               {"object", ".type %s,@object"},
               {"notype", NULL},
               {"hidden", ".hidden %s"},
               {"internal", ".internal %s"},
               {"protected", ".protected %s"},
               {"default", NULL},
               {"weak", ".weak %s"},
               {"strong", NULL},
               {"required", NULL}};
    for (; (*at)->kind == TOKEN_NAME; (*at)++) {
        size_t i = 0;
        while (i < sizeof all / sizeof *all && !token_is(*at, all[i].word))
            i++;
        if (i == sizeof all / sizeof *all)
            break;
        if (!all[i].directive)
            continue;
        symbol->weak |= token_is(*at, "weak");
        const char *type = strchr(all[i].directive, ' ');
        text_print(&t->statement, "\t%.*s %s%s\n", (int)(type - all[i].directive), all[i].directive,
                   name, strchr(type, ',') ? strchr(type, ',') : "");
    }
    if ((*at)->kind == TOKEN_END || token_operator(*at, ',') || token_operator(*at, ']'))
        return;
    struct value v;
    if (!value_read(t, at, &v))
        return;
    if (t->last) {
        text_print(&t->statement, "\t.size %s, ", name);
        value_print(t, &t->statement, &v);
        text_print(&t->statement, "\n");
    }
}

static void names_directive(struct translation *t, const struct token *at, const char *which)
{
    bool external = strcmp(which, "extern") == 0 || strcmp(which, "required") == 0;
    bool common = strcmp(which, "common") == 0, local = strcmp(which, "static") == 0;
    for (;;) {
        if (at->kind != TOKEN_NAME) {
            refuse(t, "%s: a name is missing", which);
            return;
        }
        struct symbol *symbol = symbol_find(t, at->at, at->size);
        at++;
        if (!local)
            symbol->global = true;
        if ((external || common) && symbol->kind == SYMBOL_UNKNOWN)
            symbol->kind = external ? SYMBOL_EXTERN : SYMBOL_COMMON;
        struct value v = {0};
        if (common && (!value_read(t, &at, &v)))
            return;
        const char *name = t->last ? symbol_text(t, symbol) : "";
        if (common) {
            int64_t size, align = 1;
            if (!value_number(t, &v, &size, "common"))
                return;
            if (token_operator(at, ':')) {
                at++;
                if (at->kind == TOKEN_NUMBER &&
                    (!value_read(t, &at, &v) || !value_number(t, &v, &align, "common")))
                    return;
            }
            text_print(&t->statement, "\t.comm %s,%lld,%lld\n", name, (long long)size,
                       (long long)align);
        }
        if (token_operator(at, ':'))
            at++;
        symbol_attributes(t, symbol, name, &at);
        if (!external && !common && !local && !symbol->weak)
            text_print(&t->statement, "\t.globl %s\n", name);
        if (!token_operator(at, ','))
            break;
        at++;
    }
    if (at->kind != TOKEN_END && !token_operator(at, ']'))
        refuse(t, "%s: '%.*s' is not known here", which, (int)at->size, at->at);
}

static void default_directive(struct translation *t, const struct token *at)
{
    for (; at->kind != TOKEN_END && !token_operator(at, ']'); at++) {
        if (token_is(at, "rel"))
            t->relative = true;
        else if (token_is(at, "abs"))
            t->relative = false;
        else if (!token_is(at, "nobnd") && !token_operator(at, ','))
            refuse(t, "default: only rel and abs are known");
    }
}

static void absolute_directive(struct translation *t, const struct token *at)
{
    struct value v;
    int64_t number;
    if (!value_read(t, &at, &v) || !value_number(t, &v, &number, "absolute"))
        return;
    t->section = NULL;
    t->absolute = t->absolute_start = number;
}

static void align_directive(struct translation *t, const struct token *at, bool pad)
{
    struct value v;
    int64_t number;
    if (token_is(at, "on") || token_is(at, "off"))
        return;
    if (!value_read(t, &at, &v) || !value_number(t, &v, &number, "align"))
        return;
    if (!power_of_two(number)) {
        refuse(t, "an alignment is a power of two, and at most 1 MiB");
        return;
    }
    if (!t->section)
        return;
    if (number > t->section->align)
        t->section->align = number;
    if (pad) {
        align_here(t, number, 0x90);
    }
}

static const char *const ignored[] = {"warning", "cpu",   "sectalign", "debug", "map",
                                      "list",    "osabi", "type",      "size",  "ident"};
static const char *const taken[] = {"section",   "segment", "absolute", "global", "extern",
                                    "common",    "static",  "default",  "bits",   "use64",
                                    "sectalign", "align",   "required"};

/* Those that change names; the others are for listings, warnings and other formats. */
static void pragma_directive(struct translation *t, const struct token *at)
{
    static const char *const facilities[] = {"output", "elf", "elf64"};
    static const char *const prefixes[] = {"prefix",  "gprefix", "suffix",
                                           "gsuffix", "postfix", "gpostfix"};
    if (token_among(at, facilities, sizeof facilities / sizeof *facilities) &&
        token_among(at + 1, prefixes, sizeof prefixes / sizeof *prefixes))
        refuse(t, "%%pragma: global names are changed by the options --gprefix and --gpostfix");
}

static void float_directive(struct translation *t, const struct token *at)
{
    static const char *const good[] = {"default", "near", "nodaz"};
    for (; at->kind == TOKEN_NAME; at++)
        if (!token_among(at, good, sizeof good / sizeof *good))
            refuse(t, "float: numbers are rounded to the nearest, and in no other way");
}

bool is_directive(const struct token *at)
{
    if (token_operator(at, '['))
        return true;
    return (token_among(at, taken, sizeof taken / sizeof *taken) || token_is(at, "cpu")) &&
           !token_operator(at + 1, ':');
}

void translate_directive(struct translation *t, const struct token *at)
{
    if (token_operator(at, '['))
        at++;
    if (token_is(at, "section") || token_is(at, "segment"))
        section_directive(t, at + 1);
    else if (token_is(at, "absolute"))
        absolute_directive(t, at + 1);
    else if (token_is(at, "global"))
        names_directive(t, at + 1, "global");
    else if (token_is(at, "extern"))
        names_directive(t, at + 1, "extern");
    else if (token_is(at, "required"))
        names_directive(t, at + 1, "required");
    else if (token_is(at, "common"))
        names_directive(t, at + 1, "common");
    else if (token_is(at, "static"))
        names_directive(t, at + 1, "static");
    else if (token_is(at, "default"))
        default_directive(t, at + 1);
    else if (token_is(at, "sectalign"))
        align_directive(t, at + 1, false);
    else if (token_is(at, "align"))
        align_directive(t, at + 1, true);
    else if (token_is(at, "pragma"))
        pragma_directive(t, at + 1);
    else if (token_is(at, "float"))
        float_directive(t, at + 1);
    else if (token_is(at, "use64"))
        return;
    else if (token_is(at, "bits")) {
        if (at[1].kind != TOKEN_NUMBER || at[1].number != 64)
            refuse(t, "only 64-bit code can run in a box");
    } else if (!token_among(at, ignored, sizeof ignored / sizeof *ignored)) {
        refuse(t, "directive '%.*s' is not known here", (int)at->size, at->at);
    }
}
