// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The plain majority of instructions, decided by a few table lookups: the fast path of
 * docs/verifier.md. Speed only: without it the verifier decides the same, at two thirds of the
 * speed.
 */
#ifndef LFI_VERIFIER_X86_64_QUICK_H
#define LFI_VERIFIER_X86_64_QUICK_H

#include "forms.h"

/* What the first form of a slot requires; made from the form and the mode. */
struct quick_form {
    uint64_t shapes;      /* the shapes of operands (quick.c) that it accepts, a bit each */
    uint16_t mask, value; /* of its key */
    uint8_t imm_sizes[4]; /* by 66 and W */
    uint8_t kind;         /* enum kind */
    uint8_t unused_rex;   /* bits of REX that must be clear */
    bool modrm;
    bool writes_reg; /* ModRM.reg is a general register that is written */
};

struct quick_index {
    struct {
        uint16_t slot, reg; /* its slot is slot + (ModRM & reg) / 8 */
    } opcodes[OPCODE_COUNT];
    struct {
        uint8_t key, shape, length; /* length with SIB and displacement */
    } modrm[256];
    struct quick_form forms[SLOT_COUNT];
};

/* `confine` says which memory accesses (OP_R, OP_W) must be confined. */
void lfi_x86_64_quick_index(struct quick_index *quick, const struct form_index *index,
                            unsigned confine);

/*
 * Returns the length of the instruction at `bytes` (DECODE_WINDOW of them readable) if it breaks no
 * rule that does not depend on where it stands, does not start a group, and does not write rsp. It
 * may be a direct jump or call (*kind); *displacement is then where it goes. Returns 0 if the full
 * decoder has to look at it.
 *
 * It accepts nothing that the full decoder and the rules would not; tests/verifier/x86_64/both.c
 * checks that.
 */
unsigned lfi_x86_64_quick(const struct quick_index *quick, const uint8_t *bytes, enum kind *kind,
                          int64_t *displacement);

/*
 * Does the same for each instruction from `pos` of bytes[0..size) on, sets a bit in `start` for it
 * and in `target` for what a direct branch names, and returns where it stopped: at the first
 * instruction that breaks a rule or needs the full decoder, or near the end.
 */
size_t lfi_x86_64_quick_run(const struct quick_index *quick, const uint8_t *bytes, size_t size,
                            size_t pos, uint64_t *start, uint64_t *target);

#endif
