#include "broker/core/handler.h"
#include "broker/core/rules.h"
#include "broker/core/title.h"

enum status title_result_judge(struct turn *turn)
{
    const struct title_result *result = turn->event->body;
    struct title_row row;
    turn->path = "query";
    if (!title_find(turn->core, (uint64_t)result->query.value, &row))
        return STATUS_NOT_FOUND;
    return text_equal(row.window, turn->event->participant) ? STATUS_OK : STATUS_NOT_YOURS;
}

/* A window's clock may be ahead: its result is not good for longer because of that. */
static int64_t valid_until(struct turn *turn, const struct title_result *result)
{
    const struct window_rules *rules = core_rules(turn->core, turn->event->participant);
    int64_t minutes =
        rules != NULL && rules->title_minutes.is_present ? rules->title_minutes.value : TITLE_MINUTES_DEFAULT;
    int64_t looked_us = result->as_of.value < turn->event->time_us ? result->as_of.value : turn->event->time_us;
    int64_t until_us = looked_us + us_of_ms(minutes * 60000);
    bool is_shorter = result->valid_until.is_present && result->valid_until.value < until_us;
    return is_shorter ? result->valid_until.value : until_us;
}

/* The first answer stands; a later one is stored and changes nothing. */
void on_title_result(struct turn *turn)
{
    const struct event *event = turn->event;
    const struct title_result *result = event->body;
    uint64_t sequence = (uint64_t)result->query.value;
    struct row_key key = row_key_title(sequence);
    struct title_row row;
    if (!title_find(turn->core, sequence, &row) || row.result.is_present)
        return;
    row.result = number_of((int64_t)event->sequence);
    row.as_of = result->as_of;
    row.valid_until = number_of(valid_until(turn, result));
    if (!event->is_replay) {
        title_tell(turn, sequence, &row);
        title_settle(turn->core, core_window(turn->core, event->participant), sequence);
    }
    core_put(turn->core, &key, &record_title_row, &row);
}
