// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What is wrong with code in a linked program, and in which object it came. */
#ifndef LFI_LD_FINDINGS_H
#define LFI_LD_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where in the program; or that the program as a whole is meant. */
#define NO_ADDRESS UINT64_MAX

enum { FINDINGS_MAX = 20 };

struct findings {
    size_t count; /* at most FINDINGS_MAX are kept */
    struct finding {
        uint64_t address;
        char text[400];
    } list[FINDINGS_MAX];
};

/* Adds what `tool` (lfi-postlink, lfi-verify) printed about the file `program`, from the open file
 * `messages`. */
void findings_read(struct findings *findings, const char *tool, const char *program, int messages);

/*
 * Prints them, one for each object that ld.lld's map file `map` names for them; `output` stands for
 * the program. An object without the mark of lfi-as for `mode` is said to have none.
 */
void findings_print(const struct findings *findings, const char *map, const char *output,
                    unsigned mode);

#endif
