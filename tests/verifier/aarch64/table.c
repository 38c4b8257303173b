// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The AArch64 table against itself: each line is 32 bits and can be reached, the index finds what a
 * search from the top finds, and the quick answer is never more than the rules'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The parts under test have no interface but lfi_verify_code(). */
#include "aarch64/forms.c"
#include "aarch64/verify.c"

enum { WORDS_A_LINE = 2000, IMAGE = 1 << 20 };

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* A random word of the form. */
static uint32_t word_of(const struct form *form, uint64_t *random)
{
    uint32_t word = (uint32_t)(next_random(random) >> 20);
    if ((next_random(random) & 3) == 0) { /* the registers that matter */
        static const uint8_t registers[] = {25, 27, 28, 30, 31};
        static const uint8_t fields[] = {0, 5, 10, 16};
        unsigned low = fields[next_random(random) % 4];
        word = (word & ~((uint32_t)31 << low)) | (uint32_t)registers[next_random(random) % 5]
                                                     << low;
    }
    return (word & ~form->mask) | form->value;
}

static unsigned search(const struct form_index *index, uint32_t word)
{
    unsigned id = 0;
    while ((word & index->forms[id].mask) != index->forms[id].value)
        id++;
    return id;
}

static struct verifier *make_verifier(unsigned confine, const struct lfi_code *code)
{
    struct verifier *v = calloc(1, sizeof *v);
    assert_non_null(v);
    v->code = code;
    v->confine = confine;
    lfi_aarch64_index(&v->index, confine);
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

static void sizes(void **state)
{
    (void)state;
    struct verifier *v = make_verifier(RW, NULL);
    assert_in_range(v->index.slot_count, KEYS, MAX_SLOTS);
    assert_in_range(v->index.id_count, KEYS, MAX_IDS);
    free(v);
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
            if (letter_use(pattern[i]) == UNUSED)
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
    struct verifier *v = make_verifier(RW, NULL);
    for (unsigned id = 0; id < LINES; id++) {
        bool reached = false;
        for (unsigned i = 0; i < WORDS_A_LINE; i++) {
            uint32_t word = word_of(&v->index.forms[id], &random);
            unsigned found = form_find(&v->index, word);
            assert_int_equal(found, search(&v->index, word));
            reached |= found == id;
        }
        if (!reached)
            fail_msg("%s %s: shadowed by the lines before it", lines[id].pattern, lines[id].name);
    }
    free(v);
}

static void quick_is_right(void **state)
{
    (void)state;
    static const unsigned confines[] = {RW, W, 0};
    uint64_t random = 0x9e3779b97f4a7c15;
    uint8_t bytes[4];
    const struct lfi_code code = {
        .bytes = bytes, .size = 4, .address = IMAGE / 2, .image_start = 0, .image_end = IMAGE};
    for (unsigned m = 0; m < 3; m++) {
        struct verifier *v = make_verifier(confines[m], &code);
        unsigned long quick = 0, right = 0;
        for (unsigned id = 0; id < LINES; id++) {
            for (unsigned i = 0; i < WORDS_A_LINE; i++) {
                uint32_t word = word_of(&v->index.forms[id], &random);
                for (unsigned k = 0; k < 4; k++)
                    bytes[k] = (uint8_t)(word >> 8 * k);
                bool accepts = quick_run(v, 0, 4) == 4;
                v->x30 = IN_BOX;
                v->stack = STEADY;
                enum rule rule = check(v, word, form_find(&v->index, word));
                if (accepts && (rule != RULE_NONE || v->x30 != IN_BOX || v->stack != STEADY))
                    fail_msg("%08x (%s): accepted too quickly", word, lines[id].name);
                quick += accepts;
                right += rule == RULE_NONE;
            }
        }
        /* It is the plain majority. */
        assert_in_range(quick, right * 2 / 3, right);
        free(v);
    }
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
            assert_int_equal(lfi_aarch64_verify(LFI_MODE_FULL, &code, NULL, NULL), wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),       cmocka_unit_test(sizes),
        cmocka_unit_test(fields),         cmocka_unit_test(index_finds),
        cmocka_unit_test(quick_is_right), cmocka_unit_test(image_between_instructions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
