#include "agents/window/certificate.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Text appended to a buffer; once it does not fit it stays full. */
struct paper {
    char *data;
    size_t capacity;
    size_t size;
    bool is_full;
};

__attribute__((format(printf, 2, 3))) static void put(struct paper *paper, const char *format, ...)
{
    va_list arguments;
    size_t room = paper->capacity - paper->size;
    va_start(arguments, format);
    int count = vsnprintf(paper->data + paper->size, room, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= room)
        paper->is_full = true;
    else
        paper->size += (size_t)count;
}

/* One code point; what is not UTF-8 becomes U+FFFD. */
static uint32_t take_code_point(struct text text, uint32_t *index)
{
    const uint8_t *byte = (const uint8_t *)text.data + *index;
    uint32_t left = text.size - *index;
    uint32_t length = byte[0] < 0x80 ? 1 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    uint32_t point = length == 1 ? byte[0] : byte[0] & (0xffU >> (length + 1));
    *index += length <= left ? length : left;
    if (length > left)
        return 0xfffd;
    for (uint32_t i = 1; i < length; i++)
        point = point << 6 | (byte[i] & 0x3fU);
    return point > 0xffff ? 0xfffd : point;
}

static void put_hex(struct paper *paper, struct text text)
{
    uint32_t index = 0;
    while (index < text.size)
        put(paper, "%04X", take_code_point(text, &index));
}

static void put_line(struct paper *page, int size, int x, int y, struct text text)
{
    put(page, "BT /F1 %d Tf %d %d Td <", size, x, y);
    put_hex(page, text);
    put(page, "> Tj ET\n");
}

static void put_page(struct paper *page, const struct text *lines, uint32_t count)
{
    put(page, "0.85 g\n");
    put_line(page, 90, 90, 420, text_of("测试 TEST"));
    put(page, "0 g\n");
    put_line(page, 22, 72, 770, text_of("测试 TEST"));
    for (uint32_t i = 0; i < count; i++)
        put_line(page, i == 0 ? 18 : 11, 72, 735 - (int)i * 24, lines[i]);
    put_line(page, 11, 72, 60, text_of("测试文件，无法律效力 / test document, without any legal effect"));
}

static const char *const objects[] = {
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R"
    " /Resources << /Font << /F1 4 0 R >> >> >>",
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /W [1 95 500]"
    " /FontDescriptor 6 0 R >>",
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
    " /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
};

enum { OBJECT_COUNT = sizeof objects / sizeof objects[0], PAGE_OBJECT = OBJECT_COUNT + 1 };

static void put_file(struct paper *file, const struct paper *page)
{
    size_t offsets[PAGE_OBJECT + 1];
    put(file, "%%PDF-1.4\n%%\xE2\xE3\xCF\xD3\n");
    for (int i = 1; i <= OBJECT_COUNT; i++) {
        offsets[i] = file->size;
        put(file, "%d 0 obj\n%s\nendobj\n", i, objects[i - 1]);
    }
    offsets[PAGE_OBJECT] = file->size;
    put(file, "%d 0 obj\n<< /Length %zu >>\nstream\n%s\nendstream\nendobj\n", PAGE_OBJECT, page->size, page->data);
    size_t start = file->size;
    put(file, "xref\n0 %d\n0000000000 65535 f \n", PAGE_OBJECT + 1);
    for (int i = 1; i <= PAGE_OBJECT; i++)
        put(file, "%010zu 00000 n \n", offsets[i]);
    put(file, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", PAGE_OBJECT + 1, start);
}

enum status certificate_make(const struct text *lines, uint32_t count, uint8_t out[CERTIFICATE_SIZE_MAX], size_t *size)
{
    char memory[CERTIFICATE_SIZE_MAX / 2];
    struct paper page = {.data = memory, .capacity = sizeof memory};
    struct paper file = {.data = (char *)out, .capacity = CERTIFICATE_SIZE_MAX};
    *size = 0;
    if (count > CERTIFICATE_LINE_COUNT_MAX)
        return STATUS_LIMIT;
    put_page(&page, lines, count);
    put_file(&file, &page);
    if (page.is_full || file.is_full)
        return STATUS_LIMIT;
    *size = file.size;
    return STATUS_OK;
}
