// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What lies beside libjpeg, in the box. */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

struct picture {
    struct jpeg_decompress_struct jpeg; /* first: libjpeg's functions get its address */
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr input;
    picture_longjmp_fn *jump;
    jmp_buf buffer;
    char message[JMSG_LENGTH_MAX];
    picture_source_fn *read;
    void *source;
    unsigned char bytes[65536];
};

static void error_exit(j_common_ptr jpeg)
{
    struct picture *picture = (struct picture *)jpeg;
    jpeg->err->format_message(jpeg, picture->message);
    if (picture->jump)
        picture->jump(picture->buffer, 1);
    abort(); /* no one asked for errors */
}

/* Warnings: jpeg.err->num_warnings counts them. */
static void output_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void nothing(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean fill(j_decompress_ptr jpeg)
{
    struct picture *picture = (struct picture *)jpeg;
    size_t size = picture->read(picture->source, picture->bytes, sizeof picture->bytes);
    if (size == 0)
        ERREXIT(jpeg, JERR_INPUT_EOF);
    picture->input.next_input_byte = picture->bytes;
    picture->input.bytes_in_buffer = size;
    return TRUE;
}

static void skip(j_decompress_ptr jpeg, long count)
{
    while (count > 0) {
        if (jpeg->src->bytes_in_buffer == 0)
            fill(jpeg);
        size_t here = jpeg->src->bytes_in_buffer;
        if (here > (size_t)count)
            here = (size_t)count;
        jpeg->src->next_input_byte += here;
        jpeg->src->bytes_in_buffer -= here;
        count -= (long)here;
    }
}

struct picture *picture_new(void)
{
    struct picture *picture = calloc(1, sizeof *picture);
    if (!picture)
        return NULL;
    picture->jpeg.err = jpeg_std_error(&picture->errors);
    picture->errors.error_exit = error_exit;
    picture->errors.output_message = output_message;
    picture->input.init_source = nothing;
    picture->input.fill_input_buffer = fill;
    picture->input.skip_input_data = skip;
    picture->input.resync_to_restart = jpeg_resync_to_restart;
    picture->input.term_source = nothing;
    return picture;
}

void picture_free(struct picture *picture)
{
    if (picture)
        jpeg_destroy_decompress(&picture->jpeg);
    free(picture);
}

jmp_buf *picture_on_error(struct picture *picture, picture_longjmp_fn *jump, size_t size)
{
    if (size < sizeof picture->buffer)
        return NULL;
    picture->jump = jump;
    return &picture->buffer;
}

void picture_message(struct picture *picture, char *message, size_t size)
{
    if (size)
        snprintf(message, size, "%s", picture->message);
}

void picture_begin(struct picture *picture, picture_source_fn *read, void *source,
                   struct picture_form *form)
{
    picture->read = read;
    picture->source = source;
    jpeg_create_decompress(&picture->jpeg);
    picture->jpeg.src = &picture->input;
    jpeg_read_header(&picture->jpeg, TRUE);
    jpeg_calc_output_dimensions(&picture->jpeg);
    form->width = picture->jpeg.output_width;
    form->height = picture->jpeg.output_height;
    form->components = (unsigned)picture->jpeg.output_components;
}

void picture_pixels(struct picture *picture, unsigned char *pixels, size_t size)
{
    struct jpeg_decompress_struct *jpeg = &picture->jpeg;
    jpeg_start_decompress(jpeg);
    size_t row = (size_t)jpeg->output_width * (size_t)jpeg->output_components;
    while (jpeg->output_scanline < jpeg->output_height &&
           (jpeg->output_scanline + 1) * row <= size) {
        JSAMPROW at = pixels + jpeg->output_scanline * row;
        jpeg_read_scanlines(jpeg, &at, 1);
    }
    jpeg_abort_decompress(jpeg);
}
