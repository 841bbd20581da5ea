#include "broker/core/feed.h"
#include "broker/core/handler.h"

/* Only progress is stored. An old number still tells how far the branch is in
 * this session, after it asked to hear the feed again. */
enum status event_ack_judge(struct turn *turn)
{
    const struct event_ack *acknowledgement = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    if (acknowledgement->number.value > branch->row.event_last.value) {
        turn->path = "number";
        return STATUS_LIMIT;
    }
    if (acknowledgement->number.value <= branch->row.event_acknowledged.value) {
        feed_advance(turn, branch, (uint64_t)acknowledgement->number.value);
        turn->is_needless = true;
    }
    return STATUS_OK;
}

void on_event_ack(struct turn *turn)
{
    const struct event_ack *acknowledgement = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    branch->row.event_acknowledged = number_of(acknowledgement->number.value);
    core_touch_branch(turn->core, branch);
    feed_advance(turn, branch, (uint64_t)acknowledgement->number.value);
}
