#ifndef ONEVISIT_BROKER_STORE_HEAD_H
#define ONEVISIT_BROKER_STORE_HEAD_H

#include "broker/store/journal.h"
#include "broker/store/sm3.h"

/* What the journal had at least: last sequence and chain, written at checkpoints
 * to a place of its own. RocksDB cannot see the loss of its newest log; this
 * can. Two slots are written in turn, so that one torn in writing leaves the
 * other. The newer one is the one with the higher turn, not with the higher
 * sequence: after an accepted loss the sequence goes back.
 *
 * Slot: "OVHEAD01", broker id, turn, sequence, chain, SM3 of it all. */
struct head {
    char folder[1024];
    const struct sm3 *sm3; /* borrowed */
    uint8_t broker_id[BROKER_ID_SIZE];
    uint64_t turn;     /* of the newer good slot, 0 for none */
    uint64_t sequence; /* what it says */
    uint8_t chain[CHAIN_SIZE];
};

/* Reads the slots. None that is good: STATUS_NOT_FOUND. One of another broker: STATUS_CORRUPT. */
MUST_CHECK enum status head_read(struct head *head, const char *folder, const struct sm3 *sm3,
                                 const uint8_t broker_id[BROKER_ID_SIZE], char *why);
/* Writes the older slot, on disk when it returns. */
MUST_CHECK enum status head_write(struct head *head, uint64_t sequence, const uint8_t chain[CHAIN_SIZE], char *why);

#endif
