// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * ELF files: what a loader needs from the headers (System V gABI, chapters 4 and 5), and nothing
 * else. An attacker made the file; every offset is checked before it is used, and no sum can wrap
 * around.
 */
#include "arch.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <lfi/abi.h>

enum { MAX_HEADERS = 256 };

/* The part of a box that a program may use. */
#define MAX_IMAGE_SIZE (LFI_BOX_SIZE - 2 * (uint64_t)LFI_GUARD_SIZE)

struct reader {
    const uint8_t *file;
    size_t size;
    const struct verify_arch *arch; /* NULL until the header has been read */
    struct lfi_image *image;
    struct lfi_violation *why;
    unsigned notes;   /* how many of them are ours */
    bool old_note;    /* there is one of ABI version 1 */
    uint64_t note_at; /* the offset of ours */
};

static bool fail(struct reader *r, enum rule rule, uint64_t offset, const char *detail)
{
    lfi_violation_set(r->why, r->arch, rule, detail);
    r->why->address = offset;
    return false;
}

/* Are [offset, offset + size) bytes of the file? */
static bool in_file(const struct reader *r, uint64_t offset, uint64_t size)
{
    return offset <= r->size && size <= r->size - offset;
}

static uint32_t read_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static bool read_header(struct reader *r, Elf64_Ehdr *h)
{
    if (!in_file(r, 0, sizeof *h))
        return fail(r, RULE_elf_header, 0, "the file is shorter than an ELF header");
    memcpy(h, r->file, sizeof *h);
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
        return fail(r, RULE_elf_header, 0, "the file does not start with the ELF magic");
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB)
        return fail(r, RULE_elf_header, EI_CLASS, "not 64-bit little-endian");
    if (h->e_ident[EI_VERSION] != EV_CURRENT || h->e_version != EV_CURRENT)
        return fail(r, RULE_elf_header, EI_VERSION, "unknown ELF version");
    if (h->e_ident[EI_OSABI] != ELFOSABI_NONE && h->e_ident[EI_OSABI] != ELFOSABI_GNU)
        return fail(r, RULE_elf_header, EI_OSABI, "unknown OS ABI");
    if (h->e_type != ET_DYN)
        return fail(r, RULE_elf_header, offsetof(Elf64_Ehdr, e_type),
                    "type is not ET_DYN; link with -static-pie");
    r->arch = lfi_verify_arch_find((enum lfi_arch)h->e_machine);
    if (!r->arch)
        return fail(r, RULE_elf_machine, offsetof(Elf64_Ehdr, e_machine), NULL);
    if (h->e_ehsize != sizeof *h || h->e_phentsize != sizeof(Elf64_Phdr))
        return fail(r, RULE_elf_header, offsetof(Elf64_Ehdr, e_ehsize), "unknown header sizes");
    if (h->e_phnum == 0 || h->e_phnum > MAX_HEADERS)
        return fail(r, RULE_elf_header, offsetof(Elf64_Ehdr, e_phnum),
                    "no program headers, or too many");
    if (!in_file(r, h->e_phoff, (uint64_t)h->e_phnum * sizeof(Elf64_Phdr)))
        return fail(r, RULE_elf_header, offsetof(Elf64_Ehdr, e_phoff),
                    "the program headers lie outside the file");
    r->image->arch = r->arch->machine;
    r->image->entry = h->e_entry;
    return true;
}

/* Says which page sizes there are. */
static bool fail_page_size(struct reader *r, uint64_t at)
{
    const uint32_t *sizes = r->arch->page_sizes;
    char detail[96];
    int n = snprintf(detail, sizeof detail, "its alignment is not a page size:");
    for (unsigned i = 0; i < MAX_PAGE_SIZES && sizes[i] != 0; i++)
        n += snprintf(detail + n, sizeof detail - (size_t)n, "%s %" PRIu32, i == 0 ? "" : ",",
                      sizes[i]);
    return fail(r, RULE_elf_segment, at, detail);
}

/* The page size that the segment was linked for: the architecture's if it has one, else p_align. */
static bool read_page_size(struct reader *r, const Elf64_Phdr *p, uint64_t at)
{
    struct lfi_image *image = r->image;
    const uint32_t *sizes = r->arch->page_sizes;
    uint64_t size = sizes[1] == 0 ? sizes[0] : p->p_align;
    bool known = false;
    for (unsigned i = 0; i < MAX_PAGE_SIZES && sizes[i] != 0; i++)
        known |= sizes[i] == size;
    if (!known)
        return fail_page_size(r, at);
    if (image->page_size != 0 && image->page_size != size)
        return fail(r, RULE_elf_segment, at, "its alignment differs from that of the first one");
    image->page_size = size;
    return true;
}

static bool read_segment(struct reader *r, const Elf64_Phdr *p, uint64_t at)
{
    struct lfi_image *image = r->image;
    if (!in_file(r, p->p_offset, p->p_filesz))
        return fail(r, RULE_elf_segment, at, "its contents lie outside the file");
    if (p->p_filesz > p->p_memsz)
        return fail(r, RULE_elf_segment, at, "more bytes in the file than in memory");
    if (p->p_memsz == 0)
        return true;
    if (!read_page_size(r, p, at))
        return false;
    const uint64_t page = image->page_size;
    if (p->p_vaddr > MAX_IMAGE_SIZE || p->p_memsz > MAX_IMAGE_SIZE - p->p_vaddr)
        return fail(r, RULE_elf_segment, at, "it does not fit into a box");
    if (p->p_vaddr % page != p->p_offset % page)
        return fail(r, RULE_elf_segment, at, "address and file offset differ within a page");
    if ((p->p_flags & (PF_R | PF_W | PF_X)) == 0)
        return fail(r, RULE_elf_segment, at, "it cannot be read, written or executed");
    if ((p->p_flags & PF_W) != 0 && (p->p_flags & PF_X) != 0)
        return fail(r, RULE_elf_writable_code, at, NULL);
    if ((p->p_flags & PF_X) != 0 && p->p_vaddr % page != 0)
        return fail(r, RULE_elf_segment, at,
                    "code that does not start on a page; link with -z separate-code");
    if ((p->p_flags & PF_X) != 0 && p->p_filesz != p->p_memsz)
        return fail(r, RULE_elf_segment, at, "code that is larger in memory than in the file");
    if (image->segment_count == LFI_IMAGE_MAX_SEGMENTS)
        return fail(r, RULE_elf_segment, at, "too many segments");
    if (image->segment_count == 0)
        image->start = p->p_vaddr / page * page;
    else if (p->p_vaddr / page * page < image->end)
        return fail(r, RULE_elf_segment, at,
                    "it does not follow the segment before it, on pages of its own");
    image->end = (p->p_vaddr + p->p_memsz + page - 1) / page * page;
    image->segments[image->segment_count++] = (struct lfi_segment){
        .vaddr = p->p_vaddr,
        .mem_size = p->p_memsz,
        .offset = p->p_offset,
        .file_size = p->p_filesz,
        .read = true, /* what can be written or executed can be read */
        .write = (p->p_flags & PF_W) != 0,
        .execute = (p->p_flags & PF_X) != 0,
    };
    return true;
}

static bool read_our_note(struct reader *r, uint64_t at, uint32_t type, uint32_t desc_size,
                          const uint8_t *desc)
{
    if (r->notes++ != 0)
        return fail(r, RULE_elf_note, at, "more than one");
    if (type != LFI_NOTE_TYPE || desc_size != LFI_NOTE_DESC_SIZE)
        return fail(r, RULE_elf_note, at, "unknown type or size");
    uint32_t version = read_u32(desc), machine = read_u32(desc + 4), mode = read_u32(desc + 8),
             flags = read_u32(desc + 12);
    if (version != LFI_ABI_VERSION)
        return fail(r, RULE_elf_note, at, "made for another version of the ABI; build it again");
    if (machine != r->image->arch)
        return fail(r, RULE_elf_note, at, "made for another architecture than the file's");
    if (mode == LFI_MODE_UNSET)
        return fail(r, RULE_elf_note, at, "mode unset: lfi-postlink did not run");
    if (mode != LFI_MODE_FULL && mode != LFI_MODE_STORES && mode != LFI_MODE_JUMPS)
        return fail(r, RULE_elf_note, at, "unknown mode");
    if (flags != 0)
        return fail(r, RULE_elf_note, at, "unknown flags");
    r->image->mode = mode;
    r->note_at = at;
    return true;
}

/* The notes of one PT_NOTE segment; all but ours are skipped. */
static bool read_notes(struct reader *r, const Elf64_Phdr *p, uint64_t at)
{
    static const char owner[] = LFI_NOTE_OWNER, owner_1[] = LFI_NOTE_OWNER_1;
    if (!in_file(r, p->p_offset, p->p_filesz))
        return fail(r, RULE_elf_note, at, "the notes lie outside the file");
    const uint64_t align = p->p_align == 8 ? 8 : 4;
    const uint8_t *notes = r->file + p->p_offset;
    uint64_t pos = 0, size = p->p_filesz;
    while (size - pos >= sizeof(Elf64_Nhdr)) {
        uint32_t name_size = read_u32(notes + pos), desc_size = read_u32(notes + pos + 4),
                 type = read_u32(notes + pos + 8);
        /* 32-bit sizes: these sums cannot wrap around. */
        uint64_t name = pos + sizeof(Elf64_Nhdr);
        uint64_t desc = (name + name_size + align - 1) / align * align;
        if (desc > size || desc_size > size - desc)
            return fail(r, RULE_elf_note, p->p_offset + pos, "a note is truncated");
        if (name_size == sizeof owner && memcmp(notes + name, owner, sizeof owner) == 0 &&
            !read_our_note(r, p->p_offset + pos, type, desc_size, notes + desc))
            return false;
        if (name_size == sizeof owner_1 && memcmp(notes + name, owner_1, sizeof owner_1) == 0 &&
            desc_size == LFI_NOTE_DESC_SIZE)
            r->old_note = true;
        pos = (desc + desc_size + align - 1) / align * align;
        if (pos > size)
            break; /* the last one need not be padded */
    }
    return true;
}

static bool read_program_headers(struct reader *r, const Elf64_Ehdr *h)
{
    for (unsigned i = 0; i < h->e_phnum; i++) {
        Elf64_Phdr p;
        uint64_t at = h->e_phoff + i * sizeof p;
        memcpy(&p, r->file + at, sizeof p);
        switch (p.p_type) {
        case PT_LOAD:
            if (!read_segment(r, &p, at))
                return false;
            break;
        case PT_NOTE:
            if (!read_notes(r, &p, at))
                return false;
            break;
        case PT_INTERP:
            return fail(r, RULE_elf_interpreter, at, "link with -static-pie");
        default:
            break;
        }
    }
    if (r->notes == 0 && r->old_note)
        return fail(r, RULE_elf_note, 0, "made for version 1 of the ABI; build it again");
    if (r->notes == 0)
        return fail(r, RULE_elf_note, 0, "there is none; was this linked by lfi-ld?");
    return true;
}

static bool check_entry(struct reader *r)
{
    const struct lfi_image *image = r->image;
    bool code = false, inside = false;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct lfi_segment *s = &image->segments[i];
        if (!s->execute)
            continue;
        code = true;
        if (image->entry >= s->vaddr && image->entry - s->vaddr < s->mem_size)
            inside = true;
    }
    if (!code)
        return fail(r, RULE_elf_no_code, 0, NULL);
    if (!inside)
        return fail(r, RULE_elf_entry, offsetof(Elf64_Ehdr, e_entry), "it lies outside the code");
    if (image->entry % r->arch->alignment != 0) {
        char detail[64];
        snprintf(detail, sizeof detail, "it is not at the start of %s", r->arch->unit);
        return fail(r, RULE_elf_entry, offsetof(Elf64_Ehdr, e_entry), detail);
    }
    return true;
}

/*
 * The last check: if the mode is what is reported, nothing else is wrong with the headers, and
 * another option would accept the file.
 */
static bool check_mode(struct reader *r, unsigned weakest)
{
    static const char *const weaker[] = {
        [LFI_MODE_STORES] = "mode `stores' lets it read all of the host's memory; --mode=stores "
                            "(LFI_MODE_STORES) would accept it",
        [LFI_MODE_JUMPS] = "mode `jumps' lets it read and write all of the host's memory; "
                           "--mode=jumps (LFI_MODE_JUMPS) would accept it",
    };
    const unsigned mode = r->image->mode;
    return mode <= weakest || fail(r, RULE_elf_mode, r->note_at, weaker[mode]);
}

/* Finds where the program headers are mapped; a program need not map them. */
static void find_headers(struct lfi_image *image, const Elf64_Ehdr *h)
{
    uint64_t size = (uint64_t)h->e_phnum * sizeof(Elf64_Phdr);
    image->phdr_count = h->e_phnum;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct lfi_segment *s = &image->segments[i];
        if (h->e_phoff >= s->offset && h->e_phoff - s->offset <= s->file_size &&
            size <= s->file_size - (h->e_phoff - s->offset)) {
            image->phdr_vaddr = s->vaddr + (h->e_phoff - s->offset);
            return;
        }
    }
}

enum lfi_verdict lfi_image_read(const void *file, size_t size, unsigned mode,
                                struct lfi_image *image, struct lfi_violation *why)
{
    struct reader r = {.file = file, .size = size, .image = image, .why = why};
    Elf64_Ehdr header;
    memset(image, 0, sizeof *image);
    if (!lfi_mode_name(mode))
        return LFI_UNABLE;
    if (!read_header(&r, &header) || !read_program_headers(&r, &header) || !check_entry(&r) ||
        !check_mode(&r, mode))
        return LFI_REFUSED;
    find_headers(image, &header);
    return LFI_ACCEPTED;
}

/* Passes violations on, and remembers when the receiver wants no more. */
struct relay {
    lfi_violation_fn *report;
    void *data;
    bool stopped;
};

static bool relay(void *data, const struct lfi_violation *violation)
{
    struct relay *r = data;
    r->stopped = !r->report || !r->report(r->data, violation);
    return !r->stopped;
}

enum lfi_verdict lfi_verify_elf(const void *file, size_t size, unsigned mode,
                                lfi_violation_fn *report, void *data)
{
    struct lfi_image image;
    struct lfi_violation why;
    enum lfi_verdict verdict = lfi_image_read(file, size, mode, &image, &why);
    if (verdict != LFI_ACCEPTED) {
        if (verdict == LFI_REFUSED && report)
            report(data, &why);
        return verdict;
    }
    struct relay r = {report, data, false};
    for (unsigned i = 0; i < image.segment_count && !r.stopped; i++) {
        const struct lfi_segment *s = &image.segments[i];
        if (!s->execute)
            continue;
        const struct lfi_code code = {
            .bytes = (const uint8_t *)file + s->offset,
            .size = s->file_size,
            .address = s->vaddr,
            .image_start = image.start,
            .image_end = image.end,
        };
        enum lfi_verdict one = lfi_verify_code(image.arch, image.mode, &code, relay, &r);
        if (one == LFI_UNABLE)
            return one;
        if (one == LFI_REFUSED)
            verdict = one;
    }
    return verdict;
}
