// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For linux-stops.c: a handler's frame, and what its code does. */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

enum {
    FRAME_BYTES = 1536, /* more than it has */
    FRAME_PC = 8 + 40 + 8 * 16,
    TRAP_SIZE = 2,
};

static const uint8_t trap_code[] = {0x0f, 0x0b};        /* ud2 */
static const uint8_t frame_code[] = {0x48, 0x89, 0xe7}; /* mov %rsp,%rdi */
static const uint8_t return_code[] = {0x59};            /* pop %rcx: the restorer's address */

#endif
