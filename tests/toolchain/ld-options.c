// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What lfi-ld understands of a linker's command line, and of its own name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <lfi/abi.h>

#include "options.h"

#define MAX_WORDS 16

/* Reads the words of `line`. */
static bool read_line(struct options *options, char *line)
{
    char *words[MAX_WORDS + 1] = {"lfi-ld"};
    int count = 1;
    for (char *word = strtok(line, " "); word && count < MAX_WORDS; word = strtok(NULL, " "))
        words[count++] = word;
    return options_read(options, count, words);
}

static void outputs(void **state)
{
    static const struct {
        const char *line, *output;
    } cases[] = {
        {"a.o", NULL},
        {"a.o -o x", "x"},
        {"-ox a.o", "x"},
        {"--output=x a.o", "x"},
        {"--output x a.o", "x"},
        {"-o x a.o -o y", "y"},
        {"-omagic a.o", NULL},
        {"-z -o a.o", NULL}, /* the value of -z */
        {"-Map -o a.o -o x", "x"},
        {"-rpath -ox a.o", NULL},
        {"-output=x a.o", "utput=x"}, /* as ld.lld reads it */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char line[128];
        strcpy(line, cases[i].line);
        assert_true(read_line(&options, line));
        assert_true(options.links);
        if (cases[i].output)
            assert_string_equal(options.output, cases[i].output);
        else
            assert_null(options.output);
        options_free(&options);
    }
}

static void kinds(void **state)
{
    static const struct {
        const char *line;
        bool links, no_program, relocatable, shared;
    } cases[] = {
        {"", false, false, false, false},
        {"-v", false, false, false, false},
        {"--version", false, true, false, false},
        {"-help", false, true, false, false},
        {"--version a.o", true, true, false, false},
        {"--lto-emit-asm a.o", true, true, false, false},
        {"-plugin-opt=emit-llvm a.o", true, true, false, false},
        {"--thinlto-index-only=x a.o", true, true, false, false},
        {"-plugin-opt=O2 a.o", true, false, false, false},
        {"-r a.o", true, false, true, false},
        {"--relocatable a.o", true, false, true, false},
        {"-shared a.o", true, false, false, true},
        {"-e -shared a.o", true, false, false, false},
        {"-lc", true, false, false, false},
        {"-l c", true, false, false, false},
        {"--library=c", true, false, false, false},
        {"-o x", false, false, false, false},
        {"-", true, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char line[128];
        strcpy(line, cases[i].line);
        assert_true(read_line(&options, line));
        assert_int_equal(options.links, cases[i].links);
        assert_int_equal(options.no_program, cases[i].no_program);
        assert_int_equal(options.relocatable, cases[i].relocatable);
        assert_int_equal(options.shared, cases[i].shared);
        options_free(&options);
    }
}

/* What goes into the object that -shared makes. */
static void shared_files(void **state)
{
    struct options options;
    char line[] =
        "-shared -soname x.so.1 /sysroot/crti.o clang_rt.crtbegin.o a.o -L. -lz b.so c.so.2 "
        "--whole-archive d.a -no-whole-archive libclang_rt.builtins.a e.source";
    static const char *const expected[] = {"a.o", "--whole-archive", "d.a", "-no-whole-archive",
                                           "e.source"};
    (void)state;
    assert_true(read_line(&options, line));
    assert_int_equal(options.files.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < options.files.count; i++)
        assert_string_equal(options.files.list[i], expected[i]);
    options_free(&options);
}

static void own_options(void **state)
{
    struct options options;
    char line[] = "--lfi-mode=stores --lfi-target=x86_64-lfi-linux-musl a.o --dependency-file=d "
                  "--lfi-unverified";
    (void)state;
    assert_true(read_line(&options, line));
    assert_int_equal(options.mode, LFI_MODE_STORES);
    assert_string_equal(options.target, "x86_64-lfi-linux-musl");
    assert_string_equal(options.dependencies, "d");
    assert_true(options.unverified);
    assert_int_equal(options.rest.count, 2); /* not our own */
    options_free(&options);

    char wrong[] = "--lfi-mode=none a.o";
    assert_false(read_line(&options, wrong));
    options_free(&options);
    char missing[] = "a.o -o";
    assert_false(read_line(&options, missing));
    options_free(&options);
}

static void response_files(void **state)
{
    (void)state;
    char inner[] = "/tmp/lfi-test-XXXXXX", outer[] = "/tmp/lfi-test-XXXXXX",
         empty[] = "/tmp/lfi-test-XXXXXX";
    close(mkstemp(empty));
    FILE *file = fdopen(mkstemp(inner), "w");
    fputs("-o 'two words'\n\"a \\\" b.o\" c\\ d.o", file);
    fclose(file);
    file = fdopen(mkstemp(outer), "w");
    fprintf(file, " -r\t@%s @%s\n", inner, empty);
    fclose(file);
    char line[64];
    snprintf(line, sizeof line, "@%s", outer);
    struct options options;
    assert_true(read_line(&options, line));
    assert_true(options.relocatable);
    assert_true(options.links);
    assert_string_equal(options.output, "two words");
    assert_int_equal(options.rest.count, 1); /* handed on as it came */
    options_free(&options);
    char itself[64]; /* a file that names itself ends */
    file = fopen(outer, "w");
    fprintf(file, "@%s", outer);
    fclose(file);
    snprintf(itself, sizeof itself, "@%s", outer);
    assert_true(read_line(&options, itself));
    options_free(&options);
    unlink(inner);
    unlink(outer);
    unlink(empty);
}

static void targets(void **state)
{
    static const struct {
        const char *called, *triple;
        int mode;
    } cases[] = {
        {"/sdk/libexec/lfi/x86_64-lfi-linux-musl/ld", "x86_64-lfi-linux-musl", LFI_MODE_FULL},
        {"/sdk/bin/x86_64-lfi_stores-linux-musl-ld", "x86_64-lfi_stores-linux-musl",
         LFI_MODE_STORES},
        {"x86_64-lfi_jumps-linux-musl-ld", "x86_64-lfi_jumps-linux-musl", LFI_MODE_JUMPS},
        {"x86_64-native-linux-musl/ld", "x86_64-native-linux-musl", MODE_NATIVE},
        {"/x-lfi-linux-musl/aarch64-lfi-linux-musl-ld", "aarch64-lfi-linux-musl", LFI_MODE_FULL},
        {"lfi-ld", NULL, 0},
        {"/usr/bin/ld", NULL, 0},
        {"", NULL, 0},
        {"/", NULL, 0},
        {"x86_64-lfi-linux-gnu/ld", NULL, 0},
        {"x86_64-lfi_more-linux-musl-ld", NULL, 0},
        {"averyveryverylongname-lfi-linux-musl-ld", NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct target target;
        assert_int_equal(target_from_name(&target, cases[i].called), cases[i].triple != NULL);
        if (cases[i].triple) {
            assert_string_equal(target.triple, cases[i].triple);
            assert_int_equal(target.mode, cases[i].mode);
            assert_memory_equal(target.arch, cases[i].triple, strlen(target.arch));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs),        cmocka_unit_test(kinds),
        cmocka_unit_test(shared_files),   cmocka_unit_test(own_options),
        cmocka_unit_test(response_files), cmocka_unit_test(targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
