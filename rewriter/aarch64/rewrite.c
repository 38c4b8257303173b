// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Passes each instruction to the file that knows its form. */
#include "aarch64.h"

#include <stdlib.h>

/* `hint #25` is paciasp, `hint #34` is `bti c`. */
static void rewrite_hint(struct rewriter *r, uint32_t index, uint32_t *writes)
{
    const uint64_t write_link = UINT64_C(0xff000080), write_17 = 0x5500;
    const uint64_t write_nothing = UINT64_C(0x550010007f);
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    int64_t number = in->count == 1 && in->operands[0].literal ? in->operands[0].value : 63;
    uint64_t bit = number >= 0 && number < 64 ? UINT64_C(1) << number : 0;
    if (!(bit & (write_link | write_17 | write_nothing))) {
        refuse(r, s, "this hint is not supported");
        return;
    }
    put_original(r, s);
    if (bit & write_link)
        *writes |= BIT(LINK);
    if (!(bit & write_nothing))
        known_forget(r->guards);
}

static void rewrite_adrp(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    if (!(g->choices[index] & CHOICE_PAGED)) {
        put_original(r, s);
        known_insn_done(g, &in->flow);
        return;
    }
    unsigned reg = in->operands[0].reg;
    known_insn_done(g, &in->flow);
    g->local.paged |= BIT(reg);
    g->local.page[reg] = index;
}

static void rewrite_plain(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    if (in->place) {
        rewrite_place(r, index);
    } else if ((in->flow.writes & BIT(SP)) && confines_stack(r)) {
        rewrite_sp_write(r, index);
    } else {
        put_original(r, s);
        known_insn_done(r->guards, &in->flow);
    }
}

static void visit(struct rewriter *r, uint32_t index)
{
    const struct aarch64_insn *in = r->statements[index].insn;
    uint32_t writes = in->flow.writes;
    flow_enter(r, index);
    if (rewrite_thread(r, index)) {
        ;
    } else if (is_branch(&in->flow) || in->info->class == CLASS_TRAP) {
        rewrite_control(r, index);
    } else if (has_address(in)) {
        rewrite_memory(r, index);
    } else {
        switch ((enum class)in->info->class) {
        case CLASS_CACHE:
            rewrite_cache(r, index);
            break;
        case CLASS_MRS:
        case CLASS_MSR:
            rewrite_system(r, index);
            break;
        case CLASS_ADR:
            rewrite_adr(r, index);
            break;
        case CLASS_ADRP:
            rewrite_adrp(r, index);
            break;
        case CLASS_HINT:
            rewrite_hint(r, index, &writes);
            break;
        case CLASS_INST: /* whatever it writes */
            put_original(r, &r->statements[index]);
            known_forget(r->guards);
            break;
        default:
            rewrite_plain(r, index);
        }
    }
    if (writes & BIT(SCRATCH))
        r->guards->known.sum.kind = SUM_NONE;
    if ((writes & BIT(LINK)) && !is_branch(&in->flow))
        note_link_write(r, index);
    if (r->guards->planned[index])
        guard(r, r->guards->planned[index] - 1u);
}

static void put_guard(struct rewriter *r, unsigned reg)
{
    put_op(r, "add\tx28, x27, w%u, uxtw", reg);
}

static void restart(struct rewriter *r)
{
    a64(r)->link_open = false;
}

static void rename_target(void *insn, struct span name)
{
    struct aarch64_insn *in = insn;
    in->operands[in->count - 1].text = name;
    in->renamed = true;
}

static const struct guard_rules rules = {
    .stack_pointer = SP,
    .frame_pointer = FRAME,
    .insn_size = 4,
    .kept = 0x3ff80000, /* x19 to x29 */
    .put_guard = put_guard,
    .visit = visit,
    .restart = restart,
    .rename_target = rename_target,
};

static void start(struct rewriter *r)
{
    r->arch_state = arena_zeroed(&r->arena, sizeof(struct aarch64));
    guards_start(r, &rules);
}

static void prepare(struct rewriter *r)
{
    guards_prepare(r);
    find_label_offsets(r);
    check_saved(r);
    find_tables(r);
    find_pages(r);
    find_loops(r);
    flow_solve(r);
    check_distances(r);
}

static bool is_end(const void *insn)
{
    return is_flow_end(insn);
}

/* All features: the rewriter has refused what a box cannot have. */
static const char *const assembler[] = {"-target-feature", "+all", NULL};

const struct arch lfi_rewrite_aarch64 = {
    .name = "aarch64",
    .assembler = assembler,
    .start = start,
    .parse = aarch64_parse,
    .prepare = prepare,
    .is_end = is_end,
    .rewrite = visit,
    .encoded = aarch64_encoded,
    .rewrite_data = aarch64_rewrite_data,
    .change = aarch64_change,
    .note_cfi = aarch64_note_cfi,
};
