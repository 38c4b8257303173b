// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The table of limits: names, units, bounds and defaults. docs/lfi-run.md explains each. */
#include "limit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "process.h"

#define THREADS_DEFAULT 1024
#define THREADS_MOST    65536
#define NESTING_MOST    65536
#define CALLS_AT_ONCE   32

enum unit { COUNT, BYTES, MILLISECONDS };

/* Suffixes of a value. Without one: bytes, seconds. */
static const struct {
    enum unit unit;
    const char *text;
    uint64_t factor;
} suffixes[] = {
    {COUNT, "", 1},
    {BYTES, "", 1},
    {BYTES, "K", 1u << 10},
    {BYTES, "M", 1u << 20},
    {BYTES, "G", 1u << 30},
    {MILLISECONDS, "", 1000},
    {MILLISECONDS, "ms", 1},
    {MILLISECONDS, "s", 1000},
    {MILLISECONDS, "m", 60000},
    {MILLISECONDS, "h", 3600000},
};

#define LIMIT(name) #name, offsetof(struct lfi_linux_limits, name)
static const struct limit {
    const char *name;
    size_t offset;
    enum unit unit;
    uint64_t least, most; /* if it is given */
} table[] = {
    {LIMIT(memory), BYTES, 1u << 20, 1ull << 48},
    {LIMIT(resident), BYTES, 1u << 20, 1ull << 48},
    {LIMIT(mappings), COUNT, 16, INT32_MAX},
    {LIMIT(descriptors), COUNT, 3, LINUX_FILES_MAX},
    {LIMIT(threads), COUNT, 1, THREADS_MOST},
    {LIMIT(processor), MILLISECONDS, 1, INT64_MAX / 1000000},
    {LIMIT(nesting), COUNT, 1, NESTING_MOST},
};
enum { LIMITS = sizeof table / sizeof *table };

static uint64_t *member(struct lfi_linux_limits *limits, const struct limit *limit)
{
    return (uint64_t *)((char *)limits + limit->offset);
}

/* As a person would write it. */
static void print_value(const struct limit *limit, uint64_t value, char *text, size_t size)
{
    size_t best = 0;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (suffixes[i].unit == limit->unit && value % suffixes[i].factor == 0 &&
            (suffixes[best].unit != limit->unit || suffixes[i].factor >= suffixes[best].factor))
            best = i;
    }
    snprintf(text, size, "%" PRIu64 "%s", value / suffixes[best].factor, suffixes[best].text);
}

static bool parse_value(const struct limit *limit, const char *text, uint64_t *value)
{
    char *rest;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    unsigned long long number = strtoull(text, &rest, 10);
    for (size_t i = 0; !errno && i < sizeof suffixes / sizeof *suffixes; i++) {
        if (suffixes[i].unit == limit->unit && !strcmp(suffixes[i].text, rest))
            return !__builtin_mul_overflow((uint64_t)number, suffixes[i].factor, value);
    }
    return false;
}

static int check(const struct limit *limit, uint64_t value, struct lfi_error *error)
{
    char least[32], most[32];
    if (value >= limit->least && value <= limit->most)
        return 0;
    print_value(limit, limit->least, least, sizeof least);
    print_value(limit, limit->most, most, sizeof most);
    linux_say(error, "limit %s must be from %s to %s", limit->name, least, most);
    return -EINVAL;
}

int lfi_linux_limit(struct lfi_linux_limits *limits, const char *text, struct lfi_error *error)
{
    static const char *const examples[] = {"a number", "bytes, such as 64M (K, M, G)",
                                           "a time, such as 10s (ms, s, m, h)"};
    size_t length = strcspn(text, "=");
    for (size_t i = 0; i < LIMITS; i++) {
        const struct limit *limit = &table[i];
        uint64_t value;
        if (strlen(limit->name) != length || strncmp(limit->name, text, length) != 0)
            continue;
        if (!text[length] || !parse_value(limit, text + length + 1, &value)) {
            linux_say(error, "limit %s wants %s", limit->name, examples[limit->unit]);
            return -EINVAL;
        }
        int failed = check(limit, value, error);
        if (!failed)
            *member(limits, limit) = value;
        return failed;
    }
    int used = 0;
    char names[200] = "";
    for (size_t i = 0; i < LIMITS; i++)
        used += snprintf(names + used, sizeof names - (size_t)used, "%s%s", i ? ", " : "",
                         table[i].name);
    linux_say(error, "no limit is named '%.*s'; the names are: %s", length < 40 ? (int)length : 40,
              text, names);
    return -EINVAL;
}

/* A share of a limit of the host's process, which all boxes share, but at most `most`. */
static uint64_t part_of(int resource, unsigned part, uint64_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur / part >= most)
        return most;
    return limit.rlim_cur / part ? limit.rlim_cur / part : 1;
}

int linux_limits_resolve(struct lfi_linux_limits *limits, struct lfi_error *error)
{
    for (size_t i = 0; i < LIMITS; i++) {
        uint64_t value = *member(limits, &table[i]);
        int failed = value ? check(&table[i], value, error) : 0;
        if (failed)
            return failed;
    }
    if (!limits->memory)
        limits->memory = 2 * LFI_BOX_SIZE;
    if (!limits->descriptors)
        limits->descriptors = part_of(RLIMIT_NOFILE, 2, LINUX_FILES_MAX);
    if (!limits->threads)
        limits->threads = part_of(RLIMIT_NPROC, 4, THREADS_DEFAULT);
    if (!limits->nesting)
        limits->nesting = LFI_NESTING_DEFAULT;
    return 0;
}

void linux_limits_descriptors(int *bound, unsigned *calls)
{
    uint64_t all = part_of(RLIMIT_NOFILE, 1, INT32_MAX);
    *bound = (int)(all - all / 4);
    *calls = (unsigned)(all / 32 < 1 ? 1 : all / 32 > CALLS_AT_ONCE ? CALLS_AT_ONCE : all / 32);
}

void linux_limits_report(const struct lfi_linux_limits *limits, size_t offset, char *text,
                         size_t size)
{
    char value[32];
    struct lfi_linux_limits copy = *limits;
    for (size_t i = 0; i < LIMITS; i++) {
        if (table[i].offset != offset)
            continue;
        print_value(&table[i], *member(&copy, &table[i]), value, sizeof value);
        snprintf(text, size, "limit %s (%s) reached\n", table[i].name, value);
    }
}

bool linux_limits_get(const struct lfi_process *process, unsigned resource, struct rlimit *limit)
{
    const struct lfi_linux_limits *limits = &process->limits;
    uint64_t value;
    switch (resource) {
    case RLIMIT_AS:
    case RLIMIT_DATA:
        value = limits->memory < LFI_BOX_SIZE ? limits->memory : RLIM_INFINITY;
        break;
    case RLIMIT_RSS:
        value = limits->resident ? limits->resident : RLIM_INFINITY;
        break;
    case RLIMIT_CPU:
        value = limits->processor ? (limits->processor + 999) / 1000 : RLIM_INFINITY;
        break;
    case RLIMIT_NOFILE:
        value = limits->descriptors;
        break;
    case RLIMIT_NPROC:
        value = limits->threads;
        break;
    case RLIMIT_STACK:
        value = process->stack_size;
        break;
    case RLIMIT_SIGPENDING:
        value = LINUX_SIGNALS_QUEUED;
        break;
    default:
        value = 0;
        if (resource >= LINUX_RLIMITS || !(process->lowered.set >> resource & 1))
            return false;
    }
    limit->rlim_cur = limit->rlim_max = value;
    if (process->lowered.set >> resource & 1) {
        limit->rlim_cur = process->lowered.soft[resource];
        limit->rlim_max = process->lowered.hard[resource];
    }
    return true;
}

void linux_limits_apply(struct lfi_process *process)
{
    static const int memory[] = {RLIMIT_AS, RLIMIT_DATA};
    const struct linux_lowered *lowered = &process->lowered;
    uint64_t most = process->limits.memory, descriptors = process->limits.descriptors;
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        if ((lowered->set >> memory[i] & 1) && lowered->soft[memory[i]] < most)
            most = lowered->soft[memory[i]];
    }
    if ((lowered->set >> RLIMIT_NOFILE & 1) && lowered->soft[RLIMIT_NOFILE] < descriptors)
        descriptors = lowered->soft[RLIMIT_NOFILE];
    linux_fdtable_lower(&process->files, (int)descriptors);
    pthread_mutex_lock(&process->memory.lock);
    process->memory.ranges.most = most / lfi_page_size();
    pthread_mutex_unlock(&process->memory.lock);
}

int linux_limits_set(struct lfi_process *process, unsigned resource, const struct rlimit *limit)
{
    struct rlimit now;
    if (resource >= LINUX_RLIMITS || limit->rlim_cur > limit->rlim_max)
        return -EINVAL;
    if (getrlimit((int)resource, &now))
        return -EINVAL;
    linux_limits_get(process, resource, &now);
    if (limit->rlim_cur == now.rlim_cur && limit->rlim_max == now.rlim_max)
        return 0;
    if (limit->rlim_max > now.rlim_max)
        return -EPERM;
    switch (resource) {
    case RLIMIT_AS:
    case RLIMIT_DATA:
    case RLIMIT_NOFILE:
    case RLIMIT_NPROC:
    case RLIMIT_STACK: /* this one and the next have no effect */
    case RLIMIT_CORE:
        break;
    default:
        return -EPERM;
    }
    process->lowered.soft[resource] = limit->rlim_cur;
    process->lowered.hard[resource] = limit->rlim_max;
    process->lowered.set |= 1u << resource;
    linux_limits_apply(process);
    return 0;
}
