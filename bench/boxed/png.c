// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* png FILE: decodes it as programs use libpng, and prints how many milliseconds of processor time
 * that took. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture_main.h"
#include "pixels.h"

static void on_read(png_structp png, unsigned char *to, size_t size)
{
    struct input *input = png_get_io_ptr(png);
    if (size > input->size - input->at)
        abort();
    memcpy(to, input->bytes + input->at, size);
    input->at += size;
}

static void decode(struct input input, unsigned char *pixels, size_t size)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)))
        abort();
    png_set_read_fn(png, &input, on_read);
    png_read_info(png, info);
    png_read_update_info(png, info);
    size_t row = png_get_rowbytes(png, info), height = png_get_image_height(png, info);
    if (!row || height > size / row)
        abort();
    read_pixels(png, pixels, row * height, row, (unsigned)height);
    png_destroy_read_struct(&png, &info, NULL);
}
