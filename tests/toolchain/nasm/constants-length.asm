; What depends on the length of instructions is no constant in a box.
section .text
start:
    nop
size equ $ - start
other equ 1
%if other && size < 10
    nop
%endif
