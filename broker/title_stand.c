#include "broker/title_stand.h"

#include <stdlib.h>
#include <string.h>

#include "schemas/checks/check.h"

/* The body, and the lists of as many units and burdens as one result may tell of. */
enum { TITLE_STAND_SIZE = MESSAGE_SIZE_MAX + MESSAGE_ARENA_SIZE };

enum status title_stand_init(struct title_stand *stand)
{
    *stand = (struct title_stand){.arena = arena_over(malloc(TITLE_STAND_SIZE), TITLE_STAND_SIZE)};
    return stand->arena.memory != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void title_stand_fini(struct title_stand *stand)
{
    free(stand->arena.memory);
    stand->arena = (struct arena){0};
}

static bool is_of(const struct title_row *row, struct text branch, const struct case_submit *application)
{
    const char *window = application->district.data != NULL ? window_of_district(application->district) : NULL;

    return text_equal(row->branch, branch) && window != NULL && text_is(row->window, window) && row->result.is_present;
}

/* A body whose day key is gone cannot be looked at any more: then nobody may stand on it. */
static enum status read_result(struct title_stand *stand, struct keeper *keeper, uint64_t sequence, char *why)
{
    struct keeper_origin origin;
    struct problems problems = {.count = 0};
    const enum status status = keeper_origin(keeper, sequence, &origin, why);

    if (status != STATUS_OK || origin.entry.body.data == NULL)
        return status;
    const size_t size = origin.entry.body.size;
    uint8_t *copy = arena_take(&stand->arena, size);
    if (copy == NULL)
        return STATUS_LIMIT;
    memcpy(copy, origin.entry.body.data, size);
    stand->is_there = record_decode(&record_title_result, bytes_of(copy, size), &stand->arena, &stand->result,
                                    &problems) == STATUS_OK;
    return STATUS_OK;
}

enum status title_stand_read(struct title_stand *stand, struct keeper *keeper, struct text branch,
                             const struct case_submit *application, char *why)
{
    struct title_row row;

    arena_reset(&stand->arena);
    stand->is_there = stand->is_foreign = false;
    if (!application->title.is_present)
        return STATUS_OK;
    const struct row_key key = row_key_title((uint64_t)application->title.value);
    enum status status = keeper_row(keeper, &key, &record_title_row, &stand->arena, &row, why);
    if (status == STATUS_OK && is_of(&row, branch, application)) {
        stand->valid_until_us = row.valid_until.value;
        status = read_result(stand, keeper, (uint64_t)row.result.value, why);
    }
    stand->is_foreign = !stand->is_there;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
