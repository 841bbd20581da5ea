#include "agents/branch/scan_image.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jpeglib.h wants stdio.h before it. */
#include <jpeglib.h>
#include <png.h>

static bool is_bearable(uint64_t width, uint64_t height)
{
    return width > 0 && height > 0 && width * height <= SCAN_PIXELS_MAX;
}

/* ---- JPEG ---- */

struct jpeg_reading {
    struct jpeg_error_mgr manager; /* first: libjpeg hands out a pointer to it */
    jmp_buf giving_up;
};

static void jpeg_gives_up(j_common_ptr common)
{
    longjmp(((struct jpeg_reading *)(void *)common->err)->giving_up, 1);
}

/* Warnings are counted, never printed. */
static void jpeg_says(j_common_ptr common, int level)
{
    common->err->num_warnings += level < 0;
}

static bool jpeg_read_lines(struct jpeg_decompress_struct *picture)
{
    jpeg_start_decompress(picture);
    JSAMPARRAY line = picture->mem->alloc_sarray((j_common_ptr)picture, JPOOL_IMAGE,
                                                 picture->output_width * (JDIMENSION)picture->output_components, 1);
    while (picture->output_scanline < picture->output_height)
        jpeg_read_scanlines(picture, line, 1);
    jpeg_finish_decompress(picture);
    return picture->err->num_warnings == 0;
}

bool scan_jpeg_is_whole(struct bytes file)
{
    struct jpeg_decompress_struct picture;
    struct jpeg_reading reading;
    picture.err = jpeg_std_error(&reading.manager);
    reading.manager.error_exit = jpeg_gives_up;
    reading.manager.emit_message = jpeg_says;
    if (setjmp(reading.giving_up) != 0) {
        jpeg_destroy_decompress(&picture);
        return false;
    }
    jpeg_create_decompress(&picture);
    jpeg_mem_src(&picture, file.data, file.size);
    jpeg_read_header(&picture, TRUE);
    bool is_whole = is_bearable(picture.image_width, picture.image_height) && jpeg_read_lines(&picture);
    jpeg_destroy_decompress(&picture);
    return is_whole;
}

/* ---- PNG ---- */

struct png_reading {
    struct bytes rest;
};

static void png_gives_up(png_structp picture, png_const_charp why)
{
    (void)why;
    png_longjmp(picture, 1);
}

static void png_says(png_structp picture, png_const_charp why)
{
    (void)picture;
    (void)why;
}

static void png_take_bytes(png_structp picture, png_bytep out, size_t size)
{
    struct png_reading *reading = png_get_io_ptr(picture);
    if (size > reading->rest.size)
        png_error(picture, "it ends too early");
    memcpy(out, reading->rest.data, size);
    reading->rest = bytes_of(reading->rest.data + size, reading->rest.size - size);
}

static void png_read_lines(png_structp picture, png_infop info)
{
    int pass_count = png_set_interlace_handling(picture);
    png_uint_32 height = png_get_image_height(picture, info);
    for (int pass = 0; pass < pass_count; pass++)
        for (png_uint_32 line = 0; line < height; line++)
            png_read_row(picture, NULL, NULL);
    png_read_end(picture, NULL);
}

static bool png_read_picture(png_structp picture, png_infop info)
{
    if (setjmp(png_jmpbuf(picture)) != 0)
        return false;
    png_set_crc_action(picture, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(picture, info);
    if (!is_bearable(png_get_image_width(picture, info), png_get_image_height(picture, info)))
        return false;
    png_read_lines(picture, info);
    return true;
}

bool scan_png_is_whole(struct bytes file)
{
    struct png_reading reading = {file};
    png_structp picture = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_gives_up, png_says);
    png_infop info = picture ? png_create_info_struct(picture) : NULL;
    bool is_whole = false;
    if (info) {
        png_set_read_fn(picture, &reading, png_take_bytes);
        is_whole = png_read_picture(picture, info);
    }
    png_destroy_read_struct(&picture, info ? &info : NULL, NULL);
    return is_whole;
}
