/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "state.h"

        .text
        .globl  enter
        .type   enter, @function
enter:
        adrp    x9, saved
        add     x9, x9, :lo12:saved
        stp     x19, x20, [x9]
        stp     x21, x22, [x9, #16]
        stp     x23, x24, [x9, #32]
        stp     x25, x26, [x9, #48]
        stp     x27, x28, [x9, #64]
        stp     x29, x30, [x9, #80]
        stp     d8, d9, [x9, #96]
        stp     d10, d11, [x9, #112]
        stp     d12, d13, [x9, #128]
        stp     d14, d15, [x9, #144]
        mov     x10, sp
        mrs     x11, tpidr_el0
        stp     x10, x11, [x9, #160]
        stp     x0, x2, [x9, #176]

        add     x10, x0, #STATE_V
        ld1     {v0.2d, v1.2d, v2.2d, v3.2d}, [x10], #64
        ld1     {v4.2d, v5.2d, v6.2d, v7.2d}, [x10], #64
        ld1     {v8.2d, v9.2d, v10.2d, v11.2d}, [x10], #64
        ld1     {v12.2d, v13.2d, v14.2d, v15.2d}, [x10], #64
        ld1     {v16.2d, v17.2d, v18.2d, v19.2d}, [x10], #64
        ld1     {v20.2d, v21.2d, v22.2d, v23.2d}, [x10], #64
        ld1     {v24.2d, v25.2d, v26.2d, v27.2d}, [x10], #64
        ld1     {v28.2d, v29.2d, v30.2d, v31.2d}, [x10]
        ldr     x10, [x0, #STATE_SP]
        mov     sp, x10
        ldr     x10, [x0, #STATE_NZCV]
        msr     nzcv, x10
        ldr     x10, [x0, #STATE_FPSR]
        msr     fpsr, x10
        mov     x26, x1
        ldr     x25, =CONTEXT
        ldr     x27, =BOX
        ldr     x28, =AREA
        ldr     x10, [x0, #STATE_TP]
        msr     tpidr_el0, x10
        str     x10, [x25, #16]
        ldp     x2, x3, [x0, #16]
        ldp     x4, x5, [x0, #32]
        ldp     x6, x7, [x0, #48]
        ldp     x8, x9, [x0, #64]
        ldp     x10, x11, [x0, #80]
        ldp     x12, x13, [x0, #96]
        ldp     x14, x15, [x0, #112]
        ldp     x16, x17, [x0, #128]
        ldp     x18, x19, [x0, #144]
        ldp     x20, x21, [x0, #160]
        ldp     x22, x23, [x0, #176]
        ldr     x24, [x0, #192]
        ldr     x29, [x0, #232]
        ldp     x0, x1, [x0]
        adr     x30, back
        br      x26

back:
        adrp    x26, saved
        ldr     x26, [x26, #:lo12:saved + 176]
        stp     x0, x1, [x26]
        stp     x2, x3, [x26, #16]
        stp     x4, x5, [x26, #32]
        stp     x6, x7, [x26, #48]
        stp     x8, x9, [x26, #64]
        stp     x10, x11, [x26, #80]
        stp     x12, x13, [x26, #96]
        stp     x14, x15, [x26, #112]
        stp     x16, x17, [x26, #128]
        stp     x18, x19, [x26, #144]
        stp     x20, x21, [x26, #160]
        stp     x22, x23, [x26, #176]
        stp     x24, x25, [x26, #192]
        stp     x27, x28, [x26, #216]
        stp     x29, x30, [x26, #232]
        mov     x0, sp
        str     x0, [x26, #STATE_SP]
        mrs     x0, nzcv
        str     x0, [x26, #STATE_NZCV]
        mrs     x0, fpsr
        str     x0, [x26, #STATE_FPSR]
        mrs     x0, tpidr_el0
        ldr     x1, [x25, #16]
        adrp    x9, saved
        add     x9, x9, :lo12:saved
        ldr     x2, [x9, #184]
        cmp     x2, #0
        csel    x0, x1, x0, ne
        str     x0, [x26, #STATE_TP]
        add     x10, x26, #STATE_V
        st1     {v0.2d, v1.2d, v2.2d, v3.2d}, [x10], #64
        st1     {v4.2d, v5.2d, v6.2d, v7.2d}, [x10], #64
        st1     {v8.2d, v9.2d, v10.2d, v11.2d}, [x10], #64
        st1     {v12.2d, v13.2d, v14.2d, v15.2d}, [x10], #64
        st1     {v16.2d, v17.2d, v18.2d, v19.2d}, [x10], #64
        st1     {v20.2d, v21.2d, v22.2d, v23.2d}, [x10], #64
        st1     {v24.2d, v25.2d, v26.2d, v27.2d}, [x10], #64
        st1     {v28.2d, v29.2d, v30.2d, v31.2d}, [x10]

        ldp     x10, x11, [x9, #160]
        mov     sp, x10
        msr     tpidr_el0, x11
        ldp     x19, x20, [x9]
        ldp     x21, x22, [x9, #16]
        ldp     x23, x24, [x9, #32]
        ldp     x25, x26, [x9, #48]
        ldp     x27, x28, [x9, #64]
        ldp     x29, x30, [x9, #80]
        ldp     d8, d9, [x9, #96]
        ldp     d10, d11, [x9, #112]
        ldp     d12, d13, [x9, #128]
        ldp     d14, d15, [x9, #144]
        ret
        .size   enter, . - enter

        .globl  system_call
        .type   system_call, @function
system_call:
        svc     #0
        ret
        .size   system_call, . - system_call

        .local  saved
        .comm   saved, 192, 16

        .section .note.GNU-stack, "", @progbits
