; Addresses: how registers, numbers and symbols come together.
default rel
section .rodata
table: dd 1, 2, 3, 4
other: dd 5
section .text
f:
    mov eax, [rdi]
    mov eax, [rdi+rsi]
    mov eax, [rsi*8+rdi-4]
    mov eax, [(rdi+rsi*2)*1+16]
    mov eax, [rdi*2]
    mov eax, [rdi*3]
    mov eax, [rdi*9+8]
    mov eax, [nosplit rdi*2]
    mov eax, [rdi*4]
    mov eax, [rax+rsp]
    mov eax, [rdi+rdi]
    mov eax, [rdi+rsi*0+5]
    mov eax, [(rdi-16)*2+rsi]
    mov eax, [rdi+(2*3-1)*4]
    mov eax, [edi+esi*2]
    mov eax, [table]
    mov eax, [table+4]
    mov eax, [rel table]
    lea rdx, [other]
    mov eax, [rdx+table-other]
    mov eax, [rdx+rcx*4+(table-other)+4]
    mov eax, [fs:0x28]
    mov rax, [fs:rax]
    mov eax, [dword rdi+1]
    mov byte [rdi], 1
    mov word [rdi], 1
    mov dword [rdi], -1
    mov qword [rdi], -1
    movdqu oword [rdi], xmm0
    vmovdqu yword [rdi], ymm0
    fld tword [rdi]
    fstp qword [rdi]
    jmp qword [rdi]
    call [rdi]
    push qword [rdi]
    prefetcht0 [rdi]
    lea rax, [f]
    ret
