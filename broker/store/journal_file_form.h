#ifndef ONEVISIT_BROKER_STORE_JOURNAL_FILE_FORM_H
#define ONEVISIT_BROKER_STORE_JOURNAL_FILE_FORM_H

#include <string.h>

#include "broker/store/big_endian.h"
#include "broker/store/crc32c.h"
#include "broker/store/journal_file.h"
#include "broker/store/sm3.h"

/* What the writer and the reader of a journal file share, and nobody else sees. */
enum {
    FILE_MAGIC_SIZE = 8,
    FILE_AT_FORMAT = FILE_MAGIC_SIZE,
    FILE_AT_TEST = 12,
    FILE_AT_FILTERED = 13,
    FILE_AT_BROKER = 16,
    FILE_AT_FIRST = FILE_AT_BROKER + BROKER_ID_SIZE,
    FILE_AT_PREVIOUS = FILE_AT_FIRST + 8,
    FILE_AT_CRC = FILE_AT_PREVIOUS + CHAIN_SIZE,
    FILE_HEADER_SIZE = FILE_AT_CRC + 4,
    FRAME_AT_FIRST = 1,
    FRAME_AT_SECOND = 9,
    FRAME_AT_CRC = 17,
    FRAME_SIZE = 21,
    FRAME_RECORD = 'R',
    FRAME_GAP = 'G',
    FRAME_END = 'E',
};

static const char FILE_MAGIC[FILE_MAGIC_SIZE + 1] = "OVJRNL01";

/* The place in the file that both sides keep. */
struct journal_file_line {
    struct sm3 sm3;
    struct crc32c crc;
    uint8_t digest[SM3_SIZE]; /* folded so far */
    uint64_t next;            /* the record that is next in the range */
    bool has_before;          /* `chain` is the one of record next - 1 */
    uint8_t chain[CHAIN_SIZE];
    uint64_t count;
};

static inline void journal_file_fold(struct journal_file_line *line, const uint8_t *piece, size_t size)
{
    uint8_t digest[SM3_SIZE];
    sm3_of(&line->sm3, bytes_of(line->digest, SM3_SIZE), bytes_of(piece, (uint32_t)size), digest);
    memcpy(line->digest, digest, SM3_SIZE);
}

/* A frame's head and the chain that belongs to it are one piece. */
static inline void journal_file_fold_frame(struct journal_file_line *line, const uint8_t *frame,
                                           const uint8_t chain[CHAIN_SIZE])
{
    uint8_t piece[FRAME_SIZE + CHAIN_SIZE];
    memcpy(piece, frame, FRAME_SIZE);
    memcpy(piece + FRAME_SIZE, chain, CHAIN_SIZE);
    journal_file_fold(line, piece, sizeof piece);
}

#endif
