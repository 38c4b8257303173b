// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the kernel says is mapped. */
#ifndef CORE_MAPS_H
#define CORE_MAPS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct mapping {
    uint64_t start, end;
    int prot;
    bool shared, anonymous; /* anonymous: no file, no name */
};

/* The mappings that overlap [start, end), in a list of `max`: their number. */
static inline size_t read_mappings(uint64_t start, uint64_t end, struct mapping *list, size_t max)
{
    static char text[1 << 24];
    size_t length = 0, count = 0;
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t got;

    while ((got = read(maps, text + length, sizeof(text) - 1 - length)) > 0)
        length += (size_t)got;
    close(maps);
    text[length] = 0;
    for (char *line = text, *next; *line && count < max; line = next) {
        struct mapping *m = &list[count];
        char *at;

        next = strchr(line, '\n') + 1;
        m->start = strtoull(line, &at, 16);
        m->end = strtoull(at + 1, &at, 16);
        m->prot = (at[1] == 'r' ? PROT_READ : 0) | (at[2] == 'w' ? PROT_WRITE : 0) |
                  (at[3] == 'x' ? PROT_EXEC : 0);
        m->shared = at[4] == 's';
        m->anonymous = !memcmp(at + 5, " 00000000 00:00 0", 17) && next[-2] == ' ';
        count += m->start < end && start < m->end;
    }
    return count;
}

#endif
