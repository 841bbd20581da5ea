#include "broker/core/title_rate.h"

#include "broker/core/timer.h"

static const int64_t hour_ms = 3600000;
static const int64_t day_ms = 86400000;

/* Given in the hour that is counted now? */
static bool is_given(const struct branch_row *row)
{
    return row->title_alarm_at.is_present && row->title_alarm_at.value >= row->title_since.value;
}

static bool is_due(const struct core *core, const struct branch_row *row)
{
    int64_t limit = core->settings.title_hour_count_max;
    return limit > 0 && row->title_count.value > limit && !is_given(row);
}

void title_rate_count(struct turn *turn)
{
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    struct branch_row *row = &branch->row;
    int64_t now_us = turn->event->time_us;
    if (!row->title_since.is_present || now_us - row->title_since.value >= us_of_ms(hour_ms)) {
        row->title_since = number_of(now_us);
        row->title_count = number_of(0);
    }
    row->title_count = number_of(row->title_count.value + 1);
    core_touch_branch(turn->core, branch);
    if (is_due(turn->core, row))
        list_append(&turn->core->rate_due, &branch->of_rate);
}

bool title_rate_propose(struct core *core, struct fact *out)
{
    for (struct branch_file *branch; (branch = list_take(&core->rate_due)) != NULL;) {
        if (!is_due(core, &branch->row))
            continue;
        out->message = MESSAGE_FACT_TITLE_RATE;
        out->body.title_rate = (struct fact_title_rate){.branch = text_of(branch->name),
                                                        .since = branch->row.title_since,
                                                        .count = branch->row.title_count,
                                                        .is_present = true};
        return true;
    }
    return false;
}

uint32_t core_title_alarms(const struct core *core, int64_t now_us, struct text out[TITLE_RATE_COUNT_MAX])
{
    uint32_t cursor = 0;
    uint32_t count = 0;
    for (const struct branch_file *branch; (branch = table_next(&core->branches, &cursor)) != NULL;)
        if (branch->row.title_alarm_at.is_present && now_us - branch->row.title_alarm_at.value < us_of_ms(day_ms) &&
            count < TITLE_RATE_COUNT_MAX)
            out[count++] = text_of(branch->name);
    return count;
}
