// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For session.sh: numbers and names that a debugger must print. Waits for a byte, if asked to. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct item {
    int number;
    const char *name;
    struct item *next;
};

long total = 1000;

__attribute__((noinline)) long call_host(long number)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(number) : "rcx", "r11", "memory");
    return result + 1;
}

__attribute__((noinline)) int visit(struct item *item, int depth)
{
    int here = item->number * depth;
    if (item->next)
        here += visit(item->next, depth + 1);
    else
        total += call_host(110) > 0; /* the innermost */
    total += here;
    return here;
}

__attribute__((noinline)) void wait_for_byte(void)
{
    char byte;
    while (read(0, &byte, 1) < 0)
        continue;
}

int main(int argc, char **argv)
{
    struct item items[] = {
        {11, "first", &items[1]}, {22, "second", &items[2]}, {33, "third", NULL}};
    if (argc > 1 && strcmp(argv[1], "wait") == 0)
        wait_for_byte();
    int sum = visit(items, 1);
    printf("%d %ld\n", sum, total);
    return 0;
}
