# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The empty note that every link contains (include/lfi/abi.h).
.section .note.lfi,"a",@note
.p2align 2
.long 4, 16, 2
.asciz "BOX"
.long 0, 0, 0xffffffff, 0
