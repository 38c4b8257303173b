// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi-rewrite: the rewriter as a filter. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>
#include <lfi/rewriter.h>

#include "file.h"
#include "modes.h"
#include "output.h"

#define PROGRAM "lfi-rewrite"

static const char help[] =
    "Usage: " PROGRAM " [options] [INPUT]\n"
    "Rewrites GNU assembly of x86-64 (AT&T syntax; Intel syntax is expanded first) or AArch64 so\n"
    "that it assembles to code that lfi-verify accepts.\n"
    "INPUT is a file or - for standard input, the default.\n"
    "\n"
    "  -a, --arch=ARCH             x86_64 (default) or aarch64\n"
    "  -m, --mode=MODE             full (default), stores or jumps\n"
    "      --align-branch-targets  start a bundle at every label in code\n"
    "      --expander=PROGRAM      clang that expands macros where the input has them\n"
    "                              (default: clang)\n"
    "  -o, --output=FILE           - for standard output, the default\n"
    "  -h, --help                  show this and exit\n"
    "  -V, --version               show the version and exit\n"
    "\n"
    "Assemble the result with LLVM's assembler, of x86-64 up to version 22, and link it with "
    "lfi-ld.\n";

static int fail(const char *what)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, strerror(errno));
    return 1;
}

static bool write_piece(void *data, const char *text, size_t size)
{
    struct output *output = data;
    if (file_write(output->fd, text, size))
        return true;
    fail(output->path);
    return false;
}

static enum lfi_rewrite_status rewrite(char *text, size_t size, const char *expander,
                                       struct lfi_rewrite_options *options)
{
    enum lfi_rewrite_status status = lfi_rewrite(text, size, options);
    if (status != LFI_REWRITE_EXPAND)
        return status;
    bool arm = strcmp(options->arch, "aarch64") == 0; /* there, features can be switched off */
    const char *const command[] = {
        expander,    "-cc1as",
        "-triple",   arm ? "aarch64-linux-musl" : "x86_64-linux-musl",
        "-filetype", "asm",
        "-o",        "-",
        "-",         arm ? "-target-feature" : NULL,
        "+all",      NULL,
    };
    char *expanded;
    if (!lfi_expand(command, text, size, &expanded, &size)) {
        if (errno == ECHILD)
            fprintf(stderr, PROGRAM ": %s: its macros could not be expanded\n", options->name);
        else
            fail(expander);
        return LFI_REWRITE_FAILED;
    }
    options->expanded = true;
    status = lfi_rewrite(expanded, size, options);
    free(expanded);
    return status;
}

static int run(const char *input, const char *path, const char *expander,
               struct lfi_rewrite_options options)
{
    struct file file;
    struct output output;
    if (!file_read_input(input, &file))
        return fail(input);
    if (!output_open(&output, path, OUTPUT_WRITE, OUTPUT_MODE)) {
        free(file.bytes);
        return fail(path);
    }
    options.name = strcmp(input, "-") == 0 ? "<stdin>" : input;
    options.sink = write_piece;
    options.sink_data = &output;
    options.report = lfi_rewrite_print;
    options.report_data = PROGRAM;
    int result = 0;
    if (rewrite(file.bytes, file.size, expander, &options) != LFI_REWRITE_OK) {
        output_discard(&output);
        result = 1;
    } else if (!output_commit(&output)) {
        result = fail(path);
    }
    free(file.bytes);
    return result;
}

int main(int argc, char **argv)
{
    enum { ALIGN = 256, EXPANDER };
    static const struct option long_options[] = {
        {"arch", required_argument, NULL, 'a'},
        {"mode", required_argument, NULL, 'm'},
        {"align-branch-targets", no_argument, NULL, ALIGN},
        {"expander", required_argument, NULL, EXPANDER},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0},
    };
    struct lfi_rewrite_options options = {.arch = "x86_64", .mode = LFI_MODE_FULL};
    const char *output = "-", *expander = "clang";
    int c, mode;
    while ((c = getopt_long(argc, argv, "a:m:o:hV", long_options, NULL)) != -1) {
        switch (c) {
        case 'a':
            if (!lfi_rewrite_knows_arch(optarg)) {
                fprintf(stderr, PROGRAM ": unknown architecture '%s'\n", optarg);
                return 2;
            }
            options.arch = optarg;
            break;
        case 'm':
            mode = mode_from_name(optarg);
            if (mode < 0) {
                fprintf(stderr, PROGRAM ": unknown mode '%s': there are " MODE_NAMES "\n", optarg);
                return 2;
            }
            options.mode = (unsigned)mode;
            break;
        case ALIGN:
            options.align_branch_targets = true;
            break;
        case EXPANDER:
            expander = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        case 'V':
            puts(PROGRAM " " LFI_VERSION);
            return 0;
        default:
            fputs("Try '" PROGRAM " --help'.\n", stderr);
            return 2;
        }
    }
    if (argc - optind > 1) {
        fputs(PROGRAM ": more than one input\nTry '" PROGRAM " --help'.\n", stderr);
        return 2;
    }
    return run(optind < argc ? argv[optind] : "-", output, expander, options);
}
