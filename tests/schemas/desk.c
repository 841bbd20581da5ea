#include "tests/schemas/desk.h"

#include <stdio.h>

struct desk *desk_new(void)
{
    struct desk *desk = calloc(1, sizeof *desk);
    cr_assert(desk != NULL);
    desk->arena = arena_over(desk->memory, sizeof desk->memory);
    return desk;
}

void desk_free(struct desk **desk)
{
    free(*desk);
    *desk = NULL;
}

struct bytes bytes_copy(const void *data, size_t size)
{
    uint8_t *copy = malloc(size);
    cr_assert(copy != NULL || size == 0);
    if (size > 0)
        memcpy(copy, data, size);
    return bytes_of(copy, size);
}

void bytes_free(struct bytes *bytes)
{
    free((void *)(uintptr_t)bytes->data);
    *bytes = (struct bytes){NULL, 0};
}

static unsigned digit_of(char character)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, character);
    cr_assert(found != NULL && *found != '\0', "no hex digit: %c", character);
    return (unsigned)(found - digits);
}

struct bytes bytes_of_hex(const char *hex)
{
    uint8_t bytes[4096];
    size_t count = 0;
    for (const char *at = hex; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        cr_assert(count < 2 * sizeof bytes);
        bytes[count / 2] = (uint8_t)(count % 2 == 0 ? digit_of(*at) << 4 : bytes[count / 2] | digit_of(*at));
        count++;
    }
    return bytes_copy(bytes, count / 2);
}

json_t *json_of(const char *text)
{
    char quoted[8192];
    json_error_t error;
    cr_assert(strlen(text) < sizeof quoted);
    for (size_t i = 0; i <= strlen(text); i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    json_t *json = json_loads(quoted, JSON_DECODE_ANY, &error);
    cr_assert(json != NULL, "%s: %s", error.text, text);
    return json;
}

enum status desk_decode(struct desk *desk, const struct record *record, struct bytes bytes)
{
    cr_assert(record->struct_size <= sizeof desk->value);
    arena_reset(&desk->arena);
    return record_decode(record, bytes, &desk->arena, desk->value, &desk->problems);
}

enum status desk_from_json(struct desk *desk, const struct record *record, const json_t *json)
{
    cr_assert(record->struct_size <= sizeof desk->value);
    arena_reset(&desk->arena);
    return record_from_json(record, json, &desk->arena, desk->value, &desk->problems);
}

enum status desk_encode(struct desk *desk, const struct record *record, const void *value)
{
    desk->body_size = 0;
    return record_encode(record, value, desk->body, sizeof desk->body, &desk->body_size);
}

const char *problems_show(const struct problems *problems, char *out, size_t size)
{
    static const char *const kinds[] = {"MISSING", "NULL",    "TYPE",     "SIZE",    "RANGE",
                                        "RULE",    "UNKNOWN", "REPEATED", "ENCODING"};
    size_t used = 0;
    *out = '\0';
    for (uint32_t i = 0; i < problems->count && used < size; i++) {
        int written = snprintf(out + used, size - used, "%s%s %s", i > 0 ? ", " : "", kinds[problems->items[i].kind],
                               problems->items[i].path);
        used += written > 0 ? (size_t)written : 0;
    }
    return out;
}
