// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Hostile code sequences as text, one file a rule: x86_64/RULE.txt, aarch64/RULE.txt. A case is
 *
 *     case NAME              unique in its file
 *     modes MODE…            where the hostile bytes are refused for RULE and the twin is accepted
 *     free MODE…             optional: modes whose rules the hostile bytes do not break
 *     image START END        optional: the image, instead of CASE_IMAGE_START … CASE_IMAGE_END
 *     hostile                what must be refused
 *         BYTES  # comment
 *     twin                   what must be accepted: as close to it as possible
 *         BYTES  # comment
 *
 * BYTES are two-digit hexadecimal numbers; on AArch64 also eight-digit ones, the words of
 * instructions; on x86-64 also `nop*N` (N bytes 90) and `to N` (nops up to offset N of a bundle;
 * none if it is there already), and a sequence is filled with nops up to the end of its last
 * bundle. The code stands at CASE_ADDRESS.
 */
#ifndef HOSTILE_CASES_H
#define HOSTILE_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lfi/verifier.h>

#define CASE_ADDRESS     0x40000
#define CASE_IMAGE_START 0x30000
#define CASE_IMAGE_END   0x80000
#define CASE_MODES       3
#define CASE_MAX_BYTES   256

struct code {
    uint8_t bytes[CASE_MAX_BYTES];
    size_t size;
};

struct hostile_case {
    char rule[32]; /* the name of its file */
    char name[64];
    bool refused[CASE_MODES], free[CASE_MODES]; /* by LFI_MODE_* */
    uint64_t image_start, image_end;
    struct code hostile, twin;
};

struct case_list {
    struct hostile_case *cases; /* the caller frees it */
    size_t count;
};

/* Adds the cases of the file to *list. On an error it is reported on stderr and false is returned.
 */
bool case_list_read(struct case_list *list, enum lfi_arch arch, const char *path, const char *rule);

extern const char *const case_mode_names[CASE_MODES];

#endif
