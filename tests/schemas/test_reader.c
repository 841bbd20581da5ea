#include "schemas/reader.h"

#include <criterion/criterion.h>

#include "schemas/sink.h"
#include "tests/schemas/desk.h"

/* ---- integers: exactly one form of a number is right ---- */

static const int64_t border_numbers[] = {
    0,
    1,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    INT64_C(2147483647),
    INT64_C(2147483648),
    INT64_C(4294967295),
    INT64_C(4294967296),
    INT64_MAX,
    -1,
    -32,
    -33,
    -128,
    -129,
    -32768,
    -32769,
    -INT64_C(2147483648),
    -INT64_C(2147483649),
    INT64_MIN,
};

/* The number in the form of this head byte, if it has one. */
static bool number_in_form(int64_t number, uint8_t head, struct bytes *out)
{
    uint32_t width = 1U << (head & 3);
    bool is_signed = head >= 0xd0;
    int64_t most = width == 8 ? INT64_MAX : (INT64_C(1) << (width * 8 - (is_signed ? 1 : 0))) - 1;
    int64_t least = !is_signed ? 0 : width == 8 ? INT64_MIN : -(INT64_C(1) << (width * 8 - 1));
    if (number < least || number > most)
        return false;
    uint8_t bytes[9] = {head};
    for (uint32_t i = 0; i < width; i++)
        bytes[1 + i] = (uint8_t)((uint64_t)number >> (8 * (width - 1 - i)));
    *out = bytes_copy(bytes, 1 + width);
    return true;
}

static size_t pack_number(int64_t number, uint8_t out[9])
{
    struct sink sink = sink_over(out, 9, 0);
    msgpack_packer packer;
    sink_packer(&sink, &packer);
    msgpack_pack_int64(&packer, number);
    return sink.used;
}

static void expect_number(struct bytes bytes, int64_t number, bool is_canonical)
{
    struct reader reader = reader_over(bytes);
    struct token token;
    cr_assert(reader_next(&reader, &token));
    cr_assert_eq(token.type, TOKEN_INTEGER);
    cr_assert_eq(token.integer, number, "%lld read as %lld", (long long)number, (long long)token.integer);
    cr_assert_not(token.is_beyond);
    cr_assert_eq(token.is_canonical, is_canonical, "%lld in %u bytes", (long long)number, bytes.size);
    cr_assert_eq(reader.at, reader.end);
}

Test(reader, takes_only_the_shortest_form_of_a_number)
{
    for (size_t i = 0; i < sizeof border_numbers / sizeof border_numbers[0]; i++) {
        uint8_t packed[9];
        size_t size = pack_number(border_numbers[i], packed);
        struct bytes shortest = bytes_copy(packed, size);
        expect_number(shortest, border_numbers[i], true);
        for (uint8_t head = 0xcc; head <= 0xd3; head++) {
            struct bytes form;
            if (!number_in_form(border_numbers[i], head, &form))
                continue;
            expect_number(form, border_numbers[i], bytes_equal(form, shortest));
            bytes_free(&form);
        }
        bytes_free(&shortest);
    }
}

Test(reader, knows_a_number_beyond_int64)
{
    struct bytes bytes = bytes_of_hex("cf 80 00 00 00 00 00 00 00");
    struct reader reader = reader_over(bytes);
    struct token token;
    cr_assert(reader_next(&reader, &token));
    cr_assert(token.is_beyond);
    cr_assert(token.is_canonical);
    bytes_free(&bytes);
}

/* ---- sizes: exactly one form of a size is right ---- */

static const uint32_t border_sizes[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};

struct size_form {
    uint8_t head;
    uint32_t width; /* bytes of the size behind the head */
    enum token_type type;
    uint32_t least; /* sizes the form is right for */
    uint32_t most;
};

static const struct size_form size_forms[] = {
    {0xd9, 1, TOKEN_TEXT, 32, 255},           {0xda, 2, TOKEN_TEXT, 256, 65535},
    {0xdb, 4, TOKEN_TEXT, 65536, UINT32_MAX}, {0xc4, 1, TOKEN_BYTES, 0, 255},
    {0xc5, 2, TOKEN_BYTES, 256, 65535},       {0xc6, 4, TOKEN_BYTES, 65536, UINT32_MAX},
    {0xdc, 2, TOKEN_LIST, 16, 65535},         {0xdd, 4, TOKEN_LIST, 65536, UINT32_MAX},
    {0xde, 2, TOKEN_MAP, 16, 65535},          {0xdf, 4, TOKEN_MAP, 65536, UINT32_MAX},
};

static void expect_size(const struct size_form *form, uint32_t size)
{
    size_t room = 5 + (size_t)size * 2;
    uint8_t *bytes = calloc(1, room);
    cr_assert(bytes != NULL);
    bytes[0] = form->head;
    for (uint32_t i = 0; i < form->width; i++)
        bytes[1 + i] = (uint8_t)(size >> (8 * (form->width - 1 - i)));
    struct reader reader = reader_over(bytes_of(bytes, room));
    struct token token;
    cr_assert(reader_next(&reader, &token));
    cr_assert_eq(token.type, form->type);
    bool is_container = form->type == TOKEN_LIST || form->type == TOKEN_MAP;
    cr_assert_eq(is_container ? token.count : token.size, size);
    cr_assert_eq(token.is_canonical, size >= form->least && size <= form->most, "head %02x size %u", form->head, size);
    free(bytes);
}

Test(reader, takes_only_the_shortest_form_of_a_size)
{
    for (size_t i = 0; i < sizeof size_forms / sizeof size_forms[0]; i++) {
        for (size_t j = 0; j < sizeof border_sizes / sizeof border_sizes[0]; j++) {
            if (size_forms[i].width == 4 || border_sizes[j] < 1U << (8 * size_forms[i].width))
                expect_size(&size_forms[i], border_sizes[j]);
        }
    }
}

/* ---- hostile bytes ---- */

static const char *const no_tokens[] = {
    "",
    "c1",
    "dd ff 00 00 00", /* 4 thousand million items, announced in five bytes */
    "df ff ff ff ff",
    "df 80 00 00 00",
    "dc 00 01",
    "de 00 01 01",
    "91",
    "81 01",
    "a1",
    "bf 61",
    "d9",
    "d9 01",
    "da 00",
    "db ff ff ff ff 00",
    "c4 01",
    "c6 ff ff ff ff",
    "cc",
    "cd 00",
    "ce 00 00 00",
    "cf 00 00 00 00 00 00 00",
    "d0",
    "d3 00",
    "ca 00 00 00",
    "cb 00",
    "d4 01",
    "c7 01 01",
    "c9 ff ff ff ff 01",
};

Test(reader, refuses_what_is_cut_off_or_too_large_for_its_bytes_and_stays)
{
    for (size_t i = 0; i < sizeof no_tokens / sizeof no_tokens[0]; i++) {
        struct bytes bytes = bytes_of_hex(no_tokens[i]);
        struct reader reader = reader_over(bytes);
        struct token token;
        cr_assert_not(reader_next(&reader, &token), "%s", no_tokens[i]);
        cr_assert_eq(reader.at, bytes.data, "%s", no_tokens[i]);
        bytes_free(&bytes);
    }
}

Test(reader, reads_every_first_byte_without_stepping_outside)
{
    for (unsigned head = 0; head < 256; head++) {
        for (size_t size = 1; size <= 20; size++) {
            uint8_t bytes[20] = {(uint8_t)head};
            struct bytes copy = bytes_copy(bytes, size);
            struct reader reader = reader_over(copy);
            struct token token;
            if (reader_next(&reader, &token))
                cr_assert(reader.at > copy.data && reader.at <= reader.end);
            bytes_free(&copy);
        }
    }
}

/* ---- reading over ---- */

static const struct {
    const char *hex;
    uint32_t depth_max;
    enum skip_result result;
} skips[] = {
    {"05", 0, SKIP_CLEAN},
    {"c0", 0, SKIP_CLEAN},
    {"cb 3f f8 00 00 00 00 00 00", 0, SKIP_CLEAN},
    {"90", 1, SKIP_CLEAN},
    {"90", 0, SKIP_BROKEN},
    {"92 01 91 02", 2, SKIP_CLEAN},
    {"92 01 91 02", 1, SKIP_BROKEN},
    {"81 a1 61 80", 2, SKIP_CLEAN},
    {"91 91 91 91 91 91 91 91 01", 8, SKIP_CLEAN},
    {"91 91 91 91 91 91 91 91 91 01", 8, SKIP_BROKEN},
    {"cc 05", 0, SKIP_FLAWED},
    {"91 cc 05", 1, SKIP_FLAWED},
    {"92 cc 05 91 01", 2, SKIP_FLAWED},
    {"81 01 02", 1, SKIP_FLAWED},       /* a key that is no text */
    {"81 a1 61 a1 0a", 1, SKIP_FLAWED}, /* a control character */
    {"81 a1 7f 01", 1, SKIP_FLAWED},
    {"d4 01 00", 0, SKIP_FLAWED}, /* an ext */
    {"92 01", 1, SKIP_BROKEN},
    {"92 01 c1", 1, SKIP_BROKEN},
    {"92 91 01", 2, SKIP_BROKEN},
};

Test(reader, reads_over_a_value_and_says_what_it_saw)
{
    for (size_t i = 0; i < sizeof skips / sizeof skips[0]; i++) {
        struct bytes bytes = bytes_of_hex(skips[i].hex);
        struct reader reader = reader_over(bytes);
        struct token token;
        bool is_read = reader_next(&reader, &token);
        enum skip_result result = is_read ? reader_skip(&reader, &token, skips[i].depth_max) : SKIP_BROKEN;
        cr_assert_eq(result, skips[i].result, "%s: %d", skips[i].hex, result);
        cr_assert(result == SKIP_BROKEN || reader.at == reader.end, "%s", skips[i].hex);
        bytes_free(&bytes);
    }
}

/* ---- UTF-8 ---- */

static const struct {
    const char *hex;
    bool is_clean;
} texts[] = {
    {"", true},
    {"20", true},
    {"7e", true},
    {"1f", false},
    {"7f", false},
    {"00", false},
    {"0a", false},
    {"80", false},
    {"bf", false},
    {"c2 80", true}, /* U+0080: not among the characters we refuse */
    {"c1 bf", false},
    {"c0 80", false}, /* U+0000, overlong */
    {"df bf", true},
    {"c3", false},
    {"c3 28", false},
    {"e0 a0 80", true},
    {"e0 9f bf", false}, /* overlong */
    {"e4 b8 ad", true},
    {"e4 b8", false},
    {"e4 b8 2d", false},
    {"ed 9f bf", true},
    {"ed a0 80", false}, /* a surrogate */
    {"ed bf bf", false},
    {"ee 80 80", true},
    {"f0 90 80 80", true},
    {"f0 8f bf bf", false}, /* overlong */
    {"f4 8f bf bf", true},
    {"f4 90 80 80", false}, /* U+110000 */
    {"f5 80 80 80", false},
    {"f0 9f 98", false},
    {"ff", false},
    {"fe", false},
    {"f8 88 80 80 80", false},
    {"61 62 63 64 65 66 67 68", true},
    {"61 62 63 64 65 66 67 7f", false},
    {"1f 62 63 64 65 66 67 68", false},
    {"61 62 63 64 65 66 67 68 09", false},
    {"7e 7e 7e 7e 20 20 20 20 e4 b8 ad", true},
    {"61 62 63 64 65 66 67 e4 b8 ad 61", true},
    {"61 62 63 64 65 66 67 e4 b8", false},
};

Test(reader, takes_clean_utf8_only)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bytes bytes = bytes_of_hex(texts[i].hex);
        struct text text = {(const char *)bytes.data, bytes.size};
        cr_assert_eq(text_is_clean(text), texts[i].is_clean, "%s", texts[i].hex);
        bytes_free(&bytes);
    }
}

Test(reader, finds_a_bad_byte_at_any_place_of_a_text)
{
    for (uint32_t at = 0; at < 24; at++) {
        for (unsigned value = 0; value < 256; value++) {
            char text[24];
            memset(text, 'x', sizeof text);
            text[at] = (char)value;
            bool is_clean = value >= 0x20 && value < 0x7f;
            cr_assert_eq(text_is_clean((struct text){text, sizeof text}), is_clean, "%02x at %u", value, at);
        }
    }
}
