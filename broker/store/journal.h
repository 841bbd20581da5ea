#ifndef ONEVISIT_BROKER_STORE_JOURNAL_H
#define ONEVISIT_BROKER_STORE_JOURNAL_H

#include "broker/store/store.h"
#include "schemas/message.h"

/* The journal: what a record looks like on disk, its chain, its sealing.
 *
 * Record: version, algorithm ids, sequence, time, sender, the state decided, the case's record
 * before this one, chain hash of the record before, day-key id, nonce; the
 * envelope in clear (ids for routing stay readable); body and chunks sealed
 * with AES-256-GCM (the clear part is the additional data); CRC32C at the end.
 * chain(n) = SM3(record n as stored). Bodies are unreadable once a day's key is
 * deleted; the chain still verifies.
 *
 * Folder of a broker:
 *   SEAL            broker id, test or production, format version (0600)
 *   db/             the store
 *   keys/day-YYYYMMDD  key of a day (UTC+8), 32 random bytes with checksum, on disk
 *                   and synced before the first record under it (0600)
 *   keys/mac        key of the receipts' MAC (0600)
 *   head/HEAD.0 .1  last known sequence and chain, checksum; two slots, written
 *                   in turn; may lie elsewhere (`head_folder`), on another disk
 * A store behind the newer good HEAD slot is refused (STATUS_CORRUPT, `why` says so). */
struct journal;

enum {
    CHAIN_SIZE = 32,
    BROKER_ID_SIZE = 16,
    JOURNAL_FREE_SIZE_MIN = 8 << 20,     /* free on the disk, or the folder is not opened */
    JOURNAL_RECORD_SIZE_MAX = 3 << 20,   /* one record on disk, bytes */
    JOURNAL_GATHERED_SIZE_MAX = 4 << 20, /* a larger group is committed in parts */
    JOURNAL_RECENT_SIZE_MAX = 8 << 20,   /* records kept in memory, unsealed */
    JOURNAL_RECENT_COUNT_MAX = 4096,     /* likewise */
};

struct journal_options {
    const char *folder;
    const char *head_folder; /* NULL: folder/head */
    bool make_new;           /* make the folder when it is not there or empty */
    bool is_test;            /* must match the seal: STATUS_SEALED_OTHERWISE; not asked when read_only */
    bool accept_loss;        /* an operator decided: go on behind HEAD */
    bool read_only;          /* for tools on a copied folder; keys and HEAD may be missing */
};

struct journal_entry {
    uint64_t sequence;
    int64_t time_us;
    struct text sender; /* participant */
    struct text state;  /* of the case after it, as the core decided then; data NULL for none */
    uint64_t case_previous;
    struct bytes envelope;
    struct bytes body; /* data NULL when the day's key is gone */
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
    uint8_t chain[CHAIN_SIZE];    /* of this record (out) */
    uint8_t previous[CHAIN_SIZE]; /* of the one before (out) */
    uint32_t stored_size;         /* bytes on disk (out) */
    uint32_t day;                 /* YYYYMMDD: whose key seals it (out) */
};

/* STATUS_NOT_FOUND: no broker's folder there, and `make_new` is not set. Else as store_open, and
 * STATUS_SEALED_OTHERWISE, STATUS_NO_KEY. One thread uses a journal and its readers. */
MUST_CHECK enum status journal_open(const struct journal_options *options, struct journal **out, char *why);
void journal_close(struct journal **journal);
struct store *journal_store(struct journal *journal);
const uint8_t *journal_broker_id(const struct journal *journal);
bool journal_is_test(const struct journal *journal);

/* Seals and gathers the entry as record journal_last_sequence + 1 (entry->sequence must say so);
 * fills entry->chain, previous and stored_size. STATUS_TOO_LARGE beyond JOURNAL_RECORD_SIZE_MAX. When the group
 * would pass JOURNAL_GATHERED_SIZE_MAX, what is gathered is committed first: each record stands for itself. */
MUST_CHECK enum status journal_append(struct journal *journal, struct journal_entry *entry, char *why);
/* Gathers a record as another folder stored it, once its checksum, sequence, place in the chain and seal were found
 * good: the same bytes, the same chain. `out` is what is in it, valid until the next call with the reader.
 * STATUS_CORRUPT, STATUS_NEWER; STATUS_NO_KEY when its day's key is not there. */
struct journal_reader;
MUST_CHECK enum status journal_append_stored(struct journal *journal, struct journal_reader *reader, uint64_t sequence,
                                             struct bytes record, struct journal_entry *out, char *why);
MUST_CHECK enum status journal_commit(struct journal *journal, char *why);
/* Last sequence and chain, gathered ones counted. */
uint64_t journal_last_sequence(const struct journal *journal);
const uint8_t *journal_last_chain(const struct journal *journal);
/* Writes the HEAD record (at checkpoints and at a clean stop). */
MUST_CHECK enum status journal_write_head(struct journal *journal, char *why);

/* Makes `folder`, which must not be there yet and lie on the same disk, a broker's folder as this one is now, but for
 * its keys. HEAD is written first, so the copy's HEAD names its very end. Nothing may be gathered (STATUS_USAGE). What
 * was made is removed again when it goes wrong. */
MUST_CHECK enum status journal_snapshot(struct journal *journal, const char *folder, char *why);

/* Reads and unseals a record (a gathered one too, from memory: recent records are kept, so that a delivery
 * needs no read). The entry borrows from the reader's buffer until the next call with it.
 * STATUS_NOT_FOUND; STATUS_CORRUPT with a sentence. Free readers before the journal is closed. */
MUST_CHECK enum status journal_reader_new(struct journal *journal, struct journal_reader **out);
void journal_reader_free(struct journal_reader **reader);
MUST_CHECK enum status journal_read(struct journal_reader *reader, uint64_t sequence, struct journal_entry *out,
                                    char *why);
/* Unseals bytes already read (for walks with store_each_record). */
MUST_CHECK enum status journal_parse(struct journal_reader *reader, uint64_t sequence, struct bytes record,
                                     struct journal_entry *out, char *why);

/* Walks the records from `sequence` on, each verified: checksum, place in the chain (behind the first one seen), seal
 * where the day's key is there. `take` sees each, and ends the walk with false. `*bad` is the record behind the last
 * good one: with STATUS_CORRUPT the bad one, and `why` says what is wrong with it. */
typedef bool journal_take(const struct journal_entry *entry, void *context);
MUST_CHECK enum status journal_walk(struct journal_reader *reader, uint64_t sequence, journal_take *take, void *context,
                                    uint64_t *bad, char *why);
MUST_CHECK enum status journal_verify(struct journal_reader *reader, uint64_t sequence, uint64_t *bad, char *why);

/* The keyed hash under which a person stands in an index: HMAC-SM3 of the text under a key of its own, which is made
 * of keys/mac. False where a read-only folder has no keys/mac. */
MUST_CHECK bool journal_citizen_hash(const struct journal *journal, struct text id, uint8_t out[32]);

/* SM3, and the receipts' MAC: HMAC-SM3 over sequence (be64), time (be64), chain;
 * zeros where a read-only folder has no keys/mac. */
void digest_sm3(struct bytes bytes, uint8_t out[32]);
void journal_receipt_mac(const struct journal *journal, uint64_t sequence, int64_t time_us,
                         const uint8_t chain[CHAIN_SIZE], uint8_t out[32]);

#endif
