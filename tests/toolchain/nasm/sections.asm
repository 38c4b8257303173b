; Sections by their names and attributes, and global names by theirs.
section .text align=32
global f:function, h:function hidden, g:data (8), w:function weak
    extern a, b:weak
f:  ret
h:  ret
w:  ret
section .rodata align=16
    db 1
section .rodata.cst16 merge oword align=16
    dq 1, 2
section .data
g:  dq 1
section mine progbits alloc exec nowrite align=64
code:
    ret
section .tdata write tls
    dd 1
section .bss nobits alloc write align=64
    resb 1
common room 64:32
section .note.GNU-stack noalloc noexec nowrite progbits
[section .text]
    call a wrt ..plt
    call b wrt ..plt
    mov rax, [rel a wrt ..got]
    mov rax, g
    jmp code
