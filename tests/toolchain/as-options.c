// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What lfi-as takes of the options of GNU as, and what LLVM's assembler gets of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lfi/abi.h>

#include "options.h"

#define MAX_WORDS 16

static bool read_line(struct options *options, char *line)
{
    char *words[MAX_WORDS + 1] = {"lfi-as"};
    int count = 1;
    for (char *word = strtok(line, " "); word && count < MAX_WORDS; word = strtok(NULL, " "))
        words[count++] = word;
    return options_read(options, count, words);
}

static void join(char *text, const struct arguments *arguments)
{
    text[0] = 0;
    for (size_t i = 0; i < arguments->count; i++) {
        if (i > 0)
            strcat(text, " ");
        strcat(text, arguments->list[i]);
    }
}

static void accepted(void **state)
{
    static const struct {
        const char *line, *input, *output, *passed, *macros;
    } cases[] = {
        {"", "-", "a.out", "", ""},
        {"--64 -o x.o x.s", "x.s", "x.o", "", ""},
        {"-ox.o -", "-", "x.o", "", ""},
        {"--64 -I inc -Iother --noexecstack -o x.o x.s", "x.s", "x.o", "-mnoexecstack",
         "-I inc -I other"},
        {"x.s -g -gdwarf-4", "x.s", "a.out", "-dwarf-version=4", ""},
        {"--gdwarf-5 x.s", "x.s", "a.out", "-dwarf-version=5", ""},
        {"-march=haswell -mtune=generic -k x.s", "x.s", "a.out", "", ""},
        {"--compress-debug-sections=zlib x.s", "x.s", "a.out", "-compress-debug-sections=zlib", ""},
        {"--compress-debug-sections=none x.s", "x.s", "a.out", "", ""},
        {"-mrelax-relocations=no x.s", "x.s", "a.out", "-mrelax-relocations=no", ""},
        {"-mrelax-relocations=yes x.s", "x.s", "a.out", "", ""},
        {"--defsym a=1 --defsym=b=2 x.s", "x.s", "a.out", "", "--defsym a=1 --defsym b=2"},
        {"-W -L x.s", "x.s", "a.out", "-massembler-no-warn -msave-temp-labels", ""},
        {"-v -EL -mabi=lp64 x.s", "x.s", "a.out", "", ""},
        {"-o x -- -y.s", "-y.s", "x", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char line[128], text[256];
        strcpy(line, cases[i].line);
        assert_true(read_line(&options, line));
        assert_string_equal(options.input, cases[i].input);
        assert_string_equal(options.output, cases[i].output);
        join(text, &options.passed);
        assert_string_equal(text, cases[i].passed);
        join(text, &options.macros);
        assert_string_equal(text, cases[i].macros);
        options_free(&options);
    }
}

static void refused(void **state)
{
    static const char *const cases[] = {
        "--32 x.s",           "-a x.s",     "x.s y.s", "x.s -o", "--lfi-mode=all x.s",
        "-mintel-syntax x.s", "--nonsense", "-gx x.s",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char line[128];
        strcpy(line, cases[i]);
        assert_false(read_line(&options, line));
        options_free(&options);
    }
}

static void line_numbers(void **state)
{
    static const struct {
        const char *line;
        unsigned dwarf;
    } cases[] = {
        {"x.s", 0},
        {"-g x.s", 5},
        {"-g -gdwarf-4 x.s", 4},
        {"--gdwarf-2 --gen-debug x.s", 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        char line[128];
        strcpy(line, cases[i].line);
        assert_true(read_line(&options, line));
        assert_int_equal(options.dwarf, cases[i].dwarf);
        options_free(&options);
    }
}

static void own_options(void **state)
{
    struct options options;
    char line[] = "--lfi-mode=jumps --lfi-target=x86_64-lfi-linux-musl --version";
    (void)state;
    assert_true(read_line(&options, line));
    assert_int_equal(options.mode, LFI_MODE_JUMPS);
    assert_string_equal(options.target, "x86_64-lfi-linux-musl");
    assert_true(options.version);
    assert_false(options.help);
    options_free(&options);
}

static void for_rewriting(void **state)
{
    struct options options;
    char line[] = "--keep-r11 --trap-unsupported -msyntax=intel x.s", none[] = "x.s";
    (void)state;
    assert_true(read_line(&options, line));
    assert_true(options.keep_r11 && options.trap_unsupported && options.intel_syntax);
    options_free(&options);
    assert_true(read_line(&options, none));
    assert_false(options.keep_r11 || options.trap_unsupported || options.intel_syntax);
    options_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),     cmocka_unit_test(for_rewriting), cmocka_unit_test(refused),
        cmocka_unit_test(line_numbers), cmocka_unit_test(own_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
