// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the rules take for granted about processors, tried on this one. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/auxv.h>
#include <sys/mman.h>

enum { WINDOW = 1 << 16, HWCAP2_HAS_FSGSBASE = 2 };

static uint8_t *box; /* 4 GiB aligned; its first 64 KiB are mapped */
static sigjmp_buf fault;

static void on_fault(int signal)
{
    siglongjmp(fault, signal);
}

static bool has_gs(void)
{
    if ((getauxval(AT_HWCAP2) & HWCAP2_HAS_FSGSBASE) == 0)
        return false;
    __asm__ volatile("wrgsbase %0" : : "r"(box));
    return true;
}

/* %gs:N(%eX,%eY,S): base + 32 bits, whatever the registers' upper halves are. */
static void address_size_prefix_truncates(void **state)
{
    (void)state;
    if (!has_gs())
        skip();
    uint64_t base = 0xdeadbeef00000100, index = 0xffffffff80000004;
    uint32_t value;
    memcpy(box + 0x100 + 0x20 + 8, &(uint32_t){42}, 4);
    __asm__ volatile("movl %%gs:8(%k1,%k2,8), %0" : "=r"(value) : "r"(base), "r"(index));
    assert_int_equal(value, 42);
}

/* Gathers truncate each element's address in the same way (SDM vol. 2, VPGATHERDD). */
static void gather_truncates(void **state)
{
    (void)state;
    if (!has_gs() || !__builtin_cpu_supports("avx2"))
        skip();
    /* Scaled indices that overflow, negative ones, and upper halves that must not count. */
    const int32_t dwords[8] = {0x20000002, 0x40000004, -1, -2, 0, 3, 5, (int32_t)0xe0000001};
    const uint64_t qwords[4] = {0xdeadbeef00000010, 0xffffffff00000020, 0x100000040,
                                0x8000000000000080};
    uint32_t found[8];
    uint64_t found_qwords[4], base = 0xabc00000400;
    __asm__ volatile("vmovdqu %1, %%ymm1\n vpcmpeqd %%ymm2, %%ymm2, %%ymm2\n"
                     "vpxor %%ymm0, %%ymm0, %%ymm0\n"
                     "vpgatherdd %%ymm2, %%gs:16(%k2,%%ymm1,8), %%ymm0\n"
                     "vmovdqu %%ymm0, %0"
                     : "=m"(found)
                     : "m"(dwords), "r"(base)
                     : "xmm0", "xmm1", "xmm2");
    __asm__ volatile("vmovdqu %1, %%ymm1\n vpcmpeqd %%ymm2, %%ymm2, %%ymm2\n"
                     "vpxor %%ymm0, %%ymm0, %%ymm0\n"
                     "vpgatherqq %%ymm2, %%gs:16(%k2,%%ymm1,1), %%ymm0\n"
                     "vmovdqu %%ymm0, %0"
                     : "=m"(found_qwords)
                     : "m"(qwords), "r"(base)
                     : "xmm0", "xmm1", "xmm2");
    for (unsigned i = 0; i < 8; i++) {
        uint32_t expected;
        memcpy(&expected, box + (uint32_t)(0x410 + (uint32_t)dwords[i] * 8), sizeof expected);
        assert_int_equal(found[i], expected);
    }
    for (unsigned i = 0; i < 4; i++) {
        uint64_t expected;
        memcpy(&expected, box + (uint32_t)(0x410 + qwords[i]), sizeof expected);
        assert_int_equal(found_qwords[i], expected);
    }
}

/* So do the gathers and scatters of AVX-512; elements that are not in the mask are not touched. */
static void evex_elements_truncate(void **state)
{
    (void)state;
    if (!has_gs() || !__builtin_cpu_supports("avx512f"))
        skip();
    const int32_t indices[16] = {0x20000002, 0x40000004, -1, -2, 0,  3,  5,  (int32_t)0xe0000001,
                                 7,          8,          9,  10, 11, 12, 13, 0x7ffffff};
    const uint64_t base = 0xabc00000400;
    const uint32_t mask = 0x7fff; /* the last element lies where nothing is mapped */
    uint32_t found[16], values[16];
    for (uint32_t i = 0; i < 16; i++)
        values[i] = 0xcafe0000 + i;
    __asm__ volatile("vmovdqu32 %1, %%zmm1\n kmovw %3, %%k1\n vpxor %%xmm0, %%xmm0, %%xmm0\n"
                     "vpgatherdd %%gs:16(%k2,%%zmm1,8), %%zmm0%{%%k1%}\n"
                     "vmovdqu32 %%zmm0, %0\n vzeroupper"
                     : "=m"(found)
                     : "m"(indices), "r"(base), "r"(mask)
                     : "xmm0", "xmm1");
    for (unsigned i = 0; i < 15; i++) {
        uint32_t expected;
        memcpy(&expected, box + (uint32_t)(0x410 + (uint32_t)indices[i] * 8), sizeof expected);
        assert_int_equal(found[i], expected);
    }
    assert_int_equal(found[15], 0);
    __asm__ volatile("vmovdqu32 %0, %%zmm1\n vmovdqu32 %1, %%zmm0\n kmovw %3, %%k1\n"
                     "vpscatterdd %%zmm0, %%gs:16(%k2,%%zmm1,8)%{%%k1%}\n vzeroupper"
                     :
                     : "m"(indices), "m"(values), "r"(base), "r"(mask)
                     : "xmm0", "xmm1", "memory");
    for (uint32_t i = 0; i < 15; i++) {
        uint8_t *at = box + (uint32_t)(0x410 + (uint32_t)indices[i] * 8);
        uint32_t got;
        memcpy(&got, at, sizeof got);
        assert_int_equal(got, values[i]);
        memcpy(at, &(uint32_t){(uint32_t)(at - box) / 4 * 3 + 1}, sizeof got);
    }
}

/* At the end of what is mapped the element that lies there is written, and the next one faults. */
static void scatter_stops_at_the_edge(void **state)
{
    (void)state;
    if (!has_gs() || !__builtin_cpu_supports("avx512f"))
        skip();
    const int32_t indices[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint64_t base = WINDOW - 4 * 4; /* four elements are in the window */
    volatile uint32_t left = 0;
    signal(SIGSEGV, on_fault);
    if (sigsetjmp(fault, 1) == 0) {
        __asm__ volatile("vmovdqu32 %1, %%zmm1\n vpternlogd $0xff, %%zmm0, %%zmm0, %%zmm0\n"
                         "kxnorw %%k1, %%k1, %%k1\n"
                         "vpscatterdd %%zmm0, %%gs:(%k2,%%zmm1,4)%{%%k1%}\n"
                         "kmovw %%k1, %0\n vzeroupper"
                         : "=r"(left)
                         : "m"(indices), "r"(base)
                         : "xmm0", "xmm1", "memory");
        fail_msg("no fault");
    }
    signal(SIGSEGV, SIG_DFL);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t got;
        memcpy(&got, box + WINDOW - 16 + (size_t)4 * i, sizeof got);
        assert_int_equal(got, 0xffffffff);
    }
}

/* A masked access of what is not mapped does not fault: so it checks no step of rsp. */
static void masked_accesses_do_not_fault(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx512f"))
        skip();
    uint8_t *hole = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(hole, MAP_FAILED);
    __asm__ volatile("kxorw %%k1, %%k1, %%k1\n vmovups %%zmm0, (%0)%{%%k1%}\n"
                     "vmovups (%0), %%zmm0%{%%k1%}\n vcompressps %%zmm0, (%0)%{%%k1%}\n"
                     "vaddps (%0)%{1to16%}, %%zmm0, %%zmm0%{%%k1%}\n vzeroupper"
                     :
                     : "r"(hole)
                     : "xmm0", "memory");
    munmap(hole, 4096);
}

/* Runs `code` with an address in rax that cannot be accessed; does it fault there? */
#define FAULTS(code)                                                               \
    (sigsetjmp(fault, 1) != 0 ? true : ({                                          \
        __asm__ volatile(code "\n fninit" : : "a"(hole), "m"(control) : "memory"); \
        false;                                                                     \
    }))

/*
 * Which accesses after a step of rsp check it. x87 data stores do not: with the exception for an
 * empty register not masked, some processors leave them out, and fnclex takes the exception back.
 */
static void accesses_after_a_step(void **state)
{
    (void)state;
    const uint16_t control = 0x37e; /* invalid operation is not masked */
    uint8_t *hole = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(hole, MAP_FAILED);
    signal(SIGSEGV, on_fault);
    assert_true(FAULTS("fnstcw (%0)"));
    assert_true(FAULTS("fnstsw (%0)"));
    assert_true(FAULTS("movl $0, (%0)"));
    assert_true(FAULTS("orl $0, (%0)"));
    assert_true(FAULTS("movaps %%xmm0, (%0)"));
    print_message("x87 stores, exception not masked: this processor %s\n",
                  FAULTS("fninit\n fldcw %1\n fstpt (%0)\n fnclex") ? "faults" : "leaves them out");
    signal(SIGSEGV, SIG_DFL);
    munmap(hole, 4096);
}

static int setup(void **state)
{
    (void)state;
    const size_t size = (size_t)1 << 33;
    uint8_t *area = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED)
        return -1;
    box = area + (-(uintptr_t)area & 0xffffffff);
    if (mprotect(box, WINDOW, PROT_READ | PROT_WRITE) != 0)
        return -1;
    for (uint32_t i = 0; i < WINDOW / 4; i++)
        memcpy(box + 4 * i, &(uint32_t){i * 3 + 1}, 4);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_size_prefix_truncates),
        cmocka_unit_test(gather_truncates),
        cmocka_unit_test(evex_elements_truncate),
        cmocka_unit_test(scatter_stops_at_the_edge),
        cmocka_unit_test(masked_accesses_do_not_fault),
        cmocka_unit_test(accesses_after_a_step),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
