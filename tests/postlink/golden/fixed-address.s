# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# kind: -no-pie
.include "lfi.inc"
.text
.globl _start
_start:
	ud2
