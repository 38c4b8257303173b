// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The tables insns.def and evex.def as data, and the index over them. */
#include "forms.h"

#include <string.h>

/* Columns rm, reg and vvvv. */
enum {
    E_a = OP_USED | OP_GPR | OP_REG | OP_MEM,
    E_r = E_a | OP_R,
    E_w = E_a | OP_W,
    E_rw = E_r | OP_W,
    M_a = OP_USED | OP_MEM,
    M_r = M_a | OP_R,
    M_w = M_a | OP_W,
    M_rw = M_r | OP_W,
    S_r = M_r | OP_VSIB,
    X_r = OP_USED | OP_REG | OP_MEM | OP_R,
    X_w = OP_USED | OP_REG | OP_MEM | OP_W,
    U_a = OP_REG, /* ModRM is part of the opcode */
    U_r = OP_USED | OP_REG | OP_R,
    U_rw = U_r | OP_W,
    G_r = OP_USED | OP_GPR | OP_R,
    G_w = OP_USED | OP_GPR | OP_W,
    G_rw = G_r | OP_W,
    O_r = G_r | OP_OPCODE,
    O_w = G_w | OP_OPCODE,
    O_rw = G_rw | OP_OPCODE,
    V_r = OP_USED | OP_R,
    V_w = OP_USED | OP_W,
    V_rw = V_r | OP_W,
    B_r = G_r,
    B_w = G_w,
    H_r = V_r,
    H_w = V_w,
    H_rw = V_rw,
    R_r = OP_USED | OP_GPR | OP_REG | OP_R,
    R_w = OP_USED | OP_GPR | OP_REG | OP_W,
    S_w = M_w | OP_VSIB,
    U_w = OP_USED | OP_REG | OP_W,
    K_r = V_r | OP_MASK,
    K_w = V_w | OP_MASK,
    KX_r = X_r | OP_MASK,
    KU_r = U_r | OP_MASK,
};

/* Columns w and masks of evex.def. */
enum { W0 = 0, K = MASKED, KZ = ZEROED, KM = MUST_MASK };

/* Column modrm. */
#define NO                   (-1)
#define R                    (-2)
#define IS(byte)             (0x100 | (byte))
#define MODRM_MASK(modrm)    ((modrm) < 0 ? 0 : (modrm) < 8 ? KEY_REG : KEY_RM | KEY_REG | KEY_MOD3)
#define MODRM_VALUE(modrm)   ((modrm) < 0 ? 0 : (modrm) < 8 ? (modrm)*8 : ((modrm)&0x3f) | KEY_MOD3)
#define ONLY(rm, what)       (((rm) & (OP_REG | OP_MEM)) == (what))
#define MOD_MASK(modrm, rm)  ((modrm) != NO && (ONLY(rm, OP_REG) || ONLY(rm, OP_MEM)) ? KEY_MOD3 : 0)
#define MOD_VALUE(modrm, rm) ((modrm) != NO && ONLY(rm, OP_REG) ? KEY_MOD3 : 0)

/* Column prefix: which prefixes count, and which of them must be present. */
enum {
    NP_mask = PFX_66 | PFX_F2 | PFX_F3,
    NP_value = 0,
    P66_mask = NP_mask,
    P66_value = PFX_66,
    PF2_mask = NP_mask,
    PF2_value = PFX_F2,
    PF3_mask = NP_mask,
    PF3_value = PFX_F3,
    REP_mask = PFX_66 | PFX_F2,
    REP_value = 0,
    REPX_mask = PFX_66,
    REPX_value = 0,
    ANY_mask = 0,
    ANY_value = 0,
};

/* Column enc. */
enum { LEG = 1, VEX = 2, BOTH = 3, L0 = 4, L1 = 8, W1 = 16, WX = 32, EVX = 64 | VEX };
#define ENC_MASK(enc)                                                                           \
    (PFX_EVEX | (((enc)&BOTH) == BOTH ? 0 : PFX_VEX) | (((enc) & (L0 | L1)) != 0 ? PFX_L : 0) | \
     (((enc)&WX) != 0 ? 0 : PFX_W))
#define ENC_VALUE(enc)                                                           \
    ((((enc)&EVX) == EVX ? PFX_EVEX : 0) | (((enc)&BOTH) == VEX ? PFX_VEX : 0) | \
     (((enc)&L1) != 0 ? PFX_L : 0) | (((enc)&W1) != 0 ? PFX_W : 0))

/* Column size: the key bits that it frees from prefix and enc. */
#define SIZE_FREE(size, enc) \
    ((size) == SIZE_v ? PFX_66 | PFX_W : (size) == SIZE_y && !((enc)&W1) ? PFX_W : 0)

/* Flags that follow from the other columns. */
#define IMPLIED(modrm, rm, kind)                                               \
    (((modrm) == NO ? 0 : MODRM) |                                             \
     ((kind) == XLAT || (kind) == MASKMOV || ((rm)&OP_VSIB) != 0 ? RARE : 0) | \
     ((kind) == AND || (kind) == LEA || (kind) == LOAD || (kind) == STORE ? GROUP : 0))
#define IS_WRITTEN(operand) (((operand) & (OP_GPR | OP_W)) == (OP_GPR | OP_W))
#define WRITTEN(rm, reg, vvvv)                                               \
    ((IS_WRITTEN(rm) ? WRITES_RM : 0) | (IS_WRITTEN(reg) ? WRITES_REG : 0) | \
     (IS_WRITTEN(vvvv) ? WRITES_VVVV : 0))
#define REX_USED(reg) (REX_W | (((reg)&OP_OPCODE) != 0 ? REX_B : ((reg)&OP_USED) != 0 ? REX_R : 0))

#define FORM(map_, first_, last_, prefix, enc, modrm, size_, rm_, reg_, vvvv_, mem_, imm_, kind_, \
             flags_, evex_, masks_, name_)                                                        \
    {.map = map_,                                                                                 \
     .first = first_,                                                                             \
     .last = last_,                                                                               \
     .rule = RULE_NONE,                                                                           \
     .mask = ((prefix##_mask | ENC_MASK(enc)) & ~SIZE_FREE(SIZE_##size_, enc)) |                  \
             MODRM_MASK(modrm) | MOD_MASK(modrm, rm_),                                            \
     .value = prefix##_value | ENC_VALUE(enc) | MODRM_VALUE(modrm) | MOD_VALUE(modrm, rm_),       \
     .size = SIZE_##size_,                                                                        \
     .rm = rm_,                                                                                   \
     .reg = reg_,                                                                                 \
     .vvvv = vvvv_,                                                                               \
     .evex = evex_,                                                                               \
     .masks = masks_,                                                                             \
     .mem = mem_,                                                                                 \
     .imm = imm_,                                                                                 \
     .kind = kind_,                                                                               \
     .flags = (flags_) | IMPLIED(modrm, rm_, kind_),                                              \
     .writes = WRITTEN(rm_, reg_, vvvv_),                                                         \
     .rex_used = REX_USED(reg_),                                                                  \
     .name = name_},
#define INSN(map, first, last, prefix, enc, modrm, size, rm, reg, vvvv, mem, imm, kind, flags,   \
             name)                                                                               \
    FORM(map, first, last, prefix, enc, modrm, size, rm, reg, vvvv, mem, imm, kind, flags, 0, 0, \
         name)
#define EVEX(map, op, prefix, w, length, modrm, size, rm, reg, vvvv, mem, imm, b, masks, name) \
    FORM(map, op, op, prefix, EVX | (w), modrm, size, rm, reg, vvvv, mem, imm, PLAIN, MAYBE,   \
         (length) | (b), masks, name)
#define DENY(map_, first_, last_, prefix, enc, modrm, rm_, imm_, rule_, name_)              \
    {.map = map_,                                                                           \
     .first = first_,                                                                       \
     .last = last_,                                                                         \
     .rule = RULE_##rule_,                                                                  \
     .mask = prefix##_mask | ENC_MASK(enc) | MODRM_MASK(modrm) | MOD_MASK(modrm, rm_),      \
     .value = prefix##_value | ENC_VALUE(enc) | MODRM_VALUE(modrm) | MOD_VALUE(modrm, rm_), \
     .rm = rm_,                                                                             \
     .imm = imm_,                                                                           \
     .kind = PLAIN,                                                                         \
     .flags = (modrm) == NO ? 0 : MODRM,                                                    \
     .name = name_},

const struct form lfi_x86_64_forms[] = {
#include "insns.def"

#include "evex.def"
};
const unsigned lfi_x86_64_form_count = sizeof lfi_x86_64_forms / sizeof *lfi_x86_64_forms;

/* What each_slot() does with a slot of a form. */
typedef void slot_fn(struct form_index *index, unsigned slot, unsigned form);

static void each_slot(struct form_index *index, unsigned form, slot_fn *f)
{
    const struct form *this = &lfi_x86_64_forms[form];
    for (unsigned op = this->map * 256u + this->first; op <= this->map * 256u + this->last; op++) {
        if (index->extended[op] == 0) {
            f(index, op, form);
            continue;
        }
        for (unsigned reg = 0; reg < 8; reg++)
            if (((reg << 3 ^ this->value) & this->mask & KEY_REG) == 0)
                f(index, form_slot(index, op, reg << 3), form);
    }
}

static void count(struct form_index *index, unsigned slot, unsigned form)
{
    (void)form;
    index->start[slot]++;
}

static void insert(struct form_index *index, unsigned slot, unsigned form)
{
    index->ids[--index->start[slot]] = (uint16_t)form;
}

void lfi_x86_64_index(struct form_index *index)
{
    unsigned extended = 0;
    memset(index, 0, sizeof *index);
    for (unsigned i = 0; i < lfi_x86_64_form_count; i++) {
        const struct form *f = &lfi_x86_64_forms[i];
        for (unsigned op = f->map * 256u + f->first; op <= f->map * 256u + f->last; op++)
            if ((f->mask & KEY_REG) != 0 && index->extended[op] == 0)
                index->extended[op] = (uint8_t)++extended;
    }
    for (unsigned i = 0; i < lfi_x86_64_form_count; i++)
        each_slot(index, i, count);
    /* Counts become ends; filling in backwards turns ends into starts and keeps the order. */
    for (unsigned i = 1; i < sizeof index->start / sizeof *index->start; i++)
        index->start[i] = (uint16_t)(index->start[i] + index->start[i - 1]);
    for (unsigned i = lfi_x86_64_form_count; i-- > 0;)
        each_slot(index, i, insert);
}
