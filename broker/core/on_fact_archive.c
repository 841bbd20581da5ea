#include "broker/core/course.h"
#include "broker/core/handler.h"

void on_fact_archive(struct turn *turn)
{
    if (course_apply(turn, turn->file, LIFE_ARCHIVE) != OUTCOME_MOVE)
        return;
    turn->told = TOLD_FACT;
    turn->fact = "ARCHIVED";
}
