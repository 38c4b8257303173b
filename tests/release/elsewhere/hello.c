// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *work(void *argument)
{
    double *x = argument;
    *x = sqrt(*x);
    return NULL;
}

int main(int argc, char **argv)
{
    double x = argc > 1 ? strtod(argv[1], NULL) : 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, &x) != 0 || pthread_join(thread, NULL) != 0)
        return 1;
    char *text = malloc(100);
    if (text == NULL)
        return 1;
    snprintf(text, 100, "sqrt(%s) = %.6f", argv[1], x);
    printf("%s, %zu characters\n", text, strlen(text));
    free(text);
    return 0;
}
