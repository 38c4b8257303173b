// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a change is called: struct arch.change. */
#include "x86_64.h"

static const struct lfi_rewrite_change changes[] = {
#define CHANGE(id, name, why) {name, why},
#include "changes.def"
#undef CHANGE
};

enum {
#define CHANGE(id, name, why) CHANGE_##id,
#include "changes.def"
#undef CHANGE
};

static bool uses_thread_pointer(const struct x86_64_insn *in)
{
    for (unsigned i = 0; i < in->count; i++)
        if (in->operands[i].kind == OPERAND_MEM && in->operands[i].segment == SEG_FS &&
            (operand_accessed(in, i) || in->operands[i].star))
            return true;
    return false;
}

static unsigned change_of(const struct x86_64_insn *in)
{
    bool direct = in->count == 1 && in->operands[0].kind == OPERAND_TARGET;
    switch ((enum class)in->info->class) {
    case CLASS_JUMP:
        return direct ? CHANGE_plain : CHANGE_jump;
    case CLASS_CALL:
        return direct ? CHANGE_call : CHANGE_indirect_call;
    case CLASS_RETURN:
        return CHANGE_return;
    case CLASS_LEAVE:
    case CLASS_ENTER:
        return CHANGE_stack;
    case CLASS_STRING:
        return CHANGE_string;
    case CLASS_SYSCALL:
        return CHANGE_system;
    case CLASS_XLAT:
    case CLASS_MASKMOV:
        return CHANGE_implicit;
    case CLASS_BIT:
        return in->names & NAMES_MEMORY ? CHANGE_bit : CHANGE_plain;
    case CLASS_BRANCH:
    case CLASS_SHORT:
    case CLASS_SHORT32:
        return CHANGE_branch;
    case CLASS_POPF:
        return CHANGE_flags;
    case CLASS_FLUSH:
        return CHANGE_flush;
    case CLASS_STOP:
    case CLASS_INT:
        return CHANGE_trap;
    default:
        if (writes_stack_pointer(in))
            return CHANGE_stack;
        if (uses_thread_pointer(in))
            return CHANGE_thread;
        if (!(in->names & NAMES_MEMORY))
            return CHANGE_plain;
        return in->info->access == ACCESS_LEA ? CHANGE_address : CHANGE_memory;
    }
}

const struct lfi_rewrite_change *x86_64_change(const struct rewriter *r, uint32_t index)
{
    return &changes[change_of(r->statements[index].insn)];
}
