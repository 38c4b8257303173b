// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The file that debuggers read from lfi-run's memory, made here of this very program; and of broken
 * copies of it, because the files of programs are not trusted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "linux/debugger.h"
#include "linux/process.h"
#include "linux/sections.h"

#define BIAS 0x7e0000200000u

/* GDB's, as debuggers see it */
extern struct {
    uint32_t version, action;
    struct listed {
        struct listed *next, *previous;
        const uint8_t *file;
        uint64_t size;
    } * relevant, *first;
} descriptor __asm__("__jit_debug_descriptor");

static uint8_t *self;
static size_t self_size;
static char name[] = "/folder/program";
static struct lfi_process process = {
    .image_start = BIAS + 0x1000, .image_bias = 0x1000, .file = name};

static bool has_name(const struct linux_sections *s, const Elf64_Shdr *section, const char *wanted)
{
    size_t length;
    const char *found = linux_sections_name(s, section, &length);
    return length == strlen(wanted) && memcmp(found, wanted, length) == 0;
}

static void names_sections_and_program(void **state)
{
    (void)state;
    struct linux_sections from, stub;
    Elf64_Shdr wanted, got;
    unsigned index = 1, frames = 0;
    struct linux_debugger_entry *entry = linux_debugger_add(&process, self, self_size);
    assert_non_null(entry);
    assert_non_null(descriptor.first);
    assert_true(linux_sections_open(&from, self, self_size));
    assert_true(linux_sections_open(&stub, descriptor.first->file, descriptor.first->size));
    assert_int_equal(stub.header.e_phnum, 0);
    for (unsigned i = 0; linux_sections_get(&from, i, &wanted); i++) {
        char text[64] = "";
        size_t length;
        const char *at = linux_sections_name(&from, &wanted, &length);
        if (!(wanted.sh_flags & SHF_ALLOC))
            continue;
        memcpy(text, at, length);
        assert_true(linux_sections_get(&stub, index++, &got));
        assert_true(has_name(&stub, &got, text));
        assert_int_equal(got.sh_addr, wanted.sh_addr + BIAS);
        assert_int_equal(got.sh_size, wanted.sh_size);
        bool contents = strcmp(text, ".eh_frame") == 0;
        assert_int_equal(got.sh_type, contents ? SHT_PROGBITS : SHT_NOBITS);
        frames += contents;
        if (contents)
            assert_memory_equal(linux_sections_bytes(&stub, &got),
                                linux_sections_bytes(&from, &wanted), got.sh_size);
    }
    assert_int_equal(frames, 1);
    assert_true(index > 5);
    assert_true(linux_sections_get(&stub, index++, &got));
    assert_true(has_name(&stub, &got, ".gnu_debuglink"));
    assert_string_equal((const char *)linux_sections_bytes(&stub, &got), name);
    assert_int_equal(got.sh_size, (sizeof name + 3) / 4 * 4 + 4);
    linux_debugger_remove(entry);
    assert_null(descriptor.first);
}

static void list_of_several(void **state)
{
    (void)state;
    struct linux_debugger_entry *entries[3];
    for (size_t i = 0; i < 3; i++)
        entries[i] = linux_debugger_add(&process, self, self_size);
    assert_null(descriptor.first->previous);
    assert_non_null(descriptor.first->next->next);
    linux_debugger_remove(entries[1]);
    struct listed *first = descriptor.first;
    assert_ptr_equal(first->next->previous, first);
    assert_null(first->next->next);
    struct listed *last = first->next;
    linux_debugger_remove(entries[2]);
    assert_ptr_equal(descriptor.first, last);
    assert_null(last->previous);
    linux_debugger_remove(entries[0]);
    assert_null(descriptor.first);
    linux_debugger_remove(NULL);
}

static uint64_t random_number(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

static void broken_files(void **state)
{
    (void)state;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)self;
    size_t table = header->e_shoff, size = (size_t)header->e_shnum * sizeof(Elf64_Shdr);
    unsigned made = 0;
    for (unsigned i = 0; i < 3000; i++) {
        size_t end = i % 4 ? self_size : random_number() % self_size;
        uint8_t *copy =
            malloc(end ? end : 1); /* so that the sanitizer sees a read beyond the end */
        memcpy(copy, self, end);
        for (unsigned k = 0; k < 1 + i % 5; k++) {
            size_t at = random_number() % 3 ? table + random_number() % size
                                            : random_number() % sizeof *header;
            if (at < end)
                copy[at] = (uint8_t)(random_number() % 3 ? random_number() : 0xff);
        }
        struct linux_debugger_entry *entry = linux_debugger_add(&process, copy, end);
        made += entry != NULL;
        linux_debugger_remove(entry);
        free(copy);
    }
    assert_true(made > 1000);
    assert_null(descriptor.first);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_sections_and_program),
        cmocka_unit_test(list_of_several),
        cmocka_unit_test(broken_files),
    };
    (void)argc;
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    self_size = (size_t)lseek(fd, 0, SEEK_END);
    self = malloc(self_size);
    if (!self || pread(fd, self, self_size, 0) != (ssize_t)self_size)
        return 2;
    return cmocka_run_group_tests_name("debug stub", tests, NULL, NULL);
}
