; Repetition that depends on where things are, as x86inc does it.
section .text
f:
    nop
    jz last
last:
    times ((last-$)>>31)+1 rep
    ret
g:
    nop
    times ((last-$)>>31)+1 rep
    ret
    times ((.end - next) >> 31) & 1 jmp next
.end:
next:
    nop
    times ((.end - later) >> 31) & 1 jmp later
.end:
    ud2
later:
    align 16
    rep ret
    rep movsb
    lock inc dword [rdi]
    times 3 nop
    ret
section .rodata
    db 1
    times 16-($-$$) db 2
a:  dd 1
    times (a-$$)/8 dw 7
