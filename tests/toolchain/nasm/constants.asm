; %if, %rep and %assign with symbols made by equ, whose values nasm -E alone does not know.
FEATURE equ 1
MISSING: equ 0
COUNT equ 3
NEGATIVE equ -2
struc point
.x: resd 1
.y: resd 1
endstruc
section .rodata
message: db "hello"
length equ $ - message
section .text
global FEATURE, function
%macro when 1
%if %1
    mov eax, %1 + 1
%endif
%endmacro
function:
%if FEATURE && !MISSING
    mov ecx, FEATURE
%elif MISSING
%error this is not asked for
%endif
    when COUNT
    when MISSING
%rep COUNT
    inc eax
%endrep
%if NEGATIVE < 0 && point_size == 8 && length = 5
%assign twice length * 2
    mov edx, twice
%endif
    mov eax, [rdi + point.y]
    ret
%use smartalign
ALIGNMODE p6
align 16
    ret
