// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * jpeg FILE: decodes a JPEG with input by a callback and errors by setjmp() and longjmp(), then the
 * same file with three kinds of damage. libjpeg runs in a box; the jump buffer is the host's, and
 * the box only asks for the jump.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"

enum { LARGEST = 4096 };

struct input {
    const unsigned char *bytes;
    size_t size, at;
};

/* The box asks for bytes. */
static size_t on_read(void *data, unsigned char *to, size_t size)
{
    struct input *input = data;
    if (!input)
        return 0;
    if (size > input->size - input->at)
        size = input->size - input->at;
    memcpy(to, input->bytes + input->at, size);
    input->at += size;
    return size;
}

static void decode(const char *what, struct input input)
{
    unsigned char *volatile pixels = NULL;
    struct picture *picture = picture_new();
    if (!picture)
        return;
    if (setjmp(PICTURE_BUFFER(picture)) == 0) {
        struct picture_form form;
        picture_begin(picture, on_read, &input, &form);
        /* These come from the box. */
        if (form.width > LARGEST || form.height > LARGEST || form.components > 4) {
            printf("%s: too large\n", what);
        } else {
            size_t size = (size_t)form.width * form.height * form.components;
            unsigned long sum = 0;
            pixels = calloc(1, size ? size : 1);
            if (pixels)
                picture_pixels(picture, pixels, size);
            for (size_t i = 0; pixels && i < size; i++)
                sum = sum * 31 + pixels[i];
            printf("%s: %u x %u, sum %lx\n", what, form.width, form.height, sum);
        }
    } else {
        char message[200];
        picture_message(picture, message, sizeof message);
        message[sizeof message - 1] = 0; /* perhaps the box did not end it */
        printf("%s: %s\n", what, message);
    }
    free(pixels);
    picture_free(picture);
}

int main(int argc, char **argv)
{
    static unsigned char bytes[1 << 20];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fputs("jpeg: say which file\n", stderr);
        return 2;
    }
    struct input input = {bytes, fread(bytes, 1, sizeof bytes, file), 0};
    fclose(file);
    decode("whole", input);

    struct input half = {bytes, input.size / 2, 0};
    decode("cut off", half);
    for (size_t i = 2; i + 9 < input.size; i++)
        if (bytes[i] == 0xff && bytes[i + 1] == 0xc0) { /* the frame: its height and width */
            memset(bytes + i + 5, 0xfe, 4);
            break;
        }
    decode("a frame of 65278 x 65278", input);
    bytes[1] = 0;
    decode("no JPEG", input);
    return 0;
}
