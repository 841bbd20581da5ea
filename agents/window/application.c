#include "agents/window/application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value a path names, walked word by word: "units/0/zl". `word` gets the last word, `parent` what holds it. */
static bool path_walk(json_t *root, struct text path, json_t **parent, char word[RECORD_PATH_SIZE_MAX])
{
    json_t *at = root;
    uint32_t start = 0;
    *parent = NULL;
    for (uint32_t i = 0; i <= path.size && at; i++) {
        if (i < path.size && path.data[i] != '/')
            continue;
        snprintf(word, RECORD_PATH_SIZE_MAX, "%.*s", (int)(i - start), path.data + start);
        *parent = at;
        at = json_is_array(at) ? json_array_get(at, (size_t)strtoul(word, NULL, 10)) : json_object_get(at, word);
        start = i + 1;
        if (i == path.size)
            return json_is_object(*parent) || (json_is_array(*parent) && at);
    }
    return false;
}

static bool change_put(json_t *root, const struct change *change)
{
    char word[RECORD_PATH_SIZE_MAX] = "";
    json_t *parent = NULL;
    json_error_t error;
    json_t *value = json_loadb(change->new_value.data, change->new_value.size, JSON_DECODE_ANY, &error);
    if (!value || !path_walk(root, change->path, &parent, word)) {
        json_decref(value);
        return false;
    }
    if (json_is_array(parent))
        return json_array_set_new(parent, (size_t)strtoul(word, NULL, 10), value) == 0;
    return json_object_set_new(parent, word, value) == 0;
}

static enum status changes_put(json_t *root, const struct supplement_submit *supplement,
                               char path[RECORD_PATH_SIZE_MAX])
{
    for (uint32_t i = 0; i < supplement->changes.count; i++) {
        const struct change *change = &supplement->changes.items[i];
        if (change_put(root, change))
            continue;
        snprintf(path, RECORD_PATH_SIZE_MAX, "%.*s", TEXT_ARGS(change->path));
        return STATUS_NOT_FOUND;
    }
    return STATUS_OK;
}

enum status application_change(struct bytes body, struct bytes supplement, struct arena *arena, uint8_t *out,
                               size_t capacity, size_t *size, char path[RECORD_PATH_SIZE_MAX])
{
    struct supplement_submit changes;
    struct problems problems;
    json_t *root = NULL;
    path[0] = 0;
    *size = 0;
    arena_reset(arena);
    /* Keys nobody knows are passed over. */
    (void)!record_decode(&record_supplement_submit, supplement, arena, &changes, &problems);
    enum status status = msgpack_to_json(body, &root);
    if (status == STATUS_OK)
        status = changes_put(root, &changes, path);
    if (status == STATUS_OK)
        status = json_to_msgpack(root, out, capacity, size);
    json_decref(root);
    return status;
}

enum status application_read(struct bytes body, struct arena *arena, struct case_submit *out)
{
    struct problems problems;
    enum status status = record_decode(&record_case_submit, body, arena, out, &problems);
    if (status == STATUS_LIMIT)
        return status;
    return out->units.count > 0 && out->kind.data ? STATUS_OK : STATUS_BAD_BODY;
}
