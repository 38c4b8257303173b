// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A command line with argp: groups, a child parser, aliases, hidden options; and musl's getopt()
// beside it.
#include <argp.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

const char *argp_program_version = "argp 1.0";
const char *argp_program_bug_address = "<bugs@example.org>";

enum { KEY_LEVEL = 0x100, KEY_SECRET };

struct settings {
    int size;
    int quiet;
    const char *output;
    const char *level;
    int files;
};

static error_t parse_level(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    if (key == KEY_LEVEL) {
        settings->level = argument ? argument : "default";
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_option level_options[] = {
    {"level", KEY_LEVEL, "LEVEL", OPTION_ARG_OPTIONAL, "How much to do", 0},
    {0},
};
static const struct argp level_parser = {level_options, parse_level, NULL, NULL, NULL, NULL, NULL};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case 's': {
        char *end;
        settings->size = (int)strtol(argument, &end, 10);
        if (*end) {
            argp_error(state, "'%s' is not a size", argument);
        }
        return 0;
    }
    case 'q':
        settings->quiet = 1;
        return 0;
    case 'o':
        settings->output = argument;
        return 0;
    case KEY_SECRET:
        argp_failure(state, 7, EACCES, "%s", "the secret");
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = settings;
        return 0;
    case ARGP_KEY_ARG:
        printf("file %u: %s%s\n", state->arg_num, argument, state->quoted ? " (quoted)" : "");
        settings->files++;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num == 0) {
            argp_usage(state);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0},
    {"to", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"size", 's', "BYTES", 0,
     "The size of what is written, in bytes. This text is so long that it does not fit into one "
     "line of the help.",
     0},
    {NULL, 0, NULL, 0, "Noise:", 1},
    {"quiet", 'q', NULL, 0, "Say nothing", 1},
    {"silent", 'q', NULL, OPTION_ALIAS, NULL, 1},
    {"secret", KEY_SECRET, NULL, OPTION_HIDDEN, "Never shown", 2},
    {0},
};
static const struct argp_child children[] = {{&level_parser, 0, "Level:", 0}, {NULL, 0, NULL, 0}};
static const struct argp parser = {
    options,  parse, "FILE...", "argp -- a program with options\vWhat stands behind the options.",
    children, NULL,  NULL,
};

int main(int argc, char **argv)
{
    struct settings settings = {.output = "-", .level = "none"};
    argp_parse(&parser, argc, argv, 0, NULL, &settings);
    printf("size %d, quiet %d, output %s, level %s, files %d\n", settings.size, settings.quiet,
           settings.output, settings.level, settings.files);

    char *other[] = {"other", "-a", "1", "-b", "rest", NULL};
    for (int option; (option = getopt(5, other, "a:b")) != -1;) {
        printf("getopt: %c %s\n", option, optarg && option == 'a' ? optarg : "");
    }
    printf("getopt: %s\n", other[optind]);
    return 0;
}
