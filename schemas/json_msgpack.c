#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "schemas/json_cursor.h"
#include "schemas/reader.h"
#include "schemas/record.h"
#include "schemas/sink.h"

/* JSON into msgpack and back without a table, for what nobody here knows. Both
 * ways go with a stack of their own, as deep as a record may be. */

/* ---- into msgpack ---- */

static void pack_value(msgpack_packer *packer, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        msgpack_pack_map(packer, json_object_size(json));
        break;
    case JSON_ARRAY:
        msgpack_pack_array(packer, json_array_size(json));
        break;
    case JSON_STRING:
        pack_text(packer, json_text(json));
        break;
    case JSON_INTEGER:
        msgpack_pack_int64(packer, json_integer_value(json));
        break;
    case JSON_REAL:
        msgpack_pack_double(packer, json_real_value(json));
        break;
    case JSON_TRUE:
        msgpack_pack_true(packer);
        break;
    case JSON_FALSE:
        msgpack_pack_false(packer);
        break;
    case JSON_NULL:
        msgpack_pack_nil(packer);
        break;
    }
}

static enum status pack_all(msgpack_packer *packer, const json_t *json)
{
    struct json_cursor stack[RECORD_DEPTH_MAX];
    uint32_t depth = 0;
    struct text key = {NULL, 0};
    while (json != NULL) {
        if (key.data != NULL)
            pack_text(packer, key);
        pack_value(packer, json);
        if (json_is_object(json) || json_is_array(json)) {
            if (depth == RECORD_DEPTH_MAX)
                return STATUS_BAD_BODY;
            stack[depth++] = json_cursor_over(json);
        }
        json = NULL;
        while (depth > 0 && (json = json_cursor_next(&stack[depth - 1], &key)) == NULL)
            depth--;
    }
    return STATUS_OK;
}

enum status json_to_msgpack(const json_t *json, uint8_t *buffer, size_t capacity, size_t *used)
{
    if (!json_is_object(json))
        return STATUS_BAD_BODY;
    struct sink sink = sink_over(buffer, capacity, *used);
    msgpack_packer packer;
    sink_packer(&sink, &packer);
    enum status status = pack_all(&packer, json);
    if (status == STATUS_OK && sink.is_full)
        status = STATUS_LIMIT;
    if (status == STATUS_OK)
        *used = sink.used;
    return status;
}

/* ---- out of msgpack ---- */

struct filling {
    json_t *container; /* borrowed from the container around it */
    uint32_t left;     /* items or pairs still to come */
    uint32_t index;
};

/* JSON has no such numbers; jansson none above INT64_MAX. */
static json_t *json_of_real(double real)
{
    if (isnan(real))
        return json_string("NaN");
    if (isinf(real))
        return json_string(real > 0 ? "Infinity" : "-Infinity");
    return json_real(real);
}

static json_t *json_of_integer(const struct token *token)
{
    return token->is_beyond ? json_sprintf("%llu", (unsigned long long)token->integer) : json_integer(token->integer);
}

static json_t *json_of_bytes(const struct token *token)
{
    json_t *json = NULL;
    const uint8_t *bytes = token->data;
    char *hex = malloc((size_t)token->size * 2 + 1);
    if (hex == NULL)
        return NULL;
    for (uint32_t i = 0; i < token->size; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", bytes[i]);
    json = json_stringn(hex, (size_t)token->size * 2);
    free(hex);
    return json;
}

/* NULL for what JSON cannot say: an ext, or a text that is no UTF-8. */
static json_t *json_of_token(const struct token *token)
{
    switch (token->type) {
    case TOKEN_NIL:
        return json_null();
    case TOKEN_BOOLEAN:
        return json_boolean(token->integer != 0);
    case TOKEN_INTEGER:
        return json_of_integer(token);
    case TOKEN_FLOAT:
        return json_of_real(token->real);
    case TOKEN_TEXT:
        return json_stringn(token->data, token->size);
    case TOKEN_BYTES:
        return json_of_bytes(token);
    case TOKEN_LIST:
        return json_array();
    case TOKEN_MAP:
        return json_object();
    case TOKEN_EXTENSION:
        break;
    }
    return NULL;
}

/* A key that stands twice is shown twice, the second as "key#<place>", counted from 1. */
static bool pair_add(struct filling *filling, struct text key, json_t *value)
{
    json_t *object = filling->container;
    if (json_object_getn(object, key.data, key.size) == NULL)
        return json_object_setn_new(object, key.data, key.size, value) == 0;
    json_t *renamed = json_sprintf("%.*s#%u", TEXT_ARGS(key), filling->index);
    bool is_free = renamed != NULL && json_object_get(object, json_string_value(renamed)) == NULL;
    if (is_free)
        is_free = json_object_set_new(object, json_string_value(renamed), value) == 0;
    else
        json_decref(value);
    json_decref(renamed);
    return is_free;
}

/* The next value of the container on top, put where it belongs; NULL when it
 * cannot be read. */
static json_t *filling_next(struct filling *filling, struct reader *reader, struct token *token)
{
    struct text key = {NULL, 0};
    bool is_object = json_is_object(filling->container);
    if (is_object) {
        if (!reader_next(reader, token) || token->type != TOKEN_TEXT)
            return NULL;
        key = token_text(token);
    }
    json_t *value = reader_next(reader, token) ? json_of_token(token) : NULL;
    if (value == NULL)
        return NULL;
    filling->left--;
    filling->index++;
    bool is_added = is_object ? pair_add(filling, key, value) : json_array_append_new(filling->container, value) == 0;
    return is_added ? value : NULL;
}

static bool fill_all(json_t *object, const struct token *first, struct reader *reader)
{
    struct filling stack[RECORD_DEPTH_MAX] = {{object, first->count, 0}};
    uint32_t depth = 1;
    while (depth > 0) {
        struct token token;
        if (stack[depth - 1].left == 0) {
            depth--;
            continue;
        }
        json_t *value = filling_next(&stack[depth - 1], reader, &token);
        if (value == NULL)
            return false;
        if (token.type != TOKEN_LIST && token.type != TOKEN_MAP)
            continue;
        if (depth == RECORD_DEPTH_MAX)
            return false;
        stack[depth++] = (struct filling){value, token.count, 0};
    }
    return reader->at == reader->end;
}

enum status msgpack_to_json(struct bytes bytes, json_t **out)
{
    struct reader reader = reader_over(bytes);
    struct token token;
    *out = NULL;
    if (!reader_next(&reader, &token) || token.type != TOKEN_MAP)
        return STATUS_BAD_BODY;
    json_t *object = json_object();
    if (object == NULL)
        return STATUS_NO_MEMORY;
    if (!fill_all(object, &token, &reader)) {
        json_decref(object);
        return STATUS_BAD_BODY;
    }
    *out = object;
    return STATUS_OK;
}
