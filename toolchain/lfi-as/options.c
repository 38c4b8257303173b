// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The command line of lfi-as, by the table options.def. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modes.h"

enum form { FLAG, JOINED, SEPARATE };
enum action {
    IGNORED,
    PASSED,
    MODE,
    TARGET,
    HELP,
    VERSION,
    VERBOSE,
    OUTPUT,
    INCLUDE,
    DEFSYM,
    RELAX,
    COMPRESS,
    DEBUG,
    DWARF,
    PREFIX_MAP,
    KEEP_R11,
    TRAP,
    INTEL,
};

static const struct option {
    const char *spelling;
    enum form form;
    enum action action;
    const char *passed;
} table[] = {
#define OPTION(spelling, form, action, passed) {spelling, form, action, passed},
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

/*
 * The version of DWARF. The assembler is not asked for line numbers of its own (-debug-info-kind):
 * they would be those of the rewritten text, and it would take groups apart. The rewriter makes
 * them.
 */
static void pass_dwarf(struct options *options, const char *version)
{
    static const char *const versions[] = {"-dwarf-version=2", "-dwarf-version=3",
                                           "-dwarf-version=4", "-dwarf-version=5"};
    int number = version[0] - '0';
    arguments_add(&options->passed, versions[number >= 2 && number <= 5 ? number - 2 : 3]);
    options->dwarf = number >= 2 && number <= 4 ? 4 : 5;
}

static bool add_prefix(struct options *options, const char *map)
{
    char *argument;
    if (asprintf(&argument, PREFIX_MAP_OPTION "%s", map) < 0)
        return false;
    arguments_add(&options->prefixes, argument);
    return true;
}

static bool apply(struct options *options, const struct option *option, const char *value)
{
    switch (option->action) {
    case IGNORED:
        break;
    case PASSED:
        arguments_add(&options->passed, option->passed);
        break;
    case MODE:
        options->mode = mode_from_name(value);
        if (options->mode < 0) {
            fprintf(stderr, "lfi-as: unknown mode '%s'; there are: " MODE_NAMES "\n", value);
            return false;
        }
        break;
    case TARGET:
        options->target = value;
        break;
    case HELP:
        options->help = true;
        break;
    case VERSION:
        options->version = true;
        break;
    case VERBOSE:
        options->verbose = true;
        break;
    case OUTPUT:
        options->output = value;
        break;
    case INCLUDE:
        arguments_add(&options->macros, "-I");
        arguments_add(&options->macros, value);
        break;
    case DEFSYM:
        arguments_add(&options->macros, "--defsym");
        arguments_add(&options->macros, value);
        break;
    case RELAX:
        if (strcmp(value, "no") == 0)
            arguments_add(&options->passed, "-mrelax-relocations=no");
        break;
    case COMPRESS:
        if (strcmp(value, "none") != 0)
            arguments_add(&options->passed, strcmp(value, "zstd") == 0
                                                ? "-compress-debug-sections=zstd"
                                                : "-compress-debug-sections=zlib");
        break;
    case DEBUG:
        if (options->dwarf == 0)
            options->dwarf = 5;
        break;
    case DWARF:
        pass_dwarf(options, value);
        break;
    case KEEP_R11:
        options->keep_r11 = true;
        break;
    case INTEL:
        options->intel_syntax = true;
        break;
    case TRAP:
        options->trap_unsupported = true;
        break;
    case PREFIX_MAP:
        return add_prefix(options, value);
    }
    return true;
}

bool options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){.output = "a.out", .mode = MODE_OF_TARGET};
    bool only_files = false;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (only_files || argument[0] != '-' || strcmp(argument, "-") == 0) {
            if (options->input) {
                fprintf(stderr, "lfi-as: '%s' is a second input; it takes one at a time\n",
                        argument);
                return false;
            }
            options->input = argument;
            continue;
        }
        if (strcmp(argument, "--") == 0) {
            only_files = true;
            continue;
        }
        const struct option *option = find(argument);
        if (!option) {
            fprintf(stderr, "lfi-as: unknown option '%s'\nTry 'lfi-as --help'.\n", argument);
            return false;
        }
        const char *value = argument + strlen(option->spelling);
        if (option->form == SEPARATE) {
            if (*value == '=')
                value++;
            else if (*value == 0 && i + 1 < argc)
                value = argv[++i];
            if (*value == 0) {
                fprintf(stderr, "lfi-as: option '%s' requires a value\n", argument);
                return false;
            }
        }
        if (!apply(options, option, value))
            return false;
    }
    if (!options->input)
        options->input = "-";
    if (options->passed.failed || options->macros.failed || options->prefixes.failed) {
        fputs("lfi-as: out of memory\n", stderr);
        return false;
    }
    return true;
}

void options_free(struct options *options)
{
    arguments_free(&options->passed);
    arguments_free(&options->macros);
    for (size_t i = 0; i < options->prefixes.count; i++)
        free((char *)options->prefixes.list[i]);
    arguments_free(&options->prefixes);
}
