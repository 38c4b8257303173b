; Structures, absolute sections, constants.
struc point
.x: resd 1
.y: resd 1
    align 16, resb 1
.name: resb 8
endstruc
absolute 0x40
first: resw 3
second: resd 1
section .data
one: istruc point
    at point.x, dd 1
    at point.y, dd 2
    at point.name, db 'name'
iend
size equ point_size
twice equ size * 2
length equ $ - one
    dd size, twice, length, first, second, point.name - point.y
section .text
    mov eax, [rdi + point.y]
    mov eax, point_size
    mov ecx, [rdi + second]
    lea rdx, [rdi + rax*4 + point.name]
    mov edx, length
