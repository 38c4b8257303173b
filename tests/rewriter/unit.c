// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The lexer, the parser's small parts, and the public interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../rewriter/lexer.h"
#include "../../rewriter/parser.h"
#include "common.h"
#include <lfi/abi.h>

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct span span(const char *text)
{
    return (struct span){text, (uint32_t)strlen(text)};
}

static void statements(void **state)
{
    (void)state;
    static const char text[] = "a: nop # c\n\tb /* x\ny */ c; d \"#;\\\"\" // z\n/* q */ 'e;'\n"
                               "# 7 \"f.c\"\n$'#'";
    static const struct {
        const char *text;
        unsigned line, kind;
    } wanted[] = {{"a: nop", 1, STATEMENT_RAW},         {"b   c", 2, STATEMENT_RAW},
                  {"d \"#;\\\"\"", 3, STATEMENT_RAW},   {"'e;'", 4, STATEMENT_RAW},
                  {"# 7 \"f.c\"", 5, STATEMENT_MARKER}, {"$'#'", 6, STATEMENT_RAW}};
    struct arena arena = {0};
    struct lexer lexer = {.at = text,
                          .end = text + sizeof text - 1,
                          .line = 1,
                          .arena = &arena,
                          .hash_comments = true};
    struct statement s = {0};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(lex_statement(&lexer, &s));
        if (i != 3) { /* a character constant is one character; `'e;` ends at nothing */
            assert_int_equal(s.size, strlen(wanted[i].text));
            assert_memory_equal(s.at, wanted[i].text, s.size);
        } else {
            assert_true(lex_statement(&lexer, &s));
        }
        assert_int_equal(s.line, wanted[i].line);
        assert_int_equal(s.kind, wanted[i].kind);
    }
    assert_false(lex_statement(&lexer, &s));
    assert_false(lexer.failed);
    arena_free(&arena);
}

static void unterminated(void **state)
{
    (void)state;
    static const char *const texts[] = {"nop \"abc", "/* abc", "nop /* abc"};
    for (size_t i = 0; i < 3; i++) {
        struct arena arena = {0};
        struct lexer lexer = {
            .at = texts[i], .end = texts[i] + strlen(texts[i]), .line = 1, .arena = &arena};
        struct statement s = {0};
        assert_false(lex_statement(&lexer, &s));
        assert_true(lexer.failed);
        arena_free(&arena);
    }
}

static void arguments(void **state)
{
    (void)state;
    static const char *const wanted[] = {"8(%rax,%rbx)", "\"a,b\"", "", "','", "x"};
    struct span rest = span("8(%rax,%rbx) , \"a,b\",,',',x"), argument;
    for (size_t i = 0; i < 5; i++) {
        assert_true(next_argument(&rest, &argument));
        assert_true(span_is(argument, wanted[i]));
    }
    assert_false(next_argument(&rest, &argument));
}

static void literals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-8", -8},
                {"0x10", 16},
                {"010", 8},
                {"0b101", 5},
                {"1+2*3", 7},
                {"(1+2)*3", 9},
                {" 4 - 1 ", 3},
                {"-0", 0},
                {"-010", -8},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN},
                {"123456789012345678", 123456789012345678},
                {"~0", -1},
                {"-(8-1)*2", -14},
                {"+5", 5},
                {"0xffffffffffffffff", -1}};
    static const char *const bad[] = {"",    "a",  "1+", "(1",  "1b", "08",
                                      "1 2", "0x", "--", "1/2", "-",  "12a"};
    int64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(literal_value(span(good[i].text), &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(literal_value(span(bad[i]), &value));
}

/* Where `#` begins an immediate, it begins a comment only at the start of a statement. */
static void immediates(void **state)
{
    (void)state;
    static const char text[] = "mov x0, #1 // c\n# comment\nret";
    static const char *const wanted[] = {"mov x0, #1", "ret"};
    struct arena arena = {0};
    struct lexer lexer = {.at = text, .end = text + sizeof text - 1, .line = 1, .arena = &arena};
    struct statement s = {0};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(lex_statement(&lexer, &s));
        assert_int_equal(s.size, strlen(wanted[i]));
        assert_memory_equal(s.at, wanted[i], s.size);
    }
    assert_false(lex_statement(&lexer, &s));
    arena_free(&arena);
}

/* Vectors of 16 bytes look for the end of a statement: every distance from their ends. */
static void distances(void **state)
{
    (void)state;
    for (unsigned before = 1; before < 40; before++)
        for (unsigned after = 0; after < 20; after++) {
            static const char stops[] = "\n;#";
            char text[64];
            memset(text, 'a', sizeof text);
            text[before] = stops[(before + after) % 3];
            struct arena arena = {0};
            struct lexer lexer = {.at = text,
                                  .end = text + before + 1 + after,
                                  .line = 1,
                                  .arena = &arena,
                                  .hash_comments = true};
            struct statement s = {0};
            assert_true(lex_statement(&lexer, &s));
            assert_int_equal(s.size, before);
            bool more = after > 0 && text[before] != '#';
            assert_int_equal(lex_statement(&lexer, &s), more);
            if (more)
                assert_int_equal(s.size, after);
            arena_free(&arena);
        }
}

static void memory(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (unsigned i = 0; i < 100; i++) {
        unsigned char *whole = arena_alloc(&arena, 100000);
        memset(whole, 1, 100000);
        arena_return(&arena, 50000);
        unsigned char *next = arena_alloc(&arena, 1);
        *next = 2;
        assert_true(next >= whole + 50000 || next < whole);
        assert_int_equal((uintptr_t)next % 16, 0);
    }
    memset(arena_alloc(&arena, 5000000), 1, 5000000);
    arena_free(&arena);
}

static void names(void **state)
{
    (void)state;
    assert_true(lfi_rewrite_knows_arch("x86_64"));
    assert_string_equal(lfi_rewrite_arch(0), "x86_64");
    assert_null(lfi_rewrite_arch(1000));
    for (size_t i = 0; lfi_rewrite_arch(i); i++)
        assert_true(lfi_rewrite_knows_arch(lfi_rewrite_arch(i)));
    assert_string_equal(lfi_rewrite_assembler("x86_64")[1], "+fast-15bytenop");
    assert_null(lfi_rewrite_assembler("none")[0]);
    assert_false(lfi_rewrite_knows_arch("amd64"));
    assert_int_equal(lfi_rewrite_mode("full"), LFI_MODE_FULL);
    assert_int_equal(lfi_rewrite_mode("stores"), LFI_MODE_STORES);
    assert_int_equal(lfi_rewrite_mode("jumps"), LFI_MODE_JUMPS);
    assert_int_equal(lfi_rewrite_mode("all"), -1);
}

static void messages_say_where(void **state)
{
    (void)state;
    static const char text[] = "\tnop\n# 41 \"file.c\"\n\tnop; movq %gs:0, %rax\n";
    struct text out = {0}, messages = {0};
    assert_int_equal(rewrite_text("x86_64", text, sizeof text - 1, LFI_MODE_FULL, &out, &messages),
                     LFI_REWRITE_FAILED);
    assert_string_equal(messages.at, "3:7: %gs belongs to the rewriter: leave the override out\n");
    free(out.at);
    free(messages.at);
}

static void branch_targets(void **state)
{
    (void)state;
    static const char text[] = "a:\n\tnop\n";
    struct text out = {0};
    struct lfi_rewrite_options options = {
        .arch = "x86_64", .align_branch_targets = true, .sink = text_add, .sink_data = &out};
    assert_int_equal(lfi_rewrite(text, sizeof text - 1, &options), LFI_REWRITE_OK);
    assert_string_equal(out.at, "\t.bundle_align_mode\t5\n\t.p2align\t5\na:\n\tnop\n");
    free(out.at);
}

static bool refuse_piece(void *data, const char *text, size_t size)
{
    (void)text;
    (void)size;
    ++*(unsigned *)data;
    return false;
}

static void sink_fails(void **state)
{
    (void)state;
    unsigned calls = 0;
    struct lfi_rewrite_options options = {
        .arch = "x86_64", .sink = refuse_piece, .sink_data = &calls};
    assert_int_equal(lfi_rewrite("\tnop\n", 5, &options), LFI_REWRITE_FAILED);
    assert_int_equal(calls, 1);
}

static bool discard(void *data, const char *text, size_t size)
{
    (void)data;
    (void)text;
    (void)size;
    return true;
}

static void count_out_of_memory(void *data, const struct lfi_rewrite_message *message)
{
    *(int *)data += strcmp(message->text, "out of memory") == 0 ? 1 : 1000;
}

/* Without memory the library reports that; it must not end the program. */
static void out_of_memory(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* address space cannot be limited there */
#endif
    static const char line[] = "\tret\n1:\n";
    const size_t count = 300000, size = count * (sizeof line - 1);
    char *text = malloc(size);
    unsigned failed = 0;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * (sizeof line - 1), line, sizeof line - 1);
    for (unsigned i = 0; lfi_rewrite_arch(i); i++)
        for (rlim_t limit = 16; limit <= 160; limit += 8) { /* MiB, from almost nothing to enough */
            int status, messages = 0;
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                struct rlimit space = {limit << 20, limit << 20};
                struct lfi_rewrite_options options = {.arch = lfi_rewrite_arch(i),
                                                      .sink = discard,
                                                      .report = count_out_of_memory,
                                                      .report_data = &messages};
                setrlimit(RLIMIT_AS, &space);
                enum lfi_rewrite_status result = lfi_rewrite(text, size, &options);
                _exit(result == LFI_REWRITE_OK && messages == 0       ? 0
                      : result == LFI_REWRITE_FAILED && messages == 1 ? 1
                                                                      : 2);
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFEXITED(status));
            assert_in_range(WEXITSTATUS(status), 0, 1);
            failed += WEXITSTATUS(status) == 1;
        }
    assert_true(failed > 4);
    free(text);
}

static void expansion(void **state)
{
    (void)state;
    static const char *const copy[] = {"cat", NULL}, *const failing[] = {"false", NULL},
                             *const missing[] = {"/nonexistent/assembler", NULL};
    size_t size = 3000000, out_size;
    char *in = malloc(size), *out;
    for (size_t i = 0; i < size; i++)
        in[i] = (char)('a' + i % 23);
    assert_true(lfi_expand(copy, in, size, &out, &out_size));
    assert_int_equal(out_size, size);
    assert_memory_equal(in, out, size);
    free(out);
    assert_false(lfi_expand(failing, in, size, &out, &out_size));
    assert_int_equal(errno, ECHILD);
    assert_false(lfi_expand(missing, in, size, &out, &out_size));
    assert_int_equal(errno, ENOENT);
    free(in);
}

static void left_after_expansion(void **state)
{
    (void)state;
    static const char text[] = "\t.macro m\n";
    struct text messages = {0}, out = {0};
    struct lfi_rewrite_options options = {.arch = "x86_64",
                                          .expanded = true,
                                          .sink = text_add,
                                          .sink_data = &out,
                                          .report = text_report,
                                          .report_data = &messages};
    assert_int_equal(lfi_rewrite(text, sizeof text - 1, &options), LFI_REWRITE_FAILED);
    assert_string_equal(messages.at, "1:2: '.macro' is left after expansion\n");
    free(messages.at);
    free(out.at);
}

/* The lines of `text` that begin with one of two words, one after the other. */
static void pick(struct text *to, const struct text *text, const char *a, const char *b)
{
    for (const char *line = text->at, *end; line && *line; line = end) {
        end = strchr(line, '\n') + 1;
        if (!strncmp(line, a, strlen(a)) || !strncmp(line, b, strlen(b)))
            text_add(to, line, (size_t)(end - line));
    }
}

static void checksums_of_files(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\t.file\t0 \"a\" md5 0x1\n\t.file\t1 \"b\" md5 0x2\n",
         "\t.file\t0 \"a\" md5 0x1\n\t.file\t1 \"b\" md5 0x2\n"},
        {"\t.file\t0 \"a\" md5 0x1\n\t.file\t\"c\"\n\t.file\t1 \"b\"\n",
         "\t.file\t0 \"a\"\n\t.file\t\"c\"\n\t.file\t1 \"b\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0}, got = {0};
        assert_int_equal(
            rewrite_text("x86_64", cases[i][0], strlen(cases[i][0]), LFI_MODE_FULL, &out, NULL),
            LFI_REWRITE_OK);
        pick(&got, &out, "\t.file\t", "\t.file\t");
        assert_string_equal(got.at, cases[i][1]);
        free(out.at);
        free(got.at);
    }
}

static void line_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
        bool expanded;
        unsigned dwarf;
    } cases[] = {
        {"\tnop\n\n\tret; nop\n",
         "\t.file\t0 \"/d\" \"x.s\"\n\t.loc\t0 1\n\t.loc\t0 3\n\t.loc\t0 3\n", false, 5},
        {"# 7 \"a.S\"\n\tnop\n# 1 \"inc\" 1\n\n\tnop\n# 9 \"a.S\" 2\n\tnop\n",
         "\t.file\t1 \"a.S\"\n\t.loc\t1 7\n\t.file\t2 \"inc\"\n\t.loc\t2 2\n\t.loc\t1 9\n", false,
         4},
        {"\t.file\t1 \"p\" \"inc\"\n\t.loc\t1 5 0\n\tnop\n\t.loc\t0 6 0\n\tnop\n\t.file\t\"x\"\n"
         "\t.section\t.debug_info\n\t.loc\t0 7 0\n",
         "\t.file\t1 \"x.s\"\n\t.file\t2 \"p\" \"inc\"\n\t.loc\t2 5 0\n\t.loc\t1 6 "
         "0\n\t.file\t\"x\"\n",
         true, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0}, got = {0};
        struct lfi_rewrite_lines lines = {.directory = "/d", .dwarf = cases[i].dwarf};
        struct lfi_rewrite_options options = {.arch = "x86_64",
                                              .expanded = cases[i].expanded,
                                              .lines = &lines,
                                              .sink = text_add,
                                              .sink_data = &out};
        size_t size = strlen(cases[i].text);
        if (cases[i].expanded) {
            assert_false(lfi_rewrite_lines_find(&lines, cases[i].text, size, "x.s"));
            lines.file_size = strlen(lines.file = "x.s");
        } else {
            assert_true(lfi_rewrite_lines_find(&lines, cases[i].text, size, "x.s"));
        }
        assert_int_equal(lfi_rewrite(cases[i].text, size, &options), LFI_REWRITE_OK);
        pick(&got, &out, "\t.loc\t", "\t.file\t");
        assert_string_equal(got.at, cases[i].wanted);
        assert_non_null(strstr(out.at, ".quad\t.Llfi_from1, .Llfi_to1\n"));
        assert_null(strstr(out.at, ".Llfi_from2"));
        free(out.at);
        free(got.at);
    }
}

static void dialects(void **state)
{
    static const struct {
        const char *arch;
        bool intel;
        const char *text, *wanted; /* NULL: the same */
    } cases[] = {
        {"x86_64", false, "\tmovq\t%rax, %rcx\n", NULL},
        {"aarch64", false, "\t.intel_syntax\n", NULL},
        {"x86_64", false,
         ".intel_syntax\nmov %rax, %zmm1 # %rax\nmov a%1, \"%rax\"\n.att_syntax\n%rax",
         ".intel_syntax noprefix\nmov rax, zmm1 # %rax\nmov a%1, \"%rax\"\n.att_syntax\n%rax"},
        {"x86_64", false,
         ".att_syntax noprefix; a: rax rax,R8(,k1) /* rcx\n */ // rdx\nrcx: rcx raxx\n",
         ".att_syntax; a: rax %rax,%R8(,%k1) /* rcx\n */ // rdx\nrcx: rcx raxx\n"},
        {"x86_64", true, "mov %al, '\"'; mov %cl, '#'\nmov %dl, '\\\\;mov %dl, '%",
         ".intel_syntax noprefix; mov al, '\"'; mov cl, '#'\nmov dl, '\\\\;mov dl, '%"},
        {"x86_64", true, "mov %eax, 1", ".intel_syntax noprefix; mov eax, 1"},
        {"x86_64", false, ".intel_syntax noprefix\n.intel_mnemonic\nnop\n.intel_mnemonics\n",
         ".intel_syntax noprefix\n\nnop\n.intel_mnemonics\n"},
        /* as clang writes them, in Intel syntax and not */
        {"x86_64", false,
         ".intel_syntax noprefix\n#APP\n.intel_syntax\nnop\n.att_syntax\n#NO_APP\n",
         ".intel_syntax noprefix\n#APP\n.intel_syntax noprefix\nnop\n.intel_syntax "
         "noprefix\n#NO_APP\n"},
        {"x86_64", false, "#APP\n.intel_syntax\nnop\n.att_syntax\n#NO_APP\n",
         "#APP\n.intel_syntax noprefix\nnop\n.att_syntax\n#NO_APP\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *out;
        size_t size;
        assert_true(lfi_rewrite_plain_syntax(cases[i].arch, cases[i].intel, cases[i].text,
                                             strlen(cases[i].text), &out, &size));
        if (cases[i].wanted)
            assert_string_equal(out, cases[i].wanted);
        else
            assert_null(out);
        free(out);
    }
}

static void traps(void **state)
{
    (void)state;
    static const char text[] = "\tvp2intersectd\t%zmm0, %zmm1, %k2\n\ttilezero\t%tmm0\n"
                               "\tfrobnicate\n\txsave\t(%rdi)\n\tmovq\t%rxx, %rax\n";
    unsigned trapped = 0;
    struct text out = {0}, messages = {0};
    struct lfi_rewrite_options options = {.arch = "x86_64",
                                          .trapped = &trapped,
                                          .sink = text_add,
                                          .sink_data = &out,
                                          .report = text_report,
                                          .report_data = &messages};
    assert_int_equal(lfi_rewrite(text, sizeof text - 1, &options), LFI_REWRITE_FAILED);
    assert_string_equal(messages.at, "5:7: '%rxx' is not a register\n");
    trapped = 0;
    assert_int_equal(lfi_rewrite(text, strstr(text, "\tmovq") - text, &options), LFI_REWRITE_OK);
    assert_int_equal(trapped, 4);
    assert_string_equal(out.at, "\t.bundle_align_mode\t5\n\tud2\n\tud2\n\tud2\n\tud2\n");
    free(out.at);
    free(messages.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),
        cmocka_unit_test(unterminated),
        cmocka_unit_test(arguments),
        cmocka_unit_test(literals),
        cmocka_unit_test(names),
        cmocka_unit_test(messages_say_where),
        cmocka_unit_test(branch_targets),
        cmocka_unit_test(sink_fails),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(expansion),
        cmocka_unit_test(left_after_expansion),
        cmocka_unit_test(immediates),
        cmocka_unit_test(distances),
        cmocka_unit_test(memory),
        cmocka_unit_test(line_numbers),
        cmocka_unit_test(checksums_of_files),
        cmocka_unit_test(dialects),
        cmocka_unit_test(traps),
    };
    return cmocka_run_group_tests_name("rewriter unit", tests, NULL, NULL);
}
