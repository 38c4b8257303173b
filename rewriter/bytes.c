// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Instructions that people write as data, because some assembler did not know them, or to choose an
 * encoding: `.byte 0xf3,0xc3`, `.long 0x9066a4f3`, and prefixes before an instruction, `.byte
 * 0x67`. A run of such directives that execution comes to is assembled and disassembled
 * (options.decode), all runs of a file at once, and replaced by the instructions that it is. From
 * there on they are what any instruction is.
 *
 * A run may end with prefixes of the instruction that follows it. Where that one has no symbols, it
 * is disassembled together with them; else only prefixes that change nothing are possible.
 */
#include "context.h"

#include <stdio.h>
#include <stdlib.h>

#include "parser.h"
#include "passes.h"

#define MAX_RUN 4096 /* bytes; no one writes more code than that as data */

/* What the disassembler made of a piece of code. */
struct decoded {
    uint64_t start, size, done;
    struct line {
        struct span text;
        uint64_t at; /* its first byte's place in the piece */
    } * lines;
    unsigned count, capacity;
    bool bad;
};

struct run {
    uint32_t first, end; /* statements, the last excluded */
    uint32_t follower;   /* the instruction behind it; NO_STATEMENT if it has no prefixes */
    bool joined;         /* it is disassembled with them */
    uint8_t *bytes;
    uint32_t *statement_of;  /* each byte */
    unsigned size, prefixes; /* how many at the end may be prefixes of the follower */
    struct decoded whole, body, rest;
};

struct runs {
    struct run *at;
    unsigned count, capacity;
    char *text;
    size_t text_size;
};

/* The size of each value of a data directive; 0 if it is not one for code. */
static unsigned width_of(const struct statement *s)
{
    static const struct {
        const char *name;
        unsigned width;
    } widths[] = {{".byte", 1},  {".2byte", 2}, {".short", 2}, {".hword", 2},
                  {".value", 2}, {".word", 2},  {".4byte", 4}, {".long", 4},
                  {".int", 4},   {".8byte", 8}, {".quad", 8}};
    if (s->directive != DIRECTIVE_DATA)
        return 0;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (span_is(statement_name(s), widths[i].name))
            return widths[i].width;
    return 0;
}

/* Adds the values of a directive; false, and nothing changed, if it has others than numbers. */
static bool add_values(struct run *run, const struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    unsigned width = width_of(s), size = run->size;
    struct span rest = statement_arguments(s), argument;
    int64_t value;
    while (width && next_argument(&rest, &argument)) {
        if (size + width > MAX_RUN || !literal_value(argument, &value))
            return false;
        for (unsigned i = 0; i < width; i++) {
            run->statement_of[size] = index;
            run->bytes[size++] = (uint8_t)((uint64_t)value >> 8 * i);
        }
    }
    run->size = width ? size : run->size;
    return width != 0;
}

static bool is_transparent(const struct statement *s)
{
    return s->kind == STATEMENT_MARKER ||
           (s->kind == STATEMENT_DIRECTIVE &&
            (s->directive == DIRECTIVE_CFI || s->directive == DIRECTIVE_LOC));
}

/* The instruction that the code before `index` runs into, with no label between. */
static uint32_t next_instruction(const struct rewriter *r, uint32_t index)
{
    while (index < r->count && is_transparent(&r->statements[index]))
        index++;
    return index < r->count && r->statements[index].kind == STATEMENT_INSN ? index : NO_STATEMENT;
}

/* Collects the run at `index`; returns the statement after it. */
static uint32_t collect(struct rewriter *r, struct runs *runs, uint32_t index)
{
    uint8_t bytes[MAX_RUN];
    uint32_t statement_of[MAX_RUN];
    struct run run = {.first = index,
                      .end = index,
                      .follower = NO_STATEMENT,
                      .bytes = bytes,
                      .statement_of = statement_of};
    for (uint32_t i = index; i < r->count; i++) {
        if (is_data(&r->statements[i]) && add_values(&run, r, i))
            run.end = i + 1;
        else
            break;
    }
    if (run.size == 0)
        return index + 1;
    run.bytes = arena_alloc(&r->arena, run.size);
    memcpy(run.bytes, bytes, run.size);
    run.statement_of = arena_alloc(&r->arena, run.size * sizeof *statement_of);
    memcpy(run.statement_of, statement_of, run.size * sizeof *statement_of);
    while (run.prefixes < run.size &&
           r->arch->is_prefix_byte(run.bytes[run.size - 1 - run.prefixes]))
        run.prefixes++;
    if (run.prefixes)
        run.follower = next_instruction(r, run.end);
    run.joined =
        run.follower != NO_STATEMENT && !r->arch->names_symbol(r->statements[run.follower].insn);
    if (runs->count == runs->capacity) {
        unsigned capacity = runs->capacity ? runs->capacity * 2 : 16;
        struct run *grown = arena_alloc(&r->arena, capacity * sizeof *grown);
        if (runs->count)
            memcpy(grown, runs->at, runs->count * sizeof *grown);
        runs->at = grown;
        runs->capacity = capacity;
    }
    runs->at[runs->count++] = run;
    return run.end;
}

/* Does what comes after this statement stand at another place than what comes before? */
static bool ends_place(const struct statement *s)
{
    return !s->in_code || s->kind == STATEMENT_INSN || s->kind == STATEMENT_RAW ||
           (s->kind == STATEMENT_DIRECTIVE && is_section_directive(s));
}

/* All runs that execution may come to; one too many does no harm. */
static void find_runs(struct rewriter *r, struct runs *runs)
{
    bool fresh = true, reached = false;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (ends_place(s)) {
            fresh = true;
            continue;
        }
        reached = fresh ? s->reached : reached;
        fresh = false;
        reached |= is_entry(s);
        if (is_data(s) && (reached || data_is_code(r, i)))
            i = collect(r, runs, i) - 1;
    }
}

static void write_piece(FILE *out, char kind, unsigned number, const uint8_t *bytes, unsigned size,
                        const struct statement *follower)
{
    fprintf(out, "lfi_%c%u:\n", kind, number);
    for (unsigned i = 0; i < size; i++)
        fprintf(out, "\t.byte\t%u\n", bytes[i]);
    if (follower)
        fprintf(out, "\t%.*s\n", (int)follower->size, follower->at);
    /* what ends too early takes bytes of this, which are no instruction: its size is wrong */
    fprintf(out, "lfi_%c%u:\n\t.zero\t16, 6\n", kind - 'a' + 'A', number);
}

static bool write_pieces(struct rewriter *r, struct runs *runs)
{
    FILE *out = open_memstream(&runs->text, &runs->text_size);
    if (!out)
        return false;
    /* nothing below allocates from the arena, so that the stream is closed */
    fputs("\t.text\n", out);
    for (unsigned i = 0; i < runs->count; i++) {
        const struct run *run = &runs->at[i];
        unsigned body = run->size - run->prefixes;
        write_piece(out, 'w', i, run->bytes, run->size, NULL);
        if (run->follower != NO_STATEMENT && body)
            write_piece(out, 'b', i, run->bytes, body, NULL);
        if (run->joined)
            write_piece(out, 'r', i, run->bytes + body, run->prefixes,
                        &r->statements[run->follower]);
    }
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

static struct decoded *piece(struct runs *runs, char kind, unsigned number)
{
    if (number >= runs->count)
        return NULL;
    struct run *run = &runs->at[number];
    return kind == 'w' ? &run->whole : kind == 'b' ? &run->body : kind == 'r' ? &run->rest : NULL;
}

static void add_line(struct rewriter *r, struct decoded *piece, struct span line, uint64_t at)
{
    if (piece->count == piece->capacity) {
        unsigned capacity = piece->capacity ? piece->capacity * 2 : 4;
        struct line *grown = arena_alloc(&r->arena, capacity * sizeof *grown);
        if (piece->count)
            memcpy(grown, piece->lines, piece->count * sizeof *grown);
        piece->lines = grown;
        piece->capacity = capacity;
    }
    char *copy = arena_alloc(&r->arena, line.size + (size_t)1);
    memcpy(copy, line.at, line.size);
    piece->lines[piece->count++] = (struct line){{copy, line.size}, at};
}

/* `  1a: f3 c3   <tab>rep  retq  # comment` or `... jmp 0x12 <symbol>` */
static void read_instruction(struct rewriter *r, struct decoded *piece, struct span line)
{
    const char *colon = memchr(line.at, ':', line.size);
    const char *tab = memchr(line.at, '\t', line.size);
    if (!colon || !tab || tab < colon)
        return;
    uint64_t at = piece->done;
    for (const char *p = colon + 1; p < tab; p++)
        piece->done += *p != ' ' && (p + 1 == tab || p[1] == ' ');
    struct span text = {tab, (uint32_t)(line.at + line.size - tab)};
    for (uint32_t i = 0; i < text.size; i++)
        if (text.at[i] == '#' || text.at[i] == '<')
            text.size = i;
    text = span_trim(text);
    piece->bad |= text.size == 0;
    add_line(r, piece, text, at);
}

/* What `llvm-objdump -d` printed. */
static void read_pieces(struct rewriter *r, struct runs *runs, const char *out, size_t size)
{
    struct decoded *current = NULL, *last = NULL;
    for (const char *p = out, *end = out + size; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        struct span line = {p, (uint32_t)((newline ? newline : end) - p)};
        char kind, buffer[64] = "";
        unsigned long long address;
        unsigned number;
        memcpy(buffer, p, line.size < sizeof buffer ? line.size : sizeof buffer - 1);
        if (sscanf(buffer, "%llx <lfi_%c%u>", &address, &kind, &number) == 3) {
            if (last)
                last->size = address - last->start;
            last = current = piece(runs, kind, number);
            if (current)
                current->start = address;
        } else if (current) {
            read_instruction(r, current, line);
        }
        p += line.size + 1;
    }
}

static bool is_complete(const struct decoded *piece)
{
    return piece->count && !piece->bad && piece->done == piece->size;
}

static bool append(struct rewriter *r, struct statement s)
{
    struct statement *added = add_statement(r);
    if (added)
        *added = s;
    return added != NULL;
}

/*
 * The instructions of a piece that begins with byte `from` of the run; the last one in *last. A
 * line that is only a prefix, as `lock` is, belongs to the next.
 */
static bool put_instructions(struct rewriter *r, const struct statement *old, const struct run *run,
                             const struct decoded *piece, unsigned from, const void **last)
{
    struct span text = {0};
    for (unsigned i = 0; i < piece->count; i++) {
        const struct line *line = &piece->lines[i];
        bool prefix_only = false;
        uint64_t at = from + line->at;
        struct statement s = old[at < run->size                  ? run->statement_of[at]
                                 : run->follower != NO_STATEMENT ? run->follower
                                                                 : run->end - 1];
        if (text.size) {
            char *both = arena_alloc(&r->arena, text.size + 1 + (size_t)line->text.size);
            memcpy(both, text.at, text.size);
            both[text.size] = ' ';
            memcpy(both + text.size + 1, line->text.at, line->text.size);
            text = (struct span){both, text.size + 1 + line->text.size};
        } else {
            text = line->text;
        }
        s.kind = STATEMENT_INSN;
        s.at = text.at;
        s.size = text.size;
        *last = s.insn = r->arch->parse(r, &s, text, &prefix_only);
        if (prefix_only && i + 1 == piece->count)
            report_error(r, &s, s.where, "this prefix stands before no instruction");
        if (s.insn && !append(r, s))
            return false;
        if (!prefix_only)
            text.size = 0;
    }
    return true;
}

/* Writes what the run is; sets *next to the first statement after all that it replaces. */
static bool replace(struct rewriter *r, const struct statement *old, const struct run *run,
                    uint32_t *next, const void **last)
{
    const struct statement *s = &old[run->first];
    unsigned size = run->size - run->prefixes;
    bool body = size == 0 || is_complete(&run->body);
    *next = run->end;
    if (run->follower != NO_STATEMENT && body) {
        if (run->joined && is_complete(&run->rest)) {
            *next = run->follower + 1;
            bool good = put_instructions(r, old, run, &run->body, 0, last);
            for (uint32_t i = run->end; good && i < run->follower; i++)
                good = append(r, old[i]);
            return good && put_instructions(r, old, run, &run->rest, size, last);
        }
        const uint8_t *prefixes = run->bytes + size;
        if (r->arch->prefixes_are_idle(old[run->follower].insn, prefixes, run->prefixes))
            return put_instructions(r, old, run, &run->body, 0, last);
        report_error(r, &old[run->end - 1], NULL,
                     "prefixes as bytes, and an instruction with a symbol: write them as words "
                     "before it (lock, rep)");
        return true;
    }
    if (is_complete(&run->whole))
        return put_instructions(r, old, run, &run->whole, 0, last);
    report_error(r, s, NULL,
                 "these bytes are no instruction (data in a section of code does not verify: move "
                 "it to .rodata)");
    return true;
}

/* Makes r->statements anew, with instructions where there were runs that execution comes to. */
static bool rebuild(struct rewriter *r, const struct runs *runs)
{
    struct statement *old = r->statements;
    uint32_t count = r->count;
    unsigned number = 0;
    bool fresh = true, reached = false, labelled = false, known = false, good = true;
    /*
     * What these look at is in the old array until then. At a label that only its address is known
     * of, what looks like a table is none of ours, even if execution seems to come to it.
     */
    bool *code = arena_alloc(&r->arena, runs->count), *table = arena_alloc(&r->arena, runs->count);
    for (unsigned i = 0; i < runs->count; i++) {
        code[i] = data_is_code(r, runs->at[i].first);
        table[i] = is_surely_data(&r->statements[runs->at[i].first]);
    }
    r->owned[OWNED_STATEMENTS] = old;
    r->statements = NULL;
    r->count = r->capacity = 0;
    for (uint32_t i = 0; i < count && good; i++) {
        struct statement s = old[i];
        const void *last = NULL;
        bool stop = ends_place(&s);
        if (fresh && !stop) {
            reached = s.reached;
            labelled = known = false;
        }
        fresh = stop;
        labelled |= s.kind == STATEMENT_LABEL && !is_entry(&s);
        known = !is_entry(&s) && (known || (s.kind == STATEMENT_LABEL && s.symbol->taken));
        reached |= is_entry(&s);
        while (number < runs->count && runs->at[number].first < i)
            number++;
        if (number < runs->count && runs->at[number].first == i &&
            ((reached && !(labelled && table[number])) || (labelled && code[number]))) {
            uint32_t next = runs->at[number].end;
            if (known && !code[number])
                report_error(r, &s, NULL,
                             "code or data? Execution may come here, and the label's address is "
                             "used: if it is data, put it into .rodata, or ud2 before it");
            else
                good = replace(r, old, &runs->at[number], &next, &last);
            reached = !last || !r->arch->is_end(last);
            i = next - 1;
            if (next < count)
                old[next].reached = reached;
            fresh = true;
            continue;
        }
        if (s.kind == STATEMENT_LABEL && s.symbol->statement == i)
            s.symbol->statement = r->count;
        good = append(r, s);
    }
    return good;
}

void decode_bytes(struct rewriter *r)
{
    struct runs runs = {0};
    char *out = NULL;
    size_t size = 0;
    if (!r->data_in_code || !r->arch->is_prefix_byte)
        return;
    find_runs(r, &runs);
    if (runs.count == 0)
        return;
    bool good = write_pieces(r, &runs);
    r->owned[OWNED_BYTES] = runs.text;
    if (!good)
        longjmp(*r->arena.out_of_memory, 1);
    if (!r->options->decode ||
        !r->options->decode(r->options->decode_data, runs.text, runs.text_size, &out, &size)) {
        report_error(r, &r->statements[runs.at[0].first], NULL,
                     "instructions as bytes need a disassembler, and there is none");
        return;
    }
    r->owned[OWNED_DECODED] = out;
    read_pieces(r, &runs, out, size);
    if (!rebuild(r, &runs))
        longjmp(*r->arena.out_of_memory, 1);
}
