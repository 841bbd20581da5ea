#include "broker/core/row_name.h"

#include <stdio.h>
#include <string.h>

#include "schemas/codes.h"

enum { NUMBER_SIZE = 8, DAY_SIZE = 10 };

/* How the bytes behind the prefix are written. */
enum key_form {
    KEY_TEXTS,  /* texts, a zero byte between two */
    KEY_NUMBER, /* a number alone */
    KEY_TEXT_NUMBER,
    KEY_TEXT_HEX,
    KEY_HEX,
    KEY_DAY_TEXT,
    KEY_CASE_HEX,
    KEY_INDEX,
};

struct row_kind {
    char prefix;
    enum key_form form;
    const char *noun;
};

static const struct row_kind kinds[] = {
    {'m', KEY_TEXTS, "counters"},
    {'p', KEY_TEXTS, "key"},
    {'w', KEY_TEXTS, "window"},
    {'b', KEY_TEXTS, "branch"},
    {'c', KEY_TEXTS, "case"},
    {'o', KEY_TEXTS, "open case"},
    {'d', KEY_TEXT_HEX, "message"},
    {'k', KEY_HEX, "application"},
    {'y', KEY_TEXTS, "acceptance number"},
    {'f', KEY_TEXT_NUMBER, "event"},
    {'g', KEY_TEXT_NUMBER, "urgent event"},
    {'u', KEY_TEXTS, "unit"},
    {'z', KEY_TEXTS, "certificate"},
    {'t', KEY_NUMBER, "title query"},
    {'h', KEY_TEXTS, "group"},
    {'x', KEY_HEX, "contract"},
    {'r', KEY_TEXTS, "rules"},
    {'l', KEY_TEXTS, "calendar"},
    {'s', KEY_DAY_TEXT, "measure"},
    {'i', KEY_TEXT_HEX, "file"},
    {'q', KEY_TEXTS, "waiting files"},
    {'j', KEY_CASE_HEX, "file of case"},
    {'n', KEY_DAY_TEXT, "booking"},
    {'v', KEY_DAY_TEXT, "difference"},
    {'a', KEY_TEXTS, "word on masks"},
    {'e', KEY_DAY_TEXT, "comparison"},
    {'I', KEY_INDEX, "index"},
    {'O', KEY_TEXTS, "operator"},
};

struct writer {
    char *out;
    size_t used;
};

static void put(struct writer *writer, char byte)
{
    if (writer->used + 1 < ROW_NAME_SIZE)
        writer->out[writer->used++] = byte;
}

static void put_texts(struct writer *writer, struct bytes bytes)
{
    for (uint32_t i = 0; i < bytes.size; i++) {
        const uint8_t byte = bytes.data[i];
        put(writer, byte == 0 ? ' ' : byte < 0x20 || byte == 0x7f ? '?' : (char)byte);
    }
}

static void put_hex(struct writer *writer, struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (uint32_t i = 0; i < bytes.size; i++) {
        put(writer, digits[bytes.data[i] >> 4]);
        put(writer, digits[bytes.data[i] & 15]);
    }
}

static void put_number(struct writer *writer, struct bytes bytes)
{
    char text[24];
    uint64_t number = 0;

    if (bytes.size != NUMBER_SIZE) {
        put_hex(writer, bytes);
        return;
    }
    for (uint32_t i = 0; i < NUMBER_SIZE; i++)
        number = number << 8 | bytes.data[i];
    const int size = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    put_texts(writer, bytes_of(text, size > 0 ? (size_t)size : 0));
}

/* What stands behind the first zero byte; the text before it is written. */
static struct bytes put_first_text(struct writer *writer, struct bytes bytes)
{
    const uint8_t *zero = memchr(bytes.data, 0, bytes.size);
    const uint32_t size = zero != NULL ? (uint32_t)(zero - bytes.data) : bytes.size;

    put_texts(writer, bytes_of(bytes.data, size));
    put(writer, ' ');
    return zero != NULL ? bytes_of(zero + 1, bytes.size - size - 1) : bytes_of(NULL, 0);
}

/* What stands behind the first `size` bytes; those are written. */
static struct bytes put_front(struct writer *writer, struct bytes bytes, uint32_t size)
{
    const uint32_t front = bytes.size < size ? bytes.size : size;

    put_texts(writer, bytes_of(bytes.data, front));
    put(writer, ' ');
    return bytes_of(bytes.data + front, bytes.size - front);
}

/* The value, by what it is a value of: a person's is a hash. */
static void put_index(struct writer *writer, struct bytes bytes)
{
    const uint32_t tail = 1 + NUMBER_SIZE + CASE_ID_SIZE;

    if (bytes.size <= 1 + tail) {
        put_hex(writer, bytes);
        return;
    }
    const struct bytes value = bytes_of(bytes.data + 1, bytes.size - 1 - tail);
    if (bytes.data[0] == INDEX_CITIZEN)
        put_hex(writer, value);
    else
        put_texts(writer, value);
    put(writer, ' ');
    put_texts(writer, bytes_of(bytes.data + bytes.size - CASE_ID_SIZE, CASE_ID_SIZE));
}

static void put_key(struct writer *writer, enum key_form form, struct bytes bytes)
{
    switch (form) {
    case KEY_TEXTS:
        put_texts(writer, bytes);
        return;
    case KEY_DAY_TEXT:
        put_texts(writer, put_front(writer, bytes, DAY_SIZE));
        return;
    case KEY_CASE_HEX:
        put_hex(writer, put_front(writer, bytes, CASE_ID_SIZE));
        return;
    case KEY_NUMBER:
        put_number(writer, bytes);
        return;
    case KEY_TEXT_NUMBER:
        put_number(writer, put_first_text(writer, bytes));
        return;
    case KEY_TEXT_HEX:
        put_hex(writer, put_first_text(writer, bytes));
        return;
    case KEY_HEX:
        put_hex(writer, bytes);
        return;
    case KEY_INDEX:
        put_index(writer, bytes);
        return;
    }
}

static const struct row_kind *kind_of(struct bytes key)
{
    for (size_t i = 0; key.size > 0 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].prefix == (char)key.data[0])
            return &kinds[i];
    return NULL;
}

const char *row_name(struct bytes key, char out[ROW_NAME_SIZE])
{
    const struct row_kind *kind = kind_of(key);
    struct writer writer = {out, 0};

    put_texts(&writer, kind != NULL ? bytes_of(kind->noun, strlen(kind->noun)) : bytes_of("row", 3));
    if (kind == NULL || key.size > 1)
        put(&writer, ' ');
    if (kind == NULL)
        put_hex(&writer, key);
    else if (key.size > 1)
        put_key(&writer, kind->form, bytes_of(key.data + 1, key.size - 1));
    out[writer.used] = '\0';
    return out;
}

struct text row_case(struct bytes key)
{
    const char *text = (const char *)key.data;
    const char prefix = key.size > CASE_ID_SIZE ? text[0] : '\0';

    if (prefix == 'j')
        return (struct text){text + 1, CASE_ID_SIZE};
    if (prefix == 'c' || prefix == 'o' || prefix == 's' || prefix == 'n' || prefix == 'v' || prefix == 'I')
        return (struct text){text + key.size - CASE_ID_SIZE, CASE_ID_SIZE};
    return (struct text){NULL, 0};
}
