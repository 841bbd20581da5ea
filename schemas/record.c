#include "schemas/record.h"

#include <stdio.h>
#include <string.h>

#include "schemas/record_member.h"

/* Comparing, by rows. Calls itself only as deep as the tables nest
 * (RECORD_DEPTH_MAX). */

struct where {
    char *path; /* NULL when nobody asks */
    size_t used;
};

static bool record_same(const struct record *record, const void *a, const void *b, struct where where);

/* The path with one step more; a copy, so that leaving a step needs no undoing. */
static struct where where_step(struct where where, const char *step)
{
    if (where.path == NULL)
        return where;
    size_t room = RECORD_PATH_SIZE_MAX - where.used;
    int written = snprintf(where.path + where.used, room, "%s%s", where.used > 0 ? "/" : "", step);
    where.used += written < 0 ? 0 : (size_t)written < room ? (size_t)written : room - 1;
    return where;
}

static bool list_same(const struct field *field, const struct text_list *a, const struct text_list *b,
                      struct where where)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        char index[12];
        snprintf(index, sizeof index, "%u", i);
        struct where at = where_step(where, index);
        bool is_same = field->type == FIELD_TEXTS
                           ? text_equal(a->items[i], b->items[i])
                           : record_same(field->nested, list_item(field, a, i), list_item(field, b, i), at);
        if (!is_same)
            return false;
    }
    return true;
}

static bool member_same(const struct field *field, const void *a, const void *b, struct where where)
{
    switch (field->type) {
    case FIELD_TEXT:
        return text_equal(*(const struct text *)a, *(const struct text *)b);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
        return ((const struct number *)a)->value == ((const struct number *)b)->value;
    case FIELD_BYTES:
        return bytes_equal(*(const struct bytes *)a, *(const struct bytes *)b);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return list_same(field, a, b, where);
    case FIELD_RECORD:
        return record_same(field->nested, a, b, where);
    }
    return false;
}

static bool record_same(const struct record *record, const void *a, const void *b, struct where where)
{
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        bool is_present = member_is_present(field, a);
        struct where at = where_step(where, field->key);
        if (is_present != member_is_present(field, b))
            return false;
        if (is_present && !member_same(field, member_of(field, a), member_of(field, b), at))
            return false;
    }
    return true;
}

bool record_equal(const struct record *record, const void *a, const void *b, char *path)
{
    return record_same(record, a, b, (struct where){path, 0});
}
