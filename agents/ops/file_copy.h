#ifndef ONEVISIT_AGENTS_OPS_FILE_COPY_H
#define ONEVISIT_AGENTS_OPS_FILE_COPY_H

#include "broker/store/sm3.h"

/* Copies of files that can be trusted: on disk when the call returns, and with
 * the digest of what was read. Long files are left off at Ctrl-C
 * (gauge_is_stopped): STATUS_TIMEOUT. `why` takes STORE_WHY_SIZE. */
struct file_sum {
    uint64_t size;
    uint8_t digest[SM3_SIZE];
};

/* `to` must not be there; 0600. */
MUST_CHECK enum status file_copy(const char *from, const char *to, struct file_sum *out, char *why);
/* Read from the disk, as far as the system lets us, and not from memory. */
MUST_CHECK enum status file_sum(const char *path, struct file_sum *out, char *why);
/* Are both as long as each other and end alike? A table of RocksDB ends with properties that no other has. */
MUST_CHECK enum status file_looks_same(const char *one, const char *other, bool *out, char *why);

#endif
