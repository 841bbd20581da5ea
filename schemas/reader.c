#include "schemas/reader.h"

#include <assert.h>

#include "schemas/record.h"

struct reader reader_over(struct bytes bytes)
{
    return (struct reader){bytes.data, bytes.data + bytes.size};
}

/* ---- tokens ---- */

/* Big-endian bytes behind the head byte; the caller has checked the bounds. */
static uint64_t load(const uint8_t *at, uint32_t width)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < width; i++)
        value = value << 8 | at[i];
    return value;
}

static size_t bytes_left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* Reads head byte and a number of `width` bytes after it. */
static bool take_number(struct reader *reader, uint32_t width, uint64_t *out)
{
    if (bytes_left(reader) < 1 + (size_t)width)
        return false;
    *out = load(reader->at + 1, width);
    reader->at += 1 + width;
    return true;
}

/* The smallest value that needs a form of `width` bytes after the head byte. */
static uint64_t least_of_width(uint32_t width, uint64_t least_of_byte)
{
    return width == 1 ? least_of_byte : (uint64_t)1 << (width * 4);
}

static bool take_unsigned(struct reader *reader, uint32_t width, struct token *out)
{
    uint64_t value;
    if (!take_number(reader, width, &value))
        return false;
    out->type = TOKEN_INTEGER;
    out->is_canonical = value >= least_of_width(width, 128);
    out->is_beyond = value > INT64_MAX;
    out->integer = (int64_t)value;
    return true;
}

/* A signed form is the shortest one only for numbers below zero. */
static bool take_signed(struct reader *reader, uint32_t width, struct token *out)
{
    uint64_t raw;
    if (!take_number(reader, width, &raw))
        return false;
    uint64_t sign = (uint64_t)1 << (width * 8 - 1);
    int64_t value = (int64_t)((raw ^ sign) - sign);
    int64_t above = width == 1 ? -32 : -((int64_t)1 << (width * 4 - 1));
    out->type = TOKEN_INTEGER;
    out->is_canonical = value < above;
    out->integer = value;
    return true;
}

static bool take_float(struct reader *reader, uint32_t width, struct token *out)
{
    uint64_t raw;
    if (!take_number(reader, width, &raw))
        return false;
    out->type = TOKEN_FLOAT;
    if (width == 4) {
        uint32_t narrow = (uint32_t)raw;
        float real;
        memcpy(&real, &narrow, sizeof real);
        out->real = (double)real;
    } else {
        memcpy(&out->real, &raw, sizeof out->real);
    }
    return true;
}

/* `size` bytes from where the reader stands. */
static bool take_data(struct reader *reader, enum token_type type, uint64_t size, struct token *out)
{
    if (size > bytes_left(reader))
        return false;
    out->type = type;
    out->data = reader->at;
    out->size = (uint32_t)size;
    reader->at += size;
    return true;
}

static bool take_long_data(struct reader *reader, enum token_type type, uint32_t width, struct token *out)
{
    uint64_t size;
    if (!take_number(reader, width, &size))
        return false;
    /* texts have a form of their own up to 31 bytes, bytes have none */
    uint64_t least = least_of_width(width, type == TOKEN_TEXT ? 32 : 0);
    out->is_canonical = size >= least;
    return take_data(reader, type, size, out);
}

/* Either the head byte says the size, or a number of `width` bytes after it. */
static bool take_extension(struct reader *reader, uint32_t width, uint64_t size, struct token *out)
{
    uint64_t named;
    if (!take_number(reader, width, &named))
        return false;
    return take_data(reader, TOKEN_EXTENSION, size + named + 1, out); /* one byte says which */
}

static bool take_container(struct reader *reader, enum token_type type, uint64_t count, struct token *out)
{
    uint64_t items = type == TOKEN_MAP ? count * 2 : count;
    if (items > bytes_left(reader)) /* each item is one byte at least */
        return false;
    out->type = type;
    out->count = (uint32_t)count;
    return true;
}

static bool take_long_container(struct reader *reader, enum token_type type, uint32_t width, struct token *out)
{
    uint64_t count;
    if (!take_number(reader, width, &count))
        return false;
    out->is_canonical = count >= (width == 2 ? 16 : 65536);
    return take_container(reader, type, count, out);
}

static bool take_constant(struct reader *reader, enum token_type type, int64_t value, struct token *out)
{
    reader->at++;
    out->type = type;
    out->integer = value;
    return true;
}

/* Heads 0xc0..0xdf, in the order of the msgpack specification. */
static bool take_by_head(struct reader *reader, uint8_t head, struct token *out)
{
    switch (head) {
    case 0xc0:
        return take_constant(reader, TOKEN_NIL, 0, out);
    case 0xc2:
    case 0xc3:
        return take_constant(reader, TOKEN_BOOLEAN, head - 0xc2, out);
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return take_long_data(reader, TOKEN_BYTES, 1U << (head - 0xc4), out);
    case 0xc7:
    case 0xc8:
    case 0xc9:
        return take_extension(reader, 1U << (head - 0xc7), 0, out);
    case 0xca:
    case 0xcb:
        return take_float(reader, head == 0xca ? 4 : 8, out);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        return take_unsigned(reader, 1U << (head - 0xcc), out);
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        return take_signed(reader, 1U << (head - 0xd0), out);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
        return take_extension(reader, 0, 1U << (head - 0xd4), out);
    case 0xd9:
    case 0xda:
    case 0xdb:
        return take_long_data(reader, TOKEN_TEXT, 1U << (head - 0xd9), out);
    case 0xdc:
    case 0xdd:
        return take_long_container(reader, TOKEN_LIST, head == 0xdc ? 2 : 4, out);
    case 0xde:
    case 0xdf:
        return take_long_container(reader, TOKEN_MAP, head == 0xde ? 2 : 4, out);
    default: /* 0xc1 stands for nothing */
        return false;
    }
}

static bool take_token(struct reader *reader, struct token *out)
{
    if (reader->at == reader->end)
        return false;
    uint8_t head = *reader->at;
    *out = (struct token){.is_canonical = true};
    if (head < 0x80)
        return take_constant(reader, TOKEN_INTEGER, head, out);
    if (head >= 0xe0)
        return take_constant(reader, TOKEN_INTEGER, (int8_t)head, out);
    if (head >= 0xc0)
        return take_by_head(reader, head, out);
    reader->at++;
    if (head >= 0xa0)
        return take_data(reader, TOKEN_TEXT, head & 0x1f, out);
    return take_container(reader, head < 0x90 ? TOKEN_MAP : TOKEN_LIST, head & 0x0f, out);
}

bool reader_next(struct reader *reader, struct token *out)
{
    const uint8_t *start = reader->at;
    if (take_token(reader, out))
        return true;
    reader->at = start;
    return false;
}

/* ---- reading over ---- */

struct level {
    uint64_t left; /* tokens still to come: two for each pair of a map */
    bool is_map;
};

static bool token_is_flawed(const struct token *token, bool is_key)
{
    if (!token->is_canonical || token->type == TOKEN_EXTENSION)
        return true;
    if (token->type == TOKEN_TEXT)
        return !text_is_clean(token_text(token));
    return is_key;
}

static bool token_opens(const struct token *token)
{
    return token->type == TOKEN_LIST || token->type == TOKEN_MAP;
}

static struct level level_of(const struct token *token)
{
    bool is_map = token->type == TOKEN_MAP;
    return (struct level){is_map ? (uint64_t)token->count * 2 : token->count, is_map};
}

enum skip_result reader_skip(struct reader *reader, const struct token *token, uint32_t depth_max)
{
    struct level levels[RECORD_DEPTH_MAX];
    uint32_t depth = 0;
    struct token current = *token;
    bool is_flawed = token_is_flawed(token, false);
    assert(depth_max <= RECORD_DEPTH_MAX);
    for (;;) {
        if (token_opens(&current)) {
            if (depth == depth_max)
                return SKIP_BROKEN;
            levels[depth++] = level_of(&current);
        }
        while (depth > 0 && levels[depth - 1].left == 0)
            depth--;
        if (depth == 0)
            return is_flawed ? SKIP_FLAWED : SKIP_CLEAN;
        struct level *level = &levels[depth - 1];
        bool is_key = level->is_map && level->left % 2 == 0;
        level->left--;
        if (!reader_next(reader, &current))
            return SKIP_BROKEN;
        is_flawed = token_is_flawed(&current, is_key) || is_flawed;
    }
}

/* ---- text ---- */

/* Eight bytes at once: all in 0x20..0x7e? */
static bool is_clean_ascii(const char *at)
{
    const uint64_t ones = 0x0101010101010101U;
    const uint64_t tops = ones << 7;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t below_space = (word - ones * 0x20) & ~word;
    uint64_t against_delete = word ^ ones * 0x7f;
    uint64_t is_delete = (against_delete - ones) & ~against_delete;
    return ((word | below_space | is_delete) & tops) == 0;
}

/* Size of the clean character at `at`, 0 for none (Unicode 15, table 3-7). */
static size_t character_size(const uint8_t *at, size_t left)
{
    uint8_t head = at[0];
    if (head < 0x80)
        return head >= 0x20 && head != 0x7f;
    size_t size = head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
    if (head < 0xc2 || head > 0xf4 || size > left)
        return 0;
    uint8_t least = head == 0xe0 ? 0xa0 : head == 0xf0 ? 0x90 : 0x80; /* no overlong form */
    uint8_t most = head == 0xed ? 0x9f : head == 0xf4 ? 0x8f : 0xbf;  /* no surrogate, no U+110000 */
    if (at[1] < least || at[1] > most)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return size;
}

bool text_is_clean(struct text text)
{
    size_t at = 0;
    while (at < text.size) {
        if (text.size - at >= 8 && is_clean_ascii(text.data + at)) {
            at += 8;
            continue;
        }
        size_t size = character_size((const uint8_t *)text.data + at, text.size - at);
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}
