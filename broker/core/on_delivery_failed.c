#include "broker/core/attempts.h"
#include "broker/core/course.h"
#include "broker/core/delivery.h"
#include "broker/core/handler.h"

enum status delivery_failed_judge(struct turn *turn)
{
    const struct delivery_failed *failed = turn->event->body;
    if (failed->number.value > turn->file->row.deliveries.count) {
        turn->path = "number";
        return STATUS_LIMIT;
    }
    return STATUS_OK;
}

/* What the window acknowledged from there on it does not have: it goes again, in order, once an operator says so. */
static void reopen(struct case_file *file, uint32_t index)
{
    for (uint32_t i = index; i < file->row.deliveries.count; i++)
        if (file->row.deliveries.items[i].is_delivered.value == DELIVERY_DONE)
            file->row.deliveries.items[i].is_delivered = number_of(DELIVERY_OPEN);
}

/* Of the application the table decides, since the registry has what it spoke of. What follows it just comes back. */
static bool is_taken_back(struct turn *turn, uint32_t index)
{
    struct case_file *file = turn->file;
    int64_t state = file->row.deliveries.items[index].is_delivered.value;
    if (index > 0)
        return state == DELIVERY_DONE && lifecycle_is_open(file->base);
    enum lifecycle_outcome outcome = course_apply(turn, file, LIFE_RETURNED);
    if (outcome == OUTCOME_CONTRADICTION) {
        turn->told = TOLD_FACT;
        turn->fact = "CONTRADICTION";
    }
    return outcome == OUTCOME_MOVE;
}

/* An attempt failed of what is on its way; one of what nobody waits for says nothing new. */
static bool is_awaited(const struct case_file *file, uint32_t index)
{
    return file->row.is_dispatched.value != 0 && index == case_next_delivery(file);
}

static void count_failure(struct turn *turn, uint32_t index)
{
    const struct delivery_failed *failed = turn->event->body;
    attempts_fail(turn->file, index, failed);
    if (case_has(turn->file, CASE_PARKED))
        case_set_park_cause(turn->file, failed->cause);
    if (!turn->event->is_replay)
        delivery_failed_once(turn, turn->file, failed->retry_ms);
}

void on_delivery_failed(struct turn *turn)
{
    const struct delivery_failed *failed = turn->event->body;
    struct case_file *file = turn->file;
    uint32_t index = (uint32_t)failed->number.value - 1;
    if (index >= file->row.deliveries.count)
        return; /* refused at the door; in the journal of none of ours */
    if (failed->is_returned.value != 0 && is_taken_back(turn, index)) {
        reopen(file, index);
        case_show(file, turn->event->time_us);
    }
    if (is_awaited(file, index))
        count_failure(turn, index);
    else
        turn->is_repeat = turn->told == TOLD_NOTHING;
}
