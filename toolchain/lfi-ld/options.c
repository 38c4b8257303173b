// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The command line of lfi-ld: ld.lld's, of which few options matter here. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "modes.h"
#include "shared.h"

/* Options of ld.lld whose value is the next argument: it must not be taken for an option. */
static const char *const with_value[] = {
    "-z",
    "-m",
    "-L",
    "-l",
    "-T",
    "-e",
    "-u",
    "-y",
    "-h",
    "-f",
    "-F",
    "-I",
    "-A",
    "-b",
    "-c",
    "-O",
    "-Map",
    "-soname",
    "-rpath",
    "-entry",
    "-script",
    "-undefined",
    "-defsym",
    "-init",
    "-fini",
    "-version-script",
    "-dynamic-list",
    "-dynamic-linker",
    "-wrap",
    "-plugin",
    "-plugin-opt",
    "-mllvm",
    "-format",
    "-sysroot",
    "-Ttext",
    "-Tdata",
    "-Tbss",
    "-exclude-libs",
    "-retain-symbols-file",
    "-export-dynamic-symbol",
    "-just-symbols",
    "-section-start",
    "-image-base",
    "-library",
    "-library-path",
    "-trace-symbol",
    "-filter",
    "-auxiliary",
    "-reproduce",
    "-sort-section",
    "-unresolved-symbols",
    "-hash-style",
};

#define OPTIONS_DEPTH 10 /* response files may name response files */

/* True for "-name" and "--name". */
static bool is(const char *argument, const char *name)
{
    return argument[0] == '-' &&
           (strcmp(argument, name) == 0 || (argument[1] == '-' && strcmp(argument + 1, name) == 0));
}

/* True for "-nameXYZ" and "--nameXYZ". */
static bool begins(const char *argument, const char *name)
{
    size_t size = strlen(name);
    return strncmp(argument, name, size) == 0 ||
           (argument[0] == '-' && strncmp(argument + 1, name, size) == 0);
}

/*
 * The value of option `name` at list[*at] if that is it, in the forms that are the linker's usual
 * ones: "--name=value", "--name value"; for one letter also "-ovalue". *at moves to the last
 * argument that was used. "" if the value is missing.
 */
static const char *value(const char *name, const struct arguments *list, size_t *at)
{
    const char *argument = list->list[*at];
    size_t size = strlen(name);
    if (is(argument, name))
        return *at + 1 < list->count ? list->list[++*at] : "";
    if (argument[0] != '-')
        return NULL;
    if (size == 2) /* a letter */
        return strncmp(argument, name, 2) == 0 ? argument + 2 : NULL;
    if (argument[1] == '-')
        argument++;
    return strncmp(argument, name, size) == 0 && argument[size] == '=' ? argument + size + 1 : NULL;
}

/* The value of an option of our own, which has one form only. */
static const char *own(const char *name, const char *argument)
{
    size_t size = strlen(name);
    return strncmp(argument, name, size) == 0 ? argument + size : NULL;
}

/* Adds an argument; for a response file its contents, by the rules of GNU programs. */
static void add(struct options *options, struct arguments *all, const char *argument, int depth)
{
    struct file file = {0};
    if (argument[0] != '@' || depth >= OPTIONS_DEPTH || !file_read(argument + 1, &file)) {
        arguments_add(all, argument);
        return;
    }
    char *text = file.bytes;
    arguments_add(&options->owned, text);
    for (char *in = text; *in;) {
        if (strchr(" \t\r\n\f\v", *in)) {
            in++;
            continue;
        }
        char *start_of_word = in, *out = in;
        char quote = 0;
        while (*in && (quote || !strchr(" \t\r\n\f\v", *in))) {
            if (*in == '\\' && in[1]) {
                in++;
                *out++ = *in++;
            } else if (quote ? *in == quote : (*in == '"' || *in == '\'')) {
                quote = quote ? 0 : *in;
                in++;
            } else {
                *out++ = *in++;
            }
        }
        if (*in)
            in++;
        *out = 0;
        add(options, all, start_of_word, depth + 1);
    }
}

static bool has_value(const char *argument)
{
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
        if (is(argument, with_value[i]))
            return true;
    return false;
}

bool options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){.mode = MODE_OF_TARGET};
    struct arguments all = {0};
    for (int i = 1; i < argc; i++) {
        add(options, &all, argv[i], 0);
        if (strncmp(argv[i], "--lfi-", 6) != 0)
            arguments_add(&options->rest, argv[i]);
    }

    bool good = true;
    for (size_t i = 0; i < all.count && good; i++) {
        const char *argument = all.list[i], *found;
        if (argument[0] != '-' || argument[1] == 0 || strncmp(argument, "--library=", 10) == 0) {
            options->links = true; /* an input */
            if (argument[0] != '-' && !shared_name(argument) && !shared_comes_anyway(argument))
                arguments_add(&options->files, argument);
        } else if ((found = own("--lfi-target=", argument))) {
            options->target = found;
        } else if ((found = own("--lfi-mode=", argument))) {
            options->mode = mode_from_name(found);
            good = options->mode >= 0;
            if (!good)
                fprintf(stderr, "lfi-ld: unknown mode '%s'; there are: " MODE_NAMES "\n", found);
        } else if (strcmp(argument, "--lfi-unverified") == 0) {
            options->unverified = true;
        } else if ((found = value("-dependency-file", &all, &i))) {
            options->dependencies = found;
        } else if (has_value(argument)) {
            options->links |= is(argument, "-l") || is(argument, "-library");
            i++;
        } else if ((argument[1] == '-' && (found = value("-output", &all, &i))) ||
                   (strncmp(argument, "-omagic", 7) != 0 && (found = value("-o", &all, &i)))) {
            good = found[0] != 0;
            if (!good)
                fprintf(stderr, "lfi-ld: %s: the name of the output is missing\n", argument);
            options->output = found;
        } else if (is(argument, "-r") || is(argument, "-relocatable")) {
            options->relocatable = true;
        } else if (is(argument, "-version") || is(argument, "-help") ||
                   begins(argument, "-plugin-opt=emit-") || begins(argument, "-lto-emit-") ||
                   begins(argument, "-plugin-opt=thinlto-index-only") ||
                   begins(argument, "-thinlto-index-only")) {
            options->no_program = true;
        } else if (is(argument, "-shared") || is(argument, "-Bshareable")) {
            options->shared = true;
        } else if (is(argument, "-whole-archive") || is(argument, "-no-whole-archive")) {
            arguments_add(&options->files, argument);
        } else if (begins(argument, "-plugin-opt=dwo_dir=")) {
            options->split_dwarf = true;
        } else if (argument[1] == 'l') {
            options->links = true; /* -lNAME */
        }
    }
    if (all.failed || options->rest.failed || options->files.failed || options->owned.failed) {
        fputs("lfi-ld: out of memory\n", stderr);
        good = false;
    }
    arguments_free(&all);
    return good;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < options->owned.count; i++)
        free((char *)options->owned.list[i]);
    arguments_free(&options->owned);
    arguments_free(&options->files);
    arguments_free(&options->rest);
}
