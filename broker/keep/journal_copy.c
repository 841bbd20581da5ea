#include "broker/keep/journal_copy.h"

#include <stdio.h>
#include <stdlib.h>

#include "schemas/mask_record.h"

struct journal_copier {
    struct arena arena;
    uint8_t *body; /* MESSAGE_SIZE_MAX bytes */
};

enum status journal_copier_new(struct journal_copier **out)
{
    struct journal_copier *copier = calloc(1, sizeof *copier);

    *out = copier;
    if (copier == NULL)
        return STATUS_NO_MEMORY;
    copier->arena = arena_over(malloc(2 * MESSAGE_ARENA_SIZE), 2 * MESSAGE_ARENA_SIZE);
    copier->body = malloc(MESSAGE_SIZE_MAX);
    if (copier->arena.memory != NULL && copier->body != NULL)
        return STATUS_OK;
    journal_copier_free(out);
    return STATUS_NO_MEMORY;
}

void journal_copier_free(struct journal_copier **copier)
{
    if (*copier == NULL)
        return;
    free((*copier)->arena.memory);
    free((*copier)->body);
    free(*copier);
    *copier = NULL;
}

static enum status mask_body(struct journal_copier *copier, const struct selected *record, struct bytes *out, char *why)
{
    const struct record *kind = message_kind(record->type)->record;
    struct problems problems = {.count = 0};
    size_t size = 0;

    arena_reset(&copier->arena);
    void *body = arena_take(&copier->arena, kind->struct_size);
    enum status status =
        body != NULL ? record_decode(kind, record->entry->body, &copier->arena, body, &problems) : STATUS_LIMIT;
    if (status == STATUS_OK)
        status = mask_record(kind, body, &copier->arena);
    if (status == STATUS_OK)
        status = record_encode(kind, body, copier->body, MESSAGE_SIZE_MAX, &size);
    *out = bytes_of(copier->body, (uint32_t)size);
    if (status == STATUS_OK)
        return STATUS_OK;
    snprintf(why, KEEPER_WHY_SIZE, "the body of record %llu cannot be read",
             (unsigned long long)record->entry->sequence);
    return STATUS_CORRUPT;
}

static int64_t size_of_files(const struct journal_entry *entry)
{
    int64_t size = 0;
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        size += entry->chunks[i].size;
    return size;
}

enum status journal_copy_make(struct journal_copier *copier, const struct selected *record, bool is_masked,
                              struct journal_copy *out, char *why)
{
    const struct journal_entry *entry = record->entry;
    const bool has_body = entry->body.data != NULL;

    *out = (struct journal_copy){.envelope = entry->envelope, .body = entry->body};
    if (has_body && is_masked) {
        const enum status status = mask_body(copier, record, &out->body, why);
        if (status != STATUS_OK)
            return status;
    }
    out->about = (struct exported){.sequence = number_of((int64_t)entry->sequence),
                                   .time = number_of(entry->time_us),
                                   .source = entry->sender,
                                   .type = record->envelope.type,
                                   .case_id = record->case_id,
                                   .state = entry->state,
                                   .chain = bytes_of(entry->chain, CHAIN_SIZE),
                                   .envelope_size = number_of(entry->envelope.size),
                                   .body_size = {out->body.size, has_body},
                                   .file_size = {size_of_files(entry), has_body && entry->chunk_count > 0},
                                   .stored_size = number_of(entry->stored_size),
                                   .is_present = true};
    return STATUS_OK;
}
