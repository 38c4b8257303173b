; Labels: local to the label before, of other scopes, with $, with the names of other things.
section .text
global first, second
first:
.loop:
    dec eax
    jnz .loop
    jmp second.loop
second:
.loop dec eax
    jnz .loop
    jz first.loop
    jmp short .end
    call near first
.end:
    ret
..@special: nop
    jmp ..@special
and1: nop
$and: nop
    jmp $and
$rax: nop
    call $rax
    lea rcx, [rel $rax]
name?: nop
    jmp name?
    jmp $
    loop $
    lea rax, [rel $]
alone
    jmp alone
third ret
; equ begins no scope
scope:
.loop:
    dec ecx
NUMBER equ 5
    jnz .loop
.number equ NUMBER
    mov eax, scope.number
; registers that only GNU assembly knows
flags: dd 1
r16: dd 2
fp7:
    mov eax, [rel flags]
    mov eax, [rel r16]
    jmp fp7
