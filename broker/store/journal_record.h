#ifndef ONEVISIT_BROKER_STORE_JOURNAL_RECORD_H
#define ONEVISIT_BROKER_STORE_JOURNAL_RECORD_H

#include "broker/store/body_seal.h"
#include "broker/store/crc32c.h"
#include "broker/store/journal.h"

/* The bytes of a record. Numbers highest byte first.
 *
 *    0  1 version               24  8 case_previous        104 sender, state
 *    1  1 chain: 1 SM3          32 32 chain before             envelope
 *    2  1 seal: 1 AES-256-GCM   64  4 day of the key           -- sealed from here --
 *    3  1 signature: 0 none     68 12 nonce                    body, chunks
 *    4  1 chunk count           80  4 size of the envelope     16 tag
 *    5  1 size of the sender    84  4 size of the body         4 CRC-32C of all before
 *    6  1 size of the state     88 16 sizes of the chunks
 *    7  1 zero
 *    8  8 sequence
 *   16  8 time
 *
 * All before the sealed part is its additional data. */
enum {
    RECORD_VERSION = 1,
    RECORD_HEADER_SIZE = 104,
    RECORD_PART_COUNT_MAX = 1 + MESSAGE_CHUNK_COUNT_MAX, /* body, chunks */
};

/* What stands in the clear part, and where the rest lies (borrowed from the record). */
struct journal_record {
    uint64_t sequence;
    int64_t time_us;
    uint64_t case_previous;
    uint8_t previous[CHAIN_SIZE];
    uint32_t day;
    uint8_t nonce[NONCE_SIZE];
    struct text sender;
    struct text state;
    struct bytes envelope;
    uint32_t part_sizes[RECORD_PART_COUNT_MAX];
    uint32_t chunk_count;
    struct bytes clear;  /* header, sender, state and envelope */
    struct bytes sealed; /* body and chunks, tag behind */
};

/* Bytes the record of this entry takes; 0 when it breaks a limit. */
uint32_t journal_record_size(const struct journal_entry *entry);
/* Writes everything but the sealed part and the CRC into `out`; the size of it. */
uint32_t journal_record_put_clear(const struct journal_entry *entry, uint32_t day, const uint8_t nonce[NONCE_SIZE],
                                  uint8_t *out);
/* Writes the CRC over `size - 4` bytes into the last four. */
void journal_record_put_crc(const struct crc32c *crc, uint8_t *record, uint32_t size);
/* Any bytes may come: STATUS_CORRUPT, STATUS_NEWER. */
MUST_CHECK enum status journal_record_read(const struct crc32c *crc, uint64_t sequence, struct bytes record,
                                           struct journal_record *out, char *why);

#endif
