// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Sends each instruction to the file that knows its form. */
#include "aarch64.h"

#include <stdlib.h>

/* `hint #25` is paciasp, `hint #34` is `bti c`. */
static void rewrite_hint(struct rewriter *r, uint32_t index, uint32_t *writes)
{
    const uint64_t write_link = UINT64_C(0xff000080), write_17 = 0x5500;
    const uint64_t write_nothing = UINT64_C(0x550010007f);
    const struct statement *s = &r->statements[index];
    const struct insn *in = s->insn;
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
        state_forget(a64(r));
}

static void rewrite_adrp(struct rewriter *r, uint32_t index)
{
    struct aarch64 *a = a64(r);
    const struct statement *s = &r->statements[index];
    const struct insn *in = s->insn;
    if (!(a->choices[index] & CHOICE_PAGED)) {
        put_original(r, s);
        state_insn(a, in);
        return;
    }
    unsigned reg = in->operands[0].reg;
    state_insn(a, in);
    a->local.paged |= BIT(reg);
    a->local.page[reg] = index;
}

static void rewrite_plain(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if ((s->insn->writes & BIT(SP)) && confines_stack(r)) {
        rewrite_sp_write(r, index);
    } else {
        put_original(r, s);
        state_insn(a64(r), s->insn);
    }
}

void aarch64_visit(struct rewriter *r, uint32_t index)
{
    const struct insn *in = r->statements[index].insn;
    uint32_t writes = in->writes;
    flow_enter(r, index);
    if (rewrite_thread(r, index)) {
        ;
    } else if (is_branch(in) || in->info->class == CLASS_TRAP) {
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
            state_forget(a64(r));
            break;
        default:
            rewrite_plain(r, index);
        }
    }
    if ((writes & BIT(LINK)) && !is_branch(in))
        note_link_write(r, index);
    if (a64(r)->guards[index])
        guard(r, a64(r)->guards[index] - 1u);
}

static void start(struct rewriter *r)
{
    struct aarch64 *a = arena_alloc(&r->arena, sizeof *a);
    memset(a, 0, sizeof *a);
    r->arch_state = a;
}

static void finish(struct rewriter *r)
{
    struct aarch64 *a = a64(r);
    free(a->sizes);
    free(a->guards);
    free(a->choices);
    free(a->labels);
}

const struct arch lfi_rewrite_aarch64 = {
    .name = "aarch64",
    .start = start,
    .finish = finish,
    .parse = aarch64_parse,
    .is_end = aarch64_is_end,
    .prepare = aarch64_prepare,
    .rewrite = aarch64_visit,
    .encoded = aarch64_encoded,
    .rewrite_data = aarch64_rewrite_data,
    .note_cfi = aarch64_note_cfi,
};
