// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "show.h"

#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool show_sink(void *data, const char *text, size_t size)
{
    struct show *show = data;
    if (size > show->room - show->size) {
        size_t room = (show->size + size) * 2;
        char *grown = realloc(show->out, room);
        if (!grown) {
            show->failed = true;
            return false;
        }
        show->out = grown;
        show->room = room;
    }
    memcpy(show->out + show->size, text, size);
    show->size += size;
    return true;
}

void show_watch(void *data, const struct lfi_rewrite_step *step)
{
    struct show *show = data;
    if (show->count == show->steps_room) {
        size_t room = show->steps_room * 2 + 256;
        struct show_step *grown = realloc(show->steps, room * sizeof *grown);
        show->failed |= !grown;
        if (!grown)
            return;
        show->steps = grown;
        show->steps_room = room;
    }
    struct show_step *kept = &show->steps[show->count];
    kept->start = step->start;
    kept->end = step->end;
    kept->change = step->change;
    kept->before = malloc(step->before_size + 2);
    show->failed |= !kept->before;
    if (!kept->before)
        return;
    memcpy(kept->before, step->before, step->before_size);
    strcpy(kept->before + step->before_size, step->label ? ":" : "");
    show->count++;
}

void show_free(struct show *show)
{
    for (size_t i = 0; i < show->count; i++)
        free(show->steps[i].before);
    free(show->steps);
    free(show->out);
}

/* The next character, where blanks are one, and those at the ends nothing; 0 at the end. */
static int next(const char **at, const char *end)
{
    const char *p = *at;
    while (p < end && isspace((unsigned char)*p))
        p++;
    bool blank = p > *at;
    if (p == end)
        return 0;
    *at = blank ? p : p + 1;
    return blank ? ' ' : *p;
}

static bool same(const char *a, const char *a_end, const char *b, const char *b_end)
{
    while (a < a_end && isspace((unsigned char)*a))
        a++;
    while (b < b_end && isspace((unsigned char)*b))
        b++;
    int left, right;
    do {
        left = next(&a, a_end);
        right = next(&b, b_end);
    } while (left == right && left);
    return left == right;
}

/* What may stand before a statement and has no bytes: set_apart(). */
static const char apart[] = "\t.p2align\t0\n";
static const struct lfi_rewrite_change set_apart = {
    "mark", "no bytes: the assembler must not compute distances before it pads"};

void show_compare(struct show *show)
{
    for (size_t i = 0; i < show->count; i++) {
        struct show_step *step = &show->steps[i];
        const char *before = step->before, *before_end = before + strlen(before);
        const char *after = show->out + step->start, *end = show->out + step->end;
        size_t skip = sizeof apart - 1;
        if (same(before, before_end, after, end))
            step->change = NULL;
        else if ((size_t)(end - after) > skip && memcmp(after, apart, skip) == 0 &&
                 same(before, before_end, after + skip, end))
            step->change = &set_apart;
    }
}

/* ---- side by side ---------------------------------------------------------------------------- */

enum { LEFT = 40, RIGHT = 46, TAB = 8 };

/* Text with its tabs as blanks, up to `width`, or more if it is longer. */
static void put_padded(FILE *to, const char *text, size_t size, unsigned width)
{
    unsigned column = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned step = text[i] == '\t' ? TAB - column % TAB : 1;
        fprintf(to, "%*.1s", (int)step, text[i] == '\t' ? " " : &text[i]);
        column += step;
    }
    if (column < width)
        fprintf(to, "%*s", (int)(width - column), "");
}

static void put_row(FILE *to, const char *before, char mark, const char *after, size_t size,
                    const char *name)
{
    bool label = before[0] && before[strlen(before) - 1] == ':';
    if (before[0] && !label)
        fprintf(to, "%*s", TAB, "");
    put_padded(to, before, strlen(before), label || !before[0] ? LEFT : LEFT - TAB);
    fprintf(to, " %c%s", mark, size || name[0] ? " " : "");
    put_padded(to, after, size, name[0] ? RIGHT : 0);
    fprintf(to, "%s%s\n", name[0] ? " " : "", name);
}

/* The lines of out[start..end) beside what they were. */
static void put_rows(FILE *to, const struct show *show, const char *before, size_t start,
                     size_t end, const struct lfi_rewrite_change *change)
{
    char mark = change ? '|' : ' ';
    const char *name = change ? change->name : "";
    do {
        const char *line = show->out + start;
        const char *newline = start < end ? memchr(line, '\n', end - start) : NULL;
        size_t size = newline ? (size_t)(newline - line) : end - start;
        put_row(to, before, mark, line, size, name);
        start += size + 1;
        before = name = "";
        mark = change ? '+' : ' ';
    } while (start < end);
}

/* The changes that there are, each once. NULL without memory. */
static const struct lfi_rewrite_change **list_changes(const struct show *show, size_t *count)
{
    size_t room = 16;
    const struct lfi_rewrite_change **list = malloc(room * sizeof *list);
    *count = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < show->count; i++) {
        const struct lfi_rewrite_change *change = show->steps[i].change;
        size_t k = 0;
        while (k < *count && list[k] != change)
            k++;
        if (!change || k < *count)
            continue;
        if (*count == room) {
            room *= 2;
            const struct lfi_rewrite_change **grown = realloc(list, room * sizeof *list);
            if (!grown) {
                free(list);
                return NULL;
            }
            list = grown;
        }
        list[(*count)++] = change;
    }
    return list;
}

void show_diff(const struct show *show, FILE *to)
{
    static const struct lfi_rewrite_change added = {"", ""};
    size_t at = 0, count;
    for (size_t i = 0; i < show->count; i++) {
        const struct show_step *step = &show->steps[i];
        if (at < step->start)
            put_rows(to, show, "", at, step->start, &added);
        if (step->start < step->end || step->before[0])
            put_rows(to, show, step->before, step->start, step->end, step->change);
        at = step->end;
    }
    if (at < show->size)
        put_rows(to, show, "", at, show->size, &added);
    const struct lfi_rewrite_change **list = list_changes(show, &count);
    for (size_t i = 0; list && i < count; i++)
        fprintf(to, "%s%-18s  %s\n", i ? "" : "\n", list[i]->name, list[i]->why);
    free(list);
}

/* ---- in bytes -------------------------------------------------------------------------------- */

#define MARK ".ident\t\"lfi:"

/* The text before or after, with a mark in front of each statement if `marked`. */
static char *join(const struct show *show, bool before, bool marked, size_t *size)
{
    char *text = NULL;
    FILE *to = open_memstream(&text, size);
    if (!to)
        return NULL;
    if (!before && show->count)
        fwrite(show->out, 1, show->steps[0].start, to);
    for (size_t i = 0; i < show->count; i++) {
        const struct show_step *step = &show->steps[i];
        if (marked)
            fprintf(to, MARK "%zu\"\n", i);
        if (!before)
            fwrite(show->out + step->start, 1, step->end - step->start, to);
        else if (strncmp(step->before, ".lfi_", 5) != 0) /* not the assembler's */
            fprintf(to, "%s\n", step->before);
    }
    if (!before && show->count)
        fwrite(show->out + show->steps[show->count - 1].end, 1,
               show->size - show->steps[show->count - 1].end, to);
    if (fclose(to) == 0)
        return text;
    free(text);
    return NULL;
}

/* Adds up the encodings between the marks: sizes[i] of statement i. */
static void read_encodings(const char *text, size_t size, uint64_t *sizes, size_t count)
{
    static const char encoding[] = "encoding: [";
    size_t at = SIZE_MAX;
    for (const char *end = text + size, *line = text; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *stop = newline ? newline : end;
        size_t length = (size_t)(stop - line);
        const char *mark = memmem(line, length, MARK, sizeof MARK - 1);
        const char *bytes = memmem(line, length, encoding, sizeof encoding - 1);
        if (mark) {
            at = strtoul(mark + sizeof MARK - 1, NULL, 10);
        } else if (bytes && at < count) {
            sizes[at]++;
            for (; bytes < stop && *bytes != ']'; bytes++)
                sizes[at] += *bytes == ',';
        }
        line = stop + 1;
    }
}

/* The bytes of code in a relocatable object of 64 bits. */
static uint64_t code_size(const char *object, size_t size)
{
    Elf64_Ehdr header;
    uint64_t sum = 0;
    if (size < sizeof header)
        return 0;
    memcpy(&header, object, sizeof header);
    for (unsigned i = 0; i < header.e_shnum; i++) {
        Elf64_Shdr section;
        uint64_t offset = header.e_shoff + (uint64_t)i * sizeof section;
        if (offset > size || size - offset < sizeof section)
            break;
        memcpy(&section, object + offset, sizeof section);
        sum += section.sh_flags & SHF_EXECINSTR ? section.sh_size : 0;
    }
    return sum;
}

/* What statements take in bytes, and all code with its padding. */
static bool measure(const struct show *show, bool before, show_assemble_fn *assemble, void *data,
                    uint64_t *sizes, uint64_t *total)
{
    size_t marked_size, plain_size, listing_size, object_size;
    char *marked = join(show, before, true, &marked_size);
    char *plain = join(show, before, false, &plain_size), *listing = NULL, *object = NULL;
    bool good = marked && plain &&
                assemble(data, false, marked, marked_size, &listing, &listing_size) &&
                assemble(data, true, plain, plain_size, &object, &object_size);
    if (good) {
        read_encodings(listing, listing_size, sizes, show->count);
        *total = code_size(object, object_size);
    }
    free(marked);
    free(plain);
    free(listing);
    free(object);
    return good;
}

struct row {
    const struct lfi_rewrite_change *change;
    uint64_t count, before, after;
};

static int by_cost(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    int64_t costs = (int64_t)(b->after - b->before) - (int64_t)(a->after - a->before);
    return costs ? (costs > 0) - (costs < 0) : strcmp(a->change->name, b->change->name);
}

static void put_sizes(FILE *to, const char *count, uint64_t before, uint64_t after,
                      const char *name, const char *why)
{
    fprintf(to, "%8s %10" PRIu64 " %10" PRIu64 " %+10" PRId64 "  %-*s%s%s\n", count, before, after,
            (int64_t)(after - before), why[0] ? 18 : 0, name, why[0] ? "  " : "", why);
}

static void put_table(const struct show *show, const uint64_t *before, const uint64_t *after,
                      uint64_t total_before, uint64_t total_after, struct row *rows, size_t count,
                      FILE *to)
{
    uint64_t same_before = 0, sum = 0;
    for (size_t i = 0; i < show->count; i++) {
        size_t k = 0;
        sum += after[i];
        if (!show->steps[i].change) {
            same_before += before[i];
            continue;
        }
        while (rows[k].change != show->steps[i].change)
            k++;
        rows[k].count++;
        rows[k].before += before[i];
        rows[k].after += after[i];
    }
    qsort(rows, count, sizeof *rows, by_cost);
    uint64_t sum_before = same_before;
    fputs("   count     before      after      added  what\n", to);
    for (size_t i = 0; i < count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%" PRIu64, rows[i].count);
        put_sizes(to, number, rows[i].before, rows[i].after, rows[i].change->name,
                  rows[i].change->why);
        sum_before += rows[i].before;
    }
    put_sizes(to, "", same_before, same_before, "unchanged", "");
    put_sizes(to, "", total_before - sum_before, total_after - sum, "padding",
              "of alignment and bundles; branches that reach further; data in code");
    put_sizes(to, "", total_before, total_after, "all code", "");
    if (total_before)
        fprintf(to, "%41.3f  times the size\n", (double)total_after / (double)total_before);
}

bool show_stats(const struct show *show, show_assemble_fn *assemble, void *data, FILE *to)
{
    size_t count;
    uint64_t total_before, total_after;
    const struct lfi_rewrite_change **list = list_changes(show, &count);
    uint64_t *before = calloc(show->count + 1, sizeof *before);
    uint64_t *after = calloc(show->count + 1, sizeof *after);
    struct row *rows = calloc(count + 1, sizeof *rows);
    bool good = list && before && after && rows &&
                measure(show, true, assemble, data, before, &total_before) &&
                measure(show, false, assemble, data, after, &total_after);
    for (size_t i = 0; good && i < count; i++)
        rows[i].change = list[i];
    if (good)
        put_table(show, before, after, total_before, total_after, rows, count, to);
    free(list);
    free(before);
    free(after);
    free(rows);
    return good;
}
