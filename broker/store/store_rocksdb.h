#ifndef ONEVISIT_BROKER_STORE_STORE_ROCKSDB_H
#define ONEVISIT_BROKER_STORE_STORE_ROCKSDB_H

#include "broker/store/rocksdb_settings.h"

/* What store_rocksdb*.c share, and nobody else sees.
 *
 * Invariants: batch holds records last_sequence + 1 .. last_sequence + gathered
 * and nothing else; checkpoint <= last_sequence after each store_checkpoint;
 * once `failed` is set nothing is written any more, since nobody knows what the
 * disk has. */
struct store {
    char folder[1024];
    struct rocksdb_settings settings;
    rocksdb_t *database;
    rocksdb_column_family_handle_t *parts[ROCKSDB_PART_COUNT];
    rocksdb_writeoptions_t *write_synced;
    rocksdb_writeoptions_t *write_unsynced;
    rocksdb_readoptions_t *read;
    rocksdb_writebatch_t *batch;      /* the group being gathered; reused */
    rocksdb_writebatch_t *checkpoint; /* the rows being written; reused */
    uint64_t last_sequence;
    uint64_t checkpoint_sequence;
    uint32_t gathered;
    bool is_read_only;
    bool is_rows_only;
    enum status failed; /* STATUS_OK until a write fails */
};

/* Whether the tables, and the log behind them, cover all records up to the last. An older MANIFEST names fewer
 * tables, and RocksDB takes the log after them all the same. Looks at the tables' first and last keys, not
 * at records: STATUS_CORRUPT names the first one missing. */
MUST_CHECK enum status store_look_for_holes(const struct store *store, char *why);

#endif
