// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For linux-stops.c: a handler's frame, and what its code does. */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

enum {
    FRAME_BYTES = 1152, /* what follows is zeros */
    FRAME_PC = 128 + 440,
    TRAP_SIZE = 4,
};

static const uint8_t trap_code[] = {0x00, 0x00, 0x00, 0x00};   /* udf #0 */
static const uint8_t frame_code[] = {0xe0, 0x03, 0x00, 0x91};  /* mov x0, sp */
static const uint8_t return_code[] = {0x1f, 0x20, 0x03, 0xd5}; /* nop */

#endif
