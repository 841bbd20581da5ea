#ifndef ONEVISIT_BROKER_STORE_ROCKSDB_SETTINGS_H
#define ONEVISIT_BROKER_STORE_ROCKSDB_SETTINGS_H

#include <rocksdb/c.h>

#include "broker/store/store.h"

/* How RocksDB is opened. Safety first: the log of writes is taken up to a torn
 * tail and refused for any damage before it; closed logs are known to the
 * manifest, so that one that is missing or cut is found out.
 *
 * Parts (column families): few, since every one costs memory and flushes. */
enum rocksdb_part {
    ROCKSDB_PART_META,    /* "default": format version, checkpoint */
    ROCKSDB_PART_JOURNAL, /* be64 sequence -> record; keys only ever grow */
    ROCKSDB_PART_ROWS,    /* rows of the projection */
    ROCKSDB_PART_COUNT
};

struct rocksdb_settings {
    rocksdb_options_t *database;
    rocksdb_options_t *parts[ROCKSDB_PART_COUNT];
    rocksdb_cache_t *cache;
};

/* On an error too, settings_fini is to be called. */
MUST_CHECK enum status rocksdb_settings_init(struct rocksdb_settings *settings, const struct store_options *options,
                                             char *why);
void rocksdb_settings_fini(struct rocksdb_settings *settings);
/* Never NULL. */
const char *rocksdb_part_name(enum rocksdb_part part);

#endif
