// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a change is called: struct arch.change. */
#include "x86_64.h"

#define CHANGE(id, name, why) static const struct lfi_rewrite_change change_##id = {name, why};
#include "changes.def"
#undef CHANGE

static bool uses_thread_pointer(const struct x86_64_insn *in)
{
    for (unsigned i = 0; i < in->count; i++)
        if (in->operands[i].kind == OPERAND_MEM && in->operands[i].segment == SEG_FS &&
            (operand_accessed(in, i) || in->operands[i].star))
            return true;
    return false;
}

const struct lfi_rewrite_change *x86_64_change(const struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    bool direct = in->count == 1 && in->operands[0].kind == OPERAND_TARGET;
    switch ((enum class)in->info->class) {
    case CLASS_JUMP:
        return direct ? &change_plain : &change_jump;
    case CLASS_CALL:
        return direct ? &change_call : &change_indirect_call;
    case CLASS_RETURN:
        return &change_return;
    case CLASS_LEAVE:
    case CLASS_ENTER:
        return &change_stack;
    case CLASS_STRING:
        return &change_string;
    case CLASS_SYSCALL:
        return &change_system;
    case CLASS_XLAT:
    case CLASS_MASKMOV:
        return &change_implicit;
    case CLASS_BIT:
        return in->names & NAMES_MEMORY ? &change_bit : &change_plain;
    case CLASS_BRANCH:
    case CLASS_SHORT:
    case CLASS_SHORT32:
        return &change_branch;
    case CLASS_POPF:
        return &change_flags;
    case CLASS_FLUSH:
        return &change_flush;
    case CLASS_STOP:
    case CLASS_INT:
        return &change_trap;
    default:
        if (writes_stack_pointer(in))
            return &change_stack;
        if (uses_thread_pointer(in))
            return &change_thread;
        if (!(in->names & NAMES_MEMORY))
            return &change_plain;
        return in->info->access == ACCESS_LEA ? &change_address : &change_memory;
    }
}
