// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Each hostile code sequence is refused for the rule that it is named for, and its twin accepted
 * (cases.h says what a case is). Also holds the folder to docs/verifier.md: every rule for code has
 * cases, and no case names another rule.
 *
 *     hostile-code ARCH CASES_FOLDER DOCS/verifier.md
 */
#include "cases.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

#define MIN_CASES    150 /* of all rules */
#define MIN_PER_RULE 2
#define MAX_RULES    64

/* What is tested: its name on the command line, and that of its sections in the document. */
static const struct target {
    enum lfi_arch arch;
    const char *name, *heading;
} targets[] = {
#define ARCH(name, NAME, heading, ...) {LFI_ARCH_##NAME, #name, heading},
#include "archs.def"
#undef ARCH
};

struct tally {
    unsigned passed, failed;
};

struct first_violation {
    bool seen;
    struct lfi_violation violation;
};

static bool keep_first(void *data, const struct lfi_violation *violation)
{
    struct first_violation *first = data;
    first->seen = true;
    first->violation = *violation;
    return false;
}

static bool check(struct tally *tally, bool passed)
{
    if (passed)
        tally->passed++;
    else
        tally->failed++;
    return passed;
}

static enum lfi_verdict verify(enum lfi_arch arch, const struct hostile_case *c,
                               const struct code *code, unsigned mode,
                               struct first_violation *first)
{
    *first = (struct first_violation){0};
    /* An exact copy on the heap, so that the address sanitizer sees a read past the end. */
    uint8_t *bytes = malloc(code->size);
    if (!bytes)
        return LFI_UNABLE;
    memcpy(bytes, code->bytes, code->size);
    struct lfi_code run = {.bytes = bytes,
                           .size = code->size,
                           .address = CASE_ADDRESS,
                           .image_start = c->image_start,
                           .image_end = c->image_end};
    enum lfi_verdict verdict = lfi_verify_code(arch, mode, &run, keep_first, first);
    free(bytes);
    return verdict;
}

static void complain(const struct hostile_case *c, unsigned mode, const char *what,
                     const struct first_violation *first)
{
    printf("FAIL %s/%s (%s): %s", c->rule, c->name, case_mode_names[mode], what);
    if (first->seen)
        printf(": %s at %" PRIx64 " (%s): %s", first->violation.rule, first->violation.address,
               first->violation.text, first->violation.message);
    putchar('\n');
}

static void run_case(enum lfi_arch arch, const struct hostile_case *c, struct tally *tally)
{
    struct first_violation first;
    for (unsigned mode = 0; mode < CASE_MODES; mode++) {
        if (c->refused[mode]) {
            enum lfi_verdict verdict = verify(arch, c, &c->hostile, mode, &first);
            if (verdict == LFI_ACCEPTED)
                check(tally, false), complain(c, mode, "HOLE: hostile code accepted", &first);
            else if (!check(tally, verdict == LFI_REFUSED && first.seen &&
                                       !strcmp(first.violation.rule, c->rule)))
                complain(c, mode, "refused, but not for its rule", &first);
            if (!check(tally, verify(arch, c, &c->twin, mode, &first) == LFI_ACCEPTED))
                complain(c, mode, "the twin is refused", &first);
        }
        if (c->free[mode] &&
            !check(tally, verify(arch, c, &c->hostile, mode, &first) == LFI_ACCEPTED))
            complain(c, mode, "refused, where its rule does not hold", &first);
    }
}

/* The rules for code that the document defines: first column of the tables in the sections. */
static size_t documented_rules(const char *path, const char *heading, char rules[MAX_RULES][32])
{
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 0;
    }
    char line[1024];
    size_t count = 0;
    bool inside = false;
    while (fgets(line, sizeof line, file) && count < MAX_RULES) {
        if (!strncmp(line, "## ", 3))
            inside = !strncmp(line, heading, strlen(heading));
        if (inside && sscanf(line, "| `%31[a-z0-9-]`", rules[count]) == 1)
            count++;
    }
    fclose(file);
    return count;
}

static void check_coverage(const struct case_list *list, const char *document, const char *heading,
                           struct tally *tally)
{
    char rules[MAX_RULES][32];
    size_t rule_count = documented_rules(document, heading, rules), known = 0;
    for (size_t i = 0; i < rule_count; i++) {
        size_t cases = 0;
        for (size_t k = 0; k < list->count; k++)
            cases += !strcmp(list->cases[k].rule, rules[i]);
        known += cases;
        if (!check(tally, cases >= MIN_PER_RULE))
            printf("FAIL rule %s has %zu cases, not %d\n", rules[i], cases, MIN_PER_RULE);
    }
    if (!check(tally, rule_count > 0 && known == list->count))
        printf("FAIL %zu cases name a rule that %s does not define\n", list->count - known,
               document);
    if (!check(tally, list->count >= MIN_CASES))
        printf("FAIL there are only %zu cases, not %d\n", list->count, MIN_CASES);
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(list->cases[i].rule, list->cases[k].rule) &&
                !strcmp(list->cases[i].name, list->cases[k].name)) {
                check(tally, false);
                printf("FAIL %s/%s stands there twice\n", list->cases[i].rule, list->cases[i].name);
            }
}

static bool read_folder(const char *folder, enum lfi_arch arch, struct case_list *list)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        perror(folder);
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(dir));) {
        char path[1024], rule[32];
        int end = 0;
        if (sscanf(entry->d_name, "%31[a-z0-9-].txt%n", rule, &end) != 1 || !end ||
            entry->d_name[end])
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ok = case_list_read(list, arch, path, rule);
    }
    closedir(dir);
    return ok;
}

int main(int argc, char **argv)
{
    const struct target *target = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof targets / sizeof *targets; i++)
        if (!strcmp(argv[1], targets[i].name))
            target = &targets[i];
    if (!target) {
        fprintf(stderr, "Usage: %s ARCH CASES_FOLDER DOCS/verifier.md\n", argv[0]);
        return 2;
    }
    struct case_list list = {0};
    struct tally tally = {0};
    if (!read_folder(argv[2], target->arch, &list))
        return 1;
    for (size_t i = 0; i < list.count; i++)
        run_case(target->arch, &list.cases[i], &tally);
    check_coverage(&list, argv[3], target->heading, &tally);
    printf("%zu cases: %u passed, %u failed\n", list.count, tally.passed, tally.failed);
    free(list.cases);
    return tally.failed != 0;
}
