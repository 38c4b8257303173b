// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A small library with the C library, of which there can be very many. */
#include <stdio.h>

__attribute__((visibility("default"))) int digits(int number)
{
    char text[16];
    return snprintf(text, sizeof text, "%d", number);
}
