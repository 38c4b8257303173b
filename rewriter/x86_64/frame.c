// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Call frame information for what the rewriter adds: where an instruction becomes several that move
 * %rsp, debuggers and profilers must be able to unwind between them. The input's own `.cfi_`
 * directives tell what the frame is computed from.
 */
#include "x86_64.h"

#define DW_CFA_EXPRESSION    0x10
#define DW_CFA_GNU_ARGS_SIZE 0x2e

static bool names_stack_pointer(struct span reg)
{
    return span_is(reg, "%rsp") || span_is(reg, "rsp") || span_is(reg, "7");
}

static bool number(struct span *rest, int64_t *value)
{
    struct span argument;
    return next_argument(rest, &argument) && literal_value(argument, value);
}

void x86_64_note_cfi(struct rewriter *r, const struct statement *s)
{
    struct x86_64 *x = x86(r);
    struct frame *frame = &x->frame;
    struct span name = {s->at, s->name_size}, rest = statement_arguments(s), argument;
    int64_t value;
    if (span_is(name, ".cfi_def_cfa_offset")) {
        frame->known &= number(&rest, &frame->offset);
    } else if (span_is(name, ".cfi_adjust_cfa_offset")) {
        frame->known &= number(&rest, &value);
        frame->offset += frame->known ? value : 0;
    } else if (span_is(name, ".cfi_def_cfa_register")) {
        frame->on_stack_pointer = names_stack_pointer(rest);
    } else if (span_is(name, ".cfi_def_cfa")) {
        next_argument(&rest, &argument);
        frame->on_stack_pointer = names_stack_pointer(argument);
        frame->known &= number(&rest, &frame->offset);
    } else if (span_is(name, ".cfi_remember_state")) {
        frame->known &= x->remembered_count < sizeof x->remembered / sizeof *x->remembered;
        if (frame->known)
            x->remembered[x->remembered_count++] = *frame;
    } else if (span_is(name, ".cfi_restore_state")) {
        frame->known &= x->remembered_count > 0;
        if (frame->known)
            *frame = x->remembered[--x->remembered_count];
    } else if (span_is(name, ".cfi_startproc")) {
        x->remembered_count = 0;
        *frame = (struct frame){.known = !rest.size, .on_stack_pointer = true, .offset = 8};
    } else if (span_is(name, ".cfi_escape")) {
        /* those that compilers write and that say nothing of the frame's address */
        frame->known &=
            number(&rest, &value) && (value == DW_CFA_GNU_ARGS_SIZE || value == DW_CFA_EXPRESSION);
    } else if (span_is(name, ".cfi_endproc")) {
        frame->known = false;
    }
}

static void put_offset(struct rewriter *r, int64_t offset)
{
    put(&r->out, "\t.cfi_def_cfa_offset\t");
    put_number(&r->out, offset);
    put(&r->out, "\n");
}

static bool moves_with_stack(struct rewriter *r)
{
    return x86(r)->frame.known && x86(r)->frame.on_stack_pointer;
}

void put_frame_step(struct rewriter *r, int64_t step)
{
    if (!moves_with_stack(r))
        return;
    put_offset(r, x86(r)->frame.offset - step);
    put_line(r, ".p2align\t0"); /* as set_apart() */
}

/* Is this `.cfi_` directive the next one, with nothing of code before it? */
static bool comes_next(const struct rewriter *r, uint32_t index, const char *directive)
{
    for (uint32_t i = index + 1; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_CFI)
            return span_starts((struct span){s->at, s->name_size}, directive);
        if (s->kind != STATEMENT_LABEL && s->kind != STATEMENT_MARKER &&
            !(s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_LOC))
            return false;
    }
    return false;
}

void put_frame_stepped(struct rewriter *r, uint32_t index)
{
    if (!moves_with_stack(r) || comes_next(r, index, ".cfi_def_cfa"))
        return;
    put_offset(r, x86(r)->frame.offset);
    r->frame_moved = true;
}

/*
 * After `popq %r11` the return address is in %r11, and for one instruction only its lower half is.
 * The upper half is that of any address of the box, such as the frame's own (on the stack of the
 * expression): frame ^ ((frame ^ r11) & 0xffffffff).
 */
void put_frame_popped(struct rewriter *r)
{
    if (!moves_with_stack(r))
        return;
    put_line(r, ".cfi_escape\t0x16, 16, 11, " /* DW_CFA_val_expression of the return address */
                "0x12, 0x7b, 0, 0x27, "       /* DW_OP_dup, DW_OP_breg11 0, DW_OP_xor */
                "0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27"); /* DW_OP_const4u, _and, _xor */
    put_frame_step(r, 8);
}

void put_frame_returned(struct rewriter *r, uint32_t index)
{
    if (!moves_with_stack(r) || comes_next(r, index, ".cfi_endproc"))
        return;
    put_offset(r, x86(r)->frame.offset);
    put_line(r, ".cfi_offset\t16, -8"); /* libunwind takes .cfi_restore for "as before the CIE" */
}
