// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The AArch64 table against insns.def: what make-table wrote is what each line says, each line can
 * be reached, the index finds what a search from the top finds, and the fast path never accepts
 * more than the rules do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The parts under test have no interface but lfi_verify_code(). */
#include "aarch64/verify.c"

static const struct line {
    const char *pattern;
    uint8_t access, kind, flags, rule;
    const char *name;
} lines[] = {
#define INSN(pattern, access, kind, flags, name) {pattern, access, kind, flags, RULE_NONE, name},
#define DENY(pattern, rule, name)                {pattern, 0, PLAIN, 0, RULE_##rule, name},
#include "aarch64/insns.def"
    DENY("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", undecodable, "")};
enum { LINES = sizeof lines / sizeof *lines };

enum { WORDS_A_LINE = 2000, IMAGE = 1 << 20 };

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* A random word of the line. */
static uint32_t word_of(unsigned id, uint64_t *random)
{
    uint32_t word = (uint32_t)(next_random(random) >> 20);
    if ((next_random(random) & 3) == 0) { /* the registers that matter */
        static const uint8_t registers[] = {25, 27, 28, 30, 31};
        static const uint8_t fields[] = {0, 5, 10, 16};
        unsigned low = fields[next_random(random) % 4];
        word = (word & ~((uint32_t)31 << low)) | (uint32_t)registers[next_random(random) % 5]
                                                     << low;
    }
    return (word & ~lfi_aarch64_table.mask[id]) | lfi_aarch64_table.value[id];
}

static unsigned search(uint32_t word)
{
    unsigned id = 0;
    while ((word & lfi_aarch64_table.mask[id]) != lfi_aarch64_table.value[id])
        id++;
    return id;
}

static struct verifier *make_verifier(unsigned confine, const struct lfi_code *code)
{
    struct verifier *v = calloc(1, sizeof *v);
    assert_non_null(v);
    v->code = code;
    v->confine = confine;
    return v;
}

static void patterns(void **state)
{
    (void)state;
    for (unsigned id = 0; id + 1 < LINES; id++) {
        unsigned bits = 0;
        for (const char *p = lines[id].pattern; *p != 0; p++) {
            bits += *p != ' ';
            if (strchr(" 01xwWpbBo", *p) == NULL)
                fail_msg("%s: what is %c?", lines[id].pattern, *p);
        }
        if (bits != 32)
            fail_msg("%s: %u bits", lines[id].pattern, bits);
    }
}

/* The table of each line, read letter by letter. */
static void lines_are_those(void **state)
{
    (void)state;
    for (unsigned id = 0; id < LINES; id++) {
        const struct form *form = &lfi_aarch64_forms[id];
        char letters[33], wanted[33];
        unsigned n = 0;
        for (const char *p = lines[id].pattern; *p != 0; p++)
            if (*p != ' ')
                letters[n++] = *p;
        for (unsigned i = 0; i < 32; i++) {
            uint32_t bit = (uint32_t)1 << (31 - i);
            wanted[i] = (lfi_aarch64_table.mask[id] & bit) == 0    ? 'x'
                        : (lfi_aarch64_table.value[id] & bit) != 0 ? '1'
                                                                   : '0';
            if (strchr("01x", letters[i]) == NULL) {
                assert_int_equal(wanted[i], 'x');
                wanted[i] = letters[i];
            }
        }
        assert_memory_equal(letters, wanted, 32);
        for (unsigned field = 0; field < FIELDS; field++) {
            char letter = letters[31 - form_field_bit(field) - 4];
            const char *use = strchr("-wWpbBo", letter);
            assert_int_equal(form->use[field], use != NULL ? use - strchr("-wWpbBo", '-') : 0);
        }
        assert_int_equal(form->access, lines[id].access);
        assert_int_equal(form->kind, lines[id].kind);
        assert_int_equal(form->flags, lines[id].flags);
        assert_int_equal(form->rule, lines[id].rule);
        assert_string_equal(form->name, lines[id].name);
    }
}

/*
 * For every word: the list of its key has the lines that a word with this key may be, in their
 * order, and its slot the first one that a word in this slot may be.
 */
static void index_is_complete(void **state)
{
    (void)state;
    for (unsigned key = 0; key < KEYS; key++) {
        const struct form_key *k = &lfi_aarch64_table.index.keys[key];
        const uint16_t *list = &lfi_aarch64_table.index.ids[k->list];
        for (unsigned id = 0; id < LINES; id++)
            if (((lfi_aarch64_table.value[id] ^ key << 21) &
                 lfi_aarch64_table.mask[id] >> 21 << 21) == 0)
                assert_int_equal(*list++, id);
        /* The six bits of a word that choose: where the product has them at the top. */
        const unsigned low = k->times == 0 ? 0 : 26 - (unsigned)__builtin_ctz(k->times);
        for (uint32_t sub = 0; sub < (k->times == 0 ? 1 : SUBSLOTS); sub++) {
            const uint32_t word = key << 21 | sub << low;
            const uint32_t fixed =
                (uint32_t)0x7ff << 21 | (k->times == 0 ? 0 : (uint32_t)63 << low);
            unsigned id = 0;
            while (((word ^ lfi_aarch64_table.value[id]) & lfi_aarch64_table.mask[id] & fixed) != 0)
                id++;
            assert_int_equal(form_slot(&lfi_aarch64_table, word),
                             form_slot(&lfi_aarch64_table, word | ~fixed));
            assert_int_equal(form_slot(&lfi_aarch64_table, word), k->slot + sub);
            assert_int_equal(lfi_aarch64_table.index.first[form_slot(&lfi_aarch64_table, word)],
                             id);
        }
    }
}

/* Letters name whole register fields. */
static void fields(void **state)
{
    (void)state;
    for (unsigned id = 0; id + 1 < LINES; id++) {
        char pattern[33];
        unsigned n = 0;
        for (const char *p = lines[id].pattern; *p != 0; p++)
            if (*p != ' ')
                pattern[n++] = *p;
        for (unsigned i = 0; i < 32; i++) {
            if (strchr("wWpbBo", pattern[i]) == NULL)
                continue;
            unsigned bit = 31 - i;
            assert_true(bit < 15 || (bit >= 16 && bit < 21));
            unsigned first = bit < 15 ? 31 - (bit / 5 * 5 + 4) : 31 - 20;
            for (unsigned k = first; k < first + 5; k++)
                if (pattern[k] != pattern[first] &&
                    !(pattern[first] == 'p' && k == first + 4 && pattern[k] == '0'))
                    fail_msg("%s: letters that name a part of a field", lines[id].pattern);
        }
    }
}

static void index_finds(void **state)
{
    (void)state;
    uint64_t random = 0x2545f4914f6cdd1d;
    for (unsigned id = 0; id < LINES; id++) {
        bool reached = false;
        for (unsigned i = 0; i < WORDS_A_LINE; i++) {
            uint32_t word = word_of(id, &random);
            unsigned found = form_find(&lfi_aarch64_table, word);
            assert_int_equal(found, search(word));
            reached |= found == id;
        }
        if (!reached)
            fail_msg("%s %s: shadowed by the lines before it", lines[id].pattern, lines[id].name);
    }
}

/* What is plain breaks no rule, and leaves x30 and sp as they were. */
static bool is_right(struct verifier *v, const struct reaches *reaches, uint32_t word, size_t pos,
                     enum rule *rule)
{
    bool plain = is_plain(&lfi_aarch64_table, &lfi_aarch64_tests[v->confine], reaches, word);
    v->pos = pos;
    v->x30 = IN_BOX;
    v->stack = STEADY;
    *rule = check(v, word, form_find(&lfi_aarch64_table, word));
    return !plain || (*rule == RULE_NONE && v->x30 == IN_BOX && v->stack == STEADY);
}

static void quick_is_right(void **state)
{
    (void)state;
    static const unsigned confines[] = {RW, W, 0};
    uint64_t random = 0x9e3779b97f4a7c15;
    const struct lfi_code code = {
        .size = 4, .address = IMAGE / 2, .image_start = 0, .image_end = IMAGE};
    const struct reaches reaches = make_reaches(&code, 0, 4);
    for (unsigned m = 0; m < 3; m++) {
        struct verifier *v = make_verifier(confines[m], &code);
        unsigned long quick = 0, right = 0;
        for (unsigned id = 0; id < LINES; id++) {
            for (unsigned i = 0; i < WORDS_A_LINE; i++) {
                uint32_t word = word_of(id, &random);
                enum rule rule;
                if (!is_right(v, &reaches, word, 0, &rule))
                    fail_msg("%08x (%s): accepted too quickly", word, lines[id].name);
                quick +=
                    is_plain(&lfi_aarch64_table, &lfi_aarch64_tests[v->confine], &reaches, word);
                right += rule == RULE_NONE;
            }
        }
        /* It is the plain majority. */
        assert_in_range(quick, right * 2 / 3, right);
        free(v);
    }
}

/*
 * A displacement that goes about as far as the image does, or as its bits do, from a place in a
 * chunk.
 */
static uint32_t with_displacement(uint32_t word, enum reach reach, const struct lfi_code *code,
                                  size_t pos, uint64_t *random)
{
    static const uint8_t bits[REACHES] = {0, 14, 19, 26, 19};
    const int64_t unit = reach == REACH_PAGE ? 4 * ADRP_PAGE : 4;
    const int64_t place = (int64_t)(code->address + pos);
    const int64_t goals[] = {(int64_t)code->image_start - place, (int64_t)code->image_end - place,
                             -(unit << (bits[reach] - 1)), unit << (bits[reach] - 1)};
    int64_t displacement = goals[next_random(random) % 4] / unit;
    displacement += (int64_t)(next_random(random) % 9) - 4;
    unsigned low = reach == REACH_26 ? 0 : 5;
    uint32_t mask = ((uint32_t)1 << bits[reach]) - 1;
    return (word & ~(mask << low)) | ((uint32_t)displacement & mask) << low;
}

/* One answer for the whole chunk is right for each place in it, at every edge of the image. */
static void reaches_stay_inside(void **state)
{
    (void)state;
    uint64_t random = 0x6a09e667f3bcc909;
    for (unsigned round = 0; round < 400; round++) {
        struct lfi_code code = {.size = 4 * (1 + next_random(&random) % (CHUNK / 4))};
        const uint64_t image = code.size + next_random(&random) % ((uint64_t)1 << (random % 33));
        code.address = 4 * (next_random(&random) % ((image - code.size) / 4 + 1));
        /* The image may begin and end between instructions; its addresses may begin anywhere. */
        code.image_start = (next_random(&random) & 1) != 0 ? 0 : next_random(&random) >> 20;
        code.image_end = code.image_start + image;
        code.address = (code.image_start + code.address) & ~(uint64_t)3;
        struct verifier *v = make_verifier(RW, &code);
        const struct reaches reaches = make_reaches(&code, 0, code.size);
        for (unsigned id = 0; id < LINES; id++) {
            const enum reach reach = lfi_aarch64_forms[id].reach;
            for (unsigned i = 0; reach != REACH_NONE && i < 200; i++) {
                size_t pos = next_random(&random) % (code.size / 4) * 4;
                uint32_t word = word_of(id, &random);
                word = with_displacement(word, reach, &code, pos, &random);
                enum rule rule;
                if (!is_right(v, &reaches, word, pos, &rule))
                    fail_msg("%08x (%s) at %llx, image %llx to %llx: accepted too quickly", word,
                             lines[id].name, (unsigned long long)(code.address + pos),
                             (unsigned long long)code.image_start,
                             (unsigned long long)code.image_end);
            }
        }
        free(v);
    }
}

/* Where the image is far larger than a chunk, only what is near its edges takes longer. */
static void reaches_are_wide(void **state)
{
    (void)state;
    const struct lfi_code code = {
        .size = CHUNK, .address = 1 << 28, .image_start = 0, .image_end = (uint64_t)1 << 32};
    const struct reaches reaches = make_reaches(&code, 0, code.size);
    uint64_t random = 0xbb67ae8584caa73b;
    struct verifier *v = make_verifier(RW, &code);
    unsigned forms = 0;
    for (unsigned id = 0; id < LINES; id++) {
        if (lfi_aarch64_forms[id].reach == REACH_NONE ||
            (lfi_aarch64_tests[v->confine].tests[id] & TEST_RULES) != 0)
            continue;
        forms++;
        for (unsigned i = 0; i < WORDS_A_LINE; i++) {
            uint32_t word = word_of(id, &random);
            int64_t to = form_displacement(lfi_aarch64_forms[id].reach, word);
            to = lfi_aarch64_forms[id].reach == REACH_PAGE ? to * ADRP_PAGE : to;
            if (to > -(1 << 28) + 16 * ADRP_PAGE && to < ((int64_t)15 << 28) - 16 * ADRP_PAGE)
                assert_true(
                    is_plain(&lfi_aarch64_table, &lfi_aarch64_tests[v->confine], &reaches, word));
        }
    }
    assert_in_range(forms, 8, 16);
    free(v);
}

/* The quick answer looks at more bits than a displacement has: none of them may lead inside. */
static void image_between_instructions(void **state)
{
    (void)state;
    static const uint32_t back[] = {0x17ffffff, 0x54ffffef, 0xb4ffffff, 0x36ffffff}; /* by 4 */
    for (unsigned before = 1; before <= 4; before++) {
        for (unsigned i = 0; i < sizeof back / sizeof *back; i++) {
            const uint8_t *bytes = (const uint8_t *)&back[i];
            const struct lfi_code code = {.bytes = bytes,
                                          .size = 4,
                                          .address = IMAGE / 2,
                                          .image_start = IMAGE / 2 - before,
                                          .image_end = IMAGE};
            enum lfi_verdict wanted = before < 4 ? LFI_REFUSED : LFI_ACCEPTED;
            assert_int_equal(verify(LFI_MODE_FULL, &code, NULL, NULL), wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(lines_are_those),
        cmocka_unit_test(index_is_complete),
        cmocka_unit_test(fields),
        cmocka_unit_test(index_finds),
        cmocka_unit_test(quick_is_right),
        cmocka_unit_test(image_between_instructions),
        cmocka_unit_test(reaches_stay_inside),
        cmocka_unit_test(reaches_are_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
