// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

/* An interpreter with threaded code, as real ones have it. */
static long run(const unsigned char *code)
{
    static const void *const labels[] = {&&halt, &&push,    &&add, &&mul,
                                         &&dup,  &&jump_if, &&dec, &&swap};
    long stack[16], *sp = stack;
#define NEXT goto *labels[*code++]
    NEXT;
push:
    *sp++ = (signed char)*code++;
    NEXT;
add:
    sp--;
    sp[-1] += *sp;
    NEXT;
mul:
    sp--;
    sp[-1] *= *sp;
    NEXT;
dup:
    *sp = sp[-1];
    sp++;
    NEXT;
dec:
    sp[-1]--;
    NEXT;
swap : {
    long t = sp[-1];
    sp[-1] = sp[-2];
    sp[-2] = t;
    NEXT;
}
jump_if:
    code += sp[-1] ? (signed char)*code : 1;
    NEXT;
halt:
    return sp[-2];
}

/* Offsets between labels, as kernels and interpreters use them. */
static int relative(int i)
{
    static const int offsets[] = {&&a - &&a, &&b - &&a, &&c - &&a};
    goto *(&&a + offsets[i]);
a:
    return 10;
b:
    return 20;
c:
    return 30;
}

int main(void)
{
    enum { HALT, PUSH, ADD, MUL, DUP, JUMP_IF, DEC, SWAP };
    printf("%ld\n", run((const unsigned char[]){PUSH, 6, PUSH, 7, MUL, PUSH, 0, HALT}));
    /* Adds 3 a hundred times; the stack is [sum, n]. */
    printf("%ld\n", run((const unsigned char[]){PUSH, 0, PUSH, 100, SWAP, PUSH, 3, ADD, SWAP, DEC,
                                                JUMP_IF, (unsigned char)-7, HALT}));
    printf("%d %d %d\n", relative(0), relative(1), relative(2));
}
