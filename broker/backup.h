#ifndef ONEVISIT_BROKER_BACKUP_H
#define ONEVISIT_BROKER_BACKUP_H

#include "broker/keep/keeper.h"

/* The broker's part in a backup: a snapshot of its folder, made in a moment
 * while it serves, for `onevisit backup` to copy. There is one at a time, in
 * `snapshot` of the data folder; it holds no keys. */
enum { BACKUP_PATH_SIZE = 1024 };

struct backup {
    struct keeper *keeper; /* borrowed */
    char folder[BACKUP_PATH_SIZE];
    uint8_t broker_id[BROKER_ID_SIZE];
    uint8_t chain[CHAIN_SIZE];
};

/* Removes a snapshot that an earlier start left. */
MUST_CHECK enum status backup_init(struct backup *backup, struct keeper *keeper, const char *data_folder, char *why);
/* Everything must be on disk. STATUS_STALE: not for the newest OPS_BACKUP; anything else that is not STATUS_OK: it
 * could not be made, `why` says why, and nobody else is harmed. `out` borrows from `backup`. */
MUST_CHECK enum status backup_snapshot(struct backup *backup, const struct ops_snapshot *asked, int64_t now_us,
                                       struct snapshot *out, char *why);
/* It was copied; nothing where `done` is not about the newest one. */
void backup_end(struct backup *backup, const struct ops_backup_done *done);

#endif
