// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pixels.h"

void read_pixels(png_structp png, unsigned char *pixels, size_t size, size_t row, unsigned height)
{
    for (size_t y = 0; y < height && (y + 1) * row <= size; y++)
        png_read_row(png, pixels + y * row, NULL);
}
