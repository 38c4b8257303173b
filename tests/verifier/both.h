// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What ARCH/both.c share: both verifiers in one program, and whether they say the same. Comes after
 * cmocka.h and the parts of the verifier that are tested.
 *
 *     test-verifier-ARCH-both [all | SEED]
 */
#ifndef TEST_BOTH_H
#define TEST_BOTH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lfi/verifier.h>

/* liblfi-verifier-plain's. */
enum lfi_verdict lfi_plain_verify_code(enum lfi_arch arch, unsigned mode,
                                       const struct lfi_code *code, lfi_violation_fn *report,
                                       void *data);

enum { MODES = 3 };
static const char *const mode_names[MODES] = {"full", "stores", "jumps"};
static bool all; /* of the command line */
static uint64_t seed;

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

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

/* Fails where the two differ about program `n`, after print_code(). */
__attribute__((unused)) static void compare_verifiers(enum lfi_arch arch,
                                                      const struct lfi_code *code, unsigned mode,
                                                      unsigned long n,
                                                      void print_code(const struct lfi_code *code))
{
    static struct answer fast, plain;
    fast.count = plain.count = 0;
    fast.verdict = lfi_verify_code(arch, mode, code, keep, &fast);
    plain.verdict = lfi_plain_verify_code(arch, mode, code, keep, &plain);
    unsigned same = 0;
    while (same < fast.count && same < plain.count &&
           is_same(&fast.violations[same], &plain.violations[same]))
        same++;
    if (fast.verdict == plain.verdict && same == fast.count && same == plain.count)
        return;
    print_code(code);
    const struct lfi_violation none = {.rule = "nothing"};
    const struct lfi_violation *f = same < fast.count ? &fast.violations[same] : &none,
                               *p = same < plain.count ? &plain.violations[same] : &none;
    fail_msg("mode %s, program %lu of seed %#llx: fast %s at %#llx, plain %s at %#llx",
             mode_names[mode], n, (unsigned long long)seed, f->rule, (unsigned long long)f->address,
             p->rule, (unsigned long long)p->address);
}

static void read_arguments(int argc, char **argv)
{
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    /* The same all day, so that what fails can be asked again. */
    const uint64_t day = (uint64_t)time(NULL) / 86400;
    seed = argc > 1 && !all ? strtoull(argv[1], NULL, 0) : (day * 0x9e3779b97f4a7c15) | 1;
    print_message("seed %#llx\n", (unsigned long long)seed);
}

#endif
