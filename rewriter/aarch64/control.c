// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Branches, calls, returns and runtime calls; and x30, whose guard waits for the next of them. */
#include "aarch64.h"

#include <stdio.h>
#include <strings.h>

void close_link(struct rewriter *r)
{
    if (a64(r)->link_open)
        put_op(r, "add\tx30, x27, w30, uxtw");
    a64(r)->link_open = false;
}

/* The next branch in this run of code; NULL if it ends before. */
static const struct aarch64_insn *next_branch(const struct rewriter *r, uint32_t index)
{
    for (uint32_t i = index + 1; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (is_gap(s))
            return NULL;
        const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        if (in && (is_branch(&in->flow) || in->flow.kind == FLOW_TRAP))
            return in;
    }
    return NULL;
}

/* Can what the instruction leaves in x30 be an address of code? */
static bool may_be_link(const struct aarch64_insn *in)
{
    const struct operand *o = in->operands;
    if (in->info->class == CLASS_AUTH_LINK || in->info->class == CLASS_HINT)
        return true;
    if (in->info->class == CLASS_MODIFY)
        return !span_starts(in->mnemonic, "movk") && !span_starts(in->mnemonic, "bf");
    for (unsigned i = 0; i < in->count && i < 2; i++)
        if (o[i].kind == OPERAND_REG && o[i].reg == LINK && o[i].class == REG_W &&
            (in->info->writes >> i & 1))
            return false;
    if (in->info->access != ACCESS_NONE || in->info->class == CLASS_ADR ||
        in->info->class == CLASS_ADRP)
        return true;
    return span_is(in->mnemonic, "mov") || span_is(in->mnemonic, "add") ||
           span_is(in->mnemonic, "sub") || span_is(in->mnemonic, "csel");
}

static bool is_hint(const struct aarch64_insn *in, int64_t first, int64_t last)
{
    return in->info->class == CLASS_HINT && in->operands[0].literal &&
           in->operands[0].value >= first && in->operands[0].value <= last;
}

static bool signs_link(const struct aarch64_insn *in)
{
    return (in->info->class == CLASS_AUTH_LINK && (in->mnemonic.at[0] | 32) == 'p') ||
           is_hint(in, 24, 27);
}

static bool authenticates_link(const struct aarch64_insn *in)
{
    return (in->info->class == CLASS_AUTH_LINK && (in->mnemonic.at[0] | 32) == 'a') ||
           in->info->class == CLASS_AUTH_RETURN || is_hint(in, 28, 31);
}

/* Is x30 computed with, or authenticated, after the next branch? */
static bool is_used_as_data(const struct rewriter *r, uint32_t index)
{
    bool after = false, is_signed = signs_link(r->statements[index].insn);
    for (uint32_t i = index + 1; i < r->count && i < index + 500; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_DIRECTIVE && is_section_directive(s))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct aarch64_insn *in = s->insn;
        if (after && (in->flow.reads & BIT(LINK)) && in->info->access == ACCESS_NONE &&
            !is_branch(&in->flow) && (!may_be_link(in) || !(in->flow.writes & BIT(LINK))) &&
            !span_is(in->mnemonic, "mov") && in->info->class != CLASS_AUTH_LINK &&
            in->info->class != CLASS_MODIFY)
            return true;
        if (after && is_signed && authenticates_link(in))
            return true;
        if ((in->flow.writes & BIT(LINK)) || in->info->class == CLASS_CALL ||
            in->info->class == CLASS_CALL_REG || is_flow_end(&in->flow))
            return false;
        after |= is_branch(&in->flow);
    }
    return false;
}

/* The instruction wrote x30. */
void note_link_write(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *branch = next_branch(r, index);
    a64(r)->link_open = true;
    if (!branch) {
        close_link(r);
    } else if (branch->info->class != CLASS_CALL && branch->info->class != CLASS_TRAP &&
               (branch->info->class != CLASS_CALL_REG || (branch->flow.reads & BIT(LINK))) &&
               (!may_be_link(s->insn) || is_used_as_data(r, index))) {
        for (uint32_t i = index + 1; i < r->count; i++) { /* overwritten before the branch? */
            const struct statement *next = &r->statements[i];
            const struct aarch64_insn *in = next->kind == STATEMENT_INSN ? next->insn : NULL;
            if (in == branch)
                break;
            if (in && (in->flow.writes & BIT(LINK)))
                return;
        }
        refuse(
            r, s, "%s",
            signs_link(s->insn)
                ? "the signed return address would stay in x30 across a branch: sign it only "
                  "where it is saved (pac-ret, not pac-ret+leaf)"
                : "x30 holds data across a branch, but in a box it can only hold return addresses "
                  "there: use another register");
    }
}

static void runtime_call(struct rewriter *r, unsigned slot)
{
    struct guards *g = r->guards;
    bool in_link =
        a64(r)->frame.known && !a64(r)->frame.link_saved; /* where the return address is */
    put_op(r, "mov\tx26, x30");
    if (in_link)
        put_text(r, "\t.cfi_register\tw30, w26\n");
    put_op(r, "ldur\tx30, [x27, #%d]", LFI_SLOT_BELOW((int)slot));
    put_op(r, "blr\tx30");
    put_op(r, "add\tx30, x27, w26, uxtw");
    if (in_link)
        put_text(r, "\t.cfi_restore\tw30\n");
    a64(r)->link_open = false;
    g->known.sum.kind = SUM_NONE;
}

/* The displacement of direct branches is a label's: nothing else stays right. */
static bool check_target(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    if (in->count > 0 && (in->flow.target || span_is(in->operands[in->count - 1].text, ".")))
        return true;
    refuse(r, s, "distances change when code is rewritten: use a label");
    return false;
}

static const char *inverted_condition(struct span mnemonic)
{
    static const char *const pairs[][2] = {{"eq", "ne"}, {"cs", "cc"}, {"hs", "lo"}, {"mi", "pl"},
                                           {"vs", "vc"}, {"hi", "ls"}, {"ge", "lt"}, {"gt", "le"}};
    const char *condition = mnemonic.at + mnemonic.size - 2;
    for (unsigned i = 0; i < 8; i++)
        for (unsigned side = 0; side < 2; side++)
            if (strncasecmp(condition, pairs[i][side], 2) == 0)
                return pairs[i][!side];
    return NULL; /* al, nv: always */
}

/* The target is too far away: around a branch that reaches it. */
static void put_far_branch(struct rewriter *r, const struct aarch64_insn *in)
{
    unsigned number = a64(r)->label_number;
    const struct operand *o = in->operands;
    char label[32];
    if (!r->guards->dry)
        a64(r)->label_number++;
    const char *condition = inverted_condition(in->mnemonic);
    bool zero = (in->mnemonic.at[2] | 32) == 'z';
    if (in->info->class == CLASS_COMPARE_BRANCH)
        put_op(r, "cb%s\t%.*s, .Llfi_near%u", zero ? "nz" : "z", SPAN(o[0].text), number);
    else if (in->info->class == CLASS_TEST_BRANCH)
        put_op(r, "tb%s\t%.*s, #%.*s, .Llfi_near%u", zero ? "nz" : "z", SPAN(o[0].text),
               SPAN(o[1].text), number);
    else if (condition)
        put_op(r, "b.%s\t.Llfi_near%u", condition, number);
    put_op(r, "b\t%.*s", SPAN(o[in->count - 1].text));
    snprintf(label, sizeof label, ".Llfi_near%u:\n", number);
    put_text(r, label);
}

/* A direct branch, with the name that its target got. */
static void put_direct(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct operand *o = in->operands;
    if (!in->renamed)
        put_original(r, s);
    else if (in->count == 1)
        put_op(r, "%.*s\t%.*s", SPAN(in->mnemonic), SPAN(o[0].text));
    else if (in->count == 2)
        put_op(r, "%.*s\t%.*s, %.*s", SPAN(in->mnemonic), SPAN(o[0].text), SPAN(o[1].text));
    else
        put_op(r, "%.*s\t%.*s, #%.*s, %.*s", SPAN(in->mnemonic), SPAN(o[0].text), SPAN(o[1].text),
               SPAN(o[2].text));
}

static void rewrite_direct(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct aarch64_insn *in = r->statements[index].insn;
    if (!check_target(r, index))
        return;
    if (in->info->class == CLASS_CALL) {
        a64(r)->link_open = false; /* x30 is written */
        put_direct(r, index);
        bool own = !in->flow.target || (in->flow.target->statement != NO_STATEMENT &&
                                        !in->flow.target->function && !in->flow.target->global);
        known_call(g, !own && !span_starts(in->flow.target->name, "OUTLINED_FUNCTION"));
        return;
    }
    close_link(r);
    if (in->info->class != CLASS_BRANCH && (g->choices[index] & CHOICE_FAR))
        put_far_branch(r, in);
    else
        put_direct(r, index);
    flow_branch(r, &in->flow);
}

/* Through x28, or x30 as it is. */
static void rewrite_indirect(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    unsigned reg = in->count ? in->operands[0].reg : LINK;
    bool call = in->info->class == CLASS_CALL_REG;
    if (reg == LINK || !call)
        close_link(r);
    if (reg == LINK) {
        put_original(r, s);
    } else {
        guard(r, reg);
        put_op(r, "%.*s\tx28", SPAN(in->mnemonic));
    }
    a64(r)->link_open = false;
    if (call)
        known_call(g, true);
}

/* braa, blraa, …: the register keeps its signed value. */
static void rewrite_authenticated(struct rewriter *r, uint32_t index)
{
    const struct aarch64_insn *in = r->statements[index].insn;
    bool call = in->info->class == CLASS_AUTH_CALL;
    bool zero = in->count == 1;
    char key = in->mnemonic.at[call ? 4 : 3];
    if (!call)
        close_link(r);
    put_op(r, "mov\tx26, x%u", in->operands[0].reg);
    if (zero)
        put_op(r, "autiz%c\tx26", key);
    else
        put_op(r, "auti%c\tx26, %.*s", key, SPAN(in->operands[1].text));
    put_op(r, "add\tx28, x27, w26, uxtw");
    put_op(r, "%s\tx28", call ? "blr" : "br");
    a64(r)->link_open = false;
    known_call(r->guards, call);
}

void rewrite_control(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    switch ((enum class)in->info->class) {
    case CLASS_JUMP_REG:
    case CLASS_CALL_REG:
    case CLASS_RETURN:
        rewrite_indirect(r, index);
        break;
    case CLASS_AUTH_JUMP:
    case CLASS_AUTH_CALL:
        rewrite_authenticated(r, index);
        break;
    case CLASS_AUTH_RETURN:
        put_op(r, "auti%csp", in->mnemonic.at[in->mnemonic.size - 1]);
        a64(r)->link_open = true;
        close_link(r);
        put_op(r, "ret");
        break;
    case CLASS_SYSCALL:
        runtime_call(r, LFI_SLOT_SYSCALL);
        break;
    case CLASS_TRAP:
        close_link(r); /* the verifier takes execution to run on here, into whatever code follows */
        put_original(r, s);
        break;
    default:
        rewrite_direct(r, index);
    }
    if (is_flow_end(&in->flow))
        g->live = false;
}
