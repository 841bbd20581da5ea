#ifndef ONEVISIT_AGENTS_BRANCH_FOLDER_LOCK_H
#define ONEVISIT_AGENTS_BRANCH_FOLDER_LOCK_H

#include <stddef.h>

#include "schemas/status.h"

/* One `run` per data folder: a lock on DATA/run.lock that ends with the
 * process, however it ends. The file says who holds it. */

/* *file is the open lock, to be kept. STATUS_IN_USE with the holder in `why`, STATUS_IO. */
MUST_CHECK enum status folder_lock_take(const char *data, const char *participant, int *file, char *why,
                                        size_t why_size);
/* Does a `run` hold the folder now? */
bool folder_lock_is_held(const char *data);

#endif
