; Nor does nasm -E know places.
section .rodata
table: dd 1, 2, 3
%if $ - table != 12
%error the table has another size
%endif
