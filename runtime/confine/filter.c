// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Builds the BPF program: checks the architecture, then does a binary search for the call. */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

#define COUNT(...) (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

#define KILL 0
#define ANY \
    {       \
        0   \
    }
/* clang-format off */
#define ONE_OF(a, ...)   {CONFINE_RULE_ONE_OF, a, COUNT(__VA_ARGS__), {__VA_ARGS__}}
#define WITH(a, bits)    {CONFINE_RULE_WITH, a, 1, {bits}}
#define WITHOUT(a, bits) {CONFINE_RULE_WITHOUT, a, 1, {bits}}
#define ZERO(a)          {CONFINE_RULE_ZERO, a, 0, {0}}
#define SELF(a)          {CONFINE_RULE_SELF, a, 0, {0}}
#define DATA(a)          {CONFINE_RULE_DATA, a, 0, {0}}
#define UNLESS(a, value, bits) {CONFINE_RULE_UNLESS, a, 2, {value, bits}}

const struct confine_host_call confine_host_calls[] = {
#define ALLOWED(x86_64, generic, name, otherwise, ...) \
    {#name, {x86_64, generic}, true, otherwise, {__VA_ARGS__}},
#define ALLOWED_X86_64(x86_64, name, otherwise, ...) \
    {#name, {x86_64, -1}, true, otherwise, {__VA_ARGS__}},
#define KILLED(x86_64, generic, name) {#name, {x86_64, generic}, false, 0, {ANY}},
#define KILLED_X86_64(x86_64, name)   {#name, {x86_64, -1}, false, 0, {ANY}},
#define REFUSED(x86_64, generic, name, error) {#name, {x86_64, generic}, false, error, {ANY}},
#include "host_calls.def"
};
/* clang-format on */

#define CALLS (sizeof confine_host_calls / sizeof *confine_host_calls)
const size_t confine_host_call_count = CALLS;

static const struct {
    uint32_t audit;
    enum confine_host_column column;
    uint32_t foreign; /* a bit in the numbers of another ABI's calls, or 0 */
} archs[CONFINE_FILTER_ARCHS] = {
#define ARCH(name, audit, column, foreign) {audit, column, foreign},
#include "arch.def"
#undef ARCH
};

struct builder {
    struct confine_filter *filter;
    const struct confine_filter_options *options;
    enum confine_host_column column;
    const struct confine_host_call *sorted[CALLS]; /* those of the architecture, by number */
};

/* Keeps counting when there is no room left: confine_filter_build() checks at the end. */
static size_t emit(struct builder *builder, uint16_t code, uint32_t k, size_t yes, size_t no)
{
    struct confine_filter *filter = builder->filter;
    if (filter->length < CONFINE_FILTER_MAX)
        filter->code[filter->length] =
            (struct sock_filter){.code = code, .jt = (uint8_t)yes, .jf = (uint8_t)no, .k = k};
    return filter->length++;
}

static void answer(struct builder *builder, uint32_t action)
{
    emit(builder, BPF_RET | BPF_K, action, 0, 0);
}

static void load(struct builder *builder, size_t offset)
{
    emit(builder, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Jumps of this many instructions if the comparison holds, or if not. */
static size_t compare(struct builder *builder, uint16_t how, uint32_t value, size_t yes, size_t no)
{
    return emit(builder, (uint16_t)(BPF_JMP | how | BPF_K), value, yes, no);
}

/* All architectures here are little-endian: the low half comes first. */
static size_t low_half(const struct confine_host_rule *rule)
{
    return offsetof(struct seccomp_data, args) + rule->argument * sizeof(uint64_t);
}

/* Continues after the check if the argument is right, and answers `wrong` if not. */
static void check(struct builder *builder, const struct confine_host_rule *rule, uint32_t wrong)
{
    const struct confine_filter_options *options = builder->options;
    if (rule->kind == CONFINE_RULE_NONE || (rule->kind == CONFINE_RULE_DATA && options->later_code))
        return;
    load(builder, low_half(rule));
    switch (rule->kind) {
    case CONFINE_RULE_ONE_OF:
        for (size_t i = 0; i < rule->count; i++)
            compare(builder, BPF_JEQ, rule->values[i], rule->count - i, 0);
        break;
    case CONFINE_RULE_WITH:
        emit(builder, BPF_ALU | BPF_AND | BPF_K, rule->values[0], 0, 0);
        compare(builder, BPF_JEQ, rule->values[0], 1, 0);
        break;
    case CONFINE_RULE_WITHOUT:
        compare(builder, BPF_JSET, rule->values[0], 0, 1);
        break;
    case CONFINE_RULE_DATA:
        compare(builder, BPF_JSET, PROT_EXEC, 0, 1);
        break;
    case CONFINE_RULE_ZERO:
        compare(builder, BPF_JEQ, 0, 1, 0);
        answer(builder, wrong);
        load(builder, low_half(rule) + sizeof(uint32_t));
        compare(builder, BPF_JEQ, 0, 1, 0);
        break;
    case CONFINE_RULE_UNLESS:
        compare(builder, BPF_JEQ, rule->values[0], 0, 3);
        load(builder, low_half(rule) + sizeof(uint64_t));
        compare(builder, BPF_JSET, rule->values[1], 0, 1);
        break;
    default: /* CONFINE_RULE_SELF */
        compare(builder, BPF_JEQ, options->pid, 1, 0);
        break;
    }
    answer(builder, wrong);
}

/* The number is loaded, and is either that of this call or unlisted. */
static void decide(struct builder *builder, const struct confine_host_call *call)
{
    uint32_t number = (uint32_t)call->number[builder->column];
    uint32_t wrong =
        call->otherwise ? SECCOMP_RET_ERRNO | (uint32_t)call->otherwise : SECCOMP_RET_KILL_PROCESS;
    compare(builder, BPF_JEQ, number, 1, 0);
    answer(builder, builder->options->unlisted);
    if (!call->allowed) {
        answer(builder, wrong);
        return;
    }
    for (int i = 0; i < CONFINE_HOST_RULES; i++)
        check(builder, &call->rules[i], wrong);
    answer(builder, SECCOMP_RET_ALLOW);
}

/* A binary search for the number among sorted[first … end). */
static void search(struct builder *builder, size_t first, size_t end)
{
    if (end - first == 1) {
        decide(builder, builder->sorted[first]);
        return;
    }
    size_t middle = first + (end - first) / 2;
    uint32_t number = (uint32_t)builder->sorted[middle]->number[builder->column];
    compare(builder, BPF_JGE, number, 0, 1);
    size_t jump = emit(builder, BPF_JMP | BPF_JA, 0, 0, 0);
    search(builder, first, middle);
    if (jump < CONFINE_FILTER_MAX)
        builder->filter->code[jump].k = (uint32_t)(builder->filter->length - jump - 1);
    search(builder, middle, end);
}

bool confine_filter_build(struct confine_filter *filter,
                          const struct confine_filter_options *options)
{
    struct builder builder = {
        .filter = filter, .options = options, .column = archs[options->arch].column};
    size_t count = 0;
    for (size_t i = 0; i < CALLS; i++) {
        const struct confine_host_call *call = &confine_host_calls[i];
        size_t at = count;
        if (call->number[builder.column] < 0)
            continue;
        for (; at && builder.sorted[at - 1]->number[builder.column] > call->number[builder.column];
             at--)
            builder.sorted[at] = builder.sorted[at - 1];
        builder.sorted[at] = call;
        count++;
    }

    filter->length = 0;
    load(&builder, offsetof(struct seccomp_data, arch));
    compare(&builder, BPF_JEQ, archs[options->arch].audit, 1, 0);
    answer(&builder, SECCOMP_RET_KILL_PROCESS);
    load(&builder, offsetof(struct seccomp_data, nr));
    if (archs[options->arch].foreign) {
        compare(&builder, BPF_JSET, archs[options->arch].foreign, 0, 1);
        answer(&builder, SECCOMP_RET_KILL_PROCESS);
    }
    search(&builder, 0, count);
    return filter->length <= CONFINE_FILTER_MAX;
}
