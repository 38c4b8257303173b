// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Broken ELF files: a small good one cut at every length and changed at random. Whatever comes in,
 * the answer is a verdict, and what is accepted keeps the promises of <lfi/verifier.h>. Run under
 * the sanitizers this shows that nothing is read outside the file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

struct file {
    Elf64_Ehdr header;
    Elf64_Phdr segments[4];
    struct {
        Elf64_Nhdr header;
        char owner[4];
        uint32_t desc[4];
    } note;
    uint8_t fill[4096 - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr) - 32];
    uint8_t code[64];
    uint8_t data[64];
};

static const struct arch {
    Elf64_Half machine;
    uint8_t trap;
    char code[3][5]; /* by mode: that is of it and of none that is stricter */
} archs[] = {
#define ARCH(name, NAME, heading, trap, ...) {LFI_ARCH_##NAME, trap, {__VA_ARGS__}},
#include "archs.def"
#undef ARCH
};
enum { ARCHS = sizeof archs / sizeof *archs };

static void make(struct file *f, const struct arch *arch)
{
    memset(f, 0, sizeof *f);
    f->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = arch->machine,
        .e_version = EV_CURRENT,
        .e_entry = 4096 + 32,
        .e_phoff = offsetof(struct file, segments),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 4,
    };
    f->segments[0] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = 4096, .p_memsz = 4096, .p_align = 4096};
    f->segments[1] = (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_X,
                                  .p_offset = 4096,
                                  .p_vaddr = 4096,
                                  .p_filesz = 64,
                                  .p_memsz = 64,
                                  .p_align = 4096};
    f->segments[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_W,
                                  .p_offset = 4096 + 64,
                                  .p_vaddr = 8192 + 64,
                                  .p_filesz = 64,
                                  .p_memsz = 8192,
                                  .p_align = 4096};
    f->segments[3] = (Elf64_Phdr){.p_type = PT_NOTE,
                                  .p_flags = PF_R,
                                  .p_offset = offsetof(struct file, note),
                                  .p_filesz = sizeof f->note,
                                  .p_memsz = sizeof f->note,
                                  .p_align = 4};
    f->note.header = (Elf64_Nhdr){4, LFI_NOTE_DESC_SIZE, LFI_NOTE_TYPE};
    memcpy(f->note.owner, LFI_NOTE_OWNER, 4);
    f->note.desc[0] = LFI_ABI_VERSION;
    f->note.desc[1] = arch->machine;
    f->note.desc[2] = LFI_MODE_FULL;
    memset(f->code, arch->trap, sizeof f->code);
}

static bool count(void *data, const struct lfi_violation *violation)
{
    unsigned *n = data;
    assert_true(violation->rule[0] != 0 && violation->message[0] != 0);
    assert_true(violation->length <= sizeof violation->bytes);
    (*n)++;
    return true;
}

/* Verifies an exact copy on the heap, accepting `mode` and what is stricter. */
static enum lfi_verdict verify_mode(const void *file, size_t size, unsigned mode)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    struct lfi_image image;
    struct lfi_violation why;
    unsigned violations = 0;
    assert_non_null(copy);
    memcpy(copy, file, size);
    enum lfi_verdict headers = lfi_image_read(copy, size, mode, &image, &why);
    enum lfi_verdict verdict = lfi_verify_elf(copy, size, mode, count, &violations);
    assert_int_equal(verdict == LFI_ACCEPTED, violations == 0);
    if (headers == LFI_ACCEPTED) {
        const uint64_t page = image.page_size;
        uint64_t end = image.start;
        assert_true(page >= 4096 && page % 4096 == 0);
        assert_true(page == 4096 || image.arch != LFI_ARCH_X86_64);
        assert_true(image.segment_count >= 1);
        for (unsigned i = 0; i < image.segment_count; i++) {
            const struct lfi_segment *s = &image.segments[i];
            assert_true(s->vaddr >= end);
            assert_true(s->offset <= size && s->file_size <= size - s->offset);
            assert_true(s->file_size <= s->mem_size && s->mem_size > 0);
            assert_true(s->vaddr % page == s->offset % page);
            assert_false(s->write && s->execute);
            assert_true(!s->execute || s->vaddr % page == 0);
            end = (s->vaddr + s->mem_size + page - 1) / page * page;
        }
        assert_true(image.end == end && end <= LFI_BOX_SIZE - 2 * (uint64_t)LFI_GUARD_SIZE);
        assert_true(
            image.entry % (image.arch == LFI_ARCH_X86_64 ? LFI_BUNDLE_SIZE : LFI_INSN_SIZE) == 0);
        assert_true(image.mode <= mode);
    } else {
        assert_int_equal(headers, LFI_REFUSED);
        assert_int_equal(violations, 1);
        assert_memory_equal(why.rule, "elf-", 4);
    }
    free(copy);
    return verdict;
}

static enum lfi_verdict verify(const void *file, size_t size)
{
    return verify_mode(file, size, LFI_MODE_JUMPS);
}

static void good(void **state)
{
    (void)state;
    for (unsigned m = 0; m < ARCHS; m++) {
        struct file f;
        make(&f, &archs[m]);
        assert_int_equal(verify(&f, sizeof f), LFI_ACCEPTED);
        memset(f.code + 40, 0xff, 4);
        assert_int_equal(verify(&f, sizeof f), LFI_REFUSED);
    }
}

static void cut(void **state)
{
    (void)state;
    for (unsigned m = 0; m < ARCHS; m++) {
        struct file f;
        make(&f, &archs[m]);
        for (size_t size = 0; size < sizeof f; size++)
            assert_int_equal(verify(&f, size), LFI_REFUSED);
    }
}

static bool keep(void *data, const struct lfi_violation *violation)
{
    *(struct lfi_violation *)data = *violation;
    return false;
}

/*
 * For each mode of a note, of the code and of the caller: the caller's decides about the note's,
 * and the note's about the code.
 */
static void the_caller_chooses_the_mode(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARCHS * 27; i++) {
        const unsigned note = i / 9 % 3, code = i / 3 % 3, asked = i % 3;
        struct file f;
        struct lfi_image image;
        struct lfi_violation why = {.rule = ""};
        const struct arch *arch = &archs[i / 27];
        make(&f, arch);
        memcpy(f.code, arch->code[code], 4);
        f.note.desc[2] = note;
        assert_int_equal(verify_mode(&f, sizeof f, asked) == LFI_ACCEPTED,
                         code <= note && note <= asked);
        enum lfi_verdict headers = lfi_image_read(&f, sizeof f, asked, &image, &why);
        assert_int_equal(headers, note <= asked ? LFI_ACCEPTED : LFI_REFUSED);
        assert_int_equal(image.mode, note);
        lfi_verify_elf(&f, sizeof f, asked, keep, &why);
        if (note > asked) {
            /* What the file is, what it could do, and what would accept it. */
            char option[32];
            snprintf(option, sizeof option, "--mode=%s ", lfi_mode_name(note));
            assert_string_equal(why.rule, LFI_RULE_MODE);
            assert_int_equal(why.address, offsetof(struct file, note));
            assert_non_null(strstr(why.message, option));
            assert_non_null(strstr(why.message, note == LFI_MODE_STORES ? "lets it read all of"
                                                                        : "read and write all of"));
            assert_true(strlen(why.message) < sizeof why.message - 1);
        } else if (code > note) {
            assert_string_equal(why.rule,
                                code == LFI_MODE_STORES ? "load-address" : "store-address");
        }
    }
}

static void unknown_modes_are_no_mode(void **state)
{
    (void)state;
    struct file f;
    struct lfi_image image;
    struct lfi_violation why;
    unsigned violations = 0;
    make(&f, &archs[0]);
    static const unsigned unknown[] = {LFI_MODE_JUMPS + 1, LFI_MODE_UNSET, 1u << 31, 256};
    for (unsigned i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_int_equal(lfi_image_read(&f, sizeof f, unknown[i], &image, &why), LFI_UNABLE);
        assert_int_equal(lfi_verify_elf(&f, sizeof f, unknown[i], count, &violations), LFI_UNABLE);
        assert_null(lfi_mode_name(unknown[i]));
    }
    assert_int_equal(violations, 0);
    for (unsigned mode = LFI_MODE_FULL; mode <= LFI_MODE_JUMPS; mode++)
        assert_int_equal(lfi_mode_from_name(lfi_mode_name(mode)), (int)mode);
    assert_int_equal(lfi_mode_from_name(""), -1);
    assert_int_equal(lfi_mode_from_name("fullest"), -1);
}

static void architectures_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARCHS; i++) {
        const char *name = lfi_arch_name(archs[i].machine);
        assert_non_null(name);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(name, lfi_arch_name(archs[k].machine));
    }
    assert_null(lfi_arch_name((enum lfi_arch)0));
    assert_null(lfi_arch_name((enum lfi_arch)0xffff));
}

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Values that headers are wrong with more often than with others. */
static uint64_t nasty(uint64_t *random)
{
    static const uint64_t values[] = {0,
                                      1,
                                      31,
                                      32,
                                      4095,
                                      4096,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x100000000,
                                      INT64_MAX,
                                      UINT64_MAX,
                                      UINT64_MAX - 4095,
                                      0xfffffffffffff000,
                                      1ull << 63};
    uint64_t r = next_random(random);
    uint64_t value = values[r % (sizeof values / sizeof *values)];
    return r >> 60 < 4 ? value + (r >> 32) % 64 - 32 : value;
}

static void changed(void **state)
{
    (void)state;
    const size_t headers = offsetof(struct file, fill);
    uint64_t random = 0x123456789abcdef;
    unsigned accepted = 0;
    for (unsigned i = 0; i < 200000; i++) {
        struct file f;
        uint8_t *bytes = (uint8_t *)&f;
        make(&f, &archs[i % 8 == 0]);
        for (unsigned k = next_random(&random) % 3 + 1; k > 0; k--) {
            size_t at = next_random(&random) % headers;
            static const uint8_t sizes[] = {1, 2, 4, 8};
            size_t size = sizes[next_random(&random) % 4];
            at = at / size * size;
            uint64_t value = next_random(&random) % 2 ? nasty(&random) : next_random(&random);
            memcpy(bytes + at, &value, at + size <= headers ? size : headers - at);
        }
        accepted += verify(&f, sizeof f) == LFI_ACCEPTED;
    }
    /* Some fields do not matter; most do. */
    assert_in_range(accepted, 1000, 150000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(cut),
        cmocka_unit_test(the_caller_chooses_the_mode),
        cmocka_unit_test(unknown_modes_are_no_mode),
        cmocka_unit_test(architectures_have_names),
        cmocka_unit_test(changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
