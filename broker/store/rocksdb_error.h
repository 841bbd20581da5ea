#ifndef ONEVISIT_BROKER_STORE_ROCKSDB_ERROR_H
#define ONEVISIT_BROKER_STORE_ROCKSDB_ERROR_H

#include "broker/store/store.h"

/* RocksDB's C interface reports an error as a sentence. Which status that is can
 * only be read from its words: version 7.8 has no codes in c.h. */

/* Takes `*error` (frees and nulls it) and says it in `why` with the folder it is about.
 * NULL is STATUS_OK. */
MUST_CHECK enum status rocksdb_error_take(char **error, const char *folder, const char *what, char *why);

#endif
