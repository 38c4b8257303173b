// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The loader: programs run and end as they should, and broken files do nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-program.h"
#include "linux/symbols.h"

enum { EVERY = TEST_EMULATED ? 13 : 1 };

/* Reads what the stack pointer points to, through a register that nothing confines, and writes it
 * back: what mode `stores` allows, and only `jumps`. */
static const uint8_t free_load[] = PROGRAM_FREE_LOAD, free_store[] = PROGRAM_FREE_STORE;

static const char *const arguments[] = {"program", "argument", NULL};

/* Loads and runs: the error of the load, or 0 and *result. */
static int run(const struct program *program, size_t size, struct lfi_linux_options options,
               struct lfi_linux_result *result)
{
    static struct lfi_space *space; /* one for all: to reserve it takes time under emulation */
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_error error;
    options.argv = arguments;
    if (!space)
        assert_int_equal(test_space_new(&space, 1, &error), 0);
    assert_int_equal(lfi_box_new(space, &box, &error), 0);
    if (lfi_linux_new(box, &options, &process, &error))
        fail_msg("%s", error.message);
    uint8_t *copy = malloc(size + 1); /* so that the sanitizer sees a read beyond the end */
    memcpy(copy, program->bytes, size);
    int failed = lfi_linux_load_bytes(process, "/program", copy, size, &error);
    free(copy);
    if (failed)
        assert_true(error.message[0] != 0);
    else if (result)
        assert_int_equal(lfi_linux_run(process, result), 0);
    lfi_linux_free(process);
    assert_int_equal(lfi_box_free(box), 0);
    return failed;
}

/* A program that does what its mode allows, with the note of another one. */
static void program_of(struct program *program, unsigned mode, unsigned note)
{
    program_new(program);
    if (mode >= LFI_MODE_STORES)
        program_emit(program, free_load, sizeof free_load);
    if (mode >= LFI_MODE_JUMPS)
        program_emit(program, free_store, sizeof free_store);
    program_set(program, NUMBER, SYS_exit_group);
    program_set(program, FIRST, 40 + mode);
    program_call(program, LFI_SLOT_SYSCALL);
    program_mode(program, note);
}

static void the_caller_chooses_the_mode(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    for (unsigned i = 0; i < 27; i++) {
        const unsigned note = i / 9, code = i / 3 % 3, asked = i % 3;
        const struct lfi_linux_options options = {.mode = asked, .restricted = i & 1};
        program_of(&program, code, note);
        int failed = run(&program, PROGRAM_SIZE, options, &result);
        assert_int_equal(failed, code <= note && note <= asked ? 0 : -EACCES);
        if (!failed)
            assert_int_equal(result.status, 40 + code);
    }
}

/* What is not confined at all may say what it likes. */
static void unverified_programs_have_any_mode(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    program_of(&program, LFI_MODE_JUMPS, LFI_MODE_JUMPS);
    assert_int_equal(
        run(&program, PROGRAM_SIZE, (struct lfi_linux_options){.unverified = true}, &result), 0);
    assert_int_equal(result.status, 40 + LFI_MODE_JUMPS);
}

/* The sentence says what the program is, what it could do, and which option would let it. */
static void a_weaker_program_is_refused_in_words(void **state)
{
    (void)state;
    static const char sentence[] =
        "/a/program: confined less strictly than asked for: mode 'jumps' lets it read and write "
        "all of the host's memory; --mode=jumps (LFI_MODE_JUMPS) would accept it (elf-mode)";
    char path[] = "/tmp/lfi-load-XXXXXX";
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_error error;
    struct program program;
    struct lfi_linux_options options = {.mode = LFI_MODE_STORES};
    int file = mkstemp(path);
    assert_true(file >= 0);
    program_of(&program, LFI_MODE_FULL, LFI_MODE_JUMPS);
    assert_int_equal(write(file, program.bytes, PROGRAM_SIZE), PROGRAM_SIZE);
    assert_int_equal(test_space_new(&space, 1, &error), 0);
    assert_int_equal(lfi_box_new(space, &box, &error), 0);
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), 0);
    assert_int_equal(lfi_linux_load(process, path, &error), -EACCES);
    assert_string_equal(strchr(error.message, ':'), strchr(sentence, ':'));
    /* Nothing of it is in the box: the process takes another program. */
    program_mode(&program, LFI_MODE_STORES);
    assert_int_equal(pwrite(file, program.bytes, PROGRAM_SIZE, 0), PROGRAM_SIZE);
    assert_int_equal(lfi_linux_load(process, path, &error), 0);
    assert_int_equal(lfi_linux_mode(process), LFI_MODE_STORES);
    lfi_linux_free(process);
    lfi_box_free(box);
    lfi_space_free(space);
    close(file);
    unlink(path);
}

static void add_exit(struct program *program, int status)
{
    program_set(program, NUMBER, SYS_exit_group);
    program_set(program, FIRST, (uint32_t)status);
    program_call(program, LFI_SLOT_SYSCALL);
}

static void a_program_exits(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    program_new(&program);
    add_exit(&program, 42);
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, &result), 0);
    assert_int_equal(result.end, LFI_LINUX_EXITED);
    assert_int_equal(result.status, 42);
}

static void a_restricted_program_exits(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    struct lfi_linux_options options = {.restricted = true, .huge_pages = true};
    program_new(&program);
    add_exit(&program, 300);
    assert_int_equal(run(&program, PROGRAM_SIZE, options, &result), 0);
    assert_int_equal(result.status, 300 & 0xff);
}

static void a_program_kills_itself(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    program_new(&program);
    program_set(&program, NUMBER, SYS_getpid);
    program_call(&program, LFI_SLOT_SYSCALL);
    program_pass_result(&program);
    program_set(&program, NUMBER, SYS_kill);
    program_set(&program, SECOND, SIGTERM);
    program_call(&program, LFI_SLOT_SYSCALL);
    add_exit(&program, 1);
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, &result), 0);
    assert_int_equal(result.end, LFI_LINUX_KILLED);
    assert_int_equal(result.signal, SIGTERM);
}

static void a_fault_is_reported(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    program_new(&program); /* its code is all traps */
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, &result), 0);
    assert_int_equal(result.end, LFI_LINUX_FAULT);
    assert_int_equal(result.signal, PROGRAM_SIGNAL);
    char where[32];
    snprintf(where, sizeof where, "(file 0x%x)", PROGRAM_CODE);
    assert_non_null(strstr(result.report, PROGRAM_SIGNAL == SIGILL ? "SIGILL" : "SIGSEGV"));
    assert_non_null(strstr(result.report, where));
}

static void an_unknown_system_call_is_refused(void **state)
{
    (void)state;
    struct program program;
    struct lfi_linux_result result;
    program_new(&program);
    program_set(&program, NUMBER, 511);
    program_call(&program, LFI_SLOT_SYSCALL);
    program_pass_negated(&program);
    program_set(&program, NUMBER, SYS_exit);
    program_call(&program, LFI_SLOT_SYSCALL);
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, &result), 0);
    assert_int_equal(result.status, ENOSYS);
}

static void bad_code_is_refused(void **state)
{
    (void)state;
    static const uint8_t system_call[] = PROGRAM_SYSCALL;
    struct program program;
    program_new(&program);
    program_emit(&program, system_call, sizeof system_call);
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, NULL), -EACCES);
}

/* A page of the host must not hold parts of two segments. */
static void pages_may_not_be_smaller_than_the_hosts(void **state)
{
    (void)state;
    struct program program;
    Elf64_Phdr *headers = (Elf64_Phdr *)(program.bytes + sizeof(Elf64_Ehdr));
    program_new(&program);
    add_exit(&program, 0);
    for (int i = 0; i < 5; i++) {
        if (headers[i].p_type == PT_LOAD)
            headers[i].p_align = 0x1000;
    }
    assert_int_equal(run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, NULL),
                     lfi_page_size() > 0x1000 ? -ENOEXEC : 0);
}

static void truncated_files_are_refused(void **state)
{
    (void)state;
    struct program program;
    program_new(&program);
    add_exit(&program, 0);
    for (size_t size = 0; size < PROGRAM_SIZE;
         size += size < 0x200 ? EVERY : PROGRAM_SIZE / (TEST_EMULATED ? 20 : 200)) {
        int failed = run(&program, size, (struct lfi_linux_options){0}, NULL);
        if (failed != -ENOEXEC)
            fail_msg("%zu bytes: %d", size, failed);
    }
}

/* Every byte of the headers, changed in three ways: loaded or refused, and nothing else happens. */
static void broken_headers_are_harmless(void **state)
{
    (void)state;
    struct program program;
    size_t refused = 0;
    program_new(&program);
    add_exit(&program, 0);
    for (size_t at = 0; at < 0x180; at += EVERY) {
        for (int way = 0; way < 3; way++) {
            uint8_t old = program.bytes[at];
            program.bytes[at] = way == 0 ? 0xff : way == 1 ? old ^ 1 : old ^ 0x80;
            int failed = run(&program, PROGRAM_SIZE, (struct lfi_linux_options){0}, NULL);
            assert_true(failed <= 0);
            refused += failed != 0;
            program.bytes[at] = old;
        }
    }
    assert_true(refused > 0x180 / EVERY);
}

static void other_files_are_no_programs(void **state)
{
    (void)state;
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_error error;
    struct lfi_linux_options options = {0};
    assert_int_equal(test_space_new(&space, 1, &error), 0);
    assert_int_equal(lfi_box_new(space, &box, &error), 0);
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), 0);
    assert_int_equal(lfi_linux_load(process, "/nonexistent", &error), -ENOENT);
    assert_int_equal(lfi_linux_load(process, "/dev/null", &error), -ENOEXEC);
    assert_int_equal(lfi_linux_load(process, "/tmp", &error), -ENOEXEC);
    assert_int_equal(lfi_linux_load(process, "/proc/self/exe", &error), -ENOEXEC);
    assert_non_null(strstr(error.message, "/proc/self/exe"));
    lfi_linux_free(process);
    lfi_box_free(box);
    lfi_space_free(space);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    static const struct lfi_linux_dir bad[] = {{"/x", "/nonexistent"}, {"x", "/"}};
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    struct lfi_error error;
    assert_int_equal(test_space_new(&space, 1, &error), 0);
    assert_int_equal(lfi_box_new(space, &box, &error), 0);
    struct lfi_linux_options options = {.dirs = bad, .dir_count = 1};
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), -ENOENT);
    options.dirs = bad + 1;
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), -EINVAL);
    options = (struct lfi_linux_options){.directory = "/nonexistent"};
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), -ENOENT);
    options = (struct lfi_linux_options){.directory = "/tmp", .restricted = true};
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), -ENOENT);
    for (unsigned mode = LFI_MODE_JUMPS + 1; mode; mode <<= 1) {
        options = (struct lfi_linux_options){.mode = mode};
        assert_int_equal(lfi_linux_new(box, &options, &process, &error), -EINVAL);
        assert_non_null(strstr(error.message, "unknown sandboxing mode"));
    }
    options = (struct lfi_linux_options){.mode = LFI_MODE_UNSET};
    assert_int_equal(lfi_linux_new(box, &options, &process, &error), -EINVAL);
    lfi_box_free(box);
    lfi_space_free(space);
}

/* However many symbols have a name, it is there once: else a file takes ten times its size. */
static void names_are_kept_once(void **state)
{
    (void)state;
    enum { COUNT = 1000, LONG = 150 };
    struct {
        Elf64_Ehdr header;
        Elf64_Shdr sections[2];
        Elf64_Sym symbols[COUNT];
        char names[LONG];
    } *file = calloc(1, sizeof *file);
    struct linux_symbols symbols;
    file->header = (Elf64_Ehdr){
        .e_shentsize = sizeof *file->sections, .e_shnum = 2, .e_shoff = sizeof file->header};
    file->sections[0] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                     .sh_offset = (uint64_t)(file->names - (char *)file),
                                     .sh_size = LONG};
    file->sections[1] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                     .sh_offset = sizeof file->header + sizeof file->sections,
                                     .sh_size = sizeof file->symbols,
                                     .sh_entsize = sizeof *file->symbols};
    for (unsigned i = 0; i < COUNT; i++)
        file->symbols[i] = (Elf64_Sym){.st_name = i % 4 ? 1 : LONG - 1 + i % 8 / 4,
                                       .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                       .st_shndx = 1,
                                       .st_value = COUNT - i};
    memset(file->names, 'n', LONG); /* without an end */
    memcpy(file->names, "\0a \x1b\n%", 6);
    linux_symbols_read(&symbols, file, sizeof *file);
    assert_int_equal(symbols.count, COUNT - COUNT / 8); /* those of no name are not there */
    const struct linux_symbol *first = linux_symbols_find(&symbols, 1);
    assert_non_null(first);
    assert_int_equal(strlen(first->name), LONG - 1);
    assert_memory_equal(first->name, "a???%n", 6);
    for (size_t i = 0; i < symbols.count; i++) {
        if (i % 997 == 0)
            assert_ptr_equal(linux_symbols_find(&symbols, symbols.list[i].address),
                             &symbols.list[i]);
        assert_true(symbols.list[i].name == first->name || !strcmp(symbols.list[i].name, "n"));
    }
    linux_symbols_free(&symbols);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_exits),
        cmocka_unit_test(a_restricted_program_exits),
        cmocka_unit_test(a_program_kills_itself),
        cmocka_unit_test(a_fault_is_reported),
        cmocka_unit_test(an_unknown_system_call_is_refused),
        cmocka_unit_test(bad_code_is_refused),
        cmocka_unit_test(the_caller_chooses_the_mode),
        cmocka_unit_test(unverified_programs_have_any_mode),
        cmocka_unit_test(a_weaker_program_is_refused_in_words),
        cmocka_unit_test(pages_may_not_be_smaller_than_the_hosts),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(broken_headers_are_harmless),
        cmocka_unit_test(other_files_are_no_programs),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(names_are_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
