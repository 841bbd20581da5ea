#include "broker/core/handler.h"

void on_fact_title_rate(struct turn *turn)
{
    const struct fact_title_rate *rate = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, rate->branch);
    branch->row.title_alarm_at = number_of(turn->event->time_us);
    core_touch_branch(turn->core, branch);
    if (turn->event->is_replay)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_TITLE_RATE, rate->branch);
    effect->number = (uint64_t)rate->count.value;
}
