#include "broker/core/course.h"
#include "broker/core/handler.h"

enum status supplement_submit_judge(struct turn *turn)
{
    const struct supplement_submit *supplement = turn->event->body;
    if (course_outcome(turn->file, LIFE_SUPPLEMENT_SUBMIT) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    if (supplement->round.value != turn->file->row.supplement_round.value) {
        turn->path = "round";
        return STATUS_WRONG_ROUND;
    }
    return turn->file->row.deliveries.count < CASE_DELIVERY_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

void on_supplement_submit(struct turn *turn)
{
    course_apply(turn, turn->file, LIFE_SUPPLEMENT_SUBMIT);
    case_add_delivery(turn->file, turn->event->message, turn->event->sequence);
}
