#ifndef ONEVISIT_BROKER_STORE_JOURNAL_FILE_H
#define ONEVISIT_BROKER_STORE_JOURNAL_FILE_H

#include "broker/store/journal.h"

/* Records of a journal in one file that verifies on its own: exactly as they are stored, so their bodies stay sealed
 * and no key is needed to write or to verify it.
 *
 * Numbers highest byte first:
 *   header   "OVJRNL01", format version 4, test 1, filtered 1, zero 2, broker id 16, first record 8, chain of the
 *            record before it 32 (zeros when the file was filtered and that record was not seen), CRC-32C 4
 *   frames   tag 1, number 8, number 8, CRC-32C of the three 4, and what follows:
 *     R      sequence, size, then the record
 *     G      first and last record left out; only in a filtered file
 *     E      count of records, last record of the range, then the chain of the last record in the file 32 and the
 *            digest 32; the end
 * The digest is folded: SM3(the digest before, a piece), from zeros, over the header, each frame's head with the chain
 * of its record (SM3 of the record as stored), and the end's head with the last chain. So each byte is under it.
 *
 * Invariants: sequences rise; in a file that is not filtered each record is the one behind the last; a record's own
 * chain field fits wherever the record before it is in the file. */
enum { JOURNAL_FILE_FORMAT = 1 };

struct journal_file_head {
    uint8_t broker_id[BROKER_ID_SIZE];
    bool is_test;
    bool is_filtered;
    uint64_t first;               /* where the range begins */
    uint8_t previous[CHAIN_SIZE]; /* chain of the record before */
};

/* ---- writing ---- */

struct journal_file_writer;

/* Writes "path.new"; the name itself is there only when all of it is. */
MUST_CHECK enum status journal_file_create(const char *path, const struct journal_file_head *head,
                                           struct journal_file_writer **out, char *why);
/* One stored record, its checksum, place and chain looked at: STATUS_CORRUPT. What lies between it and the one before
 * is written down as left out (STATUS_USAGE where the file is not filtered). */
MUST_CHECK enum status journal_file_put(struct journal_file_writer *writer, uint64_t sequence, struct bytes record,
                                        char *why);
/* Up to here the range was looked at; then the end, on disk, under its name. */
MUST_CHECK enum status journal_file_finish(struct journal_file_writer *writer, uint64_t last, char *why);
uint64_t journal_file_count(const struct journal_file_writer *writer);
/* Removes what was begun unless it was finished; `*writer` may be NULL. */
void journal_file_close(struct journal_file_writer **writer);

/* ---- reading ---- */

struct journal_file_reader;

struct journal_file_record {
    uint64_t sequence;
    int64_t time_us;
    uint32_t day;        /* of its key */
    struct bytes stored; /* valid until the next call */
    uint8_t chain[CHAIN_SIZE];
};

struct journal_file_end {
    uint64_t count;
    uint64_t left_out; /* records in the gaps */
    uint64_t gaps;
    uint64_t last; /* of the range */
    uint8_t chain[CHAIN_SIZE];
};

/* STATUS_NOT_FOUND, STATUS_IO; STATUS_NEWER; STATUS_CORRUPT: no such file, or its header was altered. */
MUST_CHECK enum status journal_file_open(const char *path, struct journal_file_reader **out, char *why);
void journal_file_reader_free(struct journal_file_reader **reader);
const struct journal_file_head *journal_file_head(const struct journal_file_reader *reader);
uint64_t journal_file_size(const struct journal_file_reader *reader);
uint64_t journal_file_place(const struct journal_file_reader *reader); /* bytes read */

/* The next record, verified: checksum, order, chain. STATUS_NOT_FOUND behind the last one, when the end and its digest
 * were found good too; STATUS_CORRUPT with a sentence that names record and byte. */
MUST_CHECK enum status journal_file_next(struct journal_file_reader *reader, struct journal_file_record *out,
                                         char *why);
/* After journal_file_next said STATUS_NOT_FOUND. */
const struct journal_file_end *journal_file_end(const struct journal_file_reader *reader);

#endif
