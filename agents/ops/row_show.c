#include "agents/ops/row_show.h"

#include <string.h>

#include "broker/core/row_name.h"
#include "schemas/mask.h"

/* The map behind the version byte; an object with the bytes in hex where it cannot be read. */
static json_t *value_json(struct bytes value)
{
    json_t *json = NULL;

    if (value.size > 1 && value.data[0] == ROW_VERSION &&
        msgpack_to_json(bytes_of(value.data + 1, value.size - 1), &json) == STATUS_OK)
        return json;
    return json_pack("{s:s}", "unreadable", value.size == 0 ? "empty" : "not a row of this version");
}

/* Numbers and the state are shown; any other text may name somebody, and a list or a map may hold one. */
static json_t *shown(const char *name, json_t *value)
{
    char mask[MASK_SIZE_MAX];

    if (value == NULL)
        return json_string("absent");
    if (json_is_number(value) || json_is_boolean(value) || strcmp(name, "state") == 0)
        return json_incref(value);
    if (!json_is_string(value))
        return json_string(json_is_array(value) ? "a list" : "a map");
    return json_string(mask_name(text_of(json_string_value(value)), mask, sizeof mask));
}

static void add_field(json_t *fields, const char *name, json_t *stored, json_t *made)
{
    json_t *field = json_object();

    json_object_set_new(field, "stored", shown(name, stored));
    json_object_set_new(field, "made", shown(name, made));
    json_object_set_new(fields, name, field);
}

static json_t *fields_json(const struct rebuild_difference *difference)
{
    json_t *stored = value_json(difference->stored);
    json_t *made = value_json(difference->made);
    json_t *fields = json_object();
    const char *name;
    json_t *value;

    json_object_foreach(stored, name, value) if (!json_equal(value, json_object_get(made, name)))
        add_field(fields, name, value, json_object_get(made, name));
    json_object_foreach(made, name, value) if (json_object_get(stored, name) == NULL)
        add_field(fields, name, NULL, value);
    json_decref(stored);
    json_decref(made);
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
        json_object_set_new(json, "fields", fields_json(difference));
    return json;
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
        json_dumpf(json_object_get(field, "stored"), stdout, JSON_ENCODE_ANY | JSON_COMPACT);
        printf(", the journal makes ");
        json_dumpf(json_object_get(field, "made"), stdout, JSON_ENCODE_ANY | JSON_COMPACT);
        putchar('\n');
    }
}
