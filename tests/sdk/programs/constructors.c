// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor(101))) static void early(void)
{
    puts("early");
}

__attribute__((constructor(200))) static void late(void)
{
    puts("late");
}

__attribute__((destructor)) static void end(void)
{
    puts("end");
}

extern const char text[] __attribute__((visibility("default")));
const char text[] = "relocated";
static const char *const pointers[] = {text, text + 2, text + 4};

int main(void)
{
    printf("main %s %s %s\n", pointers[0], pointers[1], pointers[2]);
}
