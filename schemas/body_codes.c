#include "schemas/body_codes.h"

#include <stdio.h>
#include <stdlib.h>

#include "schemas/field_path.h"
#include "schemas/json_cursor.h"

enum { VALUE_SIZE_MAX = 24 }; /* of a value as shown to a person */

struct turner {
    const struct window_rules *rules;
    enum code_direction direction;
    struct code_fault *fault;
};

/* One map that is open; the tables are never nested deeper than RECORD_DEPTH_MAX. */
struct place {
    const struct record *record;
    json_t *json;
    uint32_t row; /* the field looked at */
    size_t item;  /* of it, the item looked at next */
};

struct walk {
    struct place places[RECORD_DEPTH_MAX];
    uint32_t depth;
    const char *path; /* of the first place, "" for the body itself */
};

/* ---- one code ---- */

static void path_add(char path[RECORD_PATH_SIZE_MAX], const char *step)
{
    size_t size = strlen(path);
    (void)snprintf(path + size, RECORD_PATH_SIZE_MAX - size, "%s%s", size != 0 ? "/" : "", step);
}

static void path_add_item(char path[RECORD_PATH_SIZE_MAX], size_t item)
{
    char step[24];
    (void)snprintf(step, sizeof step, "%zu", item);
    path_add(path, step);
}

/* Where the walk stands: in the lists above, the item is the one before the next. */
static void path_of_walk(const struct walk *walk, char path[RECORD_PATH_SIZE_MAX])
{
    (void)snprintf(path, RECORD_PATH_SIZE_MAX, "%s", walk->path);
    for (uint32_t i = 0; i < walk->depth; i++) {
        const struct place *place = &walk->places[i];
        const struct field *field = &place->record->fields[place->row];
        bool is_list = field->type == FIELD_RECORDS || field->type == FIELD_TEXTS;
        path_add(path, field->key);
        if (is_list)
            path_add_item(path, i + 1 < walk->depth ? place->item - 1 : place->item);
    }
}

static void note_fault(const struct walk *walk, struct text value, struct code_fault *fault)
{
    bool is_long = value.size > VALUE_SIZE_MAX;
    path_of_walk(walk, fault->path);
    (void)snprintf(fault->text, sizeof fault->text,
                   "%s: 本窗口代码对照表中没有“%.*s” / not in this window's list of codes", fault->path,
                   is_long ? 3 : (int)value.size, is_long ? "..." : value.data);
}

/* The value as the other side calls it, a new reference; NULL with the status. */
static json_t *code_turned(const struct turner *turner, const struct walk *walk, enum dictionary dictionary,
                           const json_t *value, enum status *status)
{
    struct text code = json_text(value);
    struct text out;
    bool is_known = turner->direction == CODES_TO_WINDOW
                        ? translation_to_window(turner->rules, dictionary, code, &out)
                        : translation_from_window(turner->rules, dictionary, code, &out);
    json_t *turned = is_known ? json_stringn(out.data, out.size) : NULL;
    if (!is_known)
        note_fault(walk, code, turner->fault);
    if (turned == NULL)
        *status = is_known ? STATUS_NO_MEMORY : STATUS_BAD_BODY;
    return turned;
}

/* What is no text stays: whoever validates the body says so. */
static enum status turn_text(const struct turner *turner, struct walk *walk, enum dictionary dictionary)
{
    enum status status = STATUS_OK;
    const struct place *place = &walk->places[walk->depth - 1];
    const char *key = place->record->fields[place->row].key;
    const json_t *value = json_object_get(place->json, key);
    json_t *turned = json_is_string(value) ? code_turned(turner, walk, dictionary, value, &status) : NULL;
    if (turned != NULL && json_object_set_new(place->json, key, turned) != 0)
        status = STATUS_NO_MEMORY;
    return status;
}

static enum status turn_texts(const struct turner *turner, struct walk *walk, enum dictionary dictionary)
{
    enum status status = STATUS_OK;
    struct place *place = &walk->places[walk->depth - 1];
    json_t *list = json_object_get(place->json, place->record->fields[place->row].key);
    for (; place->item < json_array_size(list) && status == STATUS_OK; place->item++) {
        const json_t *value = json_array_get(list, place->item);
        json_t *turned = json_is_string(value) ? code_turned(turner, walk, dictionary, value, &status) : NULL;
        if (turned != NULL && json_array_set_new(list, place->item, turned) != 0)
            status = STATUS_NO_MEMORY;
    }
    return status;
}

static enum status turn_field(const struct turner *turner, struct walk *walk, const struct field *field)
{
    enum dictionary dictionary;
    if (!rule_dictionary(field->rule, &dictionary) || !translation_covers(turner->rules, dictionary))
        return STATUS_OK;
    return field->type == FIELD_TEXTS ? turn_texts(turner, walk, dictionary) : turn_text(turner, walk, dictionary);
}

/* ---- a body ---- */

/* The next map the field leads to; NULL when there is none (left). */
static json_t *next_below(struct place *place, const struct field *field)
{
    json_t *value = json_object_get(place->json, field->key);
    if (field->type == FIELD_RECORD)
        return place->item++ == 0 ? value : NULL;
    return field->type == FIELD_RECORDS ? json_array_get(value, place->item++) : NULL;
}

static enum status turn_record(const struct turner *turner, const struct record *record, const char *path, json_t *json)
{
    struct walk walk = {.places = {{.record = record, .json = json}}, .depth = 1, .path = path};
    enum status status = STATUS_OK;
    while (walk.depth > 0 && status == STATUS_OK) {
        struct place *place = &walk.places[walk.depth - 1];
        if (place->row == place->record->field_count) {
            walk.depth--;
            continue;
        }
        const struct field *field = &place->record->fields[place->row];
        json_t *inner = walk.depth < RECORD_DEPTH_MAX ? next_below(place, field) : NULL;
        if (inner != NULL) {
            walk.places[walk.depth++] = (struct place){.record = field->nested, .json = inner};
            continue;
        }
        if (field->nested == NULL)
            status = turn_field(turner, &walk, field);
        place->row++;
        place->item = 0;
    }
    return status;
}

/* ---- changed fields: a path and values as JSON text ---- */

/* As a body in which this field alone stands. */
static json_t *value_wrapped(const struct field *field, bool is_item, json_t *value)
{
    return is_item ? json_pack("{s:[o]}", field->key, value) : json_pack("{s:o}", field->key, value);
}

static enum status turn_value(const struct turner *turner, json_t *change, const char *key, const char *path)
{
    bool is_item = false;
    const struct record *record = turner->direction == CODES_TO_WINDOW ? &record_case_submit : &record_case_booked;
    const char *name = json_string_value(json_object_get(change, "path"));
    const char *text = json_string_value(json_object_get(change, key));
    const struct field *field = name != NULL ? field_path_find(&record, name, &is_item) : NULL;
    json_t *value = field != NULL && text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (value == NULL)
        return STATUS_OK; /* nothing there, or nothing that anybody could read */
    json_t *whole = value_wrapped(field, is_item, value);
    enum status status = whole != NULL ? turn_record(turner, record, path, whole) : STATUS_NO_MEMORY;
    const json_t *turned = json_object_get(whole, field->key);
    char *out = status == STATUS_OK
                    ? json_dumps(is_item ? json_array_get(turned, 0) : turned, JSON_ENCODE_ANY | JSON_COMPACT)
                    : NULL;
    if (status == STATUS_OK && (out == NULL || json_object_set_new(change, key, json_string(out)) != 0))
        status = STATUS_NO_MEMORY;
    free(out);
    json_decref(whole);
    return status;
}

static enum status turn_changes(const struct turner *turner, const struct field *field, json_t *body)
{
    char path[RECORD_PATH_SIZE_MAX];
    const json_t *list = json_object_get(body, field->key);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(list) && status == STATUS_OK; i++) {
        json_t *change = json_array_get(list, i);
        path[0] = '\0';
        path_add(path, field->key);
        path_add_item(path, i);
        status = turn_value(turner, change, "old", path);
        if (status == STATUS_OK)
            status = turn_value(turner, change, "new", path);
    }
    return status;
}

enum status body_codes_turn(const struct window_rules *rules, const struct record *record,
                            enum code_direction direction, json_t *body, struct code_fault *fault)
{
    const struct turner turner = {rules, direction, fault};
    *fault = (struct code_fault){.path = ""};
    if (rules == NULL || rules->translations.count == 0)
        return STATUS_OK;
    enum status status = turn_record(&turner, record, "", body);
    for (uint32_t i = 0; i < record->field_count && status == STATUS_OK; i++)
        if (record->fields[i].nested == &record_change)
            status = turn_changes(&turner, &record->fields[i], body);
    return status;
}
