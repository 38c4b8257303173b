# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# link: -z notext
.include "lfi.inc"
.text
.globl _start
_start:
	ud2
	.quad _start
