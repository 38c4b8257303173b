// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* jpeg FILE: decodes it with examples/jpeg/picture.h, and prints how many milliseconds of
 * processor time that took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "picture.h"

struct input {
    const unsigned char *bytes;
    size_t size, at;
};

static size_t on_read(void *data, unsigned char *to, size_t size)
{
    struct input *input = data;
    if (size > input->size - input->at)
        size = input->size - input->at;
    memcpy(to, input->bytes + input->at, size);
    input->at += size;
    return size;
}

static void decode(struct input input, unsigned char *pixels, size_t size)
{
    struct picture_form form;
    struct picture *picture = picture_new();
    if (!picture || setjmp(PICTURE_BUFFER(picture)))
        abort();
    picture_begin(picture, on_read, &input, &form);
    size_t row = (size_t)form.width * form.components;
    if (!row || form.height > size / row)
        abort();
    picture_pixels(picture, pixels, row * form.height);
    picture_free(picture);
}

int main(int argc, char **argv)
{
    static unsigned char bytes[1 << 24], pixels[1 << 24];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    struct input input = {bytes, fread(bytes, 1, sizeof bytes, file), 0};
    fclose(file);
    decode(input, pixels, sizeof pixels); /* opens the box */
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
