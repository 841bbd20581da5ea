#include "broker/core/course.h"
#include "broker/core/handler.h"

/* Filed again after a loss: only the window knows whether it had it, so it is not withdrawn behind its back. */
static bool is_unknown_to_us(const struct case_file *file)
{
    return case_has(file, CASE_FILED_AGAIN) && (file->base == STATE_SUBMITTED || file->base == STATE_QUEUED);
}

enum status withdraw_req_judge(struct turn *turn)
{
    if (is_unknown_to_us(turn->file))
        return STATUS_BUSY;
    if (course_outcome(turn->file, LIFE_WITHDRAW_REQ) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    return turn->file->row.deliveries.count < CASE_DELIVERY_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

void on_withdraw_req(struct turn *turn)
{
    course_apply(turn, turn->file, LIFE_WITHDRAW_REQ);
    if (lifecycle_is_open(turn->file->base)) {
        case_add_delivery(turn->file, turn->event->message, turn->event->sequence);
        return;
    }
    turn->told = TOLD_FACT;
    turn->fact = "WITHDRAWN";
}
