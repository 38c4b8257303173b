// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The fast path of the AArch64 verifier against the rules alone (docs/verifier.md): every word by
 * itself in each mode, and random sequences through both verifiers, which must say the same of
 * them.
 *
 *     test-verifier-aarch64-both [all | SEED]
 *
 * With `all` it asks about all 2^32 words, else about 2^26 of them at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The parts under test have no interface but lfi_verify_code(). */
#include "aarch64/verify.c"

#include "../both.h"

enum { PARTS = 2 };
static const unsigned confines[MODES] = {RW, W, 0};

/* ---- each word ---- */

/*
 * The rules about a word where x30 and sp keep their promises; "" if it breaks none and they go on
 * to.
 */
static const char *by_rules(struct verifier *v, uint32_t word)
{
    v->x30 = IN_BOX;
    v->stack = STEADY;
    enum rule rule = check(v, word, lfi_aarch64_search(&lfi_aarch64_table, word));
    return rule != RULE_NONE    ? "a rule is broken"
           : v->x30 != IN_BOX   ? "x30 is written"
           : v->stack != STEADY ? "sp is stepped"
                                : "";
}

/* Part of the words; returns how many the fast path accepts wrongly. */
static unsigned long compare_words(unsigned mode, unsigned part)
{
    /* Each displacement leads in and out of it. The word is that at `pos` of the code. */
    enum { IMAGE = 1 << 20 };
    const struct lfi_code code = {
        .size = CHUNK, .address = IMAGE / 2, .image_start = 0, .image_end = IMAGE};
    const struct reaches reaches = make_reaches(&code, 0, CHUNK);
    const struct form_tests *tests = &lfi_aarch64_tests[confines[mode]];
    unsigned long fast = 0, wrong = 0;
    struct verifier v = {.code = &code, .confine = confines[mode]};
    uint64_t random = seed + part;
    for (uint64_t i = part; i < (uint64_t)1 << (all ? 32 : 26); i += PARTS) {
        const uint32_t word = all ? (uint32_t)i : (uint32_t)(next_random(&random) >> 20);
        if (!is_plain(&lfi_aarch64_table, tests, &reaches, word))
            continue;
        fast++;
        for (v.pos = 0; v.pos < CHUNK; v.pos += CHUNK - WORD) {
            const char *broken = by_rules(&v, word);
            if (*broken != 0 && wrong++ < 10)
                print_error("%08x (%s), mode %s, at %#zx: accepted by the fast path, but %s\n",
                            word,
                            lfi_aarch64_forms[lfi_aarch64_search(&lfi_aarch64_table, word)].name,
                            mode_names[mode], v.pos, broken);
        }
    }
    print_message("mode %s, part %u: %lu of %lu words accepted by the fast path, %lu wrongly\n",
                  mode_names[mode], part, fast, (1UL << (all ? 32 : 26)) / PARTS, wrong);
    return wrong;
}

static void each_word(void **state)
{
    (void)state;
    pid_t children[PARTS];
    for (unsigned part = 0; part < PARTS; part++) {
        children[part] = fork();
        assert_true(children[part] >= 0);
        if (children[part] == 0) {
            unsigned long wrong = 0;
            for (unsigned mode = 0; mode < MODES; mode++)
                wrong += compare_words(mode, part);
            fflush(NULL);
            _exit(wrong != 0);
        }
    }
    bool failed = false;
    for (unsigned part = 0; part < PARTS; part++) {
        int status = 0;
        assert_int_equal(waitpid(children[part], &status, 0), children[part]);
        failed |= status != 0;
    }
    assert_false(failed);
}

/* ---- sequences ---- */

/* Words that matter to those after them or before them. */
static const uint32_t pieces[] = {
    0x8b20437c, 0x8b3e437e, 0x8b21437f, /* guards of x28, x30 and sp */
    0xaa0003fe, 0xa8c17bfd, 0xf94007fe, /* x30 is written */
    0xd10043ff, 0x910043ff, 0xd14043ff, /* steps of sp */
    0xf90003e0, 0xf94003e0, 0xf81f0fe0, /* accesses that check them, or not */
    0xd65f03c0, 0xd61f0380, 0xd63f0380, /* ret; br, blr x28 */
    0xf85f837e, 0xd63f03c0,             /* a runtime call */
    0x14000002, 0x97fffffe, 0x54000040, /* b, bl, b.eq */
    0xf9400380, 0xb9000381, 0xd503201f, /* of x28; nop */
    0x90000000, 0x9000001c, 0x1000001c, /* adrp, and of x28; adr */
};

static uint32_t make_word(uint64_t *random)
{
    const uint64_t r = next_random(random);
    if (r % 8 < 3)
        return pieces[(r >> 8) % (sizeof pieces / sizeof *pieces)];
    /* Of a line that is allowed; most of their words are accepted. */
    unsigned id = 0;
    do
        id = (unsigned)(next_random(random) % 1000);
    while (lfi_aarch64_forms[id].name == NULL ||
           (lfi_aarch64_forms[id].rule != RULE_NONE && r % 8 < 7));
    uint32_t word = (uint32_t)(next_random(random) >> 20);
    return (word & ~lfi_aarch64_table.mask[id]) | lfi_aarch64_table.value[id];
}

static void print_code(const struct lfi_code *code)
{
    for (size_t pos = 0; pos < code->size; pos += WORD)
        print_error("%08x%s", read_word(code->bytes + pos), pos / WORD % 8 == 7 ? "\n" : " ");
}

static void sequences(void **state)
{
    (void)state;
    enum { LONGEST = 3 * CHUNK / WORD };
    static uint32_t words[LONGEST];
    uint64_t random = seed;
    unsigned long accepted = 0, checked = 0;
    const unsigned long programs = all ? 200000 : 6000;
    for (unsigned long n = 0; n < programs; n++) {
        /* Short ones are accepted more often; some are longer than what shares a struct reaches. */
        const unsigned count = n % 64 == 0 ? 1 + (unsigned)(next_random(&random) % LONGEST)
                                           : 1 + (unsigned)(next_random(&random) % 12);
        for (unsigned i = 0; i < count; i++)
            words[i] = make_word(&random);
        struct lfi_code code = {.bytes = (const uint8_t *)words, .size = count * sizeof *words};
        code.address = 0x40000 + 4 * (next_random(&random) % 2048);
        code.image_start = code.address - next_random(&random) % 0x10000;
        code.image_end = code.address + code.size + next_random(&random) % 0x10000;
        for (unsigned mode = 0; mode < MODES; mode++) {
            compare_verifiers(LFI_ARCH_AARCH64, &code, mode, n, print_code);
            checked += count;
            accepted += lfi_verify_code(LFI_ARCH_AARCH64, mode, &code, NULL, NULL) == LFI_ACCEPTED;
        }
    }
    print_message("seed %#llx: %lu programs, %lu words; in the modes %lu accepted\n",
                  (unsigned long long)seed, programs, checked, accepted);
    assert_true(accepted > programs / 20);
}

int main(int argc, char **argv)
{
    read_arguments(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word),
        cmocka_unit_test(sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
