#include "broker/store/journal_record.h"

#include "broker/store/big_endian.h"
#include "broker/store/why.h"

enum {
    AT_VERSION = 0,
    AT_CHAIN_ALGORITHM = 1,
    AT_SEAL_ALGORITHM = 2,
    AT_SIGNATURE_ALGORITHM = 3,
    AT_CHUNK_COUNT = 4,
    AT_SENDER_SIZE = 5,
    AT_STATE_SIZE = 6,
    AT_SEQUENCE = 8,
    AT_TIME = 16,
    AT_CASE_PREVIOUS = 24,
    AT_PREVIOUS = 32,
    AT_DAY = 64,
    AT_NONCE = 68,
    AT_ENVELOPE_SIZE = 80,
    AT_BODY_SIZE = 84, /* the chunks' sizes follow */
    CRC_SIZE = 4,
    CHAIN_SM3 = 1,
    SEAL_AES_256_GCM = 1,
    SIGNATURE_NONE = 0,
    SENDER_SIZE_MAX = 255,
    STATE_SIZE_MAX = 255,
};

uint32_t journal_record_size(const struct journal_entry *entry)
{
    if (entry->chunk_count > MESSAGE_CHUNK_COUNT_MAX || entry->sender.size > SENDER_SIZE_MAX ||
        entry->state.size > STATE_SIZE_MAX)
        return 0;
    uint64_t size = RECORD_HEADER_SIZE + TAG_SIZE + CRC_SIZE;
    size += entry->sender.size;
    size += entry->state.size;
    size += entry->envelope.size;
    size += entry->body.size;
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        size += entry->chunks[i].size;
    return size <= JOURNAL_RECORD_SIZE_MAX ? (uint32_t)size : 0;
}

static uint8_t *put_bytes(uint8_t *out, const void *data, uint32_t size)
{
    if (size > 0)
        memcpy(out, data, size);
    return out + size;
}

uint32_t journal_record_put_clear(const struct journal_entry *entry, uint32_t day, const uint8_t nonce[NONCE_SIZE],
                                  uint8_t *out)
{
    memset(out, 0, RECORD_HEADER_SIZE);
    out[AT_VERSION] = RECORD_VERSION;
    out[AT_CHAIN_ALGORITHM] = CHAIN_SM3;
    out[AT_SEAL_ALGORITHM] = SEAL_AES_256_GCM;
    out[AT_SIGNATURE_ALGORITHM] = SIGNATURE_NONE;
    out[AT_CHUNK_COUNT] = (uint8_t)entry->chunk_count;
    out[AT_SENDER_SIZE] = (uint8_t)entry->sender.size;
    out[AT_STATE_SIZE] = (uint8_t)entry->state.size;
    be64_put(out + AT_SEQUENCE, entry->sequence);
    be64_put(out + AT_TIME, (uint64_t)entry->time_us);
    be64_put(out + AT_CASE_PREVIOUS, entry->case_previous);
    memcpy(out + AT_PREVIOUS, entry->previous, CHAIN_SIZE);
    be32_put(out + AT_DAY, day);
    memcpy(out + AT_NONCE, nonce, NONCE_SIZE);
    be32_put(out + AT_ENVELOPE_SIZE, entry->envelope.size);
    be32_put(out + AT_BODY_SIZE, entry->body.size);
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        be32_put(out + AT_BODY_SIZE + 4 * (i + 1), entry->chunks[i].size);
    uint8_t *end = put_bytes(out + RECORD_HEADER_SIZE, entry->sender.data, entry->sender.size);
    end = put_bytes(end, entry->state.data, entry->state.size);
    end = put_bytes(end, entry->envelope.data, entry->envelope.size);
    return (uint32_t)(end - out);
}

void journal_record_put_crc(const struct crc32c *crc, uint8_t *record, uint32_t size)
{
    be32_put(record + size - CRC_SIZE, crc32c_of(crc, record, size - CRC_SIZE));
}

static enum status damaged(uint64_t sequence, const char *what, char *why)
{
    why_set(why, "record %llu: %s", (unsigned long long)sequence, what);
    return STATUS_CORRUPT;
}

/* The sizes named in the header must add up to what is there, to the byte. */
static enum status lay_out(struct bytes record, struct journal_record *out, char *why)
{
    uint64_t sender_size = record.data[AT_SENDER_SIZE];
    uint64_t state_size = record.data[AT_STATE_SIZE];
    uint64_t envelope_size = be32_get(record.data + AT_ENVELOPE_SIZE);
    uint64_t clear_size = RECORD_HEADER_SIZE + sender_size + state_size + envelope_size;
    uint64_t sealed_size = TAG_SIZE;
    out->chunk_count = record.data[AT_CHUNK_COUNT];
    if (out->chunk_count > MESSAGE_CHUNK_COUNT_MAX)
        return damaged(out->sequence, "more chunks than a message has", why);
    for (uint32_t i = 0; i <= out->chunk_count; i++) {
        out->part_sizes[i] = be32_get(record.data + AT_BODY_SIZE + 4 * i);
        sealed_size += out->part_sizes[i];
    }
    if (clear_size + sealed_size + CRC_SIZE != record.size)
        return damaged(out->sequence, "the sizes in it do not add up", why);
    out->sender = (struct text){(const char *)record.data + RECORD_HEADER_SIZE, (uint32_t)sender_size};
    if (state_size > 0)
        out->state = (struct text){(const char *)record.data + RECORD_HEADER_SIZE + sender_size, (uint32_t)state_size};
    out->envelope = bytes_of(record.data + RECORD_HEADER_SIZE + sender_size + state_size, envelope_size);
    out->clear = bytes_of(record.data, clear_size);
    out->sealed = bytes_of(record.data + clear_size, sealed_size);
    return STATUS_OK;
}

enum status journal_record_read(const struct crc32c *crc, uint64_t sequence, struct bytes record,
                                struct journal_record *out, char *why)
{
    *out = (struct journal_record){.sequence = sequence};
    if (record.size < RECORD_HEADER_SIZE + TAG_SIZE + CRC_SIZE || record.size > JOURNAL_RECORD_SIZE_MAX)
        return damaged(sequence, "too short or too long for a record", why);
    if (crc32c_of(crc, record.data, record.size - CRC_SIZE) != be32_get(record.data + record.size - CRC_SIZE))
        return damaged(sequence, "the checksum does not match, bytes were altered", why);
    if (record.data[AT_VERSION] > RECORD_VERSION) {
        why_set(why, "record %llu: version %u, this program knows %d", (unsigned long long)sequence,
                record.data[AT_VERSION], RECORD_VERSION);
        return STATUS_NEWER;
    }
    if (record.data[AT_VERSION] != RECORD_VERSION || record.data[AT_CHAIN_ALGORITHM] != CHAIN_SM3 ||
        record.data[AT_SEAL_ALGORITHM] != SEAL_AES_256_GCM || record.data[AT_SIGNATURE_ALGORITHM] != SIGNATURE_NONE)
        return damaged(sequence, "algorithms nobody knows", why);
    if (be64_get(record.data + AT_SEQUENCE) != sequence)
        return damaged(sequence, "another record stands in its place", why);
    out->time_us = (int64_t)be64_get(record.data + AT_TIME);
    out->case_previous = be64_get(record.data + AT_CASE_PREVIOUS);
    memcpy(out->previous, record.data + AT_PREVIOUS, CHAIN_SIZE);
    out->day = be32_get(record.data + AT_DAY);
    memcpy(out->nonce, record.data + AT_NONCE, NONCE_SIZE);
    return lay_out(record, out, why);
}
