#ifndef ONEVISIT_BROKER_STORE_SMALL_FILE_H
#define ONEVISIT_BROKER_STORE_SMALL_FILE_H

#include <stddef.h>

#include "broker/store/store.h"

/* Files of a few dozen bytes that must be whole or not there: keys, seal, marks.
 *
 * small_file_write leaves either the old bytes or the new ones under the name,
 * whatever happens in between, and returns only when file and folder are on
 * disk. Files are 0600, folders 0700. */
enum { SMALL_FILE_PATH_SIZE = 1024 };

/* "folder/name" into out (SMALL_FILE_PATH_SIZE); STATUS_CONFIG when it is too long. */
MUST_CHECK enum status small_file_path(char *out, const char *folder, const char *name, char *why);

/* Exactly as many bytes as are there into `out`, at most `capacity`; a larger file is STATUS_CORRUPT.
 * STATUS_NOT_FOUND, STATUS_IO. */
MUST_CHECK enum status small_file_read(const char *path, uint8_t *out, size_t capacity, size_t *size, char *why);
MUST_CHECK enum status small_file_write(const char *folder, const char *name, struct bytes bytes, char *why);
/* Overwrites in place and syncs: for slots that are written in turn. */
MUST_CHECK enum status small_file_overwrite(const char *path, struct bytes bytes, char *why);
/* Removes the file, if there is one, for good. */
MUST_CHECK enum status small_file_remove(const char *folder, const char *name, char *why);
bool small_file_is_there(const char *path);

/* Makes the folder (not its parents) unless it is there. */
MUST_CHECK enum status folder_make(const char *folder, char *why);
MUST_CHECK enum status folder_sync(const char *folder, char *why);
/* Is there nothing in it, or no such folder? `lost+found` of a fresh disk does not count. */
MUST_CHECK enum status folder_is_empty(const char *folder, bool *is_empty, char *why);
/* Likewise, where what has the name `except` does not count either. */
MUST_CHECK enum status folder_is_empty_but(const char *folder, const char *except, bool *is_empty, char *why);

/* Removes the folder with all that is in it, links themselves and not what they name. One that is not there is no
 * error. */
MUST_CHECK enum status folder_remove(const char *folder, char *why);

/* The status of an errno of a call on `path`, with its sentence. */
enum status file_error(int error, const char *path, const char *what, char *why);

#endif
