; A symbol that is asked for by value, and as a macro which it is not.
FEATURE equ 1
section .text
%if FEATURE
    nop
%endif
%ifdef FEATURE
    ret
%endif
