// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * lfi-nasm: NASM assembly for LFI targets. The user's own nasm or yasm preprocesses it; the text
 * that comes out is translated into GNU assembly in Intel syntax, which lfi-as rewrites and
 * assembles.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "file.h"
#include "nasm.h"
#include "options.h"
#include "output.h"
#include "process.h"
#include "target.h"
#include "translate.h"

static const char native_triple[] = LFI_NASM_ARCH "-linux-musl";

enum { STATUS_OK, STATUS_FAILURE, STATUS_USAGE };

static const char help[] =
    "Usage: lfi-nasm [--lfi-target=TRIPLE] [--lfi-mode=full|stores|jumps] [OPTION]... [-o OUT] "
    "FILE\n"
    "Assemble NASM assembly for an LFI box. The program's name says the target: TRIPLE-nasm.\n"
    "\n"
    "It takes the options of nasm and yasm for 64-bit ELF, and runs the one that it finds in PATH\n"
    "(LFI_NASM names another) to preprocess FILE. What it cannot translate is an error.\n"
    "\n"
    "  --translate         write GNU assembly in Intel syntax, to standard output without -o\n"
    "  --check             compare the translation with the object that nasm makes, instruction "
    "by\n"
    "                      instruction and byte by byte, before anything is written\n"
    "  --keep-r11, --trap-unsupported\n"
    "                      for lfi-as\n"
    "  -h, --help          show this text\n"
    "      --version       show the version\n"
    "\n"
    "Exit status: 0 done, 1 failure, 2 wrong usage.\n";

static int failure(const char *which)
{
    failed(which);
    return STATUS_FAILURE;
}

/* Becomes the user's assembler, with the arguments as they are. */
static int become(const struct nasm *nasm, char **argv)
{
    argv[0] = (char *)nasm->program;
    execvp(nasm->program, argv);
    return failure(nasm->program);
}

/* What the user's assembler does by itself, as with -M. */
static int run_nasm(const struct options *options, const struct nasm *nasm)
{
    struct arguments command = {0};
    arguments_add(&command, nasm->program);
    arguments_add_all(&command, &options->native);
    pid_t pid = process_start_arguments(&command, -1, -1, -1);
    if (pid < 0)
        failed(nasm->program);
    arguments_free(&command);
    return pid > 0 && process_finish(pid) == 0 ? STATUS_OK : STATUS_FAILURE;
}

/* Runs a program that reads `text` on its standard input. */
static bool feed(const struct arguments *command, const struct text *text, int messages)
{
    int input = memfd_create("assembly", MFD_CLOEXEC);
    bool good =
        input >= 0 && file_write(input, text->at, text->size) && lseek(input, 0, SEEK_SET) == 0;
    pid_t pid = good ? process_start_arguments(command, input, -1, messages) : -1;
    if (pid < 0)
        failure(command->list ? command->list[0] : "assembly");
    if (input >= 0)
        close(input);
    return pid > 0 && process_finish(pid) == 0;
}

static struct translation translation_for(const struct options *options, const struct file *text)
{
    return (struct translation){.input = text->bytes,
                                .size = text->size,
                                .file = options->input,
                                .prefix = options->prefix,
                                .suffix = options->suffix};
}

static bool call_assembler(const struct options *options, const struct target *target,
                           const struct text *text, const char *output, int messages, bool lines)
{
    char assembler[PATH_MAX], triple[96];
    struct arguments command = {0};
    if (!sdk_path(assembler, "libexec/lfi/lfi-as")) {
        failure("/proc/self/exe");
        return false;
    }
    snprintf(triple, sizeof triple, "--lfi-target=%s", target->triple);
    arguments_add(&command, assembler);
    arguments_add(&command, triple);
    arguments_add_all(&command, &options->assembler);
    if (lines)
        arguments_add(&command, "-g");
    const char *const rest[] = {"-o", output, "-"};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        arguments_add(&command, rest[i]);
    bool good = feed(&command, text, messages);
    arguments_free(&command);
    return good;
}

/* Assembles; what is wrong is said with the lines of the source. */
static bool assemble(const struct options *options, const struct target *target,
                     const struct file *input, struct translation *t, const char *output)
{
    int messages = memfd_create("messages", MFD_CLOEXEC);
    bool good = call_assembler(options, target, &t->out, output, messages, options->debug);
    if (good) {
        show(messages);
    } else {
        struct translation again = translation_for(options, input);
        again.name_files = again.quiet = true;
        bool ready = translate(&again);
        if (!ready || call_assembler(options, target, &again.out, "/dev/null", -1, true))
            show(messages);
        translation_free(&again);
    }
    if (messages >= 0)
        close(messages);
    return good;
}

static bool assemble_natively(const char *llvm, const struct translation *t, const char *output)
{
    const char *const words[] = {
        llvm,        "-cc1as", "-triple", native_triple, "-mrelocation-model",
        "pic",

        "-filetype", "obj",    "-o",      output,        "-"};
    struct arguments command = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        arguments_add(&command, words[i]);
    bool good = feed(&command, &t->out, -1);
    arguments_free(&command);
    return good;
}

static bool check(const struct options *options, const struct nasm *nasm, const struct file *input)
{
    char llvm[PATH_MAX], ours[PATH_MAX], theirs[PATH_MAX];
    if (!sdk_path(llvm, "bin/llvm")) {
        failure("/proc/self/exe");
        return false;
    }
    if (!temporary(ours, ".o"))
        return false;
    if (!temporary(theirs, ".o")) {
        unlink(ours);
        return false;
    }
    struct translation t = translation_for(options, input);
    t.check = true;
    bool good = translate(&t) && assemble_natively(llvm, &t, ours) &&
                nasm_assemble(options, nasm, options->input, NULL, theirs, -1) &&
                check_objects(options->input, llvm, &t, ours, theirs);
    translation_free(&t);
    unlink(ours);
    unlink(theirs);
    return good;
}

static bool write_text(const struct text *text, const char *path)
{
    struct output output;
    if (!output_open(&output, path, OUTPUT_WRITE, OUTPUT_MODE)) {
        failure(path);
        return false;
    }
    bool good = file_write(output.fd, text->at, text->size);
    if (!good || !output_commit(&output)) {
        failure(path);
        if (!good)
            output_discard(&output);
        return false;
    }
    return true;
}

/* foo.asm becomes foo.o here, as nasm has it. */
static void default_output(char path[PATH_MAX], const char *input)
{
    const char *dot = strrchr(input, '.'), *slash = strrchr(input, '/');
    size_t size = dot && (!slash || dot > slash) ? (size_t)(dot - input) : strlen(input);
    snprintf(path, PATH_MAX, "%.*s.o", (int)size, input);
}

static int work(const struct options *options, struct nasm *nasm, const struct target *target)
{
    struct file input;
    char made[PATH_MAX];
    const char *output = options->output;
    if (!output) {
        default_output(made, options->input);
        output = options->translate ? "-" : made;
    }
    if (!nasm_preprocess(options, nasm, &input))
        return STATUS_FAILURE;
    struct translation t = translation_for(options, &input);
    bool good = translate(&t) && (!options->check || check(options, nasm, &input));
    if (good && options->translate)
        good = write_text(&t.out, output);
    else if (good)
        good = assemble(options, target, &input, &t, output);
    good = good && nasm_dependencies(options, nasm, output);
    translation_free(&t);
    free(input.bytes);
    return good ? STATUS_OK : STATUS_FAILURE;
}

int main(int argc, char **argv)
{
    struct options options;
    struct target target;
    struct nasm nasm = {0};
    bool named = target_from_name(&target, argv[0]);
    if (named && target.mode == MODE_NATIVE)
        return nasm_find(&nasm) ? become(&nasm, argv) : STATUS_FAILURE;
    int status = STATUS_USAGE;
    if (!options_read(&options, argc, argv)) {
        options_free(&options);
        return status;
    }
    if (options.help) {
        fputs(help, stdout);
        status = output_printed() ? STATUS_OK : failure("standard output");
    } else if (options.version && !nasm_find(&nasm)) {
        status = STATUS_FAILURE;
    } else if (options.version) { /* build systems look for nasm's own words */
        struct arguments command = {0};
        arguments_add(&command, nasm.program);
        arguments_add(&command, nasm.yasm ? "--version" : "-v");
        pid_t pid = process_start_arguments(&command, -1, -1, -1);
        status = pid > 0 && process_finish(pid) == 0 ? STATUS_OK : STATUS_FAILURE;
        arguments_free(&command);
        if (status == STATUS_OK)
            puts("lfi-nasm " LFI_VERSION);
    } else if (!options.input) {
        fputs("lfi-nasm: no input\nTry 'lfi-nasm --help'.\n", stderr);
    } else if (options.translate ||
               target_choose(&target, "lfi-nasm", argv[0], options.target, options.mode)) {
        if (!options.translate && strcmp(target.arch, LFI_NASM_ARCH) != 0)
            fprintf(stderr, "lfi-nasm: %s: NASM assembly is for " LFI_NASM_ARCH "\n",
                    target.triple);
        else if (!nasm_find(&nasm))
            status = STATUS_FAILURE;
        else
            status = options.only ? run_nasm(&options, &nasm) : work(&options, &nasm, &target);
    }
    nasm_free(&nasm);
    options_free(&options);
    return status;
}
