// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Hostile ELF files: each is one edit of a small good file and is refused for the rule it is named
 * for; its twin is the good file, or the closest edit that is allowed. Then random damage, which
 * must never crash.
 *
 *     hostile-elf DOCS/verifier.md
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

enum {
    PAGE = 0x1000,
    PHDRS_AT = sizeof(Elf64_Ehdr),
    NOTE_AT = 0xe00, /* after the largest table of program headers that a case makes */
    SECOND_NOTE_AT = 0xe80,
    CODE_AT = PAGE,
    DATA_AT = 2 * PAGE,
    FILE_SIZE = 3 * PAGE,
    LARGE_PAGE = 0x10000, /* of architectures that have such */
    CAPACITY = 3 * LARGE_PAGE,
    CODE_SIZE = 3 * LFI_BUNDLE_SIZE,
    MAX_PHDRS = 60,
};

/* The program headers of the good file. */
enum { HEADERS, CODE, DATA, NOTE, GOOD_PHDRS };

struct note {
    uint32_t name_size, desc_size, type;
    char name[4];
    uint32_t version, machine, mode, flags;
};

struct file {
    union {
        uint8_t bytes[CAPACITY];
        struct {
            Elf64_Ehdr header;
            Elf64_Phdr phdrs[MAX_PHDRS];
        };
    };
    size_t size;       /* what of it is handed to the verifier */
    unsigned accepted; /* the weakest mode that is */
};

static struct note *note_at(struct file *f, size_t offset)
{
    return (struct note *)(f->bytes + offset);
}

static void put_note(struct file *f, size_t offset)
{
    *note_at(f, offset) = (struct note){.name_size = 4,
                                        .desc_size = LFI_NOTE_DESC_SIZE,
                                        .type = LFI_NOTE_TYPE,
                                        .name = LFI_NOTE_OWNER,
                                        .version = LFI_ABI_VERSION,
                                        .machine = EM_X86_64,
                                        .mode = LFI_MODE_FULL};
}

static void good(struct file *f)
{
    memset(f, 0, sizeof *f);
    f->size = FILE_SIZE;
    f->accepted = LFI_MODE_FULL;
    memcpy(f->header.e_ident, ELFMAG, SELFMAG);
    f->header.e_ident[EI_CLASS] = ELFCLASS64;
    f->header.e_ident[EI_DATA] = ELFDATA2LSB;
    f->header.e_ident[EI_VERSION] = EV_CURRENT;
    f->header.e_type = ET_DYN;
    f->header.e_machine = EM_X86_64;
    f->header.e_version = EV_CURRENT;
    f->header.e_entry = CODE_AT;
    f->header.e_phoff = PHDRS_AT;
    f->header.e_ehsize = sizeof(Elf64_Ehdr);
    f->header.e_phentsize = sizeof(Elf64_Phdr);
    f->header.e_phnum = GOOD_PHDRS;
    f->header.e_shentsize = sizeof(Elf64_Shdr);
    f->phdrs[HEADERS] = (Elf64_Phdr){PT_LOAD, PF_R, 0, 0, 0, PAGE, PAGE, PAGE};
    f->phdrs[CODE] =
        (Elf64_Phdr){PT_LOAD, PF_R | PF_X, CODE_AT, CODE_AT, CODE_AT, CODE_SIZE, CODE_SIZE, PAGE};
    f->phdrs[DATA] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, DATA_AT, DATA_AT, DATA_AT, 64, 4096, PAGE};
    f->phdrs[NOTE] = (Elf64_Phdr){
        PT_NOTE, PF_R, NOTE_AT, NOTE_AT, NOTE_AT, sizeof(struct note), sizeof(struct note), 4};
    put_note(f, NOTE_AT);
    memset(f->bytes + CODE_AT, 0x90, CODE_SIZE);
}

static void put_word(struct file *f, size_t at, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++)
        f->bytes[at + i] = (uint8_t)(word >> 8 * i);
}

#include "archs-elf.h" /* ARCH/hostile-elf.h: how the good file becomes one of ARCH */

/* `count` copies of the data segment, each on the page after the one before it. */
static void add_segments(struct file *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        Elf64_Phdr *p = &f->phdrs[GOOD_PHDRS + i];
        *p = f->phdrs[DATA];
        p->p_vaddr = p->p_paddr = DATA_AT + (i + 1) * PAGE;
    }
    f->header.e_phnum = (Elf64_Half)(GOOD_PHDRS + count);
}

/* A second segment of code, after the others; its bytes are those of the data segment. */
static void add_code_segment(struct file *f)
{
    add_segments(f, 1);
    f->phdrs[GOOD_PHDRS].p_flags = PF_R | PF_X;
    f->phdrs[GOOD_PHDRS].p_memsz = f->phdrs[GOOD_PHDRS].p_filesz;
    memset(f->bytes + DATA_AT, 0x90, f->phdrs[DATA].p_filesz);
}

/* Lets the code begin `size` bytes later. */
static void cut_code(struct file *f, unsigned size)
{
    Elf64_Phdr *p = &f->phdrs[CODE];
    p->p_vaddr += size;
    p->p_offset += size;
    p->p_filesz -= size;
    p->p_memsz -= size;
    f->header.e_entry += LFI_BUNDLE_SIZE;
}

static Elf64_Phdr *add_phdr(struct file *f, uint32_t type)
{
    Elf64_Phdr *p = &f->phdrs[f->header.e_phnum++];
    *p = (Elf64_Phdr){.p_type = type, .p_flags = PF_R, .p_align = 1};
    return p;
}

/* A second note in the same segment, which says another mode. */
static void add_note_of(struct file *f, unsigned mode)
{
    put_note(f, NOTE_AT + sizeof(struct note));
    note_at(f, NOTE_AT + sizeof(struct note))->mode = mode;
    f->phdrs[NOTE].p_filesz = f->phdrs[NOTE].p_memsz = 2 * sizeof(struct note);
}

/* A good note of another owner, in a segment that holds the LFI note after it. */
static void put_foreign_note(struct file *f)
{
    memcpy(note_at(f, NOTE_AT)->name, "GNU", 4);
    put_note(f, NOTE_AT + sizeof(struct note));
    f->phdrs[NOTE].p_filesz = f->phdrs[NOTE].p_memsz = 2 * sizeof(struct note);
}

static void add_second_note(struct file *f, const char *owner)
{
    put_note(f, SECOND_NOTE_AT);
    memcpy(note_at(f, SECOND_NOTE_AT)->name, owner, 4);
    Elf64_Phdr *p = add_phdr(f, PT_NOTE);
    *p = f->phdrs[NOTE];
    p->p_offset = p->p_vaddr = SECOND_NOTE_AT;
}

/* `count` segments of the same `size` bytes of notes, which are nobody's. */
static void add_notes(struct file *f, unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++) {
        Elf64_Phdr *p = add_phdr(f, PT_NOTE);
        p->p_offset = p->p_vaddr = FILE_SIZE;
        p->p_filesz = p->p_memsz = size;
    }
}

#define LIMIT (LFI_BOX_SIZE - 2 * (uint64_t)LFI_GUARD_SIZE)

static void edit(struct file *f, unsigned number, bool make_twin)
{
    Elf64_Ehdr *h = &f->header;
    Elf64_Phdr *p = f->phdrs;
    struct note *n = note_at(f, NOTE_AT);
    unsigned i = 0;
    good(f);
#define CASE(rule, name, hostile, twin) \
    if (i++ == number) {                \
        if (make_twin) {                \
            twin;                       \
        } else {                        \
            hostile;                    \
        }                               \
    }
#include "archs-elf.def"
#include "elf.def"
#undef CASE
    (void)h, (void)p, (void)n;
}

static const struct {
    const char *rule, *name;
} cases[] = {
#define CASE(rule, name, hostile, twin) {rule, #name},
#include "archs-elf.def"
#include "elf.def"
#undef CASE
};

enum { CASE_COUNT = sizeof cases / sizeof *cases };

static bool keep_first(void *data, const struct lfi_violation *violation)
{
    *(struct lfi_violation *)data = *violation;
    return false;
}

/* Verifies an exact copy on the heap, so that the address sanitizer sees a read past the end. */
static enum lfi_verdict verify(const struct file *f, struct lfi_violation *first)
{
    uint8_t *copy = malloc(f->size ? f->size : 1);
    if (!copy)
        return LFI_UNABLE;
    memcpy(copy, f->bytes, f->size);
    *first = (struct lfi_violation){.rule = ""};
    enum lfi_verdict verdict = lfi_verify_elf(copy, f->size, f->accepted, keep_first, first);
    free(copy);
    return verdict;
}

static unsigned run_cases(void)
{
    static struct file f;
    struct lfi_violation first;
    unsigned failed = 0;
    for (unsigned i = 0; i < CASE_COUNT; i++) {
        edit(&f, i, false);
        enum lfi_verdict verdict = verify(&f, &first);
        if (verdict != LFI_REFUSED || strcmp(first.rule, cases[i].rule)) {
            failed++;
            printf("FAIL %s/%s: %s %s %s\n", cases[i].rule, cases[i].name,
                   verdict == LFI_ACCEPTED ? "HOLE: accepted" : "not refused for its rule",
                   first.rule, first.message);
        }
        edit(&f, i, true);
        if (verify(&f, &first) != LFI_ACCEPTED) {
            failed++;
            printf("FAIL %s/%s: the twin is refused: %s %s\n", cases[i].rule, cases[i].name,
                   first.rule, first.message);
        }
    }
    return failed;
}

/* Damages headers at random, from a fixed seed. Whatever the verdict, it is one, and it is sane. */
static unsigned damage(unsigned rounds)
{
    static struct file f;
    struct lfi_violation first;
    uint64_t state = 88172645463325252;
    unsigned failed = 0;
    for (unsigned round = 0; round < rounds; round++) {
        edit(&f, round % CASE_COUNT, round & 1);
        for (unsigned k = 0; k < 1 + round % 4; k++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            size_t at = state % (PHDRS_AT + (GOOD_PHDRS + 1) * sizeof(Elf64_Phdr));
            if (state & 0x10000)
                at = NOTE_AT + (state >> 20) % sizeof(struct note);
            f.bytes[at] = (uint8_t)(state >> 40);
        }
        struct lfi_image image = {0};
        enum lfi_verdict headers = lfi_image_read(f.bytes, f.size, f.accepted, &image, &first);
        bool sane = headers != LFI_UNABLE && (headers != LFI_ACCEPTED || image.mode <= f.accepted);
        for (unsigned s = 0; headers == LFI_ACCEPTED && s < image.segment_count; s++) {
            const struct lfi_segment *seg = &image.segments[s];
            sane &=
                seg->offset <= f.size && seg->file_size <= f.size - seg->offset &&
                seg->file_size <= seg->mem_size && image.start <= seg->vaddr &&
                seg->vaddr <= image.end && seg->mem_size <= image.end - seg->vaddr &&
                image.end - image.start <= LIMIT && !(seg->write && seg->execute) &&
                image.page_size >= PAGE && image.page_size <= LARGE_PAGE &&
                (!s || (seg[-1].vaddr + seg[-1].mem_size + PAGE - 1) / PAGE <= seg->vaddr / PAGE);
        }
        enum lfi_verdict all = verify(&f, &first);
        sane &= all != LFI_UNABLE && (headers == LFI_ACCEPTED || all == LFI_REFUSED);
        if (!sane) {
            failed++;
            printf("FAIL damage in round %u: %d %d\n", round, (int)headers, (int)all);
        }
    }
    return failed;
}

/* Every rule for files that the document defines has at least two cases. */
static unsigned check_coverage(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 1;
    }
    char line[1024], rule[32];
    unsigned failed = 0, rules = 0;
    bool in_elf = false;
    while (fgets(line, sizeof line, file)) {
        if (!strncmp(line, "## ", 3))
            in_elf = !strncmp(line, "## ELF", 6);
        if (!in_elf || sscanf(line, "| `%31[a-z0-9-]`", rule) != 1)
            continue;
        unsigned count = 0;
        for (unsigned i = 0; i < CASE_COUNT; i++)
            count += !strcmp(cases[i].rule, rule);
        rules++;
        if (count < 2) {
            failed++;
            printf("FAIL rule %s has %u cases\n", rule, count);
        }
    }
    fclose(file);
    if (!rules) {
        failed++;
        printf("FAIL no rules in %s\n", path);
    }
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: %s DOCS/verifier.md\n", argv[0]);
        return 2;
    }
    unsigned failed = run_cases() + damage(20000) + check_coverage(argv[1]);
    printf("%d cases, %u failed\n", CASE_COUNT, failed);
    return failed != 0;
}
