// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi-run: runs an LFI program in a box. docs/lfi-run.md is its manual. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <lfi/abi.h>
#include <lfi/linux.h>

#include "stats.h"

#define EXIT_USAGE       2
#define EXIT_CANNOT      126 /* as a shell: found, but cannot be run */
#define EXIT_NOT_FOUND   127
#define VIOLATIONS_SHOWN 10
#define DESCRIPTORS      4096

static const char usage[] =
    "Usage: lfi-run [OPTION]... PROGRAM [ARGUMENT]...\n"
    "Runs an LFI program in a sandbox.\n"
    "\n"
    "  -v, --verify           verify the code before it runs (the default)\n"
    "      --no-verify        do not verify; for measuring only: there is no sandbox then\n"
    "      --mode=MODE        the weakest sandboxing mode to accept: full (default), or\n"
    "                         stores: the program can read all of lfi-run's memory, or\n"
    "                         jumps: it can read and write all of lfi-run's memory\n"
    "  -V, --verbose          say what lfi-run does\n"
    "      --env NAME=VALUE   set an environment variable of the program; may be repeated\n"
    "      --dir BOX=HOST     show the host's directory HOST at the absolute path BOX;\n"
    "                         may be repeated\n"
    "      --wd DIR           start in the directory DIR, an absolute path in the box\n"
    "  -r, --restricted       for untrusted programs: show only the files below --dir, set only\n"
    "                         the variables of --env, and let the kernel confine lfi-run as well\n"
    "      --limit NAME=VALUE\n"
    "                         limit what the program can use; may be repeated. NAME: memory,\n"
    "                         resident, mappings, descriptors, threads, processor, nesting\n"
    "  -g, --debug            let a debugger that attaches later see the program; not needed\n"
    "                         under a debugger that starts lfi-run\n"
    "      --perf             write /tmp/perf-PID.map for perf(1)\n"
    "      --high             place the box anywhere, not at address 0 (x86-64)\n"
    "      --huge-pages       back the heap and large mappings with huge pages\n"
    "      --trace            print each system call\n"
    "      --stats[=FILE]     at the end print the time in the box and in calls, calls by name, "
    "page\n"
    "                         faults and memory; or write them to FILE, as JSON. Calls are slower\n"
    "  -h, --help             print this and exit\n"
    "      --version          print the version and exit\n"
    "\n"
    "Options end at PROGRAM. Without -r the program sees all files and variables of lfi-run.\n"
    "Exit status: the program's; 128+N if signal N ended it; 126 if PROGRAM cannot be run (not an\n"
    "LFI program, a weaker mode, refused by the verifier); 127 if it does not exist; 1 if the box\n"
    "cannot be set up; 2 for wrong usage.\n";

enum {
    OPT_NO_VERIFY = 256,
    OPT_MODE,
    OPT_ENV,
    OPT_DIR,
    OPT_WD,
    OPT_LIMIT,
    OPT_PERF,
    OPT_HIGH,
    OPT_HUGE,
    OPT_TRACE,
    OPT_STATS,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"verify", no_argument, NULL, 'v'},
    {"no-verify", no_argument, NULL, OPT_NO_VERIFY},
    {"verbose", no_argument, NULL, 'V'},
    {"env", required_argument, NULL, OPT_ENV},
    {"dir", required_argument, NULL, OPT_DIR},
    {"wd", required_argument, NULL, OPT_WD},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"restricted", no_argument, NULL, 'r'},
    {"debug", no_argument, NULL, 'g'},
    {"perf", no_argument, NULL, OPT_PERF},
    {"high", no_argument, NULL, OPT_HIGH},
    {"huge-pages", no_argument, NULL, OPT_HUGE},
    {"trace", no_argument, NULL, OPT_TRACE},
    {"stats", optional_argument, NULL, OPT_STATS},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {"mode", required_argument, NULL, OPT_MODE},
    {NULL, 0, NULL, 0},
};

struct settings {
    struct lfi_linux_options options;
    struct lfi_linux_dir *dirs; /* parts of argv */
    char **added;               /* --env, parts of argv */
    size_t added_count;
    const char **envp; /* the whole environment */
    struct lfi_linux_file files[3];
    bool verbose, perf, high;
    const char *stats; /* the file for --stats=, or NULL */
    const char *program;
};

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("lfi-run: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_FAILURE;
}

static int complain_usage(const char *format, const char *what)
{
    fputs("lfi-run: ", stderr);
    fprintf(stderr, format, what);
    fputs("\nTry 'lfi-run --help'.\n", stderr);
    return EXIT_USAGE;
}

/* The exit status after output on standard output: was it written? */
static int printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_SUCCESS;
    return complain("standard output: %s", strerror(errno));
}

/* Splits BOX=HOST at the first '='. */
static bool parse_dir(char *text, struct lfi_linux_dir *dir)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1] || text[0] != '/')
        return false;
    *equals = 0;
    *dir = (struct lfi_linux_dir){.box = text, .host = equals + 1};
    return true;
}

static bool is_variable(const char *setting, const char *name)
{
    size_t length = strcspn(name, "=");
    return !strncmp(setting, name, length) && setting[length] == '=';
}

/* The host's variables unless restricted, then those of --env, of which the last one counts. */
static bool make_environment(struct settings *settings)
{
    size_t inherited = 0, count = 0;
    while (!settings->options.restricted && environ[inherited])
        inherited++;
    settings->envp = calloc(inherited + settings->added_count + 1, sizeof *settings->envp);
    if (!settings->envp)
        return false;
    for (size_t i = 0; i < inherited + settings->added_count; i++) {
        const char *setting = i < inherited ? environ[i] : settings->added[i - inherited];
        bool overridden = false;
        for (size_t k = i < inherited ? 0 : i - inherited + 1; k < settings->added_count; k++)
            overridden |= is_variable(setting, settings->added[k]);
        if (!overridden)
            settings->envp[count++] = setting;
    }
    settings->options.envp = settings->envp;
    return true;
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct settings *settings)
{
    struct lfi_linux_options *options = &settings->options;
    struct lfi_error error;
    int option;
    while ((option = getopt_long(argc, argv, "+vVrgh", long_options, NULL)) != -1) {
        switch (option) {
        case 'v':
            options->unverified = false;
            break;
        case OPT_NO_VERIFY:
            options->unverified = true;
            break;
        case OPT_MODE:
            if (lfi_mode_from_name(optarg) < 0)
                return complain_usage("--mode wants full, stores or jumps, not '%s'", optarg);
            options->mode = (unsigned)lfi_mode_from_name(optarg);
            break;
        case 'V':
            settings->verbose = true;
            break;
        case OPT_ENV:
            if (!strchr(optarg, '=') || optarg[0] == '=')
                return complain_usage("--env wants NAME=VALUE, not '%s'", optarg);
            settings->added[settings->added_count++] = optarg;
            break;
        case OPT_DIR:
            if (!parse_dir(optarg, &settings->dirs[options->dir_count++]))
                return complain_usage("--dir wants BOX=HOST with an absolute BOX, not '%s'",
                                      optarg);
            break;
        case OPT_WD:
            options->directory = optarg;
            break;
        case OPT_LIMIT:
            if (lfi_linux_limit(&options->limits, optarg, &error))
                return complain_usage("%s", error.message);
            break;
        case 'r':
            options->restricted = true;
            break;
        case 'g':
            options->debug = true;
            break;
        case OPT_PERF:
            settings->perf = true;
            break;
        case OPT_HIGH:
            settings->high = true;
            break;
        case OPT_HUGE:
            options->huge_pages = true;
            break;
        case OPT_TRACE:
            options->trace = true;
            break;
        case OPT_STATS:
            options->stats = true;
            settings->stats = optarg;
            if (optarg && !*optarg)
                return complain_usage("%s", "--stats= wants a file");
            break;
        case 'h':
            fputs(usage, stdout);
            return printed();
        case OPT_VERSION:
            puts("lfi-run " LFI_VERSION);
            return printed();
        default:
            fputs("Try 'lfi-run --help'.\n", stderr);
            return EXIT_USAGE;
        }
    }
    if (optind == argc)
        return complain_usage("%s", "no program given");
    settings->program = argv[optind];
    options->argv = (const char *const *)argv + optind;
    return -1;
}

static bool report_violation(void *data, const struct lfi_violation *violation)
{
    unsigned *count = data;
    fprintf(stderr, "lfi-run: box+0x%" PRIx64 ": %s: %s", violation->address, violation->rule,
            violation->message);
    if (violation->text[0])
        fprintf(stderr, " [%s]", violation->text);
    fputc('\n', stderr);
    return ++*count < VIOLATIONS_SHOWN;
}

/* Is a debugger tracing this process? */
static bool is_traced(void)
{
    static const char key[] = "TracerPid:";
    char line[128];
    unsigned long tracer = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, key, sizeof key - 1))
            continue;
        tracer = strtoul(line + sizeof key - 1, NULL, 10);
        break;
    }
    if (status)
        fclose(status);
    return tracer != 0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The second wall. What the kernel does not have is not an error. */
static bool confine(const struct settings *settings, struct lfi_process *process)
{
    const struct lfi_linux_confinement what = {.processes = &process, .process_count = 1};
    struct lfi_linux_wall wall;
    struct lfi_error error;
    if (lfi_linux_confine_host(&what, &wall, &error)) {
        complain("%s", error.message);
        return false;
    }
    if (settings->verbose)
        complain("%s: second wall: %s", settings->program, wall.report);
    return true;
}

/* Would a shell name the signal, had it ended a native program: is it the sign of a mistake? */
static bool is_mistake(int signal)
{
    static const int quiet[] = {SIGHUP, SIGINT, SIGPIPE, SIGALRM, SIGTERM, SIGKILL};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (signal == quiet[i])
            return false;
    return true;
}

/* What the program's end means for a shell. */
static int status_of(const struct settings *settings, const struct lfi_linux_result *result)
{
    switch (result->end) {
    case LFI_LINUX_EXITED:
        return result->status;
    case LFI_LINUX_KILLED:
        if (result->report[0])
            fprintf(stderr, "lfi-run: %s: %s", settings->program, result->report);
        else if (is_mistake(result->signal) || settings->verbose)
            complain("%s: ended by signal %d (%s)", settings->program, result->signal,
                     strsignal(result->signal));
        return 128 + result->signal;
    default:
        complain("%s: %s", settings->program, result->report);
        return 128 + result->signal;
    }
}

/* So that the program finds as many descriptors as usual, and lfi-run keeps enough for itself. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* What lfi-run was given beyond 0, 1 and 2: no business of the program, even if it takes lfi-run
 * over. */
static void close_inherited(void)
{
    struct rlimit limit;
    if (!syscall(SYS_close_range, 3u, ~0u, 0u) || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    /* before Linux 5.9 */
    for (int fd = 3; fd < (int)(limit.rlim_cur < 65536 ? limit.rlim_cur : 65536); fd++)
        close(fd);
}

/*
 * The program gets those of 0, 1 and 2 that are open. In place of the others lfi-run has /dev/null,
 * or what it opens would be the program's standard input.
 */
static void give_standard(struct settings *settings)
{
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            settings->files[settings->options.file_count++] =
                (struct lfi_linux_file){fd, fd, false};
        else if (open("/dev/null", O_RDWR) != fd) /* the lowest that is free */
            return;
    }
    settings->options.files = settings->files;
}

static uint64_t nanoseconds(double seconds)
{
    return (uint64_t)(seconds * 1e9);
}

/*
 * What --stats asks for. FILE is open since before the program began: afterwards the second wall
 * may keep files from being opened. True: written.
 */
static bool write_stats(const struct settings *settings, struct lfi_process *process, FILE *file,
                        const struct run_stats *run)
{
    int failed = file ? stats_json(file, run, process) : stats_table(stderr, run, process);
    if (file && fclose(file) && !failed)
        failed = -errno;
    if (failed)
        complain("%s: %s", file ? settings->stats : "--stats", strerror(-failed));
    return !failed;
}

static int run(struct settings *settings, struct lfi_box *box)
{
    struct lfi_process *process = NULL;
    struct lfi_linux_result result;
    struct lfi_error error = {{0}};
    unsigned violations = 0;
    settings->options.report = report_violation;
    settings->options.data = &violations;
    settings->options.debug |= is_traced();

    raise_descriptors();

    FILE *stats = settings->stats ? fopen(settings->stats, "we") : NULL;
    if (settings->stats && !stats)
        return complain("%s: %s", settings->stats, strerror(errno));
    settings->options.file_mask = umask(0); /* the program's; what is made for the user is made */
    double start = seconds();
    int failed = lfi_linux_new(box, &settings->options, &process, &error);
    if (failed)
        return complain("%s", error.message);
    failed = lfi_linux_load(process, settings->program, &error);
    if (failed) {
        complain("%s", error.message);
        lfi_linux_free(process);
        return failed == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT;
    }
    if (settings->verbose)
        complain("%s: mode %s, %s and loaded in %.3f ms, box at 0x%" PRIx64 ", file at 0x%" PRIx64,
                 settings->program, lfi_mode_name(lfi_linux_mode(process)),
                 settings->options.unverified ? "not verified" : "verified",
                 (seconds() - start) * 1e3, lfi_box_base(box), lfi_linux_bias(process));
    if (settings->perf && lfi_linux_perf_map(process, &error))
        complain("%s", error.message);
    if (settings->options.restricted && !confine(settings, process)) {
        lfi_linux_free(process);
        return EXIT_FAILURE;
    }

    int status = EXIT_CANNOT;
    double loaded = seconds();
    failed = lfi_linux_run(process, &result);
    if (failed)
        complain("%s: cannot run: %s", settings->program, strerror(-failed));
    else
        status = status_of(settings, &result);
    if (settings->verbose)
        complain("%s: status %d after %.3f ms", settings->program, status,
                 (seconds() - start) * 1e3);
    const struct run_stats about = {settings->program, status, nanoseconds(loaded - start)};
    if (settings->options.stats && !failed && !write_stats(settings, process, stats, &about))
        status = EXIT_FAILURE;
    lfi_linux_free(process);
    return status;
}

/* What the options give up, whatever the program is. */
static void warn(const struct settings *settings)
{
    const struct lfi_linux_options *options = &settings->options;
    if (options->unverified)
        complain("%s: not verified: nothing confines it%s", settings->program,
                 options->restricted ? ", not even --restricted" : "");
    else if (options->restricted && options->mode == LFI_MODE_STORES)
        complain("warning: --restricted does not keep a program of --mode=stores from reading all "
                 "of lfi-run's memory");
    else if (options->restricted && options->mode == LFI_MODE_JUMPS)
        complain("warning: --restricted does not confine a program of --mode=jumps: it can write "
                 "all of lfi-run's memory");
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    settings.dirs = calloc((size_t)argc, sizeof *settings.dirs);
    settings.added = calloc((size_t)argc, sizeof *settings.added);
    settings.options.dirs = settings.dirs;
    int status = settings.dirs && settings.added ? parse(argc, argv, &settings) : EXIT_FAILURE;
    if (status == -1 && !make_environment(&settings))
        status = complain("out of memory");
    if (status == -1) {
        give_standard(&settings);
        warn(&settings);
        if (settings.options.restricted)
            close_inherited();
        /* Released by the end of the process, which is faster, much so under emulation. */
        static struct lfi_space *space;
        static struct lfi_box *box;
        const struct lfi_space_options place = {.first_at_0 = !settings.high};
        struct lfi_error error;
        if (lfi_space_new_with(&space, 1, &place, &error)) {
            status = complain("%s", error.message);
        } else {
            if (error.message[0] && settings.verbose)
                complain("%s", error.message);
            status = lfi_box_new(space, &box, &error) ? complain("%s", error.message)
                                                      : run(&settings, box);
        }
    }
    free(settings.envp);
    free(settings.dirs);
    free(settings.added);
    return status;
}
