// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a change is called: struct arch.change. */
#include "aarch64.h"

#define CHANGE(id, name, why) static const struct lfi_rewrite_change change_##id = {name, why};
#include "changes.def"
#undef CHANGE

/* As rewrite_thread() knows it: a relocation of thread-local storage, or its register. */
static bool is_thread(const struct aarch64_insn *in)
{
    static const char *const words[] = {"tlsdesc", "tprel", "tpidr_el0", "TPIDR_EL0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (has_address(in) && span_has(in->address.text, words[i]))
            return true;
        for (unsigned k = 0; k < in->count; k++)
            if (in->operands[k].text.at && span_has(in->operands[k].text, words[i]))
                return true;
    }
    return false;
}

const struct lfi_rewrite_change *aarch64_change(const struct rewriter *r, uint32_t index)
{
    const struct aarch64_insn *in = r->statements[index].insn;
    if (is_thread(in))
        return &change_thread;
    if (in->place)
        return &change_place;
    if (in->restored)
        return &change_saved;
    switch ((enum class)in->info->class) {
    case CLASS_JUMP_REG:
    case CLASS_CALL_REG:
    case CLASS_AUTH_JUMP:
    case CLASS_AUTH_CALL:
        return &change_branch;
    case CLASS_SYSCALL:
        return &change_system;
    case CLASS_MRS:
    case CLASS_MSR:
        return &change_register;
    case CLASS_CACHE:
        return &change_cache;
    case CLASS_ADR:
        return &change_literal;
    case CLASS_ADRP:
        return &change_page;
    default:
        break;
    }
    if (is_branch(&in->flow) || in->info->class == CLASS_TRAP)
        return &change_link;
    if (has_address(in))
        return in->address.mode == ADDRESS_LITERAL ? &change_literal : &change_memory;
    if (in->flow.writes & BIT(SP))
        return &change_stack;
    if (r->guards->planned[index])
        return &change_guard;
    return in->flow.writes & BIT(LINK) ? &change_link : &change_plain;
}
