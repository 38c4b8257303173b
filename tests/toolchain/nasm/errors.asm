section .text
f:  nop
    jmp f + 1
    lea rax, [f + 4]
    mov eax, [rdi*7]
    mov eax, [rax+rbx+rcx]
    mov eax, [rel 2*f]
    mov eax, undefined
    times g - f nop
g:  dd (g - f) * 3 >> 1
    a16 mov eax, [rdi]
g:  nop
    global rax
    dw 1.5
    bits 32
    section .x what
    call far [rdi]
    jmp 5
    mov eax, 1 / 0
    vpaddd xmm0, xmm1 xmm2
    [unknown 1]
