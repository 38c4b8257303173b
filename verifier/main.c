// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi-verify: the verifier as a program. */
#include "arch.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lfi/abi.h>

#include "symbols.h"

enum { DEFAULT_LIMIT = 20, EXIT_USAGE = 2 };

struct options {
    bool all, quiet, stats, raw;
    const struct verify_arch *arch;
    unsigned mode;
    uint64_t address, image_start, image_end;
};

/* One file, and how many violations were reported in it. */
struct subject {
    const struct options *options;
    const char *name;
    uint8_t *bytes;
    size_t size;
    unsigned violations;
    struct linux_symbols symbols; /* read for the first of them */
};

/* print_help() lists the architectures between this and more_help. */
static const char help[] =
    "Usage: lfi-verify [OPTION]... FILE...\n"
    "Check that LFI programs can do no harm outside their box.\n"
    "\n"
    "Each FILE is an ELF file, or - for standard input. A broken rule is shown as\n"
    "  lfi-verify: FILE:ADDRESS: RULE: what is wrong [bytes] instruction, in FUNCTION+DISTANCE\n"
    "where ADDRESS is relative to the image, or the offset in the file if its headers are wrong.\n"
    "FUNCTION is what the file's own symbols say, if it has any.\n"
    "\n"
    "  -a, --all              show all violations of a file, not only the first 20\n"
    "  -q, --quiet            show no violations\n"
    "      --mode=MODE        the weakest sandboxing mode that is accepted: full (default), or\n"
    "                         stores: the code can read all of the host's memory, or\n"
    "                         jumps: it can read and write all of the host's memory\n"
    "      --explain[=RULE]   say why there is the rule and what to do, then exit; without RULE, "
    "list\n"
    "                         the rules; --explain RULE... does the same\n"
    "  -s, --stats            show the mode, how much code was verified, and how fast\n"
    "      --raw              each FILE is bare code of mode MODE, not ELF\n"
    "      --address=N        with --raw: the address of the first byte\n"
    "      --arch=ARCH        with --raw: the architecture, which says what N may be:\n";

static const char more_help[] =
    "      --image=START-END  with --raw: what position-relative operands may name\n"
    "                         (default: the code itself)\n"
    "  -h, --help             show this help\n"
    "  -V, --version          show the version\n"
    "\n"
    "Exit status: 0 if all files pass, 1 if one does not or cannot be read, 2 for wrong usage.\n";

static void print_help(FILE *to)
{
    fputs(help, to);
    for (unsigned i = 0; lfi_verify_archs[i]; i++)
        fprintf(to, "%25s%-8s a multiple of %u%s\n", "", lfi_verify_archs[i]->name,
                lfi_verify_archs[i]->alignment, i == 0 ? " (default)" : "");
    fputs(more_help, to);
}

/* Whether all that was printed on standard output was written. */
static bool printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    fprintf(stderr, "lfi-verify: standard output: %s\n", strerror(errno));
    return false;
}

/* The function that an address of code is in. */
static void print_function(struct subject *s, uint64_t address)
{
    if (s->options->raw)
        return;
    if (s->symbols.list == NULL)
        linux_symbols_read(&s->symbols, s->bytes, s->size);
    const struct linux_symbol *symbol = linux_symbols_find(&s->symbols, address);
    if (symbol)
        fprintf(stderr, ", in %.200s+0x%" PRIx64, symbol->name, address - symbol->address);
}

static bool report(void *data, const struct lfi_violation *violation)
{
    struct subject *s = data;
    if (s->options->quiet)
        return false;
    if (s->violations++ == DEFAULT_LIMIT && !s->options->all) {
        fprintf(stderr, "lfi-verify: %s: there are more; --all shows them\n", s->name);
        return false;
    }
    fprintf(stderr, "lfi-verify: %s:0x%" PRIx64 ": %s: %s", s->name, violation->address,
            violation->rule, violation->message);
    for (unsigned i = 0; i < violation->length; i++)
        fprintf(stderr, "%s%02x", i == 0 ? " [" : " ", violation->bytes[i]);
    fprintf(stderr, "%s%s%s", violation->length != 0 ? "]" : "", violation->text[0] != 0 ? " " : "",
            violation->text);
    if (violation->length != 0) /* of an instruction */
        print_function(s, violation->address);
    fputc('\n', stderr);
    return true;
}

/* Reads the whole file into memory of its own. */
static bool read_file(struct subject *s)
{
    bool standard = strcmp(s->name, "-") == 0;
    FILE *f = standard ? stdin : fopen(s->name, "rb");
    size_t capacity = 0;
    bool ok = f != NULL;
    while (ok) {
        if (s->size == capacity) {
            capacity = capacity == 0 ? 1 << 20 : capacity * 2;
            uint8_t *bytes = realloc(s->bytes, capacity);
            if (!bytes) {
                ok = false;
                break;
            }
            s->bytes = bytes;
        }
        size_t n = fread(s->bytes + s->size, 1, capacity - s->size, f);
        s->size += n;
        if (n == 0) {
            ok = ferror(f) == 0;
            break;
        }
    }
    if (!ok)
        fprintf(stderr, "lfi-verify: %s: %s\n", s->name, strerror(errno));
    if (f && !standard)
        fclose(f);
    return ok;
}

/* Processor time: what else runs on the machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Also for a file that was refused because of its mode. */
static void print_stats(const struct subject *s, double seconds)
{
    struct lfi_image image;
    struct lfi_violation why;
    size_t size = 0;
    const char *mode = "unknown";
    if (s->options->raw) {
        size = s->size;
        mode = lfi_mode_name(s->options->mode);
    } else if (lfi_image_read(s->bytes, s->size, LFI_MODE_JUMPS, &image, &why) == LFI_ACCEPTED) {
        mode = lfi_mode_name(image.mode);
        for (unsigned i = 0; i < image.segment_count; i++)
            size += image.segments[i].execute ? image.segments[i].file_size : 0;
    }
    printf("%s: mode %s, %zu bytes of code, %.6f s, %.1f MB/s\n", s->name, mode, size, seconds,
           seconds > 0 ? (double)size * 1e-6 / seconds : 0);
}

static enum lfi_verdict verify_raw(struct subject *s)
{
    const struct options *o = s->options;
    const struct lfi_code code = {
        .bytes = s->bytes,
        .size = s->size,
        .address = o->address,
        .image_start = o->image_end != 0 ? o->image_start : o->address,
        .image_end = o->image_end != 0 ? o->image_end : o->address + s->size,
    };
    return lfi_verify_code(o->arch->machine, o->mode, &code, report, s);
}

/* Returns whether it passes. */
static bool verify_file(const struct options *options, const char *name)
{
    struct subject s = {.options = options, .name = name};
    enum lfi_verdict verdict = LFI_REFUSED;
    if (read_file(&s)) {
        double start = now();
        verdict = options->raw ? verify_raw(&s)
                               : lfi_verify_elf(s.bytes, s.size, options->mode, report, &s);
        double seconds = now() - start;
        if (verdict == LFI_UNABLE)
            fprintf(stderr, "lfi-verify: %s: out of memory, or code that cannot be in a box\n",
                    name);
        if (options->stats)
            print_stats(&s, seconds);
    }
    linux_symbols_free(&s.symbols);
    free(s.bytes);
    return verdict == LFI_ACCEPTED;
}

/* Of rules.def: what the library needs for its messages, and the explanation. */
static const struct {
    const char *name, *message, *explanation;
} rules[RULE_COUNT] = {
#define RULE(id, name, message, explanation) [RULE_##id] = {name, message, explanation},
#include "rules.def"
#undef RULE
};

enum { TEXT_WIDTH = 79 };

static void print_wrapped(const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        bool fits = column == 0 || column + 1 + word <= TEXT_WIDTH;
        printf("%s%.*s", column == 0 ? "" : fits ? " " : "\n", (int)word, text);
        column = (fits && column != 0 ? column + 1 : 0) + word;
        text += word + strspn(text + word, " ");
    }
    putchar('\n');
}

static bool explain(const char *name)
{
    unsigned rule = RULE_NONE + 1;
    while (rule < RULE_COUNT && strcmp(rules[rule].name, name) != 0)
        rule++;
    if (rule == RULE_COUNT)
        return false;
    printf("%s: %s\n", name, rules[rule].message);
    for (unsigned i = 0; lfi_verify_archs[i]; i++)
        if (lfi_verify_archs[i]->messages[rule])
            printf("%s (%s): %s\n", name, lfi_verify_archs[i]->name,
                   lfi_verify_archs[i]->messages[rule]);
    putchar('\n');
    print_wrapped(rules[rule].explanation);
    return true;
}

static void list_rules(void)
{
    for (unsigned rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
        printf("%-20s %s\n", rules[rule].name, rules[rule].message);
}

/* Where to read more, after a message about the command line. */
static int usage(void)
{
    fputs("Try 'lfi-verify --help'.\n", stderr);
    return EXIT_USAGE;
}

/* The same with that message: a format for what was given. */
static int wrong(const char *format, const char *given)
{
    fputs("lfi-verify: ", stderr);
    fprintf(stderr, format, given);
    fputc('\n', stderr);
    return usage();
}

static int wrong_arch(const char *name)
{
    fprintf(stderr, "lfi-verify: unknown architecture '%s'; there are:", name);
    for (unsigned i = 0; lfi_verify_archs[i]; i++)
        fprintf(stderr, " %s", lfi_verify_archs[i]->name);
    fputc('\n', stderr);
    return usage();
}

/* The rule of --explain=RULE, if any, then those of the rest of the command line. */
static int explain_all(const char *first, char **names)
{
    if (!first && !*names)
        list_rules();
    if (first && !explain(first))
        return wrong("no rule is called '%s'; --explain lists them", first);
    for (char **name = names; *name; name++) {
        if (first || name != names)
            putchar('\n');
        if (!explain(*name))
            return wrong("no rule is called '%s'; --explain lists them", *name);
    }
    return printed() ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool parse_number(const char *text, char end, uint64_t *value, const char **rest)
{
    char *stop;
    errno = 0;
    *value = strtoull(text, &stop, 0);
    *rest = stop + (*stop != 0);
    return stop != text && errno == 0 && *stop == end && text[0] != '-';
}

static bool parse_mode(const char *text, unsigned *mode)
{
    int found = lfi_mode_from_name(text);
    *mode = (unsigned)found;
    return found >= 0;
}

static bool parse_arch(const char *text, const struct verify_arch **arch)
{
    for (unsigned i = 0; lfi_verify_archs[i]; i++)
        if (strcmp(lfi_verify_archs[i]->name, text) == 0) {
            *arch = lfi_verify_archs[i];
            return true;
        }
    return false;
}

int main(int argc, char **argv)
{
    enum { RAW = 256, ARCH, MODE, ADDRESS, IMAGE, EXPLAIN };
    static const struct option longs[] = {
        {"all", no_argument, NULL, 'a'},           {"quiet", no_argument, NULL, 'q'},
        {"stats", no_argument, NULL, 's'},         {"explain", optional_argument, NULL, EXPLAIN},
        {"raw", no_argument, NULL, RAW},           {"arch", required_argument, NULL, ARCH},
        {"mode", required_argument, NULL, MODE},   {"address", required_argument, NULL, ADDRESS},
        {"image", required_argument, NULL, IMAGE}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},       {NULL, 0, NULL, 0},
    };
    struct options o = {.arch = lfi_verify_archs[0], .mode = LFI_MODE_FULL};
    const char *rest, *address = "0", *raw_only = NULL, *rule = NULL;
    bool explains = false;
    int c;
    if (argc == 1) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    while ((c = getopt_long(argc, argv, "aqshV", longs, NULL)) != -1) {
        switch (c) {
        case 'a':
            o.all = true;
            break;
        case 'q':
            o.quiet = true;
            break;
        case 's':
            o.stats = true;
            break;
        case EXPLAIN:
            explains = true;
            rule = optarg;
            break;
        case RAW:
            o.raw = true;
            break;
        case ARCH:
            raw_only = "--arch";
            if (!parse_arch(optarg, &o.arch))
                return wrong_arch(optarg);
            break;
        case MODE:
            if (!parse_mode(optarg, &o.mode))
                return wrong("unknown mode '%s'; there are: full, stores, jumps", optarg);
            break;
        case ADDRESS:
            raw_only = "--address";
            address = optarg;
            if (!parse_number(optarg, 0, &o.address, &rest))
                return wrong("'%s' is no number", optarg);
            break;
        case IMAGE:
            raw_only = "--image";
            if (!parse_number(optarg, '-', &o.image_start, &rest) ||
                !parse_number(rest, 0, &o.image_end, &rest) || o.image_start > o.image_end)
                return wrong("'%s' is no range START-END", optarg);
            break;
        case 'h':
            print_help(stdout);
            return printed() ? EXIT_SUCCESS : EXIT_FAILURE;
        case 'V':
            puts("lfi-verify " LFI_VERSION);
            return printed() ? EXIT_SUCCESS : EXIT_FAILURE;
        default:
            return usage(); /* getopt_long has said why */
        }
    }
    if (explains)
        return explain_all(rule, argv + optind);
    if (raw_only && !o.raw)
        return wrong("'%s' is for --raw only", raw_only);
    if (o.address % o.arch->alignment != 0) {
        fprintf(stderr, "lfi-verify: '%s' is no address of code: a multiple of %u\n", address,
                o.arch->alignment);
        return usage();
    }
    if (optind == argc) {
        fputs("lfi-verify: no file named\n", stderr);
        return usage();
    }
    bool pass = true;
    for (int i = optind; i < argc; i++)
        pass &= verify_file(&o, argv[i]);
    pass &= printed();
    return pass ? EXIT_SUCCESS : EXIT_FAILURE;
}
