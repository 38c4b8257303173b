// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Calls numerics.f90 and prints what it gives. */
#include <stdio.h>

double simpson(int n);
void solve(int n, double *a, double *b);

int main(void)
{
    double a[9] = {0, 2, 1, 1, -1, 1, 3, 1, -2}, b[3] = {11, 3, -3}; /* columns of a */
    solve(3, a, b);
    printf("pi %.8f, solved %g %g %g\n", simpson(1000), b[0], b[1], b[2]);
    return 0;
}
