// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Code for linux_arch_general(), AArch64. */
#ifndef TEST_GENERAL_H
#define TEST_GENERAL_H

#define CODE(good, why, ...)                                                                       \
    {                                                                                              \
        (const uint8_t *)(const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}), \
            good, why "\n"                                                                         \
    }
#define RET 0xd65f03c0

static const struct {
    const uint8_t *bytes;
    size_t size;
    bool good;
    const char *why;
} codes[] = {
    CODE(true, "ret", RET),
    CODE(true, "ldp x0, x1, [sp]; add x0, x0, x1; str x0, [x1]", 0xa94007e0, 0x8b010000, 0xf9000020,
         RET),
    CODE(true, "isb; mrs x0, cntvct_el0; svc #0; bti c; autiasp", 0xd5033fdf, 0xd53be040,
         0xd4000001, 0xd503245f, 0xd50323bf, RET),
    CODE(true, "ldar w0, [x1]; ldxr; mul; csel; movk", 0x88dffc20, 0xc85f7c20, 0x9b017c00,
         0x9a810000, 0xf2a00020, RET),
    CODE(true, "cbz x0 over fmov that nothing reaches", 0xb4000060, RET, 0x9e670000, RET),
    CODE(true, "b over it", 0x14000002, 0x9e670000, RET),
    CODE(true, "a loop", 0xf1000400, 0x54ffffe1, RET),
    CODE(false, "fmov d0, x0", 0x9e670000, RET),
    CODE(false, "the same behind cbz", 0xb4000040, RET, 0x9e670000, RET),
    CODE(false, "the same behind tbz", 0x36000040, RET, 0x9e670000, RET),
    CODE(false, "the same behind bl", 0x94000002, 0x9e670000, RET),
    CODE(false, "ldr q0, [x0]", 0x3dc00000, RET),
    CODE(false, "ldp d0, d1, [x0]", 0x6d400400, RET),
    CODE(false, "stp q0, q1, [sp]", 0xad0007e0, RET),
    CODE(false, "ldr s0, literal", 0x1c000000, RET),
    CODE(false, "movi v0.2d, #0", 0x6f00e400, RET),
    CODE(false, "ld1 {v0.16b}, [x0]", 0x4c407000, RET),
    CODE(false, "SVE: ptrue p0.b", 0x2518e3e0, RET),
    CODE(false, "SME: zero {za}", 0xc00800ff, RET),
    CODE(false, "br x0", 0xd61f0000),
    CODE(false, "blr x0", 0xd63f0000, RET),
    CODE(false, "b out of the code", 0x14100000),
    CODE(false, "b before it", 0x17ffffff),
    CODE(false, "no end", 0xd503201f),
    CODE(false, "udf", 0, RET),
};

#endif
