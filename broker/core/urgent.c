#include "broker/core/urgent.h"

#include "broker/core/memory.h"
#include "broker/core/timer.h"

void urgent_load(struct branch_file *branch, uint64_t behind)
{
    struct urgent_feed *urgent = &branch->urgent;
    if (urgent->behind_count == urgent->behind_capacity) {
        urgent->behind_capacity = urgent->behind_capacity != 0 ? urgent->behind_capacity * 2 : 8;
        urgent->behind = memory_grow(urgent->behind, urgent->behind_capacity * sizeof *urgent->behind);
    }
    urgent->behind[urgent->behind_count++] = behind;
}

bool urgent_wants(const struct branch_file *branch, uint64_t *number)
{
    *number = (uint64_t)branch->row.urgent_acknowledged.value + branch->urgent.behind_count + 1;
    return *number <= (uint64_t)branch->row.urgent_last.value;
}

void feed_append_urgent(struct turn *turn, struct case_file *file, const char *advice)
{
    struct core *core = turn->core;
    struct branch_file *branch = file->branch;
    branch->row.urgent_last = number_of(branch->row.urgent_last.value + 1);
    struct feed_row row = {.sequence = number_of((int64_t)turn->event->sequence),
                           .case_id = file->row.case_id,
                           .state = file->row.state,
                           .behind = number_of(file->row.feed_last.value),
                           .advice = text_of(advice),
                           .is_present = true};
    struct row_key key = row_key_urgent(text_of(branch->name), (uint64_t)branch->row.urgent_last.value);
    core_put(core, &key, &record_feed_row, &row);
    core_touch_branch(core, branch);
    urgent_load(branch, (uint64_t)row.behind.value);
    list_append(&core->feeding, &branch->of_pump);
}

/* What is acknowledged was stored together with all that came before it. */
static uint64_t behind_of(const struct branch_file *branch, uint64_t number)
{
    uint64_t acknowledged = (uint64_t)branch->row.urgent_acknowledged.value;
    if (number <= acknowledged)
        return (uint64_t)branch->row.event_acknowledged.value;
    return branch->urgent.behind[number - acknowledged - 1];
}

static void urgent_watch(struct turn *turn, struct branch_file *branch)
{
    int64_t retry_us = turn->event->time_us + us_of_ms(turn->core->settings.feed_retry_ms);
    if (branch->session == NULL || branch->urgent.base >= branch->urgent.cursor)
        timer_clear(&turn->core->timers, &branch->urgent.timer);
    else
        timer_set(&turn->core->timers, &branch->urgent.timer, retry_us);
}

void urgent_pump(struct turn *turn, struct branch_file *branch)
{
    struct urgent_feed *urgent = &branch->urgent;
    uint64_t last = (uint64_t)branch->row.urgent_last.value;
    uint64_t limit = urgent->base + turn->core->settings.feed_in_flight_max;
    uint64_t first = urgent->cursor + 1;
    if (limit > last)
        limit = last;
    if (branch->session == NULL)
        return;
    while (urgent->cursor < limit && behind_of(branch, urgent->cursor + 1) <= branch->cursor)
        urgent->cursor++;
    if (urgent->cursor < first)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_FEED, text_of(branch->name));
    effect->number = first;
    effect->number_last = urgent->cursor;
    effect->is_urgent = true;
    if (!timer_is_set(&urgent->timer))
        urgent_watch(turn, branch);
}

void urgent_advance(struct turn *turn, struct branch_file *branch, uint64_t number)
{
    if (number <= branch->urgent.base)
        return;
    branch->urgent.base = number;
    if (branch->urgent.cursor < number)
        branch->urgent.cursor = number;
    urgent_watch(turn, branch);
    list_append(&turn->core->feeding, &branch->of_pump);
}

void urgent_rewind(struct turn *turn, struct branch_file *branch, uint64_t number)
{
    branch->urgent.base = branch->urgent.cursor = number;
    urgent_watch(turn, branch);
    list_append(&turn->core->feeding, &branch->of_pump);
}

void urgent_retry(struct turn *turn, struct branch_file *branch)
{
    branch->urgent.cursor = branch->urgent.base;
    list_append(&turn->core->feeding, &branch->of_pump);
}

void urgent_acknowledge(struct turn *turn, struct branch_file *branch, uint64_t number)
{
    struct urgent_feed *urgent = &branch->urgent;
    uint32_t gone = (uint32_t)(number - (uint64_t)branch->row.urgent_acknowledged.value);
    urgent->behind_count -= gone;
    memmove(urgent->behind, urgent->behind + gone, urgent->behind_count * sizeof *urgent->behind);
    branch->row.urgent_acknowledged = number_of((int64_t)number);
    core_touch_branch(turn->core, branch);
    urgent_advance(turn, branch, number);
}
