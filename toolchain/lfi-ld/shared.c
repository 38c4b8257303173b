// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Shared libraries that are objects. */
#include "shared.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool shared_name(const char *path)
{
    const char *base = base_of(path);
    for (const char *at = base; (at = strstr(at, ".so")); at += 3)
        if (at[3] == 0 || at[3] == '.')
            return true;
    return false;
}

bool shared_comes_anyway(const char *path)
{
    static const char *const names[] = {"crti.o", "crtn.o", "crt1.o", "Scrt1.o", "rcrt1.o"};
    const char *base = base_of(path);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(base, names[i]) == 0)
            return true;
    return strncmp(base, "clang_rt.", 9) == 0 || strncmp(base, "libclang_rt.", 12) == 0;
}

/* Whether a file is an object. */
static bool is_object(const char *path)
{
    unsigned char header[offsetof(Elf64_Ehdr, e_machine)];
    FILE *file = fopen(path, "rb");
    bool read = file && fread(header, sizeof header, 1, file) == 1;
    if (file)
        fclose(file);
    return read && memcmp(header, ELFMAG, SELFMAG) == 0 &&
           header[offsetof(Elf64_Ehdr, e_type)] == ET_REL;
}

/* The path of libNAME.so in the folders of -L, for the caller to free; NULL if -lNAME is not that.
 */
static char *find(const struct arguments *rest, const char *name)
{
    for (size_t i = 0; i < rest->count; i++) {
        const char *folder = rest->list[i];
        if (strncmp(folder, "-L", 2) != 0)
            continue;
        folder += 2;
        if (*folder == 0 && (++i == rest->count || !(folder = rest->list[i])))
            return NULL;
        char *path;
        if (asprintf(&path, "%s/lib%s.a", folder, name) < 0)
            return NULL;
        bool archive = access(path, F_OK) == 0;
        free(path);
        if (archive || asprintf(&path, "%s/lib%s.so", folder, name) < 0)
            return NULL;
        if (is_object(path))
            return path;
        free(path);
    }
    return NULL;
}

/*
 * The file's real path, if it was not met before; it is added to `owned`. NULL if it was. The
 * argument that named it if there is no such path.
 */
static const char *once(struct arguments *owned, const char *path, const char *argument)
{
    char *real = realpath(path, NULL);
    if (!real)
        return argument; /* the linker says why */
    for (size_t i = 0; i < owned->count; i++) {
        if (strcmp(owned->list[i], real) == 0) {
            free(real);
            return NULL;
        }
    }
    arguments_add(owned, real);
    return real;
}

void shared_link(struct arguments *command, const struct arguments *rest, struct arguments *owned)
{
    for (size_t i = 0; i < rest->count; i++) {
        const char *argument = rest->list[i];
        if (strncmp(argument, "-l", 2) == 0 && argument[2] && argument[2] != ':') {
            char *path = find(rest, argument + 2);
            if (path)
                argument = once(owned, path, argument);
            free(path);
        } else if (argument[0] != '-' && shared_name(argument) && is_object(argument)) {
            argument = once(owned, argument, argument);
        }
        if (argument)
            arguments_add(command, argument);
    }
}
