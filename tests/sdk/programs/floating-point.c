// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

static volatile double zero = 0, one = 1, ten = 10;
static volatile float third = 1.0f / 3;
static volatile long double tiny = 1e-4000L;

int main(void)
{
    printf("%.17g %.9g %.20Lg\n", one / ten, third, 1.0L / 3);
    printf("%d %d %d %d\n", isnan(zero / zero), one / zero > DBL_MAX, zero / zero == zero / zero,
           tiny > 0);
    printf("%d %ld %u %lu\n", (int)-2.9, (long)(one * 1e18), (unsigned)(one * 4e9),
           (unsigned long)(one * 1.8e19));
    printf("%.15g %.15g %.15g %.15g\n", sqrt(2 * one), sin(one), exp(one), pow(2, one / 3));
    printf("%.18Lg %.18Lg %.18Lg\n", sqrtl(2.0L * one), sinl(one), expl(one));
    printf("%g %g %g %g\n", floor(-1.5 * one), ceil(-1.5 * one), round(2.5 * one), rint(2.5 * one));
    printf("%g %a\n", fma(one * 3, 4, 5), one * 0.1);

    const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (unsigned i = 0; i < 4; i++) {
        fesetround(modes[i]);
        volatile double x = one / 3;
        volatile long double y = (long double)one / 3;
        printf("%.0f %a %.22Lg\n", rint(2.5 * one), x, y);
    }
    fesetround(FE_TONEAREST);

    feclearexcept(FE_ALL_EXCEPT);
    volatile double overflow = DBL_MAX * ten, inexact = one / 3, invalid = zero / zero;
    (void)overflow, (void)inexact, (void)invalid;
    printf("%d %d %d %d\n", !!fetestexcept(FE_OVERFLOW), !!fetestexcept(FE_INEXACT),
           !!fetestexcept(FE_INVALID), !!fetestexcept(FE_DIVBYZERO));

    float sum = 0;
    for (int i = 1; i <= 1000; i++)
        sum += third / (float)i;
    printf("%.6f\n", sum);
    double x = 0.5;
    for (int i = 0; i < 1000; i++)
        x = 3.7 * x * (1 - x);
    printf("%d\n", x > 0 && x < 1);
    int exponent;
    double mantissa = frexp(one * 48, &exponent);
    printf("%g %d %g %g\n", mantissa, exponent, ldexp(one, -3), fmod(ten, 3));
}
