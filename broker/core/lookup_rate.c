#include "broker/core/lookup_rate.h"

#include <assert.h>

#include "broker/core/memory.h"
#include "broker/core/timer.h"

static const int64_t hour_ms = 3600000;
static const int64_t day_ms = 86400000;

struct operator_file *lookup_operator(struct core *core, struct text name)
{
    struct operator_file *file = table_find(&core->operators, key_of_text(name));
    if (file != NULL)
        return file;
    file = memory_take(sizeof *file);
    assert(name.size < sizeof file->name);
    memcpy(file->name, name.data, name.size);
    file->of_rate.owner = file;
    table_put(&core->operators, key_of_text(text_of(file->name)), file);
    return file;
}

static void touch(struct core *core, const struct operator_file *file)
{
    struct row_key key = row_key_operator(text_of(file->name));
    rows_touch(&core->rows, &key);
}

/* Given in the hour that is counted now? */
static bool is_given(const struct operator_row *row)
{
    return row->alarm_at.is_present && row->alarm_at.value >= row->since.value;
}

static bool is_due(const struct core *core, const struct operator_row *row)
{
    int64_t limit = core->settings.lookup_hour_count_max;
    return limit > 0 && row->count.value > limit && !is_given(row);
}

void lookup_rate_count(struct turn *turn)
{
    struct operator_file *file = lookup_operator(turn->core, turn->event->participant);
    struct operator_row *row = &file->row;
    int64_t now_us = turn->event->time_us;
    if (!row->is_present || now_us - row->since.value >= us_of_ms(hour_ms)) {
        row->since = number_of(now_us);
        row->count = number_of(0);
        row->is_present = true;
    }
    row->count = number_of(row->count.value + 1);
    touch(turn->core, file);
    if (is_due(turn->core, row))
        list_append(&turn->core->lookup_due, &file->of_rate);
}

void lookup_rate_told(struct turn *turn, struct text name)
{
    struct operator_file *file = table_find(&turn->core->operators, key_of_text(name));
    if (file == NULL)
        return;
    file->row.alarm_at = number_of(turn->event->time_us);
    touch(turn->core, file);
}

bool lookup_rate_propose(struct core *core, struct fact *out)
{
    for (struct operator_file *file; (file = list_take(&core->lookup_due)) != NULL;) {
        if (!is_due(core, &file->row))
            continue;
        out->message = MESSAGE_FACT_LOOKUP_RATE;
        out->body.lookup_rate = (struct fact_lookup_rate){
            .who = text_of(file->name), .since = file->row.since, .count = file->row.count, .is_present = true};
        return true;
    }
    return false;
}

uint32_t core_lookup_alarms(const struct core *core, int64_t now_us, struct text out[LOOKUP_RATE_COUNT_MAX])
{
    uint32_t cursor = 0;
    uint32_t count = 0;
    for (const struct operator_file *file; (file = table_next(&core->operators, &cursor)) != NULL;)
        if (file->row.alarm_at.is_present && now_us - file->row.alarm_at.value < us_of_ms(day_ms) &&
            count < LOOKUP_RATE_COUNT_MAX)
            out[count++] = text_of(file->name);
    return count;
}
