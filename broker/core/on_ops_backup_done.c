#include "broker/core/handler.h"

enum status backup_done_judge(struct turn *turn)
{
    const struct ops_backup_done *done = turn->event->body;
    const struct number asked = turn->core->meta.backup_asked;

    turn->path = "backup";
    if (!asked.is_present || asked.value != done->backup.value)
        return STATUS_STALE;
    turn->path = "seq";
    if (done->sequence.value < done->backup.value || done->sequence.value > turn->core->meta.sequence.value)
        return STATUS_STALE;
    turn->path = NULL;
    return STATUS_OK;
}

void on_ops_backup_done(struct turn *turn)
{
    const struct ops_backup_done *done = turn->event->body;

    turn->core->meta.backup = done->sequence;
    turn->core->meta.backup_at = number_of(turn->event->time_us);
}
