// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* jpeg FILE: decodes it with examples/jpeg/picture.h, and prints how many milliseconds of
 * processor time that took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "picture_main.h"

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
