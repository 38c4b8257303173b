// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Passes each instruction to the file that knows its form. */
#include "x86_64.h"

#include <stdio.h>

static bool has_memory(const struct x86_64_insn *in)
{
    return in->names & NAMES_MEMORY;
}

/* lea with 32-bit address registers: the same with 64-bit ones and a 32-bit result. */
static void widen_lea(struct rewriter *r, uint32_t index, struct operand *operands)
{
    struct operand *from = &operands[0], *to = &operands[1];
    if (to->kind != OPERAND_REG || register_width(to->reg) < 4 || from->base == EIP) {
        report_error(r, &r->statements[index], NULL, "use 64-bit registers in this address");
        return;
    }
    if (reg_class(from->base) == REG32)
        from->base = reg_as(from->base, REG64);
    from->index = from->index == EIZ                ? NO_REG
                  : reg_class(from->index) == REG32 ? reg_as(from->index, REG64)
                                                    : from->index;
    put_op2(r, "leal", from, reg_as(to->reg, REG32));
}

/* `mov %fs:0` and `add %fs:0`: the word at the thread pointer is the thread pointer itself. */
static bool loads_thread_pointer(const struct x86_64_insn *in)
{
    return in->count == 2 && is_thread_pointer(&in->operands[0]) &&
           in->operands[1].kind == OPERAND_REG && reg_class(in->operands[1].reg) == REG64 &&
           (span_is(in->mnemonic, "movq") || span_is(in->mnemonic, "mov") ||
            span_is(in->mnemonic, "addq") || span_is(in->mnemonic, "add"));
}

/* `lea 0(%rip)`: the address of what follows, which then must be one that a jump can reach. */
static void take_next_address(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    struct operand next = in->operands[0];
    char label[32];
    if (next.value != 0) {
        report_error(r, &r->statements[index], NULL,
                     "distances change when code is rewritten: use a label");
        return;
    }
    int size = snprintf(label, sizeof label, ".Llfi_here%u", x86(r)->label_number++);
    next.text = (struct span){label, (uint32_t)size};
    struct operand operands[] = {next, in->operands[1]};
    put_insn(r, in, operands);
    end_bundle(r);
    put(&r->out, label);
    put(&r->out, ":\n");
}

static void rewrite_plain(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    if (!has_memory(in)) {
        if (in->prefixes & ~(unsigned)PREFIX_LOCK)
            put_insn(r, in, in->operands);
        else
            put_statement(r, index);
        return;
    }
    if (loads_thread_pointer(in)) {
        const struct operand *to = &in->operands[1];
        bool move = span_starts(in->mnemonic, "mov");
        if (!(move && to->reg == R11) &&
            (operand_names_r11(to) || !r11_free(r, index, "the thread pointer"))) {
            if (operand_names_r11(to))
                report_error(r, s, NULL, "the thread pointer comes in %%r11: use another register");
            return;
        }
        runtime_call(r, LFI_SLOT_GET_TP);
        if (to->reg != R11)
            put_op_regs(r, move ? "movq" : "addq", R11, to->reg);
        return;
    }
    if (in->info->access == ACCESS_LEA && in->count == 2 && in->operands[0].base == RIP &&
        in->operands[0].literal) {
        take_next_address(r, index);
        return;
    }
    if (!confine_all(r, index, operands))
        return;
    if (in->info->access == ACCESS_LEA && in->count == 2 && is_narrow(&operands[0])) {
        widen_lea(r, index, operands);
        return;
    }
    put_insn(r, in, operands);
}

/* `movabs` with an absolute address of 64 bits: only its lower half counts in a box. */
static void rewrite_movabs(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    if (!has_memory(in)) {
        put_statement(r, index);
        return;
    }
    if (in->count != 2 || in->operands[0].base || in->operands[1].base) {
        report_error(r, s, NULL, "movabs takes an absolute address");
        return;
    }
    for (unsigned i = 0; i < 2; i++)
        if (in->operands[i].kind == OPERAND_MEM && !in->operands[i].literal) {
            report_error(r, s, NULL,
                         "absolute addresses of symbols need relocations in code: use "
                         "symbol(%%rip)");
            return;
        }
    if (r->options->mode == LFI_MODE_JUMPS ||
        (r->options->mode == LFI_MODE_STORES && in->operands[0].kind == OPERAND_MEM)) {
        put_statement(r, index);
        return;
    }
    if (!confine_all(r, index, operands))
        return;
    struct x86_64_insn *plain = arena_alloc(&r->arena, sizeof *plain);
    *plain = *in;
    plain->mnemonic = (struct span){"mov", 3};
    if (in->width)
        plain->mnemonic = in->width == 1   ? (struct span){"movb", 4}
                          : in->width == 2 ? (struct span){"movw", 4}
                          : in->width == 4 ? (struct span){"movl", 4}
                                           : (struct span){"movq", 4};
    put_insn(r, plain, operands);
}

/* Vector indexes: with 32-bit addresses each lane's address is truncated as any other. */
static void rewrite_gather(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    struct operand operands[MAX_OPERANDS];
    if (!confine_all(r, index, operands))
        return;
    /* AVX2 has the mask before the memory; a scatter has the memory last */
    struct operand *memory = &operands[in->count == 3 || operands[0].kind != OPERAND_MEM],
                   zero = {.kind = OPERAND_IMM};
    if (in->count >= 2 && memory->kind == OPERAND_MEM && !memory->base && memory->segment) {
        /* without a base register nothing would make it a 32-bit address */
        if (!r11_free(r, index, "a gather without base register"))
            return;
        put_op2(r, "movl", &zero, R11D);
        memory->base = R11D;
    }
    put_insn(r, in, operands);
}

static void rewrite_interrupt(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (in->count == 1 && in->operands[0].literal && in->operands[0].value == 3)
        put_line(r, "int3");
    else
        report_error(r, s, NULL, "software interrupts do not reach the system: use syscall");
}

static void rewrite_pop(struct rewriter *r, uint32_t index)
{
    if (writes_stack_pointer(r->statements[index].insn))
        rewrite_stack_write(r, index);
    else
        rewrite_plain(r, index);
}

void x86_64_rewrite(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (in->names & NAMES_SYSTEM) {
        report_error(r, s, NULL, "segment, control and debug registers belong to the system");
        return;
    }
    switch ((enum class)in->info->class) {
    case CLASS_MOVABS:
        if (writes_stack_pointer(in))
            rewrite_stack_write(r, index);
        else
            rewrite_movabs(r, index);
        break;
    case CLASS_POP:
        rewrite_pop(r, index);
        break;
    case CLASS_BIT:
        rewrite_bit(r, index);
        break;
    case CLASS_XLAT:
        rewrite_xlat(r, index);
        break;
    case CLASS_JUMP:
        rewrite_jump(r, index);
        break;
    case CLASS_BRANCH:
        rewrite_branch(r, index);
        break;
    case CLASS_SHORT:
        rewrite_short_branch(r, index);
        break;
    case CLASS_SHORT32:
        rewrite_jecxz(r, index);
        break;
    case CLASS_POPF:
        rewrite_popf(r, index);
        break;
    case CLASS_MASKMOV:
        rewrite_maskmov(r, index);
        break;
    case CLASS_FLUSH: /* says nothing of the values in memory */
        break;
    case CLASS_CALL:
        rewrite_call(r, index);
        break;
    case CLASS_RETURN:
        rewrite_return(r, index);
        break;
    case CLASS_LEAVE:
        rewrite_leave(r, index);
        break;
    case CLASS_ENTER:
        rewrite_enter(r, index);
        break;
    case CLASS_SYSCALL:
        runtime_call(r, LFI_SLOT_SYSCALL);
        break;
    case CLASS_CPUID:
        rewrite_cpuid(r, index);
        break;
    case CLASS_INT:
        rewrite_interrupt(r, index);
        break;
    case CLASS_STRING:
        rewrite_string(r, index);
        break;
    case CLASS_GATHER:
        rewrite_gather(r, index);
        break;
    case CLASS_STOP: /* the operands of ud1 only say why, and ud2 traps as well */
        if (in->count > 0)
            put_line(r, "ud2");
        else
            rewrite_plain(r, index);
        break;
    default:
        if (writes_stack_pointer(in))
            rewrite_stack_write(r, index);
        else
            rewrite_plain(r, index);
    }
}

static bool refuse_data(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (s->directive == DIRECTIVE_NOPS)
        return false;
    report_error(r, s, NULL, "data in a section of code does not verify: move it to .rodata");
    return true;
}

static bool is_end(const void *insn)
{
    const struct x86_64_insn *in = insn;
    unsigned class = in->info->class;
    return class == CLASS_JUMP || class == CLASS_RETURN || class == CLASS_STOP;
}

static void start(struct rewriter *r)
{
    struct x86_64 *x = arena_alloc(&r->arena, sizeof *x);
    memset(x, 0, sizeof *x);
    r->arch_state = x;
    known_insns_start(r);
    registers_start(r);
}

/* Padding is executed: few long nops instead of many. */
static const char *const assembler[] = {"-target-feature", "+fast-15bytenop", NULL};

const struct arch lfi_rewrite_x86_64 = {
    .name = "x86_64",
    .bundle_shift = 5,
    .return_byte = 0xc3,
    .hash_comments = true,
    .alignment_in_bytes = true,
    .assembler = assembler,
    .start = start,
    .parse = x86_64_parse,
    .prepare = x86_64_prepare,
    .is_end = is_end,
    .rewrite = x86_64_rewrite,
    .is_register = x86_64_is_register,
    .is_prefix_byte = x86_64_is_prefix_byte,
    .names_symbol = x86_64_names_symbol,
    .prefixes_are_idle = x86_64_prefixes_are_idle,
    .rewrite_data = refuse_data,
    .change = x86_64_change,
    .note_cfi = x86_64_note_cfi,
};
