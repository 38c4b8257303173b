; Forms in which nasm lets out an operand, masks, broadcasts, rounding.
section .text
f:
    vpaddd xmm0, xmm1
    vpaddd ymm0, [rdi]
    vpaddd xmm0, xmm1, xmm2
    vpsrldq xmm3, 4
    vpsrld xmm3, xmm4, 4
    vpalignr xmm0, xmm1, 8
    vpinsrd xmm0, [rdi], 1
    vpinsrw xmm0, eax, 3
    vmovss xmm0, xmm1
    vmovss xmm0, [rdi]
    vmovss [rdi], xmm0
    vmovhps xmm0, [rdi]
    vmovhps [rdi], xmm0
    vsqrtss xmm0, xmm1
    vsqrtps xmm0, xmm1
    vcvtsi2sd xmm0, eax
    vshufps ymm0, ymm1, 0x1b
    vblendvps xmm0, xmm1, xmm2
    vpgatherdd xmm0, [rdi+xmm1*4], xmm2
    vfmadd231ps ymm0, ymm1, ymm2
    vpaddd zmm0{k1}{z}, zmm1, zmm2
    vpaddd zmm0{k1}, zmm1
    vpaddd zmm0, zmm1, [rdi]{1to16}
    vaddps zmm0, zmm1, zmm2, {rn-sae}
    vpcmpeqb k1, zmm0, zmm1
    kmovw eax, k1
    vpternlogd zmm0, zmm1, zmm2, 0x55
    vpermb zmm0, zmm1, zmm2
    movd eax, xmm0
    movq rax, xmm0
    movq xmm0, [rdi]
    vpextrd r8, xmm0, 1
    vpextrd rax, xmm0, 1
    vpbroadcastb zmm8, r11
    vpbroadcastw zmm1{k1}{z}, rax
    vpbroadcastw xmm2, [rdi]
    pmovmskb eax, xmm0
    cvtsi2sd xmm0, dword [rdi]
    cvtsi2sd xmm0, rax
    imul eax, 5
    imul eax, ecx, -5
    ret
