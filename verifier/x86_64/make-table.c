// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Runs on the machine that builds the verifier: reads insns.def and evex.def, and writes, as C,
 * the automaton that table.h declares.
 *
 *     make-table x86_64-table.c
 *
 * Each function makes the row of what is known of an instruction after some of its bytes: it asks
 * for each next byte what it means. Rows that are the same are kept once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "table.h"

enum { MAX_ROWS = FIRST_CLASS, REX_BITS = 15, BAD = FIRST_CLASS << ADVANCE_BITS | 1 /* class 0 */ };
enum { MEMORY_SIZE = 1 << 19 };

/* What is known before the opcode; of VEX and EVEX, only W, L, b and the prefixes they stand for.
 */
struct known {
    unsigned prefixes; /* PFX_ */
    unsigned rex;      /* 0, or the byte */
};

/* What a row is made of; rows that are asked for again are not made again. */
struct question {
    uint32_t words[6];
};

static struct {
    uint16_t rows[MAX_ROWS][256];
    unsigned row_count;
    uint64_t classes[CLASS_LIMIT];
    unsigned class_count;
    struct form_index index;
    uint16_t row_hash[1 << 16]; /* number of a row and 1 */
    struct {
        struct question question;
        uint16_t answer; /* 0: empty */
    } memory[MEMORY_SIZE];
    unsigned memory_used;
    uint16_t prefixes[1 << 7]; /* by set of prefixes; 0: not yet */
} all = {.classes = {REFUSED}, .class_count = 1};

enum place { NOWHERE, ANYWHERE, STACK, STACK_FAR, RIP, ABSOLUTE };

static void fail(const char *why)
{
    fprintf(stderr, "make-table: %s\n", why);
    exit(1);
}

static unsigned hash(const void *data, size_t size)
{
    const uint8_t *p = data;
    uint64_t h = 0;
    for (size_t i = 0; i < size; i++)
        h = (h ^ p[i]) * 0x9e3779b97f4a7c15 >> 1;
    return (unsigned)(h >> 20);
}

static uint16_t row_entry(const uint16_t row[256])
{
    unsigned h = hash(row, sizeof all.rows[0]) & 0xffff, i = 0;
    while (i < 256 && row[i] == BAD)
        i++;
    if (i == 256)
        return BAD;
    for (; (i = all.row_hash[h]) != 0; h = (h + 1) & 0xffff)
        if (memcmp(all.rows[i - 1], row, sizeof all.rows[0]) == 0)
            return (uint16_t)((i - 1) << ADVANCE_BITS | 1);
    if (all.row_count == MAX_ROWS)
        fail("MAX_ROWS is too small");
    i = all.row_count++;
    memcpy(all.rows[i], row, sizeof all.rows[0]);
    all.row_hash[h] = (uint16_t)(i + 1);
    return (uint16_t)(i << ADVANCE_BITS | 1);
}

/*
 * Where the answer is or, until the next one is kept, will be. Of the form, all counts that
 * class_of() and those who call it look at.
 */
static uint16_t *answer_to(const struct known *k, const struct form *f, unsigned mod, unsigned rsp)
{
    uint32_t opcode = f->map == ONE && (f->first == 0x83 || f->first == 0x03) ? f->first : 0;
    const struct question q = {{
        f->rm | (uint32_t)f->reg << 16,
        f->vvvv | (uint32_t)f->masks << 16 | (uint32_t)f->mem << 24,
        f->imm | (uint32_t)f->kind << 8 | (uint32_t)f->flags << 16 | (uint32_t)f->writes << 24,
        f->size | (uint32_t)f->rex_used << 16 | opcode << 24,
        k->prefixes,
        k->rex | mod << 8 | rsp << 11 | (uint32_t)f->evex << 16,
    }};
    unsigned h = hash(q.words, sizeof q.words) % MEMORY_SIZE;
    for (; all.memory[h].answer != 0; h = (h + 1) % MEMORY_SIZE)
        if (memcmp(all.memory[h].question.words, q.words, sizeof q.words) == 0)
            return &all.memory[h].answer;
    all.memory[h].question = q;
    return &all.memory[h].answer;
}

static uint16_t keep(uint16_t *place, uint16_t answer)
{
    if (all.memory_used++ > MEMORY_SIZE / 2)
        fail("MEMORY_SIZE is too small");
    return *place = answer;
}

static uint16_t class_entry(uint64_t class, unsigned advance)
{
    unsigned i = 0;
    while (i < all.class_count && all.classes[i] != class)
        i++;
    if (i == CLASS_LIMIT)
        fail("CLASS_LIMIT is too small");
    if (i == all.class_count)
        all.classes[all.class_count++] = class;
    return (uint16_t)((FIRST_CLASS + i) << ADVANCE_BITS | advance);
}

static uint64_t class_in(uint16_t entry)
{
    return all.classes[(entry >> ADVANCE_BITS) - FIRST_CLASS];
}

/* ---- an instruction ---- */

static unsigned size_index(const struct known *k)
{
    return k->prefixes / PFX_66 & 3;
}

static unsigned register_size(const struct known *k, const struct form *f)
{
    return f->size >> size_index(k) * 4 & 15;
}

static unsigned immediate_size(const struct known *k, const struct form *f)
{
    static const uint8_t sizes[][4] = {
        [I0] = {0, 0, 0, 0}, [I1] = {1, 1, 1, 1}, [I2] = {2, 2, 2, 2},
        [I3] = {3, 3, 3, 3}, [Iz] = {4, 2, 4, 4}, [Iv] = {4, 2, 8, 8},
        [J1] = {1, 1, 1, 1}, [J4] = {4, 4, 4, 4}, [O] = {8, 8, 8, 8},
    };
    return f->imm == O && (k->prefixes & PFX_67) != 0 ? 4 : sizes[f->imm][size_index(k)];
}

static unsigned memory_size(const struct known *k, const struct form *f)
{
    unsigned full = (k->prefixes & PFX_L2) != 0 ? 64 : (k->prefixes & PFX_L) != 0 ? 32 : 16;
    if ((k->prefixes & PFX_B) != 0)
        return (f->evex & B2) != 0 ? 2 : (k->prefixes & PFX_W) != 0 ? 8 : 4;
    switch (f->mem) {
    case 0:
        return register_size(k, f);
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
        return f->mem;
    }
}

static bool is_string(const struct form *f)
{
    return f->kind >= MOVS && f->kind <= SCAS;
}

/* Memory through gs without 67: the slots of the runtime table, in the forms that use them. */
static uint32_t slot_class(const struct known *k, const struct form *f, enum place place)
{
    if (place != ABSOLUTE || (k->rex & (REX_X | REX_B)) != 0)
        return REFUSED;
    if (f->kind == LOAD && register_size(k, f) == 8)
        return HEADS | LOADS_BASE;
    if (f->kind == JUMP_IND || (f->map == ONE && f->first == 0x03 && register_size(k, f) == 8))
        return IN_GROUP;
    return REFUSED;
}

/* What check_vex() in verify.c needs to know of a form with VEX or EVEX. */
static uint64_t vex_class(const struct known *k, const struct form *f, bool memory, bool has_sib)
{
    bool evex = (k->prefixes & PFX_EVEX) != 0;
    uint64_t class = HAS_VEX | ((f->flags & MODRM) != 0 ? HAS_MODRM : 0) | (has_sib ? HAS_SIB : 0) |
                     ((f->reg & OP_USED) != 0 ? USES_R : 0) |
                     ((f->vvvv & OP_USED) != 0 ? USES_VVVV : 0) |
                     ((f->writes & WRITES_REG) != 0 ? WRITES_REG_FIELD : 0) |
                     ((f->writes & WRITES_RM) != 0 && !memory ? WRITES_RM_FIELD : 0) |
                     ((f->writes & WRITES_VVVV) != 0 ? WRITES_VVVV_FIELD : 0) |
                     ((f->rm & OP_VSIB) != 0 && (f->reg & OP_W) != 0 ? IS_GATHER : 0) |
                     ((f->reg & OP_MASK) != 0 ? REG_IS_MASK : 0) |
                     ((f->rm & OP_MASK) != 0 && !memory ? RM_IS_MASK : 0) |
                     ((f->vvvv & OP_MASK) != 0 ? VVVV_IS_MASK : 0);
    if (!evex)
        return class;
    return class | HAS_EVEX | ((f->reg & (OP_GPR | OP_MASK)) == 0 ? REG_IS_VECTOR : 0) |
           ((f->rm & (OP_GPR | OP_MASK)) == 0 && !memory ? RM_IS_VECTOR : 0) |
           ((f->vvvv & (OP_GPR | OP_MASK)) == 0 ? VVVV_IS_VECTOR : 0) |
           ((f->rm & OP_VSIB) != 0 ? INDEX_IS_VECTOR : 0) | (f->masks != NO_MASK ? MAY_MASK : 0) |
           (f->masks == MUST_MASK ? NEEDS_MASK : 0) |
           (f->masks == ZEROED && (!memory || (f->rm & OP_W) == 0) ? MAY_ZERO : 0);
}

/* What ModRM and SIB leave to be checked: where memory is, and which registers are rsp. */
static uint64_t class_of(const struct known *k, const struct form *f, enum place place,
                         unsigned rsp, bool has_sib)
{
    unsigned pfx = k->prefixes, size = register_size(k, f);
    bool gs = (pfx & PFX_GS) != 0, a32 = (pfx & PFX_67) != 0;
    unsigned access = place != NOWHERE ? f->rm & (OP_R | OP_W) : 0;
    if (f->kind == XLAT || f->kind == MASKMOV) {
        place = ANYWHERE;
        access = f->kind == XLAT ? OP_R : OP_W;
    }
    bool byte_register = (f->rm & OP_GPR) != 0 && f->mem == 1;
    bool jumps = f->kind == JUMP_IND || f->kind == CALL_IND;
    if (((pfx & PFX_F0) != 0 && ((f->flags & LOCK) == 0 || place == NOWHERE)) ||
        (gs && access == 0) || (a32 && (!gs || access == 0 || place == RIP)) ||
        (size == 8 && (pfx & PFX_66) != 0 && f->size == SIZE_v) ||
        (k->rex == 0x40 && f->size != SIZE_b && !byte_register) ||
        (f->kind == BIT && place != NOWHERE) || (jumps && place != NOWHERE && (!gs || a32)))
        return REFUSED;

    uint64_t class = 0;
    if (gs && !a32)
        class |= slot_class(k, f, place);
    else if (!gs && access != 0)
        class |= (access & OP_W) != 0 ? STORES : LOADS;
    if (jumps)
        class |= IN_GROUP;
    if ((class & (LOADS | STORES)) != 0) {
        if (place == RIP)
            class |= BY_RIP | (uint64_t)memory_size(k, f) << SIZE_SHIFT;
        if (place == STACK_FAR || (place == STACK && (pfx & PFX_VEX) != 0))
            class |= ON_STACK;
        else if (place == STACK)
            class &= ~(uint64_t)(LOADS | STORES);
        if ((place == STACK || place == STACK_FAR) && (f->flags & MAYBE) == 0)
            class |= CHECKS_STEP_BY;
    }
    bool high_byte = size == 1 && k->rex == 0; /* number 4 is ah */
    if ((pfx & PFX_VEX) == 0 && (rsp & f->writes) != 0 && !high_byte)
        class |= WRITES_RSP | ((f->flags & OFFSET) != 0 && size == 4 ? WRITES_OFFSET : 0);
    switch (f->kind) {
    case PUSH:
    case POP:
    case POP_RM:
        class |= CHECKS_STEP;
        break;
    case NOP:
        class |= PASSES_STEP;
        break;
    case JUMP:
    case LOOP:
        class |= BRANCHES;
        break;
    case CALL:
        class |= BRANCHES | CALLS | CHECKS_STEP;
        break;
    case ENTER:
    case LEAVE:
        class |= WRITES_RSP;
        break;
    default:
        break;
    }
    if (is_string(f))
        class |= IS_STRING;
    if ((pfx & PFX_VEX) != 0)
        class |= vex_class(k, f, place != NOWHERE, has_sib);
    return (class & REFUSED) != 0 ? REFUSED : class;
}

/* The last byte that matters; `skip` bytes of displacement and an immediate come after it. */
static uint16_t last_byte(const struct known *k, const struct form *f, enum place place,
                          unsigned rsp, unsigned rex_used, unsigned skip)
{
    uint64_t class = class_of(k, f, place, rsp, (rex_used & REX_X) != 0);
    if ((k->rex & REX_BITS & ~(rex_used | f->rex_used)) != 0 || (class & REFUSED) != 0)
        return BAD;
    return class_entry(class, 1 + skip + immediate_size(k, f));
}

static unsigned is_rsp(unsigned low, unsigned extended)
{
    return low == REG_RSP && !extended;
}

static uint16_t sib(const struct known *k, const struct form *f, unsigned modrm)
{
    static const uint8_t disp_sizes[] = {0, 1, 4};
    uint16_t row[256];
    unsigned mod = modrm >> 6, rsp = is_rsp(modrm >> 3 & 7, k->rex & REX_R) ? WRITES_REG : 0;
    rsp &= f->writes;
    uint16_t *answer = answer_to(k, f, mod, rsp);
    if (*answer != 0)
        return *answer;
    for (unsigned i = 0; i < 256; i++) {
        bool no_base = mod == 0 && (i & 7) == 5;
        bool index = (i >> 3 & 7) != 4 || (k->rex & REX_X) != 0 || (f->rm & OP_VSIB) != 0;
        enum place place = i == 0x25 && mod == 0 && !index           ? ABSOLUTE
                           : index || !is_rsp(i & 7, k->rex & REX_B) ? ANYWHERE
                           : mod == 2                                ? STACK_FAR
                                                                     : STACK;
        row[i] = last_byte(k, f, place, rsp, REX_X | (no_base ? 0 : REX_B),
                           no_base ? 4 : disp_sizes[mod]);
    }
    return keep(answer, row_entry(row));
}

/* andl $-32,%eX: the immediate matters, because it may be the first of a group. */
static uint16_t mask(uint16_t otherwise)
{
    uint16_t row[256];
    uint64_t class = class_in(otherwise);
    for (unsigned i = 0; i < 256; i++)
        row[i] = i == 0xe0 ? class_entry(class | HEADS, 1) : class_entry(class, 1);
    return row_entry(row);
}

static uint16_t with_modrm(const struct known *k, const struct form *f, unsigned modrm)
{
    static const uint8_t disp_sizes[] = {0, 1, 4, 0};
    unsigned mod = modrm >> 6, rm = modrm & 7;
    bool bare = (k->prefixes & ~PFX_W) == 0;
    unsigned rsp = is_rsp(modrm >> 3 & 7, k->rex & REX_R) ? WRITES_REG : 0;
    if (mod != 3 && rm == 4)
        return sib(k, f, modrm);
    if ((f->rm & OP_VSIB) != 0)
        return BAD;
    if (mod == 0 && rm == 5) {
        uint16_t e = last_byte(k, f, RIP, rsp, 0, 4);
        if (f->kind == LEA && bare && k->rex == 0x4c && modrm == 0x1d) /* leaq N(%rip),%r11 */
            return class_entry(class_in(e) | HEADS, 5);
        return e;
    }
    if (mod != 3)
        return last_byte(k, f, ANYWHERE, rsp, REX_B, disp_sizes[mod]);
    rsp |= is_rsp(rm, k->rex & REX_B) ? WRITES_RM : 0;
    uint16_t e = last_byte(k, f, NOWHERE, rsp, REX_B, 0);
    if (f->kind == AND && f->first == 0x83 && e != BAD && bare && (k->rex == 0 || k->rex == 0x41))
        return mask(e);
    if (f->kind == STORE && bare && k->rex == 0 && (modrm == 0xff || modrm == 0xf6))
        return class_entry(class_in(e) | HEADS, 1); /* movl %edi,%edi */
    return e;
}

/* The form, or NULL; `one` says whether ModRM does not matter. */
static const struct form *match(const struct known *k, unsigned map, unsigned opcode,
                                unsigned modrm, bool *one)
{
    unsigned key = (k->prefixes & KEY_PREFIXES) | (modrm & (KEY_REG | KEY_RM)) |
                   (modrm >= 0xc0 ? KEY_MOD3 : 0);
    unsigned slot = form_slot(&all.index, map * 256 + opcode, modrm);
    *one = all.index.extended[map * 256 + opcode] == 0 && (k->prefixes & PFX_EVEX) == 0;
    for (unsigned i = all.index.start[slot]; i < all.index.start[slot + 1]; i++) {
        const struct form *f = &lfi_x86_64_forms[all.index.ids[i]];
        if (((key ^ f->value) & f->mask & KEY_PREFIXES) == 0 && (f->mask & ~KEY_PREFIXES) != 0)
            *one = false;
        if (((key ^ f->value) & f->mask) == 0 && form_has_length(f, k->prefixes, modrm < 0xc0))
            return f->rule == RULE_NONE ? f : NULL;
    }
    return NULL;
}

static uint16_t opcode(const struct known *k, unsigned map, unsigned op)
{
    enum { WHOLE = 4 };
    uint16_t row[256];
    const struct form *only = NULL;
    for (unsigned modrm = 0; modrm < 256; modrm++) {
        bool one;
        const struct form *f = match(k, map, op, modrm, &one);
        if (f && (f->flags & MODRM) == 0) {
            unsigned low = is_rsp(op & 7, k->rex & REX_B);
            bool nop = f->kind == XCHG && op == 0x90 && (k->rex & REX_B) == 0;
            uint16_t e = last_byte(k, f, f->imm == O ? ANYWHERE : NOWHERE,
                                   (f->reg & OP_OPCODE) != 0 && low ? WRITES_REG : 0, 0, 0);
            return nop && e != BAD ? class_entry(class_in(e) | PASSES_STEP, 1) : e;
        }
        if (one && !f)
            return BAD;
        if (one && modrm == 0) {
            const uint16_t *answer = answer_to(k, f, WHOLE, 0);
            if (*answer != 0)
                return *answer;
            only = f;
        }
        row[modrm] = f ? with_modrm(k, f, modrm) : BAD;
    }
    /* Answers of sib() may have taken the place that was free before. */
    uint16_t e = row_entry(row);
    return only ? keep(answer_to(k, only, WHOLE, 0), e) : e;
}

/* ---- prefixes ---- */

static uint16_t opcodes(const struct known *k, unsigned map)
{
    uint16_t row[256];
    for (unsigned i = 0; i < 256; i++)
        row[i] = opcode(k, map, i);
    return row_entry(row);
}

/* After 0f. */
static uint16_t escape(const struct known *k)
{
    uint16_t row[256];
    for (unsigned i = 0; i < 256; i++)
        row[i] = i == 0x38 ? opcodes(k, M38) : i == 0x3a ? opcodes(k, M3A) : opcode(k, M0F, i);
    return row_entry(row);
}

/* Map ONE, or the escape to another. */
static uint16_t opcode_or_escape(const struct known *k, unsigned i)
{
    return i == 0x0f ? escape(k) : opcode(k, ONE, i);
}

/* The prefixes that VEX and EVEX stand for. */
static const uint16_t pp[] = {0, PFX_66, PFX_F3, PFX_F2};

/* The last byte of VEX; W is in it if there are three. */
static uint16_t vex(const struct known *k, unsigned map, bool three)
{
    uint16_t row[256];
    for (unsigned i = 0; i < 256; i++) {
        struct known with = *k;
        with.prefixes |= PFX_VEX | pp[i & 3] | ((i & 4) != 0 ? PFX_L : 0) |
                         (three && (i & 0x80) != 0 ? PFX_W : 0);
        row[i] = opcodes(&with, map);
    }
    return row_entry(row);
}

static uint16_t vex3(const struct known *k)
{
    uint16_t row[256];
    const uint16_t maps[] = {BAD, vex(k, M0F, true), vex(k, M38, true), vex(k, M3A, true)};
    for (unsigned i = 0; i < 256; i++)
        row[i] = (i & 31) <= M3A ? maps[i & 31] : BAD;
    return row_entry(row);
}

/* The last byte of EVEX: L'L and b. What the automaton does not look at, verify.c does. */
static uint16_t evex_last(const struct known *k, unsigned map)
{
    uint16_t entries[8], row[256];
    for (unsigned i = 0; i < 8; i++) {
        struct known with = *k;
        with.prefixes |=
            ((i & 1) != 0 ? PFX_B : 0) | ((i & 2) != 0 ? PFX_L : 0) | ((i & 4) != 0 ? PFX_L2 : 0);
        entries[i] = opcodes(&with, map);
    }
    for (unsigned i = 0; i < 256; i++)
        row[i] = entries[i >> 4 & 7];
    return row_entry(row);
}

/* The byte before it: W and pp, and a bit that is set. */
static uint16_t evex_middle(const struct known *k, unsigned map)
{
    uint16_t entries[8], row[256];
    for (unsigned i = 0; i < 8; i++) {
        struct known with = *k;
        with.prefixes |= PFX_VEX | PFX_EVEX | pp[i & 3] | ((i & 4) != 0 ? PFX_W : 0);
        entries[i] = evex_last(&with, map);
    }
    for (unsigned i = 0; i < 256; i++)
        row[i] = (i & 4) != 0 ? entries[(i & 3) | (i >> 5 & 4)] : BAD;
    return row_entry(row);
}

/* After 62: the map, and a bit that is clear. */
static uint16_t evex(const struct known *k)
{
    static const uint8_t maps[8] = {0, M0F, M38, M3A, 0, M5, M6, 0};
    uint16_t entries[8], row[256];
    for (unsigned i = 0; i < 8; i++)
        entries[i] = maps[i] != 0 ? evex_middle(k, maps[i]) : BAD;
    for (unsigned i = 0; i < 256; i++)
        row[i] = (i & 8) == 0 ? entries[i & 7] : BAD;
    return row_entry(row);
}

static uint16_t after_rex(const struct known *k, unsigned rex)
{
    struct known with = *k;
    with.rex = rex;
    with.prefixes |= (rex & REX_W) != 0 ? PFX_W : 0;
    uint16_t row[256];
    bool prefix[256] = {
        [0x26] = true,          [0x2e] = true, [0x36] = true,          [0x3e] = true,
        [0x40 ... 0x4f] = true, [0x62] = true, [0x64 ... 0x67] = true, [0xc4] = true,
        [0xc5] = true,          [0xf0] = true, [0xf2] = true,          [0xf3] = true};
    for (unsigned i = 0; i < 256; i++)
        row[i] = prefix[i] ? BAD : opcode_or_escape(&with, i);
    return row_entry(row);
}

/* The rest of a nop of 10 to 15 bytes, after `count` times 66 and `literal` bytes more. */
static uint16_t long_nop(unsigned count, unsigned literal)
{
    static const uint8_t tail[] = {0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0};
    uint16_t row[256];
    for (unsigned i = 0; i < 256; i++)
        row[i] = BAD;
    if (literal == 0 && count < 6)
        row[0x66] = long_nop(count + 1, 0);
    row[tail[literal]] =
        literal + 1 < sizeof tail ? long_nop(6, literal + 1) : class_entry(PASSES_STEP, 1);
    return row_entry(row);
}

static bool is_other_segment(unsigned byte)
{
    return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e || byte == 0x64;
}

static uint16_t prefixes(unsigned seen)
{
    enum { REPEATS = PFX_F0 | PFX_F2 | PFX_F3 };
    unsigned set = seen / PFX_66 % 2 + seen / PFX_67 % 2 * 2 + seen / PFX_GS % 2 * 4 +
                   seen / PFX_F0 % 2 * 8 + seen / PFX_F2 % 2 * 16 + seen / PFX_F3 % 2 * 32;
    if (all.prefixes[set] != 0)
        return all.prefixes[set];
    const struct known k = {.prefixes = seen};
    uint16_t row[256];
    for (unsigned i = 0; i < 256; i++) {
        unsigned bit = i == 0x66   ? PFX_66
                       : i == 0x67 ? PFX_67
                       : i == 0x65 ? PFX_GS
                       : i == 0xf0 ? PFX_F0
                       : i == 0xf2 ? PFX_F2
                       : i == 0xf3 ? PFX_F3
                                   : 0;
        bool again = (seen & bit) != 0 || ((bit & REPEATS) != 0 && (seen & REPEATS) != 0);
        bool vex_prefix = i == 0x62 || i == 0xc4 || i == 0xc5;
        if (bit != 0)
            row[i] = again ? BAD : prefixes(seen | bit);
        else if ((seen & (PFX_67 | PFX_GS)) == PFX_67 || is_other_segment(i) ||
                 (vex_prefix && (seen & (PFX_66 | REPEATS)) != 0))
            row[i] = BAD; /* 67 is good with gs only */
        else if (i >= 0x40 && i <= 0x4f)
            row[i] = after_rex(&k, i);
        else if (vex_prefix)
            row[i] = i == 0x62 ? evex(&k) : i == 0xc4 ? vex3(&k) : vex(&k, M0F, false);
        else
            row[i] = opcode_or_escape(&k, i);
    }
    if (seen == PFX_66) {
        row[0x66] = long_nop(2, 0);
        row[0x2e] = long_nop(6, 1);
    }
    return all.prefixes[set] = row_entry(row);
}

/* ---- output ---- */

/* The first state is made last, and becomes row 0. */
static unsigned final_entry(unsigned e)
{
    return e >= FIRST_CLASS << ADVANCE_BITS
               ? e
               : (all.row_count - 1 - (e >> ADVANCE_BITS)) << ADVANCE_BITS | 1;
}

int main(int argc, char **argv)
{
    FILE *f;
    if (argc != 2 || !(f = fopen(argv[1], "w"))) {
        fprintf(stderr, "usage: make-table FILE\n");
        return 2;
    }
    lfi_x86_64_index(&all.index);
    prefixes(0);
    fprintf(f,
            "/* Made by make-table from insns.def and evex.def. */\n#include \"x86_64/table.h\"\n\n"
            "const uint16_t lfi_x86_64_table[] = {\n");
    for (unsigned i = all.row_count; i-- > 0;) {
        fprintf(f, "    ");
        for (unsigned byte = 0; byte < 256; byte++)
            fprintf(f, "%u,", final_entry(all.rows[i][byte]));
        fprintf(f, "\n");
    }
    fprintf(f, "};\nconst uint64_t lfi_x86_64_classes[CLASS_LIMIT] = {\n");
    for (unsigned i = 0; i < all.class_count; i++)
        fprintf(f, "    %#llx,\n", (unsigned long long)all.classes[i]);
    fprintf(f, "};\n");
    if (ferror(f) != 0 || fclose(f) != 0)
        fail("cannot write the table");
    return 0;
}
