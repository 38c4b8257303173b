// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Pass 2: writes the statements; instructions and data among them through the architecture. */
#include "rewrite.h"

#include <stdio.h>
#include <stdlib.h>

static const struct arch *const arches[] = {&lfi_rewrite_x86_64, &lfi_rewrite_aarch64};

static const struct arch *find_arch(const char *name)
{
    for (size_t i = 0; name && i < sizeof arches / sizeof arches[0]; i++)
        if (strcmp(arches[i]->name, name) == 0)
            return arches[i];
    return NULL;
}

bool lfi_rewrite_knows_arch(const char *arch)
{
    return find_arch(arch) != NULL;
}

int lfi_rewrite_mode(const char *name)
{
    return strcmp(name, "full") == 0     ? LFI_MODE_FULL
           : strcmp(name, "stores") == 0 ? LFI_MODE_STORES
           : strcmp(name, "jumps") == 0  ? LFI_MODE_JUMPS
                                         : -1;
}

static void write_unchanged(struct rewriter *r, const struct statement *s)
{
    put_bytes(&r->out, "\t", 1);
    put_bytes(&r->out, s->at, s->size);
    put_bytes(&r->out, "\n", 1);
}

void set_apart(struct rewriter *r)
{
    if (!r->apart && r->arch->bundle_shift)
        put(&r->out, "\t.p2align\t0\n");
    r->apart = true;
    r->frame_moved = false;
}

static void align_bundle(struct rewriter *r)
{
    if (r->aligned || !r->arch->bundle_shift)
        return;
    put(&r->out, "\t.p2align\t");
    put_number(&r->out, r->arch->bundle_shift);
    put(&r->out, "\n");
    r->aligned = true;
    r->apart = true;
    r->frame_moved = false;
}

/* Labels at one place stay at one place: they are aligned if any of them must be. */
static bool place_needs_bundle(const struct rewriter *r, uint32_t index)
{
    for (uint32_t i = index; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && label_needs_bundle(r, s->symbol))
            return true;
        if (s->kind != STATEMENT_LABEL &&
            !(s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_LOC))
            return false;
    }
    return false;
}

static void write_label(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (s->in_code && place_needs_bundle(r, index))
        align_bundle(r);
    else if (s->in_code)
        set_apart(r);
    put_bytes(&r->out, s->at, s->size);
    put(&r->out, ":\n");
}

/*
 * Padding in code is the assembler's best nops, whatever value was asked for. It must not cross a
 * bundle boundary, so alignment beyond a bundle is reached in one step of a bundle, or with
 * one-byte nops.
 */
static void write_alignment(struct rewriter *r, const struct statement *s)
{
    struct span name = {s->at, s->name_size}, rest = statement_arguments(s), first, skip = {0};
    int64_t value;
    if (!next_argument(&rest, &first) || !literal_value(first, &value) || value < 0) {
        write_unchanged(r, s);
        r->aligned = false;
        return;
    }
    unsigned shift = (unsigned)value;
    if (!span_starts(name, ".p2align") && (r->arch->alignment_in_bytes || !span_is(name, ".align")))
        for (shift = 0; shift < 31 && (1ll << shift) < value; shift++)
            ;
    if (next_argument(&rest, &first)) /* the value to fill with */
        next_argument(&rest, &skip);
    unsigned bundle = r->arch->bundle_shift;
    if (bundle && shift == bundle - 1 && !skip.size) {
        /* loops: the start of a bundle where one nop reaches it, else nothing; 1.0 % of code size
         */
        put(&r->out, "\t.p2align\t");
        put_number(&r->out, bundle);
        put(&r->out, ", , 10\n");
        return;
    }
    if (shift > bundle)
        align_bundle(r);
    put(&r->out, "\t.p2align\t");
    put_number(&r->out, shift);
    if (bundle && shift > bundle + 1)
        put(&r->out, ", 0x90");
    else if (skip.size)
        put(&r->out, ", ");
    if (skip.size) {
        put(&r->out, ", ");
        put_span(&r->out, skip);
    }
    put(&r->out, "\n");
    r->aligned = r->aligned || (shift >= bundle && !skip.size);
}

unsigned parse_marker(const struct statement *s, struct span *file)
{
    const char *p = s->at + 1, *end = s->at + s->size;
    unsigned line = 0;
    while (p < end && (*p < '0' || *p > '9'))
        p++;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        line = line * 10 + (unsigned)(*p - '0');
    while (p < end && *p != '"')
        p++;
    const char *name = p < end ? ++p : p;
    while (p < end && *p != '"')
        p++;
    *file = (struct span){name, (uint32_t)(p - name)};
    return line;
}

/* `.loc file line …`; the names of files are not kept, a `.file` of one string is the fallback. */
static void note_loc(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    const char *p = rest.at, *end = p + rest.size;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    r->marker_at = 0;
    r->loc_line = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        r->loc_line = r->loc_line * 10 + (unsigned)(*p - '0');
}

static void note_file(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    if (rest.size >= 2 && *rest.at == '"' && rest.at[rest.size - 1] == '"')
        r->loc_file = (struct span){rest.at + 1, rest.size - 2};
}

void note_origin(struct rewriter *r, const struct statement *s)
{
    if (s->kind == STATEMENT_MARKER) {
        r->loc_line = parse_marker(s, &r->loc_file);
        r->marker_at = s->line;
    } else if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_LOC) {
        note_loc(r, s);
    } else if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_FILE) {
        note_file(r, s);
    }
}

static void write_directive(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    switch (s->directive) {
    case DIRECTIVE_SECTION:
    case DIRECTIVE_PUSH:
    case DIRECTIVE_POP:
    case DIRECTIVE_PREVIOUS:
        lines_leave_section(r);
        r->aligned = r->apart = false;
        break;
    case DIRECTIVE_ALIGN:
        if (s->in_code) {
            write_alignment(r, s);
            r->apart = true;
            r->frame_moved = false;
            return;
        }
        break;
    case DIRECTIVE_DATA:
    case DIRECTIVE_STRING:
    case DIRECTIVE_SPACE:
    case DIRECTIVE_NOPS:
    case DIRECTIVE_INST:
        if (s->in_code) {
            bool done = r->arch->rewrite_data(r, index);
            r->aligned = r->apart = false;
            if (done)
                return;
        }
        break;
    case DIRECTIVE_CFI:
        r->frame_moved = !r->apart;
        if (r->arch->note_cfi)
            r->arch->note_cfi(r, s);
        break;
    case DIRECTIVE_LOC:
        note_origin(r, s);
        if (r->lines && lines_directive(r, s))
            return;
        break;
    case DIRECTIVE_FILE:
        note_origin(r, s);
        if (lines_directive(r, s))
            return;
        break;
    case DIRECTIVE_DISABLE:
    case DIRECTIVE_ENABLE:
    case DIRECTIVE_DROPPED:
        return;
    default:
        break;
    }
    write_unchanged(r, s);
}

static void write_instruction(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (r->frame_moved)
        set_apart(r);
    lines_instruction(r, s);
    if (s->kind == STATEMENT_INSN)
        r->arch->rewrite(r, index);
    else
        write_unchanged(r, s);
    r->aligned = r->apart = false;
}

static void write_statements(struct rewriter *r)
{
    if (r->arch->bundle_shift) {
        put(&r->out, "\t.bundle_align_mode\t");
        put_number(&r->out, r->arch->bundle_shift);
        put(&r->out, "\n");
    }
    lines_start(r);
    for (uint32_t i = 0; i < r->count && !r->out.failed; i++) {
        const struct statement *s = &r->statements[i];
        if (s->moved)
            put(&r->out, s->moved == MOVED_CONSTANTS
                             ? "\t.pushsection\t.rodata.lfi,\"a\",@progbits\n"
                             : "\t.pushsection\t.data.rel.ro.lfi,\"aw\",@progbits\n");
        switch ((enum statement_kind)s->kind) {
        case STATEMENT_LABEL:
            write_label(r, i);
            break;
        case STATEMENT_DIRECTIVE:
            write_directive(r, i);
            break;
        case STATEMENT_ASSIGNMENT:
            write_unchanged(r, s);
            break;
        case STATEMENT_INSN:
        case STATEMENT_RAW:
            write_instruction(r, i);
            break;
        case STATEMENT_MARKER:
            note_origin(r, s);
            put_bytes(&r->out, s->at, s->size);
            put(&r->out, "\n");
            break;
        case STATEMENT_DROPPED:
            break;
        }
        if (s->last_moved)
            put(&r->out, "\t.popsection\n");
    }
    lines_finish(r);
}

static enum lfi_rewrite_status refuse(const struct lfi_rewrite_options *o, const char *text)
{
    struct lfi_rewrite_message message = {.file = o->name ? o->name : "<stdin>", .text = text};
    if (o->report)
        o->report(o->report_data, &message);
    return LFI_REWRITE_FAILED;
}

enum lfi_rewrite_status lfi_rewrite(const char *text, size_t size,
                                    const struct lfi_rewrite_options *options)
{
    struct rewriter r = {
        .options = options, .arch = find_arch(options->arch), .text = {text, (uint32_t)size}};
    if (!r.arch)
        return refuse(options, "this architecture is not known; x86_64 and aarch64 are");
    if (options->mode > LFI_MODE_JUMPS)
        return refuse(options, "this mode is not known; full, stores and jumps are");
    if (size >= UINT32_MAX / 2)
        return refuse(options, "the file is larger than 2 GiB");
    if (!writer_start(&r.out, options->sink, options->sink_data))
        return refuse(options, "out of memory");

    r.arch->start(&r);
    r.apart = true;
    r.hold = true;
    bool good = parse_file(&r);
    r.hold = false;
    if (!r.expand || options->expanded)
        report_held(&r);
    if (good) {
        move_data(&r);
        find_taken_labels(&r);
        if (r.arch->prepare)
            r.arch->prepare(&r);
        write_statements(&r);
        good = r.errors == 0;
    }
    writer_finish(&r.out);
    if (r.arch->finish)
        r.arch->finish(&r);
    good = good && !r.out.failed;
    free(r.statements);
    symbols_free(&r);
    arena_free(&r.arena);
    return good                             ? LFI_REWRITE_OK
           : r.expand && !options->expanded ? LFI_REWRITE_EXPAND
                                            : LFI_REWRITE_FAILED;
}
