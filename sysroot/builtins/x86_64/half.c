// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Conversions between _Float16 and long double that this compiler-rt lacks, and that clang calls by
 * GCC's names ("GCC Internals", routines for floating point emulation).
 */
#include <stdint.h>

_Float16 __truncxfhf2(long double x);
long double __extendhfxf2(_Float16 x);

/*
 * By way of float, rounded to odd there: its 24 bits are more than two above the 11 of the result,
 * so that rounding twice is rounding once (Boldo and Melquiond, "When double rounding is odd").
 */
_Float16 __truncxfhf2(long double x)
{
    union {
        float value;
        uint32_t bits;
    } f = {(float)x};
    if (x == x && f.value != x) {
        if ((f.value > x) == (x > 0)) /* away from zero: back */
            f.bits--;
        f.bits |= 1;
    }
    return (_Float16)f.value;
}

long double __extendhfxf2(_Float16 x)
{
    volatile float between = x; /* or this were a call of itself */
    return between;
}
