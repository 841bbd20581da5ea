#include "broker/core/course.h"
#include "broker/core/fee.h"
#include "broker/core/handler.h"

enum status fee_paid_judge(struct turn *turn)
{
    const struct fee_paid *paid = turn->event->body;
    if (course_outcome(turn->file, LIFE_FEE_PAID) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    if (!fee_is_payable(turn->file, paid->bill)) {
        turn->path = "bill";
        return STATUS_WRONG_STATE;
    }
    return turn->file->row.deliveries.count < CASE_DELIVERY_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

/* The window says where the fee stands; until then it stays what it was. */
void on_fee_paid(struct turn *turn)
{
    course_apply(turn, turn->file, LIFE_FEE_PAID);
    case_add_delivery(turn->file, turn->event->message, turn->event->sequence);
}
