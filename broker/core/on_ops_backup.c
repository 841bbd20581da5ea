#include "broker/core/handler.h"

/* Who began a backup, and why; only the newest one may be ended. */
void on_ops_backup(struct turn *turn)
{
    turn->core->meta.backup_asked = number_of((int64_t)turn->event->sequence);
}
