#ifndef ONEVISIT_BROKER_STORE_STORE_H
#define ONEVISIT_BROKER_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* The seam to what keeps bytes: an append-only journal and a map of rows.
 * store_rocksdb.c is the embedded default. The store knows nothing of what the
 * bytes mean.
 *
 * Rules: a group is appended with store_append and becomes durable with ONE
 * store_commit (synchronous). Rows are written by store_checkpoint in one
 * atomic batch together with the sequence they stand for, never ahead of the
 * journal, not synchronous. After any error the outcome is unknown: the caller
 * ends the process, restart reads the truth. */
struct store;

enum { STORE_WHY_SIZE = 256, STORE_KEY_SIZE_MAX = 256 /* of a row, bytes */ };

struct store_options {
    const char *folder;
    bool must_exist; /* do not make a new one */
    bool read_only;  /* for tools on a copied folder */
    bool rows_only;  /* holds no records of its own: rows made anew from another store's journal */
};

/* A value read; borrowed until store_value_fini. */
struct store_value {
    struct bytes bytes; /* data NULL: not there */
    void *owner;
};

/* One row to write; value.data NULL deletes it. */
struct store_row {
    struct bytes key;
    struct bytes value;
};

/* STATUS_IN_USE, STATUS_CORRUPT, STATUS_NEWER, STATUS_DISK_FULL, STATUS_IO; `why` (STORE_WHY_SIZE, NULL for
 * nobody asks) names file and cause. */
MUST_CHECK enum status store_open(const struct store_options *options, struct store **out, char *why);
void store_close(struct store **store);

/* Gathers one record for the next commit; `sequence` is the last one + 1. */
MUST_CHECK enum status store_append(struct store *store, uint64_t sequence, struct bytes record, char *why);
/* All gathered records durable, or an error. Nothing gathered: OK at once. */
MUST_CHECK enum status store_commit(struct store *store, char *why);
uint32_t store_gathered(const struct store *store);

MUST_CHECK enum status store_checkpoint(struct store *store, uint64_t sequence, const struct store_row *rows,
                                        uint32_t count, char *why);
/* All rows gone and the checkpoint back to 0, in one step: the rows are made anew from the journal. */
MUST_CHECK enum status store_forget_rows(struct store *store, char *why);
/* Makes `folder`, which must not be there yet and lie on the same disk, a store with all that is on disk now. Tables
 * are linked, not copied. Nothing may be gathered. */
MUST_CHECK enum status store_snapshot(struct store *store, const char *folder, char *why);
/* The sequence the rows stand for, 0 for none. */
uint64_t store_checkpoint_sequence(const struct store *store);
/* The last record's sequence, 0 for an empty journal (gathered ones not counted). */
uint64_t store_last_sequence(const struct store *store);

MUST_CHECK enum status store_record(struct store *store, uint64_t sequence, struct store_value *out, char *why);
MUST_CHECK enum status store_row(struct store *store, struct bytes key, struct store_value *out, char *why);
void store_value_fini(struct store_value *value);

/* Walks records from `sequence` up, or rows whose key starts with `prefix` in
 * key order (from `prefix` itself when `after` is empty, else behind `after`);
 * stops when `take` answers false. */
typedef bool store_take_record(uint64_t sequence, struct bytes record, void *context);
typedef bool store_take_row(struct bytes key, struct bytes value, void *context);
MUST_CHECK enum status store_each_record(struct store *store, uint64_t sequence, store_take_record *take, void *context,
                                         char *why);
MUST_CHECK enum status store_each_row(struct store *store, struct bytes prefix, struct bytes after, bool backwards,
                                      store_take_row *take, void *context, char *why);

#endif
