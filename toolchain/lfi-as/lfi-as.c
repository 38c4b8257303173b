// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * lfi-as: the assembler that clang calls for LFI targets. It rewrites (liblfi-rewriter) and hands
 * the result through a pipe to LLVM's assembler, which runs at the same time, without a
 * file in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lfi/rewriter.h>

#include "file.h"
#include "mark.h"
#include "modes.h"
#include "options.h"
#include "output.h"
#include "process.h"
#include "target.h"

enum { STATUS_OK, STATUS_FAILURE, STATUS_USAGE };

static const char help[] =
    "Usage: lfi-as [--lfi-target=TRIPLE] [--lfi-mode=full|stores|jumps] [OPTION]... [-o OUT] "
    "[FILE]\n"
    "Rewrite GNU assembly for an LFI box and assemble it. FILE may be -, for standard input. The\n"
    "program's name says the target: TRIPLE-as, or .../TRIPLE/as.\n"
    "\n"
    "Of the options of GNU as it takes those that clang and GCC pass on:\n"
    "  -o OUT  -I DIR  --defsym SYM=VALUE  --gdwarf-N  --noexecstack  --fatal-warnings  -W  -L  "
    "-v\n"
    "  --compress-debug-sections[=HOW]  -mrelax-relocations=no  --debug-prefix-map OLD=NEW\n"
    "  --keep-r11, where there is r11: calls between the files that get this keep %r11\n"
    "  --trap-unsupported: instructions that a box does not have become traps\n"
    "  -g, which numbers the lines of text that has no .loc,\n"
    "and ignores those that change nothing here, such as --64, -march=, -k.\n"
    "Exit status: 0 done, 1 failure, 2 wrong usage.\n";

/* The running assembler: started when the rewriter has something for it. */
struct assembler {
    const struct arguments *command;
    pid_t pid;    /* 0: not started */
    int pipe;     /* its standard input */
    int messages; /* its standard error, an unnamed file */
    int error;    /* errno, where it could not be started */
    bool left;    /* it ended before it had read all */
};

static int failure(const char *which)
{
    fprintf(stderr, "lfi-as: %s: %s\n", which, strerror(errno));
    return STATUS_FAILURE;
}

static bool start_assembler(struct assembler *assembler)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    assembler->messages = memfd_create("messages", MFD_CLOEXEC);
    assembler->pid = process_start_arguments(assembler->command, ends[0], -1, assembler->messages);
    int error = errno;
    close(ends[0]);
    assembler->pipe = ends[1];
    errno = error;
    return assembler->pid > 0;
}

static bool feed(void *data, const char *text, size_t size)
{
    struct assembler *assembler = data;
    if (assembler->pid == 0 && !start_assembler(assembler)) {
        assembler->error = errno;
        return false;
    }
    assembler->left = !file_write(assembler->pipe, text, size);
    return !assembler->left;
}

static void feed_mark(struct assembler *assembler, int mode)
{
    char text[128];
    int size = snprintf(text, sizeof text,
                        "\n\t.section " MARK_SECTION ",\"e\"\n\t.asciz \"" MARK_TEXT "\"\n",
                        mode_name((unsigned)mode));
    feed(assembler, text, (size_t)size);
}

/* Prints the assembler's messages unchanged. */
static void show(int messages)
{
    char buffer[4096];
    ssize_t size;
    lseek(messages, 0, SEEK_SET);
    while ((size = read(messages, buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)size, stderr);
}

/* LLVM's assembler with the options that every run of it has. */
static void assembler_command(struct arguments *command, const char *llvm,
                              const struct target *target, const struct options *options)
{
    static const char *const fixed[] = {"-cc1as", "-mrelocation-model", "pic", "-triple"};
    arguments_add(command, llvm);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        arguments_add(command, fixed[i]);
    arguments_add(command, target->triple);
    for (const char *const *more = lfi_rewrite_assembler(target->arch); *more; more++)
        arguments_add(command, *more);
    arguments_add_all(command, &options->macros);
}

/*
 * The assembler refused what the rewriter let pass. It would refuse the user's text as well, so let
 * it do that: its messages then name the user's file and line. If it does not, show its first
 * messages.
 */
static void explain(const struct assembler *assembler, const char *llvm,
                    const struct target *target, const struct options *options)
{
    if (strcmp(options->input, "-") != 0) {
        struct arguments command = {0};
        assembler_command(&command, llvm, target, options);
        arguments_add(&command, "-filetype");
        arguments_add(&command, "null");
        arguments_add(&command, options->input);
        pid_t pid = process_start_arguments(&command, -1, -1, -1);
        arguments_free(&command);
        if (pid > 0 && process_finish(pid) != 0)
            return;
    }
    show(assembler->messages);
    fprintf(stderr, "lfi-as: %s: the rewritten assembly does not assemble (lfi-rewrite shows it)\n",
            options->input);
}

struct decoder {
    const char *llvm;
    const struct target *target;
    const struct options *options;
};

/* Instructions that are written as bytes. */
static bool decode(void *data, const char *text, size_t size, char **out, size_t *out_size)
{
    const struct decoder *decoder = data;
    static const char *const rest[] = {"-filetype", "obj", "-o", "-", "-"};
    const char *const disassembler[] = {decoder->llvm, "objdump", "-d", "-", NULL};
    struct arguments command = {0};
    assembler_command(&command, decoder->llvm, decoder->target, decoder->options);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        arguments_add(&command, rest[i]);
    errno = ENOMEM;
    bool good =
        !command.failed && lfi_decode(command.list, disassembler, text, size, out, out_size);
    arguments_free(&command);
    if (!good && errno != ECHILD)
        failure(decoder->llvm);
    return good;
}

static enum lfi_rewrite_status rewrite(struct lfi_rewrite_options *rewriting, const char *text,
                                       size_t size, const char *llvm, const struct target *target,
                                       const struct options *options)
{
    enum lfi_rewrite_status status = LFI_REWRITE_EXPAND;
    if (!options->intel_syntax)
        status = lfi_rewrite(text, size, rewriting);
    if (status != LFI_REWRITE_EXPAND)
        return status;
    char *plain = NULL; /* with it the assembler cannot name the user's file */
    size_t plain_size;
    if (!lfi_rewrite_plain_syntax(target->arch, options->intel_syntax, text, size, &plain,
                                  &plain_size)) {
        errno = ENOMEM;
        failure(options->input);
        return LFI_REWRITE_FAILED;
    }
    struct arguments command = {0};
    assembler_command(&command, llvm, target, options);
    if (rewriting->lines) {
        arguments_add(&command, "-debug-info-kind=constructor");
        arguments_add(&command, "-dwarf-version=5");
    }
    const char *const rest[] = {"-filetype", "asm", "-o", "-", plain ? "-" : options->input};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        arguments_add(&command, rest[i]);
    char *expanded = NULL;
    status = LFI_REWRITE_FAILED;
    if (command.failed) {
        errno = ENOMEM;
        failure(llvm);
    } else if (lfi_expand(command.list, plain ? plain : text, plain ? plain_size : size, &expanded,
                          &size)) {
        rewriting->expanded = true;
        status = lfi_rewrite(expanded, size, rewriting);
    } else if (errno != ECHILD) {
        failure(llvm);
    }
    free(expanded);
    free(plain);
    arguments_free(&command);
    return status;
}

/* Applies --debug-prefix-map; the last map that matches counts. */
static void map_prefix(char *path, size_t room, const struct arguments *prefixes)
{
    for (size_t i = prefixes->count; i-- > 0;) {
        const char *map = prefixes->list[i] + strlen(PREFIX_MAP_OPTION), *equals = strchr(map, '=');
        size_t size = equals ? (size_t)(equals - map) : 0;
        if (!equals || strncmp(path, map, size) != 0)
            continue;
        char *rest = strdup(path + size);
        if (rest)
            snprintf(path, room, "%s%s", equals + 1, rest);
        free(rest);
        return;
    }
}

static int assemble(const struct options *options, const struct target *target,
                    const struct output *output)
{
    char llvm[PATH_MAX], folder[PATH_MAX] = ".", mapped[PATH_MAX], source[PATH_MAX];
    struct file input;
    signal(SIGPIPE, SIG_IGN); /* feed() sees it */
    if (!sdk_path(llvm, "bin/llvm"))
        return failure("/proc/self/exe");
    if (!file_read_input(options->input, &input))
        return failure(options->input);

    struct arguments command = {0};
    assembler_command(&command, llvm, target, options);
    arguments_add_all(&command, &options->passed);
    arguments_add_all(&command, &options->prefixes);
    const char *base = strrchr(options->input, '/');
    arguments_add(&command, "-main-file-name");
    arguments_add(&command, base ? base + 1 : options->input);
    if (getcwd(folder, sizeof folder)) {
        arguments_add(&command, "-fdebug-compilation-dir");
        arguments_add(&command, folder);
    }
    const char *const rest[] = {"-filetype", "obj", "-o", output->temporary, "-"};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        arguments_add(&command, rest[i]);

    unsigned trapped = 0;
    struct assembler assembler = {.command = &command, .pipe = -1, .messages = -1};
    struct lfi_rewrite_options rewriting = {
        .name = options->input,
        .arch = target->arch,
        .mode = (unsigned)target->mode,
        .keep_r11 = options->keep_r11,
        .trapped = options->trap_unsupported ? &trapped : NULL,
        .sink = feed,
        .sink_data = &assembler,
        .decode = decode,
        .decode_data = &(struct decoder){llvm, target, options},
        .report = lfi_rewrite_print,
        .report_data = "lfi-as",
    };
    struct lfi_rewrite_lines lines = {.directory = mapped, .dwarf = options->dwarf};
    if (options->dwarf && lfi_rewrite_lines_find(&lines, input.bytes, input.size, options->input)) {
        snprintf(source, sizeof source, "%.*s", (int)lines.file_size, lines.file);
        map_prefix(source, sizeof source, &options->prefixes);
        memcpy(mapped, folder, sizeof folder); /* the assembler maps its own */
        map_prefix(mapped, sizeof mapped, &options->prefixes);
        lines.file = source;
        lines.file_size = strlen(source);
        rewriting.lines = &lines;
    }
    enum lfi_rewrite_status rewritten =
        rewrite(&rewriting, input.bytes, input.size, llvm, target, options);
    if (rewritten == LFI_REWRITE_OK)
        feed_mark(&assembler, target->mode); /* an empty file makes an object, too */

    int status = rewritten == LFI_REWRITE_OK ? STATUS_OK : STATUS_FAILURE;
    if (assembler.pid > 0) {
        bool refused = rewritten != LFI_REWRITE_OK && !assembler.left; /* by the rewriter */
        if (refused)
            kill(assembler.pid, SIGTERM);
        close(assembler.pipe);
        int ended = process_finish(assembler.pid);
        if (ended == 0 && status == STATUS_OK) {
            show(assembler.messages); /* warnings */
        } else if (!refused) {
            status = STATUS_FAILURE;
            explain(&assembler, llvm, target, options);
        }
        close(assembler.messages);
    } else if (assembler.error || status == STATUS_OK) {
        errno = assembler.error;
        status = failure(llvm);
    }
    if (trapped && status == STATUS_OK)
        fprintf(stderr, "lfi-as: %s: warning: %u instructions that a box does not have trap\n",
                options->input, trapped);
    arguments_free(&command);
    free(input.bytes);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct target target;
    struct output output;
    if (!options_read(&options, argc, argv))
        return STATUS_USAGE;
    if (options.help || options.version) {
        fputs(options.help ? help : "lfi-as " LFI_VERSION "\n", stdout);
        options_free(&options);
        return output_printed() ? STATUS_OK : failure("standard output");
    }
    if (options.verbose)
        fputs("lfi-as " LFI_VERSION "\n", stderr);
    if (!target_choose(&target, "lfi-as", argv[0], options.target, options.mode)) {
        options_free(&options);
        return STATUS_USAGE;
    }
    if (target.mode == MODE_NATIVE) {
        fprintf(stderr, "lfi-as: %s: code for this target is not rewritten\n", target.triple);
        options_free(&options);
        return STATUS_USAGE;
    }
    if (!output_open(&output, options.output, OUTPUT_NAME, OUTPUT_MODE))
        return failure(options.output);
    output_clean_on_signal(&output);
    int status = assemble(&options, &target, &output);
    if (status != STATUS_OK)
        output_discard(&output);
    else if (!output_commit(&output))
        status = failure(output.path);
    options_free(&options);
    return status;
}
