#ifndef ONEVISIT_AGENTS_OPS_BACKUP_SET_H
#define ONEVISIT_AGENTS_OPS_BACKUP_SET_H

#include <jansson.h>

#include "agents/ops/file_copy.h"
#include "broker/store/journal.h"

/* A folder of backups. Each backup is a folder named by its last record (20
 * digits), a broker's data folder but for the keys, with backup.json beside:
 *
 *   format, broker, test, sequence, chain, time    what it is
 *   keys    the days whose keys it needs, and they are kept elsewhere
 *   files   name, size and SM3 of each
 *
 * A table that an earlier backup has is linked, not copied, so each is whole and
 * any may be removed. A folder ending in ".new" is one that was broken off. */
enum { BACKUP_FORMAT = 1, BACKUP_NAME_SIZE = 21, BACKUP_KEY_COUNT_MAX = 36600 /* days of a hundred years */ };

/* Is it a name such as backups have? */
bool backup_is_name(const char *name);
/* The name of the newest backup in `folder`, or of the one that ends at `sequence` where it is not 0. STATUS_NOT_FOUND.
 */
MUST_CHECK enum status backup_find(const char *folder, uint64_t sequence, char name[BACKUP_NAME_SIZE], char *why);
/* Reads backup.json of a backup; the caller owns it. STATUS_CORRUPT, STATUS_NEWER. */
MUST_CHECK enum status backup_read(const char *backup, json_t **out, char *why);
MUST_CHECK enum status backup_write(const char *backup, const json_t *about, char *why);

/* "files" of a backup: one file, or NULL; adding one. */
json_t *backup_file(const json_t *about, const char *name);
MUST_CHECK enum status backup_add_file(json_t *about, const char *name, const struct file_sum *sum);
/* Is it the file that was written down? STATUS_CORRUPT with a sentence. */
MUST_CHECK enum status backup_judge_file(const json_t *file, const struct file_sum *sum, char *why);

/* Opens the folder as a broker's own, walks its journal from the first record to the last, and compares the end with
 * "sequence" and "chain". Sets "keys", and "last_time" to the time of the last record. */
MUST_CHECK enum status backup_judge_folder(const char *folder, json_t *about, char *why);

#endif
