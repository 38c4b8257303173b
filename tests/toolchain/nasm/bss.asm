; Sections without data: alignment and reservations.
section .bss
first: resb 3
align 16
second: dd ?, ?
third: times 4 dw ?
    resb 64 - ($ - $$)
alignb 32
fourth: reso 1
section .data
    db 1
align 8
length equ $ - $$
    times 64 - ($ - $$) db length
    dq second, third, fourth, fourth - first
