// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * png FILE: decodes a PNG as programs use libpng, with input by a callback and errors by setjmp()
 * and longjmp(), then the same file with a broken byte. Linked with the drop-in binding, libpng and
 * zlib run in a box. The jump buffer is the host's: the box only asks for the jump.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixels.h"

enum { LARGEST = 4096 };

struct input {
    const unsigned char *bytes;
    size_t size, at;
};

/* The box asks for bytes. Too many is its error. */
static void on_read(png_structp png, unsigned char *to, size_t size)
{
    struct input *input = png_get_io_ptr(png);
    if (!input || size > input->size - input->at) {
        memset(to, 0, size);
        return;
    }
    memcpy(to, input->bytes + input->at, size);
    input->at += size;
}

/* The sum of all bytes of the picture, or -1. */
static long decode(struct input input)
{
    unsigned char *volatile pixels = NULL;
    volatile long sum = -1;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info)
        return -1;
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, &input, on_read);
        png_read_info(png, info);
        size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
        png_read_update_info(png, info);
        size_t row = png_get_rowbytes(png, info);
        /* These come from the box. */
        if (width > LARGEST || height > LARGEST || row > 8 * LARGEST)
            png_error(png, "too large");
        size_t size = row * height;
        pixels = calloc(1, size ? size : 1);
        if (pixels) {
            read_pixels(png, pixels, size, row, (unsigned)height);
            sum = 0;
            for (size_t i = 0; i < size; i++)
                sum += pixels[i];
        }
    }
    free(pixels);
    png_destroy_read_struct(&png, &info, NULL);
    return sum;
}

int main(int argc, char **argv)
{
    static unsigned char bytes[1 << 20];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fputs("png: say which file\n", stderr);
        return 2;
    }
    struct input input = {bytes, fread(bytes, 1, sizeof bytes, file), 0};
    fclose(file);
    printf("sum of all bytes: %ld\n", decode(input));
    bytes[17] ^= 1; /* in the header, whose checksum is wrong then */
    printf("with a broken byte: %ld\n", decode(input));
    return 0;
}
