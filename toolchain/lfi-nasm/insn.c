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
    bool relative, absolute, unsplit;
    struct value value;
    char braces[32]; /* {k1}{z} */
};

struct insn {
    char mnemonic[24], prefix[48];
    struct operand operands[MAX_OPERANDS];
    unsigned count;
};

/* Registers. */

#define EIGHT(p, s, k, from0, from1, from2, from3, from4, from5, from6, from7)      \
    {p from0 s, k}, {p from1 s, k}, {p from2 s, k}, {p from3 s, k}, {p from4 s, k}, \
        {p from5 s, k}, {p from6 s, k},                                             \
    {                                                                               \
        p from7 s, k                                                                \
    }
#define FIRST(p, s, k) EIGHT(p, s, k, "0", "1", "2", "3", "4", "5", "6", "7")
#define NEXT(p, s, k)  EIGHT(p, s, k, "8", "9", "10", "11", "12", "13", "14", "15")
#define ALL(p, k)                                                        \
    FIRST(p, "", k), NEXT(p, "", k),                                     \
        EIGHT(p, "", k, "16", "17", "18", "19", "20", "21", "22", "23"), \
        EIGHT(p, "", k, "24", "25", "26", "27", "28", "29", "30", "31")

static const struct reg named[] = {
    {"al", REG_8},     {"cl", REG_8},     {"dl", REG_8},     {"bl", REG_8},     {"ah", REG_8},
    {"ch", REG_8},     {"dh", REG_8},     {"bh", REG_8},     {"spl", REG_8},    {"bpl", REG_8},
    {"sil", REG_8},    {"dil", REG_8},    {"ax", REG_16},    {"cx", REG_16},    {"dx", REG_16},
    {"bx", REG_16},    {"sp", REG_16},    {"bp", REG_16},    {"si", REG_16},    {"di", REG_16},
    {"eax", REG_32},   {"ecx", REG_32},   {"edx", REG_32},   {"ebx", REG_32},   {"esp", REG_32},
    {"ebp", REG_32},   {"esi", REG_32},   {"edi", REG_32},   {"rax", REG_64},   {"rcx", REG_64},
    {"rdx", REG_64},   {"rbx", REG_64},   {"rsp", REG_64},   {"rbp", REG_64},   {"rsi", REG_64},
    {"rdi", REG_64},   {"cs", REG_OTHER}, {"ds", REG_OTHER}, {"es", REG_OTHER}, {"fs", REG_OTHER},
    {"gs", REG_OTHER}, {"ss", REG_OTHER}};
static const struct reg quads[] = {NEXT("r", "", REG_64)}, doubles[] = {NEXT("r", "d", REG_32)},
                        words[] = {NEXT("r", "w", REG_16)}, bytes[] = {NEXT("r", "b", REG_8)},
                        bytes_l[] = {NEXT("r", "b", REG_8)}, xmm[] = {ALL("xmm", REG_VECTOR)},
                        ymm[] = {ALL("ymm", REG_VECTOR)}, zmm[] = {ALL("zmm", REG_VECTOR)},
                        mm[] = {FIRST("mm", "", REG_MM)}, masks[] = {FIRST("k", "", REG_MASK)},
                        stack[] = {FIRST("st", "", REG_ST)},
                        control[] = {FIRST("cr", "", REG_OTHER), NEXT("cr", "", REG_OTHER)},
                        debug[] = {FIRST("dr", "", REG_OTHER), NEXT("dr", "", REG_OTHER)};

static const struct {
    const char *before, *behind;
    const struct reg *regs;
    unsigned from, count;
} families[] = {{"r", "", quads, 8, 8},  {"r", "d", doubles, 8, 8}, {"r", "w", words, 8, 8},
                {"r", "b", bytes, 8, 8}, {"r", "l", bytes_l, 8, 8}, {"xmm", "", xmm, 0, 32},
                {"ymm", "", ymm, 0, 32}, {"zmm", "", zmm, 0, 32},   {"mm", "", mm, 0, 8},
                {"k", "", masks, 0, 8},  {"st", "", stack, 0, 8},   {"cr", "", control, 0, 16},
                {"dr", "", debug, 0, 16}};

const struct reg *reg_find(const struct token *token)
{
    if (token->kind != TOKEN_NAME || token->size < 2 || token->size > 5)
        return NULL;
    size_t letters = 0, end;
    while (letters < token->size && isalpha((unsigned char)token->at[letters]))
        letters++;
    if (letters == token->size) {
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
            if (token_is(token, named[i].name))
                return &named[i];
        return NULL;
    }
    unsigned number = 0;
    for (end = letters; end < token->size && isdigit((unsigned char)token->at[end]); end++)
        number = number * 10 + (unsigned)(token->at[end] - '0');
    if (token->at[letters] == '0' && end != letters + 1)
        return NULL;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strlen(families[i].before) == letters &&
            strncasecmp(families[i].before, token->at, letters) == 0 &&
            strlen(families[i].behind) == token->size - end &&
            strncasecmp(families[i].behind, token->at + end, token->size - end) == 0 &&
            number >= families[i].from && number < families[i].from + families[i].count)
            return &families[i].regs[number - families[i].from];
    return NULL;
}

/* Words. */

static bool among(const struct token *token, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (token_is(token, names[i]))
            return true;
    return false;
}

bool is_prefix(const struct token *token)
{
    static const char *const names[] = {"rep", "repe",  "repz",  "repne",    "repnz",   "lock",
                                        "bnd", "nobnd", "a16",   "a32",      "a64",     "o16",
                                        "o32", "o64",   "times", "xacquire", "xrelease"};
    return among(token, names, sizeof names / sizeof *names);
}

/* Instructions that may stand alone: on a line of its own any other name is a label. */
bool is_nullary(const struct token *token)
{
    static const char *const names[] = {
        "ret",      "retn",     "nop",      "cld",      "std",     "clc",       "stc",
        "cmc",      "emms",     "femms",    "cpuid",    "xgetbv",  "xsetbv",    "rdtsc",
        "rdtscp",   "rdpmc",    "pause",    "mfence",   "sfence",  "lfence",    "vzeroupper",
        "vzeroall", "cdq",      "cqo",      "cbw",      "cwd",     "cwde",      "cdqe",
        "ud2",      "ud2a",     "int3",     "int1",     "icebp",   "leave",     "enter",
        "lahf",     "sahf",     "pushf",    "pushfq",   "popf",    "popfq",     "syscall",
        "sysret",   "sysenter", "sysexit",  "hlt",      "endbr64", "endbr32",   "wait",
        "fwait",    "fninit",   "finit",    "fnclex",   "fclex",   "xlatb",     "xlat",
        "movsb",    "movsw",    "movsd",    "movsq",    "stosb",   "stosw",     "stosd",
        "stosq",    "lodsb",    "lodsw",    "lodsd",    "lodsq",   "scasb",     "scasw",
        "scasd",    "scasq",    "cmpsb",    "cmpsw",    "cmpsd",   "cmpsq",     "insb",
        "insw",     "insd",     "outsb",    "outsw",    "outsd",   "cli",       "sti",
        "clts",     "invd",     "wbinvd",   "rdmsr",    "wrmsr",   "rsm",       "iret",
        "iretq",    "iretd",    "retf",     "retfq",    "swapgs",  "monitor",   "mwait",
        "fabs",     "fchs",     "fld1",     "fldz",     "fldpi",   "fldl2e",    "fldl2t",
        "fldlg2",   "fldln2",   "fsqrt",    "fsin",     "fcos",    "fsincos",   "fptan",
        "fpatan",   "f2xm1",    "fyl2x",    "fyl2xp1",  "fscale",  "frndint",   "fprem",
        "fprem1",   "fxtract",  "fxam",     "ftst",     "fnop",    "fincstp",   "fdecstp",
        "fcompp",   "fucompp",  "fadd",     "faddp",    "fmul",    "fmulp",     "fsub",
        "fsubp",    "fsubr",    "fsubrp",   "fdiv",     "fdivp",   "fdivr",     "fdivrp",
        "fxch",     "fcom",     "fcomp",    "fucom",    "fucomp",  "salc",      "clac",
        "stac",     "xend",     "xtest",    "encls",    "enclu",   "serialize", "clui",
        "stui",     "testui",   "uiret",    "monitorx", "mwaitx",  "clzero",    "tilerelease",
        "getsec",   "vmcall",   "vmlaunch", "vmresume", "vmxoff",  "skinit",    "pcommit"};
    return among(token, names, sizeof names / sizeof *names);
}

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
        else if (!among(p, ignored, sizeof ignored / sizeof *ignored))
            break;
    }
    if (token_is(p, "to") || token_is(p, "far")) {
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
            snprintf(insn->prefix, sizeof insn->prefix, "%s ", braces.braces);
            continue;
        }
        if (!is_prefix(*at) || token_is(*at, "times"))
            return true;
        if (token_is(*at, "bnd") || token_is(*at, "nobnd"))
            continue;
        if (((*at)->at[0] | 32) == 'a' || ((*at)->at[0] | 32) == 'o') {
            refuse(t, "the prefix '%.*s' is not known here", (int)(*at)->size, (*at)->at);
            return false;
        }
        size_t used = strlen(insn->prefix);
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

static void rename_insn(struct insn *insn)
{
    static const char *const names[][2] = {
        {"pushf", "pushfq"}, {"popf", "popfq"},  {"retn", "ret"},     {"xlat", "xlatb"},
        {"ud2a", "ud2"},     {"iret", "iretd"},  {"cmovpe", "cmovp"}, {"cmovpo", "cmovnp"},
        {"setpe", "setp"},   {"setpo", "setnp"}, {"jmpe", "jmpe"},    {"icebp", "int1"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(insn->mnemonic, names[i][0]) == 0)
            snprintf(insn->mnemonic, sizeof insn->mnemonic, "%s", names[i][1]);
    struct operand *o = insn->operands;
    if (strcmp(insn->mnemonic, "movsx") == 0 && insn->count == 2 && o[0].reg &&
        ((o[1].kind == OPERAND_REGISTER && o[1].reg->kind == REG_32) ||
         (o[1].kind == OPERAND_MEMORY && o[1].width && strcmp(o[1].width, "dword") == 0)))
        snprintf(insn->mnemonic, sizeof insn->mnemonic, "movsxd");
}

/* nasm encodes the 32-bit forms of vpextrd r8, xmm0, 1 and vpbroadcastb zmm0, r8, which do the
 * same. */
static const struct reg *lower_half(const struct reg *reg)
{
    char name[8];
    if (reg->kind != REG_64)
        return reg;
    if (isdigit((unsigned char)reg->name[1]))
        snprintf(name, sizeof name, "%.5sd", reg->name);
    else
        snprintf(name, sizeof name, "e%.5s", reg->name + 1);
    struct token token = {.kind = TOKEN_NAME, .at = name, .size = strlen(name)};
    return reg_find(&token);
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
    if (strcmp(insn->mnemonic, "vpextrd") == 0 && o[0].reg)
        o[0].reg = lower_half(o[0].reg);
    if ((strcmp(insn->mnemonic, "vpbroadcastb") == 0 ||
         strcmp(insn->mnemonic, "vpbroadcastw") == 0) &&
        insn->count == 2 && o[1].reg)
        o[1].reg = lower_half(o[1].reg);
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

static bool into_code(struct translation *t, const struct value *v)
{
    if (v->term_count != 1 || v->number == 0 || !v->terms[0].symbol->before_code)
        return false;
    refuse(t, "'%s' and a number of bytes: instructions have other lengths in a box",
           v->terms[0].symbol->name);
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

static bool print_number(struct translation *t, struct text *line, const struct insn *insn,
                         const struct operand *operand)
{
    struct value v = operand->value;
    value_settle(&v, false);
    if (value_is_number(&v)) {
        if (is_branch(insn))
            refuse(t, "a branch to a number");
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
        value_symbols(&o[1].value) == 1 && !o[1].width)
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
    complete(&insn);
    rename_insn(&insn);
    fit_widths(&insn);
    print_insn(t, &insn);
    t->pending = NULL;
    for (unsigned i = 0; i < t->label_count; i++)
        t->labels[i]->before_code = true;
    t->label_count = 0;
    advance(t, 1, 15);
}
