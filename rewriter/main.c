// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi-rewrite: the rewriter as a filter. */
#include "lfi/abi.h"
#include "lfi/rewriter.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "lfi-rewrite"

static const char help[] =
    "Usage: " PROGRAM " [options] [INPUT]\n"
    "Rewrites GNU assembly (of x86-64 AT&T syntax) so that it assembles to verifiable LFI code.\n"
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
    "Assemble the result with clang 19 (LLVM up to 22), link it with lfi-ld.\n";

static bool read_all(FILE *f, char **text, size_t *size)
{
    size_t capacity = 1 << 20;
    char *buffer = malloc(capacity);
    *size = 0;
    while (buffer) {
        *size += fread(buffer + *size, 1, capacity - *size, f);
        if (*size < capacity)
            break;
        char *grown = realloc(buffer, capacity *= 2);
        if (!grown)
            free(buffer);
        buffer = grown;
    }
    if (buffer && ferror(f)) {
        free(buffer);
        buffer = NULL;
    }
    *text = buffer;
    return buffer != NULL;
}

static bool write_piece(void *data, const char *text, size_t size)
{
    return fwrite(text, 1, size, data) == size;
}

/* The temporary beside `output`, open; its name in *name. */
static FILE *open_temporary(const char *output, char **name)
{
    size_t n = strlen(output) + 8;
    *name = malloc(n);
    if (!*name)
        return NULL;
    snprintf(*name, n, "%s.XXXXXX", output);
    int fd = mkstemp(*name);
    if (fd < 0)
        return NULL;
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    return fdopen(fd, "w");
}

static int fail(const char *what)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, strerror(errno));
    return 1;
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

static int run(const char *input, const char *output, const char *expander,
               struct lfi_rewrite_options *options)
{
    char *text, *temporary = NULL;
    size_t size;
    FILE *in = strcmp(input, "-") == 0 ? stdin : fopen(input, "r");
    if (!in || !read_all(in, &text, &size))
        return fail(input);
    if (in != stdin)
        fclose(in);

    struct stat st;
    bool standard = strcmp(output, "-") == 0;
    /* a device or pipe is written in place */
    bool direct = standard || (stat(output, &st) == 0 && !S_ISREG(st.st_mode));
    FILE *out = standard ? stdout
                : direct ? fopen(output, "w")
                         : open_temporary(output, &temporary);
    if (!out) {
        free(text);
        free(temporary);
        return fail(output);
    }
    options->name = in == stdin ? "<stdin>" : input;
    options->sink = write_piece;
    options->sink_data = out;
    options->report = lfi_rewrite_print;
    options->report_data = PROGRAM;
    int result = rewrite(text, size, expander, options) == LFI_REWRITE_OK ? 0 : 1;
    free(text);
    bool wrote = !ferror(out);
    if (fclose(out) != 0)
        wrote = false;
    if (!wrote)
        result = fail(output);
    if (temporary) {
        if (result == 0 && rename(temporary, output) != 0)
            result = fail(output);
        if (result != 0)
            unlink(temporary);
        free(temporary);
    }
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
            mode = lfi_rewrite_mode(optarg);
            if (mode < 0) {
                fprintf(stderr, PROGRAM ": unknown mode '%s': full, stores or jumps\n", optarg);
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
    return run(optind < argc ? argv[optind] : "-", output, expander, &options);
}
