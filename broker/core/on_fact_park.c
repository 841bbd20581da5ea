#include <stdio.h>

#include "broker/core/course.h"
#include "broker/core/handler.h"

static void tell_operations(struct turn *turn, const struct fact_park *park)
{
    struct effect *effect = turn_effect(turn, EFFECT_PARKED, turn->file->row.window);
    memcpy(effect->case_id, turn->file->case_id, sizeof effect->case_id);
    effect->number = (uint64_t)park->attempts.value;
    (void)snprintf(effect->path, sizeof effect->path, "%.*s", TEXT_ARGS(row_park_class(&turn->file->row)));
}

void on_fact_park(struct turn *turn)
{
    const struct fact_park *park = turn->event->body;
    if (course_apply(turn, turn->file, LIFE_PARK) != OUTCOME_COVER)
        return;
    case_set_park_cause(turn->file, park->cause);
    case_keep_text(&turn->file->row.park_class, park->class);
    turn->file->row.park_attempts = park->attempts;
    turn->file->row.parked_at = number_of(turn->event->time_us);
    turn->told = TOLD_FACT;
    turn->fact = "PARKED";
    if (!turn->event->is_replay)
        tell_operations(turn, park);
}
