#include <stdio.h>

#include "schemas/example.h"
#include "tests/schemas/desk.h"

/* tests/vectors/messages.jsonl, which other people's clients are tested with. */

static const char vectors_path[] = "tests/vectors/messages.jsonl";

static const struct record *record_of_vector(const json_t *vector)
{
    const char *type = json_string_value(json_object_get(vector, "type"));
    if (type == NULL)
        return &record_envelope;
    enum message_type found = message_type_of(text_of(type));
    cr_assert_neq(found, MESSAGE_COUNT, "%s", type);
    return message_kind(found)->record;
}

static void expect_vector(struct desk *desk, const json_t *vector)
{
    const struct record *record = record_of_vector(vector);
    const json_t *json = json_object_get(vector, "json");
    struct bytes bytes = bytes_of_hex(json_string_value(json_object_get(vector, "hex")));
    char found[1024];
    cr_assert_str_eq(record->name, json_string_value(json_object_get(vector, "record")));
    cr_assert_eq(desk_decode(desk, record, bytes), STATUS_OK, "%s: %s", record->name,
                 problems_show(&desk->problems, found, sizeof found));
    json_t *shown = record_to_json(record, desk->value);
    cr_assert(json_equal(shown, json), "%s", record->name);
    cr_assert_eq(desk_from_json(desk, record, json), STATUS_OK, "%s", record->name);
    cr_assert_eq(desk_encode(desk, record, desk->value), STATUS_OK);
    cr_assert(bytes_equal(bytes_of(desk->body, desk->body_size), bytes), "%s", record->name);
    json_decref(shown);
    bytes_free(&bytes);
}

Test(vectors, hold_in_both_directions)
{
    struct desk *desk = desk_new();
    FILE *file = fopen(vectors_path, "r");
    static char line[1 << 16];
    size_t count = 0;
    cr_assert(file != NULL, "%s", vectors_path);
    while (fgets(line, sizeof line, file) != NULL) {
        json_t *vector = json_loads(line, 0, NULL);
        cr_assert(vector != NULL, "line %zu", count + 1);
        expect_vector(desk, vector);
        json_decref(vector);
        count++;
    }
    fclose(file);
    cr_assert_eq(count, 2 * (MESSAGE_COUNT + 1), "make describe writes them anew");
    desk_free(&desk);
}
