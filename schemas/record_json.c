#include <stdlib.h>
#include <string.h>

#include "schemas/record_member.h"
#include "schemas/record_walk.h"

/* ---- reading: a JSON value is the token it would be in msgpack ---- */

static struct token token_of(const json_t *json)
{
    struct token token = {.is_canonical = true};
    switch (json_typeof(json)) {
    case JSON_NULL:
        token.type = TOKEN_NIL;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        token.type = TOKEN_BOOLEAN;
        token.integer = json_is_true(json);
        break;
    case JSON_INTEGER:
        token.type = TOKEN_INTEGER;
        token.integer = json_integer_value(json);
        break;
    case JSON_REAL:
        token.type = TOKEN_FLOAT;
        token.real = json_real_value(json);
        break;
    case JSON_STRING:
        token.type = TOKEN_TEXT;
        token.data = json_string_value(json);
        token.size = json_text(json).size;
        break;
    case JSON_ARRAY:
        token.type = TOKEN_LIST;
        token.count = (uint32_t)json_array_size(json);
        break;
    case JSON_OBJECT:
        token.type = TOKEN_MAP;
        token.count = (uint32_t)json_object_size(json);
        break;
    }
    return token;
}

static void frame_enter(struct walk *walk, const json_t *json)
{
    walk_top(walk)->cursor = json_cursor_over(json);
}

/* Under an x_ key: clean texts all the way down, and not deeper than depth_max. */
static bool json_is_clean(const json_t *json, uint32_t depth_max)
{
    struct json_cursor stack[RECORD_DEPTH_MAX];
    uint32_t depth = 0;
    struct text key = {NULL, 0};
    while (json != NULL) {
        if (!text_is_clean(key) || (json_is_string(json) && !text_is_clean(json_text(json))))
            return false;
        if (json_is_array(json) || json_is_object(json)) {
            if (depth == depth_max)
                return false;
            stack[depth++] = json_cursor_over(json);
        }
        json = NULL;
        while (depth > 0 && (json = json_cursor_next(&stack[depth - 1], &key)) == NULL)
            depth--;
    }
    return true;
}

/* ---- record_from_json ---- */

static void read_value(struct walk *walk, const json_t *json)
{
    struct token token = token_of(json);
    uint32_t depth = walk->depth;
    if (walk_value(walk, &token) && walk->depth > depth)
        frame_enter(walk, json);
}

static void read_pair(struct walk *walk)
{
    struct text key;
    const json_t *value = json_cursor_next(&walk_top(walk)->cursor, &key);
    struct token token = {.type = TOKEN_TEXT, .is_canonical = true, .data = key.data, .size = key.size};
    switch (walk_key(walk, &token)) {
    case WALK_KEY_KNOWN:
        read_value(walk, value);
        break;
    case WALK_KEY_EXTRA:
        if (!json_is_clean(value, RECORD_DEPTH_MAX - walk->depth))
            walk_problem(walk, PROBLEM_ENCODING, NULL, key);
        break;
    case WALK_KEY_REFUSED:
        break;
    }
}

static void read_item(struct walk *walk)
{
    struct text no_key;
    walk_item(walk);
    read_value(walk, json_cursor_next(&walk_top(walk)->cursor, &no_key));
}

enum status record_from_json(const struct record *record, const json_t *json, struct arena *arena, void *out,
                             struct problems *problems)
{
    struct walk walk;
    struct token token = token_of(json);
    memset(out, 0, record->struct_size);
    walk_init(&walk, arena, problems);
    walk.bytes_are_hex = true;
    if (walk_open(&walk, record, &token, out))
        frame_enter(&walk, json);
    while (walk.depth > 0 && !walk.is_full) {
        struct walk_frame *top = walk_top(&walk);
        if (top->left == 0)
            walk_close(&walk);
        else if (top->is_list)
            read_item(&walk);
        else
            read_pair(&walk);
    }
    return walk_status(&walk);
}

/* ---- record_to_json: as deep as the tables nest ---- */

static json_t *json_of_text(struct text text)
{
    return json_stringn(text.data ? text.data : "", text.size);
}

static json_t *json_of_bytes(struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = malloc((size_t)bytes.size * 2 + 1);
    if (hex == NULL)
        return NULL;
    for (uint32_t i = 0; i < bytes.size; i++) {
        hex[(size_t)2 * i] = digits[bytes.data[i] >> 4];
        hex[(size_t)2 * i + 1] = digits[bytes.data[i] & 15];
    }
    json_t *json = json_stringn(hex, (size_t)bytes.size * 2);
    free(hex);
    return json;
}

static json_t *json_of_list(const struct field *field, const struct text_list *list)
{
    json_t *array = json_array();
    for (uint32_t i = 0; array != NULL && i < list->count; i++) {
        json_t *item = field->type == FIELD_TEXTS ? json_of_text(list->items[i])
                                                  : record_to_json(field->nested, list_item(field, list, i));
        if (json_array_append_new(array, item) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *json_of_member(const struct field *field, const void *member)
{
    switch (field->type) {
    case FIELD_TEXT:
        return json_of_text(*(const struct text *)member);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
        return json_integer(((const struct number *)member)->value);
    case FIELD_BOOLEAN:
        return json_boolean(((const struct number *)member)->value != 0);
    case FIELD_BYTES:
        return json_of_bytes(*(const struct bytes *)member);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return json_of_list(field, member);
    case FIELD_RECORD:
        return record_to_json(field->nested, member);
    }
    return NULL;
}

json_t *record_to_json(const struct record *record, const void *in)
{
    json_t *object = json_object();
    for (uint32_t row = 0; object != NULL && row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        if (!member_is_present(field, in))
            continue;
        if (json_object_set_new(object, field->key, json_of_member(field, member_of(field, in))) != 0) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}
