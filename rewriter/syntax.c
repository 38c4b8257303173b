// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The dialects of GNU as that LLVM's assembler does not read, made into those that it does, before
 * it expands the text:
 *
 *   .intel_syntax, .intel_syntax prefix   registers have a % there, and may in the other form
 *   .att_syntax noprefix                  registers have none
 *   .intel_mnemonic                       changes nothing in Intel syntax
 *   .att_syntax before #NO_APP            clang -masm=intel ends inline assembly like this, and
 * goes on in Intel syntax
 *
 * Lines stay lines.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lfi/rewriter.h>

#include "arch.h"
#include "lexer.h"

static const struct arch *const archs[] = {
#define ARCH(name) &lfi_rewrite_##name,
#include "arch.def"
#undef ARCH
};

struct syntax {
    const char *at, *end;
    FILE *out;
    bool (*is_register)(struct span name);
    bool intel, naked; /* naked: AT&T syntax where registers have no % */
    bool inside_app;   /* between #APP and #NO_APP: inline assembly of a compiler */
    bool began_intel;  /* the compiler writes Intel syntax */
    bool changed;
};

static bool is_register(const struct syntax *s, const char *p)
{
    struct span name = {p, 0};
    while (p + name.size < s->end && is_name_char(p[name.size]) && name.size < 8)
        name.size++;
    return s->is_register(name);
}

static void copy_to(struct syntax *s, const char *stop)
{
    fwrite(s->at, 1, (size_t)(stop - s->at), s->out);
    s->at = stop;
}

static const char *find(const struct syntax *s, const char *text)
{
    const char *found = memmem(s->at, (size_t)(s->end - s->at), text, strlen(text));
    return found ? found : s->end;
}

/* Is the next thing that is not white space this text? */
static bool comes_next(const struct syntax *s, const char *p, const char *text)
{
    while (p < s->end && (is_space(*p) || *p == '\n'))
        p++;
    return (size_t)(s->end - p) >= strlen(text) && memcmp(p, text, strlen(text)) == 0;
}

/* A directive that chooses a dialect; false for any other statement. */
static bool choose(struct syntax *s)
{
    static const char *const names[] = {".intel_syntax", ".att_syntax", ".intel_mnemonic"};
    const char *stop = s->at;
    while (stop < s->end && *stop != '\n' && *stop != ';' && *stop != '#')
        stop++;
    struct span text = span_trim((struct span){s->at, (uint32_t)(stop - s->at)}), name = text;
    name.size = 0;
    while (name.size < text.size && is_name_char(text.at[name.size]))
        name.size++;
    struct span rest = span_trim((struct span){text.at + name.size, text.size - name.size});
    bool first = span_is(name, names[0]), att = span_is(name, names[1]);
    if (att && s->began_intel && !rest.size && comes_next(s, stop, "#NO_APP"))
        first = true, att = false;
    if (first) {
        s->began_intel |= !s->changed && !s->inside_app;
        s->intel = true;
        s->naked = false;
        fputs(".intel_syntax noprefix", s->out);
    } else if (att) {
        s->intel = false;
        s->naked = span_is(rest, "noprefix");
        fputs(".att_syntax", s->out);
    } else if (!span_is(name, names[2]) || !s->intel) {
        return false;
    }
    s->changed = true;
    s->at = stop;
    return true;
}

static void copy(struct syntax *s)
{
    bool start = true; /* of a statement: a directive, a mnemonic or a label comes */
    while (s->at < s->end) {
        char c = *s->at;
        if (c == '\n' || c == ';') {
            start = true;
            copy_to(s, s->at + 1);
        } else if (c == '#' || (c == '/' && s->end - s->at > 1 && s->at[1] == '/')) {
            if (comes_next(s, s->at, "#APP") || comes_next(s, s->at, "#NO_APP"))
                s->inside_app = s->at[1] == 'A';
            copy_to(s, find(s, "\n"));
        } else if (c == '/' && s->end - s->at > 1 && s->at[1] == '*') {
            const char *close = find(s, "*/");
            copy_to(s, close == s->end ? close : close + 2);
        } else if (c == '"') {
            const char *p = s->at + 1;
            while (p < s->end && *p != '"' && *p != '\n')
                p += *p == '\\' && p + 1 < s->end ? 2 : 1;
            copy_to(s, p < s->end ? p + 1 : p);
        } else if (c == '\'') { /* a character: 'c, 'c' or '\c' */
            const char *p = s->at + 1;
            p += p < s->end && *p == '\\';
            p += p < s->end && *p != '\n';
            copy_to(s, p < s->end && *p == '\'' ? p + 1 : p);
            start = false;
        } else if (start && c == '.' && choose(s)) {
            start = false;
        } else if (c == '%' && s->intel && s->at + 1 < s->end && is_register(s, s->at + 1)) {
            s->at++;
        } else if (is_name_char(c)) {
            const char *p = s->at;
            if (s->naked && !start && is_register(s, p))
                fputc('%', s->out);
            while (p < s->end && is_name_char(*p))
                p++;
            copy_to(s, p);
            start = s->at < s->end && *s->at == ':';
        } else {
            start &= is_space(c) || c == ':';
            copy_to(s, s->at + 1);
        }
    }
}

bool lfi_rewrite_plain_syntax(const char *arch, bool intel, const char *text, size_t size,
                              char **out, size_t *out_size)
{
    struct syntax s = {.at = text, .end = text + size};
    *out = NULL;
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (strcmp(archs[i]->name, arch) == 0)
            s.is_register = archs[i]->is_register;
    if (!s.is_register ||
        (!intel && !memmem(text, size, "_syntax", 7) && !memmem(text, size, ".intel_mnemonic", 15)))
        return true;
    s.out = open_memstream(out, out_size);
    if (!s.out)
        return false;
    if (intel) {
        fputs(".intel_syntax noprefix; ", s.out);
        s.intel = s.began_intel = true;
    }
    copy(&s);
    bool good = !ferror(s.out);
    if (fclose(s.out) == 0 && good)
        return true;
    free(*out);
    *out = NULL;
    return false;
}
