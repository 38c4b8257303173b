// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What guards/ must know of an instruction: struct flow_insn. */
#include "aarch64.h"

static void note_registers(struct aarch64_insn *in)
{
    const struct insn_info *info = in->info;
    for (unsigned i = 0; i < in->count; i++) {
        const struct operand *o = &in->operands[i];
        bool written = i < 2 && (info->writes >> i & 1);
        if (!is_general(o))
            continue;
        if (written)
            in->flow.writes |= BIT(o->reg);
        if (!written || info->class == CLASS_MODIFY || info->access == ACCESS_RW)
            in->flow.reads |= BIT(o->reg);
    }
    if (info->class == CLASS_AUTH_LINK) {
        in->flow.reads |= BIT(LINK) | BIT(SP);
        in->flow.writes |= BIT(LINK);
    }
    if (info->class == CLASS_AUTH_17) {
        in->flow.reads |= BIT(17) | BIT(16);
        in->flow.writes |= BIT(17);
    }
    const struct address *address = &in->address;
    if (address->mode == ADDRESS_NONE || address->mode >= ADDRESS_LITERAL)
        return;
    in->flow.reads |= BIT(address->base);
    if (address->kind == OFFSET_REG && address->index != 31)
        in->flow.reads |= BIT(address->index);
    if (address->mode != ADDRESS_OFFSET)
        in->flow.writes |= BIT(address->base);
}

static uint8_t flow_kind(enum class class)
{
    switch (class) {
    case CLASS_BRANCH:
        return FLOW_JUMP;
    case CLASS_CONDITIONAL:
    case CLASS_COMPARE_BRANCH:
    case CLASS_TEST_BRANCH:
        return FLOW_BRANCH;
    case CLASS_CALL:
    case CLASS_CALL_REG:
    case CLASS_AUTH_CALL:
        return FLOW_CALL;
    case CLASS_JUMP_REG:
    case CLASS_RETURN:
    case CLASS_AUTH_JUMP:
    case CLASS_AUTH_RETURN:
        return FLOW_INDIRECT;
    case CLASS_SYSCALL:
        return FLOW_SYSTEM;
    case CLASS_TRAP:
        return FLOW_TRAP;
    default:
        return FLOW_NEXT;
    }
}

/* How far the instruction's own displacement reaches, in bytes; 0: it has none. */
static int32_t reach_of(const struct aarch64_insn *in)
{
    switch (in->info->class) {
    case CLASS_TEST_BRANCH:
        return 32764;
    case CLASS_COMPARE_BRANCH:
    case CLASS_CONDITIONAL:
    case CLASS_ADR:
        return (1 << 20) - 4;
    default:
        return in->address.mode == ADDRESS_LITERAL ? (1 << 20) - 4 : 0;
    }
}

/* `mov xA, xB`, `add xA, xB, #imm` and `sub`. */
static bool note_move(struct aarch64_insn *in)
{
    const struct operand *o = in->operands;
    if (in->info->class != CLASS_PLAIN || in->count < 2 || !is_general(&o[0]) ||
        o[0].class != REG_X || !is_general(&o[1]) || o[1].class != REG_X)
        return false;
    in->flow.to = o[0].reg;
    in->flow.from = o[1].reg;
    if (in->count == 2)
        return span_is(in->mnemonic, "mov");
    bool minus = span_is(in->mnemonic, "sub");
    if ((!minus && !span_is(in->mnemonic, "add")) || o[2].kind != OPERAND_IMM || !o[2].literal ||
        o[2].value < 0 || o[2].value > 0xffffff)
        return false;
    in->flow.step = minus ? -o[2].value : o[2].value;
    if (in->count == 4 && span_is(o[3].text, "lsl #12"))
        in->flow.step *= 4096;
    else if (in->count > 3 && !span_is(o[3].text, "lsl #0"))
        return false;
    return true;
}

/* Would an access to memory go through x28? */
static void note_guard(const struct rewriter *r, struct aarch64_insn *in)
{
    const struct address *address = &in->address;
    if (!has_address(in) || address->mode >= ADDRESS_LITERAL || address->base == SP ||
        !is_confined(r, in))
        return;
    bool index = address->mode == ADDRESS_OFFSET && address->kind == OFFSET_REG;
    bool direct =
        address->mode != ADDRESS_OFFSET || (address->kind == OFFSET_NUMBER && address->value == 0);
    in->flow.wants_guard = !index && !(direct && has_direct_form(in));
    in->flow.needs_guard = !has_register_form(in) || address->kind == OFFSET_TEXT;
}

void note_flow(struct rewriter *r, struct aarch64_insn *in)
{
    const struct address *address = &in->address;
    note_registers(in);
    in->flow.kind = flow_kind(in->info->class);
    in->flow.reach = reach_of(in);
    in->flow.is_address = in->info->class == CLASS_ADR;
    in->flow.guards_other = in->info->class == CLASS_CACHE;
    if (note_move(in)) {
        in->flow.move = MOVE_REGISTER;
    } else if (address->mode == ADDRESS_PRE || address->mode == ADDRESS_POST) {
        in->flow.move = address->kind == OFFSET_NUMBER ? MOVE_BASE : MOVE_BASE_UNKNOWN;
        in->flow.step = address->value;
    }
    in->flow.base = address->base;
    note_guard(r, in);
}
