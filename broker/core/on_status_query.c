#include "broker/core/handler.h"

void on_status_query(struct turn *turn)
{
    struct effect *effect = turn_effect(turn, EFFECT_ANSWER, turn->event->participant);
    effect->message = MESSAGE_CASE_STATUS;
    memcpy(effect->case_id, turn->file->case_id, sizeof effect->case_id);
}
