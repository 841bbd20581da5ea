#include "agents/branch/contests.h"

#include <stdio.h>
#include <string.h>

#include "schemas/checks/check.h"

enum { CONTEST_ROW_SIZE_MAX = 768 }; /* larger than any within the limits of its rows */

/* Does the row hold as it must on the wire? */
static bool row_holds(const struct contest *row)
{
    uint8_t encoded[CONTEST_ROW_SIZE_MAX];
    uint8_t memory[CONTEST_ROW_SIZE_MAX];
    struct arena arena = arena_over(memory, sizeof memory);
    struct contest decoded;
    struct problems problems = {0};
    size_t size = 0;
    return record_encode(&record_contest, row, encoded, sizeof encoded, &size) == STATUS_OK &&
           record_decode(&record_contest, bytes_of(encoded, size), &arena, &decoded, &problems) == STATUS_OK;
}

static bool is_warning(struct text id)
{
    for (int name = 0; name < FINDING_COUNT; name++) {
        const struct finding_row *row = finding_row((enum finding_name)name);
        if (text_is(id, row->id) && row->level[0] == 'W')
            return true;
    }
    return false;
}

bool contests_take(struct contests *contests, const char *argument, char *why, size_t why_size)
{
    const char *equals = strchr(argument, '=');
    struct contest row = {.is_present = true};
    if (!equals) {
        snprintf(why, why_size, "it takes CHECK=REASON, as F15=REASON");
        return false;
    }
    row.finding = (struct text){argument, (uint32_t)(equals - argument)};
    row.reason = text_of(equals + 1);
    if (!is_warning(row.finding))
        snprintf(why, why_size, "no check %.*s warns; an error (E) is corrected, not contested",
                 row.finding.size > 8 ? 8 : (int)row.finding.size, argument);
    else if (!row_holds(&row))
        snprintf(why, why_size, "a reason has 1 to 512 bytes in UTF-8");
    else if (contests->count == CONTEST_COUNT_MAX)
        snprintf(why, why_size, "at most %d", CONTEST_COUNT_MAX);
    else
        contests->items[contests->count++] = row;
    return contests->count > 0 && contests->items[contests->count - 1].finding.data == argument;
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_contested(const json_t *own, const char *id, const char *path)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)own, index, row)
    {
        const char *finding = member(row, "finding");
        const char *where = member(row, "path");
        if (finding && strcmp(finding, id) == 0 && (!where || strcmp(where, path) == 0))
            return true;
    }
    return false;
}

static const struct contest *contest_find(const struct contests *contests, const char *id)
{
    for (uint32_t i = 0; i < contests->count; i++)
        if (text_is(contests->items[i].finding, id))
            return &contests->items[i];
    return NULL;
}

/* The application's own list, made where there is none; NULL when out of memory. */
static json_t *own_list(json_t *application)
{
    json_t *own = json_object_get(application, "contest");
    if (own)
        return own;
    own = json_array();
    return json_object_set_new(application, "contest", own) == 0 ? own : NULL;
}

static bool own_append(json_t *application, const struct contest *contest)
{
    json_t *own = own_list(application);
    json_t *row = json_pack("{s:s%, s:s%}", "finding", contest->finding.data, (size_t)contest->finding.size, "reason",
                            contest->reason.data, (size_t)contest->reason.size);
    return own && row && json_array_append_new(own, row) == 0;
}

enum status contests_add(const struct contests *contests, const json_t *findings, json_t *application,
                         bool *is_complete)
{
    size_t index;
    json_t *finding;
    *is_complete = true;
    json_array_foreach((json_t *)findings, index, finding)
    {
        const char *level = member(finding, "level");
        const char *id = member(finding, "id");
        const char *path = member(finding, "path");
        const json_t *own = json_object_get(application, "contest");
        if (!level || level[0] != 'W' || !id || is_contested(own, id, path ? path : ""))
            continue;
        const struct contest *contest = contest_find(contests, id);
        if (!contest || json_array_size(own) >= CONTEST_COUNT_MAX)
            *is_complete = false;
        else if (!own_append(application, contest))
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}
