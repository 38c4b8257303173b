// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Assembly that uses %r11 behind calls of any function: --keep-r11. */
#include <stdio.h>

/* In kept-r11-everywhere.S. */
long kept(long value);
long kept_far(long value);

int main(void)
{
    printf("%ld %ld %ld\n", kept(40), kept(-5), kept_far(9));
}
