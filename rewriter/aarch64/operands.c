// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The text of an instruction to structure. */
#include "aarch64.h"

/* Splits at commas outside of brackets, braces, parentheses and quotes. */
static bool next_operand(struct span *rest, struct span *operand)
{
    if (!rest->at)
        return false;
    const char *p = rest->at, *end = p + rest->size;
    int depth = 0;
    for (; p < end; p++) {
        if (*p == '(' || *p == '[' || *p == '{')
            depth++;
        else if (*p == ')' || *p == ']' || *p == '}')
            depth--;
        else if (*p == ',' && depth <= 0)
            break;
        else if (*p == '"')
            for (p++; p < end - 1 && *p != '"'; p++)
                ;
        else if (*p == '\'' && p + 1 < end)
            p += p + 2 < end && p[2] == '\'' ? 2 : 1;
    }
    if (p > end)
        p = end;
    *operand = span_trim((struct span){rest->at, (uint32_t)(p - rest->at)});
    if (p < end)
        *rest = (struct span){p + 1, (uint32_t)(end - p - 1)};
    else
        *rest = (struct span){NULL, 0};
    return true;
}

static struct span without_hash(struct span text)
{
    if (text.size && *text.at == '#')
        text = span_trim((struct span){text.at + 1, text.size - 1});
    return text;
}

static void read_operand(struct span text, struct operand *o)
{
    *o = (struct operand){.kind = OPERAND_OTHER, .text = text};
    if (!text.size || register_read(text, o))
        return;
    o->text = without_hash(text);
    o->literal = literal_value(o->text, &o->value);
    if (o->literal || o->text.size != text.size || *text.at == ':')
        o->kind = OPERAND_IMM;
}

/* `lsl #3`, `uxtw`, `sxtw #2`: by how much is it shifted? */
static bool read_extend(struct span text, uint8_t *shift)
{
    int64_t value = 0;
    uint32_t n = 0;
    while (n < text.size && is_name_char(text.at[n]))
        n++;
    struct span amount = span_trim((struct span){text.at + n, text.size - n});
    if (amount.size && !literal_value(without_hash(amount), &value))
        return false;
    *shift = (uint8_t)value;
    return n > 0 && value >= 0 && value <= 4;
}

/* What follows the base: nothing, an immediate, or a register that may be extended. */
static bool read_offset(struct rewriter *r, struct span *rest, struct address *address)
{
    struct span text;
    struct operand o;
    if (!next_operand(rest, &text) || !text.size)
        return true;
    read_operand(text, &o);
    if (o.kind == OPERAND_REG) {
        if (o.class < REG_X || o.class > REG_WZR)
            return false;
        address->kind = OFFSET_REG;
        address->index = o.reg;
        return !next_operand(rest, &text) || read_extend(text, &address->shift);
    }
    address->text = without_hash(text);
    address->kind = literal_value(address->text, &address->value) ? OFFSET_NUMBER : OFFSET_TEXT;
    symbols_take(r, address->text);
    return !rest->at;
}

/* `[...]`, `[...]!`, and `[...]` followed by `after`, the operands of a post-index. */
static bool read_address(struct rewriter *r, struct span text, struct span after,
                         struct address *address)
{
    struct span rest, base;
    struct operand o;
    const char *close = memrchr(text.at, ']', text.size);
    if (!close)
        return false;
    struct span tail =
        span_trim((struct span){close + 1, (uint32_t)(text.at + text.size - close - 1)});
    rest = (struct span){text.at + 1, (uint32_t)(close - text.at - 1)};
    if (!next_operand(&rest, &base) || !register_read(base, &o) || o.class != REG_X)
        return false;
    address->base = o.reg;
    address->mode = span_is(tail, "!") ? ADDRESS_PRE : ADDRESS_OFFSET;
    if ((tail.size && address->mode != ADDRESS_PRE) || !read_offset(r, &rest, address))
        return false;
    if (!after.at)
        return true;
    if (address->mode != ADDRESS_OFFSET || address->text.size || address->kind == OFFSET_REG)
        return false;
    address->mode = ADDRESS_POST;
    return read_offset(r, &after, address);
}

/* `ldr x0, label` and `ldr x0, =value` */
static void read_literal(struct rewriter *r, struct span text, struct aarch64_insn *in)
{
    bool pool = *text.at == '=';
    if (pool)
        text = span_trim((struct span){text.at + 1, text.size - 1});
    in->address.mode = pool ? ADDRESS_POOL : ADDRESS_LITERAL;
    in->address.text = without_hash(text);
    symbols_take(r, text);
    in->flow.target = symbol_reference(r, text);
}

static bool is_direct_branch(const struct insn_info *info)
{
    return info->class >= CLASS_BRANCH && info->class <= CLASS_CALL;
}

/* The assembler takes a function x1 for the register, but not in quotes; compilers write none. */
static void quote_name(struct rewriter *r, struct aarch64_insn *in, struct span name)
{
    char *quoted = arena_alloc(&r->arena, name.size + 2);
    quoted[0] = quoted[name.size + 1] = '"';
    memcpy(quoted + 1, name.at, name.size);
    in->operands[in->count].text = (struct span){quoted, name.size + 2};
    in->renamed = true;
}

static void read_target(struct rewriter *r, struct aarch64_insn *in, struct span text)
{
    if (is_register_name(text))
        quote_name(r, in, text);
    in->flow.target = symbol_reference(r, text);
    if (!in->flow.target && read_label_offset(r, text, &in->flow) && in->flow.offset)
        return;
    if (!in->flow.target)
        symbols_take(r, text);
    else if (in->info->class == CLASS_CALL)
        in->flow.target->taken = true; /* with nothing known of registers */
    else
        in->flow.target->branched = true;
}

/* As the assembler has it: adr takes no registers there, and a literal may be named p1 or z1. */
static bool is_symbol(const struct aarch64_insn *in, const struct operand *o)
{
    return in->count == 1 && (in->info->class == CLASS_ADR || in->info->class == CLASS_ADRP ||
                              (in->info->access != ACCESS_NONE && o->class == REG_SVE));
}

/* The operands; false if one cannot be read. */
static bool read_operands(struct rewriter *r, struct aarch64_insn *in, struct span rest)
{
    struct span text;
    const char *start = rest.at;
    bool memory = in->info->access != ACCESS_NONE;
    while (rest.size && next_operand(&rest, &text)) {
        if (!text.size || in->count == MAX_OPERANDS)
            return false;
        if (*text.at == '[') {
            in->head = (struct span){start, (uint32_t)(text.at - start)};
            return read_address(r, text, rest, &in->address);
        }
        struct operand *o = &in->operands[in->count];
        read_operand(text, o);
        if (o->kind == OPERAND_REG && !rest.at && is_symbol(in, o))
            *o = (struct operand){.kind = OPERAND_OTHER, .text = text};
        if (!rest.at && is_direct_branch(in->info)) {
            *o = (struct operand){.kind = OPERAND_OTHER, .text = text};
            read_target(r, in, text);
        } else if (memory && in->count == 1 && o->kind != OPERAND_REG && !rest.at) {
            in->head = (struct span){start, (uint32_t)(text.at - start)};
            read_literal(r, text, in);
            return true;
        } else if (o->kind != OPERAND_REG) {
            symbols_take(r, text);
            if (in->info->class == CLASS_ADR) {
                in->flow.target = symbol_reference(r, o->text);
                if (!in->flow.target)
                    read_label_offset(r, o->text, &in->flow);
            }
        }
        in->count++;
    }
    return !memory; /* else there is no operand in memory */
}

/* Are there as many operands as the rules rely on? */
static bool has_expected_operands(const struct aarch64_insn *in)
{
    bool address = is_general(&in->operands[0]) && in->operands[0].class == REG_X;
    switch ((enum class)in->info->class) {
    case CLASS_BRANCH:
    case CLASS_CONDITIONAL:
    case CLASS_CALL:
    case CLASS_HINT:
        return in->count == 1;
    case CLASS_COMPARE_BRANCH:
    case CLASS_MRS:
    case CLASS_MSR:
    case CLASS_ADR:
    case CLASS_ADRP:
        return in->count == 2;
    case CLASS_TEST_BRANCH:
        return in->count == 3;
    case CLASS_JUMP_REG:
    case CLASS_CALL_REG:
        return in->count == 1 && address;
    case CLASS_RETURN:
        return in->count == 0 || (in->count == 1 && address);
    case CLASS_AUTH_JUMP:
    case CLASS_AUTH_CALL: /* …z has one */
        return address &&
               in->count == ((in->mnemonic.at[in->mnemonic.size - 1] | 32) == 'z' ? 1 : 2);
    default:
        return !has_address(in) || in->count > 0;
    }
}

/* Registers that no rule below could make safe; false after an error. */
static bool check_registers(struct rewriter *r, const struct statement *s,
                            const struct aarch64_insn *in)
{
    for (unsigned i = 0; i < in->count; i++)
        if (in->operands[i].kind == OPERAND_REG && in->operands[i].class == REG_SVE) {
            report_error(r, s, s->where, "SVE and SME are not supported: compile without them");
            return false;
        }
    uint32_t bad = in->flow.writes & (BIT(CONTEXT) | BIT(BASE));
    bad |= (in->flow.writes | in->flow.reads) & (BIT(SCRATCH) | BIT(ADDRESS));
    if (!bad || saves_registers(in))
        return true;
    report_error(r, s, s->where, "x%d is reserved: x25 to x28 belong to the sandbox",
                 __builtin_ctz(bad));
    return false;
}

/* The instruction brings back reserved registers: only the others are loaded. */
static struct aarch64_insn *parse_restore(struct rewriter *r, const struct statement *s,
                                          const struct aarch64_insn *source)
{
    struct span text = without_reserved(r, s, source), rest = text;
    size_t size = sizeof *source + MAX_OPERANDS * sizeof(struct operand);
    struct aarch64_insn *in = arena_zeroed(&r->arena, size);
    in->text = text;
    in->mnemonic = (struct span){text.at, 3};
    in->info = source->info;
    in->restored = source->flow.writes & RESERVED;
    rest = (struct span){text.at + 4, text.size - 4};
    read_operands(r, in, rest);
    note_flow(r, in);
    a64(r)->restores = true;
    return in;
}

void *aarch64_parse(struct rewriter *r, struct statement *s, struct span text, bool *prefix_only)
{
    (void)prefix_only;
    uint32_t n = 0, capacity = 1;
    while (n < text.size && !is_space(text.at[n]))
        n++;
    struct span mnemonic = {text.at, n};
    struct span rest = span_trim((struct span){text.at + n, text.size - n});
    if (span_starts(rest, ".req") && (rest.size == 4 || is_space(rest.at[4]))) {
        r->expand = true; /* another name of a register: the expander knows what it stands for */
        return NULL;
    }
    for (uint32_t i = 0; i < rest.size && capacity < MAX_OPERANDS; i++)
        capacity += rest.at[i] == ',';
    size_t size = sizeof(struct aarch64_insn) + capacity * sizeof(struct operand);
    struct aarch64_insn *in = arena_zeroed(&r->arena, size);
    in->mnemonic = mnemonic;
    in->info = aarch64_insn_info(r, mnemonic);
    if (in->info->class == CLASS_REFUSED) {
        report_error(r, s, s->where, "%s", in->info->message);
        return NULL;
    }
    bool read = read_operands(r, in, rest) && has_expected_operands(in);
    note_flow(r, in);
    if (!check_registers(r, s, in))
        return NULL;
    if (in->flow.writes & RESERVED)
        return parse_restore(r, s, in);
    if (read && (!has_address(in) || in->info->access != ACCESS_NONE))
        return in;
    report_error(r, s, s->where,
                 read ? "'%.*s' with an operand in memory is not known here"
                      : "the operands of '%.*s' cannot be read",
                 (int)mnemonic.size, mnemonic.at);
    return NULL;
}
