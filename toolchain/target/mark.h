// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What lfi-as leaves in objects, in a section that no program gets: lfi-ld says with it that an
 * object comes from elsewhere. Information only: code is verified, whatever is written there.
 */
#ifndef LFI_MARK_H
#define LFI_MARK_H

#define MARK_SECTION ".note.lfi.object"
#define MARK_TEXT    "lfi-as %s" /* the name of the mode; with a NUL */

#endif
