// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Truncated and mutated inputs: whatever comes, the rewriter returns, and reports whenever it
 * fails. (Memory errors show where this runs under the sanitizers.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common.h"
#include <lfi/abi.h>

#include <dirent.h>
#include <stdint.h>

static const char *arch, *folder;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void try(const char *text, size_t size, unsigned mode)
{
    struct text out = {0}, messages = {0};
    /* a copy of exactly this size, so that a read beyond it is seen */
    char *copy = malloc(size ? size : 1);
    memcpy(copy, text, size);
    enum lfi_rewrite_status status = rewrite_text(arch, copy, size, mode, &out, &messages);
    if (status == LFI_REWRITE_FAILED)
        assert_true(messages.size > 0);
    else
        assert_int_equal(messages.size, 0);
    free(copy);
    free(out.at);
    free(messages.at);
}

static void truncations(const struct text *in)
{
    for (size_t size = 0; size <= in->size; size += size < 600 ? 1 : 7)
        try(in->at, size, (unsigned)(size % 3));
}

static void mutations(const struct text *in, uint64_t seed)
{
    static const char odd[] = "%$*(),:;#\"'/\\{}[]!=\n\t .@+-0178rxsp\0\x80\xff";
    char *copy = malloc(in->size);
    for (unsigned round = 0; round < 300; round++) {
        memcpy(copy, in->at, in->size);
        for (unsigned i = 0; i <= round % 8; i++) {
            uint64_t random = next_random(&seed);
            size_t at = random % in->size, from = (random >> 32) % in->size;
            if (random & 1 << 20)
                copy[at] = odd[(random >> 24) % sizeof odd];
            else /* a piece of the text somewhere else */
                memmove(copy + at, copy + from,
                        (random >> 56) % (in->size - (at > from ? at : from)));
        }
        try(copy, in->size, round % 3);
    }
    free(copy);
}

static void robust(void **state)
{
    (void)state;
    struct dirent *entry;
    unsigned count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[1024];
        struct text in;
        const char *dot = strchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".s") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_true(read_file(path, &in));
        truncations(&in);
        mutations(&in, 0x9e3779b97f4a7c15u + count++);
        free(in.at);
    }
    closedir(dir);
    assert_true(count >= 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(robust)};
    if (argc != 3)
        return 2;
    arch = argv[1];
    folder = argv[2];
    return cmocka_run_group_tests_name("rewriter robust", tests, NULL, NULL);
}
