// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The note of LFI files (docs/abi.md, "The file"), which lfi-ld adds to every program. LFI_MACHINE is
 * the ELF e_machine value, LFI_MODE the sandboxing mode.
 */
#include <lfi/abi.h>

        .section LFI_NOTE_SECTION, "a", %note
        .p2align 2
        .long   2f - 1f
        .long   LFI_NOTE_DESC_SIZE
        .long   LFI_NOTE_TYPE
1:      .asciz  LFI_NOTE_OWNER
2:      .p2align 2
        .long   LFI_ABI_VERSION
        .long   LFI_MACHINE
        .long   LFI_MODE
        .long   0
        .section .note.GNU-stack, "", %progbits
