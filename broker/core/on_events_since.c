#include "broker/core/feed.h"
#include "broker/core/handler.h"
#include "broker/core/urgent.h"

static bool is_urgent(const struct events_since *since)
{
    return since->is_urgent.is_present && since->is_urgent.value != 0;
}

enum status events_since_judge(struct turn *turn)
{
    const struct events_since *since = turn->event->body;
    const struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    const int64_t last = is_urgent(since) ? branch->row.urgent_last.value : branch->row.event_last.value;
    if (since->number.value <= last)
        return STATUS_OK;
    turn->path = "number";
    return STATUS_LIMIT;
}

void on_events_since(struct turn *turn)
{
    const struct events_since *since = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    if (is_urgent(since))
        urgent_rewind(turn, branch, (uint64_t)since->number.value);
    else
        feed_rewind(turn, branch, (uint64_t)since->number.value);
}
