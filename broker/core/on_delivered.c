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

void on_delivered(struct turn *turn)
{
    const struct delivered *delivered = turn->event->body;
    struct case_file *file = turn->file;
    uint32_t index = (uint32_t)delivered->number.value - 1;
    enum lifecycle_event event = index == 0 ? LIFE_DELIVERED : LIFE_FOLLOW_UP;
    enum lifecycle_outcome outcome = course_apply(turn, file, event);
    case_delivered(file, index);
    case_show(file, turn->event->time_us);
    turn->told = TOLD_FACT;
    turn->fact = outcome == OUTCOME_CONTRADICTION ? "CONTRADICTION" : "DELIVERED";
}
