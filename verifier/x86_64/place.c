// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where in verified code a thread was stopped, or may go on: verify.c reads code in the same way,
 * from the start of a bundle on, by the same automaton and the same groups.
 */
#include <string.h>

#include <lfi/verifier.h>

#include "groups.h"

/* A group: repeated from its start, unless rsp is written already. */
static enum lfi_place in_group(const uint8_t *bytes, const struct group *group, unsigned offset)
{
    unsigned written = group->insn_at + group->insn.length;
    if (group->kind != GUARDED_WRITE || offset < written)
        return LFI_PLACE_REPEAT;
    return offset == written ? bytes[written] == 0x65 ? LFI_PLACE_ADD : LFI_PLACE_LEA
                             : LFI_PLACE_NONE;
}

enum lfi_place lfi_x86_64_place(const uint8_t bundle[LFI_BUNDLE_SIZE], unsigned offset,
                                unsigned *start, unsigned *end)
{
    /* No accepted instruction or group reaches beyond the bundle, so what is there does not matter:
     * no group has one of these bytes (hlt) in its end. */
    uint8_t bytes[LFI_BUNDLE_SIZE + GROUP_WINDOW];
    unsigned at = 0;
    memcpy(bytes, bundle, LFI_BUNDLE_SIZE);
    memset(bytes + LFI_BUNDLE_SIZE, 0xf4, GROUP_WINDOW);
    if (offset >= LFI_BUNDLE_SIZE)
        return LFI_PLACE_NONE;
    while (at < offset) {
        struct found insn = find(bytes + at);
        struct group group;
        unsigned length = insn.length;
        if ((insn.class & (HEADS | WRITES_OFFSET)) != 0 && lfi_x86_64_group(bytes + at, &group)) {
            length = group.length;
            if (offset < at + length) {
                *start = at;
                *end = at + length;
                return *end <= LFI_BUNDLE_SIZE ? in_group(bytes + at, &group, offset - at)
                                               : LFI_PLACE_NONE;
            }
        } else if ((insn.class & (REFUSED | IN_GROUP)) != 0) {
            return LFI_PLACE_NONE;
        }
        at += length;
    }
    return at == offset ? LFI_PLACE_START : LFI_PLACE_NONE;
}
