// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A call that the program made. */
struct row {
    char name[32];
    struct lfi_linux_call_stats call;
};

static int by_time(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->call.time != b->call.time)
        return a->call.time < b->call.time ? 1 : -1;
    return strcmp(a->name, b->name);
}

/* The calls that it made, the longest first. NULL: out of memory. */
static struct row *collect(struct lfi_process *process, size_t *count)
{
    struct lfi_linux_call_stats call;
    unsigned numbers = 0;
    while (lfi_linux_stats_call(process, numbers, &call))
        numbers++;
    struct row *rows = calloc(numbers, sizeof *rows);
    *count = 0;
    for (unsigned number = 0; rows && number < numbers; number++) {
        lfi_linux_stats_call(process, number, &call);
        if (!call.count)
            continue;
        struct row *row = &rows[(*count)++];
        row->call = call;
        if (number + 1 == numbers)
            snprintf(row->name, sizeof row->name, "others");
        else if (call.name)
            snprintf(row->name, sizeof row->name, "%s", call.name);
        else
            snprintf(row->name, sizeof row->name, "syscall_%u", number);
    }
    if (rows)
        qsort(rows, *count, sizeof *rows, by_time);
    return rows;
}

static double milliseconds(uint64_t nanoseconds)
{
    return (double)nanoseconds * 1e-6;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static double mebibytes(uint64_t bytes)
{
    return (double)bytes / (1 << 20);
}

static int written(FILE *out)
{
    errno = EIO; /* for what an earlier write said, and no one heard */
    return fflush(out) || ferror(out) ? -errno : 0;
}

int stats_table(FILE *out, const struct run_stats *run, struct lfi_process *process)
{
    struct lfi_linux_stats all;
    size_t count;
    int failed = lfi_linux_stats(process, &all);
    struct row *rows = failed ? NULL : collect(process, &count);
    if (!rows)
        return failed ? failed : -ENOMEM;
    uint64_t threads = all.box + all.calls;
    fprintf(out, "lfi-run: %s: status %d\n", run->program, run->status);
    fprintf(out, "  loading       %12.3f ms\n", milliseconds(run->loading));
    fprintf(out, "  running       %12.3f ms\n", milliseconds(all.elapsed));
    fprintf(out, "    in the box  %12.3f ms  %5.1f %%\n", milliseconds(all.box),
            share(all.box, threads));
    fprintf(out, "    in calls    %12.3f ms  %5.1f %%\n", milliseconds(all.calls),
            share(all.calls, threads));
    fprintf(out, "  processor     %12.3f ms  of them %.3f ms in the kernel\n",
            milliseconds(all.user + all.system), milliseconds(all.system));
    fprintf(out, "  threads       %12" PRIu64 "\n", all.threads);
    fprintf(out, "  page faults   %12" PRIu64 "     of them %" PRIu64 " with reading\n",
            all.minor_faults + all.major_faults, all.major_faults);
    fprintf(out, "  mapped        %12.1f MiB at most\n", mebibytes(all.mapped));
    fprintf(out, "  resident      %12.1f MiB at most, lfi-run included\n", mebibytes(all.resident));
    fprintf(out, "  calls         %12" PRIu64 "\n", all.call_count);
    if (count)
        fprintf(out, "\n       count     failed      time ms    share  call\n");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%12" PRIu64 " %10" PRIu64 " %12.3f  %5.1f %%  %s\n", rows[i].call.count,
                rows[i].call.failed, milliseconds(rows[i].call.time),
                share(rows[i].call.time, all.calls), rows[i].name);
    free(rows);
    return written(out);
}

/* A string in quotes; bytes that are not ASCII are taken as UTF-8, as file names usually are. */
static void quote(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20)
            fprintf(out, "\\u%04x", *at);
        else
            fputc(*at, out);
    }
    fputc('"', out);
}

int stats_json(FILE *out, const struct run_stats *run, struct lfi_process *process)
{
    struct lfi_linux_stats all;
    size_t count;
    int failed = lfi_linux_stats(process, &all);
    struct row *rows = failed ? NULL : collect(process, &count);
    if (!rows)
        return failed ? failed : -ENOMEM;
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"loading_ns", run->loading},
        {"running_ns", all.elapsed},
        {"box_ns", all.box},
        {"calls_ns", all.calls},
        {"user_ns", all.user},
        {"system_ns", all.system},
        {"threads", all.threads},
        {"minor_faults", all.minor_faults},
        {"major_faults", all.major_faults},
        {"mapped_bytes", all.mapped},
        {"resident_bytes", all.resident},
        {"call_count", all.call_count},
    };
    fputs("{\n  \"program\": ", out);
    quote(out, run->program);
    fprintf(out, ",\n  \"status\": %d", run->status);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        fprintf(out, ",\n  \"%s\": %" PRIu64, numbers[i].name, numbers[i].value);
    fputs(",\n  \"calls\": [", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out,
                "%s\n    {\"name\": \"%s\", \"count\": %" PRIu64 ", \"failed\": %" PRIu64
                ", \"ns\": %" PRIu64 "}",
                i ? "," : "", rows[i].name, rows[i].call.count, rows[i].call.failed,
                rows[i].call.time);
    }
    fputs("\n  ]\n}\n", out);
    free(rows);
    return written(out);
}
