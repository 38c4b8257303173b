// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Faults where its argument says; each place is marked with its letter. */
static int *volatile nowhere;
static volatile int zero;

static __attribute__((noinline)) int fault(char which, int n)
{
    switch (which) {
    case 'r':
        n += *nowhere; /* line r */
        break;
    case 'w':
        n *= 3;
        *nowhere = n; /* line w */
        break;
    case 'd':
        n = 100 / zero; /* line d */
        break;
    case 't':
        __builtin_trap(); /* line t */
    default:
        break;
    }
    return n + 1;
}

int main(int argc, char **argv)
{
    return fault(argv[1][0], argc) == 0;
}
