// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Targets by their triples, and where the running program is in the SDK. */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lfi/abi.h>

static const struct {
    const char *vendor; /* as a triple has it */
    int mode;
} vendors[] = {
    {"lfi", LFI_MODE_FULL},
    {"lfi_stores", LFI_MODE_STORES},
    {"lfi_jumps", LFI_MODE_JUMPS},
    {"native", MODE_NATIVE},
};

#define VENDOR_COUNT (sizeof vendors / sizeof *vendors)

bool target_from_triple(struct target *target, const char *triple)
{
    size_t arch = strcspn(triple, "-");
    if (triple[arch] != '-' || arch >= sizeof target->arch ||
        strlen(triple) >= sizeof target->triple)
        return false;
    const char *vendor = triple + arch + 1;
    size_t vendor_size = strcspn(vendor, "-");
    if (strcmp(vendor + vendor_size, "-linux-musl") != 0)
        return false;
    for (size_t i = 0; i < VENDOR_COUNT; i++) {
        if (strlen(vendors[i].vendor) == vendor_size &&
            memcmp(vendor, vendors[i].vendor, vendor_size) == 0) {
            memcpy(target->arch, triple, arch);
            target->arch[arch] = 0;
            memcpy(target->triple, triple, strlen(triple) + 1);
            target->mode = vendors[i].mode;
            return true;
        }
    }
    return false;
}

bool target_from_name(struct target *target, const char *called)
{
    char name[PATH_MAX];
    size_t size = strlen(called) + 1;
    if (size > sizeof name)
        return false;
    memcpy(name, called, size);
    char *base = strrchr(name, '/');
    char *dash = strrchr(base ? base : name, '-'); /* TRIPLE-as */
    if (dash) {
        *dash = 0;
        if (target_from_triple(target, base ? base + 1 : name))
            return true;
    }
    if (!base)
        return false;
    *base = 0; /* TRIPLE/as */
    char *folder = strrchr(name, '/');
    return target_from_triple(target, folder ? folder + 1 : name);
}

bool target_choose(struct target *target, const char *program, const char *called,
                   const char *triple, int mode)
{
    if (triple && !target_from_triple(target, triple)) {
        fprintf(stderr, "%s: unknown target '%s'; there are: ARCH-lfi-linux-musl and the like\n",
                program, triple);
        return false;
    }
    if (!triple && !target_from_name(target, called)) {
        fprintf(stderr,
                "%s: neither the name nor the folder of this program says the target; call it as "
                "TRIPLE-%s, as the SDK's bin has it, or with --lfi-target=TRIPLE\n",
                program, program + strlen("lfi-"));
        return false;
    }
    if (mode == MODE_OF_TARGET || mode == target->mode)
        return true;
    target->mode = mode;
    for (size_t i = 0; i < VENDOR_COUNT; i++)
        if (vendors[i].mode == mode)
            snprintf(target->triple, sizeof target->triple, "%s-%s-linux-musl", target->arch,
                     vendors[i].vendor);
    return true;
}

bool sdk_path(char path[PATH_MAX], const char *inside)
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (size < 0)
        return false;
    path[size] = 0;
    for (int up = 0; up < 3; up++) { /* libexec/lfi/NAME */
        char *slash = strrchr(path, '/');
        if (!slash) {
            errno = ENOENT;
            return false;
        }
        *slash = 0;
    }
    size_t used = strlen(path);
    if (used + 1 + strlen(inside) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    path[used] = '/';
    memcpy(path + used + 1, inside, strlen(inside) + 1);
    return true;
}
