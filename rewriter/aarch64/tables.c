// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Tables of distances to code, which data.c moves away from it:
 *
 *     adr  x5, table                    adr  x5, .Llfi_tableN (in .rodata.lfi)
 *     ldrh w6, [x5, w3, uxtw #1]        …
 *     sub  x5, x5, w6, uxtw             adr  x26, table
 *                                       sub  x5, x26, w6, uxtw
 *     br   x5                           …
 *     …                                 …
 *     table:                            table: (here); .Llfi_tableN: (there)
 *     .hword table - case0              .hword table - case0 (there)
 *
 * Too far away to be subtracted from, the table is only loaded from. Its name stays where it stood,
 * and distances are counted from there. That is right if all that becomes of its address is seen
 * here, which a walk from each `adr` makes sure of.
 */
#include "aarch64.h"

#include <stdio.h>

#include "../lexer.h"

/* The next name in the expression; false if there is none. */
static bool next_name(struct span *rest, struct span *name)
{
    while (rest->size && !is_name_char(*rest->at)) {
        rest->at++;
        rest->size--;
    }
    uint32_t n = 0;
    while (n < rest->size && is_name_char(rest->at[n]))
        n++;
    *name = (struct span){rest->at, n};
    *rest = (struct span){rest->at + n, rest->size - n};
    return n > 0;
}

static bool is_number(struct span name)
{
    int64_t value;
    return literal_value(name, &value);
}

static bool is_numeric(struct span name)
{
    char last = name.at[name.size - 1];
    return *name.at >= '0' && *name.at <= '9' && (last == 'b' || last == 'f') && !is_number(name);
}

static bool is_label(const struct statement *s, struct span name)
{
    return s->kind == STATEMENT_LABEL && s->size == name.size &&
           memcmp(s->at, name.at, name.size) == 0;
}

/* What the name means at statement `index`; NULL if it is no symbol. */
static const struct symbol *meaning(struct rewriter *r, struct span name, uint32_t index)
{
    if (is_number(name))
        return NULL;
    if (!is_numeric(name))
        return symbol_reference(r, name);
    struct span digits = {name.at, name.size - 1};
    uint32_t step = name.at[name.size - 1] == 'b' ? UINT32_MAX : 1;
    for (uint32_t i = index + step; i < r->count; i += step)
        if (is_label(&r->statements[i], digits))
            return r->statements[i].symbol;
    return NULL;
}

static bool is_code_label(const struct rewriter *r, const struct symbol *s)
{
    return s && s->statement != NO_STATEMENT && r->statements[s->statement].in_code;
}

static unsigned data_width(const struct statement *s)
{
    static const struct {
        const char *name;
        unsigned width;
    } widths[] = {{".byte", 1},  {".hword", 2}, {".short", 2}, {".2byte", 2}, {".half", 2},
                  {".value", 2}, {".word", 4},  {".long", 4},  {".4byte", 4}, {".int", 4}};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (span_is(statement_name(s), widths[i].name))
            return widths[i].width;
    return 0;
}

/* Does the label stand where the table begins that the data at `index` belongs to? */
static bool is_table_of(const struct rewriter *r, const struct symbol *s, uint32_t first,
                        uint32_t index)
{
    bool data = false;
    if (!s || s->statement < first || s->statement > index)
        return false;
    for (uint32_t i = s->statement; i < index; i++) {
        if (data && r->statements[i].kind == STATEMENT_LABEL)
            return false;
        data |= r->statements[i].kind == STATEMENT_DIRECTIVE &&
                r->statements[i].directive == DIRECTIVE_DATA;
    }
    return true;
}

/* Will `9b` at `index` mean a label of the moved data instead, which is placed before that? */
static bool is_hidden(const struct rewriter *r, struct span name, uint32_t index, uint32_t last)
{
    for (uint32_t i = index; is_numeric(name) && i <= last; i++)
        if (is_label(&r->statements[i], (struct span){name.at, name.size - 1}))
            return true;
    return false;
}

/* How an argument of data uses the labels of the moved data that it is in. */
enum argument {
    ARGUMENT_OTHER,
    ARGUMENT_FAR,     /* as a distance to code that a relocation could say: `.word case0 - table` */
    ARGUMENT_NEAR,    /* as one that none could */
    ARGUMENT_UNKNOWN, /* in another way */
};

static enum argument read_argument(struct rewriter *r, struct span argument, uint32_t first,
                                   uint32_t last, uint32_t index)
{
    struct span rest = argument, name;
    unsigned own = 0, code = 0, width = data_width(&r->statements[index]);
    bool minus = false, other = false;
    while (next_name(&rest, &name)) {
        const struct symbol *s = meaning(r, name, index);
        if (is_table_of(r, s, first, index)) {
            own++;
            minus = memrchr(argument.at, '-', (size_t)(name.at - argument.at)) != NULL;
        } else if ((s && s->statement >= first && s->statement <= last) ||
                   is_hidden(r, name, index, last)) {
            other = true;
        } else {
            code += is_code_label(r, s);
        }
    }
    if (!own && !other)
        return ARGUMENT_OTHER;
    if (other || own != 1 || code != 1 || !width)
        return ARGUMENT_UNKNOWN;
    return minus && width >= 4 ? ARGUMENT_FAR : ARGUMENT_NEAR;
}

/* ---- what becomes of the address ---- */

struct use {
    const struct symbol *table;
    unsigned reg; /* holds its address */
    /*
     * By register: the table whose address it holds, or from which the code's in it was computed.
     * The latter holds where the walk has that fact.
     */
    const struct symbol *tables[32], *targets[32];
};

static bool loads_entry(const struct aarch64_insn *in, unsigned reg)
{
    const struct address *address = &in->address;
    return in->info->access == ACCESS_R && in->info->class != CLASS_PREFETCH &&
           address->mode == ADDRESS_OFFSET && address->base == reg &&
           (address->kind != OFFSET_REG || address->index != reg);
}

/* `add xD, xN, wM, uxtw` and the like, with an address in xN */
static bool computes_target(const struct aarch64_insn *in, unsigned reg)
{
    const struct operand *o = in->operands;
    return (span_is(in->mnemonic, "add") || span_is(in->mnemonic, "sub")) && in->count >= 3 &&
           is_general(&o[0]) && o[0].class == REG_X && o[0].reg != SP && o[0].reg != LINK &&
           is_general(&o[1]) && o[1].class == REG_X && o[1].reg == reg && is_general(&o[2]) &&
           o[2].reg != reg;
}

static void note_targets(struct walk *w, const struct aarch64_insn *in)
{
    struct use *use = w->state;
    bool straight = w->straight;
    const struct symbol *table = NULL, *target = NULL;
    if (straight && in->info->class == CLASS_ADR && in->flow.target && in->flow.target->placed)
        table = in->flow.target;
    for (unsigned reg = 0; straight && reg < SP; reg++)
        if (use->tables[reg] && computes_target(in, reg))
            target = use->tables[reg];
    w->facts &= ~in->flow.writes;
    for (uint32_t left = straight ? in->flow.writes : 0; left; left &= left - 1) {
        unsigned reg = (unsigned)__builtin_ctz(left);
        use->tables[reg] = table;
        if (target && !use->targets[reg]) { /* a second one is not followed */
            use->targets[reg] = target;
            w->facts |= BIT(reg);
        }
    }
}

/* To each label that the table's data names. */
static void walk_to_cases(struct walk *w, const struct symbol *table)
{
    for (uint32_t i = table->statement; i < w->r->count; i++) {
        const struct statement *s = &w->r->statements[i];
        struct span rest, name;
        if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_DATA) {
            rest = statement_arguments(s);
            while (next_name(&rest, &name))
                walk_also(w, meaning(w->r, name, i));
        }
        if (s->last_moved)
            return;
    }
}

static bool is_call_of(const struct statement *s, const struct symbol *target)
{
    const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
    return in && in->info->class == CLASS_CALL && in->flow.target == target;
}

/* The function that the walk began in returns: goes on where this file calls it. */
static void walk_to_callers(struct walk *w)
{
    const struct statement *s = w->r->statements;
    bool called = false;
    for (uint32_t i = w->start; i-- > 0 && !called;) {
        if (s[i].kind != STATEMENT_LABEL || !s[i].in_code)
            continue;
        for (uint32_t k = 0; k < w->r->count; k++)
            if (is_call_of(&s[k], s[i].symbol)) {
                called = true;
                walk_later(w, k + 1);
            }
        if (s[i].symbol->function || s[i].symbol->global)
            return;
    }
}

/* May the function or a call pass the register on? */
static enum way leave_function(struct walk *w, const struct aarch64_insn *in, unsigned reg)
{
    switch ((enum class)in->info->class) {
    case CLASS_RETURN: /* with a result in x0, or x0 and x1 */
        walk_to_callers(w);
        return reg > 1 ? WAY_END : WAY_FAILED;
    case CLASS_CALL:
        if (walk_also(w, in->flow.target))
            return WAY_ON;
        return reg > 7 ? WAY_ON : WAY_FAILED;
    case CLASS_CALL_REG:
    case CLASS_SYSCALL:
        return reg > 7 ? WAY_ON : WAY_FAILED;
    case CLASS_BRANCH:
    case CLASS_CONDITIONAL:
    case CLASS_COMPARE_BRANCH:
    case CLASS_TEST_BRANCH:
        return reg > 7 || is_local_label(w->r, in->flow.target) ? WAY_ON : WAY_FAILED;
    case CLASS_AUTH_JUMP:
    case CLASS_AUTH_CALL:
    case CLASS_INST:
        return WAY_FAILED;
    default:
        return WAY_ON;
    }
}

static enum way follow_address(struct walk *w, uint32_t index)
{
    struct use *use = w->state;
    struct aarch64_insn *in = w->r->statements[index].insn;
    if (in->flow.reads & BIT(use->reg) && !loads_entry(in, use->reg)) {
        if (!w->straight || !computes_target(in, use->reg))
            return WAY_FAILED;
        in->place = use->table->statement + 1;
    }
    note_targets(w, in);
    if (in->flow.writes & BIT(use->reg))
        return WAY_END;
    if (in->info->class != CLASS_JUMP_REG)
        return leave_function(w, in, use->reg);
    if (!(w->facts & BIT(in->operands[0].reg)))
        return WAY_FAILED;
    walk_to_cases(w, use->targets[in->operands[0].reg]);
    return WAY_END;
}

/* What was computed from the place of the table must be code, not an address in the table. */
static enum way follow_target(struct walk *w, uint32_t index)
{
    const struct aarch64_insn *in = w->r->statements[index].insn;
    unsigned reg = *(const unsigned *)w->state;
    bool jumps = in->info->class == CLASS_JUMP_REG || in->info->class == CLASS_CALL_REG;
    if (jumps && in->operands[0].reg == reg)
        return WAY_END;
    if (in->flow.reads & BIT(reg))
        return WAY_FAILED;
    if ((in->flow.writes & BIT(reg)) || in->info->class == CLASS_JUMP_REG)
        return WAY_END;
    return leave_function(w, in, reg);
}

static bool follow_targets(struct rewriter *r, const struct symbol *table)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        if (!in || in->place != table->statement + 1)
            continue;
        unsigned reg = in->operands[0].reg;
        struct walk w = {.r = r, .visit = follow_target, .state = &reg};
        if (!walk(&w, i + 1))
            return false;
    }
    return true;
}

/* Does the text of statement `index` name the table? */
static bool names(struct rewriter *r, uint32_t index, const struct symbol *table)
{
    struct span text = {r->statements[index].at, r->statements[index].size}, name;
    while (next_name(&text, &name))
        if ((is_numeric(name) || name.size == table->name.size) && meaning(r, name, index) == table)
            return true;
    return false;
}

/* The `adr` of a table takes the address of what was moved. */
static void name_table(struct rewriter *r, uint32_t index)
{
    enum { SIZE = 24 };
    struct aarch64_insn *in = r->statements[index].insn;
    char *name = arena_alloc(&r->arena, SIZE);
    int size = snprintf(name, SIZE, ".Llfi_table%u", in->flow.target->statement);
    in->operands[1].text = (struct span){name, (uint32_t)size};
}

/* Is all that uses the address of the table, which is in the moved data `first` to `last`, known?
 */
static bool follow_table(struct rewriter *r, const struct symbol *table, uint32_t first,
                         uint32_t last)
{
    if (table->global)
        return false;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        if (i >= first && i <= last)
            continue;
        if (in && in->info->class == CLASS_ADR && in->flow.target == table &&
            in->flow.offset == 0) {
            struct use use = {.table = table, .reg = in->operands[0].reg};
            struct walk w = {.r = r, .visit = follow_address, .state = &use};
            use.tables[use.reg] = table;
            if (!is_general(&in->operands[0]) || !walk(&w, i + 1))
                return false;
            name_table(r, i);
        } else if ((in || s->kind == STATEMENT_RAW || s->kind == STATEMENT_ASSIGNMENT ||
                    s->directive == DIRECTIVE_DATA || s->directive == DIRECTIVE_SPACE ||
                    s->directive == DIRECTIVE_SET) &&
                   s->kind != STATEMENT_LABEL && names(r, i, table)) {
            return false;
        }
    }
    return follow_targets(r, table);
}

static uint32_t last_of(const struct rewriter *r, uint32_t first)
{
    while (!r->statements[first].last_moved)
        first++;
    return first;
}

/* Has the moved data distances for which its labels must stay? They are placed. */
static bool place_tables(struct rewriter *r, uint32_t first, uint32_t last)
{
    const struct statement *unknown = NULL;
    bool near = false;
    for (uint32_t i = first; i <= last; i++) {
        const struct statement *s = &r->statements[i];
        struct span rest, argument;
        if (s->kind != STATEMENT_DIRECTIVE ||
            (s->directive != DIRECTIVE_DATA && s->directive != DIRECTIVE_SPACE))
            continue;
        rest = statement_arguments(s);
        while (next_argument(&rest, &argument)) {
            enum argument kind = read_argument(r, argument, first, last, i);
            near |= kind == ARGUMENT_NEAR;
            if (kind == ARGUMENT_UNKNOWN)
                unknown = s;
        }
    }
    for (uint32_t i = first; i <= last && near && !unknown; i++) {
        struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL)
            s->symbol->placed = true;
        else if (s->kind == STATEMENT_DIRECTIVE && span_is(statement_name(s), ".size"))
            s->kind = STATEMENT_DROPPED; /* from its name to here */
    }
    if (near && unknown)
        report_error(r, unknown, unknown->where,
                     "this refers to data beside a table of distances to code, which moves away "
                     "from it: move one of the two to .rodata");
    return near && !unknown;
}

void find_tables(struct rewriter *r)
{
    bool any = false;
    for (uint32_t i = 0; i < r->count; i++)
        if (r->statements[i].moved)
            any |= place_tables(r, i, last_of(r, i));
    for (uint32_t i = 0; i < r->count && any; i++) {
        if (!r->statements[i].moved)
            continue;
        uint32_t last = last_of(r, i);
        for (uint32_t k = i; k <= last; k++) {
            const struct statement *s = &r->statements[k];
            if (s->kind == STATEMENT_LABEL && s->symbol->placed &&
                !follow_table(r, s->symbol, i, last))
                report_error(r, s, s->where,
                             "what the code does with the address of this table is not understood, "
                             "so its distances to code cannot be kept: write 32-bit words "
                             "'label - table'");
        }
    }
}

/* ---- how far it is ---- */

/* The place of a label of code, or of a table in it; false for other names. */
static bool place_of(struct rewriter *r, struct span name, uint32_t index, int64_t *place)
{
    const struct symbol *s = meaning(r, name, index);
    if (!is_code_label(r, s) && !(s && s->placed))
        return false;
    *place = (int64_t)r->guards->places[s->statement];
    return true;
}

/* What the number divides by, if it stands behind `/` or `>>`; or 1. */
static int64_t divisor(struct span argument, struct span number)
{
    const char *p = number.at - 1;
    int64_t value;
    while (p > argument.at && *p == ' ')
        p--;
    if (p <= argument.at || !literal_value(number, &value) || value <= 0 || value > 30)
        return 1;
    return *p == '/' ? value : *p == '>' ? INT64_C(1) << value : 1;
}

/* `a - b`, `(a - b) / 4`, `(a - b) >> 2` of labels in code; false for others. */
static bool distance(struct rewriter *r, struct span argument, uint32_t index, int64_t *value)
{
    struct span rest = argument, name;
    int64_t places[2], *next = places, divided_by = 1;
    const char *minus = memchr(argument.at, '-', argument.size);
    while (next_name(&rest, &name)) {
        if (is_number(name) && next == places + 2)
            divided_by *= divisor(argument, name);
        else if (next == places + 2 || (minus < name.at) != (next == places + 1) ||
                 !place_of(r, name, index, next++))
            return false;
    }
    if (next != places + 2 || span_has(argument, "*") || span_has(argument, "<"))
        return false;
    *value = (places[0] - places[1]) / divided_by;
    return true;
}

/* Does code extend the sign of numbers so wide? */
static bool extends_sign(const struct rewriter *r, unsigned width)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        struct span text = {s->at, s->size};
        if (s->kind == STATEMENT_INSN && (span_has(text, width == 1 ? "ldrsb" : "ldrsh") ||
                                          span_has(text, width == 1 ? "sxtb" : "sxth")))
            return true;
    }
    return false;
}

static void check_distance(struct rewriter *r, uint32_t index, struct span argument, unsigned width)
{
    const struct statement *s = &r->statements[index];
    int64_t limit = width == 1 ? 256 : 65536, value;
    if (!distance(r, argument, index, &value) || (value >= -limit / 2 && value < limit / 2))
        return;
    bool has_sign = value > 0 && value < limit;
    if (!has_sign || extends_sign(r, width))
        report_error(r, s, s->where,
                     "this distance may grow to %lld here, for which %u bits%s are too few",
                     (long long)value, width * 8, has_sign ? " with a sign" : "");
}

/* The assembler cuts numbers that are too large if it learns them too late. */
void check_distances(struct rewriter *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind != STATEMENT_DIRECTIVE || s->directive != DIRECTIVE_DATA ||
            !memchr(s->at, '-', s->size))
            continue;
        struct span rest = statement_arguments(s), argument;
        unsigned width = data_width(s);
        while ((width == 1 || width == 2) && next_argument(&rest, &argument))
            check_distance(r, i, argument, width);
    }
}

/* `sub xD, xN, wM, uxtw`, from the place of the table whose address xN holds */
void rewrite_place(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const char *end = s->at + s->size, *rest = memchr(s->at, ',', s->size);
    rest = memchr(rest + 1, ',', (size_t)(end - rest - 1));
    const struct statement *table = &r->statements[in->place - 1];
    if (*table->at >= '0' && *table->at <= '9')
        put_op(r, "adr\tx26, .Llfi_place%u", in->place - 1);
    else
        put_op(r, "adr\tx26, %.*s", (int)table->size, table->at);
    put_op(r, "%.*s\tx%u, x26%.*s", SPAN(in->mnemonic), in->operands[0].reg, (int)(end - rest),
           rest);
    r->guards->known.sum.kind = SUM_NONE;
    known_insn_done(r->guards, &in->flow);
}
