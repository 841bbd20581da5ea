#include "agents/ops/row_show.h"

#include <string.h>

#include "agents/ops/show.h"
#include "broker/core/row_name.h"
#include "schemas/mask.h"

static const json_int_t TIME_MIN_US = 1000000000000000; /* 2001; in fen more money than there is */

/* The map behind the version byte; an object with the bytes in hex where it cannot be read. */
static json_t *value_json(struct bytes value)
{
    json_t *json = NULL;

    if (value.size > 1 && value.data[0] == ROW_VERSION &&
        msgpack_to_json(bytes_of(value.data + 1, value.size - 1), &json) == STATUS_OK)
        return json;
    return json_pack("{s:s}", "unreadable", value.size == 0 ? "empty" : "not a row of this version");
}

/* Fields whose texts every list of operators shows. */
static bool is_open_field(const char *name)
{
    static const char *const open_fields[] = {"state",  "cid", "kind",      "branch",
                                              "window", "ywh", "fee_state", "promised"};

    for (size_t i = 0; i < sizeof open_fields / sizeof open_fields[0]; i++)
        if (strcmp(name, open_fields[i]) == 0)
            return true;
    return false;
}

/* Any other text may name somebody, and a list or a map may hold one. */
static json_t *shown(const char *name, json_t *value)
{
    char mask[MASK_SIZE_MAX];

    if (value == NULL)
        return json_string("absent");
    if (json_is_number(value) || json_is_boolean(value) || is_open_field(name))
        return json_incref(value);
    if (!json_is_string(value))
        return json_string(json_is_array(value) ? "a list" : "a map");
    return json_string(mask_name(text_of(json_string_value(value)), mask, sizeof mask));
}

struct sides {
    const char *one;
    const char *other;
};

static void add_field(json_t *fields, const struct sides *sides, const char *name, json_t *one, json_t *other)
{
    json_t *field = json_object();

    json_object_set_new(field, sides->one, shown(name, one));
    json_object_set_new(field, sides->other, shown(name, other));
    json_object_set_new(fields, name, field);
}

json_t *row_fields_json(struct bytes one, struct bytes other, const char *one_name, const char *other_name)
{
    const struct sides sides = {one_name, other_name};
    json_t *ones = one.data != NULL ? value_json(one) : json_object();
    json_t *others = other.data != NULL ? value_json(other) : json_object();
    json_t *fields = json_object();
    const char *name;
    json_t *value;

    json_object_foreach(ones, name, value) if (!json_equal(value, json_object_get(others, name)))
        add_field(fields, &sides, name, value, json_object_get(others, name));
    json_object_foreach(others, name, value) if (json_object_get(ones, name) == NULL)
        add_field(fields, &sides, name, NULL, value);
    json_decref(ones);
    json_decref(others);
    return fields;
}

json_t *row_difference_json(const struct rebuild_difference *difference)
{
    char name[ROW_NAME_SIZE];
    const struct text case_id = row_case(difference->key);
    json_t *json = json_pack("{s:s}", "row", row_name(difference->key, name));

    if (json == NULL)
        return NULL;
    if (case_id.data != NULL)
        json_object_set_new(json, "case", json_stringn(case_id.data, case_id.size));
    if (difference->stored.data == NULL || difference->made.data == NULL)
        json_object_set_new(json, "what",
                            json_string(difference->stored.data == NULL ? "missing" : "not made by the journal"));
    else
        json_object_set_new(json, "fields", row_fields_json(difference->stored, difference->made, "stored", "made"));
    return json;
}

/* A number beyond any count and sum of ours is a time in microseconds. */
void row_value_print(const json_t *value)
{
    char time[SHOW_TIME_SIZE];

    if (json_is_integer(value) && json_integer_value(value) > TIME_MIN_US)
        fputs(show_time(number_of(json_integer_value(value)), time), stdout);
    else
        json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
}

void row_difference_print(const json_t *difference)
{
    const char *what = json_string_value(json_object_get(difference, "what"));
    json_t *fields = json_object_get(difference, "fields");
    const char *name;
    json_t *field;

    printf("  %s%s%s\n", json_string_value(json_object_get(difference, "row")), what != NULL ? ": " : "",
           what != NULL ? what : "");
    json_object_foreach(fields, name, field)
    {
        printf("    %s: stored ", name);
        row_value_print(json_object_get(field, "stored"));
        printf(", the journal makes ");
        row_value_print(json_object_get(field, "made"));
        putchar('\n');
    }
}
