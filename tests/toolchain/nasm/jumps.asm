; Tables of differences, and addresses of several symbols.
default rel
section .rodata
table:
    dd f.one - table, f.two - table
short_table: dw f.one - f, f.two - f
section .text
f:
    lea rcx, [table]
    movsxd rax, dword [rcx + rdi*4]
    add rax, rcx
    lea rdx, [f]
    movzx esi, word [rdx + rdi*2 + short_table - f]
    mov eax, f.two - f.one
    lea rax, [rdx + f.one - f]
    jmp rax
.one:
    times 5 add rax, 0x1000
    ret
.two:
    ret
