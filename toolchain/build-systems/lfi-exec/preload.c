// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What lfi-exec preloads: where a program starts an LFI program, the runner of that program's
 * target (ARCH-lfi-run, ARCH-lfi_stores-run, ARCH-lfi_jumps-run) starts instead, with the program
 * as its argument. The environment's LFI_EXEC_BIN is the folder of that. Nothing here is trusted or
 * confines anything: a file that is no LFI program is executed as it is.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

#define RUNNER_MAX 64
#define ALIGN4(n)  (((n) + 3) & ~(Elf64_Off)3)

typedef int execve_fn(const char *, char *const[], char *const[]);
typedef int spawn_fn(pid_t *, const char *, const posix_spawn_file_actions_t *,
                     const posix_spawnattr_t *, char *const[], char *const[]);

/* The function behind ours; dlsym() gives objects, ISO C has no cast from them to functions. */
#define BEHIND(type, name) \
    type *behind;          \
    *(void **)&behind = dlsym(RTLD_NEXT, name)

/* Finds our note, and the mode that it says. That of ABI version 1 is for the runner to refuse. */
static bool find_note(int file, const Elf64_Phdr *segment, uint32_t *mode)
{
    struct {
        Elf64_Nhdr header;
        char owner[sizeof LFI_NOTE_OWNER];
        uint32_t version, machine, mode, flags;
    } note = {0};
    Elf64_Off at = segment->p_offset, end = at + segment->p_filesz;
    const ssize_t least = offsetof(__typeof__(note), version);
    while (at < end && pread(file, &note, sizeof note, (off_t)at) >= least) {
        if (note.header.n_namesz == sizeof note.owner &&
            note.header.n_descsz == LFI_NOTE_DESC_SIZE &&
            (memcmp(note.owner, LFI_NOTE_OWNER, sizeof note.owner) == 0 ||
             memcmp(note.owner, LFI_NOTE_OWNER_1, sizeof note.owner) == 0)) {
            *mode = note.mode;
            return true;
        }
        at += sizeof note.header + ALIGN4((Elf64_Off)note.header.n_namesz) +
              ALIGN4((Elf64_Off)note.header.n_descsz);
    }
    return false;
}

/* The architecture with that number in ELF files; the host's if there is none, as its runner
 * refuses the file. */
static const char *arch_name(Elf64_Half machine)
{
    static const struct {
        Elf64_Half machine;
        const char *name;
    } archs[] = {
#include "machines.def"
    };
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (archs[i].machine == machine)
            return archs[i].name;
    return LFI_HOST_ARCH;
}

/* What runs the program `path`, its target's ARCH-VENDOR-run; NULL if it is no LFI program. */
static const char *runner(const char *path, char name[RUNNER_MAX])
{
    int saved = errno;
    bool found = false;
    uint32_t mode = LFI_MODE_FULL;
    int file = access(path, X_OK) == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    if (file >= 0 && pread(file, &header, sizeof header, 0) == sizeof header &&
        memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
        header.e_phentsize == sizeof segment)
        for (unsigned i = 0; i < header.e_phnum && !found; i++)
            found = pread(file, &segment, sizeof segment,
                          (off_t)(header.e_phoff + i * sizeof segment)) == sizeof segment &&
                    segment.p_type == PT_NOTE && find_note(file, &segment, &mode);
    if (file >= 0)
        close(file);
    errno = saved;
    if (!found)
        return NULL;
    /* Of an unknown mode: the strictest, which refuses it. */
    bool weaker = mode != LFI_MODE_FULL && lfi_mode_name(mode);
    snprintf(name, RUNNER_MAX, "%s-lfi%s%s-run", arch_name(header.e_machine), weaker ? "_" : "",
             weaker ? lfi_mode_name(mode) : "");
    return name;
}

/* The file that a search in PATH finds for `name`, in `found`; or `name` itself. */
static const char *search(const char *name, char found[PATH_MAX])
{
    const char *folders = getenv("PATH");
    struct stat status;
    if (strchr(name, '/') || !folders)
        return name;
    for (const char *folder = folders;; folder++) {
        int size = (int)strcspn(folder, ":");
        int length = snprintf(found, PATH_MAX, "%.*s%s%s", size, folder, size ? "/" : "", name);
        if (length < PATH_MAX && stat(found, &status) == 0 && S_ISREG(status.st_mode) &&
            access(found, X_OK) == 0)
            return found;
        folder += size;
        if (!*folder)
            return name;
    }
}

/*
 * The arguments of program `run`, which runs `path` with argv's; NULL if memory is used up. For
 * free().
 */
static char **boxed(const char *run, const char *path, char *const argv[])
{
    size_t number = 0;
    while (argv && argv[number])
        number++;
    const char *folder = getenv("LFI_EXEC_BIN");
    if (!folder)
        folder = "";
    size_t names = (number + 3) * sizeof(char *), room = strlen(folder) + 1 + strlen(run) + 1;
    const char **arguments = calloc(1, names + room);
    if (!arguments)
        return NULL;
    char *file = (char *)arguments + names;
    snprintf(file, room, "%s/%s", folder, run);
    arguments[0] = file;
    arguments[1] = path;
    for (size_t i = 1; i < number; i++)
        arguments[i + 1] = argv[i];
    return (char **)arguments;
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    BEHIND(execve_fn, "execve");
    char name[RUNNER_MAX];
    const char *run = runner(path, name);
    if (!run)
        return behind(path, argv, envp);
    char **arguments = boxed(run, path, argv);
    int result = arguments ? behind(arguments[0], arguments, envp) : -1;
    free(arguments); /* it could not be started */
    return result;
}

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

int execvpe(const char *name, char *const argv[], char *const envp[])
{
    char found[PATH_MAX], run[RUNNER_MAX];
    const char *path = search(name, found);
    if (runner(path, run))
        return execve(path, argv, envp);
    BEHIND(execve_fn, "execvpe");
    return behind(name, argv, envp);
}

int execvp(const char *name, char *const argv[])
{
    return execvpe(name, argv, environ);
}

static int spawn(spawn_fn *behind, pid_t *pid, const char *run, const char *path,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                 char *const argv[], char *const envp[])
{
    char **arguments = boxed(run, path, argv);
    int result =
        arguments ? behind(pid, arguments[0], actions, attributes, arguments, envp) : ENOMEM;
    free(arguments);
    return result;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    BEHIND(spawn_fn, "posix_spawn");
    char name[RUNNER_MAX];
    const char *run = runner(path, name);
    if (!run)
        return behind(pid, path, actions, attributes, argv, envp);
    return spawn(behind, pid, run, path, actions, attributes, argv, envp);
}

int posix_spawnp(pid_t *pid, const char *name, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    BEHIND(spawn_fn, "posix_spawnp");
    char found[PATH_MAX], run_name[RUNNER_MAX];
    const char *path = search(name, found);
    const char *run = runner(path, run_name);
    if (!run)
        return behind(pid, name, actions, attributes, argv, envp);
    return spawn(behind, pid, run, path, actions, attributes, argv, envp);
}
