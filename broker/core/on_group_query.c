#include <stdio.h>

#include "broker/core/handler.h"

/* A group belongs to one branch: nobody else's can be asked for, or even be known to exist. */
enum status group_query_judge(struct turn *turn)
{
    const struct group_query *query = turn->event->body;
    struct row_key key = row_key_group(turn->event->participant, query->group);
    if (core_small(turn->core, &key).data != NULL)
        return STATUS_OK;
    turn->path = "grp";
    return STATUS_NOT_FOUND;
}

void on_group_query(struct turn *turn)
{
    const struct group_query *query = turn->event->body;
    struct effect *effect = turn_effect(turn, EFFECT_ANSWER, turn->event->participant);
    effect->message = MESSAGE_GROUP_STATUS;
    snprintf(effect->path, sizeof effect->path, "%.*s", (int)query->group.size, query->group.data);
}
