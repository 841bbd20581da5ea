#include "broker/core/course.h"
#include "broker/core/handler.h"

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
}
