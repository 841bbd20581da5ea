#include "agents/branch/clerks.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/kind.h"

enum { CLERK_SIZE_MAX = 50 }; /* as of bank/clerk in an application */

struct clerks {
    json_t *list;
};

static struct text text_of_json(const json_t *json)
{
    const char *string = json_string_value(json);
    return string ? (struct text){string, (uint32_t)json_string_length(json)} : (struct text){NULL, 0};
}

static bool texts_equal(struct text one, struct text other)
{
    return one.data && other.data && one.size == other.size && memcmp(one.data, other.data, one.size) == 0;
}

/* ---- the file ---- */

static bool is_kind_or_all(const json_t *json)
{
    struct text kind = text_of_json(json);
    return kind.data && (text_is(kind, "*") || kind_find(kind) != NULL);
}

static bool are_kinds(const json_t *kinds)
{
    size_t index;
    json_t *kind;
    bool are_all = json_array_size(kinds) > 0;
    json_array_foreach((json_t *)kinds, index, kind) are_all = are_all && is_kind_or_all(kind);
    return are_all;
}

static const json_t *row_find(const json_t *list, struct text clerk)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)list, index, row)
    {
        if (texts_equal(text_of_json(json_object_get(row, "clerk")), clerk))
            return row;
    }
    return NULL;
}

/* NULL, or what is wrong with this row. */
static const char *row_judge(const json_t *list, const json_t *row)
{
    struct text clerk = text_of_json(json_object_get(row, "clerk"));
    if (!clerk.data || clerk.size == 0 || clerk.size > CLERK_SIZE_MAX)
        return "clerk is a staff number of 1 to 50 bytes";
    if (!are_kinds(json_object_get(row, "kinds")))
        return "kinds is a list of kinds of registration, as M01, or of *";
    if (json_object_size(row) != 2)
        return "there is more than clerk and kinds";
    return row_find(list, clerk) == row ? NULL : "this clerk stands in the list twice";
}

static enum status list_judge(const json_t *list, const char *path, char *why, size_t why_size)
{
    size_t index;
    json_t *row;
    if (json_array_size(list) == 0) {
        snprintf(why, why_size, "%.500s: a JSON list of clerks is meant, with at least one", path);
        return STATUS_CONFIG;
    }
    json_array_foreach((json_t *)list, index, row)
    {
        const char *flaw = row_judge(list, row);
        if (flaw) {
            snprintf(why, why_size, "%.500s: row %zu: %s", path, index + 1, flaw);
            return STATUS_CONFIG;
        }
    }
    return STATUS_OK;
}

static enum status list_read(const char *path, json_t **out, char *why, size_t why_size)
{
    json_error_t error;
    *out = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (*out)
        return list_judge(*out, path, why, why_size);
    if (json_error_code(&error) == json_error_cannot_open_file) {
        snprintf(why, why_size, "%.500s: the list of clerks cannot be opened", path);
        return STATUS_NOT_FOUND;
    }
    snprintf(why, why_size, "%.500s: broken JSON at line %d", path, error.line);
    return STATUS_CONFIG;
}

enum status clerks_read(const char *path, struct clerks **out, char *why, size_t why_size)
{
    struct clerks *clerks = calloc(1, sizeof *clerks);
    enum status status = STATUS_NO_MEMORY;
    *out = clerks;
    snprintf(why, why_size, "%s", status_english(status));
    if (clerks)
        status = list_read(path, &clerks->list, why, why_size);
    if (status != STATUS_OK)
        clerks_free(out);
    return status;
}

void clerks_free(struct clerks **clerks)
{
    if (!*clerks)
        return;
    json_decref((*clerks)->list);
    free(*clerks);
    *clerks = NULL;
}

/* ---- judging ---- */

bool clerks_allow(const struct clerks *clerks, struct text clerk, struct text kind)
{
    size_t index;
    json_t *allowed;
    const json_t *row = row_find(clerks->list, clerk);
    bool is_allowed = row && !kind.data;
    json_array_foreach(json_object_get(row, "kinds"), index, allowed)
    {
        struct text one = text_of_json(allowed);
        is_allowed = is_allowed || text_is(one, "*") || texts_equal(one, kind);
    }
    return is_allowed;
}
