// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Instruction decoding (Intel SDM vol. 2, chapter 2). Strict: an encoding that compilers and
 * assemblers do not make is refused, even where processors would ignore the difference.
 *
 * Decoding goes on behind the first mistake, so that `too-long` is found and the caller knows where
 * the next instruction starts.
 */
#include "decode.h"

#include <string.h>

enum { MAX_LENGTH = 15 };

static const uint16_t legacy_prefixes[256] = {
    [0x66] = PFX_66, [0x67] = PFX_67, [0xf0] = PFX_F0, [0xf2] = PFX_F2,
    [0xf3] = PFX_F3, [0x2e] = PFX_CS, [0x3e] = PFX_DS, [0x26] = PFX_ES,
    [0x36] = PFX_SS, [0x64] = PFX_FS, [0x65] = PFX_GS,
};

enum {
    PFX_GROUP1 = PFX_F0 | PFX_F2 | PFX_F3,
    PFX_SEGMENT = PFX_CS | PFX_DS | PFX_ES | PFX_SS | PFX_FS | PFX_GS,
};

static void broken(struct insn *insn, enum rule rule, const char *detail)
{
    if (insn->rule == RULE_NONE) {
        insn->rule = rule;
        insn->detail = detail;
    }
}

static int32_t read_i32(const uint8_t *p)
{
    uint32_t v = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return (int32_t)v;
}

static int16_t read_i16(const uint8_t *p)
{
    return (int16_t)(p[0] | p[1] << 8);
}

static int64_t read_i64(const uint8_t *p)
{
    return (int64_t)((uint64_t)(uint32_t)read_i32(p + 4) << 32 | (uint32_t)read_i32(p));
}

/*
 * Nops of 10 to 15 bytes as the LLVM assembler writes them: 66 up to six times, 2e, and then
 * 0f 1f 84 00 00 00 00 00. The only repeated prefixes and the only 2e that are accepted.
 */
static unsigned long_nop(const uint8_t *p)
{
    static const uint8_t tail[] = {0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0};
    unsigned n = 0;
    while (n < 6 && p[n] == 0x66)
        n++;
    return n > 0 && memcmp(p + n, tail, sizeof tail) == 0 ? n + (unsigned)sizeof tail : 0;
}

/* Legacy and REX prefixes; returns their length. */
static unsigned prefixes(const uint8_t *p, struct insn *insn)
{
    unsigned n = 0;
    for (; n < MAX_LENGTH; n++) {
        unsigned bit = legacy_prefixes[p[n]];
        if (bit == 0 && (p[n] & 0xf0) != 0x40)
            return n;
        if (insn->rex != 0) {
            broken(insn, RULE_prefix_redundant, "REX that does not stand before the opcode");
            insn->rex = 0;
        }
        if (bit == 0) {
            insn->rex = p[n];
            continue;
        }
        if ((insn->prefixes & bit) != 0)
            broken(insn, RULE_prefix_redundant, "the same prefix twice");
        else if ((bit & PFX_GROUP1) != 0 && (insn->prefixes & PFX_GROUP1) != 0)
            broken(insn, RULE_prefix_conflict, "lock, repne and repe");
        else if ((bit & PFX_SEGMENT) != 0 && (insn->prefixes & PFX_SEGMENT) != 0)
            broken(insn, RULE_prefix_conflict, "two segments");
        insn->prefixes |= (uint16_t)bit;
    }
    return n;
}

/* VEX (c4, c5): fills in the payload as if by REX and mandatory prefixes; returns its length. */
static unsigned vex_prefix(const uint8_t *p, struct insn *insn, unsigned *map, bool *l)
{
    static const uint16_t pp[] = {0, PFX_66, PFX_F3, PFX_F2};
    if ((insn->prefixes & (PFX_66 | PFX_GROUP1)) != 0 || insn->rex != 0)
        broken(insn, RULE_prefix_conflict, "66, lock, repeat or REX before VEX");
    insn->prefixes &= (uint16_t) ~(PFX_66 | PFX_GROUP1);
    insn->prefixes |= PFX_VEX;
    insn->rex = (uint8_t)(~p[1] >> 5 & 4); /* R */
    *map = M0F;
    unsigned n = 2;
    if (p[0] == 0xc4) {
        n = 3;
        *map = p[1] & 31;
        insn->rex = (uint8_t)((~p[1] >> 5 & 7) | (p[2] >> 4 & 8));
        if (*map < M0F || *map > M3A) {
            broken(insn, RULE_undecodable, "reserved VEX map");
            *map = MAP_COUNT;
        }
    }
    insn->vvvv = ~p[n - 1] >> 3 & 15;
    *l = (p[n - 1] & 4) != 0;
    insn->prefixes |= pp[p[n - 1] & 3];
    return n;
}

static const struct form *match(const struct form_index *index, unsigned slot, unsigned key,
                                unsigned ignore)
{
    for (unsigned i = index->start[slot]; i < index->start[slot + 1]; i++) {
        const struct form *f = &lfi_x86_64_forms[index->ids[i]];
        if (((key ^ f->value) & f->mask & ~ignore) == 0)
            return f;
    }
    return NULL;
}

/* No form matches: is there one but for a prefix? */
static const struct form *match_loosely(const struct form_index *index, unsigned slot, unsigned key,
                                        struct insn *insn)
{
    static const struct {
        unsigned ignore;
        enum rule rule;
        const char *detail;
    } tries[] = {
        {KEY_F2 | KEY_F3, RULE_prefix_rep, NULL},
        {KEY_W, RULE_prefix_redundant, "REX.W on an instruction that does not take it"},
        {KEY_66, RULE_prefix_redundant, "66 on an instruction that does not take it"},
        {KEY_66 | KEY_W, RULE_prefix_redundant, "66 and REX.W"},
        {KEY_66 | KEY_W | KEY_F2 | KEY_F3, RULE_prefix_rep, NULL},
    };
    for (unsigned i = 0; (key & KEY_VEX) == 0 && i < sizeof tries / sizeof *tries; i++) {
        /* Only prefixes that stand there can be too many. */
        const struct form *f = match(index, slot, key, tries[i].ignore & key);
        if (f != NULL && f->rule == RULE_NONE) {
            broken(insn, tries[i].rule, tries[i].detail);
            return f;
        }
    }
    broken(insn, RULE_undecodable, (key & KEY_VEX) != 0 ? "with VEX" : NULL);
    return NULL;
}

/* ModRM, SIB and displacement; returns their length. */
static unsigned modrm(const uint8_t *p, struct insn *insn)
{
    unsigned n = 1, mod = p[0] >> 6, rm = p[0] & 7;
    insn->modrm = p[0];
    insn->reg = (uint8_t)((p[0] >> 3 & 7) | (insn->rex & REX_R) << 1);
    if (mod == 3) {
        insn->rm = (uint8_t)(rm | (insn->rex & REX_B) << 3);
        return n;
    }
    insn->memory = true;
    insn->base = REG_NONE;
    insn->index = REG_NONE;
    insn->scale = 1;
    unsigned disp_size = mod == 0 ? 0 : mod == 1 ? 1 : 4;
    if (rm == 4) {
        insn->sib = p[n++];
        unsigned index = (insn->sib >> 3 & 7) | (insn->rex & REX_X) << 2;
        if (index != 4 || (insn->form->rm & OP_VSIB) != 0)
            insn->index = (uint8_t)index;
        insn->scale = (uint8_t)(1 << (insn->sib >> 6));
        if ((insn->sib & 7) == 5 && mod == 0)
            disp_size = 4;
        else
            insn->base = (uint8_t)((insn->sib & 7) | (insn->rex & REX_B) << 3);
    } else if (rm == 5 && mod == 0) {
        insn->base = REG_RIP;
        disp_size = 4;
    } else {
        insn->base = (uint8_t)(rm | (insn->rex & REX_B) << 3);
    }
    if (disp_size == 1)
        insn->disp = (int8_t)p[n];
    else if (disp_size == 4)
        insn->disp = read_i32(p + n);
    return n + disp_size;
}

/* Immediate, branch displacement or absolute address; returns its length. */
static unsigned immediate(const uint8_t *p, struct insn *insn)
{
    switch (insn->form->imm) {
    case I1:
    case J1:
        insn->imm = (int8_t)p[0];
        return 1;
    case I2:
        insn->imm = read_i16(p);
        return 2;
    case I3:
        insn->imm = p[0] | p[1] << 8 | p[2] << 16;
        return 3;
    case Iv:
        if (insn->size == 8) {
            insn->imm = read_i64(p);
            return 8;
        }
        /* fallthrough */
    case Iz:
        if (insn->size == 2) {
            insn->imm = read_i16(p);
            return 2;
        }
        /* fallthrough */
    case J4:
        insn->imm = read_i32(p);
        return 4;
    case O:
        insn->memory = true;
        insn->base = REG_NONE;
        insn->index = REG_NONE;
        if ((insn->prefixes & PFX_67) != 0) {
            insn->disp = (uint32_t)read_i32(p);
            return 4;
        }
        insn->disp = read_i64(p);
        return 8;
    default:
        return 0;
    }
}

static unsigned register_size(const struct insn *insn)
{
    bool w = (insn->rex & REX_W) != 0;
    switch (insn->form->size) {
    case SIZE_b:
        return 1;
    case SIZE_w:
        return 2;
    case SIZE_v:
        return w ? 8 : (insn->prefixes & PFX_66) != 0 ? 2 : 4;
    case SIZE_y:
        return w ? 8 : 4;
    case SIZE_q:
        return 8;
    case SIZE_d:
        return 4;
    default:
        return 0;
    }
}

static unsigned memory_size(const struct insn *insn, bool l)
{
    unsigned full = l ? 32 : 16;
    switch (insn->form->mem) {
    case 0:
        return insn->size;
    case mx:
        return full;
    case mh:
        return full / 2;
    case mq:
        return full / 4;
    case me:
        return full / 8;
    case md:
        return l ? 32 : 8;
    default:
        return insn->form->mem;
    }
}

/* XLAT and MASKMOV access memory that ModRM does not name. */
static void implicit_memory(struct insn *insn)
{
    bool xlat = insn->form->kind == XLAT;
    insn->memory = true;
    insn->access = xlat ? OP_R : OP_W;
    insn->base = xlat ? REG_RBX : REG_RDI;
    insn->index = REG_NONE;
}

/* The rules on prefixes that depend on the instruction. */
static void check_prefixes(struct insn *insn)
{
    const struct form *f = insn->form;
    unsigned pfx = insn->prefixes;
    bool accesses = insn->memory && insn->access != 0;
    if (pfx == 0)
        return;
    if ((pfx & PFX_F0) != 0 && ((f->flags & LOCK) == 0 || !insn->memory))
        broken(insn, RULE_prefix_lock, NULL);
    if ((pfx & PFX_66) != 0 && f->size == SIZE_v && insn->size == 8)
        broken(insn, RULE_prefix_redundant, "66 with REX.W");
    if ((pfx & (PFX_SEGMENT & ~PFX_GS)) != 0)
        broken(insn, RULE_prefix_segment, "only gs is");
    if ((pfx & PFX_GS) != 0 && !accesses)
        broken(insn, RULE_prefix_segment, "gs without a memory access");
    if ((pfx & PFX_67) != 0) {
        if (f->kind == LOOP || (f->kind >= MOVS && f->kind <= SCAS))
            broken(insn, RULE_prefix_address_size, "it changes the counter or pointers");
        else if (!insn->memory)
            broken(insn, RULE_prefix_redundant, "67 without a memory operand");
        else if ((pfx & PFX_GS) == 0 || !accesses)
            broken(insn, RULE_prefix_address_size, "it needs gs and a memory access");
        else if (insn->base == REG_RIP)
            broken(insn, RULE_prefix_address_size, "with rip");
    }
}

/*
 * A REX prefix must say something: a bit that is used, or that a byte register is not ah ... bh.
 * Bits that are not used are ignored by processors, but not all decoders know when.
 */
static void check_rex(struct insn *insn)
{
    const struct form *f = insn->form;
    bool has_modrm = (f->flags & MODRM) != 0, memory = has_modrm && insn->modrm < 0xc0;
    unsigned used = REX_W; /* was matched with the form */
    if ((f->reg & OP_OPCODE) != 0 || (has_modrm && (!memory || insn->base < REG_RIP)))
        used |= REX_B;
    if (memory && (insn->modrm & 7) == 4)
        used |= REX_X;
    if ((f->reg & (OP_USED | OP_OPCODE)) == OP_USED)
        used |= REX_R;
    if ((insn->rex & 15 & ~used) != 0)
        broken(insn, RULE_prefix_redundant, "bits of REX or VEX that are not used");
    bool byte_register = (f->rm & OP_GPR) != 0 && f->mem == 1;
    if (insn->rex == 0x40 && f->size != SIZE_b && !byte_register)
        broken(insn, RULE_prefix_redundant, "empty REX");
}

void lfi_x86_64_decode(const struct form_index *index, const uint8_t *p, struct insn *insn)
{
    static const struct form nop = {.kind = NOP, .name = "nop"};
    memset(insn, 0, sizeof *insn);
    if (p[0] == 0x66 && (p[1] == 0x66 || p[1] == 0x2e)) {
        insn->length = (uint8_t)long_nop(p);
        if (insn->length != 0) {
            insn->form = &nop;
            return;
        }
    }

    unsigned n = prefixes(p, insn), map = ONE;
    bool l = false;
    if (n >= MAX_LENGTH) {
        insn->rule = RULE_too_long;
        return;
    }
    if (p[n] == 0xc4 || p[n] == 0xc5) {
        n += vex_prefix(p + n, insn, &map, &l);
    } else if (p[n] == 0x0f) {
        n++;
        map = p[n] == 0x38 ? M38 : p[n] == 0x3a ? M3A : M0F;
        n += map != M0F;
    }
    insn->opcode = p[n++];
    insn->seen = (uint8_t)n;
    if (map == MAP_COUNT)
        return;

    unsigned pfx = insn->prefixes;
    unsigned key = (p[n] & 63u) | (p[n] >= 0xc0 ? KEY_MOD3 : 0) |
                   ((pfx & PFX_66) != 0 ? KEY_66 : 0) | ((pfx & PFX_F2) != 0 ? KEY_F2 : 0) |
                   ((pfx & PFX_F3) != 0 ? KEY_F3 : 0) | ((pfx & PFX_VEX) != 0 ? KEY_VEX : 0) |
                   ((insn->rex & REX_W) != 0 ? KEY_W : 0) | (l ? KEY_L : 0);
    unsigned slot = map * 256 + insn->opcode;
    const struct form *f = match(index, slot, key, 0);
    if (f == NULL)
        f = match_loosely(index, slot, key, insn);
    if (f == NULL)
        return;
    insn->form = f;
    if (f->rule != RULE_NONE)
        broken(insn, f->rule, f->name);

    insn->size = (uint8_t)register_size(insn);
    if ((f->flags & MODRM) != 0)
        n += modrm(p + n, insn);
    if ((f->reg & OP_OPCODE) != 0)
        insn->reg = (uint8_t)((insn->opcode & 7) | (insn->rex & REX_B) << 3);
    n += immediate(p + n, insn);
    if (insn->memory) {
        insn->access = f->rm & (OP_R | OP_W);
        insn->mem_size = (uint8_t)memory_size(insn, l);
    }
    if (f->kind == XLAT || f->kind == MASKMOV) {
        implicit_memory(insn);
        insn->mem_size = (uint8_t)memory_size(insn, l);
    }
    if ((f->rm & OP_VSIB) != 0 &&
        ((insn->modrm & 7) != 4 || insn->reg == insn->index || insn->reg == insn->vvvv ||
         insn->index == insn->vvvv))
        broken(insn, RULE_undecodable, "gather without SIB, or with one register twice");
    if ((pfx & PFX_VEX) != 0 && (f->vvvv & OP_USED) == 0 && insn->vvvv != 0)
        broken(insn, RULE_undecodable, "VEX.vvvv is set but not used");
    if (f->rule == RULE_NONE) {
        check_prefixes(insn);
        if (insn->rex != 0)
            check_rex(insn);
    }
    insn->length = (uint8_t)n;
    insn->seen = (uint8_t)n;
    if (n > MAX_LENGTH) {
        insn->rule = RULE_too_long;
        insn->detail = NULL;
        insn->length = 0;
    }
}

/* Byte registers 4 ... 7 are ah ... bh without REX, and spl ... dil with it. */
static bool is_rsp(const struct insn *insn, unsigned reg)
{
    return reg == REG_RSP && (insn->size != 1 || insn->rex != 0);
}

bool lfi_x86_64_writes_rsp(const struct insn *insn)
{
    const struct form *f = insn->form;
    const unsigned written = OP_GPR | OP_W;
    return ((f->reg & written) == written && is_rsp(insn, insn->reg)) ||
           ((f->vvvv & written) == written && is_rsp(insn, insn->vvvv)) ||
           ((f->rm & written) == written && (f->flags & MODRM) != 0 && !insn->memory &&
            is_rsp(insn, insn->rm));
}
