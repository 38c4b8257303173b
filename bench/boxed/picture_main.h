// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* main() of png.c and jpeg.c: decodes the file twice, since the first time opens the box, and
 * prints how many milliseconds of processor time the second time took, and a sum of the pixels. */
#ifndef BENCH_PICTURE_MAIN_H
#define BENCH_PICTURE_MAIN_H

#include <stdio.h>
#include <time.h>

struct input {
    const unsigned char *bytes;
    size_t size, at;
};

static void decode(struct input input, unsigned char *pixels, size_t size);

int main(int argc, char **argv)
{
    static unsigned char bytes[1 << 24], pixels[1 << 24];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    struct input input = {bytes, fread(bytes, 1, sizeof bytes, file), 0};
    fclose(file);
    decode(input, pixels, sizeof pixels);
    struct timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    decode(input, pixels, sizeof pixels);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    unsigned long sum = 0;
    for (size_t i = 0; i < sizeof pixels; i++)
        sum = sum * 31 + pixels[i];
    printf("%.3f %lx\n",
           1e3 * (double)(b.tv_sec - a.tv_sec) + 1e-6 * (double)(b.tv_nsec - a.tv_nsec), sum);
    return 0;
}

#endif
