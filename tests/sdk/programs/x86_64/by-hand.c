// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What by-hand.S passes to its functions in flags, %r11 and the memory below %rsp. */
#include <stdio.h>

long flags_passed(long a, long b);
long flags_kept(long a, long b);
long below_stack(long a, long b);
long r11_alias(long a, long b);

int main(void)
{
    printf("%ld %ld\n", flags_passed(1, 2), flags_passed(2, 1));
    printf("%ld %ld\n", flags_kept(1, 2), flags_kept(2, 1));
    printf("%ld\n", below_stack(1000, 200));
    printf("%ld\n", r11_alias(3, 4));
    return 0;
}
