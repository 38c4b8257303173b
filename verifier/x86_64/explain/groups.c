// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Groups are compared byte by byte with the forms of docs/abi.md: each has one encoding. */
#include "groups.h"

#include <string.h>

#include <lfi/abi.h>

_Static_assert(LFI_SLOT_INSIDE(LFI_SLOT_BASE) == 0x2f020, "BASE below is %gs:0x2f020");
_Static_assert(LFI_BUNDLE_SIZE == 32, "the mask below is -32");

/* ModRM.rm = 100, SIB = 25, disp32, as in `%gs:0x2f020`; prefix, opcode and reg come before. */
#define BASE_OPERAND 0x25, 0x20, 0xf0, 0x02, 0x00

static const uint8_t load_base_r11[9] = {0x65, 0x4c, 0x8b, 0x1c, BASE_OPERAND};
static const uint8_t add_base_rsp[9] = {0x65, 0x48, 0x03, 0x24, BASE_OPERAND};
static const uint8_t lea_rsp_r11[4] = {0x4a, 0x8d, 0x24, 0x1c}; /* leaq (%rsp,%r11),%rsp */

/* An instruction of the group ends, and the next one starts, `length` bytes on. */
static void step(struct group *group, unsigned length)
{
    group->length += length;
    group->inside |= (uint64_t)1 << group->length;
}

/* Takes the bytes if they come next. */
static bool take(struct group *group, const uint8_t *bytes, const uint8_t *expected, unsigned size)
{
    if (memcmp(bytes + group->length, expected, size) != 0)
        return false;
    step(group, size);
    return true;
}

/* The instruction just stepped over was the last one. */
static bool complete(struct group *group, enum group_kind kind)
{
    group->kind = kind;
    group->inside &= ~((uint64_t)1 << group->length);
    return true;
}

/* andl $-32,%eX; addq BASE,%rX; jmp *%rX or call *%rX */
static bool masked_branch(const uint8_t *p, struct group *group)
{
    unsigned high = p[0] == 0x41; /* r8 to r15 */
    const uint8_t *and = p + high;
    unsigned reg = and[1] & 7;
    if (and[0] != 0x83 || (and[1] & 0xf8) != 0xe0 || and[2] != 0xe0 || (reg == REG_RSP && !high))
        return false;
    step(group, high + 3);

    const uint8_t add[9] = {0x65, high ? 0x4c : 0x48, 0x03, (uint8_t)(reg << 3 | 4), BASE_OPERAND};
    if (!take(group, p, add, sizeof add))
        return false;

    const uint8_t jump[3] = {0x41, 0xff, (uint8_t)(0xe0 | reg)};
    const uint8_t call[3] = {0x41, 0xff, (uint8_t)(0xd0 | reg)};
    unsigned skip = 1 - high;
    if (take(group, p, jump + skip, sizeof jump - skip))
        return complete(group, MASKED_JUMP);
    if (take(group, p, call + skip, sizeof call - skip))
        return complete(group, MASKED_CALL);
    return false;
}

/* leaq 1f(%rip),%r11; jmpq *%gs:SLOT; 1: */
static bool runtime_call(const uint8_t *p, struct group *group)
{
    static const uint8_t lea[7] = {0x4c, 0x8d, 0x1d, 8, 0, 0, 0};
    static const uint8_t slots[] = {LFI_SLOT_SYSCALL, LFI_SLOT_GET_TP, LFI_SLOT_SET_TP,
                                    LFI_SLOT_RETURN,  LFI_SLOT_CPUID,  LFI_SLOT_CALLBACK};
    if (!take(group, p, lea, sizeof lea))
        return false;
    for (unsigned i = 0; i < sizeof slots; i++) {
        const uint32_t slot = LFI_SLOT_INSIDE(slots[i]);
        const uint8_t jump[8] = {0x65,       0xff, 0x24, 0x25, slot & 0xff, slot >> 8 & 0xff,
                                 slot >> 16, 0};
        if (take(group, p, jump, sizeof jump))
            return complete(group, RUNTIME_CALL);
    }
    return false;
}

/* movl %eX,%eX and then addq BASE,%rX or, with the base in r11, leaq (%rX,%r11),%rX */
static bool guard(const uint8_t *p, struct group *group, unsigned reg, bool base_in_r11)
{
    const uint8_t mov[2] = {0x89, (uint8_t)(0xc0 | reg << 3 | reg)};
    const uint8_t add[9] = {0x65, 0x48, 0x03, (uint8_t)(reg << 3 | 4), BASE_OPERAND};
    const uint8_t lea[4] = {0x4a, 0x8d, (uint8_t)(reg << 3 | 4), (uint8_t)(0x18 | reg)};
    return take(group, p, mov, sizeof mov) &&
           (base_in_r11 ? take(group, p, lea, sizeof lea) : take(group, p, add, sizeof add));
}

static bool is_string(const struct insn *insn)
{
    return insn->form->kind >= MOVS && insn->form->kind <= SCAS;
}

/* [movq BASE,%r11;] guards for rdi, for rsi or for both; a string instruction */
static bool guarded_string(const struct form_index *index, const uint8_t *p, struct group *group)
{
    enum { RSI = 6, RDI = 7 };
    bool base_in_r11 = take(group, p, load_base_r11, sizeof load_base_r11);
    struct group before = *group;
    group->guards_rdi = guard(p, group, RDI, base_in_r11);
    if (!group->guards_rdi)
        *group = before;
    before = *group;
    group->guards_rsi = guard(p, group, RSI, base_in_r11);
    if (!group->guards_rsi)
        *group = before;
    if (!group->guards_rdi && !group->guards_rsi)
        return false;
    group->insn_at = group->length;
    lfi_x86_64_decode(index, p + group->length, &group->insn);
    if (!group->insn.form || group->insn.rule != RULE_NONE || !is_string(&group->insn))
        return false;
    step(group, group->insn.length);
    return complete(group, GUARDED_STRING);
}

/* An operation that may leave an offset in esp, its upper half clear. */
static bool writes_offset(const struct insn *insn)
{
    return insn->form && insn->rule == RULE_NONE && (insn->form->flags & OFFSET) != 0 &&
           insn->size == 4 && insn->writes_rsp;
}

/* OP ...,%esp; addq BASE,%rsp, or movq BASE,%r11; OP ...,%esp; leaq (%rsp,%r11),%rsp */
static bool guarded_write(const struct form_index *index, const uint8_t *p,
                          const struct insn *first, struct group *group)
{
    bool base_in_r11 = take(group, p, load_base_r11, sizeof load_base_r11);
    group->insn_at = group->length;
    if (base_in_r11)
        lfi_x86_64_decode(index, p + group->length, &group->insn);
    else
        group->insn = *first;
    if (!writes_offset(&group->insn))
        return false;
    step(group, group->insn.length);
    if (base_in_r11 ? !take(group, p, lea_rsp_r11, sizeof lea_rsp_r11)
                    : !take(group, p, add_base_rsp, sizeof add_base_rsp))
        return false;
    return complete(group, GUARDED_WRITE);
}

static void clear(struct group *group)
{
    group->length = 0;
    group->inside = 0;
    group->insn_at = 0;
    group->guards_rdi = false;
    group->guards_rsi = false;
}

bool lfi_x86_64_explain_group(const struct form_index *index, const uint8_t *p,
                              const struct insn *first, struct group *group)
{
    switch (first->form->kind) {
    case AND:
        clear(group);
        if (masked_branch(p, group))
            return true;
        break;
    case LEA:
        if (p[0] != 0x4c || p[2] != 0x1d)
            break;
        clear(group);
        return runtime_call(p, group);
    case LOAD:
        if (memcmp(p, load_base_r11, sizeof load_base_r11) != 0)
            break;
        clear(group);
        if (guarded_string(index, p, group))
            return true;
        clear(group);
        return guarded_write(index, p, first, group);
    case STORE:
        if (p[0] != 0x89 || (p[1] != 0xff && p[1] != 0xf6)) /* movl %edi,%edi; movl %esi,%esi */
            break;
        clear(group);
        return guarded_string(index, p, group);
    default:
        break;
    }
    if (!first->writes_rsp)
        return false;
    clear(group);
    return guarded_write(index, p, first, group);
}

bool lfi_x86_64_is_add_base(const uint8_t *p)
{
    static const uint8_t operand[] = {BASE_OPERAND};
    return p[0] == 0x65 && (p[1] == 0x48 || p[1] == 0x4c) && p[2] == 0x03 && (p[3] & 0xc7) == 4 &&
           memcmp(p + 4, operand, sizeof operand) == 0;
}
