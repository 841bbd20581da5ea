#ifndef ONEVISIT_SCHEMAS_TEXT_H
#define ONEVISIT_SCHEMAS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed runs of bytes. Neither owns what it points at; `data` NULL means
 * "absent", which is not the same as empty. A text is UTF-8 and is NOT
 * terminated by a zero byte: print it with "%.*s", TEXT_ARGS(text). */
struct text {
    const char *data;
    uint32_t size;
};

struct bytes {
    const uint8_t *data;
    uint32_t size;
};

/* A number that may be absent. */
struct number {
    int64_t value;
    bool is_present;
};

#define TEXT_ARGS(text) (int)(text).size, ((text).data ? (text).data : "")

static inline struct text text_of(const char *string)
{
    return (struct text){string, string ? (uint32_t)strlen(string) : 0};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.size == b.size &&
           (a.size == 0 || (a.data != NULL && b.data != NULL && memcmp(a.data, b.data, a.size) == 0));
}

static inline bool text_is(struct text a, const char *string)
{
    return text_equal(a, text_of(string));
}

static inline struct number number_of(int64_t value)
{
    return (struct number){value, true};
}

static inline struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){data, (uint32_t)size};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
