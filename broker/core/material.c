#include "broker/core/material.h"

#include <assert.h>
#include <stdio.h>

/* ---- one file ---- */

uint32_t material_piece_count(int64_t size)
{
    return (uint32_t)((size + MESSAGE_CHUNK_SIZE_MAX - 1) / MESSAGE_CHUNK_SIZE_MAX);
}

bool material_find(struct core *core, struct text branch, struct bytes file_digest, struct material_row *out)
{
    struct row_key key = row_key_material(branch, file_digest);
    arena_reset(&core->arena);
    return core_read(core, &key, &record_material_row, &core->arena, out);
}

bool material_is_whole(const struct material_row *row)
{
    return row->pieces.count == material_piece_count(row->size.value);
}

static uint8_t hex_value(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

void material_digest(const struct material *material, uint8_t out[DIGEST_SIZE])
{
    assert(material->sm3.size == (uint32_t)2 * DIGEST_SIZE);
    for (uint32_t i = 0; i < DIGEST_SIZE; i++)
        out[i] = (uint8_t)(hex_value(material->sm3.data[2 * i]) << 4 | hex_value(material->sm3.data[2 * i + 1]));
}

/* ---- the files that wait for a case ---- */

struct waiting {
    struct waiting_file files[MATERIAL_WAITING_COUNT_MAX];
    uint8_t digests[MATERIAL_WAITING_COUNT_MAX][DIGEST_SIZE]; /* behind files: the row they were read from may go */
    uint32_t count;
};

static void waiting_read(struct core *core, struct text branch, struct waiting *out)
{
    struct row_key key = row_key_waiting(branch);
    struct waiting_row row;
    out->count = 0;
    arena_reset(&core->arena);
    if (!core_read(core, &key, &record_waiting_row, &core->arena, &row))
        return;
    for (; out->count < row.files.count; out->count++)
        memcpy(out->digests[out->count], row.files.items[out->count].file_digest.data, DIGEST_SIZE);
}

static void waiting_write(struct core *core, struct text branch, struct waiting *waiting)
{
    struct row_key key = row_key_waiting(branch);
    for (uint32_t i = 0; i < waiting->count; i++)
        waiting->files[i] =
            (struct waiting_file){.file_digest = bytes_of(waiting->digests[i], DIGEST_SIZE), .is_present = true};
    struct waiting_row row = {.files = {waiting->files, waiting->count, true}, .is_present = true};
    core_put(core, &key, &record_waiting_row, &row);
}

static bool waiting_remove(struct waiting *waiting, struct bytes file_digest)
{
    uint32_t index = 0;
    while (index < waiting->count && memcmp(waiting->digests[index], file_digest.data, DIGEST_SIZE) != 0)
        index++;
    if (index == waiting->count)
        return false;
    waiting->count--;
    memmove(waiting->digests[index], waiting->digests[index + 1], (waiting->count - index) * (size_t)DIGEST_SIZE);
    return true;
}

/* As the newest one; the oldest makes room. */
static void waiting_add(struct core *core, struct text branch, struct bytes file_digest)
{
    struct waiting waiting;
    waiting_read(core, branch, &waiting);
    waiting_remove(&waiting, file_digest);
    if (waiting.count == MATERIAL_WAITING_COUNT_MAX) {
        struct bytes oldest = bytes_of(waiting.digests[0], DIGEST_SIZE);
        struct row_key key = row_key_material(branch, oldest);
        rows_delete(&core->rows, &key);
        waiting_remove(&waiting, oldest);
    }
    memcpy(waiting.digests[waiting.count++], file_digest.data, DIGEST_SIZE);
    waiting_write(core, branch, &waiting);
}

/* ---- a piece ---- */

void material_take(struct turn *turn)
{
    const struct material_chunk *chunk = turn->event->body;
    struct text branch = turn->event->participant;
    struct row_key key = row_key_material(branch, chunk->file_digest);
    struct piece_row pieces[MATERIAL_PIECE_COUNT_MAX];
    struct material_row row;
    uint32_t count = 0;
    if (chunk->offset.value == 0)
        waiting_add(turn->core, branch, chunk->file_digest);
    else if (material_find(turn->core, branch, chunk->file_digest, &row))
        count = row.pieces.count;
    if (count == MATERIAL_PIECE_COUNT_MAX)
        return;
    if (count != 0)
        memcpy(pieces, row.pieces.items, count * sizeof *pieces);
    pieces[count++] = (struct piece_row){.sequence = number_of((int64_t)turn->event->sequence), .is_present = true};
    row = (struct material_row){.size = chunk->size, .pieces = {pieces, count, true}, .is_present = true};
    core_put(turn->core, &key, &record_material_row, &row);
}

/* ---- the files of a case ---- */

static enum status material_judge(struct turn *turn, const struct material *material)
{
    uint8_t digest[DIGEST_SIZE];
    struct material_row row;
    material_digest(material, digest);
    if (!material_find(turn->core, turn->event->participant, bytes_of(digest, DIGEST_SIZE), &row) ||
        !material_is_whole(&row))
        return STATUS_MATERIAL_MISSING;
    return material->size.value == row.size.value ? STATUS_OK : STATUS_BAD_BODY;
}

enum status materials_judge(struct turn *turn, const struct material_list *materials)
{
    for (uint32_t i = 0; i < materials->count; i++) {
        if (materials->items[i].is_carried.value == 0)
            continue;
        enum status status = material_judge(turn, &materials->items[i]);
        if (status == STATUS_OK)
            continue;
        snprintf(turn->path_room, sizeof turn->path_room, "materials/%u", i);
        turn->path = turn->path_room;
        return status;
    }
    return STATUS_OK;
}

bool materials_bind(struct turn *turn, const struct case_file *file, const struct material_list *materials)
{
    struct core *core = turn->core;
    struct waiting waiting;
    uint32_t carried_count = 0;
    bool is_changed = false;
    waiting_read(core, file->row.branch, &waiting);
    for (uint32_t i = 0; i < materials->count; i++) {
        const struct material *material = &materials->items[i];
        uint8_t digest[DIGEST_SIZE];
        if (material->is_carried.value == 0)
            continue;
        material_digest(material, digest);
        struct row_key key = row_key_carried(file->row.case_id, bytes_of(digest, DIGEST_SIZE));
        const struct carried_row row = {.size = material->size, .is_present = true};
        core_put(core, &key, &record_carried_row, &row);
        is_changed |= waiting_remove(&waiting, bytes_of(digest, DIGEST_SIZE));
        carried_count++;
    }
    if (is_changed)
        waiting_write(core, file->row.branch, &waiting);
    return carried_count > 0 && carried_count == materials->count;
}
