#include "broker/core/course.h"
#include "broker/core/handler.h"

void on_fact_dispatch(struct turn *turn)
{
    if (course_apply(turn, turn->file, LIFE_DISPATCH) == OUTCOME_MOVE)
        turn->file->row.is_dispatched = number_of(true);
}
