// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The table of host calls as a seccomp filter: a classic BPF program. */
#ifndef LFI_CONFINE_FILTER_H
#define LFI_CONFINE_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum confine_filter_arch {
#define ARCH(name, audit, column, foreign) CONFINE_FILTER_##name,
#include "arch.def"
#undef ARCH
    CONFINE_FILTER_ARCHS
};

/* The columns of numbers of host_calls.def. */
enum confine_host_column { CONFINE_HOST_X86_64, CONFINE_HOST_GENERIC, CONFINE_HOST_COLUMNS };

enum confine_host_rule_kind {
    CONFINE_RULE_NONE, /* ends a list */
    CONFINE_RULE_ONE_OF,
    CONFINE_RULE_WITH,
    CONFINE_RULE_WITHOUT,
    CONFINE_RULE_ZERO,
    CONFINE_RULE_SELF,
    CONFINE_RULE_DATA,
    CONFINE_RULE_UNLESS, /* values: one of the argument, bits of the next one */
};

struct confine_host_rule {
    uint8_t kind;
    uint8_t argument;
    uint8_t count; /* of values */
    uint32_t values[16];
};

#define CONFINE_HOST_RULES 2

/* A line of host_calls.def. */
struct confine_host_call {
    const char *name;
    int number[CONFINE_HOST_COLUMNS]; /* -1: architectures of this column do not have it */
    bool allowed;
    int otherwise; /* what it gets otherwise: an errno value; 0: the process is killed */
    struct confine_host_rule rules[CONFINE_HOST_RULES];
};

extern const struct confine_host_call confine_host_calls[];
extern const size_t confine_host_call_count;

/* The kernel's own limit, BPF_MAXINSNS. */
#define CONFINE_FILTER_MAX 4096

struct confine_filter {
    struct sock_filter code[CONFINE_FILTER_MAX];
    size_t length;
};

struct confine_filter_options {
    enum confine_filter_arch arch;
    uint32_t pid;      /* this process */
    bool later_code;   /* memory may become executable */
    uint32_t unlisted; /* what other calls get: SECCOMP_RET_… */
};

/* False: the table is too long for one filter. */
bool confine_filter_build(struct confine_filter *filter,
                          const struct confine_filter_options *options);

#endif
