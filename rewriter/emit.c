// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The last pass: writes the statements; instructions and data among them through the architecture.
 */
#include "context.h"

#include "lines.h"
#include "parser.h"
#include "passes.h"

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
    if (s->symbol->placed) {
        put(&r->out, ".Llfi_table");
        put_number(&r->out, index);
    } else {
        put_bytes(&r->out, s->at, s->size);
    }
    put(&r->out, ":\n");
}

/*
 * Code is padded with the assembler's best nops, whatever fill value was asked for. A nop must not
 * cross a bundle boundary, so alignment beyond a bundle is reached in one step of a bundle, or with
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
    bool in_bytes =
        !span_starts(name, ".p2align") && (r->arch->alignment_in_bytes || !span_is(name, ".align"));
    /* As other assemblers: configure scripts ask by `.align 3` in what it counts. */
    if (in_bytes ? (value & (value - 1)) != 0 || value > 1ll << 31 : value > 31) {
        report_error(r, s, first.at, "the alignment must be a power of 2 that is at most 2^31");
        return;
    }
    unsigned shift = in_bytes ? 0 : (unsigned)value;
    while (in_bytes && (1ll << shift) < value)
        shift++;
    if (next_argument(&rest, &first)) /* the value to fill with */
        next_argument(&rest, &skip);
    unsigned bundle = r->arch->bundle_shift;
    if (bundle && shift == bundle - 1 && !skip.size) {
        /*
         * loops: the start of a bundle where one nop reaches it, else nothing; 1.0 % of code size
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

static void write_directive(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    switch (s->directive) {
    case DIRECTIVE_SECTION:
    case DIRECTIVE_PUSH:
    case DIRECTIVE_POP:
    case DIRECTIVE_PREVIOUS:
    case DIRECTIVE_SUBSECTION:
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

/* Labels that stay where moved data stood, which begins with this statement. */
static void write_places(struct rewriter *r, uint32_t first)
{
    for (uint32_t i = first;; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->symbol->placed) {
            put_bytes(&r->out, s->at, s->size);
            put(&r->out, ":\n");
            if (*s->at >= '0' && *s->at <= '9') { /* has a name of its own, too */
                put(&r->out, ".Llfi_place");
                put_number(&r->out, i);
                put(&r->out, ":\n");
            }
        }
        if (s->last_moved)
            break;
    }
}

void emit_statements(struct rewriter *r)
{
    if (r->arch->bundle_shift) {
        put(&r->out, "\t.bundle_align_mode\t");
        put_number(&r->out, r->arch->bundle_shift);
        put(&r->out, "\n");
    }
    lines_start(r);
    const bool watched = r->options->watch != NULL;
    for (uint32_t i = 0; i < r->count && !r->out.failed; i++) {
        const struct statement *s = &r->statements[i];
        size_t start = watched ? writer_offset(&r->out) : 0;
        if (s->moved) {
            write_places(r, i);
            put(&r->out, s->moved == MOVED_CONSTANTS
                             ? "\t.pushsection\t.rodata.lfi,\"a\",@progbits\n"
                             : "\t.pushsection\t.data.rel.ro.lfi,\"aw\",@progbits\n");
        }
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
        if (watched)
            watch_statement(r, i, start);
    }
    lines_finish(r);
}
