#include "broker/core/course.h"
#include "broker/core/handler.h"

void on_fact_expire(struct turn *turn)
{
    if (course_apply(turn, turn->file, LIFE_EXPIRE) != OUTCOME_MOVE)
        return;
    turn->told = TOLD_FACT;
    turn->fact = "EXPIRED";
}
