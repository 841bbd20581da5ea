#include "broker/title_stand.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/title.h"

/* Bodies, and the lists of the units and burdens they tell of. Several results share it: one that finds no room cannot
 * be looked at, and one alone always finds it. */
enum { TITLE_STAND_SIZE = 8 * (MESSAGE_SIZE_MAX + MESSAGE_ARENA_SIZE), TITLE_ROW_SIZE_MAX = 512 };

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

/* A body whose day key is gone cannot be looked at any more: then nobody may stand on it. */
static enum status read_result(struct title_stand *stand, struct keeper *keeper, uint64_t sequence, char *why)
{
    struct keeper_origin origin;
    struct problems problems = {.count = 0};
    struct title_result *result = &stand->results[stand->count];
    const enum status status = keeper_origin(keeper, sequence, &origin, why);

    if (status != STATUS_OK || origin.entry.body.data == NULL)
        return status;
    const size_t size = origin.entry.body.size;
    uint8_t *copy = arena_take(&stand->arena, size);
    if (copy == NULL)
        return STATUS_OK;
    memcpy(copy, origin.entry.body.data, size);
    if (record_decode(&record_title_result, bytes_of(copy, size), &stand->arena, result, &problems) == STATUS_OK)
        stand->items[stand->count].result = result;
    return STATUS_OK;
}

static enum status read_query(struct title_stand *stand, struct keeper *keeper, uint64_t query,
                              const struct title_row *wanted, char *why)
{
    uint8_t memory[TITLE_ROW_SIZE_MAX];
    struct arena arena = arena_over(memory, sizeof memory);
    struct title_row row;
    const struct row_key key = row_key_title(query);
    enum status status = keeper_row(keeper, &key, &record_title_row, &arena, &row, why);

    stand->items[stand->count] = (struct title_stood){.query = (int64_t)query};
    if (status == STATUS_OK && title_is_of(&row, wanted->branch, wanted->window)) {
        stand->items[stand->count].valid_until_us = row.valid_until.value;
        status = read_result(stand, keeper, (uint64_t)row.result.value, why);
    }
    stand->count++;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status title_stand_read(struct title_stand *stand, struct keeper *keeper, struct text branch,
                             const struct case_submit *application, char *why)
{
    uint64_t queries[TITLE_STAND_COUNT_MAX];
    const uint32_t count = title_queries(application, queries);
    const char *window = application->district.data != NULL ? window_of_district(application->district) : NULL;
    const struct title_row wanted = {.branch = branch, .window = text_of(window != NULL ? window : "")};
    enum status status = STATUS_OK;

    arena_reset(&stand->arena);
    stand->count = 0;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_query(stand, keeper, queries[i], &wanted, why);
    return status;
}

const struct title_stood *title_stand_common(const struct title_stand *stand, const struct case_submit *application)
{
    const bool has_common = application->title.is_present && stand->count > 0;

    return has_common ? &stand->items[0] : NULL;
}
