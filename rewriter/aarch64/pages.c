// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * `adrp xN, s`, `ldr xM, [xN, :lo12:s]`: where nothing but such accesses needs xN, x28 becomes the
 * page instead, and the access needs no guard.
 */
#include "aarch64.h"

#define MAX_STEPS 256 /* of a search */

/* Where a function call or return leaves no page in it that anyone could want. */
static bool lost_in_calls(unsigned reg)
{
    return reg >= 8 && reg <= 18;
}

/* Does this statement only access memory at [reg, :lo12:s]? */
static bool accesses_page(const struct aarch64_insn *in, unsigned reg)
{
    const struct address *address = &in->address;
    if (address->mode != ADDRESS_OFFSET || address->kind != OFFSET_TEXT || address->base != reg ||
        (!span_starts(address->text, ":lo12:") && !span_starts(address->text, ":got_lo12:")))
        return false;
    for (unsigned i = 0; i < in->count; i++) /* a store of the register itself */
        if (is_general(&in->operands[i]) && in->operands[i].reg == reg &&
            in->info->access != ACCESS_R)
            return false;
    return true;
}

static bool is_own_subroutine(const struct symbol *target)
{
    return !target || (target->statement != NO_STATEMENT && !target->function) ||
           span_starts(target->name, "OUTLINED_FUNCTION");
}

/*
 * Follows what may happen to the register from `index` on; *accesses counts those of the page that
 * would need a guard.
 */
static bool only_accesses(struct rewriter *r, uint32_t index, unsigned reg, bool same_block,
                          unsigned *steps, unsigned *accesses)
{
    for (uint32_t i = index; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (++*steps > MAX_STEPS)
            return false;
        if (s->kind == STATEMENT_LABEL && (s->symbol->branched || !is_local_label(r, s->symbol)))
            same_block = false; /* others come here: the address of a label is a branch, too */
        if (r->guards->choices[i] & CHOICE_NAMED)
            return false;
        if (is_gap(s))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct aarch64_insn *in = s->insn;
        if (in->flow.reads & BIT(reg)) {
            if (!same_block || !accesses_page(in, reg))
                return false;
            *accesses += is_confined(r, in);
        }
        if (in->flow.writes & BIT(reg))
            return true;
        switch ((enum class)in->info->class) {
        case CLASS_BRANCH:
            if (is_local_label(r, in->flow.target))
                return only_accesses(r, in->flow.target->statement, reg, false, steps, accesses);
            return lost_in_calls(reg) && !is_own_subroutine(in->flow.target);
        case CLASS_CONDITIONAL:
        case CLASS_COMPARE_BRANCH:
        case CLASS_TEST_BRANCH:
            if (!is_local_label(r, in->flow.target) ||
                !only_accesses(r, in->flow.target->statement, reg, false, steps, accesses))
                return false;
            break;
        case CLASS_CALL:
            if (is_own_subroutine(in->flow.target))
                return false;
            if (lost_in_calls(reg))
                return true;
            if (reg < 8)
                return false;
            break;
        case CLASS_CALL_REG:
        case CLASS_AUTH_CALL:
            if (lost_in_calls(reg))
                return true;
            if (reg < 8)
                return false;
            break;
        case CLASS_RETURN:
        case CLASS_AUTH_RETURN:
            return lost_in_calls(reg);
        case CLASS_JUMP_REG:
        case CLASS_AUTH_JUMP:
        case CLASS_INST:
            return false;
        case CLASS_TRAP:
            return true;
        default:
            break;
        }
    }
    return false;
}

void find_pages(struct rewriter *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        unsigned steps = 0, accesses = 0;
        if (!in || in->info->class != CLASS_ADRP || in->count != 2 || !is_general(&in->operands[0]))
            continue;
        unsigned reg = in->operands[0].reg;
        if (only_accesses(r, i + 1, reg, true, &steps, &accesses) && accesses > 0)
            r->guards->choices[i] |= CHOICE_PAGED;
    }
}
