// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Is code that the verifier accepts really confined? Short programs are made of pieces that are
 * allowed, some of their bytes changed, and what is still accepted is run on an abstract machine,
 * on every path: from each bundle start with nothing known of the registers, and along branches.
 * The machine knows no groups and no encodings; it follows what registers hold (by Zydis).
 *
 * --count says how many programs, --seed which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <Zydis/Zydis.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

#include "../../options.h"

enum { CODE_SIZE = 128, MAX_STATES = 512 };
enum { ADDRESS = 0x40000, IMAGE_START = 0x30000, IMAGE_END = 0x80000 };

/* ---- programs ---- */

static const char *const pieces[] = {
    "\4\x83\xe0\xe0\x90",                                                  /* and $-32,%eax */
    "\16\x83\xe0\xe0\x65\x48\x03\x04\x25\x20\xf0\x02\x00\xff\xe0",         /* masked jump */
    "\21\x41\x83\xe3\xe0\x65\x4c\x03\x1c\x25\x20\xf0\x02\x00\x41\xff\xe3", /* on r11 */
    "\16\x83\xe3\xe0\x65\x48\x03\x1c\x25\x20\xf0\x02\x00\xff\xd3",         /* masked call */
    "\17\x4c\x8d\x1d\x08\x00\x00\x00\x65\xff\x24\x25\x00\xf0\x02\x00",     /* runtime call */
    "\15\x89\xff\x65\x48\x03\x3c\x25\x20\xf0\x02\x00\xf3\xaa",             /* rep stos */
    "\14\x89\xf6\x65\x48\x03\x34\x25\x20\xf0\x02\x00\xac",                 /* lods */
    "\20\x65\x4c\x8b\x1c\x25\x20\xf0\x02\x00\x89\xff\x4a\x8d\x3c\x1f\xaa", /* stos, flags live */
    "\13\x29\xc4\x65\x48\x03\x24\x25\x20\xf0\x02\x00",                     /* guarded write */
    "\20\x65\x4c\x8b\x1c\x25\x20\xf0\x02\x00\x8d\x65\xf8\x4a\x8d\x24\x1c", /* flags live */
    "\4\x48\x83\xe4\xe0",                                                  /* and $-32,%rsp */
    "\5\x48\x83\xec\x20\x50",                                              /* step down, push */
    "\10\x48\x83\xc4\x20\x48\x8b\x04\x24",                                 /* step up, load */
    "\13\x48\x8d\x64\x24\xe0\x90\x48\x89\x44\x24\x08",                     /* lea, nop, store */
    "\4\x65\x67\x8b\x07",                                                  /* mov %gs:(%edi),%eax */
    "\6\x65\x67\x89\x44\x8b\x10",                                          /* mov to memory */
    "\4\x8b\x44\x24\x10",                                                  /* mov 16(%rsp),%eax */
    "\6\x8b\x05\x00\x01\x00\x00",                                          /* mov 256(%rip),%eax */
    "\7\x66\x0f\x6f\x05\x00\x01\x00\x00",                                  /* movdqa, cut */
    "\11\x65\x48\x8b\x04\x25\x20\xf0\x02\x00",                             /* mov BASE,%rax */
    "\10\x65\x67\x62\xf1\x7c\x49\x11\x07",                                 /* vmovups, masked */
    "\11\x65\x67\x62\xf2\x7d\x49\xa0\x04\x8f",                             /* scatter */
    "\11\x65\x67\x62\xf2\x7d\x49\x90\x04\x8f",                             /* gather */
    "\10\x62\xf1\x7c\x48\x11\x44\x24\x02",                                 /* vmovups 128(%rsp) */
    "\11\x48\x83\xec\x20\x62\xf1\x7c\x08\x10",                             /* step, EVEX */
    "\6\x62\xf1\xff\x08\x2c\xc1",                                          /* vcvttsd2si */
    "\4\xc5\xfb\x93\xc1",                                                  /* kmovd %k1,%eax */
    "\2\xeb\x10",
    "\2\x74\xf0",
    "\2\x75\x08",
    "\5\xe9\x20\x00\x00\x00", /* branches */
    "\2\x41\x5b",
    "\1\x55",
    "\3\x48\x89\xe5",
    "\2\x31\xc0",
    "\2\x89\xc4",
    "\1\xcc",
};

static uint64_t next_random(uint64_t *random)
{
    return test_random(random);
}

/* Fills bundles with pieces, nops before the last one, so that calls end their bundle. */
static void make_program(uint8_t *code, uint64_t *random)
{
    memset(code, 0x90, CODE_SIZE);
    for (unsigned bundle = 0; bundle < CODE_SIZE; bundle += LFI_BUNDLE_SIZE) {
        unsigned at = 0;
        for (;;) {
            const char *piece = pieces[next_random(random) % (sizeof pieces / sizeof *pieces)];
            unsigned size = (unsigned)piece[0];
            bool last = next_random(random) % 3 == 0;
            if (at + size > LFI_BUNDLE_SIZE)
                break;
            memcpy(code + bundle + (last ? LFI_BUNDLE_SIZE - size : at), piece + 1, size);
            at += size;
            if (last)
                break;
        }
    }
    for (unsigned n = (unsigned)(next_random(random) % 4); n > 0; n--) {
        uint64_t r = next_random(random);
        uint8_t *byte = &code[r % CODE_SIZE];
        switch (r >> 32 & 3) {
        case 0:
            *byte = (uint8_t)(r >> 40);
            break;
        case 1:
            *byte ^= (uint8_t)(1 << (r >> 40 & 7));
            break;
        case 2:
            *byte = (uint8_t)(*byte + 1);
            break;
        default:
            memmove(byte, byte + 1, (size_t)(code + CODE_SIZE - byte - 1));
            break;
        }
    }
}

/* ---- the abstract machine ---- */

enum value {
    ANY,
    OFFSET,  /* 32 bits */
    ALIGNED, /* 32 bits, a multiple of 32 */
    BASE,    /* the base of the box */
    IN_BOX,  /* base + 32 bits */
    TARGET,  /* base + 32 bits, a multiple of 32 */
    STEPPED, /* rsp only */
    NEXT,    /* r11 only: the address after the next instruction */
};
enum { RSP = 4, RDI = 7, RSI = 6, R11 = 11 };

struct machine {
    unsigned pc;
    uint8_t regs[16]; /* enum value; rsp: IN_BOX, OFFSET or STEPPED */
    uint64_t next;    /* where r11 is NEXT: the address */
};

struct check {
    uint64_t programs, random;
    const uint8_t *code;
    ZydisDecoder decoder;
    struct machine states[MAX_STATES];
    unsigned count;
    const char *problem;
    unsigned problem_pc;
};

static void add_state(struct check *c, const struct machine *m)
{
    if (m->pc >= CODE_SIZE)
        return; /* what follows are traps */
    for (unsigned i = 0; i < c->count; i++)
        if (memcmp(&c->states[i], m, sizeof *m) == 0)
            return;
    if (c->count < MAX_STATES)
        c->states[c->count++] = *m;
}

static void problem(struct check *c, const struct machine *m, const char *what)
{
    if (c->problem == NULL) {
        c->problem = what;
        c->problem_pc = m->pc;
    }
}

static int general_register(ZydisRegister reg)
{
    switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8:
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        return ZydisRegisterGetId(
            ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg));
    default:
        return -1;
    }
}

static bool is_base_slot(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *op)
{
    return op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.segment == ZYDIS_REGISTER_GS &&
           op->mem.base == ZYDIS_REGISTER_NONE && op->mem.index == ZYDIS_REGISTER_NONE &&
           op->mem.disp.value == 0x2f020 && insn->address_width == 64 && op->size == 64;
}

static bool is_stack(const ZydisDecodedOperand *op)
{
    return op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.base == ZYDIS_REGISTER_RSP &&
           op->mem.index == ZYDIS_REGISTER_NONE && op->mem.segment != ZYDIS_REGISTER_GS &&
           op->mem.disp.value >= -LFI_STACK_REACH && op->mem.disp.value <= LFI_STACK_REACH;
}

/* Is the memory operand confined? */
static bool is_confined(const struct machine *m, const ZydisDecodedInstruction *insn,
                        const ZydisDecodedOperand *op)
{
    bool gs = op->mem.segment == ZYDIS_REGISTER_GS;
    if (op->mem.segment == ZYDIS_REGISTER_FS)
        return false;
    if (op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN) { /* push, pop, strings */
        int reg = general_register(op->mem.base);
        if (reg == RSP)
            return true; /* looked at with rsp */
        return reg >= 0 && !gs && m->regs[reg] == IN_BOX && insn->address_width == 64;
    }
    if (gs)
        return (insn->address_width == 32 && op->mem.base != ZYDIS_REGISTER_EIP) ||
               (is_base_slot(insn, op) && op->actions == ZYDIS_OPERAND_ACTION_READ);
    if (insn->address_width != 64)
        return false;
    if (op->mem.base == ZYDIS_REGISTER_RIP) {
        uint64_t address = ADDRESS + m->pc + insn->length + (uint64_t)op->mem.disp.value;
        return address >= (uint64_t)IMAGE_START && address + op->size / 8 <= IMAGE_END;
    }
    return is_stack(op);
}

/* Is rsp back in the box, or a fault certain, after an instruction that follows a step? */
static bool checks_step(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *ops)
{
    for (unsigned i = 0; i < insn->operand_count; i++) {
        if (!is_stack(&ops[i]) || ops[i].mem.type != ZYDIS_MEMOP_TYPE_MEM)
            continue;
        if ((ops[i].actions & (ZYDIS_OPERAND_ACTION_WRITE | ZYDIS_OPERAND_ACTION_READ)) != 0)
            return true;
    }
    return false;
}

/* What the instruction leaves in a general register that it writes. */
static enum value written_value(const struct machine *m, const ZydisDecodedInstruction *insn,
                                const ZydisDecodedOperand *ops, const ZydisDecodedOperand *to)
{
    unsigned reg = (unsigned)general_register(to->reg.value);
    enum value old = m->regs[reg];
    bool is_rsp = reg == RSP;
    if ((to->actions & ZYDIS_OPERAND_ACTION_CONDWRITE) != 0)
        return ANY;
    if (to->size == 32) {
        if (insn->mnemonic == ZYDIS_MNEMONIC_AND && ops[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
            (ops[1].imm.value.u & 31) == 0)
            return ALIGNED;
        return OFFSET;
    }
    if (to->size != 64 || to != &ops[0])
        return ANY;
    switch (insn->mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        return is_base_slot(insn, &ops[1]) ? BASE : ANY;
    case ZYDIS_MNEMONIC_ADD:
        if (is_base_slot(insn, &ops[1]))
            return old == ALIGNED ? TARGET : old == OFFSET ? IN_BOX : ANY;
        break;
    case ZYDIS_MNEMONIC_LEA:
        if (reg == R11 && ops[1].mem.base == ZYDIS_REGISTER_RIP)
            return NEXT;
        if (general_register(ops[1].mem.base) == (int)reg &&
            ops[1].mem.index == ZYDIS_REGISTER_R11 && ops[1].mem.scale == 1 &&
            ops[1].mem.disp.value == 0 && (old == OFFSET || old == ALIGNED) && m->regs[R11] == BASE)
            return IN_BOX;
        if (is_rsp && is_stack(&ops[1]) && old == IN_BOX)
            return STEPPED;
        return ANY;
    case ZYDIS_MNEMONIC_AND:
        if (is_rsp && old == IN_BOX && ops[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
            ops[1].imm.value.s < 0)
            return IN_BOX;
        return ANY;
    case ZYDIS_MNEMONIC_SUB:
        break;
    default:
        return ANY;
    }
    /* add, sub */
    if (is_rsp && old == IN_BOX && ops[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        int64_t by = ops[1].imm.value.s;
        by = insn->mnemonic == ZYDIS_MNEMONIC_SUB ? -by : by;
        if (by >= -LFI_STACK_REACH && by <= LFI_STACK_REACH)
            return STEPPED;
    }
    return ANY;
}

static bool is_forbidden(const ZydisDecodedInstruction *insn)
{
    switch (insn->meta.category) {
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
    case ZYDIS_CATEGORY_SYSTEM:
    case ZYDIS_CATEGORY_IO:
    case ZYDIS_CATEGORY_IOSTRINGOP:
    case ZYDIS_CATEGORY_RDWRFSGS:
        return insn->mnemonic != ZYDIS_MNEMONIC_HLT;
    case ZYDIS_CATEGORY_INTERRUPT:
        return insn->mnemonic != ZYDIS_MNEMONIC_INT3;
    default:
        return insn->mnemonic == ZYDIS_MNEMONIC_POPFQ || insn->mnemonic == ZYDIS_MNEMONIC_LEAVE ||
               insn->mnemonic == ZYDIS_MNEMONIC_ENTER;
    }
}

/* The branch at m->pc: checks it, and adds where it goes. */
static void branch(struct check *c, const struct machine *m, const ZydisDecodedInstruction *insn,
                   const ZydisDecodedOperand *ops)
{
    unsigned next = m->pc + insn->length;
    bool call = insn->meta.category == ZYDIS_CATEGORY_CALL;
    if (call && next % LFI_BUNDLE_SIZE != 0)
        problem(c, m, "the return address is not aligned");
    if (insn->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        problem(c, m, "far branch");
    switch (ops[0].type) {
    case ZYDIS_OPERAND_TYPE_IMMEDIATE: {
        struct machine to = *m;
        to.pc = next + (unsigned)ops[0].imm.value.s;
        if (to.pc >= CODE_SIZE)
            problem(c, m, "a branch out of the code");
        add_state(c, &to);
        break;
    }
    case ZYDIS_OPERAND_TYPE_REGISTER:
        if (general_register(ops[0].reg.value) < 0 ||
            m->regs[general_register(ops[0].reg.value)] != TARGET)
            problem(c, m, "an indirect branch to anywhere");
        break;
    default: {
        int64_t slot = ops[0].mem.disp.value;
        if (ops[0].mem.segment != ZYDIS_REGISTER_GS || ops[0].mem.base != ZYDIS_REGISTER_NONE ||
            ops[0].mem.index != ZYDIS_REGISTER_NONE || insn->address_width != 64 || slot % 8 != 0 ||
            slot < 0x2f000 || slot > 0x2f018 || call)
            problem(c, m, "a branch through memory");
        if (m->regs[R11] != NEXT || m->next != next || next % LFI_BUNDLE_SIZE != 0)
            problem(c, m, "a runtime call without its return address");
        break;
    }
    }
}

static void step(struct check *c, struct machine *m)
{
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
    struct machine after = *m;
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&c->decoder, c->code + m->pc, CODE_SIZE - m->pc, &insn, ops))) {
        problem(c, m, "no instruction");
        return;
    }
    after.pc = m->pc + insn.length;
    if (m->pc / LFI_BUNDLE_SIZE != (after.pc - 1) / LFI_BUNDLE_SIZE)
        problem(c, m, "an instruction in two bundles");
    if (is_forbidden(&insn))
        problem(c, m, "a forbidden instruction");
    if (insn.mnemonic == ZYDIS_MNEMONIC_NOP) {
        add_state(c, &after);
        return;
    }

    bool stepped = m->regs[RSP] == STEPPED;
    if (stepped && !checks_step(&insn, ops))
        problem(c, m, "a step of rsp without a check");
    if (stepped)
        after.regs[RSP] = m->regs[RSP] = IN_BOX;
    for (unsigned i = 0; i < insn.operand_count; i++) {
        const ZydisDecodedOperand *op = &ops[i];
        bool writes = (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
        if (op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.type != ZYDIS_MEMOP_TYPE_AGEN &&
            insn.meta.branch_type == ZYDIS_BRANCH_TYPE_NONE && !is_confined(m, &insn, op))
            problem(c, m, "a memory access to anywhere");
        if (op->type == ZYDIS_OPERAND_TYPE_MEMORY && general_register(op->mem.base) == RSP &&
            insn.address_width == 64 && op->mem.type != ZYDIS_MEMOP_TYPE_AGEN &&
            m->regs[RSP] != IN_BOX)
            problem(c, m, "a stack access with rsp elsewhere");
        if (op->type != ZYDIS_OPERAND_TYPE_REGISTER || !writes)
            continue;
        if (ZydisRegisterGetClass(op->reg.value) == ZYDIS_REGCLASS_SEGMENT)
            problem(c, m, "a segment register is written");
        int reg = general_register(op->reg.value);
        if (reg < 0 || (reg == RSP && op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN))
            continue;
        after.regs[reg] = written_value(m, &insn, ops, op);
        if (reg == R11 && after.regs[reg] == NEXT)
            after.next = after.pc + (uint64_t)ops[1].mem.disp.value;
    }
    /* rsp is an offset only until the very next instruction adds the base. */
    if (after.regs[RSP] == ANY || (m->regs[RSP] != IN_BOX && after.regs[RSP] != IN_BOX))
        problem(c, m, "rsp is lost");
    if (after.regs[RSP] == ALIGNED)
        after.regs[RSP] = OFFSET;

    if (insn.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE) {
        branch(c, m, &insn, ops);
        if (insn.meta.category != ZYDIS_CATEGORY_COND_BR)
            return;
    }
    add_state(c, &after);
}

/* Returns what is wrong with the program, or NULL. */
static const char *run(struct check *c, const uint8_t *code)
{
    c->code = code;
    c->count = 0;
    c->problem = NULL;
    for (unsigned pc = 0; pc < CODE_SIZE; pc += LFI_BUNDLE_SIZE) {
        struct machine m;
        memset(&m, 0, sizeof m);
        m.pc = pc;
        m.regs[RSP] = IN_BOX;
        add_state(c, &m);
    }
    for (unsigned i = 0; i < c->count && c->problem == NULL; i++) {
        struct machine m = c->states[i];
        step(c, &m);
    }
    return c->problem;
}

/* ---- tests ---- */

static enum lfi_verdict verify(const uint8_t *bytes)
{
    const struct lfi_code code = {bytes, CODE_SIZE, ADDRESS, IMAGE_START, IMAGE_END};
    return lfi_verify_code(LFI_ARCH_X86_64, LFI_MODE_FULL, &code, NULL, NULL);
}

static void print_program(const uint8_t *code)
{
    for (unsigned i = 0; i < CODE_SIZE; i++)
        print_error("%02x%s", code[i], i % LFI_BUNDLE_SIZE == 31 ? "\n" : " ");
}

static void accepted_is_confined(void **state)
{
    struct check *c = *state;
    uint64_t accepted = 0, refused = 0, agreed = 0;
    for (uint64_t i = 0; i < c->programs; i++) {
        uint8_t code[CODE_SIZE];
        make_program(code, &c->random);
        const char *what = run(c, code);
        if (verify(code) != LFI_ACCEPTED) {
            refused++;
            agreed += what != NULL;
            continue;
        }
        accepted++;
        if (what != NULL) {
            print_program(code);
            fail_msg("accepted, but: %s at %u", what, c->problem_pc);
        }
    }
    print_message("%" PRIu64 " accepted; %" PRIu64 " refused, %" PRIu64
                  " of them by the machine, too\n",
                  accepted, refused, agreed);
    /* Else the test would say nothing. */
    assert_true(accepted > c->programs / 100 && refused > c->programs / 10);
    assert_true(agreed > refused / 2);
}

int main(int argc, char *argv[])
{
    struct check *c = calloc(1, sizeof *c);
    if (c == NULL)
        return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(accepted_is_confined, c)};
    c->programs = test_option(argc, argv, "--count=", 150000);
    c->random = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", c->programs, c->random);
    ZydisDecoderInit(&c->decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(c);
    return failed;
}
