#include "broker/core/handler.h"
#include "broker/core/lookup_rate.h"

void on_fact_lookup_rate(struct turn *turn)
{
    const struct fact_lookup_rate *rate = turn->event->body;
    lookup_rate_told(turn, rate->who);
    if (turn->event->is_replay)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_LOOKUP_RATE, rate->who);
    effect->number = (uint64_t)rate->count.value;
}
