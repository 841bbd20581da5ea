#include "broker/core/feed.h"

#include "broker/core/timer.h"

void feed_tell(struct turn *turn, struct branch_file *branch, const struct case_file *file, const char *fact,
               struct text detail)
{
    struct core *core = turn->core;
    branch->row.event_last.value++;
    struct feed_row row = {.sequence = number_of((int64_t)turn->event->sequence),
                           .case_id = file->row.case_id,
                           .state = file->row.state,
                           .fact = text_of(fact),
                           .detail = detail,
                           .is_present = true};
    if (fact != NULL && turn->event->message == MESSAGE_FACT_ALARM) {
        const struct fact_alarm *alarm = turn->event->body;
        row.clock = alarm->clock;
        row.stage = alarm->stage;
    }
    struct row_key key = row_key_feed(text_of(branch->name), (uint64_t)branch->row.event_last.value);
    core_put(core, &key, &record_feed_row, &row);
    core_touch_branch(core, branch);
    list_append(&core->feeding, &branch->of_pump);
}

void feed_append(struct turn *turn, struct case_file *file, const char *fact)
{
    feed_tell(turn, file->branch, file, fact, (struct text){0});
    file->row.feed_last = number_of(file->branch->row.event_last.value);
}

static void feed_watch(struct turn *turn, struct branch_file *branch)
{
    int64_t retry_us = turn->event->time_us + us_of_ms(turn->core->settings.feed_retry_ms);
    if (branch->session == NULL || branch->base >= branch->cursor)
        timer_clear(&turn->core->timers, &branch->timer);
    else
        timer_set(&turn->core->timers, &branch->timer, retry_us);
}

void feed_pump(struct turn *turn, struct branch_file *branch)
{
    uint64_t last = (uint64_t)branch->row.event_last.value;
    uint64_t limit = branch->base + turn->core->settings.feed_in_flight_max;
    if (limit > last)
        limit = last;
    if (branch->session == NULL || branch->cursor >= limit)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_FEED, text_of(branch->name));
    effect->number = branch->cursor + 1;
    effect->number_last = limit;
    branch->cursor = limit;
    if (!timer_is_set(&branch->timer))
        feed_watch(turn, branch);
}

void feed_advance(struct turn *turn, struct branch_file *branch, uint64_t number)
{
    if (number <= branch->base)
        return;
    branch->base = number;
    if (branch->cursor < number)
        branch->cursor = number;
    feed_watch(turn, branch);
    list_append(&turn->core->feeding, &branch->of_pump);
}

void feed_rewind(struct turn *turn, struct branch_file *branch, uint64_t number)
{
    branch->base = branch->cursor = number;
    feed_watch(turn, branch);
    list_append(&turn->core->feeding, &branch->of_pump);
}

void feed_retry(struct turn *turn, struct branch_file *branch)
{
    branch->cursor = branch->base;
    list_append(&turn->core->feeding, &branch->of_pump);
}
