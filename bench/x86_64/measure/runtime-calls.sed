# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Turns system calls and loads of the thread pointer into runtime calls (docs/abi.md, "Control").
s/^([[:space:]]*)syscall([[:space:]].*)?$/\1leaq 909f(%rip),%r11; jmpq *%gs:0x2f000; .p2align 5; 909:/
# The compiler may keep something in r11 here, so it is saved, below the red zone.
s/^([[:space:]]*)movq?[[:space:]]+%fs:0,[[:space:]]*(%r[a-z0-9]+)[[:space:]]*$/\1leaq -128(%rsp),%rsp; pushq %r11; leaq 909f(%rip),%r11; jmpq *%gs:0x2f008; .p2align 5; 909: movq %r11,\2; popq %r11; leaq 128(%rsp),%rsp/
# The loader asks for an entry point at the start of a bundle.
s/^_start:/.p2align 5; _start:/
