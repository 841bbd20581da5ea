#include "broker/core/handler.h"

void on_material_query(struct turn *turn)
{
    const struct material_query *query = turn->event->body;
    struct effect *effect = turn_effect(turn, EFFECT_ANSWER, turn->event->participant);
    effect->message = MESSAGE_MATERIAL_ACK;
    memcpy(effect->digest, query->file_digest.data, DIGEST_SIZE);
}
