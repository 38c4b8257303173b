// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The command line of lfi-nasm, by the table options.def. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modes.h"

enum form { FLAG, JOINED, SEPARATE, OPTIONAL };
enum action {
    IGNORED,
    PREPROCESS,
    DEPENDENCY,
    DEPENDENCY_FILE,
    ONLY,
    MODE,
    TARGET,
    CHECK,
    TRANSLATE,
    ASSEMBLER,
    HELP,
    VERSION,
    PREFIX,
    SUFFIX,
    PARSER,
    INCLUDE_OR_PARSER,
    FORMAT,
    DEBUG,
    OUTPUT,
    WARNING,
    LISTING,
    ARCHITECTURE,
    MACHINE,
    TASM,
};

static const struct option {
    const char *spelling;
    enum form form;
    enum action action;
} table[] = {
#define OPTION(spelling, form, action) {spelling, form, action},
#include "options.def"
#undef OPTION
};

static const struct option *find(const char *argument)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct option *option = &table[i];
        size_t size = strlen(option->spelling);
        if (option->form == FLAG ? strcmp(argument, option->spelling) == 0
                                 : strncmp(argument, option->spelling, size) == 0)
            return option;
    }
    return NULL;
}

static bool is_one_of(const char *word, const char *const words[])
{
    for (; word && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static void pass(struct arguments *to, const char *argument, const char *value)
{
    arguments_add(to, argument);
    if (value && (value < argument || value > argument + strlen(argument)))
        arguments_add(to, value); /* an argument of its own */
}

/* `next`: the argument behind, of which yasm's forms take some; *taken if so. */
static bool apply(struct options *options, const struct option *option, const char *argument,
                  const char *value, const char *next, bool *taken)
{
    static const char *const parsers[] = {"nasm", "raw", "cpp", NULL};
    static const char *const debug[] = {"dwarf", "dwarf2", "null", "stabs", "cv8", NULL};
    static const char *const formats[] = {"elf64", "elf", NULL};
    static const char *const arch[] = {"x86", "lc3b", NULL}, *const listing[] = {"nasm", NULL};
    switch (option->action) {
    case IGNORED:
        break;
    case INCLUDE_OR_PARSER:
        if (is_one_of(value, parsers))
            break;
        pass(&options->preprocessor, argument, value);
        break;
    case PREPROCESS:
        pass(&options->preprocessor, argument, value);
        break;
    case DEPENDENCY:
        pass(&options->dependency, argument, value);
        break;
    case DEPENDENCY_FILE:
        options->dependencies = true;
        if (*value)
            options->dependency_file = value;
        break;
    case ONLY:
        options->only = true;
        break;
    case MODE:
        options->mode = mode_from_name(value);
        if (options->mode < 0) {
            fprintf(stderr, "lfi-nasm: unknown mode '%s'; there are: " MODE_NAMES "\n", value);
            return false;
        }
        break;
    case TARGET:
        options->target = value;
        break;
    case CHECK:
        options->check = true;
        break;
    case TRANSLATE:
        options->translate = true;
        break;
    case ASSEMBLER:
        arguments_add(&options->assembler, argument);
        break;
    case HELP:
        options->help = true;
        break;
    case VERSION:
        options->version = true;
        break;
    case PREFIX:
        options->prefix = value;
        break;
    case SUFFIX:
        options->suffix = value;
        break;
    case PARSER:
        if (!is_one_of(value, parsers)) {
            fprintf(stderr, "lfi-nasm: '%s': only the syntax of nasm is known\n", value);
            return false;
        }
        break;
    case FORMAT:
        if (!is_one_of(value, formats)) {
            fprintf(stderr, "lfi-nasm: format '%s': only elf64 can be made\n", value);
            return false;
        }
        options->legacy_format = strcmp(value, "elf") == 0;
        break;
    case MACHINE:
        if (strcmp(value, "amd64") != 0) {
            fprintf(stderr, "lfi-nasm: machine '%s': only amd64 can be assembled for\n", value);
            return false;
        }
        options->amd64 = true;
        break;
    case TASM:
        fputs("lfi-nasm: option '-t': only the syntax of nasm is known\n", stderr);
        return false;
    case DEBUG:
        options->debug = strcmp(value, "null") != 0;
        *taken = !*value && is_one_of(next, debug);
        if (*taken && next)
            options->debug = strcmp(next, "null") != 0;
        break;
    case OUTPUT:
        options->output = value;
        break;
    case WARNING:
        pass(&options->preprocessor, argument, NULL);
        break;
    case LISTING:
        *taken = !*value && is_one_of(next, listing);
        break;
    case ARCHITECTURE:
        *taken = !*value && is_one_of(next, arch);
        options->plain = !*value && !*taken;
        break;
    }
    return true;
}

bool options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){.mode = MODE_OF_TARGET, .prefix = "", .suffix = ""};
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        int first = i;
        if (argument[0] != '-' || strcmp(argument, "-") == 0) {
            if (options->input) {
                fprintf(stderr, "lfi-nasm: '%s' is a second input; it takes one at a time\n",
                        argument);
                return false;
            }
            options->input = argument;
            arguments_add(&options->native, argument);
            continue;
        }
        const struct option *option = find(argument);
        if (!option) {
            fprintf(stderr, "lfi-nasm: unknown option '%s'\nTry 'lfi-nasm --help'.\n", argument);
            return false;
        }
        const char *value = argument + strlen(option->spelling);
        if (option->form == SEPARATE || option->form == OPTIONAL) {
            bool next = option->form == SEPARATE || (i + 1 < argc && argv[i + 1][0] != '-');
            if (*value == '=')
                value++;
            else if (*value == 0 && i + 1 < argc && next)
                value = argv[++i];
            if (*value == 0 && option->form == SEPARATE) {
                fprintf(stderr, "lfi-nasm: option '%s' requires a value\n", argument);
                return false;
            }
        }
        bool taken = false, own = false; /* own: not for the user's nasm */
        switch (option->action) {
        case MODE:
        case TARGET:
        case CHECK:
        case TRANSLATE:
        case ASSEMBLER:
            own = true;
            break;
        default:
            break;
        }
        if (!apply(options, option, argument, value, i + 1 < argc ? argv[i + 1] : NULL, &taken))
            return false;
        i += taken;
        for (; !own && first <= i; first++)
            arguments_add(&options->native, argv[first]);
    }
    if (options->legacy_format && !options->amd64 && !options->only) {
        fputs("lfi-nasm: format 'elf' has 32 bits: only elf64 can be made\n", stderr);
        return false;
    }
    if (options->preprocessor.failed || options->native.failed || options->dependency.failed ||
        options->assembler.failed) {
        fputs("lfi-nasm: out of memory\n", stderr);
        return false;
    }
    return true;
}

void options_free(struct options *options)
{
    arguments_free(&options->native);
    arguments_free(&options->preprocessor);
    arguments_free(&options->dependency);
    arguments_free(&options->assembler);
}
