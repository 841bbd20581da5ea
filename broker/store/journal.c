#include "broker/store/journal.h"

#include <stdlib.h>

#include "broker/store/big_endian.h"
#include "broker/store/journal_state.h"
#include "broker/store/why.h"

void journal_chain_of(const struct journal *journal, struct bytes record, uint8_t out[CHAIN_SIZE])
{
    sm3_of(&journal->sm3, record, (struct bytes){0}, out);
}

struct store *journal_store(struct journal *journal)
{
    return journal->store;
}

const uint8_t *journal_broker_id(const struct journal *journal)
{
    return journal->seal.broker_id;
}

bool journal_is_test(const struct journal *journal)
{
    return journal->seal.is_test;
}

/* ---- appending ---- */

static enum status check_entry(const struct journal *journal, const struct journal_entry *entry, uint32_t *size,
                               char *why)
{
    if (journal->is_read_only) {
        why_set(why, "%s: opened for reading only", journal->folder);
        return STATUS_USAGE;
    }
    if (entry->sequence != journal->last_sequence + 1) {
        why_set(why, "record %llu was handed in where %llu is next", (unsigned long long)entry->sequence,
                (unsigned long long)journal->last_sequence + 1);
        return STATUS_USAGE;
    }
    *size = journal_record_size(entry);
    if (*size > 0)
        return STATUS_OK;
    why_set(why, "record %llu is larger than %d bytes", (unsigned long long)entry->sequence, JOURNAL_RECORD_SIZE_MAX);
    return STATUS_TOO_LARGE;
}

/* Commits what is gathered when the next record would make the group too large to be kept in memory. */
static enum status keep_group_small(struct journal *journal, uint32_t size, char *why)
{
    if (journal->gathered_size + size <= JOURNAL_GATHERED_SIZE_MAX &&
        store_gathered(journal->store) < JOURNAL_RECENT_COUNT_MAX)
        return STATUS_OK;
    return journal_commit(journal, why);
}

/* A second key of the same day would leave the records under the first one unread for ever. */
static enum status find_key(struct journal *journal, uint32_t day, const uint8_t **out, char *why)
{
    bool may_make = day != journal->last_day; /* times only rise: a day before it is none */
    enum status status = day_keys_find(&journal->keys, day, may_make, out, why);
    if (status == STATUS_NO_KEY)
        why_set(why, "%s/day-%08u is gone, and records of that day are there: restore it", journal->keys.folder, day);
    return status;
}

/* The record of the entry into journal->record. */
static enum status make_record(struct journal *journal, const struct journal_entry *entry, uint32_t size, char *why)
{
    const uint8_t *key;
    uint8_t nonce[NONCE_SIZE];
    uint32_t day = day_of_time(entry->time_us);
    enum status status = find_key(journal, day, &key, why);
    if (status != STATUS_OK)
        return status;
    body_seal_nonce(&journal->body_seal, entry->sequence, nonce);
    uint32_t clear_size = journal_record_put_clear(entry, day, nonce, journal->record);
    struct bytes parts[RECORD_PART_COUNT_MAX] = {entry->body};
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        parts[1 + i] = entry->chunks[i];
    status = body_seal_close(&journal->body_seal, key, nonce, bytes_of(journal->record, clear_size), parts,
                             1 + entry->chunk_count, journal->record + clear_size);
    if (status != STATUS_OK) {
        why_set(why, "record %llu: sealing failed", (unsigned long long)entry->sequence);
        return status;
    }
    journal_record_put_crc(&journal->crc, journal->record, size);
    return STATUS_OK;
}

/* The record is gathered: it is the last one now. */
static void note_appended(struct journal *journal, const struct journal_entry *entry)
{
    journal_recent_put(&journal->recent, entry);
    journal->gathered_size += entry->stored_size;
    journal->last_sequence = entry->sequence;
    journal->last_day = day_of_time(entry->time_us);
    memcpy(journal->last_chain, entry->chain, CHAIN_SIZE);
}

enum status journal_append(struct journal *journal, struct journal_entry *entry, char *why)
{
    uint32_t size;
    enum status status = check_entry(journal, entry, &size, why);
    if (status == STATUS_OK)
        status = keep_group_small(journal, size, why);
    if (status != STATUS_OK)
        return status;
    memcpy(entry->previous, journal->last_chain, CHAIN_SIZE);
    status = make_record(journal, entry, size, why);
    if (status == STATUS_OK)
        status = store_append(journal->store, entry->sequence, bytes_of(journal->record, size), why);
    if (status != STATUS_OK)
        return status;
    journal_chain_of(journal, bytes_of(journal->record, size), entry->chain);
    entry->stored_size = size;
    note_appended(journal, entry);
    return STATUS_OK;
}

static enum status judge_stored(const struct journal *journal, const struct journal_entry *entry, char *why)
{
    const unsigned long long sequence = entry->sequence;

    if (journal->is_read_only || entry->sequence != journal->last_sequence + 1) {
        why_set(why, "record %llu was handed in where %llu is next", sequence,
                (unsigned long long)journal->last_sequence + 1);
        return STATUS_USAGE;
    }
    if (memcmp(entry->previous, journal->last_chain, CHAIN_SIZE) != 0) {
        why_set(why, "record %llu does not follow the one before it: one of the two was altered", sequence);
        return STATUS_CORRUPT;
    }
    if (entry->body.data != NULL)
        return STATUS_OK;
    why_set(why, "%s/day-%08u is not there, and record %llu is of that day", journal->keys.folder,
            day_of_time(entry->time_us), sequence);
    return STATUS_NO_KEY;
}

enum status journal_append_stored(struct journal *journal, struct journal_reader *reader, uint64_t sequence,
                                  struct bytes record, struct journal_entry *out, char *why)
{
    enum status status = journal_parse(reader, sequence, record, out, why);
    if (status == STATUS_OK)
        status = judge_stored(journal, out, why);
    if (status == STATUS_OK)
        status = keep_group_small(journal, record.size, why);
    if (status == STATUS_OK)
        status = store_append(journal->store, sequence, record, why);
    if (status == STATUS_OK)
        note_appended(journal, out);
    return status;
}

enum status journal_commit(struct journal *journal, char *why)
{
    enum status status = store_commit(journal->store, why);
    if (status != STATUS_OK)
        return status;
    journal->gathered_size = 0;
    journal->durable_sequence = journal->last_sequence;
    memcpy(journal->durable_chain, journal->last_chain, CHAIN_SIZE);
    return STATUS_OK;
}

uint64_t journal_last_sequence(const struct journal *journal)
{
    return journal->last_sequence;
}

const uint8_t *journal_last_chain(const struct journal *journal)
{
    return journal->last_chain;
}

enum status journal_write_head(struct journal *journal, char *why)
{
    if (journal->is_read_only) {
        why_set(why, "%s: opened for reading only", journal->folder);
        return STATUS_USAGE;
    }
    return head_write(&journal->head, journal->durable_sequence, journal->durable_chain, why);
}

bool journal_citizen_hash(const struct journal *journal, struct text id, uint8_t out[32])
{
    if (!journal->has_mac)
        return false;
    sm3_mac_of(&journal->citizen_mac, &journal->sm3, bytes_of(id.data, id.size), out);
    return true;
}

void journal_receipt_mac(const struct journal *journal, uint64_t sequence, int64_t time_us,
                         const uint8_t chain[CHAIN_SIZE], uint8_t out[32])
{
    uint8_t said[16 + CHAIN_SIZE];
    be64_put(said, sequence);
    be64_put(said + 8, (uint64_t)time_us);
    memcpy(said + 16, chain, CHAIN_SIZE);
    if (journal->has_mac)
        sm3_mac_of(&journal->mac, &journal->sm3, bytes_of(said, sizeof said), out);
    else
        memset(out, 0, SM3_SIZE);
}
