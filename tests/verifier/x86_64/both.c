// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The x86-64 verifier against the reader that explains (docs/verifier.md), which decides by itself
 * here: every opcode with prefixes, ModRM, SIB bytes and displacements, in each mode and at
 * different places of a bundle, before every end of a group; random bytes; and random sequences.
 *
 *     test-verifier-x86_64-both [all | SEED]
 *
 * With `all` it tries all opcodes and SIB bytes, more prefixes and many more random bytes, which
 * takes about 70 minutes of processor time (estimated, part by part, from a sample of 24 s). Else
 * it takes a sample, which the seed decides on: another one each day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* The parts under test have no interface but lfi_verify_code(). */
#include "x86_64/verify.c"

#include "reader.h"

#include "../both.h"

/* ---- each instruction ---- */

/* The bytes of an instruction, zeros included; no look goes further. */
enum { WINDOW = GROUP_WINDOW, PROGRAM = 3 * LFI_BUNDLE_SIZE };

struct comparison {
    struct verifier *verifiers[MODES];
    struct reader *readers[MODES];
    uint8_t buffer[PROGRAM];
    uint64_t start[PROGRAM / 64 + 1], target[PROGRAM / 64 + 1];
    unsigned long tried, accepted;
    unsigned turn; /* of places in the bundle */
    uint64_t random;
};

/* What verify() says, without making everything anew. */
static bool is_accepted(struct comparison *c, unsigned mode, const struct lfi_code *code)
{
    struct verifier *v = c->verifiers[mode];
    v->code = code;
    v->refused = false;
    v->next_block = 0;
    v->start = c->start;
    v->target = c->target;
    memset(c->start, 0, sizeof c->start);
    memset(c->target, 0, sizeof c->target);
    check_code(v);
    return !v->refused;
}

/* The bytes at `pos` of a program of nops, with `after` (a length and bytes) behind them. */
static void compare_at(struct comparison *c, const uint8_t *bytes, unsigned length, size_t pos,
                       const char *after)
{
    const struct lfi_code code = {.bytes = c->buffer,
                                  .size = PROGRAM,
                                  .address = 0x40000,
                                  .image_start = 0x40000 - 0x28,
                                  .image_end = 0x40000 + 0x100};
    memset(c->buffer, 0x90, sizeof c->buffer);
    memcpy(c->buffer + pos, bytes, length);
    if (after != NULL)
        memcpy(c->buffer + pos + length, after + 1, (size_t)after[0]);
    for (unsigned mode = 0; mode < MODES; mode++) {
        c->tried++;
        const bool accepted = is_accepted(c, mode, &code);
        c->accepted += accepted;
        if (accepted == reader_accepts(c->readers[mode], &code))
            continue;
        char hex[3 * PROGRAM + 1];
        for (unsigned i = 0; i < PROGRAM - pos; i++)
            snprintf(hex + (size_t)3 * i, 4, "%02x ", c->buffer[pos + i]);
        fail_msg("mode %s, at %zu of a bundle, %s by the verifier alone: %s", mode_names[mode], pos,
                 accepted ? "accepted" : "refused", hex);
    }
}

/*
 * What the table says of an instruction, and its length; then in a program, at the places that
 * matter. Returns the length, or 0 if it is refused wherever it is.
 */
static unsigned compare(struct comparison *c, const uint8_t bytes[WINDOW], const char *after)
{
    const struct found found = find(bytes);
    bool may_head;
    unsigned length = reader_length(c->readers[0], bytes, &may_head);
    const bool refused = (found.class & REFUSED) != 0;
    if (length == 0 && (found.class & HAS_VEX) != 0)
        length = found.length; /* refused for what the table does not look at */
    if (!refused && found.length != length)
        fail_msg("length %u, not %u: %02x %02x %02x %02x %02x %02x %02x %02x %02x", found.length,
                 length, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6],
                 bytes[7], bytes[8]);
    if (refused && length == 0) {
        c->tried++;
        return 0;
    }
    /* It begins, ends and crosses its bundle, in turn; what branches stands everywhere. */
    const unsigned size = length + (after != NULL ? (unsigned)after[0] : 0);
    const size_t places[] = {0, LFI_BUNDLE_SIZE - size, LFI_BUNDLE_SIZE - size + 1,
                             c->turn++ % LFI_BUNDLE_SIZE};
    const bool everywhere = (found.class & BRANCHES) != 0 && after == NULL;
    const unsigned count = everywhere ? LFI_BUNDLE_SIZE : sizeof places / sizeof *places;
    for (unsigned i = everywhere ? 0 : c->turn % count; i < count; i += everywhere ? 1 : count)
        compare_at(c, bytes, length, everywhere ? i : places[i] % LFI_BUNDLE_SIZE, after);
    /* Does it check a step of rsp? */
    const bool checks = (found.class & (CHECKS_STEP | CHECKS_STEP_BY)) != 0;
    if (after == NULL && length <= 15 && (checks || c->turn % 8 == 0)) {
        uint8_t both[4 + 15] = {0x48, 0x83, 0xec, 0x20}; /* sub $32,%rsp */
        memcpy(both + 4, bytes, length);
        compare_at(c, both, 4 + length, LFI_BUNDLE_SIZE - 4, NULL);
    }
    return may_head ? length : 0;
}

/* What may make a group of an instruction before it. */
static const char *const ends[] = {
    "\13\x65\x48\x03\x04\x25\x20\xf0\x02\x00\xff\xe0",     /* add BASE,%rax; jmp *%rax */
    "\13\x65\x48\x03\x1c\x25\x20\xf0\x02\x00\xff\xe3",     /* rbx */
    "\13\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\xff\xe7",     /* rdi */
    "\13\x65\x48\x03\x34\x25\x20\xf0\x02\x00\xff\xd6",     /* call *%rsi */
    "\14\x65\x4c\x03\x1c\x25\x20\xf0\x02\x00\x41\xff\xe3", /* r11 */
    "\10\x65\xff\x24\x25\x00\xf0\x02\x00",                 /* the runtime */
    "\12\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\xaa",         /* add BASE,%rdi; stos */
    "\12\x65\x48\x03\x34\x25\x20\xf0\x02\x00\xac",         /* add BASE,%rsi; lods */
    "\26\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\x89\xf6\x65\x48\x03\x34\x25\x20\xf0\x02\x00\xa4",
    "\11\x65\x48\x03\x24\x25\x20\xf0\x02\x00",         /* add BASE,%rsp */
    "\13\x65\x48\x03\x24\x25\x20\xf0\x02\x00\xff\xe4", /* add BASE,%rsp; jmp *%rsp */
    "\4\x4a\x8d\x24\x1c",                              /* lea (%rsp,%r11),%rsp */
    "\5\x4a\x8d\x3c\x1f\xaa",                          /* lea (%rdi,%r11),%rdi; stos */
    "\1\x50",                                          /* push: what checks a step */
    "\4\x48\x8b\x04\x24",                              /* mov (%rsp),%rax */
    "\5\x90\x0f\x11\x04\x24",                          /* nop; movups %xmm0,(%rsp) */
    "\2\x31\xc0",                                      /* xor %eax,%eax: what does not */
};

/* The bytes, alone and followed by every end of a group if they may begin one. */
static void compare_with_ends(struct comparison *c, uint8_t bytes[WINDOW])
{
    if (compare(c, bytes, NULL) == 0)
        return;
    /* A part of them, another one each time, unless it looks like a beginning. */
    const bool heads = (find(bytes).class & (HEADS | WRITES_OFFSET)) != 0;
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (heads || (c->turn + i) % 8 == 0)
            compare(c, bytes, ends[i]);
    /* mov BASE,%r11; the bytes; lea (%rsp,%r11),%rsp */
    static const uint8_t load[] = {0x65, 0x4c, 0x8b, 0x1c, 0x25, 0x20, 0xf0, 0x02, 0x00};
    bool may_head;
    const unsigned length = reader_length(c->readers[0], bytes, &may_head);
    uint8_t both[sizeof load + 15];
    memcpy(both, load, sizeof load);
    memcpy(both + sizeof load, bytes, length);
    compare_at(c, both, (unsigned)sizeof load + length, 0, "\4\x4a\x8d\x24\x1c");
}

/* How many SIB bytes are tried. */
enum sibs { TWO = 2, CLASSES = 10, EVERY = 256 };

/* ModRM and SIB bytes, and displacements: at both ends of what the stack allows, and beyond. */
static void each_operand(struct comparison *c, uint8_t bytes[WINDOW], unsigned at, bool known,
                         enum sibs sib_count)
{
    static const uint32_t displacements[] = {0,          0xffffffff, 8,          LFI_STACK_REACH,
                                             0x10001,    0xffff0000, 0xfffeffff, 0x7fffffff,
                                             0x80000000, 0xffffffd8, 0xe0};
    static const uint8_t sibs[CLASSES] = {0x24, 0x25, 0x64, 0x05, 0x00,
                                          0x1c, 0x20, 0xe4, 0xed, 0x2c};
    enum { DISPLACEMENTS = sizeof displacements / sizeof *displacements };
    for (unsigned modrm = 0; modrm < 256; modrm++) {
        const bool sib = modrm < 0xc0 && (modrm & 7) == 4;
        const unsigned count = sib ? sib_count : 1;
        for (unsigned s = 0; s < count; s++) {
            const uint8_t sib_byte = count == EVERY ? (uint8_t)s : sibs[s];
            const bool stack = sib && (sib_byte & 0x3f) == 0x24;
            /* Zeros, where a displacement does not matter; immediates are taken as displacements.
             */
            const bool matters = stack || (known && (modrm & 0xc7) == 5);
            const bool masks = known && modrm >= 0xe0 && modrm < 0xe8; /* and $-32,%eX */
            const unsigned last = matters || masks ? DISPLACEMENTS : 1;
            for (unsigned d = 0; d < last; d += masks ? DISPLACEMENTS - 1 : 1) {
                unsigned n = at;
                bytes[n++] = (uint8_t)modrm;
                if (sib)
                    bytes[n++] = sib_byte;
                memset(bytes + n, 0, WINDOW - n);
                memcpy(bytes + n, &displacements[d], 4);
                if (known)
                    compare_with_ends(c, bytes);
                else
                    compare(c, bytes, NULL);
            }
        }
    }
}

/* All opcodes of all maps after the prefixes; with REX and without, or with a part of its values.
 */
static void each_opcode(struct comparison *c, const uint8_t *prefixes, unsigned count, bool known)
{
    static const uint8_t escapes[][3] = {{0}, {1, 0x0f}, {2, 0x0f, 0x38}, {2, 0x0f, 0x3a}};
    for (unsigned e = 0; e < sizeof escapes / sizeof *escapes; e++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            if (!all && next_random(&c->random) % 2 == 0)
                continue; /* half of them each time */
            for (unsigned rex = 0x3f; rex < 0x50; rex++) {
                if (!all && rex != 0x3f && (!known || next_random(&c->random) % 32 != 0))
                    continue;
                if (all && !known && count > 2 && rex != 0x3f && rex != 0x4d)
                    continue;
                uint8_t bytes[WINDOW] = {0};
                unsigned n = count;
                memcpy(bytes, prefixes, count);
                if (rex != 0x3f)
                    bytes[n++] = (uint8_t)rex;
                memcpy(bytes + n, escapes[e] + 1, escapes[e][0]);
                n += escapes[e][0];
                bytes[n] = (uint8_t)opcode;
                /* All SIB bytes with none and with one bit of REX: more say nothing new. */
                const bool one_bit = rex == 0x3f || ((rex & 15) & ((rex & 15) - 1)) == 0;
                each_operand(c, bytes, n + 1, known,
                             !known           ? TWO
                             : all && one_bit ? EVERY
                                              : CLASSES);
            }
        }
    }
}

static void report_count(const struct comparison *c)
{
    print_message("%lu tried, %lu accepted\n", c->tried, c->accepted);
}

/* The prefixes in the order in which assemblers write them. */
static void usual_prefixes(void **state)
{
    struct comparison *c = *state;
    c->tried = c->accepted = 0;
    for (unsigned based = 0; based < 2; based++) {
        for (unsigned m = 0; m < 5; m++) {
            static const uint8_t mandatory[] = {0, 0x66, 0xf2, 0xf3, 0xf0};
            uint8_t prefixes[3] = {0x65, 0x67};
            prefixes[2 * based] = mandatory[m];
            each_opcode(c, prefixes, 2 * based + (m != 0), true);
        }
    }
    report_count(c);
    assert_true(c->accepted > c->tried / 20);
}

/* Any, one to three. */
static void other_prefixes(void **state)
{
    static const uint8_t prefixes[] = {0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e,
                                       0x36, 0x3e, 0x26, 0x64, 0x65, 0x48};
    enum { COUNT = sizeof prefixes };
    struct comparison *c = *state;
    c->tried = c->accepted = 0;
    for (unsigned a = 0; a < COUNT; a++) {
        each_opcode(c, &prefixes[a], 1, false);
        for (unsigned b = 0; b < COUNT; b++) {
            const uint8_t two[] = {prefixes[a], prefixes[b]};
            if (all || next_random(&c->random) % 8 == 0)
                each_opcode(c, two, 2, false);
            for (unsigned d = 0; all && d < COUNT; d++) {
                const uint8_t three[] = {prefixes[a], prefixes[b], prefixes[d]};
                each_opcode(c, three, 3, false);
            }
        }
    }
    report_count(c);
}

/*
 * VEX of two bytes, all values; of three, all of R, X, B, W, L and pp, the maps and one beyond, and
 * a vvvv that is unused, rsp, or another. Alone, after gs and 67, and after what may not be there.
 */
static void vex_prefixes(void **state)
{
    static const uint8_t befores[][3] = {{0},       {2, 0x65, 0x67}, {2, 0x67, 0x65}, {1, 0x65},
                                         {1, 0x67}, {1, 0x66},       {1, 0xf3},       {1, 0x48}};
    /* By map, what may write a general register: each day. */
    static const char writers[][8] = {"", "\x2c\x2d\x50\x7e\xc5\xd7", "\xf2\xf3\xf5\xf6\xf7",
                                      "\x14\x15\x16\x17\xf0", ""};
    struct comparison *c = *state;
    c->tried = c->accepted = 0;
    for (unsigned i = 0; i < 256 + 8 * 5 * 256; i++) {
        const bool three = i >= 256;
        const unsigned b1 = three ? ((i - 256) / (5 * 256)) << 5 | (i - 256) / 256 % 5 : 0;
        if (three && (i >> 3 & 15) != 15 && (i >> 3 & 15) != 11 && (i >> 3 & 15) != 6)
            continue;
        const unsigned map = three ? (i - 256) / 256 % 5 : 1;
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            const bool general = opcode != 0 && strchr(writers[map], (int)opcode) != NULL;
            if (!all && !general && next_random(&c->random) % 128 != 0)
                continue;
            for (unsigned before = 0; before < sizeof befores / sizeof *befores; before++) {
                if ((before > 1 || (before == 1 && general && !all)) &&
                    next_random(&c->random) % 32 != 0)
                    continue;
                uint8_t bytes[WINDOW] = {0};
                unsigned n = befores[before][0];
                memcpy(bytes, befores[before] + 1, n);
                bytes[n++] = three ? 0xc4 : 0xc5;
                if (three)
                    bytes[n++] = (uint8_t)b1;
                bytes[n++] = (uint8_t)i;
                bytes[n++] = (uint8_t)opcode;
                const bool known = before < 2 && all && !three;
                each_operand(c, bytes, n, known, known ? CLASSES : TWO);
            }
        }
    }
    report_count(c);
    assert_true(c->accepted > c->tried / 200);
}

/*
 * EVEX: each map, W, pp and opcode, with the other fields at random, mostly as they can be.
 */
static void evex_prefixes(void **state)
{
    static const uint8_t befores[][3] = {{0},       {2, 0x65, 0x67}, {2, 0x67, 0x65}, {1, 0x65},
                                         {1, 0x67}, {1, 0x66},       {1, 0xf3},       {1, 0x48}};
    /* By map, what may write a general register: each day. */
    static const char writers[8][8] = {
        [1] = "\x2c\x2d\x78\x79\x7e\xc5", [3] = "\x14\x15\x16\x17", [5] = "\x2c\x2d\x78\x79\x7e"};
    struct comparison *c = *state;
    c->tried = c->accepted = 0;
    for (unsigned i = 0; i < (all ? 64 : 1) * 8 * 8 * 256; i++) {
        const unsigned opcode = i & 255, map = i >> 8 & 7, wpp = i >> 11 & 7;
        const bool general = opcode != 0 && strchr(writers[map], (int)opcode) != NULL;
        const uint64_t r = next_random(&c->random);
        if (!all && !general && r % 16 != 0)
            continue;
        static const uint8_t vvvvs[] = {0x78, 0x78, 0x58, 0x30};
        const uint8_t middle = (uint8_t)((wpp & 3) | (wpp & 4) << 5 | vvvvs[r >> 8 & 3]);
        /* R, X, B, R': all clear half of the time; the bits that have one value, as they are not.
         */
        const uint8_t high = (r >> 12 & 1) != 0 ? 0xf0 : (uint8_t)(r >> 16 & 0xf0);
        const unsigned before = (r >> 24 & 7) == 0 ? (r >> 28) % 8 : (r >> 24) % 2;
        const uint8_t last =
            (uint8_t)(r >> 32 & ((r >> 40 & 1) != 0 ? 0x78 : 0xff)) | ((r >> 41 & 1) != 0 ? 8 : 0);
        uint8_t bytes[WINDOW] = {0};
        unsigned n = befores[before][0];
        memcpy(bytes, befores[before] + 1, n);
        bytes[n++] = 0x62;
        bytes[n++] = (uint8_t)(high | map | ((r >> 44 & 15) == 0 ? 8 : 0));
        bytes[n++] = (uint8_t)(middle | ((r >> 48 & 15) == 0 ? 0 : 4));
        bytes[n++] = last;
        bytes[n++] = (uint8_t)opcode;
        each_operand(c, bytes, n, false, TWO);
    }
    report_count(c);
    assert_true(c->accepted > c->tried / 200);
}

/* Random bytes, half of them after what makes memory operands good. */
static void random_bytes(void **state)
{
    struct comparison *c = *state;
    const unsigned long count = all ? 300000000 : 1000000;
    c->tried = c->accepted = 0;
    for (unsigned long i = 0; i < count; i++) {
        uint8_t bytes[WINDOW] = {0x65, 0x67};
        const uint64_t random[2] = {next_random(&c->random), next_random(&c->random)};
        memcpy(bytes + (i % 2 != 0 ? 2 : 0), random, sizeof random);
        if (i % 16 < 2) /* EVEX, which is rare */
            bytes[i % 2 != 0 ? 2 : 0] = 0x62;
        compare(c, bytes, NULL);
    }
    report_count(c);
}

/* ---- sequences ---- */

static void print_code(const struct lfi_code *code)
{
    for (size_t i = 0; i < code->size; i++)
        print_error("%02x%s", code->bytes[i], i % LFI_BUNDLE_SIZE == 31 ? "\n" : " ");
}

/* Beginnings of groups and what stands alone. */
static const char *const pieces[] = {
    "\3\x83\xe0\xe0",                          /* and $-32,%eax */
    "\4\x41\x83\xe3\xe0",                      /* %r11d */
    "\7\x4c\x8d\x1d\x08\x00\x00\x00",          /* lea 8(%rip),%r11 */
    "\2\x89\xff",                              /* mov %edi,%edi */
    "\2\x89\xf6",                              /* mov %esi,%esi */
    "\11\x65\x4c\x8b\x1c\x25\x20\xf0\x02\x00", /* mov BASE,%r11 */
    "\2\x29\xc4",                              /* sub %eax,%esp */
    "\3\x8d\x65\xf8",                          /* lea -8(%rbp),%esp */
    "\4\x48\x83\xec\x20",                      /* sub $32,%rsp */
    "\4\x48\x83\xc4\x20",                      /* add $32,%rsp */
    "\1\x50",                                  /* push %rax */
    "\1\x5c",                                  /* pop %rsp */
    "\4\x48\x8b\x04\x24",                      /* mov (%rsp),%rax */
    "\5\xe8\x00\x00\x00\x00",                  /* call */
    "\5\xe9\xf0\xff\xff\xff",                  /* jmp */
    "\2\xeb\x10",                              /* jmp */
    "\2\x74\xf0",                              /* je */
    "\4\x65\x67\x8b\x07",                      /* mov %gs:(%edi),%eax */
    "\6\x65\x67\x89\x44\x8b\x10",              /* mov %eax,%gs:16(%ebx,%ecx,4) */
    "\7\x48\x8b\x05\x10\x00\x00\x00",          /* mov 16(%rip),%rax */
    "\3\x48\x89\xe5",                          /* mov %rsp,%rbp */
    "\2\xff\xe0",                              /* jmp *%rax */
    "\2\xf3\xaa",                              /* rep stos */
    "\1\xc3",                                  /* ret */
};

/* Adds a piece, if it fits into its bundle. */
static size_t add(uint8_t *code, size_t at, const char *piece)
{
    size_t size = (size_t)piece[0];
    if (at % LFI_BUNDLE_SIZE + size > LFI_BUNDLE_SIZE)
        return (at | BUNDLE_MASK) + 1;
    memcpy(code + at, piece + 1, size);
    return at + size;
}

static void make_program(const struct reader *reader, uint8_t *code, size_t size, uint64_t *random)
{
    size_t at = 0;
    memset(code, 0x90, size);
    while (at + WINDOW <= size) {
        const uint64_t r = next_random(random);
        if (r % 8 < 3) {
            at = add(code, at, pieces[(r >> 8) % (sizeof pieces / sizeof *pieces)]);
        } else if (r % 8 == 3) {
            at = add(code, at, ends[(r >> 8) % (sizeof ends / sizeof *ends)]);
        } else {
            /* Anything that the decoder knows. */
            uint8_t bytes[WINDOW] = {0};
            unsigned n = 0;
            bool may_head;
            if ((r >> 8) % 2 == 0) {
                bytes[n++] = 0x65;
                bytes[n++] = 0x67;
            }
            uint64_t what[2] = {next_random(random), next_random(random)};
            memcpy(bytes + n, what, sizeof what);
            unsigned length = reader_length(reader, bytes, &may_head);
            if (length == 0 && (r >> 16) % 16 == 0)
                length = 1 + (unsigned)(r >> 20) % 15;
            if (length == 0 || at % LFI_BUNDLE_SIZE + length > LFI_BUNDLE_SIZE)
                continue;
            memcpy(code + at, bytes, length);
            at += length;
        }
    }
    for (uint64_t n = next_random(random) % 4; n > 1; n--)
        code[next_random(random) % size] ^= (uint8_t)(1 << next_random(random) % 8);
}

static void sequences(void **state)
{
    const struct comparison *c = *state;
    enum { LONGEST = 3000 };
    static uint8_t bytes[LONGEST];
    uint64_t random = seed;
    unsigned long accepted = 0, checked = 0;
    const unsigned long programs = all ? 3000000 : 20000;
    for (unsigned long n = 0; n < programs; n++) {
        /* Short ones are accepted more often. */
        const size_t size = n % 16 == 0 ? LONGEST : WINDOW + next_random(&random) % WINDOW;
        make_program(c->readers[0], bytes, size, &random);
        const struct lfi_code code = {.bytes = bytes,
                                      .size = size,
                                      .address = 0x40000,
                                      .image_start = 0x3ff00,
                                      .image_end = 0x40100 + size};
        for (unsigned mode = 0; mode < MODES; mode++) {
            const bool is_good =
                lfi_verify_code(LFI_ARCH_X86_64, mode, &code, NULL, NULL) == LFI_ACCEPTED;
            if (is_good != reader_accepts(c->readers[mode], &code)) {
                print_code(&code);
                fail_msg("mode %s, program %lu of seed %#llx: %s by the verifier alone",
                         mode_names[mode], n, (unsigned long long)seed,
                         is_good ? "accepted" : "refused");
            }
            checked += size;
            accepted += is_good;
        }
    }
    print_message("seed %#llx: %lu programs, %lu bytes; in the modes %lu accepted\n",
                  (unsigned long long)seed, programs, checked, accepted);
    assert_true(accepted > programs / 50);
}

/* Bytes at `at` of a program of nops, which are short ones in the bundles that they touch. */
static void put(uint8_t *code, size_t size, size_t at, const char *piece)
{
    size_t length = (size_t)piece[0], from = at & ~(size_t)BUNDLE_MASK,
           to = (at + length + BUNDLE_MASK) & ~(size_t)BUNDLE_MASK;
    if (at + length > size)
        return;
    memset(code + from, 0x90, at - from);
    memcpy(code + at, piece + 1, length);
    memset(code + at + length, 0x90, (to < size ? to : size) - at - length);
}

/* Groups as they are in good code. */
static const char *const groups[] = {
    "\16\x83\xe0\xe0\x65\x48\x03\x04\x25\x20\xf0\x02\x00\xff\xe0", /* jmp *%rax */
    "\20\x41\x83\xe3\xe0\x65\x4c\x03\x1c\x25\x20\xf0\x02\x00\x41\xff\xe3",
    "\20\x41\x83\xe4\xe0\x65\x4c\x03\x24\x25\x20\xf0\x02\x00\x41\xff\xd4", /* call *%r12 */
    "\17\x4c\x8d\x1d\x08\x00\x00\x00\x65\xff\x24\x25\x00\xf0\x02\x00",
    "\14\x89\xff\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\xaa", /* stos */
    ("\27\x89\xff\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\x89\xf6\x65\x48\x03\x34\x25"
     "\x20\xf0\x02\x00\xa4"),
    "\13\x29\xc4\x65\x48\x03\x24\x25\x20\xf0\x02\x00", /* sub %eax,%esp; add BASE,%rsp */
    "\20\x65\x4c\x8b\x1c\x25\x20\xf0\x02\x00\x83\xe4\xf0\x4a\x8d\x24\x1c",
    "\7\x48\x81\xec\x00\x00\x01\x00", /* sub $65536,%rsp */
    "\10\x48\x81\xec\x00\x00\x01\x00\x50",
};

/* What may not be split, and jumps into it, at the edges of blocks and of the tail. */
static void make_edges(uint8_t *code, size_t size, uint64_t *random)
{
    static const uint8_t nop[8] = {0x0f, 0x1f, 0x84};
    const size_t tail = (size - WINDOW) & ~(size_t)63;
    for (size_t i = 0; i + sizeof nop <= size; i += sizeof nop)
        memcpy(code + i, nop, sizeof nop);
    memset(code + size / sizeof nop * sizeof nop, 0x90, size % sizeof nop);
    for (uint64_t n = next_random(random) % 3 + 1; n > 0; n--) {
        const uint64_t r = next_random(random);
        const size_t places[] = {tail, size, tail + 64,
                                 (r >> 32) % (size / BLOCK_SIZE + 1) * BLOCK_SIZE};
        const char *piece = (r & 4) != 0   ? groups[(r >> 8) % (sizeof groups / sizeof *groups)]
                            : (r & 8) != 0 ? pieces[(r >> 8) % (sizeof pieces / sizeof *pieces)]
                                           : ends[(r >> 8) % (sizeof ends / sizeof *ends)];
        /* Mostly it ends at an edge, or at the end of a bundle near one. */
        const size_t end = places[r & 3] + ((r >> 4) % 4 == 0   ? (r >> 24) % 64
                                            : (r >> 4) % 4 == 1 ? LFI_BUNDLE_SIZE
                                                                : 0);
        const size_t at = end - (size_t)piece[0];
        if (end < (size_t)piece[0] || end > size)
            continue;
        put(code, size, at, piece);
        char jump[6] = {5, (char)0xe9};
        const size_t from = (r >> 40) % size & ~(size_t)BUNDLE_MASK;
        const int32_t distance = (int32_t)(at + (r >> 16) % (size_t)(piece[0] + 2) - from - 5);
        memcpy(jump + 2, &distance, sizeof distance);
        if ((r >> 6) % 2 == 0 && from != (at & ~(size_t)BUNDLE_MASK))
            put(code, size, from, jump);
    }
}

static void edges(void **state)
{
    struct comparison *c = *state;
    static uint8_t bytes[6 * BLOCK_SIZE + 2 * WINDOW];
    const unsigned long programs = all ? 10000000 : 60000;
    unsigned long accepted = 0;
    for (unsigned long n = 0; n < programs; n++) {
        const uint64_t r = next_random(&c->random);
        const size_t size = r % 6 * BLOCK_SIZE + WINDOW + (r >> 8) % WINDOW;
        make_edges(bytes, size, &c->random);
        const struct lfi_code code = {.bytes = bytes,
                                      .size = size,
                                      .address = 0x40000,
                                      .image_start = 0x40000,
                                      .image_end = 0x40000 + size};
        for (unsigned mode = 0; mode < MODES; mode++) {
            const bool is_good =
                lfi_verify_code(LFI_ARCH_X86_64, mode, &code, NULL, NULL) == LFI_ACCEPTED;
            accepted += is_good;
            if (is_good == reader_accepts(c->readers[mode], &code))
                continue;
            print_code(&code);
            fail_msg("mode %s, program %lu of seed %#llx: %s by the verifier alone",
                     mode_names[mode], n, (unsigned long long)seed,
                     is_good ? "accepted" : "refused");
        }
    }
    print_message("%lu programs, in the modes %lu accepted\n", programs, accepted);
    assert_in_range(accepted, programs / 4, 5 * programs / 2);
}

/* The code of this very program, from each byte on. */
static void real_code(void **state)
{
    struct comparison *c = *state;
    FILE *f = fopen("/proc/self/exe", "rb");
    assert_non_null(f);
    enum { MOST = 4 << 20 };
    uint8_t *bytes = calloc(1, MOST + WINDOW);
    assert_non_null(bytes);
    size_t size = fread(bytes, 1, MOST, f);
    fclose(f);
    c->tried = c->accepted = 0;
    for (size_t i = next_random(&c->random) % 4; i < size; i += all ? 1 : 4)
        compare(c, bytes + i, NULL);
    free(bytes);
    report_count(c);
    assert_true(c->accepted > c->tried / 8);
}

static int setup(void **state)
{
    struct comparison *c = calloc(1, sizeof *c);
    *state = c;
    if (c != NULL)
        c->random = seed;
    for (unsigned mode = 0; c != NULL && mode < MODES; mode++) {
        c->verifiers[mode] = calloc(1, sizeof *c->verifiers[mode]);
        c->readers[mode] = reader_new(mode);
        if (c->verifiers[mode] == NULL || c->readers[mode] == NULL)
            return -1;
        set_mode(c->verifiers[mode], mode);
    }
    return c == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    struct comparison *c = *state;
    for (unsigned mode = 0; mode < MODES; mode++) {
        free(c->verifiers[mode]);
        reader_delete(c->readers[mode]);
    }
    free(c);
    return 0;
}

int main(int argc, char **argv)
{
    read_arguments(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_code),      cmocka_unit_test(usual_prefixes),
        cmocka_unit_test(other_prefixes), cmocka_unit_test(vex_prefixes),
        cmocka_unit_test(evex_prefixes),  cmocka_unit_test(random_bytes),
        cmocka_unit_test(sequences),      cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
