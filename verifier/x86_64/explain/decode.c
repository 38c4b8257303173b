// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Instruction decoding (Intel SDM vol. 2, chapter 2). Strict: an encoding that compilers and
 * assemblers do not emit is refused, even where processors would ignore the difference.
 *
 * Decoding continues after the first mistake, so that `too-long` is found and the caller knows
 * where the next instruction starts.
 */
#include "decode.h"

#include <string.h>

enum { MAX_LENGTH = 15 };

/* What a byte means where a prefix or opcode is expected; 0: an opcode of map ONE. */
enum { OPCODE_ESCAPE = 1 << 30 }; /* 0f, VEX, EVEX */
static const uint32_t meaning[256] = {
    [0x66] = PFX_66,           [0x67] = PFX_67,        [0xf0] = PFX_F0,
    [0xf2] = PFX_F2,           [0xf3] = PFX_F3,        [0x2e] = PFX_CS,
    [0x3e] = PFX_DS,           [0x26] = PFX_ES,        [0x36] = PFX_SS,
    [0x64] = PFX_FS,           [0x65] = PFX_GS,        [0x0f] = OPCODE_ESCAPE,
    [0xc4] = OPCODE_ESCAPE,    [0xc5] = OPCODE_ESCAPE, [0x62] = OPCODE_ESCAPE,
    [0x40 ... 0x4f] = PFX_REX,
};

enum {
    PFX_GROUP1 = PFX_F0 | PFX_F2 | PFX_F3,
    PFX_SEGMENTS = PFX_CS | PFX_DS | PFX_ES | PFX_SS | PFX_FS | PFX_GS,
    PFX_CHECKED = PFX_67 | PFX_F0 | PFX_SEGMENTS, /* by check_prefixes() */
};

static void broken(struct insn *insn, enum rule rule, const char *detail)
{
    if (insn->rule == RULE_NONE) {
        insn->rule = (uint8_t)rule;
        insn->detail = detail;
    }
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "reads values as the host has them");

/* A signed value of 0 to 7 bytes; eight are readable. */
static inline int64_t read_signed(const uint8_t *p, unsigned size)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    unsigned unused = 63 - 8 * size; /* and one: no shift by 64 */
    return (int64_t)(value << unused << 1) >> unused >> 1;
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

static bool has_two(unsigned bits)
{
    return (bits & (bits - 1)) != 0;
}

/* Legacy and REX prefixes; returns their length. */
static unsigned prefixes(const uint8_t *p, struct insn *insn)
{
    unsigned n = 0, seen = 0;
    for (; n < MAX_LENGTH; n++) {
        unsigned bit = meaning[p[n]];
        if (bit == 0 || bit == OPCODE_ESCAPE)
            break;
        if ((seen & PFX_REX) != 0) {
            broken(insn, RULE_prefix_redundant, "REX that is not next to the opcode");
            insn->rex = 0;
        } else if ((seen & bit) != 0) {
            broken(insn, RULE_prefix_redundant, "the same prefix twice");
        }
        seen |= bit;
        if (bit == PFX_REX)
            insn->rex = p[n];
    }
    if (has_two(seen & PFX_GROUP1))
        broken(insn, RULE_prefix_conflict, "lock, repne and repe");
    if (has_two(seen & PFX_SEGMENTS))
        broken(insn, RULE_prefix_conflict, "two segments");
    insn->prefixes = seen | ((insn->rex & REX_W) != 0 ? PFX_W : 0);
    return n;
}

/* The prefixes that pp of VEX and EVEX stands for. */
static const uint16_t pp_prefixes[] = {0, PFX_66, PFX_F3, PFX_F2};

/* VEX (c4, c5): fills in the payload as if by REX and mandatory prefixes; returns its length. */
static unsigned vex_prefix(const uint8_t *p, struct insn *insn, unsigned *map)
{
    if ((insn->prefixes & (PFX_66 | PFX_GROUP1 | PFX_REX)) != 0)
        broken(insn, RULE_prefix_conflict, "66, lock, repeat or REX before VEX");
    unsigned n = p[0] == 0xc4 ? 3 : 2, last = p[n - 1];
    *map = M0F;
    insn->rex = (uint8_t)(~p[1] >> 5 & REX_R);
    if (n == 3) {
        *map = p[1] & 31;
        insn->rex = (uint8_t)((~p[1] >> 5 & (REX_R | REX_X | REX_B)) | (last >> 4 & REX_W));
        if (*map < M0F || *map > M3A) {
            broken(insn, RULE_undecodable, "reserved VEX map");
            *map = MAP_COUNT;
        }
    }
    insn->vvvv = ~last >> 3 & 15;
    insn->prefixes &= ~(unsigned)(PFX_66 | PFX_GROUP1 | PFX_W);
    insn->prefixes |= PFX_VEX | pp_prefixes[last & 3] | ((insn->rex & REX_W) != 0 ? PFX_W : 0) |
                      ((last & 4) != 0 ? PFX_L : 0);
    return n;
}

/* EVEX (62), likewise. */
static unsigned evex_prefix(const uint8_t *p, struct insn *insn, unsigned *map)
{
    static const uint8_t maps[8] = {MAP_COUNT, M0F, M38, M3A, MAP_COUNT, M5, M6, MAP_COUNT};
    if ((insn->prefixes & (PFX_66 | PFX_GROUP1 | PFX_REX)) != 0)
        broken(insn, RULE_prefix_conflict, "66, lock, repeat or REX before EVEX");
    *map = maps[p[1] & 7];
    if ((p[1] & 7) == 4 || (p[1] & 8) != 0 || (p[2] & 4) == 0)
        broken(insn, RULE_feature, "EVEX of APX or AVX10.2");
    else if (*map == MAP_COUNT)
        broken(insn, RULE_undecodable, "reserved EVEX map");
    if (insn->rule == RULE_feature)
        *map = MAP_COUNT;
    insn->rex = (uint8_t)((~p[1] >> 5 & (REX_R | REX_X | REX_B)) | (p[2] >> 4 & REX_W));
    insn->high = (uint8_t)(((p[1] & 0x10) == 0 ? HIGH_REG : 0) | ((p[3] & 8) == 0 ? HIGH_VVVV : 0));
    insn->vvvv = ~p[2] >> 3 & 15;
    insn->mask = p[3] & 7;
    insn->zeroes = (p[3] & 0x80) != 0;
    insn->prefixes &= ~(unsigned)(PFX_66 | PFX_GROUP1 | PFX_W);
    insn->prefixes |= PFX_VEX | PFX_EVEX | pp_prefixes[p[2] & 3] |
                      ((insn->rex & REX_W) != 0 ? PFX_W : 0) | ((p[3] & 0x10) != 0 ? PFX_B : 0) |
                      ((p[3] & 0x20) != 0 ? PFX_L : 0) | ((p[3] & 0x40) != 0 ? PFX_L2 : 0);
    return 4;
}

static const struct form *match(const struct form_index *index, unsigned slot, unsigned key,
                                const struct insn *insn, unsigned ignore)
{
    for (unsigned i = index->start[slot]; i < index->start[slot + 1]; i++) {
        const struct form *f = &lfi_x86_64_forms[index->ids[i]];
        if (((key ^ f->value) & f->mask & ~ignore) == 0 &&
            form_has_length(f, insn->prefixes, (key & KEY_MOD3) == 0))
            return f;
    }
    return NULL;
}

/* No form matches: would one match without a prefix? */
static const struct form *match_loosely(const struct form_index *index, unsigned slot, unsigned key,
                                        struct insn *insn)
{
    static const struct {
        unsigned ignore;
        enum rule rule;
        const char *detail;
    } tries[] = {
        {PFX_F2 | PFX_F3, RULE_prefix_rep, NULL},
        {PFX_W, RULE_prefix_redundant, "REX.W on an instruction that does not take it"},
        {PFX_66, RULE_prefix_redundant, "66 on an instruction that does not take it"},
        {PFX_66 | PFX_W, RULE_prefix_redundant, "66 and REX.W"},
        {PFX_66 | PFX_W | PFX_F2 | PFX_F3, RULE_prefix_rep, NULL},
    };
    for (unsigned i = 0; (key & PFX_VEX) == 0 && i < sizeof tries / sizeof *tries; i++) {
        /* Only prefixes that are there can be too many. */
        const struct form *f = match(index, slot, key, insn, tries[i].ignore & key);
        if (f && f->rule == RULE_NONE) {
            broken(insn, tries[i].rule, tries[i].detail);
            return f;
        }
    }
    broken(insn, RULE_undecodable,
           (key & PFX_EVEX) != 0  ? "with EVEX"
           : (key & PFX_VEX) != 0 ? "with VEX"
                                  : NULL);
    return NULL;
}

unsigned lfi_x86_64_memory_size(const struct insn *insn)
{
    unsigned full = (insn->prefixes & PFX_L2) != 0 ? 64 : (insn->prefixes & PFX_L) != 0 ? 32 : 16;
    if ((insn->prefixes & PFX_B) != 0)
        return (insn->form->evex & B2) != 0 ? 2 : (insn->prefixes & PFX_W) != 0 ? 8 : 4;
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
        return full == 16 ? 8 : full;
    default:
        return insn->form->mem;
    }
}

/* The unit of 8-bit displacements with EVEX. */
static unsigned displacement_unit(const struct insn *insn)
{
    unsigned evex = insn->form->evex;
    return (evex & T1) != 0   ? 1
           : (evex & T2) != 0 ? 2
           : (evex & TW) != 0 ? (insn->prefixes & PFX_W) != 0 ? 8 : 4
                              : lfi_x86_64_memory_size(insn);
}

/* What EVEX adds to what ModRM and SIB say. */
static void evex_modrm(struct insn *insn, bool is_disp8)
{
    const struct form *f = insn->form;
    bool vector_rm = (f->rm & (OP_GPR | OP_MASK)) == 0;
    insn->reg |= (insn->high & HIGH_REG) != 0 ? 16 : 0;
    if (!insn->memory) {
        insn->rex_used |= vector_rm ? REX_X : 0;
        insn->rm |= vector_rm && (insn->rex & REX_X) != 0 ? 16 : 0;
    }
    if ((f->rm & OP_VSIB) != 0)
        insn->index |= (insn->high & HIGH_VVVV) != 0 ? 16 : 0;
    else
        insn->vvvv |= (insn->high & HIGH_VVVV) != 0 ? 16 : 0;
    if (is_disp8)
        insn->disp *= displacement_unit(insn);
}

/* ModRM, SIB and displacement; returns their length. */
static inline unsigned modrm(const uint8_t *p, struct insn *insn)
{
    static const uint8_t disp_sizes[4] = {0, 1, 4, 0};
    unsigned mod = p[0] >> 6, rm = p[0] & 7, b = (insn->rex & REX_B) << 3;
    bool memory = mod != 3, has_sib = memory && rm == 4;
    unsigned low = has_sib ? p[1] & 7 : rm;
    bool no_base = mod == 0 && low == 5;
    unsigned disp_size = no_base ? 4 : disp_sizes[mod];
    unsigned index = (p[1] >> 3 & 7) | (insn->rex & REX_X) << 2;
    bool has_index = has_sib && (index != 4 || (insn->form->rm & OP_VSIB) != 0);

    insn->modrm = p[0];
    insn->sib = p[1]; /* if there is one */
    insn->reg = (uint8_t)((p[0] >> 3 & 7) | (insn->rex & REX_R) << 1);
    insn->rm = (uint8_t)(memory ? REG_NONE : rm | b);
    insn->memory = memory;
    insn->base = (uint8_t)(!no_base ? low | b : has_sib ? REG_NONE : REG_RIP);
    insn->index = (uint8_t)(has_index ? index : REG_NONE);
    insn->rex_used = (uint8_t)((no_base ? 0 : REX_B) | (has_sib ? REX_X : 0));
    insn->disp = read_signed(p + 1 + has_sib, disp_size);
    if ((insn->prefixes & PFX_EVEX) != 0)
        evex_modrm(insn, disp_size == 1);
    return 1 + has_sib + disp_size;
}

/* The absolute address of moffs; returns its length. */
static unsigned absolute(const uint8_t *p, struct insn *insn)
{
    uint32_t half;
    insn->memory = true;
    insn->base = REG_NONE;
    insn->index = REG_NONE;
    if ((insn->prefixes & PFX_67) != 0) {
        memcpy(&half, p, sizeof half);
        insn->disp = half;
        return sizeof half;
    }
    memcpy(&insn->disp, p, sizeof insn->disp);
    return sizeof insn->disp;
}

/* Immediate or branch displacement; returns its length. */
static inline unsigned immediate(const uint8_t *p, struct insn *insn)
{
    /* By 66 and W, as SIZE_ has it. */
    static const uint8_t sizes[][4] = {
        [I0] = {0, 0, 0, 0}, [I1] = {1, 1, 1, 1}, [I2] = {2, 2, 2, 2},
        [I3] = {3, 3, 3, 3}, [Iz] = {4, 2, 4, 4}, [Iv] = {4, 2, 8, 8},
        [J1] = {1, 1, 1, 1}, [J4] = {4, 4, 4, 4}, [O] = {8, 8, 8, 8},
    };
    unsigned size = sizes[insn->form->imm][insn->prefixes / PFX_66 & 3];
    if (size < 8)
        insn->imm = read_signed(p, size);
    else if (insn->form->imm == O)
        size = absolute(p, insn);
    else
        memcpy(&insn->imm, p, sizeof insn->imm);
    return size;
}

/* XLAT and MASKMOV access memory that ModRM does not name; gathers have rules of their own. */
static void rare_memory(struct insn *insn)
{
    if ((insn->form->rm & OP_VSIB) != 0) {
        bool evex = (insn->prefixes & PFX_EVEX) != 0, reads = (insn->form->reg & OP_W) != 0;
        if ((insn->modrm & 7) != 4 || (reads && insn->reg == insn->index) ||
            (!evex && (insn->reg == insn->vvvv || insn->index == insn->vvvv)))
            broken(insn, RULE_undecodable, "gather without SIB, or with one register twice");
        return;
    }
    bool xlat = insn->form->kind == XLAT;
    insn->memory = true;
    insn->access = xlat ? OP_R : OP_W;
    insn->base = xlat ? REG_RBX : REG_RDI;
    insn->index = REG_NONE;
}

/* The rules on lock, segment and address-size prefixes. */
static void check_prefixes(struct insn *insn)
{
    const struct form *f = insn->form;
    unsigned pfx = insn->prefixes;
    bool accesses = insn->memory && insn->access != 0;
    if ((pfx & PFX_F0) != 0 && ((f->flags & LOCK) == 0 || !insn->memory))
        broken(insn, RULE_prefix_lock, NULL);
    if ((pfx & (PFX_SEGMENTS & ~PFX_GS)) != 0)
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

/* Registers that do not exist, and masks and zeroing where there is none. */
static void check_vex(struct insn *insn)
{
    const struct form *f = insn->form;
    if (((f->reg & OP_MASK) != 0 && insn->reg > 7) ||
        ((f->rm & OP_MASK) != 0 && !insn->memory && insn->rm > 7) ||
        ((f->vvvv & OP_MASK) != 0 && insn->vvvv > 7))
        broken(insn, RULE_undecodable, "mask register above k7");
    if ((f->reg & OP_GPR) != 0 && insn->reg > 15)
        broken(insn, RULE_undecodable, "general register above r15");
    if ((f->reg & OP_USED) == 0 && (insn->high & HIGH_REG) != 0)
        broken(insn, RULE_prefix_redundant, "bits of EVEX that are not used");
    if (insn->mask != 0 && f->masks == NO_MASK)
        broken(insn, RULE_undecodable, "mask on an instruction that does not take it");
    if (insn->mask == 0 && f->masks == MUST_MASK)
        broken(insn, RULE_undecodable, "k0 as the mask of a gather or scatter");
    if (insn->zeroes &&
        (insn->mask == 0 || f->masks != ZEROED || (insn->memory && (f->rm & OP_W) != 0)))
        broken(insn, RULE_undecodable, "zeroing where there is none");
}

/* An empty REX must mean that a byte register is not ah ... bh; 66 means nothing with W. */
static void check_size_prefixes(struct insn *insn)
{
    const struct form *f = insn->form;
    bool byte_register = (f->rm & OP_GPR) != 0 && f->mem == 1;
    if (insn->size == 8 && f->size == SIZE_v)
        broken(insn, RULE_prefix_redundant, "66 with REX.W");
    if (insn->rex == 0x40 && f->size != SIZE_b && !byte_register)
        broken(insn, RULE_prefix_redundant, "empty REX");
}

/* Byte registers 4 ... 7 are ah ... bh without REX, and spl ... dil with it. */
static bool writes_rsp(const struct insn *insn)
{
    unsigned rsp = (insn->reg == REG_RSP ? WRITES_REG : 0u) |
                   (insn->rm == REG_RSP ? WRITES_RM : 0u) |
                   (insn->vvvv == REG_RSP ? WRITES_VVVV : 0u);
    return (rsp & insn->form->writes) != 0 && (insn->size != 1 || insn->rex != 0);
}

void lfi_x86_64_decode(const struct form_index *index, const uint8_t *p, struct insn *insn)
{
    static const struct form nop = {.kind = NOP, .name = "nop"};
    memset(insn, 0, sizeof *insn);
    if (p[0] == 0x66 && (insn->length = (uint8_t)long_nop(p)) != 0) {
        insn->seen = insn->length;
        insn->form = &nop;
        return;
    }
    unsigned n = prefixes(p, insn), map = ONE;
    if (n >= MAX_LENGTH) {
        insn->rule = RULE_too_long;
        return;
    }
    if (p[n] == 0x0f) {
        n++;
        map = p[n] == 0x38 ? M38 : p[n] == 0x3a ? M3A : M0F;
        n += map != M0F;
    } else if (p[n] == 0xc4 || p[n] == 0xc5) {
        n += vex_prefix(p + n, insn, &map);
    } else if (p[n] == 0x62) {
        n += evex_prefix(p + n, insn, &map);
    }
    insn->opcode = p[n++];
    insn->seen = (uint8_t)n;
    if (map == MAP_COUNT)
        return;

    unsigned pfx = insn->prefixes, slot = form_slot(index, map * 256 + insn->opcode, p[n]);
    unsigned key = (pfx & KEY_PREFIXES) | (p[n] & 63u) | ((p[n] + 0x40u) >> 2 & KEY_MOD3);
    const struct form *f = match(index, slot, key, insn, 0);
    if (!f)
        f = match_loosely(index, slot, key, insn);
    if (!f)
        return;
    insn->form = f;

    insn->size = f->size >> (pfx / PFX_66 & 3) * 4 & 15; /* by 66 and W */
    if ((f->reg & OP_OPCODE) != 0)
        insn->reg = (uint8_t)((insn->opcode & 7) | (insn->rex & REX_B) << 3);
    if ((f->flags & MODRM) != 0)
        n += modrm(p + n, insn);
    n += immediate(p + n, insn);
    insn->access = insn->memory ? f->rm & (OP_R | OP_W) : 0;
    if ((f->flags & RARE) != 0)
        rare_memory(insn);
    insn->writes_rsp = writes_rsp(insn);
    if (f->rule != RULE_NONE)
        broken(insn, (pfx & PFX_F0) != 0 ? RULE_prefix_lock : f->rule, f->name);
    if ((pfx & PFX_VEX) != 0 && (f->vvvv & OP_USED) == 0 && insn->vvvv != 0)
        broken(insn, RULE_undecodable, "VEX.vvvv is set but not used");
    if ((pfx & PFX_VEX) != 0)
        check_vex(insn);
    bool confined =
        (pfx & PFX_CHECKED) == (PFX_GS | PFX_67) && insn->access != 0 && insn->base != REG_RIP;
    if ((pfx & PFX_CHECKED) != 0 && !confined)
        check_prefixes(insn);
    if ((insn->rex & 15 & ~(insn->rex_used | f->rex_used)) != 0)
        broken(insn, RULE_prefix_redundant, "bits of REX or VEX that are not used");
    if (insn->rex == 0x40 || (pfx & (PFX_66 | PFX_W)) == (PFX_66 | PFX_W))
        check_size_prefixes(insn);
    insn->length = (uint8_t)n;
    insn->seen = (uint8_t)n;
    if (n > MAX_LENGTH) {
        insn->rule = RULE_too_long;
        insn->detail = NULL;
        insn->length = 0;
    }
}
