// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * libjpeg as functions that a binding can carry over. Its own interface is structures that program
 * and library write to in turns, with lists of rows in them, and whose functions call each other's:
 * that stays in the box, where this is linked to it.
 *
 * An error of libjpeg is a longjmp() to the buffer of picture_on_error(), as in libpng.
 */
#include <setjmp.h>
#include <stddef.h>

struct picture;

struct picture_form {
    unsigned width, height, components; /* a byte each */
};

/* Fills `to`: how many bytes it got, 0 at the end. */
typedef size_t picture_source_fn(void *source, unsigned char *to, size_t size);
typedef void picture_longjmp_fn(jmp_buf, int);

struct picture *picture_new(void);
void picture_free(struct picture *picture);

/* The buffer for setjmp(); `jump` is longjmp(), `size` that of a jmp_buf. */
jmp_buf *picture_on_error(struct picture *picture, picture_longjmp_fn *jump, size_t size);
#define PICTURE_BUFFER(picture) (*picture_on_error((picture), longjmp, sizeof(jmp_buf)))

/* What the error was. */
void picture_message(struct picture *picture, char *message, size_t size);

/* Reads the head of a file, then all rows, from top to bottom. */
void picture_begin(struct picture *picture, picture_source_fn *read, void *source,
                   struct picture_form *form);
void picture_pixels(struct picture *picture, unsigned char *pixels, size_t size);
