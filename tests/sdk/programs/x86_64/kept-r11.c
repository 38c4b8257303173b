// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Assembly that uses %r11 behind calls of functions of its own file. */
#include <stdio.h>

/* In kept-r11.S. */
long kept(long value);
long kept_deep(long n);
long kept_arguments(long a, long b);
long kept_red_zone(long value);

int main(void)
{
    printf("%ld %ld %ld\n", kept(40), kept(-5), kept(1l << 40));
    printf("%ld %ld\n", kept_deep(0), kept_deep(1000));
    printf("%ld\n", kept_arguments(70, 6));
    printf("%ld\n", kept_red_zone(12));
}
