; Data of all widths, strings, characters, numbers, what is repeated.
section .data
    db 1, 0x10, -1, 255, 'a', "two words", `tab\tA\n\x41\101\u00e9`, 0
    dw 1, 'ab', 'abc', -2
    dd 1, 'abcd', 1.5, -2.5e3, 0x12345678
    dq 1, 'abcdefgh', 1.0, -1, 0x123456789abcdef0, __Infinity__
    dt 1.0
    db 0ffh, 0xff, $0ff, 11b, 0b11, 17o, 0o17, 17q, 0d10, 10d, 1_000 & 0xff, 0h1f
    dw 3 + 4 * 2, (3 + 4) * 2, 7 / 2, -7 // 2, 7 % 3, -7 %% 3, 1 << 4 | 1, ~0, !0, !5, 6 ^ 3, 6 & 3
    dw 1 = 1, 1 <> 1, 2 > 1, 1 && 0, 1 || 0, -1 >> 63, 1 ? 2 : 3
    times 3 db 7
    times 4 dw 1, 2
    times 2 dd 'ab'
values: times 2 db 1
    dd $ - values, end - values
    dq values, values + 8, other
    dd code - $
    times 2 dd $ - values
    align 16
    align 8, db 0
    db 1
    alignb 4
    resb 3
end:
section .rodata
other: incbin "included.bin"
    incbin "included.bin", 2
    incbin "included.bin", 1, 3
section .bss
buffer: resb 100
    alignb 16
    resd 3
    resq 2
    reso 1
    resy 1
    resz 1
section .text
code: ret
section .data
    dd __float32__(-1.5), __?float32?__(0.1) + 1
    dq __float64__(__Infinity__)
    dw 2 dup (1, 3 dup (2, ?)), 4
    db 2 dup ('ab', 1 + 2)
copies equ 2
section .bss
    dd copies + 1 dup (?)
