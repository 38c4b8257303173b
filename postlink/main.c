// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi-postlink: the command line around postlink(). */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

#include "file.h"
#include "modes.h"
#include "output.h"
#include "postlink.h"

#define MAX_MESSAGES 10

enum status { STATUS_OK, STATUS_FAILURE, STATUS_USAGE };

static const char help[] =
    "Usage: lfi-postlink --mode=MODE [OPTION]... FILE\n"
    "Makes FILE, an x86-64 program or shared object that the linker made of LFI objects, an LFI\n"
    "file: moves padding in front of calls, fills gaps between code, marks the file.\n"
    "\n"
    "  -m, --mode=MODE    what the code is rewritten for: full, stores, jumps\n"
    "  -o, --output=OUT   write to OUT instead of FILE\n"
    "      --stats        print what was done to standard error\n"
    "      --help         print this text\n"
    "      --version      print the version\n"
    "\n"
    "FILE and OUT may be -, the standard streams. An error leaves FILE and OUT as they were.\n"
    "Exit status: 0 done, 1 failure, 2 wrong usage.\n";

struct messages {
    const char *file;
    unsigned count;
};

static void print_message(void *data, const char *message)
{
    struct messages *messages = data;
    if (messages->count++ < MAX_MESSAGES)
        fprintf(stderr, "lfi-postlink: %s: %s\n", messages->file, message);
}

static void print_stats(const char *file, const struct postlink_stats *stats)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"bytes of code", stats->code_bytes},
        {"direct calls moved", stats->direct_calls},
        {"masked calls moved", stats->masked_calls},
        {"runtime calls moved", stats->runtime_calls},
        {"relaxed calls repaired", stats->relaxed_calls},
        {"branches to undefined weak symbols made traps", stats->nowhere},
        {"nops rewritten", stats->nops},
        {"gap bytes filled", stats->gap_bytes},
        {"bundles left as they are", stats->bundles_left},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fprintf(stderr, "%s: %12" PRIu64 " %s\n", file, rows[i].value, rows[i].name);
}

static void print_failure(const char *path, const char *what)
{
    fprintf(stderr, "lfi-postlink: %s: %s: %s\n", path, what, strerror(errno));
}

static bool write_output(const char *path, const struct file *file)
{
    struct output output;
    if (!output_open(&output, path, OUTPUT_WRITE, file->mode)) {
        print_failure(path, "cannot open for writing");
        return false;
    }
    bool good = file_write(output.fd, file->bytes, file->size);
    if (!good)
        print_failure(path, "cannot write");
    if (!good)
        output_discard(&output);
    else if (!(good = output_commit(&output)))
        print_failure(path, "cannot write");
    return good;
}

static enum status run(const char *input, const char *output, unsigned mode, bool stats_wanted)
{
    struct file file;
    if (!file_read_input(input, &file)) {
        print_failure(input, "cannot read");
        return STATUS_FAILURE;
    }
    struct messages messages = {.file = input};
    struct elf_file elf = {
        .bytes = file.bytes, .size = file.size, .report = print_message, .report_data = &messages};
    struct postlink_stats stats;
    bool ok = postlink(&elf, mode, &stats);
    if (messages.count > MAX_MESSAGES)
        fprintf(stderr, "lfi-postlink: %s: and %u more\n", input, messages.count - MAX_MESSAGES);
    ok = ok && write_output(output, &file);
    if (ok && stats_wanted)
        print_stats(input, &stats);
    free(file.bytes);
    return ok ? STATUS_OK : STATUS_FAILURE;
}

/* The exit status after output on standard output. */
static enum status printed(void)
{
    if (output_printed())
        return STATUS_OK;
    fprintf(stderr, "lfi-postlink: standard output: %s\n", strerror(errno));
    return STATUS_FAILURE;
}

/* `message` is NULL where getopt_long has said what is wrong. */
static enum status usage(const char *message)
{
    if (message)
        fprintf(stderr, "lfi-postlink: %s\n", message);
    fputs("Try 'lfi-postlink --help'.\n", stderr);
    return STATUS_USAGE;
}

int main(int argc, char **argv)
{
    enum { STATS = 256, HELP, VERSION };
    static const struct option options[] = {
        {"mode", required_argument, NULL, 'm'},  {"output", required_argument, NULL, 'o'},
        {"stats", no_argument, NULL, STATS},     {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION}, {0},
    };
    const char *output = NULL;
    int mode = -1;
    bool stats = false;
    for (int option; (option = getopt_long(argc, argv, "m:o:", options, NULL)) != -1;) {
        switch (option) {
        case 'm':
            mode = mode_from_name(optarg);
            if (mode < 0) {
                fprintf(stderr, "lfi-postlink: unknown mode '%s'; there are: " MODE_NAMES "\n",
                        optarg);
                return usage(NULL);
            }
            break;
        case 'o':
            output = optarg;
            break;
        case STATS:
            stats = true;
            break;
        case HELP:
            fputs(help, stdout);
            return printed();
        case VERSION:
            printf("lfi-postlink %s (ABI version %d)\n", LFI_VERSION, LFI_ABI_VERSION);
            return printed();
        default:
            return usage(NULL);
        }
    }
    if (mode < 0)
        return usage("--mode is missing");
    if (argc - optind != 1)
        return usage(optind == argc ? "no file named" : "more than one file named");
    /* A file size limit then is an error of write(), and the temporary is removed. */
    signal(SIGXFSZ, SIG_IGN);
    return (int)run(argv[optind], output ? output : argv[optind], (unsigned)mode, stats);
}
