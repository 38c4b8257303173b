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
#include "process.h"

#define PROGRAM "lfi-rewrite"

/* print_help() lists the architectures between the two. */
static const char help[] =
    "Usage: " PROGRAM " [OPTION]... [INPUT]\n"
    "Rewrite GNU assembly so that it assembles to code that lfi-verify accepts.\n"
    "\n"
    "INPUT is a file, or - for standard input, the default. x86-64 assembly is in AT&T syntax;\n"
    "Intel syntax is converted first.\n"
    "\n"
    "  -a, --arch=ARCH             ";
static const char more_help[] =
    "  -m, --mode=MODE             full (default), stores or jumps\n"
    "      --align-branch-targets  start a bundle at every label in code\n"
    "      --keep-r11              x86-64: calls between the files that get this keep %r11\n"
    "      --expander=PROGRAM      clang that expands macros where the input has them\n"
    "                              (default: clang)\n"
    "  -o, --output=FILE           - for standard output, the default\n"
    "  -h, --help                  show this and exit\n"
    "  -V, --version               show the version and exit\n"
    "\n"
    "Assemble the result with LLVM's assembler (x86-64: version 22 or older), and link it with\n"
    "lfi-ld.\n"
    "\n"
    "Exit status: 0 done, 1 failure, 2 wrong usage.\n";

static void print_help(void)
{
    fputs(help, stdout);
    for (size_t i = 0; lfi_rewrite_arch(i); i++)
        printf("%s%s%s", i == 0 ? "" : ", ", lfi_rewrite_arch(i), i == 0 ? " (default)" : "");
    putchar('\n');
    fputs(more_help, stdout);
}

static int usage(void)
{
    fputs("Try '" PROGRAM " --help'.\n", stderr);
    return 2;
}

static int unknown_arch(const char *name)
{
    fprintf(stderr, PROGRAM ": unknown architecture '%s'; there are:", name);
    for (size_t i = 0; lfi_rewrite_arch(i); i++)
        fprintf(stderr, " %s", lfi_rewrite_arch(i));
    fputc('\n', stderr);
    return usage();
}

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
    char triple[64], *expanded = NULL;
    snprintf(triple, sizeof triple, "%s-linux-musl", options->arch);
    const char *const first[] = {expander, "-cc1as", "-triple", triple, "-filetype",
                                 "asm",    "-o",     "-",       "-"};
    struct arguments command = {0};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        arguments_add(&command, first[i]);
    for (const char *const *more = lfi_rewrite_assembler(options->arch); *more; more++)
        arguments_add(&command, *more);
    errno = ENOMEM;
    bool good = !command.failed && lfi_expand(command.list, text, size, &expanded, &size);
    arguments_free(&command);
    if (!good) {
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
    enum { ALIGN = 256, EXPANDER, KEEP_R11 };
    static const struct option long_options[] = {
        {"arch", required_argument, NULL, 'a'},
        {"mode", required_argument, NULL, 'm'},
        {"align-branch-targets", no_argument, NULL, ALIGN},
        {"keep-r11", no_argument, NULL, KEEP_R11},
        {"expander", required_argument, NULL, EXPANDER},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0},
    };
    struct lfi_rewrite_options options = {.arch = lfi_rewrite_arch(0), .mode = LFI_MODE_FULL};
    const char *output = "-", *expander = "clang";
    int c, mode;
    while ((c = getopt_long(argc, argv, "a:m:o:hV", long_options, NULL)) != -1) {
        switch (c) {
        case 'a':
            if (!lfi_rewrite_knows_arch(optarg)) {
                return unknown_arch(optarg);
            }
            options.arch = optarg;
            break;
        case 'm':
            mode = mode_from_name(optarg);
            if (mode < 0) {
                fprintf(stderr, PROGRAM ": unknown mode '%s'; there are: " MODE_NAMES "\n", optarg);
                return usage();
            }
            options.mode = (unsigned)mode;
            break;
        case ALIGN:
            options.align_branch_targets = true;
            break;
        case KEEP_R11:
            options.keep_r11 = true;
            break;
        case EXPANDER:
            expander = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'h':
            print_help();
            return 0;
        case 'V':
            puts(PROGRAM " " LFI_VERSION);
            return 0;
        default:
            return usage();
        }
    }
    if (argc - optind > 1) {
        fputs(PROGRAM ": more than one input\n", stderr);
        return usage();
    }
    return run(optind < argc ? argv[optind] : "-", output, expander, options);
}
