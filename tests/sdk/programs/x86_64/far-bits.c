// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A bit's number in a register reaches far beyond the operand in memory, which it counts from. */
#include <stdint.h>
#include <stdio.h>

enum { WORDS = 64, MIDDLE = WORDS / 2 };
static uint64_t words[WORDS];
static unsigned flags[256];

/* The bit `number`, counted from the middle; what it was. `what`: test, set, reset, complement. */
static int change(int what, long number)
{
    uint64_t *word = &words[MIDDLE + (number >> 6)], bit = 1ull << (number & 63);
    int old = (*word & bit) != 0;
    *word = what == 1 ? *word | bit : what == 2 ? *word & ~bit : what == 3 ? *word ^ bit : *word;
    return old;
}

#define FAR(op, type, value)                                         \
    __asm__ volatile(op " %[number], %[place]\n\tsetc %[old]"        \
                     : [old] "=&q"(old), [place] "+m"(words[MIDDLE]) \
                     : [number] "r"((type)(value))                   \
                     : "memory", "cc")
static int change_far(int what, int form, long number)
{
    char old = 0;
    switch (what * 4 + form) {
    case 0:
        FAR("btq", long, number);
        break;
    case 1:
        FAR("btl", int, number);
        break;
    case 2:
        FAR("btw", short, number);
        break;
    case 3:
        FAR("btq", long, number);
        break;
    case 4:
        FAR("lock btsq", long, number);
        break;
    case 5:
        FAR("lock btsl", int, number);
        break;
    case 6:
        FAR("lock btsw", short, number);
        break;
    case 7:
        FAR("btsq", long, number);
        break;
    case 8:
        FAR("lock btrq", long, number);
        break;
    case 9:
        FAR("lock btrl", int, number);
        break;
    case 10:
        FAR("lock btrw", short, number);
        break;
    case 11:
        FAR("btrl", int, number);
        break;
    case 12:
        FAR("lock btcq", long, number);
        break;
    case 13:
        FAR("lock btcl", int, number);
        break;
    case 14:
        FAR("lock btcw", short, number);
        break;
    case 15:
        FAR("btcw", short, number);
        break;
    }
    return old;
}

/* The number, its upper half something else, in registers that are also of the address; other
 * registers keep what they hold. */
static long in_registers(unsigned number)
{
    long a = (long)(0xabcdef0000000000 | number), c = 0x1234, d = 0x5678, old = 0;
    __asm__ volatile("lock btsl %%eax, (%%rbx,%%rcx,8)\n\t"
                     "setc %b[old]\n\t"
                     "leaq (%%rbx,%%rcx,8), %%rdx\n\t"
                     "lock btcl %%eax, (%%rdx)\n\t"
                     "adcq $0, %[old]"
                     : "+a"(a), [old] "+r"(old), "=&d"(d)
                     : "b"(words), "c"(MIDDLE)
                     : "memory", "cc");
    __asm__ volatile("lock btsl %%ecx, %[flags]\n\tadcq $0, %[old]"
                     : [flags] "+m"(flags[0]), [old] "+r"(old), "+a"(a), "+c"(c), "+d"(d)
                     :
                     : "memory", "cc");
    return (a == (long)(0xabcdef0000000000 | number)) + (c == 0x1234) +
           (d == (long)&words[MIDDLE]) + 10 * old;
}

int main(void)
{
    unsigned long seed = 88172645463325252, sum = 0;
    long wrong = 0;
    static uint64_t model[WORDS];
    for (int i = 0; i < 4000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        int what = (int)(seed >> 8 & 3), form = (int)(seed >> 10 & 3);
        long number = (long)(seed >> 20) % (64 * MIDDLE);
        number = seed & 1 ? number : -number;
        for (int k = 0; k < WORDS; k++)
            model[k] = words[k];
        int old = change(what, number);
        for (int k = 0; k < WORDS; k++) {
            uint64_t changed = words[k];
            words[k] = model[k], model[k] = changed;
        }
        wrong += change_far(what, form, number) != old;
        for (int k = 0; k < WORDS; k++)
            wrong += words[k] != model[k];
    }
    for (int k = 0; k < WORDS; k++)
        sum = sum * 31 + words[k];
    printf("wrong %ld, sum %016lx\n", wrong, sum);

    words[MIDDLE - 1] = 1ull << 61;
    long first = in_registers((unsigned)-3), second = in_registers((unsigned)-4);
    printf("in registers %ld %ld, flags %x\n", first, second, flags[0x1234 / 32]);
    return 0;
}
