// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Running the user's nasm or yasm. */
#include "nasm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"

bool failed(const char *which)
{
    fprintf(stderr, "lfi-nasm: %s: %s\n", which, strerror(errno));
    return false;
}

bool temporary(char path[PATH_MAX], const char *suffix)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, PATH_MAX, "%s/lfi-nasm-XXXXXX%s", folder && *folder ? folder : "/tmp", suffix);
    int fd = mkstemps(path, (int)strlen(suffix));
    if (fd < 0)
        return failed(path);
    close(fd);
    return true;
}

void show(int messages)
{
    char buffer[4096];
    ssize_t size;
    lseek(messages, 0, SEEK_SET);
    while ((size = read(messages, buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)size, stderr);
}

static bool is_program(const char *name)
{
    const char *at = getenv("PATH");
    char path[PATH_MAX];
    if (strchr(name, '/'))
        return access(name, X_OK) == 0;
    for (; at && *at; at += strcspn(at, ":"), at += *at == ':')
        if (snprintf(path, sizeof path, "%.*s/%s", (int)strcspn(at, ":"), at, name) <
                (int)sizeof path &&
            access(path, X_OK) == 0)
            return true;
    return false;
}

bool nasm_find(struct nasm *nasm)
{
    const char *given = getenv("LFI_NASM");
    *nasm = (struct nasm){.program = given && *given      ? given
                                     : is_program("nasm") ? "nasm"
                                     : is_program("yasm") ? "yasm"
                                                          : NULL};
    if (!nasm->program) {
        fputs("lfi-nasm: neither nasm nor yasm is in PATH; one of them must preprocess the source. "
              "Install one, or set LFI_NASM to its path\n",
              stderr);
        return false;
    }
    if (!is_program(nasm->program)) {
        fprintf(stderr, "lfi-nasm: LFI_NASM: there is no program '%s'\n", nasm->program);
        return false;
    }
    const char *base = strrchr(nasm->program, '/');
    nasm->yasm = strstr(base ? base : nasm->program, "yasm") != NULL;
    return true;
}

void nasm_free(struct nasm *nasm)
{
    for (size_t i = 0; i < nasm->macros.count; i++)
        free((char *)nasm->macros.list[i]);
    arguments_free(&nasm->macros);
}

static bool run(const struct arguments *command, int output, int messages)
{
    pid_t pid = process_start_arguments(command, -1, output, messages);
    if (pid < 0)
        return failed(command->list ? command->list[0] : "nasm");
    return process_finish(pid) == 0;
}

static void add(struct arguments *command, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        arguments_add(command, words[i]);
}

bool nasm_assemble(const struct options *options, const struct nasm *nasm, const char *input,
                   const char *macro, const char *output, int messages)
{
    struct arguments command = {0};
    const char *const first[] = {nasm->program, "-f", "elf64", "-o", output};
    add(&command, first, sizeof first / sizeof *first);
    if (macro)
        arguments_add(&command, macro);
    if (options->plain || input != options->input)
        arguments_add(&command, "-a");
    arguments_add_all(&command, &options->preprocessor);
    bool whole = !macro && input == options->input; /* not only for the values in it */
    if (whole && *options->prefix && !nasm->yasm) {
        arguments_add(&command, "--prefix");
        arguments_add(&command, options->prefix);
    }
    if (whole && *options->suffix && !nasm->yasm) {
        arguments_add(&command, "--postfix");
        arguments_add(&command, options->suffix);
    }
    arguments_add(&command, input);
    bool good = run(&command, -1, messages);
    arguments_free(&command);
    return good;
}

bool nasm_preprocess_once(const struct options *options, const struct nasm *nasm, struct file *text,
                          int messages)
{
    struct arguments command = {0};
    const char *const first[] = {nasm->program, nasm->yasm ? "-e" : "-E", "-f", "elf64"};
    add(&command, first, sizeof first / sizeof *first);
    arguments_add_all(&command, &nasm->macros);
    arguments_add_all(&command, &options->preprocessor);
    arguments_add(&command, options->input);
    int output = memfd_create("preprocessed", MFD_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", output);
    bool ran = output >= 0 && run(&command, output, messages), good = ran && file_read(path, text);
    if (output < 0 || (ran && !good))
        failed("preprocessed text");
    if (output >= 0)
        close(output);
    arguments_free(&command);
    return good;
}

bool nasm_preprocess(const struct options *options, struct nasm *nasm, struct file *text)
{
    if (options->plain)
        return file_read_input(options->input, text) || failed(options->input);
    int messages = memfd_create("messages", MFD_CLOEXEC);
    bool good = nasm_preprocess_once(options, nasm, text, messages);
    /* yasm, and standard input, which cannot be read again, must do without */
    if (!good && !nasm->yasm && strcmp(options->input, "-") != 0)
        good = constants_preprocess(options, nasm, text);
    else
        show(messages);
    if (messages >= 0)
        close(messages);
    return good;
}

bool nasm_dependencies(const struct options *options, const struct nasm *nasm, const char *output)
{
    const char *file = options->dependency_file;
    char made[PATH_MAX];
    if (!file && !options->dependencies)
        return true;
    if (!file) {
        snprintf(made, sizeof made, "%s.d", output);
        file = made;
    }
    struct arguments command = {0};
    bool named = false;
    arguments_add(&command, nasm->program);
    arguments_add(&command, "-M");
    if (!nasm->yasm) {
        arguments_add(&command, "-MF");
        arguments_add(&command, file);
    }
    arguments_add_all(&command, &nasm->macros);
    arguments_add_all(&command, &options->preprocessor);
    arguments_add_all(&command, &options->dependency);
    for (size_t i = 0; i < options->dependency.count; i++)
        named |= strncmp(options->dependency.list[i], "-MT", 3) == 0 ||
                 strncmp(options->dependency.list[i], "-MQ", 3) == 0;
    if (!named) {
        arguments_add(&command, nasm->yasm ? "-o" : "-MT");
        arguments_add(&command, output);
    }
    arguments_add(&command, options->input);
    int to = -1;
    if (nasm->yasm) {
        to = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (to < 0)
            failed(file);
    }
    bool good = (to >= 0 || !nasm->yasm) && run(&command, to, -1);
    if (to >= 0)
        close(to);
    arguments_free(&command);
    return good;
}
