// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Multiplies matrices by OpenBLAS, in one thread, for the benchmark: the same numbers in each run,
// and it prints a sum of what came out, to compare. (OpenBLAS's own benchmark/gemm.c takes other
// numbers each time and prints none.)

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A number in [-1, 1), by a linear congruential generator with its state in *seed
static double next(unsigned long long *seed)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*seed >> 33) / (double)(1U << 30) - 1;
}

static double of_doubles(int size, int times, double *numbers)
{
    size_t count = (size_t)size * (size_t)size;
    double *a = numbers, *b = a + count, *c = b + count, sum = 0;
    for (int i = 0; i < times; i++) {
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, size, size, size, 1, a, size, b, size,
                    0.5, c, size);
    }
    for (size_t i = 0; i < count; i++) {
        sum += c[i];
    }
    return sum;
}

static double of_floats(int size, int times, float *numbers)
{
    size_t count = (size_t)size * (size_t)size;
    float *a = numbers, *b = a + count, *c = b + count;
    double sum = 0;
    for (int i = 0; i < times; i++) {
        cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, size, size, size, 1, a, size, b, size,
                    0.5F, c, size);
    }
    for (size_t i = 0; i < count; i++) {
        sum += c[i];
    }
    return sum;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "Usage: %s dgemm|sgemm SIZE TIMES\n", argv[0]);
        return 2;
    }
    int size = atoi(argv[2]), times = atoi(argv[3]);
    size_t count = 3 * (size_t)size * (size_t)size;
    double *doubles = malloc(count * sizeof *doubles);
    float *floats = malloc(count * sizeof *floats);
    if (!doubles || !floats) {
        return 1;
    }
    unsigned long long seed = 1;
    for (size_t i = 0; i < count; i++) {
        doubles[i] = next(&seed);
        floats[i] = (float)doubles[i];
    }
    openblas_set_num_threads(1);
    printf("%.17g\n", strcmp(argv[1], "dgemm") == 0 ? of_doubles(size, times, doubles)
                                                    : of_floats(size, times, floats));
    free(doubles);
    free(floats);
    return 0;
}
