#include "broker/core/handler.h"
#include "broker/core/material.h"

/* The piece that comes next, or the first one again while the file is not whole. */
static bool is_next(const struct material_row *row, const struct material_chunk *chunk)
{
    if (material_is_whole(row))
        return false;
    if (chunk->offset.value == 0)
        return true;
    return chunk->size.value == row->size.value &&
           chunk->offset.value == (int64_t)row->pieces.count * MESSAGE_CHUNK_SIZE_MAX;
}

enum status material_chunk_judge(struct turn *turn)
{
    const struct material_chunk *chunk = turn->event->body;
    struct material_row row;
    bool is_held = material_find(turn->core, turn->event->participant, chunk->file_digest, &row);
    turn->path = "offset";
    if (is_held ? is_next(&row, chunk) : chunk->offset.value == 0)
        return STATUS_OK;
    return STATUS_MATERIAL_ORDER;
}

void on_material_chunk(struct turn *turn)
{
    material_take(turn);
}
