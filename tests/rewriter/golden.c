// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Golden tests: for each NAME.s of the folder either NAME.expected.s (mode full),
 * NAME.stores.expected.s and NAME.jumps.expected.s hold what must come out, or NAME.error the
 * messages, or NAME.expand (empty) says that expansion must be asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common.h"
#include <lfi/abi.h>

#include <dirent.h>

static const char *arch, *folder;

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static bool read_beside(const char *name, const char *suffix, struct text *t)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%.*s%s", folder, (int)(strlen(name) - 2), name, suffix);
    return read_file(path, t);
}

static void check(const char *name, const char *what, const struct text *got,
                  const struct text *wanted)
{
    if (got->size == wanted->size && (!got->size || memcmp(got->at, wanted->at, got->size) == 0))
        return;
    size_t i = 0, line = 1;
    for (; i < got->size && i < wanted->size && got->at[i] == wanted->at[i]; i++)
        line += got->at[i] == '\n';
    fail_msg("%s, %s: differs from line %zu on; got:\n%s", name, what, line,
             got->at ? got->at : "nothing");
}

static void check_modes(const char *name, const struct text *in)
{
    static const char *const suffixes[] = {".expected.s", ".stores.expected.s",
                                           ".jumps.expected.s"};
    for (unsigned mode = LFI_MODE_FULL; mode <= LFI_MODE_JUMPS; mode++) {
        struct text out = {0}, messages = {0}, wanted;
        if (!read_beside(name, suffixes[mode], &wanted))
            fail_msg("%s has no %s", name, suffixes[mode]);
        enum lfi_rewrite_status status =
            rewrite_with(text_decode, arch, in->at, in->size, mode, &out, &messages);
        if (status != LFI_REWRITE_OK)
            fail_msg("%s: %s", name, messages.at ? messages.at : "wants expansion");
        check(name, suffixes[mode], &out, &wanted);
        free(out.at);
        free(messages.at);
        free(wanted.at);
    }
}

static void golden(void **state)
{
    (void)state;
    unsigned count = 0;
    struct dirent *entry;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        struct text in, wanted, out = {0}, messages = {0};
        const char *name = entry->d_name;
        if (!ends_with(name, ".s") || ends_with(name, ".expected.s"))
            continue;
        assert_true(read_beside(name, ".s", &in));
        count++;
        if (read_beside(name, ".error", &wanted)) {
            enum lfi_rewrite_status status =
                rewrite_with(text_decode, arch, in.at, in.size, LFI_MODE_FULL, &out, &messages);
            assert_int_equal(status, LFI_REWRITE_FAILED);
            check(name, "messages", &messages, &wanted);
        } else if (read_beside(name, ".expand", &wanted)) {
            enum lfi_rewrite_status status =
                rewrite_with(text_decode, arch, in.at, in.size, LFI_MODE_FULL, &out, &messages);
            assert_int_equal(status, LFI_REWRITE_EXPAND);
            assert_int_equal(out.size, 0);
            assert_int_equal(messages.size, 0);
        } else {
            check_modes(name, &in);
        }
        free(in.at);
        free(wanted.at);
        free(out.at);
        free(messages.at);
    }
    closedir(dir);
    assert_true(count >= 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden)};
    if (argc != 3)
        return 2;
    arch = argv[1];
    folder = argv[2];
    return cmocka_run_group_tests_name("rewriter golden", tests, NULL, NULL);
}
