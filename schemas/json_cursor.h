#ifndef ONEVISIT_SCHEMAS_JSON_CURSOR_H
#define ONEVISIT_SCHEMAS_JSON_CURSOR_H

#include <jansson.h>

#include "schemas/text.h"

/* Goes over what stands in a JSON array or object, in its order. An open
 * struct: a stack of them walks a whole document without recursion. */
struct json_cursor {
    json_t *json; /* borrowed; only read */
    void *iterator;
    size_t index;
};

struct json_cursor json_cursor_over(const json_t *json);
/* The next value, NULL at the end. Its key goes to *key (borrowed; data NULL in
 * an array). */
json_t *json_cursor_next(struct json_cursor *cursor, struct text *key);

static inline struct text json_text(const json_t *string)
{
    return (struct text){json_string_value(string), (uint32_t)json_string_length(string)};
}

#endif
