// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a program hears of the processor is what a box has. */
#include <asm/hwcap.h>
#include <stdio.h>
#include <sys/auxv.h>

int main(void)
{
    unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    printf("has %d\n", (first & (HWCAP_FP | HWCAP_ASIMD)) == (HWCAP_FP | HWCAP_ASIMD));
    printf("has not %lx %lx\n", first & (HWCAP_SVE | HWCAP_SSBS | HWCAP_CPUID),
           second & (HWCAP2_SVE2 | HWCAP2_MTE | HWCAP2_SME));
    return 0;
}
