#include "broker/core/course.h"
#include "broker/core/handler.h"

void on_fact_doubt(struct turn *turn)
{
    if (course_apply(turn, turn->file, LIFE_DOUBT) != OUTCOME_STAY)
        return;
    case_flag(turn->file, CASE_IN_DOUBT);
    turn->told = TOLD_FACT;
    turn->fact = "IN_DOUBT";
}
