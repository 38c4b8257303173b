// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The rules of docs/verifier.md on x86-64 code. The automaton of table.h decides on encodings and
 * on most instructions; what depends on more than the bytes that it looks at is decided here.
 *
 * A bundle starts with an instruction, or the code is refused. So the automaton can start at any
 * bundle, and runs at four places at once: one alone would wait for memory most of the time.
 *
 * This says yes or no. Which rule is broken is said by explain/, which has no say in it.
 */
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

#include "explain/explain.h"
#include "groups.h"

enum {
    BUNDLE_MASK = LFI_BUNDLE_SIZE - 1,
    BLOCK_SIZE = 512,            /* the piece of code that is decoded at one place: some bundles */
    FOUND_SIZE = BLOCK_SIZE + 1, /* the instructions in it, and one that is written, not counted */
    WALKS = 4,
    RSP = 4,
};

struct verifier {
    const struct lfi_code *code;
    unsigned mode;
    uint32_t confine; /* what must be confined in this mode: LOADS, STORES */
    bool refused;

    size_t next_block; /* the first byte that is not in a block yet */
    bool finished;     /* there is none, or the code is refused */

    /* The end of the code, copied to where more can be read. */
    size_t tail_pos; /* a multiple of 64 */
    uint8_t tail[3 * GROUP_WINDOW];

    uint32_t found[WALKS][FOUND_SIZE]; /* see struct walk */

    /* A bit for each byte of the code. */
    uint64_t *start;  /* an instruction that may be branched to */
    uint64_t *target; /* a direct branch names it */

    bool is_checked[CLASS_LIMIT]; /* the class is not good as it is, in this mode */
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

/* The bytes at pos, GROUP_WINDOW of them readable. */
static const uint8_t *bytes_at(const struct verifier *v, size_t pos)
{
    return pos < v->tail_pos ? v->code->bytes + pos : v->tail + (pos - v->tail_pos);
}

static int32_t read_i32(const uint8_t *p)
{
    int32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

/* ---- what VEX and EVEX say ---- */

struct vex {
    unsigned r, x, b; /* 8 or 0; of EVEX, r is also 16 by R' */
    unsigned vvvv;    /* and V' */
    unsigned mask;
    bool zeroes;
};

static struct vex read_vex(const uint8_t *p, const struct found *insn)
{
    if ((insn->class & HAS_VEX) == 0)
        return (struct vex){0};
    if (p[0] != 0x62 && p[0] != 0xc4 && p[0] != 0xc5)
        p += 2; /* gs and 67 */
    if (p[0] == 0x62)
        return (struct vex){
            .r = ((p[1] & 0x80) != 0 ? 0 : 8) | ((p[1] & 0x10) != 0 ? 0 : 16),
            .x = (p[1] & 0x40) != 0 ? 0 : 8,
            .b = (p[1] & 0x20) != 0 ? 0 : 8,
            .vvvv = (~p[2] >> 3 & 15) | ((p[3] & 8) != 0 ? 0 : 16),
            .mask = p[3] & 7,
            .zeroes = (p[3] & 0x80) != 0,
        };
    bool three = p[0] == 0xc4;
    return (struct vex){
        .r = (p[1] & 0x80) != 0 ? 0 : 8,
        .x = !three || (p[1] & 0x40) != 0 ? 0 : 8,
        .b = !three || (p[1] & 0x20) != 0 ? 0 : 8,
        .vvvv = ~p[three ? 2 : 1] >> 3 & 15,
    };
}

/* Is there a register of this number? */
static bool is_register(unsigned number, bool is_mask, bool is_vector)
{
    return number < (is_mask ? 8 : is_vector ? 32 : 16);
}

static bool check_mask(const struct vex *vex, uint64_t class)
{
    if (vex->mask == 0)
        return !vex->zeroes && (class & NEEDS_MASK) == 0;
    return (class & MAY_MASK) != 0 && (!vex->zeroes || (class & MAY_ZERO) != 0);
}

/* Fields that are not used must be clear, and no general register that is written may be rsp. */
static bool check_vex(const struct verifier *v, const uint8_t *p, const struct found *insn)
{
    struct vex vex = read_vex(p, insn);
    uint64_t class = insn->class;
    /* The last byte is the opcode, ModRM, or SIB after a ModRM that asks for it. */
    bool has_sib = (class & HAS_SIB) != 0, has_modrm = (class & HAS_MODRM) != 0;
    bool vector_rm = (class & RM_IS_VECTOR) != 0;
    const uint8_t *last = p + insn->last;
    unsigned modrm = has_sib ? last[-1] : last[0], low = has_sib ? last[0] & 7 : modrm & 7;
    unsigned mod = modrm >> 6, reg = (modrm >> 3 & 7) | vex.r;
    unsigned rm = (modrm & 7) | vex.b | (vector_rm ? vex.x << 1 : 0);
    unsigned index = has_sib ? (last[0] >> 3 & 7) | vex.x : 0;
    bool has_base = has_modrm && (mod != 0 || low != 5);
    if ((class & INDEX_IS_VECTOR) != 0) {
        index |= vex.vvvv & 16;
        vex.vvvv &= 15;
    }
    if ((vex.r != 0 && (class & USES_R) == 0) || (vex.x != 0 && !has_sib && !vector_rm) ||
        (vex.b != 0 && !has_base) || (vex.vvvv != 0 && (class & USES_VVVV) == 0) ||
        !is_register(reg, (class & REG_IS_MASK) != 0, (class & REG_IS_VECTOR) != 0) ||
        !is_register(rm, (class & RM_IS_MASK) != 0, vector_rm) ||
        !is_register(vex.vvvv, (class & VVVV_IS_MASK) != 0, (class & VVVV_IS_VECTOR) != 0) ||
        !check_mask(&vex, class))
        return false;
    if ((class & IS_GATHER) != 0 &&
        (index == reg || ((class & HAS_EVEX) == 0 && (index == vex.vvvv || reg == vex.vvvv))))
        return false;
    bool writes_rsp = ((class & WRITES_REG_FIELD) != 0 && reg == RSP) ||
                      ((class & WRITES_RM_FIELD) != 0 && rm == RSP) ||
                      ((class & WRITES_VVVV_FIELD) != 0 && vex.vvvv == RSP);
    return !writes_rsp || v->mode == LFI_MODE_JUMPS;
}

/* ---- memory ---- */

static bool in_reach(int64_t displacement)
{
    return displacement >= -LFI_STACK_REACH && displacement <= LFI_STACK_REACH;
}

/* The operand N(%rsp) of an instruction whose class has ON_STACK: is it that, and N small? */
static bool is_near_stack(const uint8_t *p, const struct found *insn)
{
    const uint8_t *sib = p + insn->last;
    struct vex vex = read_vex(p, insn);
    return vex.x == 0 && vex.b == 0 && (sib[-1] >> 6 != 2 || in_reach(read_i32(sib + 1)));
}

static bool in_image(const struct verifier *v, uint64_t address, unsigned size)
{
    return address >= v->code->image_start && address <= v->code->image_end &&
           v->code->image_end - address >= size;
}

/* Memory whose address the form does not confine; the instruction ends at `end`. */
static bool check_memory(const struct verifier *v, const uint8_t *p, size_t end,
                         const struct found *insn)
{
    if ((insn->class & v->confine) == 0)
        return true;
    if ((insn->class & BY_RIP) != 0) {
        int64_t displacement = read_i32(p + insn->last + 1);
        return in_image(v, v->code->address + end + (uint64_t)displacement,
                        insn->class >> SIZE_SHIFT & SIZE_MASK);
    }
    return (insn->class & ON_STACK) != 0 && is_near_stack(p, insn);
}

/* Are the pointers of a string instruction guarded that must be? */
static bool check_string(const struct verifier *v, const uint8_t *p, const struct found *insn,
                         bool guards_rdi, bool guards_rsi)
{
    /* What the opcode accesses through rdi and rsi. */
    static const uint32_t rdi[16] = {
        [0x4] = STORES, STORES, LOADS, LOADS, [0xa] = STORES, STORES, [0xe] = LOADS, LOADS};
    static const uint32_t rsi[16] = {[0x4] = LOADS, LOADS, LOADS, LOADS, [0xc] = LOADS, LOADS};
    unsigned opcode = p[insn->last] & 15; /* a4 to af */
    return (guards_rdi || (rdi[opcode] & v->confine) == 0) &&
           (guards_rsi || (rsi[opcode] & v->confine) == 0);
}

/* ---- the stack pointer ---- */

/* Is what comes at pos certain to fault if rsp is not in the box? */
static bool is_step_checked(const struct verifier *v, size_t pos)
{
    while (pos < v->code->size) {
        const uint8_t *p = bytes_at(v, pos);
        struct found insn = find(p);
        if ((insn.class & PASSES_STEP) == 0)
            return (insn.class & CHECKS_STEP) != 0 ||
                   ((insn.class & CHECKS_STEP_BY) != 0 &&
                    ((insn.class & ON_STACK) == 0 || is_near_stack(p, &insn)));
        pos += insn.length;
    }
    return false;
}

/* A write to rsp outside a group: andq with a negative number, or a small step. */
static bool check_stack_write(const struct verifier *v, const uint8_t *p, size_t end)
{
    enum { ADD = 0xc4, AND = 0xe4, SUB = 0xec, LEA_RSP = 0x24 }; /* with ModRM */
    int64_t distance;
    if (p[0] != 0x48)
        return false;
    if (p[1] == 0x81 || p[1] == 0x83) {
        int64_t immediate = p[1] == 0x83 ? (int8_t)p[3] : read_i32(p + 3);
        if (p[2] == AND)
            return immediate < 0;
        if (p[2] != ADD && p[2] != SUB)
            return false;
        distance = p[2] == ADD ? immediate : -immediate;
    } else if (p[1] == 0x8d && (p[2] & 0x3f) == LEA_RSP && (p[3] & 0x3f) == 0x24) {
        unsigned mod = p[2] >> 6;
        distance = mod == 0 ? 0 : mod == 1 ? (int8_t)p[4] : read_i32(p + 4);
    } else {
        return false;
    }
    return in_reach(distance) && is_step_checked(v, end);
}

/* ---- groups ---- */

static bool check_group(struct verifier *v, const uint8_t *p, size_t pos, const struct group *group)
{
    size_t end = pos + group->length, insn_end = pos + group->insn_at + group->insn.length;
    bool ends_bundle = (end & BUNDLE_MASK) == 0;
    if (end > v->code->size || (pos & BUNDLE_MASK) + group->length > LFI_BUNDLE_SIZE)
        return false;
    /* No branch may go into it. It is in one bundle, and so in one word of bits. */
    v->start[pos / 64] &= ~((((uint64_t)1 << (group->length - 1)) - 1) << (pos % 64 + 1));
    switch (group->kind) {
    case MASKED_JUMP:
        return true;
    case MASKED_CALL:
    case RUNTIME_CALL:
        return ends_bundle;
    case GUARDED_STRING:
        return check_string(v, p + group->insn_at, &group->insn, group->guards_rdi,
                            group->guards_rsi);
    case GUARDED_WRITE:
        return check_memory(v, p + group->insn_at, insn_end, &group->insn);
    }
    return false;
}

/* ---- instructions ---- */

/* The values here decide nothing that a processor could predict: there are no branches on them. */
static bool check_branch(struct verifier *v, const uint8_t *p, size_t end, const struct found *insn)
{
    int32_t value = read_i32(p + insn->last + 1);
    unsigned size = insn->length - insn->last - 1, unused = 32 - 8 * size; /* 1 or 4 bytes */
    size_t target = end + (size_t)(int64_t)((int32_t)((uint32_t)value << unused) >> unused);
    bool calls = (insn->class & CALLS) != 0, ends_bundle = (end & BUNDLE_MASK) == 0;
    if ((target >= v->code->size) | (calls & !ends_bundle))
        return false;
    set_bit(v->target, target);
    return true;
}

/* The instruction at pos, whose class is not good as it is. *group_end: of the last group. */
static bool check(struct verifier *v, size_t pos, const struct found *insn, size_t *group_end)
{
    const uint8_t *p = bytes_at(v, pos);
    uint64_t class = insn->class;
    size_t end = pos + insn->length;
    struct group group;
    if (pos < *group_end)
        return true;
    if ((class & BRANCHES) != 0)
        return check_branch(v, p, end, insn);
    if ((class & (HEADS | WRITES_OFFSET)) != 0 && lfi_x86_64_group(p, &group)) {
        *group_end = pos + group.length;
        return check_group(v, p, pos, &group);
    }
    if ((class & (REFUSED | IN_GROUP)) != 0 || ((class & HAS_VEX) != 0 && !check_vex(v, p, insn)) ||
        ((class & IS_STRING) != 0 && !check_string(v, p, insn, false, false)) ||
        ((class & LOADS_BASE) != 0 &&
         read_i32(p + insn->last + 1) != LFI_SLOT_INSIDE(LFI_SLOT_BASE)) ||
        ((class & WRITES_RSP) != 0 && v->mode != LFI_MODE_JUMPS && !check_stack_write(v, p, end)))
        return false;
    return check_memory(v, p, end, insn);
}

/* ---- blocks ---- */

/* The automaton at one place of `bytes`. */
struct walk {
    size_t begin, end, at, state;
    uint32_t *found; /* the next item of it */
};

/*
 * Notes for each byte that is looked at, and keeps for each instruction, the entry, and above it in
 * 16 bits where it leads to.
 */
static inline void step(struct walk *w, const uint8_t *bytes)
{
    size_t entry = next_entry(w->state, bytes[w->at]);
    bool is_class = entry_is_class(entry);
    w->at += entry_advance(entry);
    w->state = is_class ? FIRST_STATE : entry;
    *w->found = (uint32_t)(w->at << 16 | entry);
    w->found += is_class;
}

static unsigned found_entry(uint32_t found)
{
    return found & 0xffff;
}

/* The end of the instruction, from the start of the block on, which is at `from` in what was
 * walked. */
static size_t found_end(uint32_t found, size_t from)
{
    return ((found >> 16) - from) & 0xffff;
}

/*
 * The instructions found[0] ... last[-1] of the block at pos, which the walk began at `from`:
 * records where they start, and checks those that are not good as they are.
 */
static bool check_block(struct verifier *v, size_t pos, size_t size, size_t from,
                        const uint32_t *found, const uint32_t *last)
{
    uint16_t checked[FOUND_SIZE];
    size_t at = 0, i = 0, count = 0, group_end = 0;
    if (last == found || found_end(last[-1], from) != size)
        return size == 0; /* an instruction crosses the end */
    for (size_t word = 0; word < size; word += 64) {
        uint64_t start = 0;
        size_t next = word + 64 < size ? word + 64 : size;
        if (at != word)
            return false;
        do {
            start |= (uint64_t)1 << at % 64;
            checked[count] = (uint16_t)i;
            count += v->is_checked[entry_class(found_entry(found[i]))];
            at = found_end(found[i++], from);
        } while (at < next);
        if (word + LFI_BUNDLE_SIZE < size && (start >> LFI_BUNDLE_SIZE & 1) == 0)
            return false;
        v->start[(pos + word) / 64] = start;
    }
    for (size_t n = 0; n < count; n++) {
        const uint32_t *f = &found[checked[n]];
        size_t begin = f == found ? 0 : found_end(f[-1], from), end = found_end(*f, from);
        unsigned entry = found_entry(*f), length = (unsigned)(end - begin);
        struct found insn = {lfi_x86_64_classes[entry_class(entry)], length,
                             length - (unsigned)entry_advance(entry)};
        if (!check(v, pos + begin, &insn, &group_end))
            return false;
    }
    return true;
}

/* Checks the block that a walk has come to the end of, and returns a walk over the next one. */
static struct walk next_block(struct verifier *v, struct walk w, uint32_t *found)
{
    size_t left = v->tail_pos - v->next_block, size = left < BLOCK_SIZE ? left : BLOCK_SIZE;
    if (!check_block(v, w.begin, w.end - w.begin, w.begin, found, w.found))
        v->refused = true;
    v->finished = left == 0 || v->refused;
    v->next_block += size;
    size_t begin = v->next_block - size;
    return (struct walk){begin, v->next_block, begin, FIRST_STATE, found};
}

/* Decodes and checks the code before the tail. */
static void check_blocks(struct verifier *v)
{
    const uint8_t *bytes = v->code->bytes;
    struct walk none = {0}, walks[WALKS];
    for (unsigned i = 0; i < WALKS; i++) {
        none.found = v->found[i];
        walks[i] = next_block(v, none, v->found[i]);
    }
    struct walk a = walks[0], b = walks[1], c = walks[2], d = walks[3];
    while (!v->finished) {
        step(&a, bytes);
        step(&b, bytes);
        step(&c, bytes);
        step(&d, bytes);
        if (a.at >= a.end)
            a = next_block(v, a, v->found[0]);
        if (b.at >= b.end)
            b = next_block(v, b, v->found[1]);
        if (c.at >= c.end)
            c = next_block(v, c, v->found[2]);
        if (d.at >= d.end)
            d = next_block(v, d, v->found[3]);
    }
    const struct walk rest[WALKS] = {a, b, c, d};
    for (unsigned i = 0; i < WALKS && !v->refused; i++) {
        struct walk w = rest[i];
        while (w.at < w.end)
            step(&w, bytes);
        next_block(v, w, v->found[i]);
    }
}

/* The last bytes, from where more can be read than there are. */
static void check_tail(struct verifier *v)
{
    size_t size = v->code->size - v->tail_pos;
    struct walk w = {.end = size, .state = FIRST_STATE, .found = v->found[0]};
    while (w.at < w.end)
        step(&w, v->tail);
    if (!check_block(v, v->tail_pos, size, 0, v->found[0], w.found))
        v->refused = true;
}

static void check_targets(struct verifier *v)
{
    for (size_t i = 0; i <= v->code->size / 64; i++)
        if ((v->target[i] & ~v->start[i]) != 0)
            v->refused = true;
}

/* ---- all of it ---- */

static void set_mode(struct verifier *v, unsigned mode)
{
    v->mode = mode;
    v->confine = mode == LFI_MODE_FULL ? LOADS | STORES : mode == LFI_MODE_STORES ? STORES : 0;
    for (unsigned i = 0; i < CLASS_LIMIT; i++)
        v->is_checked[i] =
            (lfi_x86_64_classes[i] & (REFUSED | BRANCHES | WRITES_RSP | HEADS | IN_GROUP |
                                      IS_STRING | LOADS_BASE | HAS_VEX | v->confine)) != 0;
}

static void check_code(struct verifier *v)
{
    size_t size = v->code->size;
    v->tail_pos = size <= GROUP_WINDOW ? 0 : (size - GROUP_WINDOW) & ~(size_t)63;
    memset(v->tail, 0, sizeof v->tail);
    if (size != 0)
        memcpy(v->tail, v->code->bytes + v->tail_pos, size - v->tail_pos);
    check_blocks(v);
    check_tail(v);
    check_targets(v);
}

static enum lfi_verdict verify(unsigned mode, const struct lfi_code *code, lfi_violation_fn *report,
                               void *data)
{
    size_t words = code->size / 64 + 1;
    struct verifier *v = calloc(1, sizeof *v);
    uint64_t *bits = calloc(words, 2 * sizeof *bits);
    enum lfi_verdict verdict = LFI_UNABLE;
    if (v && bits) {
        v->code = code;
        v->start = bits;
        v->target = bits + words;
        set_mode(v, mode);
        check_code(v);
        verdict = v->refused ? LFI_REFUSED : LFI_ACCEPTED;
    }
    free(bits);
    free(v);
    if (verdict == LFI_REFUSED && report &&
        lfi_x86_64_explain(mode, code, report, data) != LFI_REFUSED) {
        struct lfi_violation violation;
        lfi_violation_set(&violation, &lfi_x86_64_arch, RULE_undecodable, "somewhere in the code");
        violation.address = code->address;
        report(data, &violation);
    }
    return verdict;
}

const struct verify_arch lfi_x86_64_arch = {
    .name = "x86_64",
    .machine = LFI_ARCH_X86_64,
    .alignment = LFI_BUNDLE_SIZE,
    .unit = "a bundle",
    .page_sizes = {4096},
    .verify = verify,
};
