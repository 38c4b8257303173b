; What nasm takes and GNU assembly does not, or in another form.
section .text
extern far_away
operands:
    pinsrw xmm0, ax, 1
    pinsrb xmm0, sil, 1
    vpinsrw xmm0, xmm1, r9w, 1
    vpbroadcastb zmm0, al
    kmovb k1, cl
    cvtsi2sd xmm0, [rdi]
    vcvtsi2ss xmm0, xmm1, [rdi]
    vcmpneq_oqps xmm0, xmm1
    vcmpord_qpd ymm0, [rdi]
    fadd to st1
    fsubr to st2
    fxch st0, st3
    fcmovb st2
    wait fnstsw ax
    es movsb
    cs mov eax, [rdi]
    add rax, 0xfffffff0
    mov qword [rdi], 0x80000000
    push 0x80000000
    mov rax, qword far_away
    mov rax, strict qword far_away
    mov eax, __float32__(1.5)
    mov rax, __float64__(-0.1)
    retq
table push 5
    jmp table
indirect call [rdi]
    jmp indirect
    vpcmpgeud k1, zmm0, zmm1
    vpcmpgtub k1{k2}, zmm0, [rdi]
    vpcmpngtw k1, ymm0, ymm1
    vpcmpgtd k1, ymm0, ymm1
    lock {rex} add [rdi], eax
