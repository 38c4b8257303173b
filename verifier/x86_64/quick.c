// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The fast path (quick.h). There are few branches, because processors would mispredict most of
 * them. What an instruction accesses is one of a few shapes; which of them a form accepts is
 * computed in advance.
 */
#include "quick.h"

#include <string.h>

#include <lfi/abi.h>

#include "decode.h"

enum shape {
    NO_MODRM,
    REGISTER,
    REGISTER_4,    /* rsp or r12, or a part of them */
    REGISTER_SELF, /* ModRM ff and f6: movl %edi,%edi and movl %esi,%esi may start a group */
    SIB,           /* which is looked at to know more */
    OTHER_MEMORY,
    STACK, /* N(%rsp) */
    RIP,
    RIP_REG_3, /* leaq N(%rip),%r11 may start a group */
    NEVER,
    SHAPE_COUNT,
};
enum { BASED = 16, REX_B_SET = 32 }; /* added to a shape: it has gs and 67; REX.B is set */

enum { NO_SIZE = 0xff };

/* ---- tables ---- */

static bool is_plain(const struct form *f)
{
    switch (f->kind) {
    case PLAIN:
    case NOP:
    case XCHG:
    case LEA:
    case LOAD:
    case STORE:
    case ADD:
    case SUB:
    case PUSH:
    case POP:
    case JUMP:
    case CALL:
        return f->rule == RULE_NONE && (f->flags & RARE) == 0;
    default:
        return false;
    }
}

static uint64_t bit(unsigned shape)
{
    return (uint64_t)1 << shape;
}

static uint64_t accepted_shapes(const struct form *f, unsigned opcode, unsigned confine)
{
    bool accesses = (f->rm & (OP_R | OP_W)) != 0;
    if ((f->flags & MODRM) == 0) {
        bool rsp = (f->writes & WRITES_REG) != 0 && (opcode & 7) == REG_RSP;
        return (rsp ? 0 : bit(NO_MODRM)) | bit(NO_MODRM + REX_B_SET);
    }
    uint64_t shapes =
        bit(REGISTER) | bit(REGISTER + REX_B_SET) | bit(REGISTER_4 + REX_B_SET) | bit(STACK);
    if ((f->writes & WRITES_RM) == 0)
        shapes |= bit(REGISTER_4);
    if (f->kind != STORE)
        shapes |= bit(REGISTER_SELF) | bit(REGISTER_SELF + REX_B_SET);
    if ((f->rm & confine) == 0) {
        shapes |=
            bit(OTHER_MEMORY) | bit(OTHER_MEMORY + REX_B_SET) | bit(STACK + REX_B_SET) | bit(RIP);
        if (f->kind != LEA)
            shapes |= bit(RIP_REG_3);
    }
    if (accesses)
        shapes |= bit(OTHER_MEMORY + BASED) | bit(OTHER_MEMORY + BASED + REX_B_SET) |
                  bit(STACK + BASED) | bit(STACK + BASED + REX_B_SET);
    return shapes;
}

static void make_form(struct quick_form *q, const struct form *f, unsigned opcode, unsigned confine)
{
    static const uint8_t imm_sizes[][4] = {
        [I0] = {0, 0, 0, 0},
        [I1] = {1, 1, 1, 1},
        [I2] = {2, 2, 2, 2},
        [I3] = {NO_SIZE, NO_SIZE, NO_SIZE, NO_SIZE},
        [Iz] = {4, 2, 4, 4},
        [Iv] = {4, 2, NO_SIZE, NO_SIZE},
        [J1] = {1, 1, 1, 1},
        [J4] = {4, 4, 4, 4},
        [O] = {NO_SIZE, NO_SIZE, NO_SIZE, NO_SIZE},
    };
    q->shapes = accepted_shapes(f, opcode, confine);
    q->mask = f->mask;
    q->value = f->value;
    memcpy(q->imm_sizes, imm_sizes[f->imm], sizeof q->imm_sizes);
    q->imm_sizes[3] = NO_SIZE; /* 66 with W */
    q->kind = f->kind;
    q->modrm = (f->flags & MODRM) != 0;
    q->unused_rex = (uint8_t)(15 & ~f->rex_used & ~(q->modrm ? REX_X | REX_B : 0u));
    q->writes_reg = q->modrm && (f->writes & WRITES_REG) != 0;
}

void lfi_x86_64_quick_index(struct quick_index *quick, const struct form_index *index,
                            unsigned confine)
{
    memset(quick, 0, sizeof *quick); /* slots without a form accept no shape */
    for (unsigned opcode = 0; opcode < OPCODE_COUNT; opcode++) {
        quick->opcodes[opcode].slot = (uint16_t)form_slot(index, opcode, 0);
        quick->opcodes[opcode].reg = index->extended[opcode] != 0 ? KEY_REG : 0;
        for (unsigned reg = 0; reg < (index->extended[opcode] != 0 ? 8 : 1); reg++) {
            unsigned slot = form_slot(index, opcode, reg << 3);
            const struct form *f = &lfi_x86_64_forms[index->ids[index->start[slot]]];
            if (index->start[slot] != index->start[slot + 1] && is_plain(f))
                make_form(&quick->forms[slot], f, opcode, confine);
        }
    }
    for (unsigned i = 0; i < 256; i++) {
        static const uint8_t lengths[] = {1, 2, 5, 1};
        unsigned mod = i >> 6, rm = i & 7;
        bool rip = mod == 0 && rm == 5;
        quick->modrm[i].key = (uint8_t)((i & (KEY_REG | KEY_RM)) | (mod == 3 ? KEY_MOD3 : 0));
        quick->modrm[i].length = (uint8_t)((rip ? 5 : lengths[mod]) + (mod != 3 && rm == 4));
        quick->modrm[i].shape = i == 0xff || i == 0xf6 ? REGISTER_SELF
                                : mod == 3             ? (rm == 4 ? REGISTER_4 : REGISTER)
                                : rip                  ? (i >> 3 == 3 ? RIP_REG_3 : RIP)
                                : rm == 4              ? SIB
                                                       : OTHER_MEMORY;
    }
}

/* ---- one instruction ---- */

static int32_t read_i32(const uint8_t *p)
{
    int32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

/* The shape of a memory operand with SIB, whose bytes are `sib` and the displacement after it. */
static unsigned sib_shape(unsigned mod, const uint8_t *sib, unsigned rex)
{
    uint32_t disp = (uint32_t)read_i32(sib + 1);
    bool is_stack = (*sib == 0x24) & ((rex & REX_X) == 0);
    bool small = (mod != 2) | (disp + LFI_STACK_REACH <= 2 * LFI_STACK_REACH);
    bool no_base = (mod == 0) & ((*sib & 7) == 5);
    return no_base ? NEVER : (is_stack & small) != 0 ? STACK : OTHER_MEMORY;
}

static inline unsigned one(const struct quick_index *quick, const uint8_t *p, enum kind *kind,
                           int64_t *displacement)
{
    static const uint16_t mandatory[256] = {[0x66] = PFX_66, [0xf2] = PFX_F2, [0xf3] = PFX_F3};
    uint64_t w;
    memcpy(&w, p, sizeof w);

    /* Prefixes in the order in which assemblers write them; each is shifted out. */
    unsigned based = (w & 0xffff) == 0x6765, n = 1;
    if (based) {
        w >>= 16;
        n += 2;
    }
    unsigned key = mandatory[w & 0xff], rex = 0;
    if (key != 0) {
        w >>= 8;
        n++;
    }
    if ((w & 0xf0) == 0x40) {
        rex = w & 0xff;
        w >>= 8;
        n++;
    }
    unsigned escape = (w & 0xff) == 0x0f;
    if (escape) {
        w >>= 8;
        n++;
    }

    /* Other prefixes and escapes are not opcodes: they have no form. */
    unsigned modrm = w >> 8 & 0xff;
    size_t opcode = (size_t)escape * M0F * 256 + (w & 0xff);
    unsigned slot = quick->opcodes[opcode].slot + (modrm & quick->opcodes[opcode].reg) / 8;
    const struct quick_form *f = &quick->forms[slot];
    key |= (rex & REX_W) * (PFX_W / REX_W) | quick->modrm[modrm].key;

    unsigned shape = NO_MODRM, rex_x = rex & REX_X;
    if (f->modrm) {
        shape = quick->modrm[modrm].shape;
        if (shape == SIB) {
            shape = sib_shape(modrm >> 6, p + n + 1, rex);
            rex_x = 0; /* has a meaning */
        }
        n += quick->modrm[modrm].length;
    }
    shape += based * BASED + (rex & REX_B) * REX_B_SET;
    bool empty_rex = rex == 0x40;
    unsigned imm_size = f->imm_sizes[key / PFX_66 & 3];
    bool writes_rsp = f->writes_reg & ((modrm >> 3 & 7) == REG_RSP) & ((rex & REX_R) == 0);
    bool bad = ((f->shapes >> shape & 1) == 0) | (((key ^ f->value) & f->mask) != 0) |
               ((rex & f->unused_rex) != 0) | (rex_x != 0) | empty_rex | writes_rsp |
               (imm_size == NO_SIZE);
    if (bad)
        return 0;
    *kind = f->kind;
    *displacement = imm_size == 1 ? (int8_t)p[n] : read_i32(p + n);
    return n + imm_size;
}

unsigned lfi_x86_64_quick(const struct quick_index *quick, const uint8_t *p, enum kind *kind,
                          int64_t *displacement)
{
    return one(quick, p, kind, displacement);
}

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

size_t lfi_x86_64_quick_run(const struct quick_index *quick, const uint8_t *bytes, size_t size,
                            size_t pos, uint64_t *start, uint64_t *target)
{
    while (size - pos >= DECODE_WINDOW) {
        enum kind kind;
        int64_t displacement;
        unsigned length = one(quick, bytes + pos, &kind, &displacement);
        size_t next = pos + length, end = next % LFI_BUNDLE_SIZE;
        if (length == 0 || (pos % LFI_BUNDLE_SIZE) + length > LFI_BUNDLE_SIZE)
            break;
        if (kind == JUMP || kind == CALL) {
            size_t to = next + (size_t)displacement;
            if (to >= size || (kind == CALL && end != 0))
                break;
            set_bit(target, to);
        }
        set_bit(start, pos);
        pos = next;
    }
    return pos;
}
