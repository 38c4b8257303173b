// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a binding cannot say: png_read_row() does not get the size of the row. This goes into the
 * box with libpng, and reads all rows.
 */
#include <png.h>

void read_pixels(png_structp png, unsigned char *pixels, size_t size, size_t row, unsigned height);
