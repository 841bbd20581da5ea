#include "schemas/json_cursor.h"

struct json_cursor json_cursor_over(const json_t *json)
{
    json_t *readable = (json_t *)json; /* jansson's iterators take it without const */
    return (struct json_cursor){readable, json_is_object(json) ? json_object_iter(readable) : NULL, 0};
}

json_t *json_cursor_next(struct json_cursor *cursor, struct text *key)
{
    *key = (struct text){NULL, 0};
    if (json_is_array(cursor->json))
        return json_array_get(cursor->json, cursor->index++);
    if (cursor->iterator == NULL)
        return NULL;
    *key = (struct text){json_object_iter_key(cursor->iterator), (uint32_t)json_object_iter_key_len(cursor->iterator)};
    json_t *value = json_object_iter_value(cursor->iterator);
    cursor->iterator = json_object_iter_next(cursor->json, cursor->iterator);
    return value;
}
