// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * lfi-bind: from a library and its headers to a boxed library and the code that calls it.
 * docs/lfi-bind.md. The map: words.c reads annotations, types.c knows C types and calling
 * conventions, model.c decides how each value crosses, emit_c.c and emit_cpp.c write the files;
 * symbols.c does it all where only names are known.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "model.h"
#include "output.h"
#include "process.h"

enum { STATUS_OK, STATUS_FAILURE, STATUS_USAGE };

static const char usage[] =
    "Usage: lfi-bind --header FILE [option]... INPUT... -o PREFIX\n"
    "Puts a library into a box: PREFIX.lfi, and PREFIX.h, PREFIX.c, PREFIX.hpp to call it.\n"
    "INPUT is what the linker takes: archives, objects, -lNAME, -LFOLDER.\n"
    "\n"
    "  --header FILE        bind the functions that it declares (as #include \"FILE\")\n"
    "  --symbols            instead of headers: all functions that archives and objects define;\n"
    "                       calls pass registers as they are, and check nothing\n"
    "  --symbols=FILE       the same for the names in FILE, one a line\n"
    "  -I FOLDER, -D NAME   as for the compiler\n"
    "  --annotations FILE   what pointers mean (docs/lfi-bind.md); `-` is standard input\n"
    "  -o PREFIX            names of files and functions: a path whose last part is a C name\n"
    "  --strip PREFIX       leave this away at the start of functions' names\n"
    "  --drop-in            define the library's own names, too\n"
    "  --load-path PATH     load PREFIX.lfi from there when it is opened, do not embed it\n"
    "  --image FILE         bind this LFI file instead of linking one\n"
    "  --target TRIPLE      default x86_64-lfi-linux-musl\n"
    "  --sdk FOLDER         where the SDK is, if not around this program\n"
    "  --undecided          list what is not decided, and write nothing\n"
    "  --help, --version\n";

enum {
    HEADER = 256,
    SYMBOLS,
    ANNOTATIONS,
    STRIP,
    DROP_IN,
    LOAD_PATH,
    IMAGE,
    TARGET,
    SDK,
    UNDECIDED,
    HELP,
    VERSION
};

static const struct option long_options[] = {
    {"header", required_argument, NULL, HEADER},
    {"symbols", optional_argument, NULL, SYMBOLS},
    {"annotations", required_argument, NULL, ANNOTATIONS},
    {"strip", required_argument, NULL, STRIP},
    {"drop-in", no_argument, NULL, DROP_IN},
    {"load-path", required_argument, NULL, LOAD_PATH},
    {"image", required_argument, NULL, IMAGE},
    {"target", required_argument, NULL, TARGET},
    {"sdk", required_argument, NULL, SDK},
    {"undecided", no_argument, NULL, UNDECIDED},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {NULL, 0, NULL, 0},
};

struct settings {
    const char *output, *load_path, *image, *target, *names;
    char sdk[PATH_MAX];
    bool undecided;
    struct arguments headers, definitions, parse, inputs;
};

static int failure(const char *which, const char *what)
{
    fprintf(stderr, "lfi-bind: %s: %s\n", which, what);
    return STATUS_FAILURE;
}

/* The SDK's folder: that above the one that this program lies in. */
static bool find_sdk(char sdk[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", sdk, PATH_MAX - 1);
    if (size < 0)
        return false;
    sdk[size] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(sdk, '/');
        if (slash)
            *slash = 0;
    }
    return true;
}

static bool write_file(const char *prefix, const char *suffix, const struct text *text)
{
    char path[PATH_MAX];
    struct output output;
    snprintf(path, sizeof path, "%s%s", prefix, suffix);
    if (text->failed) {
        failure(path, strerror(ENOMEM));
        return false;
    }
    if (!output_open(&output, path, OUTPUT_WRITE, OUTPUT_MODE)) {
        failure(path, strerror(errno));
        return false;
    }
    if (file_write(output.fd, text->bytes, text->size) && output_commit(&output))
        return true;
    failure(path, strerror(errno));
    output_discard(&output);
    return false;
}

/* Archives and objects; not options and what follows -l and -L. */
static bool is_file_input(const struct arguments *inputs, size_t i)
{
    const char *before = i ? inputs->list[i - 1] : "";
    return inputs->list[i][0] != '-' && strcmp(before, "-l") != 0 && strcmp(before, "-L") != 0;
}

static int link_box(const struct settings *settings, const struct binding *binding,
                    const char *path)
{
    char clang[PATH_MAX + 128];
    struct text *exports = calloc(binding->count + 1, sizeof *exports);
    struct arguments command = {0};
    snprintf(clang, sizeof clang, "%s/bin/%s-clang", settings->sdk, settings->target);
    const char *first[] = {clang, "-o", path, "-Wl,--gc-sections", "-Wl,--whole-archive"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        arguments_add(&command, first[i]);
    size_t archives = 0;
    for (size_t i = 0; i < settings->inputs.count; i++)
        if (is_file_input(&settings->inputs, i)) {
            arguments_add(&command, settings->inputs.list[i]);
            archives++;
        }
    arguments_add(&command, "-Wl,--no-whole-archive");
    for (size_t i = 0; i < settings->inputs.count; i++)
        if (!is_file_input(&settings->inputs, i))
            arguments_add(&command, settings->inputs.list[i]);
    arguments_add(&command, "-lboxrt");
    for (size_t i = 0; i < binding->count && exports; i++) {
        text_add(&exports[i], "-Wl,--export-dynamic-symbol=%s", binding->functions[i].name);
        arguments_add(&command, exports[i].bytes);
    }
    pid_t pid = archives ? process_start_arguments(&command, -1, -1, -1) : -1;
    int status = pid < 0 ? -1 : process_finish(pid);
    if (archives == 0)
        failure("usage", "no library was given (INPUT)");
    else if (status != 0)
        failure(path, "the library could not be linked");
    for (size_t i = 0; i < binding->count && exports; i++)
        text_free(&exports[i]);
    free(exports);
    arguments_free(&command);
    return status == 0 ? STATUS_OK : STATUS_FAILURE;
}

/* STATUS_OK: go on and write the files. */
static int read_headers(const struct settings *settings, struct binding *binding, size_t *undecided)
{
    struct text sysroot = {0}, target = {0}, resources = {0}, here = {0};
    struct arguments parse = {0};
    text_add(&target, "--target=%s", settings->target);
    text_add(&sysroot, "%s/sysroot/%s/usr/include", settings->sdk, settings->target);
    text_add(&resources, "-resource-dir=%s/lib/clang/%s", settings->sdk, "19");
    const char *fixed[] = {
        target.bytes,  resources.bytes,    "-nostdlibinc", "-isystem",   sysroot.bytes,
        "-D__LFI__=1", "-D__LFI_BIND__=1", "-xc",          "-std=gnu11", "-w"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        arguments_add(&parse, fixed[i]);
    arguments_add_all(&parse, &settings->parse);
    bool read = !parse.failed && !settings->definitions.failed &&
                model_read(binding, parse.list, (int)parse.count);
    arguments_free(&parse);
    text_free(&sysroot);
    text_free(&target);
    text_free(&resources);
    text_free(&here);
    if (!read)
        return STATUS_FAILURE;
    if (binding->count == 0)
        return failure(settings->headers.list[0], "declares no functions");

    for (size_t i = 0; i < binding->count; i++)
        if (binding->functions[i].why && !words_has(binding->functions[i].words, WORD_custom)) {
            (*undecided)++;
            if (settings->undecided)
                printf("%s", binding->functions[i].why);
        }
    return STATUS_OK;
}

static int read_names(const struct settings *settings, struct binding *binding)
{
    char nm[PATH_MAX + 128];
    struct arguments files = {0};
    snprintf(nm, sizeof nm, "%s/bin/llvm-nm", settings->sdk);
    for (size_t i = 0; i < settings->inputs.count; i++)
        if (is_file_input(&settings->inputs, i))
            arguments_add(&files, settings->inputs.list[i]);
    bool good = settings->names ? symbols_read(binding, settings->names)
                                : symbols_list(binding, nm, &files);
    arguments_free(&files);
    if (good && binding->count == 0)
        return failure("--symbols", "no functions");
    return good ? STATUS_OK : STATUS_FAILURE;
}

static int bind(const struct settings *settings, struct binding *binding)
{
    size_t undecided = 0;
    int status = binding->symbols ? read_names(settings, binding)
                                  : read_headers(settings, binding, &undecided);
    if (status != STATUS_OK || settings->undecided)
        return status;
    status = STATUS_FAILURE;

    char image[PATH_MAX];
    if (settings->image)
        snprintf(image, sizeof image, "%s", settings->image);
    else
        snprintf(image, sizeof image, "%s.lfi", settings->output);
    if (!settings->image && link_box(settings, binding, image) != STATUS_OK)
        return STATUS_FAILURE;
    struct file file;
    if (!file_read(image, &file))
        return failure(image, strerror(errno));
    struct text header = {0}, source = {0}, cpp = {0};
    if (binding->symbols) {
        emit_symbols_header(binding, &header);
        emit_symbols_source(binding, &source, file.bytes, file.size, settings->load_path);
    } else {
        emit_header(binding, &header);
        emit_source(binding, &source, file.bytes, file.size, settings->load_path);
        emit_cpp(binding, &cpp);
    }
    if (write_file(settings->output, ".h", &header) &&
        write_file(settings->output, ".c", &source) &&
        (binding->symbols || write_file(settings->output, ".hpp", &cpp)))
        status = STATUS_OK;
    if (undecided)
        fprintf(stderr,
                "lfi-bind: %s.h: %zu of %zu functions are not decided: see its comments, or "
                "--undecided\n",
                settings->output, undecided, binding->count);
    free(file.bytes);
    text_free(&header);
    text_free(&source);
    text_free(&cpp);
    return status;
}

static int run(int argc, char **argv, struct settings *settings, struct binding *binding)
{
    for (int option;
         (option = getopt_long(argc, argv, "-:o:I:D:l:L:", long_options, NULL)) != -1;) {
        switch (option) {
        case HEADER:
            arguments_add(&settings->headers, optarg);
            break;
        case SYMBOLS:
            binding->symbols = true;
            settings->names = optarg;
            break;
        case ANNOTATIONS:
            if (!annotations_read(&binding->annotations, optarg))
                return STATUS_FAILURE;
            break;
        case STRIP:
            binding->strip = optarg;
            break;
        case DROP_IN:
            binding->drop_in = true;
            break;
        case LOAD_PATH:
            settings->load_path = optarg;
            break;
        case IMAGE:
            settings->image = optarg;
            break;
        case TARGET:
            settings->target = optarg;
            break;
        case SDK:
            snprintf(settings->sdk, sizeof settings->sdk, "%s", optarg);
            break;
        case UNDECIDED:
            settings->undecided = true;
            break;
        case HELP:
            fputs(usage, stdout);
            return output_printed() ? STATUS_OK : failure("standard output", strerror(errno));
        case VERSION:
            puts("lfi-bind " LFI_VERSION);
            return output_printed() ? STATUS_OK : failure("standard output", strerror(errno));
        case 'o':
            settings->output = optarg;
            break;
        case 'I':
        case 'D':
            arguments_add(&settings->parse, option == 'I' ? "-I" : "-D");
            arguments_add(&settings->parse, optarg);
            if (option == 'D')
                arguments_add(&settings->definitions, optarg);
            break;
        case 'l':
        case 'L':
            arguments_add(&settings->inputs, option == 'l' ? "-l" : "-L");
            arguments_add(&settings->inputs, optarg);
            break;
        case 1:
            arguments_add(&settings->inputs, optarg);
            break;
        default:
            fprintf(stderr, "lfi-bind: %s: %s\n", argv[optind - 1],
                    option == ':' ? "needs a value" : "no such option; see --help");
            return STATUS_USAGE;
        }
    }
    while (optind < argc)
        arguments_add(&settings->inputs, argv[optind++]);
    if ((settings->headers.count == 0) != binding->symbols ||
        (!settings->output && !settings->undecided)) {
        fputs(usage, stderr);
        return STATUS_USAGE;
    }
    if (binding->symbols && (binding->annotations.count > 0 || settings->undecided)) {
        fprintf(stderr, "lfi-bind: --symbols has no annotations\n");
        return STATUS_USAGE;
    }
    const char *slash = settings->output ? strrchr(settings->output, '/') : NULL;
    binding->prefix = slash ? slash + 1 : settings->output ? settings->output : "box";
    if (!is_name(binding->prefix)) {
        fprintf(stderr, "lfi-bind: -o %s: the last part is no name in C\n", settings->output);
        return STATUS_USAGE;
    }
    if (!settings->sdk[0] && !find_sdk(settings->sdk))
        return failure("/proc/self/exe", strerror(errno));
    binding->arch = arch_of(settings->target);
    if (!binding->arch) {
        fprintf(stderr, "lfi-bind: unknown architecture in --target '%s'\n", settings->target);
        return STATUS_USAGE;
    }
    binding->headers = settings->headers.list;
    binding->header_count = settings->headers.count;
    binding->definitions = settings->definitions.list;
    binding->definition_count = settings->definitions.count;
    return bind(settings, binding);
}

int main(int argc, char **argv)
{
    struct settings settings = {.target = "x86_64-lfi-linux-musl"};
    struct binding binding = {0};
    int status = run(argc, argv, &settings, &binding);
    model_free(&binding);
    arguments_free(&settings.headers);
    arguments_free(&settings.definitions);
    arguments_free(&settings.parse);
    arguments_free(&settings.inputs);
    return status;
}
