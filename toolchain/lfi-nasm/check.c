// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The self-check: two objects, instruction by instruction and byte by byte. */
#include "check.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "object.h"
#include "process.h"

#define MOST_MESSAGES 10

struct insn {
    uint64_t at, end;
    char *text; /* in the listing */
};

struct code {
    struct insn *list; /* without nops */
    size_t count, room;
};

/* Where a mark is in our object, and what it is in both. */
struct difference {
    size_t section;
    uint64_t at;
    bool across; /* to another section: then the places of what is subtracted */
    int64_t ours, theirs;
};

struct check {
    const char *name;
    struct difference *known; /* sorted */
    size_t known_count;
    struct object ours, theirs;
    unsigned differences;
};

__attribute__((format(printf, 2, 3))) static void differ(struct check *check, const char *format,
                                                         ...)
{
    if (check->differences++ >= MOST_MESSAGES)
        return;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "lfi-nasm: %s: check: ", check->name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void forget_code(struct object *o)
{
    for (size_t i = 0; o->code && i < o->header->e_shnum; i++)
        free(o->code[i].list);
    free(o->code);
    free(o->listing);
}

static bool run_disassembler(struct object *o, const char *llvm)
{
    const char *const command[] = {llvm, "objdump", "-d",    "-z", "--no-show-raw-insn",
                                   "-M", "intel",   o->path, NULL};
    FILE *out = tmpfile();
    if (!out)
        return false;
    pid_t pid = process_start(command, -1, fileno(out), -1);
    struct file listing;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(out));
    bool good = pid > 0 && process_finish(pid) == 0 && file_read(path, &listing);
    fclose(out);
    if (good)
        o->listing = listing.bytes;
    return good;
}

static bool is_nop(const char *text)
{
    while (strncmp(text, "data16", 6) == 0)
        for (text += 6; isspace((unsigned char)*text);)
            text++;
    return strncmp(text, "nop", 3) == 0 || strncmp(text, "xchg\tax, ax", 11) == 0;
}

static bool add_insn(struct code *code, uint64_t at, char *text)
{
    if (code->count == code->room) {
        size_t room = code->room ? 2 * code->room : 1024;
        struct insn *list = realloc(code->list, room * sizeof *list);
        if (!list)
            return false;
        code->list = list;
        code->room = room;
    }
    code->list[code->count++] = (struct insn){at, 0, text};
    return true;
}

/* Cuts off what only explains: "# 0x40 <name>", "<name+0x10>". */
static void tidy(char *text)
{
    char *end = strchr(text, '#');
    if (end)
        *end = 0;
    end = strchr(text, '<');
    if (end)
        *end = 0;
    for (end = text + strlen(text); end > text && isspace((unsigned char)end[-1]);)
        *--end = 0;
}

static bool disassemble(struct object *o, const char *llvm)
{
    static const char title[] = "Disassembly of section ";
    struct code *code = NULL;
    const Elf64_Shdr *section = NULL;
    bool open = false; /* the last instruction has no end yet */
    o->code = calloc(o->header->e_shnum, sizeof *o->code);
    if (!o->code || !run_disassembler(o, llvm))
        return false;
    for (char *line = o->listing, *next; line; line = next) {
        char *stop = strchr(line, '\n');
        next = stop ? stop + 1 : NULL;
        if (stop)
            *stop = 0;
        if (strncmp(line, title, strlen(title)) == 0) {
            if (open)
                code->list[code->count - 1].end = section->sh_size;
            line[strcspn(line, "\n")] = 0;
            line[strlen(line) - 1] = 0; /* the colon */
            size_t index = object_find_section(o, line + strlen(title));
            code = &o->code[index];
            section = &o->sections[index];
            open = false;
            continue;
        }
        char *end;
        uint64_t at = strtoull(line, &end, 16);
        if (!code || end == line || *end != ':')
            continue;
        for (end++; isspace((unsigned char)*end);)
            end++;
        if (open)
            code->list[code->count - 1].end = at;
        open = !is_nop(end);
        tidy(end);
        if (open && !add_insn(code, at, end))
            return false;
    }
    if (open)
        code->list[code->count - 1].end = section->sh_size;
    return true;
}

static size_t index_of(const struct code *code, uint64_t at)
{
    size_t low = 0, high = code->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code->list[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where an address leads, as both objects say it. */
static void describe(const struct object *o, size_t section, uint64_t at, char *text, size_t size)
{
    if (o->sections[section].sh_flags & SHF_EXECINSTR)
        snprintf(text, size, "%s #%zu", object_section_name(o, section),
                 index_of(&o->code[section], at));
    else
        snprintf(text, size, "%s+%" PRId64, object_section_name(o, section), (int64_t)at);
}

static bool relative(uint32_t type)
{
    switch (type) {
    case R_X86_64_PC8:
    case R_X86_64_PC16:
    case R_X86_64_PC32:
    case R_X86_64_PC64:
    case R_X86_64_PLT32:
        return true;
    default:
        return false;
    }
}

/* `behind`: what the processor adds to from where the field is. */
static void describe_relocation(const struct object *o, const Elf64_Rela *r, uint64_t behind,
                                char *text, size_t size)
{
    const Elf64_Sym *symbol = &o->symbols[ELF64_R_SYM(r->r_info)];
    uint32_t type = (uint32_t)ELF64_R_TYPE(r->r_info);
    int64_t addend = r->r_addend;
    const char *kind = relative(type)         ? ""
                       : type == R_X86_64_32S ? "absolute "
                       : type == R_X86_64_32  ? "32 bits "
                       : type == R_X86_64_64  ? "64 bits "
                                              : "other ";
    if (relative(type) || type == R_X86_64_GOTPCREL || type == R_X86_64_GOTPCRELX ||
        type == R_X86_64_REX_GOTPCRELX)
        addend += (int64_t)behind;
    size_t used = (size_t)snprintf(text, size, "%s", kind);
    if (symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < SHN_LORESERVE)
        describe(o, symbol->st_shndx, symbol->st_value + (uint64_t)addend, text + used,
                 size - used);
    else
        snprintf(text + used, size - used, "%s%+" PRId64, o->names + symbol->st_name, addend);
}

static bool is_branch(const char *text)
{
    return text[0] == 'j' || strncmp(text, "call", 4) == 0 || strncmp(text, "loop", 4) == 0 ||
           strncmp(text, "xbegin", 6) == 0;
}

/* mov rcx, 1 is mov ecx, 1. */
static void shorten(char *text)
{
    static const char *const names[][2] = {{"rax", "eax"}, {"rbx", "ebx"}, {"rcx", "ecx"},
                                           {"rdx", "edx"}, {"rsi", "esi"}, {"rdi", "edi"},
                                           {"rbp", "ebp"}, {"rsp", "esp"}};
    char *comma = strchr(text, ',');
    if (strncmp(text, "mov", 3) != 0 || !comma || strncmp(comma, ", 0x", 4) != 0 ||
        strtoull(comma + 4, NULL, 16) > UINT32_MAX)
        return;
    char *reg = strchr(text, '\t');
    if (!reg || (reg - text != 3 && strncmp(text, "movabs", 6) != 0))
        return;
    char value[64], name[16];
    snprintf(value, sizeof value, "%s", comma);
    snprintf(name, sizeof name, "%.*s", (int)(comma - reg - 1 < 15 ? comma - reg - 1 : 15),
             reg + 1);
    if (isdigit((unsigned char)name[1]) && isdigit((unsigned char)name[strlen(name) - 1])) {
        sprintf(text, "mov\t%sd%s", name, value);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i][0]) == 0)
            sprintf(text, "mov\t%s%s", names[i][1], value);
}

/* `rep ret` is `ret`, for processors that are gone. */
static void drop_rep(char *text)
{
    const char *word = text + strspn(text, "rep");
    if (strncmp(text, "rep", 3) == 0 && strcmp(word + strspn(word, " \t"), "ret") == 0)
        memmove(text, "ret", sizeof "ret");
}

/* Segments without effect in 64-bit code. */
static void drop_segments(char *text)
{
    for (char *at = text; (at = strstr(at, ":["));)
        if (at - text > 2 && at[-1] == 's' && strchr("cdes", at[-2]))
            memmove(at - 2, at + 1, strlen(at + 1) + 1);
        else
            at++;
}

/* [rdx + rcx] is [rcx + rdx]. */
static void order_registers(char *text)
{
    char *open = strchr(text, '['), one[8], other[8];
    int size = 0;
    if (!open || sscanf(open, "[%7[a-z0-9] + %7[a-z0-9]%n", one, other, &size) != 2 || size == 0 ||
        open[size] == '*' || isdigit((unsigned char)other[0]) || strcmp(one, other) <= 0)
        return;
    char swapped[32];
    snprintf(swapped, sizeof swapped, "[%s + %s", other, one);
    memcpy(open, swapped, strlen(swapped)); // NOLINT(bugprone-not-null-terminated-result): in text
}

/*
 * An instruction as both objects say it. `minus`: the place that a difference between sections is
 * to, which its relocation has in its addend.
 */
static void normalize(const struct object *o, size_t section, const struct insn *insn,
                      const Elf64_Rela *r, size_t count, const int64_t *minus, char *text,
                      size_t size)
{
    char target[256] = "";
    snprintf(text, size, "%s", insn->text);
    drop_rep(text);
    drop_segments(text);
    order_registers(text);
    while (count && r->r_offset < insn->at)
        r++, count--;
    bool relocated = count && r->r_offset < insn->end;
    if (relocated)
        describe_relocation(o, r, (minus ? (uint64_t)*minus : insn->end) - r->r_offset, target,
                            sizeof target);
    char *operand = strchr(text, '\t'), *rip = strstr(text, "[rip");
    if (is_branch(text) && operand && strncmp(operand + 1, "0x", 2) == 0) {
        if (!relocated)
            describe(o, section, strtoull(operand + 1, NULL, 16), target, sizeof target);
        operand[1] = 0;
    } else if (rip) {
        char *end = strchr(rip, ']');
        int64_t number = 0;
        if (strncmp(rip, "[rip + ", 7) == 0)
            number = (int64_t)strtoull(rip + 7, NULL, 16);
        else if (strncmp(rip, "[rip - ", 7) == 0)
            number = -(int64_t)strtoull(rip + 7, NULL, 16);
        if (!relocated)
            describe(o, section, insn->end + (uint64_t)number, target, sizeof target);
        if (end)
            memmove(rip + 4, end, strlen(end) + 1);
    } else if (!relocated) {
        shorten(text);
    }
    size_t used = strlen(text);
    if (target[0])
        snprintf(text + used, size - used, " -> %s", target);
}

/* Takes a number out of an instruction. */
static void hide(char *text, int64_t number)
{
    char hex[32];
    if (number >= 0)
        snprintf(hex, sizeof hex, "0x%" PRIx64, number);
    else
        snprintf(hex, sizeof hex, "- 0x%" PRIx64, -number);
    char *found = strstr(text, hex);
    if (found) {
        if (number >= 0 && found - text > 2 && found[-2] == '+')
            found[-2] = '?'; /* the sign may differ */
        memset(found, '?', strlen(hex));
        memmove(found + 1, found + strlen(hex), strlen(found + strlen(hex)) + 1);
    }
}

static const struct difference *known_at(const struct check *check, size_t section, uint64_t at);

/* LLVM swaps the sources of these where the encoding then is shorter. */
static void swap_sources(char *text)
{
    static const char *const prefixes[] = {
        "vpand\t", "vpor\t",   "vpxor\t", "vpadd", "vpmul", "vpmax", "vpmin", "vpavg",
        "vpcmpeq", "vpmaddwd", "vpsadbw", "vandp", "vorp",  "vxorp", "vaddp", "vmulp"};
    size_t i = 0;
    while (i < sizeof prefixes / sizeof *prefixes &&
           strncmp(text, prefixes[i], strlen(prefixes[i])) != 0)
        i++;
    char first[32], second[32], third[32], mnemonic[32], rest;
    if (i < sizeof prefixes / sizeof *prefixes &&
        sscanf(text, "%31s %31[^,], %31[a-z0-9], %31[a-z0-9]%c", mnemonic, first, second, third,
               &rest) == 4)
        sprintf(text, "%s\t%s, %s, %s", mnemonic, first, third, second);
}

static void compare_code(struct check *check, size_t ours, size_t theirs)
{
    const struct object *a = &check->ours, *b = &check->theirs;
    const struct code *x = &a->code[ours], *y = &b->code[theirs];
    size_t x_relocations, y_relocations;
    const Elf64_Rela *xr = object_relocations(a, ours, &x_relocations);
    const Elf64_Rela *yr = object_relocations(b, theirs, &y_relocations);
    char one[512], other[512];
    for (size_t i = 0; i < x->count && i < y->count; i++) {
        while (x_relocations && xr->r_offset < x->list[i].at)
            xr++, x_relocations--;
        while (y_relocations && yr->r_offset < y->list[i].at)
            yr++, y_relocations--;
        const struct difference *known = known_at(check, ours, x->list[i].at);
        bool across = known && known->across;
        normalize(a, ours, &x->list[i], xr, x_relocations, across ? &known->ours : NULL, one,
                  sizeof one);
        normalize(b, theirs, &y->list[i], yr, y_relocations, across ? &known->theirs : NULL, other,
                  sizeof other);
        if (known && !across) {
            hide(one, known->ours);
            hide(other, known->theirs);
        }
        bool same = strcmp(one, other) == 0;
        if (!same) {
            swap_sources(one);
            same = strcmp(one, other) == 0;
        }
        if (!same) {
            differ(check, "%s: '%s' (at 0x%" PRIx64 "), nasm has '%s' (at 0x%" PRIx64 ")",
                   object_section_name(a, ours), one, x->list[i].at, other, y->list[i].at);
            if (check->differences > MOST_MESSAGES)
                return;
        }
    }
    if (x->count != y->count)
        differ(check, "%s: %zu instructions, nasm has %zu", object_section_name(a, ours), x->count,
               y->count);
}

static const Elf64_Sym *find_symbol(const struct object *o, const char *name)
{
    for (size_t i = 0; i < o->symbol_count; i++)
        if (strcmp(o->names + o->symbols[i].st_name, name) == 0)
            return &o->symbols[i];
    return NULL;
}

/* Where in nasm's object the instruction is that is here in ours. */
static int64_t their_place(const struct check *check, const Elf64_Sym *symbol)
{
    const struct object *a = &check->ours, *b = &check->theirs;
    size_t theirs = object_find_section(b, object_section_name(a, symbol->st_shndx));
    if (!(a->sections[symbol->st_shndx].sh_flags & SHF_EXECINSTR) || !theirs)
        return (int64_t)symbol->st_value;
    size_t index = index_of(&a->code[symbol->st_shndx], symbol->st_value);
    const struct code *code = &b->code[theirs];
    return (int64_t)(index < code->count ? code->list[index].at : b->sections[theirs].sh_size);
}

static int by_place(const void *one, const void *other)
{
    const struct difference *a = one, *b = other;
    if (a->section != b->section)
        return a->section < b->section ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static bool find_marks(struct check *check, const struct translation *t)
{
    const struct object *o = &check->ours;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers
    const Elf64_Sym **marks = calloc(t->mark_count + 1, sizeof *marks);
    check->known = calloc(t->mark_count + 1, sizeof *check->known);
    for (size_t i = 0; marks && i < o->symbol_count; i++) {
        unsigned number;
        if (sscanf(o->names + o->symbols[i].st_name, MARK_LABEL, &number) == 1 &&
            number < t->mark_count)
            marks[number] = &o->symbols[i];
    }
    for (unsigned i = 0; marks && check->known && i < t->mark_count; i++) {
        const struct mark *mark = &t->marks[i];
        const Elf64_Sym *plus = find_symbol(o, mark->plus), *minus = find_symbol(o, mark->minus);
        if (!marks[i] || !plus || !minus)
            continue;
        struct difference *d = &check->known[check->known_count++];
        *d = (struct difference){marks[i]->st_shndx, marks[i]->st_value,
                                 plus->st_shndx != minus->st_shndx, (int64_t)minus->st_value,
                                 their_place(check, minus)};
        if (!d->across) {
            d->ours = ((int64_t)plus->st_value - d->ours) * mark->times + mark->number;
            d->theirs = (their_place(check, plus) - d->theirs) * mark->times + mark->number;
        }
    }
    free(marks);
    if (check->known)
        qsort(check->known, check->known_count, sizeof *check->known, by_place);
    return check->known != NULL;
}

static const struct difference *known_at(const struct check *check, size_t section, uint64_t at)
{
    struct difference key = {.section = section, .at = at};
    return bsearch(&key, check->known, check->known_count, sizeof key, by_place);
}

static int by_offset(const void *one, const void *other)
{
    const Elf64_Rela *a = one, *b = other;
    return a->r_offset < b->r_offset ? -1 : a->r_offset > b->r_offset;
}

static Elf64_Rela *sorted(const struct object *o, size_t section, size_t *count)
{
    const Elf64_Rela *r = object_relocations(o, section, count);
    Elf64_Rela *copy = calloc(*count + 1, sizeof *copy);
    if (copy && r) {
        memcpy(copy, r, *count * sizeof *copy);
        qsort(copy, *count, sizeof *copy, by_offset);
    }
    return copy;
}

static size_t field_size(const Elf64_Rela *r)
{
    switch (ELF64_R_TYPE(r->r_info)) {
    case R_X86_64_64:
    case R_X86_64_PC64:
        return 8;
    case R_X86_64_16:
    case R_X86_64_PC16:
        return 2;
    case R_X86_64_8:
    case R_X86_64_PC8:
        return 1;
    default:
        return 4;
    }
}

static void compare_data(struct check *check, size_t ours, size_t theirs)
{
    const struct object *a = &check->ours, *b = &check->theirs;
    const Elf64_Shdr *x = &a->sections[ours], *y = &b->sections[theirs];
    const char *name = object_section_name(a, ours);
    if (x->sh_size != y->sh_size) {
        differ(check, "%s: %" PRIu64 " bytes, nasm has %" PRIu64, name, x->sh_size, y->sh_size);
        return;
    }
    if (x->sh_type == SHT_NOBITS)
        return;
    const unsigned char *p = (unsigned char *)a->file.bytes + x->sh_offset;
    const unsigned char *q = (unsigned char *)b->file.bytes + y->sh_offset;
    size_t x_count, y_count, next = 0;
    Elf64_Rela *xr = sorted(a, ours, &x_count), *yr = sorted(b, theirs, &y_count);
    if (x_count != y_count)
        differ(check, "%s: %zu relocations, nasm has %zu", name, x_count, y_count);
    for (uint64_t i = 0; xr && yr && i < x->sh_size;) {
        bool one = next < x_count && xr[next].r_offset == i;
        bool other = next < y_count && yr[next].r_offset == i;
        char left[256], right[256];
        if (one != other) {
            differ(check, "%s+0x%" PRIx64 ": a relocation, in one of the two", name, i);
            break;
        }
        if (one) {
            describe_relocation(a, &xr[next], 0, left, sizeof left);
            describe_relocation(b, &yr[next], 0, right, sizeof right);
            if (strcmp(left, right) != 0)
                differ(check, "%s+0x%" PRIx64 ": address '%s', nasm has '%s'", name, i, left,
                       right);
            i += field_size(&xr[next++]);
            continue;
        }
        const struct difference *known = known_at(check, ours, i);
        size_t same = 0; /* of a difference: as many bytes as it has */
        for (size_t size = 1; known && size <= 8 && i + size <= x->sh_size; size *= 2)
            if (memcmp(p + i, &known->ours, size) == 0 && memcmp(q + i, &known->theirs, size) == 0)
                same = size;
        if (same) {
            i += same;
            continue;
        }
        uint64_t nops = i; /* padding, which nasm's smartalign fills with longer ones */
        while (nops < x->sh_size && p[nops] == 0x90)
            nops++;
        if (nops > i && nops % 8 == 0) {
            i = nops;
            continue;
        }
        if (p[i] != q[i]) {
            differ(check, "%s+0x%" PRIx64 ": byte 0x%02x, nasm has 0x%02x", name, i, p[i], q[i]);
            if (check->differences > MOST_MESSAGES)
                break;
        }
        i++;
    }
    free(xr);
    free(yr);
}

static const Elf64_Sym *find_global(const struct object *o, const char *name)
{
    for (size_t i = 0; i < o->symbol_count; i++)
        if (ELF64_ST_BIND(o->symbols[i].st_info) != STB_LOCAL &&
            strcmp(o->names + o->symbols[i].st_name, name) == 0)
            return &o->symbols[i];
    return NULL;
}

static void compare_names(struct check *check)
{
    const struct object *a = &check->ours, *b = &check->theirs;
    for (size_t i = 0; i < b->symbol_count; i++) {
        const Elf64_Sym *theirs = &b->symbols[i];
        const char *name = b->names + theirs->st_name;
        if (ELF64_ST_BIND(theirs->st_info) == STB_LOCAL || theirs->st_shndx == SHN_UNDEF)
            continue;
        const Elf64_Sym *ours = find_global(a, name);
        if (!ours || ours->st_shndx == SHN_UNDEF) {
            differ(check, "global name '%s' is missing", name);
            continue;
        }
        bool common = theirs->st_shndx == SHN_COMMON; /* nasm gives it no type */
        if (ours->st_other != theirs->st_other || (ours->st_info != theirs->st_info && !common))
            differ(check, "global name '%s' has type 0x%x and visibility %u, nasm has 0x%x and %u",
                   name, ours->st_info, ours->st_other, theirs->st_info, theirs->st_other);
        char one[256], other[256];
        if (theirs->st_shndx >= SHN_LORESERVE) {
            bool free_place = common && theirs->st_value == 0 && ours->st_value == 1;
            if (ours->st_shndx != theirs->st_shndx ||
                (ours->st_value != theirs->st_value && !free_place))
                differ(check, "global name '%s' has another value", name);
            continue;
        }
        if (ours->st_shndx >= SHN_LORESERVE) {
            differ(check, "global name '%s' is elsewhere", name);
            continue;
        }
        describe(a, ours->st_shndx, ours->st_value, one, sizeof one);
        describe(b, theirs->st_shndx, theirs->st_value, other, sizeof other);
        if (strcmp(one, other) != 0)
            differ(check, "global name '%s' is at %s, nasm has %s", name, one, other);
    }
}

static void compare(struct check *check)
{
    const struct object *a = &check->ours, *b = &check->theirs;
    for (size_t theirs = 1; theirs < b->header->e_shnum; theirs++) {
        const Elf64_Shdr *y = &b->sections[theirs];
        if (!(y->sh_flags & SHF_ALLOC) || y->sh_size == 0)
            continue;
        const char *name = object_section_name(b, theirs);
        size_t ours = object_find_section(a, name);
        if (!ours) {
            differ(check, "section %s is missing", name);
            continue;
        }
        const Elf64_Shdr *x = &a->sections[ours];
        if (x->sh_flags != y->sh_flags || x->sh_type != y->sh_type)
            differ(check,
                   "section %s has flags 0x%" PRIx64 " and type %u, nasm has 0x%" PRIx64 " and %u",
                   name, x->sh_flags, x->sh_type, y->sh_flags, y->sh_type);
        if (x->sh_addralign < y->sh_addralign)
            differ(check, "section %s is aligned to %" PRIu64 ", nasm has %" PRIu64, name,
                   x->sh_addralign, y->sh_addralign);
        if (y->sh_flags & SHF_EXECINSTR)
            compare_code(check, ours, theirs);
        else
            compare_data(check, ours, theirs);
    }
    for (size_t ours = 1; ours < a->header->e_shnum; ours++) {
        const Elf64_Shdr *x = &a->sections[ours];
        if ((x->sh_flags & SHF_ALLOC) && x->sh_size &&
            !object_find_section(b, object_section_name(a, ours)))
            differ(check, "section %s is too much", object_section_name(a, ours));
    }
    compare_names(check);
}

bool check_objects(const char *name, const char *llvm, const struct translation *t,
                   const char *ours, const char *theirs)
{
    struct check check = {.name = name};
    bool good = object_open(&check.ours, ours) && object_open(&check.theirs, theirs) &&
                disassemble(&check.ours, llvm) && disassemble(&check.theirs, llvm) &&
                find_marks(&check, t);
    if (good)
        compare(&check);
    else
        fprintf(stderr, "lfi-nasm: %s: check: %s\n", name, strerror(errno));
    if (check.differences > MOST_MESSAGES)
        fprintf(stderr, "lfi-nasm: %s: check: %u or more differences\n", name, check.differences);
    free(check.known);
    forget_code(&check.ours);
    forget_code(&check.theirs);
    object_close(&check.ours);
    object_close(&check.theirs);
    return good && check.differences == 0;
}
