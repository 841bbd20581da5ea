#include "broker/core/feed.h"
#include "broker/core/handler.h"

enum status events_since_judge(struct turn *turn)
{
    const struct events_since *since = turn->event->body;
    const struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    if (since->number.value <= branch->row.event_last.value)
        return STATUS_OK;
    turn->path = "number";
    return STATUS_LIMIT;
}

void on_events_since(struct turn *turn)
{
    const struct events_since *since = turn->event->body;
    feed_rewind(turn, core_branch(turn->core, turn->event->participant), (uint64_t)since->number.value);
}
