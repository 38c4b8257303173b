# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# link: --no-rosegment
.include "lfi.inc"
.text
.globl _start
_start:
	ud2
