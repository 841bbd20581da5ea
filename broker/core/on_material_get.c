#include <assert.h>

#include "broker/core/delivery.h"
#include "broker/core/handler.h"
#include "broker/core/material.h"

/* The file as the case carries it; false for a file that is none of the case's. */
static bool find_carried(struct turn *turn, const struct material_get *get, struct material_row *out)
{
    struct row_key key = row_key_carried(turn->file->row.case_id, get->file_digest);
    return core_small(turn->core, &key).data != NULL &&
           material_find(turn->core, turn->file->row.branch, get->file_digest, out);
}

enum status material_get_judge(struct turn *turn)
{
    const struct material_get *get = turn->event->body;
    struct material_row row;
    turn->path = "sm3";
    if (!find_carried(turn, get, &row))
        return STATUS_NOT_FOUND;
    turn->path = "offset";
    bool is_there = get->offset.value < row.size.value && get->offset.value % MESSAGE_CHUNK_SIZE_MAX == 0;
    return is_there ? STATUS_OK : STATUS_BAD_BODY;
}

void on_material_get(struct turn *turn)
{
    const struct material_get *get = turn->event->body;
    struct material_row row;
    bool is_there = find_carried(turn, get, &row); /* as just judged: nobody's record brings this one again */
    assert(is_there);
    struct effect *effect = turn_effect(turn, EFFECT_MATERIAL, turn->event->participant);
    effect->sequence = (uint64_t)row.pieces.items[get->offset.value / MESSAGE_CHUNK_SIZE_MAX].sequence.value;
    memcpy(effect->case_id, turn->file->case_id, sizeof effect->case_id);
    delivery_is_fetched(turn, turn->file);
}
