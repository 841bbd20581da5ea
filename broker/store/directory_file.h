#ifndef ONEVISIT_BROKER_STORE_DIRECTORY_FILE_H
#define ONEVISIT_BROKER_STORE_DIRECTORY_FILE_H

#include "schemas/message.h"

/* The directory file: which CURVE key belongs to which participant.
 *
 *   {"version":1,"participants":[
 *   {"participant":"B:105451099995","key":"<40 Z85>","name":"...","added_at":<us>},
 *   {"participant":"W:370102","key":"<40 Z85>","added_at":<us>,"revoked_at":<us>,"revoked_why":"..."}
 *   ]}
 *
 * A row is the record directory_row. The file is judged as a whole: one bad
 * row and nothing of it is taken, so a broker never runs on half a directory.
 * Beyond the rows' own rules: a key stands once, whoever it belongs to; a
 * participant has at most DIRECTORY_ACTIVE_KEYS_MAX keys in force (two while
 * it rotates); the broker K itself has no row; revoked_why stands only beside
 * revoked_at, which is not before added_at. */

enum {
    DIRECTORY_VERSION = 1,
    DIRECTORY_ACTIVE_KEYS_MAX = 2,
    DIRECTORY_ROWS_MAX = DIRECTORY_ROW_COUNT_MAX,
    DIRECTORY_FILE_SIZE_MAX = 4 << 20, /* bytes */
    DIRECTORY_ARENA_SIZE = 4 << 20,    /* enough for any file within the two limits above */
    DIRECTORY_WHY_SIZE = 256,
};

/* Told once per problem: the line of the row (0 where there is none), the path
 * in the file ("participants/3/key") and a sentence. Valid during the call. */
typedef void directory_take_problem(unsigned line, const char *path, const char *sentence, void *context);

/* Fills `out` from the file; rows, texts and the digest (SM3 of the file's
 * bytes) live in `arena`. STATUS_NOT_FOUND, STATUS_CONFIG (the content breaks a
 * rule), STATUS_LIMIT, STATUS_NO_MEMORY, STATUS_IO; `why` (DIRECTORY_WHY_SIZE)
 * names file, line and the first problem, and how many others there are. */
MUST_CHECK enum status directory_file_read(const char *path, struct arena *arena, struct fact_directory *out,
                                           char *why);
/* The same, and every problem goes to `take`. */
MUST_CHECK enum status directory_file_judge(const char *path, struct arena *arena, struct fact_directory *out,
                                            char *why, directory_take_problem *take, void *context);

/* Replaces the file in one step, one row a line, mode 0644: a reader sees the
 * old file or the new one, also after a power cut. `directory->digest` is not
 * used. STATUS_DISK_FULL, STATUS_NO_MEMORY, STATUS_IO. */
MUST_CHECK enum status directory_file_write(const char *path, const struct fact_directory *directory, char *why);

/* Read, change, write is one act: whoever holds the lock is alone with the
 * folder of the file (flock on the folder; waits for its turn). */
MUST_CHECK enum status directory_file_lock(const char *path, int *out_lock, char *why);
void directory_file_unlock(int *lock);

#endif
