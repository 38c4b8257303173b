// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * liblfi-verifier: decides whether machine code is unable to do harm outside its box.
 *
 * The verifier trusts nothing that made the code. docs/verifier.md lists its rules; every refusal
 * names one of them. All functions are thread safe: they keep no state between calls, read their
 * input only (it must not change meanwhile; the caller verifies a private copy), and allocate
 * working memory (for x86-64 about 3/8 of the code's size, for AArch64 less than 1 MiB), which they
 * free before they return.
 */
#ifndef LFI_VERIFIER_H
#define LFI_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lfi/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

enum lfi_arch {
    LFI_ARCH_X86_64 = 62,   /* the ELF e_machine value EM_X86_64 */
    LFI_ARCH_AARCH64 = 183, /* EM_AARCH64 */
};

enum lfi_verdict {
    LFI_ACCEPTED, /* no rule is broken */
    LFI_REFUSED,  /* at least one rule is broken; it was reported */
    LFI_UNABLE,   /* no verdict: out of memory, an architecture that is not built in, or arguments
                     that no box can hold (unaligned address, unknown mode, more than 4 GiB) */
};

/* One broken rule. */
struct lfi_violation {
    const char *rule;  /* its name in docs/verifier.md; static storage */
    uint64_t address;  /* of the instruction, in the coordinates of lfi_code.address; for a broken
                          ELF file, the offset in the file */
    uint8_t bytes[15]; /* the instruction as far as it was read */
    uint8_t length;    /* how many of bytes are set; 0 where no instruction is meant */
    char text[64];     /* the instruction in words, as far as it was decoded; may be empty */
    char message[192]; /* what is wrong, a sentence that a person can act on */
};

/*
 * Receives violations, those found in one pass in ascending address order. Returns false to stop
 * at this one. May be NULL where only the verdict matters.
 */
typedef bool lfi_violation_fn(void *data, const struct lfi_violation *violation);

/* A run of executable bytes, and the memory that its position-relative operands may name. */
struct lfi_code {
    const uint8_t *bytes;
    size_t size;      /* the rest of the last page must be mapped as traps: hlt (0xf4) on x86-64,
                         udf #0 (zeros) on AArch64 */
    uint64_t address; /* of bytes[0], relative to the image; a multiple of the bundle size or, on
                         AArch64, of the instruction size. The image is loaded at a page */
    uint64_t image_start; /* the image that the code belongs to, in the same coordinates: */
    uint64_t image_end;   /* position-relative memory operands, and on AArch64 direct branches, must
                             lie inside [start, end); all of it is inside the box */
};

/*
 * The name of a sandboxing mode (LFI_MODE_* of <lfi/abi.h>): "full", "stores" or "jumps"; NULL for
 * any other value. And back: -1 for any other name. Static storage.
 */
const char *lfi_mode_name(unsigned mode);
int lfi_mode_from_name(const char *name);

/*
 * The name of an architecture, as in the names of programs and folders: "x86_64"; NULL if the
 * verifier does not know it. Static storage.
 */
const char *lfi_arch_name(enum lfi_arch machine);

/*
 * Verifies one run of code as sandboxing mode `mode` (LFI_MODE_* of <lfi/abi.h>) demands. Control
 * leaves the run only through table slots, masked or guarded indirect branches, or by falling off
 * its end; on AArch64 also by direct branches inside the image.
 */
enum lfi_verdict lfi_verify_code(enum lfi_arch arch, unsigned mode, const struct lfi_code *code,
                                 lfi_violation_fn *report, void *data);

/*
 * x86-64: what is at bundle[offset] of a bundle of accepted code, offset being the place of an
 * instruction that is about to be executed, or any number. START: an instruction outside of groups,
 * or the first of a group: branches may come here, with anything in the registers but rsp. Within
 * a group of [*start, *end): REPEAT: before anything is done that doing twice would change. ADD,
 * LEA: a guarded write, of which only the last instruction is missing, which adds the base to rsp,
 * and may change the flags (ADD). NONE: nothing of these, or not known.
 */
enum lfi_place {
    LFI_PLACE_NONE,
    LFI_PLACE_START,
    LFI_PLACE_REPEAT,
    LFI_PLACE_ADD,
    LFI_PLACE_LEA,
};
enum lfi_place lfi_x86_64_place(const uint8_t bundle[LFI_BUNDLE_SIZE], unsigned offset,
                                unsigned *start, unsigned *end);

/*
 * A loadable segment of an ELF file; all values were checked by lfi_image_read(). One with
 * `execute` starts on a page and has as many bytes in the file as in memory; the loader verifies
 * exactly these, and fills the rest of the last page with traps (struct lfi_code).
 */
struct lfi_segment {
    uint64_t vaddr; /* page offset equals that of `offset` */
    uint64_t mem_size;
    uint64_t offset;           /* of the contents in the file */
    uint64_t file_size;        /* at most mem_size */
    bool read, write, execute; /* never write and execute; read is always set */
};

#define LFI_IMAGE_MAX_SEGMENTS 32

/* What a loader needs to know of an LFI file. Addresses are relative to where it will be put. */
struct lfi_image {
    enum lfi_arch arch;
    unsigned mode;       /* LFI_MODE_* from the note: at least as strict as was asked for */
    uint64_t page_size;  /* what "page" means here: the largest that the host's may be */
    uint64_t entry;      /* inside an executable segment, aligned as struct lfi_code.address */
    uint64_t start, end; /* page-aligned bounds of all segments */
    uint64_t phdr_vaddr; /* where the program headers are mapped; 0 if they are not */
    uint16_t phdr_count;
    uint16_t segment_count;
    struct lfi_segment segments[LFI_IMAGE_MAX_SEGMENTS]; /* ascending, on disjoint pages */
};

/*
 * Reads the headers of the ELF file in file[0..size) into *image. The note of the file says which
 * mode its code was made for; how strictly it must be confined is up to the caller: `mode`
 * (LFI_MODE_* of <lfi/abi.h>) is the weakest that is acceptable. LFI_MODE_FULL accepts only itself,
 * LFI_MODE_STORES also LFI_MODE_FULL, LFI_MODE_JUMPS all three. A good file of a weaker mode is
 * refused by the rule LFI_RULE_MODE; image->mode is then the file's mode.
 *
 * On LFI_REFUSED *why says what is wrong (`why` must not be NULL). LFI_UNABLE if `mode` is none of
 * the three. The code is not looked at.
 */
enum lfi_verdict lfi_image_read(const void *file, size_t size, unsigned mode,
                                struct lfi_image *image, struct lfi_violation *why);

#define LFI_RULE_MODE "elf-mode"

/*
 * Reads the headers as lfi_image_read() does, then verifies the contents of every executable
 * segment as the file's own mode demands, which may be stricter than `mode`.
 */
enum lfi_verdict lfi_verify_elf(const void *file, size_t size, unsigned mode,
                                lfi_violation_fn *report, void *data);

#ifdef __cplusplus
}
#endif

#endif
