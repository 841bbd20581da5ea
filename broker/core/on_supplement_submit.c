#include "broker/core/course.h"
#include "broker/core/handler.h"
#include "broker/core/material.h"
#include "broker/core/measure.h"
#include "broker/core/round.h"

enum status supplement_submit_judge(struct turn *turn)
{
    const struct supplement_submit *supplement = turn->event->body;
    if (course_outcome(turn->file, LIFE_SUPPLEMENT_SUBMIT) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    turn->path = "round";
    if (supplement->round.value != turn->file->row.supplement_round.value)
        return STATUS_WRONG_ROUND;
    if (turn->file->base == STATE_SUPP_POST && !round_is_allowed(turn->core, turn->file, supplement->round.value))
        return STATUS_ROUND_LIMIT;
    turn->path = NULL;
    enum status status = materials_judge(turn, &supplement->materials);
    if (status != STATUS_OK)
        return status;
    return turn->file->row.deliveries.count < CASE_DELIVERY_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

void on_supplement_submit(struct turn *turn)
{
    const struct supplement_submit *supplement = turn->event->body;
    if (turn->file->base == STATE_SUPP_PRE)
        turn->file->row.rounds_before = supplement->round;
    if (supplement->has_visit.value != 0)
        measure_return(turn->file, supplement->round.value);
    course_apply(turn, turn->file, LIFE_SUPPLEMENT_SUBMIT);
    if (!materials_bind(turn, turn->file, &supplement->materials) && supplement->materials.count > 0)
        case_flag(turn->file, CASE_DECLARED_ONLY);
    case_add_delivery(turn->file, turn->event->message, turn->event->sequence);
}
