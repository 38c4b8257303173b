# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# General-dynamic TLS becomes %fs: in the linker, after the rewriter has run.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	.bundle_lock
	.byte 0x66
	leaq x@tlsgd(%rip), %rdi
	.value 0x6666
	rex64
	call __tls_get_addr@PLT
	.bundle_unlock
	.p2align 5
	ud2
.section .tbss,"awT",@nobits
.globl x
.hidden x
x:	.long 0
