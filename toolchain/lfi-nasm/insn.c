// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions: mnemonics, prefixes, operands. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "translate.h"

#define MAX_OPERANDS 6

struct operand {
    enum { OPERAND_REGISTER, OPERAND_MEMORY, OPERAND_NUMBER, OPERAND_BRACES } kind;
    const char *width; /* as GNU as has it: "dword", or NULL */
    const struct reg *reg;
    const char *segment;
    bool relative, absolute, unsplit, wide; /* wide: [qword address] */
    struct value value;
    char braces[32]; /* {k1}{z} */
};

struct insn {
    char mnemonic[24], prefix[48];
    struct operand operands[MAX_OPERANDS];
    unsigned count;
};

static const char *width_word(const struct token *token)
{
    static const char *const all[][2] = {
        {"byte", "byte"},     {"word", "word"},      {"dword", "dword"}, {"qword", "qword"},
        {"oword", "xmmword"}, {"dqword", "xmmword"}, {"tword", "tbyte"}, {"yword", "ymmword"},
        {"hword", "ymmword"}, {"zword", "zmmword"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (token_is(token, all[i][0]))
            return all[i][1];
    return NULL;
}

/* jmp, jcc, call, loop and the like: a symbol there is a target, not a number. */
static bool is_branch(const struct insn *insn)
{
    return insn->mnemonic[0] == 'j' || strcmp(insn->mnemonic, "call") == 0 ||
           strncmp(insn->mnemonic, "loop", 4) == 0 || strcmp(insn->mnemonic, "xbegin") == 0;
}

/* Reading. */

static bool read_memory(struct translation *t, const struct token **at, struct operand *operand)
{
    const struct token *p = *at;
    operand->kind = OPERAND_MEMORY;
    operand->relative = t->relative;
    bool chosen = false;
    for (;; p++) {
        if (token_is(p, "rel"))
            operand->relative = chosen = true;
        else if (token_is(p, "abs"))
            operand->relative = false, operand->absolute = chosen = true;
        else if (token_is(p, "nosplit"))
            operand->unsplit = true;
        else if (token_is(p, "qword"))
            operand->wide = true;
        else if (!width_word(p))
            break;
    }
    const struct reg *segment = reg_find(p);
    if (segment && token_operator(p + 1, ':')) {
        operand->segment = segment->name;
        if (!chosen && (segment->name[0] == 'f' || segment->name[0] == 'g'))
            operand->relative = false;
        p += 2;
        if (token_is(p, "rel") || token_is(p, "abs")) {
            operand->relative = token_is(p, "rel");
            p++;
        }
    }
    if (!value_read(t, &p, &operand->value))
        return false;
    if (!token_operator(p, ']')) {
        refuse(t, "an address that cannot be read here");
        return false;
    }
    *at = p + 1;
    return true;
}

static bool read_braces(struct translation *t, const struct token *token, struct operand *operand)
{
    size_t used = strlen(operand->braces);
    if (used + token->size >= sizeof operand->braces) {
        refuse(t, "too much in braces");
        return false;
    }
    for (size_t i = 0; i < token->size; i++)
        if (!isspace((unsigned char)token->at[i]))
            operand->braces[used++] = (char)tolower((unsigned char)token->at[i]);
    operand->braces[used] = 0;
    return true;
}

static bool is_end(const struct token *token)
{
    return token->kind == TOKEN_END || token_operator(token, ',');
}

static bool read_operand(struct translation *t, const struct token **at, struct insn *insn)
{
    static const char *const ignored[] = {"strict", "short", "near", "ptr"};
    struct operand *operand = &insn->operands[insn->count++];
    const struct token *p = *at;
    for (;; p++) {
        const char *width = width_word(p);
        if (width)
            operand->width = width;
        else if (!token_among(p, ignored, sizeof ignored / sizeof *ignored))
            break;
    }
    if (token_is(p, "to") && insn->count == 1) { /* fadd to st1 is fadd st1, st0 */
        static const struct token st0 = {.kind = TOKEN_NAME, .at = "st0", .size = 3};
        if (!reg_find(p + 1) || reg_find(p + 1)->kind != REG_ST || p[2].kind != TOKEN_END) {
            refuse(t, "'to' is for registers of the x87");
            return false;
        }
        *operand = (struct operand){.kind = OPERAND_REGISTER, .reg = reg_find(p + 1)};
        insn->operands[insn->count++] =
            (struct operand){.kind = OPERAND_REGISTER, .reg = reg_find(&st0)};
        *at = p + 2;
        return true;
    }
    if (token_is(p, "far")) {
        refuse(t, "'%.*s' is not known here", (int)p->size, p->at);
        return false;
    }
    operand->reg = p->kind == TOKEN_NAME && !p->escaped ? reg_find(p) : NULL;
    if (token_operator(p, '[')) {
        p++;
        if (!read_memory(t, &p, operand))
            return false;
    } else if (p->kind == TOKEN_BRACES) {
        operand->kind = OPERAND_BRACES;
    } else if (operand->reg && (is_end(p + 1) || p[1].kind == TOKEN_BRACES)) {
        operand->kind = OPERAND_REGISTER;
        p++;
    } else if (operand->reg && token_operator(p + 1, '+')) {
        refuse(t, "ranges of registers are not known here");
        return false;
    } else {
        operand->kind = OPERAND_NUMBER;
        if (!value_read(t, &p, &operand->value))
            return false;
        if (operand->value.part_count) {
            refuse(t, "a sum of registers outside of brackets");
            return false;
        }
    }
    for (; p->kind == TOKEN_BRACES; p++) {
        bool rounding = memmem(p->at, p->size, "sae", 3);
        if (rounding && operand->kind != OPERAND_BRACES) {
            if (insn->count == MAX_OPERANDS)
                return false;
            operand = &insn->operands[insn->count++];
            operand->kind = OPERAND_BRACES;
        }
        if (!read_braces(t, p, operand))
            return false;
    }
    *at = p;
    return true;
}

static bool read_prefixes(struct translation *t, const struct token **at, struct insn *insn)
{
    for (;; (*at)++) {
        if ((*at)->kind == TOKEN_BRACES) {
            struct operand braces = {0};
            if (!read_braces(t, *at, &braces))
                return false;
            /* in front of the others, as LLVM wants it */
            char others[sizeof insn->prefix];
            memcpy(others, insn->prefix, sizeof others);
            int size = snprintf(insn->prefix, sizeof insn->prefix, "%s %s", braces.braces, others);
            if ((size_t)size >= sizeof insn->prefix) {
                refuse(t, "too many prefixes");
                return false;
            }
            continue;
        }
        if (!is_prefix(*at) || token_is(*at, "times"))
            return true;
        if (token_is(*at, "wait")) { /* an instruction, which nasm has as a prefix, too */
            if ((*at)[1].kind == TOKEN_END)
                return true;
            text_print(&t->statement, "\twait\n");
            advance(t, 1, 1);
            continue;
        }
        if (token_is(*at, "bnd") || token_is(*at, "nobnd"))
            continue;
        if (is_segment(*at)) {
            if (((*at)->at[0] | 32) != 'f' && ((*at)->at[0] | 32) != 'g')
                continue; /* without effect in 64-bit code */
            refuse(t, "the prefix '%.*s' is not known here: write it in the address, [fs:rdi]",
                   (int)(*at)->size, (*at)->at);
            return false;
        }
        if (((*at)->at[0] | 32) == 'a' || ((*at)->at[0] | 32) == 'o') {
            refuse(t, "the prefix '%.*s' is not known here", (int)(*at)->size, (*at)->at);
            return false;
        }
        size_t used = strlen(insn->prefix);
        if (used + (*at)->size + 1 >= sizeof insn->prefix) {
            refuse(t, "too many prefixes");
            return false;
        }
        snprintf(insn->prefix + used, sizeof insn->prefix - used, "%.*s ", (int)(*at)->size,
                 (*at)->at);
        for (char *p = insn->prefix + used; *p; p++)
            *p = (char)tolower((unsigned char)*p);
    }
}

static bool read_insn(struct translation *t, const struct token *at, struct insn *insn)
{
    if (at->kind != TOKEN_NAME || at->size >= sizeof insn->mnemonic) {
        refuse(t, "an instruction is missing");
        return false;
    }
    for (size_t i = 0; i < at->size; i++)
        insn->mnemonic[i] = (char)tolower((unsigned char)at->at[i]);
    at++;
    while (at->kind != TOKEN_END) {
        if (insn->count == MAX_OPERANDS) {
            refuse(t, "an instruction of too many operands");
            return false;
        }
        if (!read_operand(t, &at, insn))
            return false;
        if (at->kind == TOKEN_END)
            break;
        if (!token_operator(at, ',')) {
            refuse(t, "'%.*s' is not known here", (int)at->size, at->at);
            return false;
        }
        at++;
    }
    return true;
}

/* What nasm writes in another way. */

struct doubled {
    const char *mnemonic;
    unsigned operands;
    enum { ANY, REGISTERS, LOADS } which;
};

static const struct doubled doubled[] = {
#define DOUBLED(mnemonic, operands, which) {#mnemonic, operands, which},
#include "doubled.def"
#undef DOUBLED
};

static int by_mnemonic(const void *key, const void *element)
{
    const struct insn *insn = key;
    const struct doubled *entry = element;
    int order = strcmp(insn->mnemonic, entry->mnemonic);
    return order ? order : (int)insn->count - (int)entry->operands;
}

static void double_first(struct insn *insn)
{
    memmove(&insn->operands[2], &insn->operands[1], (insn->count - 1) * sizeof insn->operands[0]);
    insn->operands[1] = insn->operands[0];
    insn->operands[1].braces[0] = 0;
    insn->count++;
}

static void complete(struct insn *insn)
{
    struct operand *o = insn->operands;
    unsigned rounding = insn->count && o[insn->count - 1].kind == OPERAND_BRACES;
    insn->count -= rounding; /* {rn-sae} is not counted */
    struct operand last = rounding ? o[insn->count] : (struct operand){0};
    const struct doubled *entry =
        bsearch(insn, doubled, sizeof doubled / sizeof *doubled, sizeof *doubled, by_mnemonic);
    static const struct doubled compares = {"vcmp", 2, ANY}; /* vcmpneq_oqps and many others */
    if (!entry && insn->count == 2 && strncmp(insn->mnemonic, "vcmp", 4) == 0)
        entry = &compares;
    bool memory = false;
    for (unsigned i = 0; i < insn->count; i++)
        memory |= o[i].kind == OPERAND_MEMORY;
    if (entry && insn->count < MAX_OPERANDS - 1 &&
        (entry->which == ANY || (entry->which == REGISTERS && !memory) ||
         (entry->which == LOADS && o[insn->count - 1].kind == OPERAND_MEMORY)))
        double_first(insn);
    if (strcmp(insn->mnemonic, "imul") == 0 && insn->count == 2 && o[1].kind == OPERAND_NUMBER)
        double_first(insn);
    if (rounding)
        o[insn->count++] = last;
}

/* The x87's: fxch st0, st1 is fxch st1, and fcmovb st1 is fcmovb st0, st1. */
static void complete_x87(struct insn *insn)
{
    struct operand *o = insn->operands;
    if (strcmp(insn->mnemonic, "fxch") == 0 && insn->count == 2 && o[0].reg && o[1].reg) {
        if (o[0].reg->name[2] == '0')
            o[0] = o[1];
        insn->count = 1;
    }
    if (strncmp(insn->mnemonic, "fcmov", 5) == 0 && insn->count == 1 && o[0].reg) {
        static const struct token st0 = {.kind = TOKEN_NAME, .at = "st0", .size = 3};
        o[1] = o[0];
        o[0].reg = reg_find(&st0);
        insn->count = 2;
    }
}

static void rename_insn(struct insn *insn)
{
    static const char *const names[][2] = {
        {"pushf", "pushfq"}, {"popf", "popfq"},   {"retn", "ret"},      {"retq", "ret"},
        {"retnq", "ret"},    {"int03", "int3"},   {"xlat", "xlatb"},    {"ud2a", "ud2"},
        {"iret", "iretd"},   {"cmovpe", "cmovp"}, {"cmovpo", "cmovnp"}, {"setpe", "setp"},
        {"setpo", "setnp"},  {"jmpe", "jmpe"},    {"icebp", "int1"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(insn->mnemonic, names[i][0]) == 0)
            snprintf(insn->mnemonic, sizeof insn->mnemonic, "%s", names[i][1]);
    static const char *const compares[][2] = {
        {"vpcmpge", "vpcmpnlt"}, {"vpcmpngt", "vpcmple"}, {"vpcmpgtu", "vpcmpnleu"}};
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++) {
        size_t size = strlen(compares[i][0]);
        char rest[9];
        if (strncmp(insn->mnemonic, compares[i][0], size) != 0)
            continue;
        snprintf(rest, sizeof rest, "%.8s", insn->mnemonic + size); /* uq */
        snprintf(insn->mnemonic, sizeof insn->mnemonic, "%s%.8s", compares[i][1], rest);
    }
    struct operand *o = insn->operands;
    if (strcmp(insn->mnemonic, "movsx") == 0 && insn->count == 2 && o[0].reg &&
        ((o[1].kind == OPERAND_REGISTER && o[1].reg->kind == REG_32) ||
         (o[1].kind == OPERAND_MEMORY && o[1].width && strcmp(o[1].width, "dword") == 0)))
        snprintf(insn->mnemonic, sizeof insn->mnemonic, "movsxd");
}

/* The register of 32 bits that it is a part of, or that is a part of it. */
static const struct reg *as_32_bits(const struct reg *reg)
{
    char name[8];
    bool numbered = isdigit((unsigned char)reg->name[1]);
    if ((reg->kind != REG_64 && reg->kind != REG_16 && reg->kind != REG_8) ||
        (reg->kind == REG_8 && reg->name[1] == 'h'))
        return reg;
    if (numbered) /* r8, r8w, r8b */
        snprintf(name, sizeof name, "r%ud", (unsigned)strtoul(reg->name + 1, NULL, 10));
    else if (reg->kind == REG_64) /* rax */
        snprintf(name, sizeof name, "e%.2s", reg->name + 1);
    else if (reg->kind == REG_8 && reg->name[2] == 0) /* al */
        snprintf(name, sizeof name, "e%cx", reg->name[0]);
    else /* ax, sil */
        snprintf(name, sizeof name, "e%.2s", reg->name);
    struct token token = {.kind = TOKEN_NAME, .at = name, .size = strlen(name)};
    return reg_find(&token);
}

static bool is_one_of(const struct insn *insn, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(insn->mnemonic, names[i]) == 0)
            return true;
    return false;
}

static void fit_widths(struct insn *insn)
{
    static const char *const unsized[] = {"lea",       "prefetch", "clflush", "fxsave",   "fxrstor",
                                          "xsave",     "xrstor",   "invlpg",  "cldemote", "clwb",
                                          "movdir64b", "sgdt",     "sidt"};
    struct operand *o = insn->operands;
    for (unsigned i = 0; i < insn->count; i++) {
        if (o[i].kind != OPERAND_MEMORY)
            continue;
        for (size_t j = 0; j < sizeof unsized / sizeof *unsized; j++)
            if (strncmp(insn->mnemonic, unsized[j], strlen(unsized[j])) == 0)
                o[i].width = NULL;
        if (!o[i].width &&
            (strcmp(insn->mnemonic, "call") == 0 || strcmp(insn->mnemonic, "jmp") == 0 ||
             strcmp(insn->mnemonic, "push") == 0 || strcmp(insn->mnemonic, "pop") == 0))
            o[i].width = "qword";
    }
    /* nasm encodes the 32-bit forms of vpextrd r8, xmm0, 1 and vpbroadcastb zmm0, r8, which do the
     * same, and takes pinsrb xmm0, al, 1. */
    static const char *const narrow[] = {"vpextrd", "kmovb",        "kmovw",
                                         "pinsrb",  "pinsrw",       "vpinsrb",
                                         "vpinsrw", "vpbroadcastb", "vpbroadcastw"};
    for (unsigned i = 0; i < insn->count && is_one_of(insn, narrow, sizeof narrow / sizeof *narrow);
         i++)
        if (o[i].reg)
            o[i].reg = as_32_bits(o[i].reg);
    /* Where memory may have two sizes, nasm takes the smaller one. */
    static const char *const from_ints[] = {"cvtsi2sd", "cvtsi2ss", "vcvtsi2sd", "vcvtsi2ss"};
    struct operand *last = insn->count ? &o[insn->count - 1] : o;
    if (is_one_of(insn, from_ints, sizeof from_ints / sizeof *from_ints) &&
        last->kind == OPERAND_MEMORY && !last->width)
        last->width = "dword";
}

/* Printing. */

/* LLVM's Intel syntax takes one symbol: what has several gets a name. */
static bool print_symbols(struct translation *t, struct text *line, const struct value *value)
{
    struct value v = *value;
    value_settle(&v, false);
    if (v.term_count <= 1)
        return value_print(t, line, &v);
    struct text expression = {0};
    bool good = value_print(t, &expression, &v);
    if (good) {
        text_print(&t->statement, "\t.set .Lset.%u, %s\n", t->set_number, expression.at);
        text_print(line, ".Lset.%u", t->set_number++);
    }
    free(expression.at);
    return good;
}

bool into_code(struct translation *t, const struct value *v)
{
    if (v->term_count != 1 || v->number == 0 || !v->terms[0].symbol->before_code)
        return false;
    const struct symbol *symbol = v->terms[0].symbol;
    refuse(t, "'%s' and a number of bytes: instructions have other lengths in a box",
           symbol == t->here                           ? "$"
           : t->section && symbol == t->section->start ? "$$"
                                                       : symbol->name);
    return true;
}

static bool print_memory(struct translation *t, struct text *line, const struct operand *operand)
{
    struct value v = operand->value;
    const struct part *base = NULL, *index = NULL;
    int64_t scale = 1;
    value_settle(&v, false);
    for (unsigned i = 0; i < v.part_count; i++) {
        const struct part *part = &v.parts[i];
        bool vector = part->reg->kind == REG_VECTOR;
        if (!vector && part->reg->kind != REG_64 && part->reg->kind != REG_32) {
            refuse(t, "register '%s' in an address", part->reg->name);
            return false;
        }
        if (!base && !vector && part->times == 1)
            base = part;
        else if (!index)
            index = part, scale = part->times;
        else {
            refuse(t, "an address of too many registers");
            return false;
        }
    }
    if (index && !base && index->reg->kind != REG_VECTOR &&
        (scale == 3 || scale == 5 || scale == 9 || (scale == 2 && !operand->unsplit)))
        base = index, scale--;
    if (index && scale == 1 && strcmp(index->reg->name + 1, "sp") == 0) {
        const struct part *other = base;
        base = index;
        index = other;
    }
    if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
        refuse(t, "an address with %" PRId64 " times a register", scale);
        return false;
    }
    if (!t->last)
        return true;
    int64_t symbols = value_symbols(&v);
    if (into_code(t, &v))
        return false;
    bool relative =
        !base && !index && symbols == 1 && (operand->relative || (!t->check && !operand->segment));
    if (v.relation == RELATION_GOT && !relative) {
        refuse(t, "wrt ..got: only relative addresses, [rel name wrt ..got], are known");
        return false;
    }
    text_print(line, "%s%s", operand->width ? operand->width : "", operand->width ? " ptr " : "");
    if (operand->segment)
        text_print(line, "%s:", operand->segment);
    text_add(line, "[", 1);
    const char *plus = "";
    if (relative) {
        text_print(line, "rip");
        plus = " + ";
    }
    if (base) {
        text_print(line, "%s", base->reg->name);
        plus = " + ";
    }
    if (index) {
        text_print(line, "%s%s*%d", plus, index->reg->name, (int)scale);
        plus = " + ";
    }
    if (v.term_count || v.unknown || v.of_code) {
        text_print(line, "%s", plus);
        if (!print_symbols(t, line, &v))
            return false;
    } else if (v.number || !*plus) {
        int64_t number = v.number;
        if (operand->wide && number != (int32_t)number) {
            refuse(t, "an address of 64 bits");
            return false;
        }
        if (number > INT32_MAX && number <= UINT32_MAX)
            number = (int32_t)number; /* nasm warns */
        if (*plus)
            text_print(line, " %c %" PRIu64, number < 0 ? '-' : '+',
                       number < 0 ? -(uint64_t)number : (uint64_t)number);
        else
            text_print(line, "%" PRId64, number);
    }
    text_print(line, "]%s", operand->braces);
    return true;
}

/* Whether a number of 32 bits is extended to 64, with its sign. */
static bool extends_numbers(const struct insn *insn)
{
    const struct operand *o = insn->operands;
    if (strcmp(insn->mnemonic, "push") == 0)
        return true;
    if (insn->count < 2 || (strcmp(insn->mnemonic, "mov") == 0 && o[0].kind == OPERAND_REGISTER))
        return false;
    return o[0].kind == OPERAND_REGISTER ? o[0].reg->kind == REG_64
                                         : o[0].width && strcmp(o[0].width, "qword") == 0;
}

static bool print_number(struct translation *t, struct text *line, const struct insn *insn,
                         const struct operand *operand)
{
    struct value v = operand->value;
    value_settle(&v, false);
    if (value_is_number(&v)) {
        if (is_branch(insn))
            refuse(t, "a branch to a number");
        if (v.number > INT32_MAX && v.number <= UINT32_MAX && extends_numbers(insn))
            v.number = (int32_t)v.number; /* nasm warns */
        text_print(line, "%" PRId64, v.number);
        return !is_branch(insn);
    }
    if (!t->last)
        return true;
    if (into_code(t, &v))
        return false;
    if (!is_branch(insn))
        text_print(line, "offset ");
    return print_symbols(t, line, &v);
}

static bool print_operand(struct translation *t, struct text *line, const struct insn *insn,
                          const struct operand *operand)
{
    switch (operand->kind) {
    case OPERAND_REGISTER:
        if (operand->reg->kind == REG_ST)
            text_print(line, "st(%c)", operand->reg->name[2]);
        else
            text_print(line, "%s%s", operand->reg->name, operand->braces);
        return true;
    case OPERAND_MEMORY:
        return print_memory(t, line, operand);
    case OPERAND_NUMBER:
        return print_number(t, line, insn, operand);
    case OPERAND_BRACES:
        text_print(line, "%s", operand->braces);
        return true;
    }
    return false;
}

static void print_insn(struct translation *t, struct insn *insn)
{
    struct text line = {0};
    struct operand *o = insn->operands;
    unsigned mark = t->mark_count;
    bool good = true, ret = strcmp(insn->mnemonic, "ret") == 0;
    if (strcmp(insn->mnemonic, "mov") == 0 && insn->count == 2 && o[0].reg &&
        o[0].reg->kind == REG_64 && o[1].kind == OPERAND_NUMBER && o[1].value.term_count &&
        value_symbols(&o[1].value) == 1 && (!o[1].width || strcmp(o[1].width, "qword") == 0))
        snprintf(insn->mnemonic, sizeof insn->mnemonic, "movabs");
    text_print(&line, "\t%s%s%s%s", t->pending && !ret ? t->pending : "",
               t->pending && !ret ? " " : "", ret ? "" : insn->prefix, insn->mnemonic);
    for (unsigned i = 0; i < insn->count && good; i++) {
        text_print(&line, i ? ", " : " ");
        good = print_operand(t, &line, insn, &o[i]);
    }
    for (; mark < t->mark_count; mark++)
        text_print(&t->statement, MARK_LABEL ":\n", mark);
    if (good && line.at)
        text_print(&t->statement, "%s\n", line.at);
    t->out.failed |= line.failed;
    free(line.at);
}

void translate_insn(struct translation *t, const struct token *at)
{
    struct insn insn = {0};
    if (!t->section || t->section->bss) {
        refuse(t, "an instruction in a section without code");
        return;
    }
    if (!read_prefixes(t, &at, &insn))
        return;
    if (at->kind == TOKEN_END) { /* x86inc: `rep` and `ret` on lines of their own */
        if (strncmp(insn.prefix, "rep ", 4) == 0)
            t->pending = "rep";
        else if (insn.prefix[0])
            refuse(t, "a prefix on a line of its own");
        advance(t, 0, 1);
        return;
    }
    if (is_data(at)) {
        refuse(t, "a prefix before data");
        return;
    }
    if (!read_insn(t, at, &insn))
        return;
    if (t->here)
        t->here->before_code = true;
    if (t->section->end.high == 0 && !t->section->end.unbounded)
        t->section->start->before_code = true;
    complete(&insn);
    complete_x87(&insn);
    rename_insn(&insn);
    fit_widths(&insn);
    print_insn(t, &insn);
    t->pending = NULL;
    for (unsigned i = 0; i < t->label_count; i++)
        t->labels[i]->before_code = true;
    t->label_count = 0;
    advance(t, 1, 15);
}
