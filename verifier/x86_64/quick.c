// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Speed only: without this file the verifier decides the same, at half the speed. There are few
 * branches because processors guess wrong on most of them: conditions are computed and joined.
 */
#include "quick.h"

#include <string.h>

#include <lfi/abi.h>

enum { REG_RSP = 4 };

static int32_t read_i32(const uint8_t *p)
{
    int32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

/*
 * Memory operand or register of ModRM, with the bytes from ModRM in `w` and at `p`: its length, or
 * 0 if it is for the full decoder. `based`: has gs and 67.
 */
static unsigned operand(const struct form *f, uint64_t w, const uint8_t *p, unsigned rex,
                        bool based, unsigned confine)
{
    /* Length with SIB and displacement, by mod and rm. */
    static const uint8_t lengths[4][8] = {
        {1, 1, 1, 1, 2, 5, 1, 1},
        {2, 2, 2, 2, 3, 2, 2, 2},
        {5, 5, 5, 5, 6, 5, 5, 5},
        {1, 1, 1, 1, 1, 1, 1, 1},
    };
    unsigned mod = w >> 6 & 3, reg = w >> 3 & 7, rm = w & 7, sib = w >> 8 & 0xff;
    bool memory = mod != 3, has_sib = memory & (rm == 4);
    bool rip = (mod == 0) & (rm == 5), no_base = (mod == 0) & has_sib & ((sib & 7) == 5);
    bool x = (rex & REX_X) != 0, b = (rex & REX_B) != 0;

    /* N(%rsp) with a small N */
    uint32_t disp32 = (uint32_t)read_i32(p + 2);
    bool small = (mod != 2) | (disp32 + LFI_STACK_REACH <= 2 * LFI_STACK_REACH);
    bool stack = has_sib & (sib == 0x24) & !x & !b & small;

    bool accesses = (f->rm & (OP_R | OP_W)) != 0, confined = (f->rm & confine) != 0;
    bool bad_memory = no_base | (rip & (based | b)) | (based & !accesses) |
                      (confined & !based & !stack) | (x & !has_sib);
    /* movl %edi,%edi and movl %esi,%esi may start a group; so may leaq N(%rip),%r11. */
    bool starts = f->kind == STORE ? (w & 0xff) == 0xff || (w & 0xff) == 0xf6
                                   : (f->kind == LEA) & rip & (reg == 3);
    bool bad_register = based | x | (((f->writes & WRITES_RM) != 0) & (rm == REG_RSP));
    bool bad = starts | ((f->writes & WRITES_REG) != 0 && reg == REG_RSP) |
               (memory ? bad_memory : bad_register);
    return bad ? 0 : lengths[mod][rm];
}

unsigned lfi_x86_64_quick(const struct form_index *index, const uint8_t *p, unsigned confine,
                          enum kind *kind, int64_t *displacement)
{
    static const uint16_t mandatory[256] = {[0x66] = PFX_66, [0xf2] = PFX_F2, [0xf3] = PFX_F3};
    uint64_t w;
    memcpy(&w, p, sizeof w);

    /* Prefixes in the order in which assemblers write them; what remains is shifted down. */
    bool based = (w & 0xffff) == 0x6765;
    w >>= based * 16;
    unsigned key = mandatory[w & 0xff], n = based * 2u + (key != 0);
    w >>= (key != 0) * 8;
    unsigned rex = (w & 0xf0) == 0x40 ? w & 0xff : 0;
    n += rex != 0;
    w >>= (rex != 0) * 8;
    key |= (rex & REX_W) * (PFX_W / REX_W);
    bool escape = (w & 0xff) == 0x0f;
    n += escape;
    w >>= escape * 8;

    /* Other prefixes and escapes are no opcodes: they have no form. */
    unsigned opcode = (escape ? M0F : ONE) * 256 + (w & 0xff);
    w >>= 8;
    n++;
    unsigned id = index->quick[form_slot(index, opcode, w & 0xff)];
    const struct form *f = &lfi_x86_64_forms[id];
    key |= (w & 63) | (((w & 0xff) + 0x40) >> 2 & KEY_MOD3);
    bool bad = (id == 0) | (((key ^ f->value) & f->mask) != 0) | (rex == 0x40) |
               ((key & (PFX_66 | PFX_W)) == (PFX_66 | PFX_W)) |
               ((rex & (REX_R | REX_X) & ~(f->rex_used | REX_X)) != 0);
    if (bad)
        return 0;

    if ((f->flags & MODRM) != 0) {
        unsigned length = operand(f, w, p + n, rex, based, confine);
        if (length == 0)
            return 0;
        n += length;
    } else if (based || (rex & 7 & ~f->rex_used) != 0 ||
               ((f->writes & WRITES_REG) != 0 && (opcode & 7) == REG_RSP)) {
        return 0;
    }

    /* By 66 and W; 9 stands for an immediate of eight bytes, which is rare. */
    static const uint8_t imm_sizes[][4] = {
        [I0] = {0, 0, 0, 0}, [I1] = {1, 1, 1, 1}, [Iz] = {4, 2, 4, 4},
        [Iv] = {4, 2, 9, 9}, [J1] = {1, 1, 1, 1}, [J4] = {4, 4, 4, 4},
    };
    unsigned size = imm_sizes[f->imm][key / PFX_66 & 3];
    *kind = f->kind;
    *displacement = size == 1 ? (int8_t)p[n] : read_i32(p + n);
    return size == 9 ? 0 : n + size;
}
