#include "schemas/field_path.h"

#include <stdio.h>

#include "schemas/record_member.h"

/* The next step of a path; false at its end. */
static bool step_next(struct text *rest, struct text *step)
{
    if (rest->size == 0)
        return false;
    const char *slash = memchr(rest->data, '/', rest->size);
    uint32_t size = slash != NULL ? (uint32_t)(slash - rest->data) : rest->size;
    *step = (struct text){rest->data, size};
    uint32_t used = slash != NULL ? size + 1 : size;
    *rest = (struct text){rest->data + used, rest->size - used};
    return true;
}

static const struct field *field_of(const struct record *record, struct text key)
{
    for (uint32_t index = 0; index < record->field_count; index++)
        if (text_is(key, record->fields[index].key))
            return &record->fields[index];
    return NULL;
}

bool field_path_is_known(const struct record *record, struct text pattern)
{
    struct text step;
    uint32_t star_count = 0;
    if (pattern.size == 0 || pattern.data[pattern.size - 1] == '/')
        return false;
    while (step_next(&pattern, &step)) {
        const struct field *field = record != NULL ? field_of(record, step) : NULL;
        if (field == NULL)
            return false;
        record = field->nested;
        if (field->type == FIELD_RECORDS && step_next(&pattern, &step) &&
            (!text_is(step, "*") || pattern.size == 0 || ++star_count > FIELD_PATH_STAR_COUNT_MAX))
            return false;
    }
    return true;
}

static bool is_list(const struct field *field)
{
    return field->type == FIELD_RECORDS || field->type == FIELD_TEXTS;
}

const struct field *field_path_find(const struct record **record, const char *path, bool *is_item)
{
    const struct field *field = NULL;
    struct text rest = text_of(path);
    struct text step;
    *is_item = false;
    while (step_next(&rest, &step)) {
        if (field != NULL && !*is_item && is_list(field)) {
            *is_item = true;
            continue;
        }
        *record = field != NULL ? field->nested : *record;
        *is_item = false;
        field = *record != NULL ? field_of(*record, step) : NULL;
        if (field == NULL)
            return NULL;
    }
    return field;
}

/* Where one choice of list items leads. */
struct place {
    uint32_t star_count; /* lists passed */
    bool is_beyond;      /* the last of these lists has no such item */
    bool is_absent;      /* the field of the last step is not there */
    char path[RECORD_PATH_SIZE_MAX];
};

static void path_add(char path[RECORD_PATH_SIZE_MAX], const char *step)
{
    size_t size = strlen(path);
    (void)snprintf(path + size, RECORD_PATH_SIZE_MAX - size, "%s%s", size != 0 ? "/" : "", step);
}

/* Steps into the item that was chosen for this list. */
static const void *choose_item(struct place *place, const struct field *field, const void *in, const uint32_t *chosen)
{
    const struct text_list *list = member_of(field, in);
    uint32_t index = chosen[place->star_count++];
    char step[16];
    place->is_beyond = index >= list->count;
    if (place->is_beyond)
        return NULL;
    (void)snprintf(step, sizeof step, "%u", (unsigned)index);
    path_add(place->path, step);
    return list_item(field, list, index);
}

static void follow(struct place *place, const struct record *record, const void *in, struct text pattern,
                   const uint32_t *chosen)
{
    struct text step;
    *place = (struct place){0};
    while (in != NULL && step_next(&pattern, &step)) {
        const struct field *field = field_of(record, step);
        path_add(place->path, field->key);
        if (!member_is_present(field, in)) {
            place->is_absent = pattern.size == 0;
            return;
        }
        record = field->nested;
        if (field->type == FIELD_RECORDS && step_next(&pattern, &step))
            in = choose_item(place, field, in, chosen);
        else
            in = member_of(field, in);
    }
}

void field_path_each_absent(const struct record *record, const void *in, struct text pattern, field_path_take *take,
                            void *context)
{
    uint32_t chosen[FIELD_PATH_STAR_COUNT_MAX] = {0};
    if (!field_path_is_known(record, pattern))
        return;
    for (;;) {
        struct place place;
        follow(&place, record, in, pattern, chosen);
        if (place.is_absent)
            take(place.path, context);
        uint32_t star = place.star_count - place.is_beyond; /* stars whose item may be followed by another */
        if (place.is_beyond)
            chosen[star] = 0;
        if (star == 0)
            return;
        chosen[star - 1]++;
    }
}
