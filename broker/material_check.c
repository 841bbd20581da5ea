#include "broker/material_check.h"

#include <stdlib.h>
#include <string.h>

#include "broker/store/sm3.h"

enum { MATERIAL_ARENA_SIZE = 1 << 15 };

/* The digest of one file, as far as its first `count` pieces. */
struct running {
    char branch[PARTICIPANT_SIZE_MAX + 1];
    uint8_t file_digest[SM3_SIZE];
    uint32_t count;
    uint64_t sequence; /* of piece 0: a file that began anew is another one */
    uint64_t used;     /* the least recently used makes room */
    EVP_MD_CTX *context;
};

struct material_check {
    struct keeper *keeper; /* borrowed */
    struct sm3 sm3;
    struct running files[MATERIAL_CHECK_COUNT_MAX];
    uint64_t clock;
    struct arena arena;
};

enum status material_check_new(struct keeper *keeper, struct material_check **out)
{
    struct material_check *check = calloc(1, sizeof *check);

    *out = check;
    if (check == NULL)
        return STATUS_NO_MEMORY;
    check->keeper = keeper;
    check->arena = arena_over(malloc(MATERIAL_ARENA_SIZE), MATERIAL_ARENA_SIZE);
    for (uint32_t i = 0; i < MATERIAL_CHECK_COUNT_MAX; i++) {
        check->files[i].context = EVP_MD_CTX_new();
        if (check->files[i].context == NULL)
            return STATUS_NO_MEMORY;
    }
    return check->arena.memory != NULL ? sm3_init(&check->sm3) : STATUS_NO_MEMORY;
}

void material_check_free(struct material_check **check)
{
    if (*check == NULL)
        return;
    for (uint32_t i = 0; i < MATERIAL_CHECK_COUNT_MAX; i++)
        EVP_MD_CTX_free((*check)->files[i].context);
    sm3_fini(&(*check)->sm3);
    free((*check)->arena.memory);
    free(*check);
    *check = NULL;
}

/* As everywhere, a digest cannot fail but by a broken installation. */
static void must(int is_done)
{
    if (is_done != 1)
        abort();
}

static void running_begin(const struct material_check *check, struct running *file, const struct event *event)
{
    const struct material_chunk *chunk = event->body;

    memset(file->branch, 0, sizeof file->branch);
    memcpy(file->branch, event->participant.data, event->participant.size);
    memcpy(file->file_digest, chunk->file_digest.data, SM3_SIZE);
    file->count = 0;
    file->sequence = 0;
    must(EVP_DigestInit_ex2(file->context, check->sm3.algorithm, NULL));
}

static bool is_of(const struct running *file, const struct event *event)
{
    const struct material_chunk *chunk = event->body;

    return text_is(event->participant, file->branch) &&
           memcmp(file->file_digest, chunk->file_digest.data, SM3_SIZE) == 0;
}

static struct running *running_of(struct material_check *check, const struct event *event)
{
    struct running *oldest = &check->files[0];

    for (uint32_t i = 0; i < MATERIAL_CHECK_COUNT_MAX; i++) {
        if (is_of(&check->files[i], event))
            return &check->files[i];
        if (check->files[i].used < oldest->used)
            oldest = &check->files[i];
    }
    running_begin(check, oldest, event);
    return oldest;
}

static void running_add(struct running *file, struct bytes piece)
{
    must(EVP_DigestUpdate(file->context, piece.data, piece.size));
    file->count++;
}

/* Reads some of the pieces that are held and that the digest has not seen. */
static enum status catch_up(struct material_check *check, struct running *file, const struct material_row *row,
                            char *why)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; i < MATERIAL_CATCH_UP_COUNT_MAX && file->count < row->pieces.count && status == STATUS_OK;
         i++) {
        struct keeper_origin origin;
        status = keeper_origin(check->keeper, (uint64_t)row->pieces.items[file->count].sequence.value, &origin, why);
        if (status == STATUS_OK && origin.entry.chunk_count != 1)
            return STATUS_OK; /* its day key was deleted: the digest stays behind, and the file never gets whole */
        if (status == STATUS_OK)
            running_add(file, origin.entry.chunks[0]);
    }
    return status;
}

static bool whole_is_good(const struct material_check *check, const struct running *file, struct bytes piece)
{
    uint8_t digest[SM3_SIZE];
    EVP_MD_CTX *whole = check->sm3.context;

    must(EVP_MD_CTX_copy_ex(whole, file->context));
    must(EVP_DigestUpdate(whole, piece.data, piece.size));
    must(EVP_DigestFinal_ex(whole, digest, NULL));
    return memcmp(digest, file->file_digest, SM3_SIZE) == 0;
}

static enum status judge_next(struct material_check *check, const struct event *event, const struct material_row *row,
                              struct bytes piece, enum status *out, char *why)
{
    const struct material_chunk *chunk = event->body;
    struct running *file = running_of(check, event);
    const uint64_t first = row->pieces.count > 0 ? (uint64_t)row->pieces.items[0].sequence.value : event->sequence;
    const bool is_last = chunk->offset.value + (int64_t)piece.size == chunk->size.value;

    file->used = ++check->clock;
    if (file->sequence != first || file->count > row->pieces.count)
        running_begin(check, file, event);
    file->sequence = first;
    const enum status status = catch_up(check, file, row, why);
    if (status != STATUS_OK)
        return status;
    if (file->count == row->pieces.count && (!is_last || whole_is_good(check, file, piece)))
        running_add(file, piece);
    else if (is_last)
        *out = file->count == row->pieces.count ? STATUS_DIGEST : STATUS_BUSY;
    return STATUS_OK;
}

enum status material_check_judge(struct material_check *check, const struct event *event, struct bytes piece,
                                 enum status *out, char *why)
{
    const struct material_chunk *chunk = event->body;
    const struct row_key key = row_key_material(event->participant, chunk->file_digest);
    struct material_row row;

    *out = STATUS_OK;
    arena_reset(&check->arena);
    const enum status status = keeper_row(check->keeper, &key, &record_material_row, &check->arena, &row, why);
    if (status == STATUS_NOT_FOUND || chunk->offset.value == 0)
        row = (struct material_row){.is_present = true}; /* it begins */
    else if (status != STATUS_OK)
        return status;
    if (chunk->offset.value != (int64_t)row.pieces.count * MESSAGE_CHUNK_SIZE_MAX)
        return STATUS_OK; /* the core refuses it */
    return judge_next(check, event, &row, piece, out, why);
}
