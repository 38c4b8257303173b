// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Line numbers for assembly that comes without (options.lines). The assembler cannot make them: it
 * would see the rewritten lines, and its labels would take groups apart. So `.loc` stands before
 * what each instruction becomes, and one unit names all the code. Text that was expanded has `.loc`
 * from the expander already. The first file has number 0 in DWARF 5, 1 before.
 */
#include "lines.h"

#include <stdlib.h>

#include "context.h"
#include "lexer.h"

struct lines {
    struct span *files;
    unsigned file_count, capacity;
    unsigned runs; /* of code, each in one section */
    bool open;     /* the last one has not ended */
};

struct first {
    jmp_buf out_of_memory;
    struct arena arena;
    struct statement statement;
};

static bool lex_first(const char *text, size_t size, struct first *first)
{
    if (setjmp(first->out_of_memory) != 0)
        return false;
    struct lexer lexer = {.at = text, .end = text + size, .line = 1, .arena = &first->arena};
    return lex_statement(&lexer, &first->statement);
}

bool lfi_rewrite_lines_find(struct lfi_rewrite_lines *lines, const char *text, size_t size,
                            const char *name)
{
    static const char *const compiled[] = {"\t.loc\t", ".loc ", ".debug_"};
    for (size_t i = 0; i < sizeof compiled / sizeof *compiled; i++)
        if (memmem(text, size, compiled[i], strlen(compiled[i])))
            return false;
    struct first first = {.arena = {.out_of_memory = &first.out_of_memory}};
    struct span file;
    lines->file = name;
    lines->file_size = strlen(name);
    if (lex_first(text, size, &first) && first.statement.kind == STATEMENT_MARKER) {
        parse_marker(&first.statement, &file);
        lines->file = file.at;
        lines->file_size = file.size;
    }
    arena_free(&first.arena);
    return true;
}

/* Text for a place between quotes. */
static void put_escaped(struct writer *w, struct span text)
{
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            put_bytes(w, "\\", 1);
        put_bytes(w, &text.at[i], 1);
    }
}

static unsigned first_number(const struct rewriter *r)
{
    return r->options->lines->dwarf >= 5 ? 0 : 1;
}

static struct span root_file(const struct rewriter *r)
{
    return (struct span){r->options->lines->file, (uint32_t)r->options->lines->file_size};
}

static struct span directory(const struct rewriter *r)
{
    const char *name = r->options->lines->directory;
    return (struct span){name, (uint32_t)strlen(name)};
}

static unsigned file_number(struct rewriter *r, struct span name)
{
    struct lines *lines = r->lines;
    for (unsigned i = 0; i < lines->file_count; i++)
        if (lines->files[i].size == name.size &&
            memcmp(lines->files[i].at, name.at, name.size) == 0)
            return i + first_number(r);
    if (lines->file_count == lines->capacity) {
        unsigned capacity = lines->capacity * 2 + 16;
        struct span *grown = arena_alloc(&r->arena, capacity * sizeof *grown);
        if (lines->file_count)
            memcpy(grown, lines->files, lines->file_count * sizeof *grown);
        lines->files = grown;
        lines->capacity = capacity;
    }
    lines->files[lines->file_count] = name;
    unsigned number = lines->file_count++ + first_number(r);
    put(&r->out, "\t.file\t");
    put_number(&r->out, number);
    if (number == 0) {
        put(&r->out, " \"");
        put_escaped(&r->out, directory(r));
        put(&r->out, "\"");
    }
    put(&r->out, " \"");
    put_escaped(&r->out, name);
    put(&r->out, "\"\n");
    return number;
}

void lines_start(struct rewriter *r)
{
    if (!r->options->lines)
        return;
    r->lines = arena_alloc(&r->arena, sizeof *r->lines);
    *r->lines = (struct lines){0};
    file_number(r, root_file(r));
}

static void put_label(struct rewriter *r, const char *name)
{
    put(&r->out, name);
    put_number(&r->out, r->lines->runs);
    put(&r->out, ":\n");
}

void lines_instruction(struct rewriter *r, const struct statement *s)
{
    struct lines *lines = r->lines;
    if (!lines)
        return;
    if (!lines->open) {
        lines->runs++;
        put_label(r, ".Llfi_from");
        lines->open = true;
    }
    if (r->options->expanded)
        return;
    unsigned line =
        r->origin.marker_at ? r->origin.line + s->line - r->origin.marker_at - 1 : s->line;
    unsigned file = file_number(r, r->origin.marker_at ? r->origin.file : root_file(r));
    put(&r->out, "\t.loc\t");
    put_number(&r->out, file);
    put(&r->out, " ");
    put_number(&r->out, line);
    put(&r->out, "\n");
}

void lines_leave_section(struct rewriter *r)
{
    if (!r->lines || !r->lines->open)
        return;
    put_label(r, ".Llfi_to");
    r->lines->open = false;
}

/* The number that a `.file` or `.loc` begins with; false for `.file "name"`. */
static bool take_number(struct span *rest, int64_t *number)
{
    uint32_t digits = 0;
    *number = 0;
    while (digits < rest->size && rest->at[digits] >= '0' && rest->at[digits] <= '9')
        *number = *number * 10 + (rest->at[digits++] - '0');
    *rest = (struct span){rest->at + digits, rest->size - digits};
    return digits > 0;
}

static const char *find_sum(struct span arguments)
{
    static const char sum[] = " md5 0x";
    return memmem(arguments.at, arguments.size, sum, sizeof sum - 1);
}

void lines_note_file(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    int64_t number;
    if (!take_number(&rest, &number))
        return;
    if (find_sum(rest))
        r->file_with_sum = true;
    else
        r->file_without = true;
}

bool lines_directive(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    const char *sum = NULL;
    int64_t number;
    if (!take_number(&rest, &number))
        return false;
    /*
     * All or none: of some, LLVM's assembler drops them and warns. clang writes some, for libc++.
     */
    if (s->directive == DIRECTIVE_FILE && r->file_with_sum && r->file_without)
        sum = find_sum(rest);
    if (!r->lines && !sum)
        return false;
    if (sum)
        rest.size = (uint32_t)(sum - rest.at);
    put(&r->out, "\t");
    put_bytes(&r->out, s->at, s->name_size);
    put(&r->out, "\t");
    put_number(&r->out, number + (r->lines ? first_number(r) : 0));
    put_span(&r->out, rest);
    put(&r->out, "\n");
    return true;
}

static void write_ranges(struct rewriter *r, bool dwarf5)
{
    struct writer *w = &r->out;
    put(w, dwarf5 ? "\t.section\t.debug_rnglists,\"\",@progbits\n"
                    "\t.long\t.Llfi_ranges_end-.Llfi_ranges_begin\n"
                    ".Llfi_ranges_begin:\n"
                    "\t.short\t5\n\t.byte\t8, 0\n\t.long\t0\n"
                    ".Llfi_ranges:\n"
                  : "\t.section\t.debug_ranges,\"\",@progbits\n"
                    ".Llfi_ranges:\n");
    for (unsigned i = 1; i <= r->lines->runs; i++) {
        if (dwarf5)
            put(w, "\t.byte\t6\n"); /* DW_RLE_start_end */
        put(w, "\t.quad\t.Llfi_from");
        put_number(w, i);
        put(w, ", .Llfi_to");
        put_number(w, i);
        put(w, "\n");
    }
    put(w, dwarf5 ? "\t.byte\t0\n.Llfi_ranges_end:\n" : "\t.quad\t0, 0\n");
}

/* The unit: all that a debugger needs to look for the lines. */
void lines_finish(struct rewriter *r)
{
    struct writer *w = &r->out;
    if (!r->lines)
        return;
    lines_leave_section(r);
    if (r->lines->runs == 0)
        return;
    bool dwarf5 = r->options->lines->dwarf >= 5;
    put(w, "\t.section\t.debug_line,\"\",@progbits\n"
           ".Llfi_lines:\n"
           "\t.section\t.debug_abbrev,\"\",@progbits\n"
           ".Llfi_abbreviations:\n"
           "\t.byte\t1, 0x11, 0\n" /* DW_TAG_compile_unit, without children */
           "\t.byte\t0x10, 0x17\n" /* DW_AT_stmt_list, DW_FORM_sec_offset */
           "\t.byte\t0x11, 0x01\n" /* DW_AT_low_pc, DW_FORM_addr */
           "\t.byte\t0x55, 0x17\n" /* DW_AT_ranges, DW_FORM_sec_offset */
           "\t.byte\t0x03, 0x08\n" /* DW_AT_name, DW_FORM_string */
           "\t.byte\t0x1b, 0x08\n" /* DW_AT_comp_dir, DW_FORM_string */
           "\t.byte\t0x25, 0x08\n" /* DW_AT_producer, DW_FORM_string */
           "\t.byte\t0x13, 0x05\n" /* DW_AT_language, DW_FORM_data2 */
           "\t.byte\t0, 0, 0\n");
    write_ranges(r, dwarf5);
    put(w, "\t.section\t.debug_info,\"\",@progbits\n"
           "\t.long\t.Llfi_unit_end-.Llfi_unit\n"
           ".Llfi_unit:\n");
    put(w, dwarf5 ? "\t.short\t5\n\t.byte\t1, 8\n\t.long\t.Llfi_abbreviations\n"
                  : "\t.short\t4\n\t.long\t.Llfi_abbreviations\n\t.byte\t8\n");
    put(w, "\t.byte\t1\n\t.long\t.Llfi_lines\n\t.quad\t0\n\t.long\t.Llfi_ranges\n\t.asciz\t\"");
    put_escaped(w, root_file(r));
    put(w, "\"\n\t.asciz\t\"");
    put_escaped(w, directory(r));
    put(w, "\"\n\t.asciz\t\"lfi-rewriter\"\n"
           "\t.short\t0x8001\n" /* DW_LANG_Mips_Assembler: any assembler */
           ".Llfi_unit_end:\n");
}
