// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where the return address is, by the input's own `.cfi_` directives: a runtime call takes it away
 * from x30 for a while. What else is added moves no frame: sp is written by one instruction.
 */
#include "aarch64.h"

static bool names_link(struct span reg)
{
    return span_is(reg, "w30") || span_is(reg, "x30") || span_is(reg, "lr") || span_is(reg, "30");
}

void aarch64_note_cfi(struct rewriter *r, const struct statement *s)
{
    struct aarch64 *a = a64(r);
    struct frame *frame = &a->frame;
    struct span name = {s->at, s->name_size}, rest = statement_arguments(s), first = {0};
    next_argument(&rest, &first);
    if (span_is(name, ".cfi_startproc")) {
        *frame = (struct frame){.known = true};
        a->remembered_count = 0;
    } else if (span_is(name, ".cfi_endproc")) {
        frame->known = false;
    } else if (span_is(name, ".cfi_restore") || span_is(name, ".cfi_same_value")) {
        frame->link_saved &= !names_link(first);
    } else if (span_is(name, ".cfi_remember_state")) {
        if (a->remembered_count < sizeof a->remembered / sizeof *a->remembered)
            a->remembered[a->remembered_count++] = *frame;
        else
            frame->known = false;
    } else if (span_is(name, ".cfi_restore_state")) {
        if (a->remembered_count > 0)
            *frame = a->remembered[--a->remembered_count];
        else
            frame->known = false;
    } else if (names_link(first)) { /* .cfi_offset, .cfi_register, … */
        frame->link_saved = true;
    }
}
