#include "broker/core/course.h"
#include "broker/core/handler.h"

/* The same acknowledgement again, or one for what was not sent yet: nothing new. */
enum status delivered_judge(struct turn *turn)
{
    const struct delivered *delivered = turn->event->body;
    const struct case_file *file = turn->file;
    uint32_t index = (uint32_t)delivered->number.value - 1;
    if (index >= file->row.deliveries.count) {
        turn->path = "number";
        return STATUS_LIMIT;
    }
    int64_t state = file->row.deliveries.items[index].is_delivered.value;
    bool is_early = state == DELIVERY_OPEN && index != case_next_delivery(file);
    turn->is_needless = file->row.is_dispatched.value == 0 || state == DELIVERY_DONE || is_early;
    return STATUS_OK;
}

/* What the branch hears: what exactly the window has now. That it has the
 * branch's own CERT_ACK is no news, unless the case was set aside for it. */
static const char *fact_of_delivery(const struct case_file *file, uint32_t index, enum lifecycle_outcome outcome)
{
    const struct text type = file->row.deliveries.items[index].type;
    if (text_is(type, message_kind(MESSAGE_CASE_SUBMIT)->name))
        return "DELIVERED";
    if (text_is(type, message_kind(MESSAGE_SUPPLEMENT_SUBMIT)->name))
        return "SUPPLEMENT_DELIVERED";
    if (text_is(type, message_kind(MESSAGE_WITHDRAW_REQ)->name))
        return "WITHDRAWAL_DELIVERED";
    return outcome == OUTCOME_LIFT ? "FOLLOW_UP_DELIVERED" : NULL;
}

void on_delivered(struct turn *turn)
{
    const struct delivered *delivered = turn->event->body;
    struct case_file *file = turn->file;
    uint32_t index = (uint32_t)delivered->number.value - 1;
    enum lifecycle_event event = index == 0 ? LIFE_DELIVERED : LIFE_FOLLOW_UP;
    enum lifecycle_outcome outcome = course_apply(turn, file, event);
    case_delivered(file, index);
    case_show(file, turn->event->time_us);
    turn->fact = outcome == OUTCOME_CONTRADICTION ? "CONTRADICTION" : fact_of_delivery(file, index, outcome);
    turn->told = turn->fact != NULL ? TOLD_FACT : TOLD_NOTHING;
}
