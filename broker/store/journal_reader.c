#include <stdlib.h>

#include "broker/store/journal_state.h"
#include "broker/store/why.h"

enum { BUFFER_SIZE_FIRST = 4096 };

enum status journal_reader_new(struct journal *journal, struct journal_reader **out)
{
    struct journal_reader *reader = calloc(1, sizeof *reader);
    uint8_t *buffer = malloc(BUFFER_SIZE_FIRST);
    *out = NULL;
    if (!reader || !buffer) {
        free(reader);
        free(buffer);
        return STATUS_NO_MEMORY;
    }
    *reader = (struct journal_reader){journal, buffer, BUFFER_SIZE_FIRST};
    *out = reader;
    return STATUS_OK;
}

void journal_reader_free(struct journal_reader **reader)
{
    if (!*reader)
        return;
    free((*reader)->buffer);
    free(*reader);
    *reader = NULL;
}

/* Doubles, so that after a few records there is room for all. What it held is lost. */
static enum status make_room(struct journal_reader *reader, uint32_t size)
{
    uint32_t capacity = reader->capacity;
    while (capacity < size)
        capacity *= 2;
    if (capacity == reader->capacity)
        return STATUS_OK;
    uint8_t *buffer = malloc(capacity);
    if (!buffer)
        return STATUS_NO_MEMORY;
    free(reader->buffer);
    reader->buffer = buffer;
    reader->capacity = capacity;
    return STATUS_OK;
}

/* Body and chunks of an unsealed run, by the sizes in the clear part. */
static void share_out(const struct journal_record *record, const uint8_t *plain, struct journal_entry *out)
{
    out->body = bytes_of(plain, record->part_sizes[0]);
    plain += record->part_sizes[0];
    for (uint32_t i = 0; i < record->chunk_count; i++) {
        out->chunks[i] = bytes_of(plain, record->part_sizes[1 + i]);
        plain += record->part_sizes[1 + i];
    }
}

static enum status unseal(struct journal_reader *reader, const struct journal_record *record, uint8_t *plain,
                          struct journal_entry *out, char *why)
{
    struct journal *journal = reader->journal;
    const uint8_t *key;
    enum status status = day_keys_find(&journal->keys, record->day, false, &key, why);
    if (status == STATUS_NO_KEY)
        return STATUS_OK; /* erased: body and chunks stay absent */
    if (status != STATUS_OK)
        return status;
    status = body_seal_open(&journal->body_seal, key, record->nonce, record->clear, record->sealed, plain);
    if (status == STATUS_OK)
        share_out(record, plain, out);
    else
        why_set(why, "record %llu: the key of day %08u does not open it: altered, or not this key",
                (unsigned long long)record->sequence, record->day);
    return status;
}

enum status journal_parse(struct journal_reader *reader, uint64_t sequence, struct bytes bytes,
                          struct journal_entry *out, char *why)
{
    struct journal_record record;
    *out = (struct journal_entry){.sequence = sequence};
    enum status status = journal_record_read(&reader->journal->crc, sequence, bytes, &record, why);
    if (status == STATUS_OK)
        status = make_room(reader, bytes.size);
    if (status != STATUS_OK)
        return status;
    out->time_us = record.time_us;
    out->case_previous = record.case_previous;
    out->stored_size = bytes.size;
    out->day = record.day;
    memcpy(out->previous, record.previous, CHAIN_SIZE);
    journal_chain_of(reader->journal, bytes, out->chain);
    out->sender = record.sender;
    out->state = record.state;
    out->envelope = record.envelope;
    journal_entry_move(out, reader->buffer);
    out->chunk_count = record.chunk_count;
    return unseal(reader, &record, reader->buffer + record.sender.size + record.state.size + record.envelope.size, out,
                  why);
}

static enum status read_stored(struct journal_reader *reader, uint64_t sequence, struct journal_entry *out, char *why)
{
    struct store_value value;
    enum status status = store_record(reader->journal->store, sequence, &value, why);
    if (status != STATUS_OK)
        return status;
    if (value.bytes.data) {
        status = journal_parse(reader, sequence, value.bytes, out, why);
    } else {
        why_set(why, "record %llu is missing", (unsigned long long)sequence);
        status = STATUS_CORRUPT;
    }
    store_value_fini(&value);
    return status;
}

enum status journal_read(struct journal_reader *reader, uint64_t sequence, struct journal_entry *out, char *why)
{
    if (sequence == 0 || sequence > reader->journal->last_sequence) {
        why_set(why, "record %llu: the journal ends at %llu", (unsigned long long)sequence,
                (unsigned long long)reader->journal->last_sequence);
        return STATUS_NOT_FOUND;
    }
    const struct recent_entry *recent = journal_recent_find(&reader->journal->recent, sequence);
    if (!recent)
        return read_stored(reader, sequence, out, why);
    enum status status = make_room(reader, recent->size);
    if (status != STATUS_OK)
        return status;
    *out = recent->entry;
    journal_entry_move(out, reader->buffer);
    return STATUS_OK;
}
