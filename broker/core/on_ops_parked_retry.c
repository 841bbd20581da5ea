#include "broker/core/course.h"
#include "broker/core/delivery.h"
#include "broker/core/handler.h"

enum status parked_retry_judge(struct turn *turn)
{
    return course_outcome(turn->file, LIFE_PARKED_RETRY) == OUTCOME_REFUSE ? STATUS_WRONG_STATE : STATUS_OK;
}

void on_ops_parked_retry(struct turn *turn)
{
    course_apply(turn, turn->file, LIFE_PARKED_RETRY);
    case_unpark(turn->file);
    delivery_restart(turn->file);
    turn->told = TOLD_FACT;
    turn->fact = "REQUEUED";
}
