#include "broker/core/claim.h"

#include "schemas/calendar.h"

bool claim_is_made(const struct event *event)
{
    return event->message == MESSAGE_CASE_SUBMIT && event->envelope->case_id.data != NULL;
}

static bool is_of_sender(const struct case_id *id, const char *window, struct text branch)
{
    return strcmp(id->district, window + 2) == 0 && branch.size > 5 && memcmp(id->bank, branch.data + 2, 3) == 0;
}

/* What lies just ahead of the counter would be given a second time, today or later. */
static bool is_ahead(const struct turn *turn, const struct case_id *id)
{
    const int64_t distance = (id->counter - turn->core->meta.case_counter.value) & CASE_ID_COUNTER_MAX;
    const struct date today = date_of_time(turn->event->time_us);
    return distance < CASE_SKIP && date_compare(id->date, today) >= 0;
}

enum status claim_judge(struct turn *turn, const char *window)
{
    const struct text claimed = turn->event->envelope->case_id;
    struct case_id id;
    turn->path = "cid";
    if (case_id_parse(claimed, &id) != CODE_OK || !is_of_sender(&id, window, turn->event->participant))
        return STATUS_NOT_YOURS;
    if (core_find_case(turn->core, claimed) != NULL)
        return STATUS_DUP_CONFLICT;
    if (is_ahead(turn, &id))
        return STATUS_UNKNOWN_CASE;
    turn->path = NULL;
    return STATUS_OK;
}
