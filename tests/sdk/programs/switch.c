// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

__attribute__((noinline)) static int dense(int x)
{
    switch (x) {
    case 0:
        return 17;
    case 1:
        return 4;
    case 2:
        puts("two");
        return 99;
    case 3:
        return x * 3;
    case 4:
        return -x;
    case 5:
        return 1234;
    case 6: /* fall through */
    case 7:
        return 77;
    case 8:
        puts("eight");
        return 8;
    case 9:
        return dense(x - 6) + 1;
    case 10:
        return 5;
    case 11:
        return dense(2);
    default:
        return -1;
    }
}

__attribute__((noinline)) static const char *sparse(long x)
{
    switch (x) {
    case -5000000000:
        return "very negative";
    case -1:
        return "minus one";
    case 'a' ... 'z':
        return "letter";
    case 1000:
        return "thousand";
    case 0x7fffffffffffffff:
        return "largest";
    default:
        return "other";
    }
}

/* A state machine: counts words and numbers. */
static void lex(const char *s)
{
    enum { SPACE, WORD, NUMBER } state = SPACE;
    int words = 0, numbers = 0;
    for (; *s; s++) {
        int kind = *s >= '0' && *s <= '9' ? 2 : *s >= 'a' && *s <= 'z' ? 1 : 0;
        switch (state * 3 + kind) {
        case SPACE * 3 + 1:
            words++;
            state = WORD;
            break;
        case SPACE * 3 + 2:
            numbers++;
            state = NUMBER;
            break;
        case WORD * 3 + 0:
        case NUMBER * 3 + 0:
            state = SPACE;
            break;
        case NUMBER * 3 + 1:
            numbers--;
            words++;
            state = WORD;
            break;
        }
    }
    printf("%d words, %d numbers\n", words, numbers);
}

int main(void)
{
    for (int i = -2; i < 14; i++)
        printf("%d ", dense(i));
    puts("");
    const long values[] = {-5000000000, -1, 'q', 1000, 0x7fffffffffffffff, 5, 0x100000061};
    for (unsigned i = 0; i < 7; i++)
        puts(sparse(values[i]));
    lex("one 2 three 44 5e x9 10");
}
