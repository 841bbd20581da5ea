#include "agents/branch/scan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>

/* Files as a scanner makes them, whole, cut off, and with a wrong bit. */

enum { FILE_SIZE_MAX = 1 << 16, WIDTH = 64, HEIGHT = 48 };

struct made {
    uint8_t bytes[FILE_SIZE_MAX];
    uint32_t size;
};

static uint8_t shade(uint32_t x, uint32_t y)
{
    return (uint8_t)(x * 7 + y * 13 + x * y % 11);
}

static struct made png_made(void)
{
    static uint8_t pixels[WIDTH * HEIGHT];
    struct made made = {.size = 0};
    png_alloc_size_t size = sizeof made.bytes;
    png_image image = {.version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_GRAY};
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = shade(i % WIDTH, i / WIDTH);
    cr_assert(png_image_write_to_memory(&image, made.bytes, &size, 0, pixels, 0, NULL));
    made.size = (uint32_t)size;
    return made;
}

static struct made jpeg_made(void)
{
    struct made made = {.size = 0};
    unsigned char *place = made.bytes;
    unsigned long size = sizeof made.bytes;
    struct jpeg_compress_struct picture;
    struct jpeg_error_mgr manager;
    picture.err = jpeg_std_error(&manager);
    jpeg_create_compress(&picture);
    jpeg_mem_dest(&picture, &place, &size);
    picture.image_width = WIDTH;
    picture.image_height = HEIGHT;
    picture.input_components = 1;
    picture.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&picture);
    jpeg_start_compress(&picture, TRUE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        uint8_t line[WIDTH];
        for (uint32_t x = 0; x < WIDTH; x++)
            line[x] = shade(x, y);
        JSAMPROW row = line;
        jpeg_write_scanlines(&picture, &row, 1);
    }
    jpeg_finish_compress(&picture);
    jpeg_destroy_compress(&picture);
    cr_assert_eq(place, made.bytes, "it fits");
    made.size = (uint32_t)size;
    return made;
}

static void add(struct made *made, const char *text)
{
    made->size += (uint32_t)snprintf((char *)made->bytes + made->size, sizeof made->bytes - made->size, "%s", text);
}

/* An object at a place that the table of the file names. */
static void add_object(struct made *made, uint32_t *places, uint32_t *count, const char *text)
{
    char head[32];
    places[(*count)++] = made->size;
    snprintf(head, sizeof head, "%u 0 obj\n", *count);
    add(made, head);
    add(made, text);
    add(made, "\nendobj\n");
}

static void add_end(struct made *made, const uint32_t *places, uint32_t count)
{
    char line[64];
    uint32_t table = made->size;
    snprintf(line, sizeof line, "xref\n0 %u\n0000000000 65535 f \n", count + 1);
    add(made, line);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(line, sizeof line, "%010u 00000 n \n", places[i]);
        add(made, line);
    }
    snprintf(line, sizeof line, "trailer\n<< /Size %u /Root 1 0 R >>\nstartxref\n%u\n%%%%EOF\n", count + 1, table);
    add(made, line);
}

static struct made pdf_made(uint32_t pages)
{
    struct made made = {.size = 0};
    uint32_t places[16];
    uint32_t count = 0;
    char kids[128] = "";
    char text[192];
    for (uint32_t i = 0; i < pages; i++)
        snprintf(kids + strlen(kids), sizeof kids - strlen(kids), "%u 0 R ", 3 + i);
    snprintf(text, sizeof text, "<< /Type /Pages /Kids [ %s] /Count %u >>", kids, pages);
    add(&made, "%PDF-1.4\n");
    add_object(&made, places, &count, "<< /Type /Catalog /Pages 2 0 R >>");
    add_object(&made, places, &count, text);
    for (uint32_t i = 0; i < pages; i++)
        add_object(&made, places, &count, "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] >>");
    add_end(&made, places, count);
    return made;
}

static struct scan look(const struct made *made)
{
    struct scan scan;
    scan_look(bytes_of(made->bytes, made->size), &scan);
    return scan;
}

static void expect_good(const struct made *made, const char *mime, long pages)
{
    struct scan scan = look(made);
    cr_expect_eq(scan.flaw, SCAN_GOOD, "%s", mime);
    cr_expect_str_eq(scan.mime, mime);
    cr_expect_eq(scan.pages, pages);
}

static void expect_damaged_when_cut(struct made made)
{
    made.size = made.size * 99 / 100;
    cr_expect_eq(look(&made).flaw, SCAN_DAMAGED, "cut at 99 %%");
    made.size /= 2;
    cr_expect_eq(look(&made).flaw, SCAN_DAMAGED, "cut at 50 %%");
}

Test(scan, knows_what_a_file_is_and_how_many_pages_it_has)
{
    struct made png = png_made();
    struct made jpeg = jpeg_made();
    struct made one = pdf_made(1);
    struct made seven = pdf_made(7);
    expect_good(&png, "image/png", 1);
    expect_good(&jpeg, "image/jpeg", 1);
    expect_good(&one, "application/pdf", 1);
    expect_good(&seven, "application/pdf", 7);
}

Test(scan, sees_that_the_end_of_a_file_is_missing)
{
    expect_damaged_when_cut(png_made());
    expect_damaged_when_cut(jpeg_made());
    expect_damaged_when_cut(pdf_made(7));
}

Test(scan, sees_any_wrong_bit_of_a_png)
{
    struct made png = png_made();
    for (uint32_t place = 8; place < png.size; place += 3) {
        png.bytes[place] ^= 4;
        cr_expect_neq(look(&png).flaw, SCAN_GOOD, "byte %u", place);
        png.bytes[place] ^= 4;
    }
}

Test(scan, does_not_believe_a_name)
{
    struct made text = {.size = 0};
    add(&text, "PK\x03\x04 a folder of letters");
    cr_expect_eq(look(&text).flaw, SCAN_KIND);
    text.size = 0;
    add(&text, "%PDF-1.4\n");
    cr_expect_eq(look(&text).flaw, SCAN_DAMAGED);
    text.size = 2;
    cr_expect_eq(look(&text).flaw, SCAN_KIND);
    text.size = 0;
    cr_expect_eq(look(&text).flaw, SCAN_KIND);
}
