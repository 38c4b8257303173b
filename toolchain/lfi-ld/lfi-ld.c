// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * lfi-ld: the linker that clang calls for LFI targets. It runs ld.lld into a temporary, with the
 * note that marks LFI files, on x86-64 lets lfi-postlink finish that, verifies it, and puts it in
 * its place.
 *
 * Its options are ld.lld's, which it passes on unchanged; what it adds comes after them, and
 * the last -o counts. Of its own it has only --lfi-mode=MODE, --lfi-target=TRIPLE and
 * --lfi-unverified, which leaves the verifier out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "findings.h"
#include "modes.h"
#include "options.h"
#include "output.h"
#include "process.h"
#include "shared.h"
#include "target.h"

enum { STATUS_OK, STATUS_FAILURE, STATUS_USAGE };

static int failure(const char *what, const char *which)
{
    fprintf(stderr, "lfi-ld: %s: %s: %s\n", which, what, strerror(errno));
    return STATUS_FAILURE;
}

/* With its standard error at `messages`, and no other output, unless that is -1. */
static int run(const struct arguments *arguments, int messages)
{
    pid_t pid = process_start_arguments(arguments, -1, messages, messages);
    int status = pid < 0 ? -1 : process_finish(pid);
    if (status < 0)
        return failure("cannot be run", arguments->list[0]);
    if (status > 128)
        fprintf(stderr, "lfi-ld: %s: ended by signal %d (%s)%s\n", arguments->list[0], status - 128,
                strsignal(status - 128),
                status - 128 == SIGBUS ? ": is the disk of the output full?" : "");
    return status;
}

/*
 * The dependency file that ld.lld wrote names the temporary as what was made; put the output's name
 * there.
 */
static bool correct_dependencies(const char *path, const struct output *output)
{
    struct file file;
    size_t name = strlen(output->temporary);
    if (!file_read(path, &file))
        return errno == ENOENT; /* ld.lld wrote none */
    const char *text = file.bytes;
    bool done = true;
    if (file.size >= name && memcmp(text, output->temporary, name) == 0) {
        FILE *stream = fopen(path, "w");
        done = stream && fprintf(stream, "%s%s", output->path, text + name) >= 0;
        if (stream && fclose(stream) != 0)
            done = false;
    }
    free(file.bytes);
    return done;
}

struct paths {
    char lld[PATH_MAX], postlink[PATH_MAX], verify[PATH_MAX], note[PATH_MAX];
    char assembler[PATH_MAX]; /* an option: LTO's code is rewritten as all other assembly */
};

static bool find_paths(struct paths *paths, const struct target *target)
{
    char note[128], as[128], program[PATH_MAX];
    snprintf(note, sizeof note, "libexec/lfi/%s/note.o", target->triple);
    snprintf(as, sizeof as, "libexec/lfi/%s/as", target->triple);
    if (!sdk_path(paths->lld, "bin/ld.lld") || !sdk_path(paths->postlink, "bin/lfi-postlink") ||
        !sdk_path(paths->verify, "bin/lfi-verify") || !sdk_path(paths->note, note) ||
        !sdk_path(program, as))
        return false;
    errno = ENAMETOOLONG;
    int size = snprintf(paths->assembler, PATH_MAX, "-lto-assembler=%s", program);
    return size < PATH_MAX;
}

/* What is particular to an architecture: cmake/arch/ARCH.cmake. */
static const struct architecture {
    const char *name;
    bool postlinks;
    /*
     * Link-time optimization generates code here, not in the compiler: ld.lld's options that repeat
     * what the compiler's config files say about it.
     */
    const char *const *code;
} architectures[] = {
#include "architectures.def"
};

static const struct architecture *find_architecture(const char *name)
{
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        if (strcmp(name, architectures[i].name) == 0)
            return &architectures[i];
    return NULL;
}

/* Runs a tool of the SDK on what was linked; what it says is added to the findings. */
static int check(const char *tool, const char *program, int mode, const char *file,
                 struct findings *findings)
{
    char option[32];
    int messages = memfd_create("messages", MFD_CLOEXEC);
    if (messages < 0)
        return failure("its messages cannot be kept", program);
    snprintf(option, sizeof option, "--mode=%s", mode_name((unsigned)mode));
    struct arguments command = {0};
    arguments_add(&command, program);
    arguments_add(&command, option);
    arguments_add(&command, "--"); /* its name may begin with one */
    arguments_add(&command, file);
    int status = run(&command, messages);
    arguments_free(&command);
    findings_read(findings, tool, file, messages);
    return status;
}

/* Prints the findings; the linker has to run again, for its map. */
static void show(const struct findings *findings, struct arguments *command,
                 const struct output *output, int mode)
{
    char map[PATH_MAX + 8], option[sizeof map + 8];
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    snprintf(map, sizeof map, "%s.map", output->temporary);
    snprintf(option, sizeof option, "-Map=%s", map);
    arguments_add(command, option);
    if (nowhere >= 0) {
        run(command, nowhere);
        close(nowhere);
    }
    findings_print(findings, map, output->path, (unsigned)mode);
    unlink(map);
}

/* lfi-postlink and the verifier: no file comes out that would not load. */
static int finish(const struct options *options, struct arguments *command, int mode,
                  const struct paths *paths, bool postlinks, const struct output *output)
{
    const char *file = output->temporary;
    struct findings findings = {0};
    int status = STATUS_OK;
    if (postlinks)
        status = check("lfi-postlink", paths->postlink, mode, file, &findings);
    if (status == STATUS_OK && !options->unverified)
        status = check("lfi-verify", paths->verify, mode, file, &findings);
    if (status != STATUS_OK)
        show(&findings, command, output, mode);
    return status;
}

/* -shared: an object instead. */
static void link_library(struct arguments *command, const struct options *options)
{
    const char *output = options->output ? options->output : "a.out";
    fprintf(stderr,
            "lfi-ld: warning: %s: there are no shared libraries in a box; this is an object, for "
            "programs to link with\n",
            output);
    arguments_add(command, "-r");
    arguments_add(command, "-o");
    arguments_add(command, output);
    arguments_add_all(command, &options->files);
}

static int link_program(const struct options *options, const struct target *target)
{
    const struct architecture *architecture = find_architecture(target->arch);
    if (!architecture) {
        fprintf(stderr, "lfi-ld: unknown architecture '%s'\n", target->arch);
        return STATUS_USAGE;
    }
    struct paths paths;
    if (!find_paths(&paths, target))
        return failure("its own folder", "/proc/self/exe");

    struct arguments command = {0};
    arguments_add(&command, paths.lld);
    struct arguments libraries = {0};
    if (target->mode == MODE_NATIVE)
        arguments_add_all(&command, &options->rest);
    else if (options->shared)
        link_library(&command, options);
    else
        shared_link(&command, &options->rest, &libraries);
    if (target->mode != MODE_NATIVE) {
        arguments_add(&command, "-mllvm");
        arguments_add(&command, paths.assembler);
        for (const char *const *code = architecture->code; *code; code++)
            arguments_add(&command, *code);
    }

    int status;
    struct output output;
    if (!options->links || options->no_program || options->relocatable || options->shared ||
        target->mode == MODE_NATIVE) {
        /* clang passes -pie with -r, too, where -static-pie is the default. */
        if (options->relocatable)
            arguments_add(&command, "--no-pie");
        status = run(&command, -1);
    } else if (!output_open(&output, options->output ? options->output : "a.out", OUTPUT_NAME,
                            OUTPUT_MODE)) {
        status = failure("cannot be written", options->output ? options->output : "a.out");
    } else {
        output_clean_on_signal(&output);
        arguments_add(&command, "-z");
        arguments_add(&command, "separate-code");
        arguments_add(&command, paths.note);
        arguments_add(&command, "-o");
        arguments_add(&command, output.temporary);
        status = run(&command, -1);
        if (status == STATUS_OK)
            status =
                finish(options, &command, target->mode, &paths, architecture->postlinks, &output);
        if (status != STATUS_OK)
            output_discard(&output);
        else if (!output_commit(&output))
            status = failure("cannot be written", output.path);
        else if (options->dependencies && !correct_dependencies(options->dependencies, &output))
            status = failure("cannot be written", options->dependencies);
    }
    for (size_t i = 0; i < libraries.count; i++)
        free((char *)libraries.list[i]);
    arguments_free(&libraries);
    arguments_free(&command);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct target target;
    if (!options_read(&options, argc, argv))
        return STATUS_USAGE;
    if (!target_choose(&target, "lfi-ld", argv[0], options.target, options.mode)) {
        options_free(&options);
        return STATUS_USAGE;
    }
    const char *unsupported = target.mode == MODE_NATIVE ? NULL
                              : options.split_dwarf
                                  ? "-flto leaves the debug information where it is; do without "
                                    "-gsplit-dwarf"
                                  : NULL;
    if (unsupported) {
        fprintf(stderr, "lfi-ld: %s\n", unsupported);
        options_free(&options);
        return STATUS_FAILURE;
    }
    int status = link_program(&options, &target);
    options_free(&options);
    return status;
}
