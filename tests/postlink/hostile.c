// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * postlink() on damaged files: it refuses with a message or succeeds, and never touches memory that
 * is not the file's (run under ASan).
 *
 * test-postlink-hostile FILE: FILE is golden/sample.s, linked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lfi/abi.h>

#include "file.h"
#include "postlink.h"

static struct file sample;
static unsigned messages;

static void count_message(void *data, const char *message)
{
    (void)data;
    assert_int_not_equal(strlen(message), 0);
    messages++;
}

/* Takes over `bytes`. Returns whether the file was accepted. */
static bool try_file(uint8_t *bytes, size_t size)
{
    struct elf_file elf = {.bytes = bytes, .size = size, .report = count_message};
    struct postlink_stats stats;
    messages = 0;
    bool ok = postlink(&elf, LFI_MODE_FULL, &stats);
    assert_int_equal(ok, messages == 0);
    free(bytes);
    return ok;
}

static uint8_t *copy_sample(void)
{
    uint8_t *bytes = malloc(sample.size);
    memcpy(bytes, sample.bytes, sample.size);
    return bytes;
}

static void test_intact(void **state)
{
    (void)state;
    assert_true(try_file(copy_sample(), sample.size));
}

static void test_truncated(void **state)
{
    (void)state;
    for (size_t size = 0; size < sample.size; size++) {
        uint8_t *bytes = malloc(size ? size : 1);
        memcpy(bytes, sample.bytes, size);
        /* The section headers are the end of the file, so no prefix of it is whole. */
        assert_false(try_file(bytes, size));
    }
}

static Elf64_Ehdr header(void)
{
    Elf64_Ehdr h;
    memcpy(&h, sample.bytes, sizeof h);
    return h;
}

/* Every field of every header gets every value that has hurt somebody. */
static void test_header_fields(void **state)
{
    (void)state;
    const uint64_t values[] = {
        0,
        1,
        0x1f,
        0x20,
        0x1000,
        sample.size - 1,
        sample.size,
        UINT16_MAX,
        INT32_MAX,
        UINT32_MAX,
        UINT32_MAX + 1ULL,
        INT64_MAX,
        INT64_MIN,
        UINT64_MAX,
        -32ULL,
        -4096ULL,
        0x1001,
    };
    Elf64_Ehdr h = header();
    const struct {
        uint64_t start, size;
    } tables[] = {{0, sizeof h},
                  {h.e_phoff, h.e_phnum * sizeof(Elf64_Phdr)},
                  {h.e_shoff, h.e_shnum * sizeof(Elf64_Shdr)}};
    static const unsigned widths[] = {1, 2, 4, 8};
    unsigned refused = 0;
    for (size_t t = 0; t < 3; t++) {
        for (uint64_t at = 0; at < tables[t].size; at++) {
            for (size_t w = 0; w < 4; w++) {
                if (at % widths[w] != 0)
                    continue;
                for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                    uint8_t *bytes = copy_sample();
                    memcpy(bytes + tables[t].start + at, &values[v], widths[w]);
                    refused += !try_file(bytes, sample.size);
                }
            }
        }
    }
    assert_true(refused > 1000);
}

static uint64_t random_number(uint64_t *seed)
{
    *seed ^= *seed << 13; /* Marsaglia's xorshift64 */
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void mutate(uint8_t *bytes, uint64_t start, uint64_t size, unsigned count, uint64_t *seed)
{
    static const uint8_t bytes_of_interest[] = {0x00, 0x66, 0x67, 0x90, 0xe8, 0xcc, 0x2e, 0x65,
                                                0xff, 0x0f, 0x1f, 0x84, 0x64, 0x48, 0x41, 0x10};
    for (unsigned i = 0; i < count; i++) {
        uint64_t at = start + random_number(seed) % size;
        uint64_t r = random_number(seed);
        bytes[at] = r & 0x100 ? (uint8_t)r : bytes_of_interest[r % sizeof bytes_of_interest];
    }
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t *bytes = copy_sample();
        mutate(bytes, 0, sample.size, 1 + i % 200, &seed);
        try_file(bytes, sample.size);
    }
}

/* Only in code, where most damage is accepted. */
static void test_random_code(void **state)
{
    (void)state;
    Elf64_Ehdr h = header();
    uint64_t seed = 2;
    unsigned accepted = 0;
    for (uint64_t i = 0; i < h.e_phnum; i++) {
        Elf64_Phdr p;
        memcpy(&p, sample.bytes + h.e_phoff + i * sizeof p, sizeof p);
        if (!elf_executable(&p))
            continue;
        for (unsigned k = 0; k < 20000; k++) {
            uint8_t *bytes = copy_sample();
            mutate(bytes, p.p_offset, p.p_filesz, 1 + k % 50, &seed);
            accepted += try_file(bytes, sample.size);
        }
    }
    assert_true(accepted > 1000);
}

int main(int argc, char **argv)
{
    if (argc != 2 || !file_read(argv[1], &sample)) {
        fprintf(stderr, "test-postlink-hostile: needs the linked sample\n");
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intact),        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_header_fields), cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_random_code),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(sample.bytes);
    return failed;
}
