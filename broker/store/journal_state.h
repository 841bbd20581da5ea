#ifndef ONEVISIT_BROKER_STORE_JOURNAL_STATE_H
#define ONEVISIT_BROKER_STORE_JOURNAL_STATE_H

#include "broker/store/folder_seal.h"
#include "broker/store/head.h"
#include "broker/store/journal_recent.h"
#include "broker/store/journal_record.h"

/* What journal.c and its neighbours share, and nobody else sees.
 *
 * Invariants: last = durable + what the store has gathered; `recent` holds all
 * that is gathered; HEAD never names a record that is not durable. */
struct journal {
    char folder[1024];
    struct store *store;
    struct folder_seal seal;
    struct sm3 sm3;
    struct crc32c crc;
    struct day_keys keys;
    struct sm3_mac mac;
    struct sm3_mac citizen_mac;
    bool has_mac;
    bool is_read_only;
    struct body_seal body_seal;
    struct head head;
    struct journal_recent recent;
    uint8_t *record; /* the one being made; JOURNAL_RECORD_SIZE_MAX bytes */
    uint32_t gathered_size;
    uint64_t last_sequence;
    uint8_t last_chain[CHAIN_SIZE];
    uint64_t durable_sequence;
    uint8_t durable_chain[CHAIN_SIZE];
    uint32_t last_day; /* of the last record, gathered ones counted; 0 for none. Its key was made, so it is never made
                          again */
};

struct journal_reader {
    struct journal *journal;
    uint8_t *buffer; /* what the last entry points at; never NULL */
    uint32_t capacity;
};

/* SM3 of the record as it is stored. */
void journal_chain_of(const struct journal *journal, struct bytes record, uint8_t out[CHAIN_SIZE]);

#endif
