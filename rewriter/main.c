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
#include "show.h"

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
    "      --diff                  show before and after side by side, and why, not the result\n"
    "      --stats                 show what each kind of change costs in bytes, not the result\n"
    "      --align-branch-targets  start a bundle at every label in code\n"
    "      --keep-r11              x86-64: calls between the files that get this keep %r11\n"
    "      --trap-unsupported      x86-64: instructions that a box does not have become traps\n"
    "      --expander=PROGRAM      clang that expands macros where the input has them\n"
    "                              (default: clang)\n"
    "      --disassembler=PROGRAM  llvm-objdump (the default), for instructions as bytes\n"
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

struct programs {
    const char *expander, *disassembler, *arch;
    char triple[64];
};

/* The command of the expander, for output of that type. */
static void assembler_command(struct arguments *command, const struct programs *programs,
                              const char *filetype, const char *option)
{
    const char *const first[] = {programs->expander,
                                 "-cc1as",
                                 "-triple",
                                 programs->triple,
                                 "-filetype",
                                 filetype,
                                 "-o",
                                 "-",
                                 "-"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        arguments_add(command, first[i]);
    for (const char *const *more = lfi_rewrite_assembler(programs->arch); *more; more++)
        arguments_add(command, *more);
    if (option)
        arguments_add(command, option);
}

static bool decode(void *data, const char *text, size_t size, char **out, size_t *out_size)
{
    const struct programs *programs = data;
    const char *const disassembler[] = {programs->disassembler, "-d", "-", NULL};
    struct arguments command = {0};
    assembler_command(&command, programs, "obj", NULL);
    errno = ENOMEM;
    bool good =
        !command.failed && lfi_decode(command.list, disassembler, text, size, out, out_size);
    arguments_free(&command);
    if (!good)
        fprintf(stderr, PROGRAM ": %s, %s: %s\n", programs->expander, programs->disassembler,
                errno == ECHILD ? "failed" : strerror(errno));
    return good;
}

static bool assemble(void *data, bool object, const char *text, size_t size, char **out,
                     size_t *out_size)
{
    const struct programs *programs = data;
    struct arguments command = {0};
    assembler_command(&command, programs, object ? "obj" : "asm", object ? NULL : "-show-encoding");
    errno = ENOMEM;
    bool good = !command.failed && lfi_expand(command.list, text, size, out, out_size);
    arguments_free(&command);
    if (!good)
        fprintf(stderr, PROGRAM ": %s: %s\n", programs->expander,
                errno == ECHILD ? "it could not assemble what --stats measures" : strerror(errno));
    return good;
}

/* What is to be shown instead of the result. */
struct shown {
    bool diff, stats;
};

/* Writes that to the output. False: reported. */
static bool write_shown(struct show *show, struct shown what, struct programs *programs,
                        struct output *output)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    bool good = to && !show->failed;
    errno = ENOMEM;
    if (!good)
        fail(output->path);
    if (good) {
        show_compare(show);
        if (what.diff)
            show_diff(show, to);
        if (what.diff && what.stats)
            fputc('\n', to);
        good = !what.stats || show_stats(show, assemble, programs, to);
    }
    if (to && fclose(to) && good)
        good = fail(output->path) == 0;
    good = good && write_piece(output, text, size);
    free(text);
    return good;
}

static enum lfi_rewrite_status rewrite(char *text, size_t size, const struct programs *programs,
                                       struct lfi_rewrite_options *options)
{
    enum lfi_rewrite_status status = lfi_rewrite(text, size, options);
    if (status != LFI_REWRITE_EXPAND)
        return status;
    char *expanded = NULL;
    struct arguments command = {0};
    assembler_command(&command, programs, "asm", NULL);
    errno = ENOMEM;
    char *plain = NULL;
    bool good = !command.failed &&
                lfi_rewrite_plain_syntax(programs->arch, false, text, size, &plain, &size) &&
                lfi_expand(command.list, plain ? plain : text, size, &expanded, &size);
    free(plain);
    arguments_free(&command);
    if (!good) {
        if (errno == ECHILD)
            fprintf(stderr, PROGRAM ": %s: its macros could not be expanded\n", options->name);
        else
            fail(programs->expander);
        return LFI_REWRITE_FAILED;
    }
    options->expanded = true;
    status = lfi_rewrite(expanded, size, options);
    free(expanded);
    return status;
}

static int run(const char *input, const char *path, struct programs *programs, struct shown what,
               struct lfi_rewrite_options options)
{
    struct file file;
    struct output output;
    struct show show = {0};
    if (!file_read_input(input, &file))
        return fail(input);
    if (!output_open(&output, path, OUTPUT_WRITE, OUTPUT_MODE)) {
        free(file.bytes);
        return fail(path);
    }
    options.name = strcmp(input, "-") == 0 ? "<stdin>" : input;
    options.sink = write_piece;
    options.sink_data = &output;
    if (what.diff || what.stats) {
        options.sink = show_sink;
        options.watch = show_watch;
        options.sink_data = options.watch_data = &show;
    }
    options.report = lfi_rewrite_print;
    options.report_data = PROGRAM;
    options.decode = decode;
    options.decode_data = programs;
    programs->arch = options.arch;
    snprintf(programs->triple, sizeof programs->triple, "%s-linux-musl", options.arch);
    int result = 0;
    if (rewrite(file.bytes, file.size, programs, &options) != LFI_REWRITE_OK ||
        (options.watch && !write_shown(&show, what, programs, &output))) {
        output_discard(&output);
        result = 1;
    } else if (!output_commit(&output)) {
        result = fail(path);
    }
    show_free(&show);
    free(file.bytes);
    return result;
}

int main(int argc, char **argv)
{
    enum { ALIGN = 256, DIFF, EXPANDER, DISASSEMBLER, KEEP_R11, STATS, TRAP };
    static const struct option long_options[] = {
        {"arch", required_argument, NULL, 'a'},
        {"mode", required_argument, NULL, 'm'},
        {"align-branch-targets", no_argument, NULL, ALIGN},
        {"diff", no_argument, NULL, DIFF},
        {"stats", no_argument, NULL, STATS},
        {"keep-r11", no_argument, NULL, KEEP_R11},
        {"trap-unsupported", no_argument, NULL, TRAP},
        {"expander", required_argument, NULL, EXPANDER},
        {"disassembler", required_argument, NULL, DISASSEMBLER},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0},
    };
    struct lfi_rewrite_options options = {.arch = lfi_rewrite_arch(0), .mode = LFI_MODE_FULL};
    const char *output = "-";
    struct programs programs = {.expander = "clang", .disassembler = "llvm-objdump"};
    struct shown what = {0};
    unsigned trapped = 0;
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
        case DIFF:
            what.diff = true;
            break;
        case STATS:
            what.stats = true;
            break;
        case DISASSEMBLER:
            programs.disassembler = optarg;
            break;
        case KEEP_R11:
            options.keep_r11 = true;
            break;
        case TRAP:
            options.trapped = &trapped;
            break;
        case EXPANDER:
            programs.expander = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'h':
            print_help();
            return output_printed() ? 0 : fail("standard output");
        case 'V':
            puts(PROGRAM " " LFI_VERSION);
            return output_printed() ? 0 : fail("standard output");
        default:
            return usage();
        }
    }
    if (argc - optind > 1) {
        fputs(PROGRAM ": more than one input\n", stderr);
        return usage();
    }
    int status = run(optind < argc ? argv[optind] : "-", output, &programs, what, options);
    if (trapped && status == 0)
        fprintf(stderr, PROGRAM ": warning: %u instructions that a box does not have trap\n",
                trapped);
    return status;
}
