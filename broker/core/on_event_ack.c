#include "broker/core/feed.h"
#include "broker/core/handler.h"
#include "broker/core/urgent.h"

static bool is_urgent(const struct event_ack *acknowledgement)
{
    return acknowledgement->is_urgent.is_present && acknowledgement->is_urgent.value != 0;
}

/* Only progress is stored. An old number still tells how far the branch is in
 * this session, after it asked to hear the feed again. */
enum status event_ack_judge(struct turn *turn)
{
    const struct event_ack *acknowledgement = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    const bool of_urgent = is_urgent(acknowledgement);
    const int64_t last = of_urgent ? branch->row.urgent_last.value : branch->row.event_last.value;
    const int64_t known = of_urgent ? branch->row.urgent_acknowledged.value : branch->row.event_acknowledged.value;
    if (acknowledgement->number.value > last) {
        turn->path = "number";
        return STATUS_LIMIT;
    }
    if (acknowledgement->number.value > known)
        return STATUS_OK;
    if (of_urgent)
        urgent_advance(turn, branch, (uint64_t)acknowledgement->number.value);
    else
        feed_advance(turn, branch, (uint64_t)acknowledgement->number.value);
    turn->is_needless = true;
    return STATUS_OK;
}

void on_event_ack(struct turn *turn)
{
    const struct event_ack *acknowledgement = turn->event->body;
    struct branch_file *branch = core_branch(turn->core, turn->event->participant);
    if (is_urgent(acknowledgement)) {
        urgent_acknowledge(turn, branch, (uint64_t)acknowledgement->number.value);
        return;
    }
    branch->row.event_acknowledged = number_of(acknowledgement->number.value);
    core_touch_branch(turn->core, branch);
    feed_advance(turn, branch, (uint64_t)acknowledgement->number.value);
}
