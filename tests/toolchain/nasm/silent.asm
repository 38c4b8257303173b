    fs mov eax, [rdi]
    gs lodsb
    mov rax, [qword 0x123456789abcdef0]
    unknown
    lea rax, [$ + 8]
    lea rax, [$$ + 8]
    asp pop rax
    mov ax, __float16__(1.0)
f:  ret
section .data
    dq f + 1
section .bss
    db ?, 1
%pragma elf64 gprefix _
%pragma list options -b
[float up]
section .text
extern mxcsr
    mov eax, [rel mxcsr]
section .data
    db 2 dup 5
