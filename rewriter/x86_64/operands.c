// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Parses an instruction: prefixes, mnemonic, operands. */
#include "x86_64.h"

/* An error about what the box does not have, unless that is to become a trap. */
#define report_unsupported(r, s, at, ...)                    \
    do {                                                     \
        x86(r)->unsupported = (r)->options->trapped != NULL; \
        if (!x86(r)->unsupported)                            \
            report_error(r, s, at, __VA_ARGS__);             \
    } while (0)

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct span *s)
{
    while (s->size && is_blank(*s->at))
        s->at++, s->size--;
}

/* The word at the start of *s, which moves past it. */
static struct span take_word(struct span *s)
{
    skip_blanks(s);
    struct span word = {s->at, 0};
    while (word.size < s->size && (is_name_char(s->at[word.size])))
        word.size++;
    s->at += word.size;
    s->size -= word.size;
    skip_blanks(s);
    return word;
}

static const char *span_end(struct span s)
{
    return s.at + s.size;
}

/*
 * `%name` at the start of *s; `%st(1)` and `%st` too. NO_REG after reporting. o->vector is set for
 * those of AVX-512.
 */
static uint8_t take_register(struct rewriter *r, const struct statement *s, struct span *text,
                             struct operand *o)
{
    const char *start = text->at;
    struct span name = {start + 1, 0};
    while (name.size + 1 < text->size && is_name_char(name.at[name.size]) &&
           name.at[name.size] != '@')
        name.size++;
    uint8_t reg = register_parse(r, name);
    if (reg == REG(REG_X87, 8)) { /* st */
        struct span rest = {span_end(name), (uint32_t)(span_end(*text) - span_end(name))};
        skip_blanks(&rest);
        if (rest.size >= 3 && *rest.at == '(') {
            char digit = rest.at[1];
            if (digit >= '0' && digit <= '7' && rest.at[2] == ')') {
                reg = (uint8_t)REG(REG_X87, digit - '0');
                name.size = (uint32_t)(rest.at + 3 - name.at);
            }
        }
    }
    if (reg == NO_REG)
        report_error(r, s, start, "'%.*s' is not a register", (int)name.size + 1, start);
    if (reg_class(reg) == REG_AVX512)
        o->vector = vector_number(name);
    if (is_gpr_number(reg, NUMBER_R11))
        x86(r)->uses_r11 = true;
    text->at += name.size + 1;
    text->size -= name.size + 1;
    skip_blanks(text);
    return reg;
}

/* `(base,index,scale)`, the parentheses included. */
static bool parse_address(struct rewriter *r, const struct statement *s, struct span text,
                          struct operand *o)
{
    const char *start = text.at;
    text.at++, text.size--; /* ( */
    skip_blanks(&text);
    if (text.size && *text.at == '%' && !(o->base = take_register(r, s, &text, o)))
        return false;
    if (text.size && *text.at == ',') {
        text.at++, text.size--;
        skip_blanks(&text);
        if (text.size && *text.at == '%' && !(o->index = take_register(r, s, &text, o)))
            return false;
        if (text.size && *text.at == ',') {
            text.at++, text.size--;
            skip_blanks(&text);
            const char *close = memchr(text.at, ')', text.size);
            int64_t scale;
            struct span number = {text.at, close ? (uint32_t)(close - text.at) : 0};
            if (number.size) {
                if (!literal_value(span_trim(number), &scale) ||
                    (scale != 1 && scale != 2 && scale != 4 && scale != 8)) {
                    report_error(r, s, text.at, "the scale must be 1, 2, 4 or 8");
                    return false;
                }
                o->scale = (uint8_t)scale;
                text.at += number.size, text.size -= number.size;
            }
        }
    }
    if (text.size != 1 || *text.at != ')') {
        report_error(r, s, start, "this is not an address: expected (base,index,scale)");
        return false;
    }
    return true;
}

/* Finds the parenthesis that begins `(base,…)`: the last top-level one that holds a register or
 * comma. */
static const char *find_address(struct span text)
{
    if (!text.size || text.at[text.size - 1] != ')')
        return NULL;
    int depth = 0;
    const char *p = span_end(text);
    while (p > text.at) {
        p--;
        if (*p == ')')
            depth++;
        else if (*p == '(' && --depth == 0)
            break;
    }
    if (depth != 0)
        return NULL;
    const char *inside = p + 1;
    while (is_blank(*inside))
        inside++;
    return *inside == '%' || *inside == ',' ? p : NULL;
}

static bool parse_memory(struct rewriter *r, const struct statement *s, struct span text,
                         struct operand *o)
{
    o->kind = OPERAND_MEM;
    const char *address = find_address(text);
    if (address) {
        struct span inside = {address, (uint32_t)(span_end(text) - address)};
        if (!parse_address(r, s, inside, o))
            return false;
        text.size = (uint32_t)(address - text.at);
    }
    o->text = span_trim(text);
    o->literal = o->text.size == 0 || literal_value(o->text, &o->value);
    if (!o->literal && memchr(o->text.at, '%', o->text.size)) {
        report_error(r, s, o->text.at, "this is not an address: expected (base,index,scale)");
        return false;
    }
    return true;
}

/* A mask, zeroing, a broadcast: nothing that needs to be understood. */
static bool is_decoration(struct span text)
{
    for (uint32_t i = 0; i < text.size; i++)
        if (!is_name_char(text.at[i]) && !strchr("{} \t%", text.at[i]))
            return false;
    return true;
}

static bool parse_operand(struct rewriter *r, const struct statement *s, struct span text,
                          bool branch, struct operand *o)
{
    *o = (struct operand){0};
    if (text.size && *text.at == '*') {
        o->star = true;
        text.at++, text.size--;
        skip_blanks(&text);
    }
    if (!text.size) {
        report_error(r, s, text.at, "an operand is missing");
        return false;
    }
    if (text.at[text.size - 1] == '}') {
        const char *brace = memchr(text.at, '{', text.size);
        if (brace == text.at) {
            o->kind = OPERAND_ROUNDING;
            o->text = text;
            o->literal = true;
            return true;
        }
        if (brace) {
            o->decoration = (struct span){brace, (uint32_t)(span_end(text) - brace)};
            text = span_trim((struct span){text.at, (uint32_t)(brace - text.at)});
        }
        if (!brace || !is_decoration(o->decoration)) {
            report_error(r, s, text.at, "expected {%%k1}, {%%k1} {z}, {1to16} or the like");
            return false;
        }
    }
    if (*text.at == '$') {
        text.at++, text.size--;
        o->kind = OPERAND_IMM;
        o->text = span_trim(text);
        o->literal = literal_value(o->text, &o->value);
        return true;
    }
    if (*text.at == '%') {
        uint8_t reg = take_register(r, s, &text, o);
        if (!reg)
            return false;
        if (reg_class(reg) == REG_SEGMENT && text.size && *text.at == ':') {
            text.at++, text.size--;
            skip_blanks(&text);
            o->segment = reg;
            return parse_memory(r, s, text, o);
        }
        if (text.size) {
            report_error(r, s, text.at, "unexpected text after a register");
            return false;
        }
        o->kind = OPERAND_REG;
        o->reg = reg;
        return true;
    }
    if (branch && !o->star) {
        o->kind = OPERAND_TARGET;
        o->text = text;
        return true;
    }
    return parse_memory(r, s, text, o);
}

/* Prefixes: 0 if the word is not one, -1 for those that have no effect and are left out. */
static int prefix_of(struct span word)
{
    static const struct {
        const char *name;
        int prefix;
    } prefixes[] = {{"lock", PREFIX_LOCK},
                    {"rep", PREFIX_REP},
                    {"repe", PREFIX_REP},
                    {"repz", PREFIX_REP},
                    {"repne", PREFIX_REPNE},
                    {"repnz", PREFIX_REPNE},
                    {"data16", PREFIX_DATA16},
                    {"addr32", PREFIX_ADDR32},
                    {"notrack", -1},
                    {"bnd", -1},
                    {"xacquire", -1},
                    {"xrelease", -1},
                    {"cs", -1},
                    {"ds", -1},
                    {"es", -1},
                    {"ss", -1},
                    {"rex64", -1},
                    {"rex.w", -1}};
    if (word.size < 2 || word.size > 8 || !strchr("lrdanbxces", *word.at))
        return 0;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (span_is(word, prefixes[i].name))
            return prefixes[i].prefix;
    return 0;
}

/* `{vex}` and its like, as the assembler spells them. */
static bool take_pseudo(struct rewriter *r, const struct statement *s, struct span *text,
                        const char **pseudo)
{
    const char *close = memchr(text->at, '}', text->size);
    static const char *const known[] = {"{vex}",   "{vex2}",   "{vex3}", "{evex}",
                                        "{disp8}", "{disp32}", "{load}", "{store}"};
    if (close) {
        struct span word = {text->at, (uint32_t)(close + 1 - text->at)};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (span_is(word, known[i])) {
                *pseudo = known[i];
                text->at += word.size, text->size -= word.size;
                skip_blanks(text);
                return true;
            }
    }
    report_unsupported(r, s, text->at, "this pseudo prefix is not supported");
    return false;
}

static void note_target(struct rewriter *r, struct x86_64_insn *in, struct span text)
{
    in->target = symbol_reference(r, text);
    if (in->target)
        in->target->branched = true;
}

/* What the operands name: registers into in->names, symbols whose address is taken. */
static void note_operands(struct rewriter *r, struct x86_64_insn *in)
{
    for (unsigned i = 0; i < in->count; i++) {
        const struct operand *o = &in->operands[i];
        if (operand_names_r11(o))
            in->names |= NAMES_R11;
        if (o->kind == OPERAND_REG) {
            unsigned class = reg_class(o->reg);
            if (class == REG_SEGMENT || class == REG_SYSTEM)
                in->names |= NAMES_SYSTEM;
            if (is_gpr_number(o->reg, NUMBER_RSP))
                in->names |= NAMES_RSP;
            continue;
        }
        if (o->kind == OPERAND_MEM)
            in->names |= NAMES_MEMORY;
        if (o->kind == OPERAND_TARGET)
            note_target(r, in, o->text);
        else if (!o->literal && o->text.size)
            symbols_take(r, o->text);
    }
}

/* An operand that is only a register, with the comma that follows it: most are. */
static bool take_plain_register(struct rewriter *r, struct span *rest, struct operand *o)
{
    struct span text = *rest;
    skip_blanks(&text);
    if (!text.size || *text.at != '%')
        return false;
    uint32_t n = 1;
    while (n < text.size && is_name_char(text.at[n]))
        n++;
    uint8_t reg = register_parse(r, (struct span){text.at + 1, n - 1});
    if ((n < text.size && text.at[n] != ',') || reg == NO_REG || reg_class(reg) == REG_AVX512)
        return false;
    if (is_gpr_number(reg, NUMBER_R11))
        x86(r)->uses_r11 = true;
    *o = (struct operand){.kind = OPERAND_REG, .reg = reg};
    *rest = n < text.size ? (struct span){text.at + n + 1, text.size - n - 1} : (struct span){0};
    return true;
}

/* Looks a mnemonic up, in capitals too, as some write by hand. */
static const struct known_insn *find_insn(struct rewriter *r, struct span word)
{
    const struct known_insn *known = known_insn(r, word);
    char lower[32];
    if (known || word.size > sizeof lower)
        return known;
    for (uint32_t i = 0; i < word.size; i++)
        lower[i] = (char)(word.at[i] >= 'A' && word.at[i] <= 'Z' ? word.at[i] | 32 : word.at[i]);
    return known_insn(r, (struct span){lower, word.size});
}

/*
 * Prefixes and mnemonic at the start of *text. NULL after reporting, or with *prefix_only where
 * there is no mnemonic.
 */
static const struct known_insn *take_mnemonic(struct rewriter *r, const struct statement *s,
                                              struct span *text, const char **pseudo,
                                              unsigned *prefixes, bool *prefix_only)
{
    for (;;) {
        if (text->size && *text->at == '{' && !take_pseudo(r, s, text, pseudo))
            return NULL;
        struct span word = take_word(text);
        const struct known_insn *known = find_insn(r, word);
        int prefix = known ? 0 : prefix_of(word);
        if (prefix > 0)
            *prefixes |= (unsigned)prefix;
        if (prefix != 0 && !text->size) {
            *prefix_only = true;
            return NULL;
        }
        if (prefix != 0)
            continue;
        if (!word.size)
            report_error(r, s, text->at, "expected an instruction");
        else if (!known)
            report_unsupported(r, s, word.at,
                               "unknown instruction '%.*s': the box allows x86-64-v4 and what "
                               "docs/verifier.md lists",
                               (int)word.size, word.at);
        else if (known->info->class == CLASS_REFUSED)
            report_unsupported(r, s, word.at, "'%.*s' %s", (int)word.size, word.at,
                               known->info->suffixes);
        else if (text->size && *text->at == ',') /* `jne,pt` */
            report_error(r, s, text->at, "branch hints are not supported; leave them out");
        else
            return known;
        return NULL;
    }
}

static bool is_one_of(struct span name, const char *const *names)
{
    for (; *names; names++)
        if (span_is(name, *names))
            return true;
    return false;
}

/* APX has forms with one operand more of what changes its last one, and between registers. */
static bool is_apx_form(struct span name, const struct operand *operands, unsigned count)
{
    static const char *const unary[] = {"inc", "dec", "neg", "not", NULL};
    static const char *const shifts[] = {"sal", "sar", "shl", "shr", "rol",
                                         "ror", "rcl", "rcr", NULL};
    bool is_double = span_starts(name, "shld") || span_starts(name, "shrd");
    struct span stem = {name.at, name.size > 3 ? 3 : name.size};
    if (is_one_of(stem, unary))
        return count > 1;
    if (is_double || (span_starts(name, "imul") && operands[0].kind == OPERAND_IMM))
        return count > 3;
    if (is_one_of(stem, shifts)) {
        bool by_cl = operands[0].kind == OPERAND_REG && operands[0].reg == CL;
        return count > 2 || (count == 2 && operands[0].kind != OPERAND_IMM && !by_cl);
    }
    return count > 2;
}

/* Does LOCK mean something? */
static bool takes_lock(struct span name, unsigned width, const struct operand *operands,
                       unsigned count)
{
    static const char *const names[] = {
        "add", "adc", "and", "btc", "btr", "bts", "cmpxchg", "cmpxchg8b", "dec",        "inc",
        "neg", "not", "or",  "sbb", "sub", "xor", "xadd",    "xchg",      "cmpxchg16b", NULL};
    name.size -= width != 0;
    return count != 0 && is_one_of(name, names) &&
           (operands[count - 1].kind == OPERAND_MEM ||
            (span_is(name, "xchg") && operands[0].kind == OPERAND_MEM));
}

/* Does REP or REPNE mean something, or nothing but on older processors, as with branches? */
static bool takes_repeat(struct span name, unsigned class, unsigned prefixes)
{
    switch ((enum class) class) {
    case CLASS_STRING:
    case CLASS_NOP:
    case CLASS_RETURN:
    case CLASS_JUMP:
    case CLASS_BRANCH:
    case CLASS_CALL:
        return true;
    default: /* tzcnt and lzcnt */
        return (prefixes & PREFIX_REPNE) == 0 &&
               (span_starts(name, "bsf") || span_starts(name, "bsr"));
    }
}

/*
 * What is wrong with a form that the assembler takes and the verifier does not, or NULL: those that
 * newer extensions have added to older instructions, and prefixes without meaning.
 */
static const char *refused_form(const struct known_insn *known, const struct operand *operands,
                                unsigned count, unsigned prefixes, const char *pseudo)
{
    struct span name = known->name;
    unsigned class = known->info->class;
    bool vector = false, narrow = known->width == 2;
    for (unsigned i = 0; i < count; i++) {
        unsigned of = operands[i].kind == OPERAND_REG ? reg_class(operands[i].reg) : NO_REG;
        vector |=
            of == REG_XMM || of == REG_YMM || (of == REG_AVX512 && operands[i].vector < FIRST_MASK);
        narrow |= of == REG16;
    }
    if ((known->info->access == ACCESS_MODIFY && is_apx_form(name, operands, count)) ||
        (span_starts(name, "movbe") && count == 2 && operands[0].kind == operands[1].kind) ||
        (pseudo && strcmp(pseudo, "{evex}") == 0 && !vector))
        return "this form is of APX, which the box does not have";
    if (span_starts(name, "bextr") && count == 3 && operands[0].kind == OPERAND_IMM)
        return "this form is of TBM, which the box does not have";
    if (pseudo && span_starts((struct span){pseudo, 4}, "{vex") && span_starts(name, "vcvtne"))
        return "this form is of AVX-NE-CONVERT, which the box does not have";
    if ((class == CLASS_PUSH || class == CLASS_POP) && narrow)
        return "the stack is moved by 8 bytes at a time in a box: push or pop 64 bits";
    if ((prefixes & PREFIX_LOCK) != 0 && !takes_lock(name, known->width, operands, count))
        return "lock means nothing here";
    if ((prefixes & (PREFIX_REP | PREFIX_REPNE)) != 0 && !takes_repeat(name, class, prefixes))
        return "rep and repne mean nothing here";
    return NULL;
}

/* Is this a form with memory that only EVEX has, of a name that VEX has, too? */
static bool is_evex_form(struct span name, const struct operand *operands, unsigned count)
{
    const struct operand *o = operands;
    if (count == 2 && o[0].kind == OPERAND_MEM) /* of 64 bytes */
        return reg_class(o[1].reg) == REG_YMM &&
               (span_starts(name, "vcvtpd2ps") || span_starts(name, "vcvtpd2dq") ||
                span_starts(name, "vcvttpd2dq"));
    if (count != 3)
        return false;
    if (o[0].kind == OPERAND_IMM && o[1].kind == OPERAND_MEM)
        return span_starts(name, "vpsll") || span_starts(name, "vpsrl") ||
               span_starts(name, "vpsra");
    return o[0].kind == OPERAND_MEM &&
           (span_starts(name, "vpermq") || span_starts(name, "vpermpd"));
}

/* With EVEX no access is sure: the verifier does not look at masks. */
static bool needs_evex(struct span name, const struct operand *operands, unsigned count,
                       const char *pseudo)
{
    for (unsigned i = 0; i < count; i++)
        if (operands[i].decoration.size || operands[i].kind == OPERAND_ROUNDING ||
            (operands[i].kind == OPERAND_REG && reg_class(operands[i].reg) == REG_AVX512) ||
            (operands[i].kind == OPERAND_MEM && reg_class(operands[i].index) == REG_AVX512))
            return true;
    return (pseudo && strcmp(pseudo, "{evex}") == 0) || is_evex_form(name, operands, count);
}

static void *parse_insn(struct rewriter *r, struct statement *s, struct span text,
                        bool *prefix_only)
{
    const char *pseudo = NULL;
    unsigned prefixes = 0;
    const struct known_insn *known = take_mnemonic(r, s, &text, &pseudo, &prefixes, prefix_only);
    if (!known)
        return NULL;
    struct span name = known->name;

    struct x86_64_insn *in =
        arena_alloc(&r->arena, sizeof *in + MAX_OPERANDS * sizeof *in->operands);
    struct operand *operands = in->operands;
    unsigned count = 0;
    unsigned class = known->info->class;
    bool branch = class == CLASS_JUMP || class == CLASS_BRANCH || class == CLASS_CALL ||
                  class == CLASS_SHORT || class == CLASS_SHORT32;
    struct span rest = text, argument;
    while (text.size && rest.at) {
        if (count < MAX_OPERANDS && take_plain_register(r, &rest, &operands[count])) {
            count++;
            continue;
        }
        next_argument(&rest, &argument);
        if (count == MAX_OPERANDS) {
            report_error(r, s, argument.at, "too many operands");
            return NULL;
        }
        if (!parse_operand(r, s, argument, branch, &operands[count]))
            return NULL;
        count++;
    }

    const char *wrong = refused_form(known, operands, count, prefixes, pseudo);
    if (wrong) {
        report_unsupported(r, s, NULL, "%s", wrong);
        return NULL;
    }
    static const struct insn_info move = {"movs", "", ACCESS_WRITE, FLAGS_KEEP, CLASS_PLAIN};
    const struct insn_info *info = known->info;
    if (class == CLASS_STRING && (span_starts(name, "movs") || span_starts(name, "cmps")))
        for (unsigned i = 0; i < count; i++)
            if (operands[i].kind == OPERAND_REG)
                info = &move;
    arena_return(&r->arena, (MAX_OPERANDS - count) * sizeof *operands);
    if (class == CLASS_PLAIN && needs_evex(name, operands, count, pseudo)) {
        struct insn_info *masked = arena_alloc(&r->arena, sizeof *masked);
        *masked = *info;
        masked->class = CLASS_MASKED;
        info = masked;
    }
    *in = (struct x86_64_insn){.info = info,
                               .mnemonic = name,
                               .pseudo = pseudo,
                               .width = known->width,
                               .prefixes = (uint8_t)prefixes,
                               .count = (uint8_t)count};
    note_operands(r, in);
    return in;
}

void *x86_64_parse(struct rewriter *r, struct statement *s, struct span text, bool *prefix_only)
{
    static const char trap[] = "ud2";
    x86(r)->unsupported = false;
    void *insn = parse_insn(r, s, text, prefix_only);
    if (insn || !x86(r)->unsupported)
        return insn;
    ++*r->options->trapped;
    s->at = trap;
    s->size = sizeof trap - 1;
    return parse_insn(r, s, (struct span){trap, sizeof trap - 1}, prefix_only);
}

bool operand_accessed(const struct x86_64_insn *in, unsigned i)
{
    return in->operands[i].kind == OPERAND_MEM && in->info->access != ACCESS_NONE &&
           in->info->access != ACCESS_LEA;
}

bool operand_written(const struct x86_64_insn *in, unsigned i)
{
    switch ((enum access)in->info->access) {
    case ACCESS_WRITE:
    case ACCESS_MODIFY:
        return i + 1u == in->count;
    case ACCESS_BOTH:
        return i + 2u >= in->count;
    default:
        return false;
    }
}
