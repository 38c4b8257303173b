// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The fast path of the x86-64 verifier against decoder and rules alone (docs/verifier.md): every
 * opcode with prefixes, ModRM, SIB bytes and displacements, in each mode and at different places of
 * a bundle, and random sequences through both verifiers, which must say the same of them.
 *
 *     test-verifier-x86_64-both [all | SEED]
 *
 * With `all` it tries more prefixes, all SIB bytes and more places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

/* The parts under test have no interface but lfi_verify_code(). */
#include "x86_64/verify.c"

/* liblfi-verifier-plain's. */
enum lfi_verdict lfi_plain_verify_code(enum lfi_arch arch, unsigned mode,
                                       const struct lfi_code *code, lfi_violation_fn *report,
                                       void *data);

enum { MODES = 3 };
static const char *const mode_names[MODES] = {"full", "stores", "jumps"};
static bool all;
static uint64_t seed;

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* ---- each instruction ---- */

/* The bytes of an instruction and of what follows it; no look goes further. */
enum { WINDOW = GROUP_WINDOW };

struct comparison {
    struct verifier *verifiers[MODES];
    uint8_t buffer[LFI_BUNDLE_SIZE + WINDOW];
    unsigned long tried, accepted;
    unsigned turn; /* of places in the bundle */
};

static void setup_verifier(struct verifier *v, unsigned mode)
{
    v->mode = mode;
    v->confine = mode == LFI_MODE_FULL ? OP_R | OP_W : mode == LFI_MODE_STORES ? OP_W : 0;
    lfi_x86_64_index(&v->index);
    lfi_x86_64_quick_index(&v->quick, &v->index, v->confine);
}

static void fail_at(const struct comparison *c, unsigned mode, size_t pos, const char *what)
{
    char hex[3 * DECODE_WINDOW + 1];
    for (unsigned i = 0; i < DECODE_WINDOW; i++)
        snprintf(hex + (size_t)3 * i, 4, "%02x ", c->buffer[pos + i]);
    fail_msg("mode %s, at %zu of a bundle, accepted by the fast path: %s: %s", mode_names[mode],
             pos, what, hex);
}

/*
 * One instruction at `pos` of a bundle: if the fast path goes over it, then the rules do, too, as
 * over an instruction by itself, with the same marks.
 */
static void compare_at(struct comparison *c, unsigned mode, size_t pos)
{
    struct verifier *v = c->verifiers[mode];
    /* The fast path stops after it: there are not enough bytes for another look. */
    const struct lfi_code code = {.bytes = c->buffer,
                                  .size = pos + DECODE_WINDOW,
                                  .address = 0x40000,
                                  .image_start = 0x40000,
                                  .image_end = 0x40000 + pos + DECODE_WINDOW};
    uint64_t fast_start[2] = {0}, fast_target[2] = {0};
    uint64_t start[2] = {0}, inside[2] = {0}, target[2] = {0};
    size_t to =
        lfi_x86_64_quick_run(&v->quick, code.bytes, code.size, pos, fast_start, fast_target);
    if (to == pos)
        return;
    v->code = &code;
    v->pos = pos;
    v->refused = v->stopped = false;
    v->stepped = false;
    v->start = start;
    v->inside = inside;
    v->target = target;
    v->pos = check_next(v);
    const char *what = v->refused                     ? "a rule is broken"
                       : v->stepped                   ? "a step of rsp"
                       : (inside[0] | inside[1]) != 0 ? "a group"
                       : v->pos != to                 ? "its length is another"
                       : start[0] != fast_start[0] || start[1] != fast_start[1] ? "where it starts"
                       : target[0] != fast_target[0] || target[1] != fast_target[1]
                           ? "where it branches"
                           : NULL;
    if (what != NULL)
        fail_at(c, mode, pos, what);
}

/* The bytes, at the places that matter. Returns whether the fast path accepts them in any mode. */
static bool compare(struct comparison *c, const uint8_t bytes[WINDOW])
{
    bool any = false;
    c->tried++;
    for (unsigned mode = 0; mode < MODES; mode++) {
        enum kind kind;
        int64_t displacement;
        unsigned length = lfi_x86_64_quick(&c->verifiers[mode]->quick, bytes, &kind, &displacement);
        if (length == 0)
            continue;
        any = true;
        c->accepted++;
        if (length > 15 || length > LFI_BUNDLE_SIZE) {
            memcpy(c->buffer, bytes, WINDOW);
            fail_at(c, mode, 0, "its length");
        }
        /* It begins, ends and crosses its bundle; calls and jumps stand everywhere. */
        const unsigned places[] = {0, LFI_BUNDLE_SIZE - length, LFI_BUNDLE_SIZE - length + 1,
                                   c->turn++ % LFI_BUNDLE_SIZE};
        bool branches = kind == JUMP || kind == CALL;
        unsigned count = branches ? LFI_BUNDLE_SIZE : sizeof places / sizeof *places;
        for (unsigned i = all || branches ? 0 : c->turn % count; i < count;
             i += all || branches ? 1 : count) {
            size_t pos = branches ? i : places[i] % LFI_BUNDLE_SIZE;
            memcpy(c->buffer + pos, bytes, WINDOW);
            compare_at(c, mode, pos);
        }
    }
    return any;
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
    "\11\x65\x48\x03\x24\x25\x20\xf0\x02\x00", /* add BASE,%rsp */
    "\4\x4a\x8d\x24\x1c",                      /* lea (%rsp,%r11),%rsp */
    "\5\x4a\x8d\x3c\x1f\xaa",                  /* lea (%rdi,%r11),%rdi; stos */
};

/* The bytes, followed by every end of a group if they may begin one. */
static void compare_with_ends(struct comparison *c, uint8_t bytes[WINDOW])
{
    struct insn insn;
    if (!compare(c, bytes))
        return;
    lfi_x86_64_decode(&c->verifiers[0]->index, bytes, &insn);
    if (insn.form == NULL || insn.length == 0 ||
        ((insn.form->flags & GROUP) == 0 && !insn.writes_rsp))
        return;
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
        memcpy(bytes + insn.length, ends[i] + 1, (size_t)ends[i][0]);
        compare(c, bytes);
    }
}

/* ModRM and SIB bytes, and displacements: at both ends of what the stack allows, and beyond. */
static void each_operand(struct comparison *c, uint8_t bytes[WINDOW], unsigned at, bool known)
{
    static const uint32_t displacements[] = {0,          0xffffffff, 8,          LFI_STACK_REACH,
                                             0x10001,    0xffff0000, 0xfffeffff, 0x7fffffff,
                                             0x80000000, 0xffffffd8, 0xe0};
    static const uint8_t sibs[] = {0x24, 0x25, 0x64, 0x05, 0x00, 0x1c, 0x20, 0xe4, 0xed, 0x2c};
    enum { DISPLACEMENTS = sizeof displacements / sizeof *displacements };
    for (unsigned modrm = 0; modrm < 256; modrm++) {
        const bool sib = modrm < 0xc0 && (modrm & 7) == 4;
        const unsigned count = !sib ? 1 : all && known ? 256 : known ? sizeof sibs : 2;
        for (unsigned s = 0; s < count; s++) {
            const uint8_t sib_byte = count == 256 ? (uint8_t)s : sibs[s];
            const bool stack = sib && (sib_byte & 0x3f) == 0x24;
            /* Zeros, where a displacement does not matter; immediates are taken as displacements.
             */
            const bool matters = stack || (known && (modrm & 0xc7) == 5);
            const unsigned last = matters ? DISPLACEMENTS : all && known ? 3 : 1;
            for (unsigned d = 0; d < last; d++) {
                unsigned n = at;
                bytes[n++] = (uint8_t)modrm;
                if (sib)
                    bytes[n++] = sib_byte;
                memset(bytes + n, 0, WINDOW - n);
                memcpy(bytes + n, &displacements[d], 4);
                if (known)
                    compare_with_ends(c, bytes);
                else
                    compare(c, bytes);
            }
        }
    }
}

/* All opcodes of all maps after the prefixes. */
static void each_opcode(struct comparison *c, const uint8_t *prefixes, unsigned count, bool known)
{
    static const uint8_t escapes[][3] = {{0}, {1, 0x0f}, {2, 0x0f, 0x38}, {2, 0x0f, 0x3a}};
    for (unsigned rex = 0x3f; rex < 0x50; rex++) {
        if (!known && (!all || count > 2) && rex != 0x3f && rex != 0x4d)
            continue;
        /* The fast path knows the first two only. */
        for (unsigned e = 0; e < (known || all ? sizeof escapes / sizeof *escapes : 2); e++) {
            uint8_t bytes[WINDOW] = {0};
            unsigned n = count;
            memcpy(bytes, prefixes, count);
            if (rex != 0x3f)
                bytes[n++] = (uint8_t)rex;
            memcpy(bytes + n, escapes[e] + 1, escapes[e][0]);
            n += escapes[e][0];
            for (unsigned opcode = 0; opcode < 256; opcode++) {
                bytes[n] = (uint8_t)opcode;
                each_operand(c, bytes, n + 1, known && e < 2);
            }
        }
    }
}

/* The prefixes in the order in which assemblers write them, which is the one that the fast path
 * knows. */
static void known_prefixes(void **state)
{
    struct comparison *c = *state;
    c->tried = c->accepted = 0;
    for (unsigned based = 0; based < 2; based++) {
        for (unsigned m = 0; m < 4; m++) {
            static const uint8_t mandatory[] = {0, 0x66, 0xf2, 0xf3};
            uint8_t prefixes[3] = {0x65, 0x67};
            prefixes[2 * based] = mandatory[m];
            each_opcode(c, prefixes, 2 * based + (m != 0), true);
        }
    }
    print_message("%lu tried, %lu times accepted by the fast path\n", c->tried, c->accepted);
    assert_true(c->accepted > c->tried / 20);
}

/* Of all others, one to three. */
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
            each_opcode(c, two, 2, false);
            for (unsigned d = 0; all && d < COUNT; d++) {
                const uint8_t three[] = {prefixes[a], prefixes[b], prefixes[d]};
                each_opcode(c, three, 3, false);
            }
        }
    }
    print_message("%lu tried, %lu times accepted by the fast path\n", c->tried, c->accepted);
}

/* ---- sequences ---- */

/* What each verifier says: in the order in which it says it. */
struct answer {
    enum lfi_verdict verdict;
    unsigned count;
    struct lfi_violation violations[64];
};

static bool keep(void *data, const struct lfi_violation *violation)
{
    struct answer *answer = data;
    answer->violations[answer->count++] = *violation;
    return answer->count < sizeof answer->violations / sizeof *answer->violations;
}

/* The libraries may hold the same name twice. */
static bool is_same(const struct lfi_violation *a, const struct lfi_violation *b)
{
    struct lfi_violation copy;
    memcpy(&copy, b, sizeof copy);
    copy.rule = a->rule;
    return strcmp(a->rule, b->rule) == 0 && memcmp(a, &copy, sizeof copy) == 0;
}

static void compare_verifiers(const struct lfi_code *code, unsigned mode, unsigned long n)
{
    static struct answer fast, plain;
    fast.count = plain.count = 0;
    fast.verdict = lfi_verify_code(LFI_ARCH_X86_64, mode, code, keep, &fast);
    plain.verdict = lfi_plain_verify_code(LFI_ARCH_X86_64, mode, code, keep, &plain);
    unsigned same = 0;
    while (same < fast.count && same < plain.count &&
           is_same(&fast.violations[same], &plain.violations[same]))
        same++;
    if (fast.verdict == plain.verdict && same == fast.count && same == plain.count)
        return;
    for (size_t i = 0; i < code->size; i++)
        print_error("%02x%s", code->bytes[i], i % LFI_BUNDLE_SIZE == 31 ? "\n" : " ");
    const struct lfi_violation none = {.rule = "nothing"};
    const struct lfi_violation *f = same < fast.count ? &fast.violations[same] : &none,
                               *p = same < plain.count ? &plain.violations[same] : &none;
    fail_msg("mode %s, program %lu of seed %#llx: fast %s at %#llx, plain %s at %#llx",
             mode_names[mode], n, (unsigned long long)seed, f->rule, (unsigned long long)f->address,
             p->rule, (unsigned long long)p->address);
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

static void make_program(const struct form_index *index, uint8_t *code, size_t size,
                         uint64_t *random)
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
            struct insn insn;
            unsigned n = 0;
            if ((r >> 8) % 2 == 0) {
                bytes[n++] = 0x65;
                bytes[n++] = 0x67;
            }
            uint64_t what[2] = {next_random(random), next_random(random)};
            memcpy(bytes + n, what, sizeof what);
            lfi_x86_64_decode(index, bytes, &insn);
            if (insn.length == 0 || (insn.rule != RULE_NONE && (r >> 16) % 16 != 0) ||
                at % LFI_BUNDLE_SIZE + insn.length > LFI_BUNDLE_SIZE)
                continue;
            memcpy(code + at, bytes, insn.length);
            at += insn.length;
        }
    }
    for (uint64_t n = next_random(random) % 4; n > 1; n--)
        code[next_random(random) % size] ^= (uint8_t)(1 << next_random(random) % 8);
}

static void sequences(void **state)
{
    const struct comparison *c = *state;
    enum { LONGEST = 512 };
    static uint8_t bytes[LONGEST];
    uint64_t random = seed;
    unsigned long accepted = 0, checked = 0;
    const unsigned long programs = all ? 3000000 : 60000;
    for (unsigned long n = 0; n < programs; n++) {
        /* Short ones are accepted more often. */
        const size_t size = n % 16 == 0 ? LONGEST : WINDOW + next_random(&random) % WINDOW;
        make_program(&c->verifiers[0]->index, bytes, size, &random);
        const struct lfi_code code = {.bytes = bytes,
                                      .size = size,
                                      .address = 0x40000,
                                      .image_start = 0x3ff00,
                                      .image_end = 0x40100 + size};
        for (unsigned mode = 0; mode < MODES; mode++) {
            compare_verifiers(&code, mode, n);
            checked += size;
            accepted += lfi_verify_code(LFI_ARCH_X86_64, mode, &code, NULL, NULL) == LFI_ACCEPTED;
        }
    }
    print_message("seed %#llx: %lu programs, %lu bytes; in the modes %lu accepted\n",
                  (unsigned long long)seed, programs, checked, accepted);
    assert_true(accepted > programs / 50);
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
    for (size_t i = 0; i < size; i++)
        compare(c, bytes + i);
    free(bytes);
    print_message("%lu tried, %lu times accepted by the fast path\n", c->tried, c->accepted);
    assert_true(c->accepted > c->tried / 8);
}

static int setup(void **state)
{
    struct comparison *c = calloc(1, sizeof *c);
    *state = c;
    for (unsigned mode = 0; c != NULL && mode < MODES; mode++) {
        c->verifiers[mode] = calloc(1, sizeof *c->verifiers[mode]);
        if (c->verifiers[mode] == NULL)
            return -1;
        setup_verifier(c->verifiers[mode], mode);
    }
    return c == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    struct comparison *c = *state;
    for (unsigned mode = 0; mode < MODES; mode++)
        free(c->verifiers[mode]);
    free(c);
    return 0;
}

int main(int argc, char **argv)
{
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    seed = argc > 1 && !all ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL) << 20 | 1;
    print_message("seed %#llx\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_code),
        cmocka_unit_test(known_prefixes),
        cmocka_unit_test(other_prefixes),
        cmocka_unit_test(sequences),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
