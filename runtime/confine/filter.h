// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The table of host calls as a seccomp filter: a classic BPF program. */
#ifndef LFI_CONFINE_FILTER_H
#define LFI_CONFINE_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lfi_filter_arch { LFI_FILTER_X86_64, LFI_FILTER_AARCH64, LFI_FILTER_ARCHS };

/* The columns of numbers of host_calls.def. */
enum lfi_host_column { LFI_HOST_X86_64, LFI_HOST_GENERIC, LFI_HOST_COLUMNS };

enum lfi_host_rule_kind {
    LFI_RULE_NONE, /* ends a list */
    LFI_RULE_ONE_OF,
    LFI_RULE_WITH,
    LFI_RULE_WITHOUT,
    LFI_RULE_ZERO,
    LFI_RULE_SELF,
    LFI_RULE_DATA,
    LFI_RULE_UNLESS, /* values: one of the argument, bits of the next one */
};

struct lfi_host_rule {
    uint8_t kind;
    uint8_t argument;
    uint8_t count; /* of values */
    uint32_t values[16];
};

#define LFI_HOST_RULES 2

/* A line of host_calls.def. */
struct lfi_host_call {
    const char *name;
    int number[LFI_HOST_COLUMNS]; /* -1: architectures of this column do not have it */
    bool allowed;
    int otherwise; /* what it gets otherwise: an errno value; 0: the process is killed */
    struct lfi_host_rule rules[LFI_HOST_RULES];
};

extern const struct lfi_host_call lfi_host_calls[];
extern const size_t lfi_host_call_count;

/* The kernel's own limit, BPF_MAXINSNS. */
#define LFI_FILTER_MAX 4096

struct lfi_filter {
    struct sock_filter code[LFI_FILTER_MAX];
    size_t length;
};

struct lfi_filter_options {
    enum lfi_filter_arch arch;
    uint32_t pid;      /* this process */
    bool later_code;   /* memory may become executable */
    uint32_t unlisted; /* what other calls get: SECCOMP_RET_… */
};

/* False: the table is too long for one filter. */
bool lfi_filter_build(struct lfi_filter *filter, const struct lfi_filter_options *options);

#endif
