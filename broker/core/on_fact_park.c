#include "broker/core/course.h"
#include "broker/core/handler.h"

void on_fact_park(struct turn *turn)
{
    const struct fact_park *park = turn->event->body;
    if (course_apply(turn, turn->file, LIFE_PARK) != OUTCOME_COVER)
        return;
    case_set_park_cause(turn->file, park->cause);
    turn->told = TOLD_FACT;
    turn->fact = "PARKED";
}
