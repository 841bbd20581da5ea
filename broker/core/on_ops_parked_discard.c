#include "broker/core/course.h"
#include "broker/core/handler.h"

/* Two persons: the approver is not the operator, with or without the O: in front. */
static bool is_the_operator(struct text operator, struct text approver)
{
    struct text name = {operator.data + 2, operator.size - 2 };
    return text_equal(operator, approver) || text_equal(name, approver);
}

enum status parked_discard_judge(struct turn *turn)
{
    const struct ops_parked_discard *discard = turn->event->body;
    if (course_outcome(turn->file, LIFE_PARKED_DISCARD) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    turn->path = "approver";
    return is_the_operator(turn->event->participant, discard->approver) ? STATUS_BAD_BODY : STATUS_OK;
}

void on_ops_parked_discard(struct turn *turn)
{
    course_apply(turn, turn->file, LIFE_PARKED_DISCARD);
    turn->told = TOLD_FACT;
    turn->fact = "EXPIRED";
}
