#include "broker/store/rocksdb_error.h"

#include <rocksdb/c.h>

#include "broker/store/why.h"

struct reading {
    const char *words;
    enum status status;
    const char *sentence;
};

/* The first row whose words stand in the error wins: a lock is reported as an I/O error, and so is a full disk. */
static const struct reading READINGS[] = {
    {"lock hold by current process", STATUS_IN_USE, "the folder is in use by this very process"},
    {"While lock file", STATUS_IN_USE, "the folder is in use by another process"},
    {"No space left on device", STATUS_DISK_FULL, "the disk is full"},
    {"Disk quota exceeded", STATUS_DISK_FULL, "the disk quota is used up"},
    {"File too large", STATUS_DISK_FULL, "a file has reached the largest size allowed"},
    {"Corruption", STATUS_CORRUPT, "stored bytes are damaged"},
    {"No such file or directory", STATUS_CORRUPT, "a file of the store is missing"},
    {"Column family not found", STATUS_CORRUPT, "a part of the store is missing"},
    {"Column families not opened", STATUS_NEWER, "the store has parts this version does not know"},
    {"does not support", STATUS_NEWER, "the store was written by a newer version"},
    {"unsupported", STATUS_NEWER, "the store was written by a newer version"},
};

enum { READING_COUNT = sizeof READINGS / sizeof READINGS[0] };

enum status rocksdb_error_take(char **error, const char *folder, const char *what, char *why)
{
    if (!*error)
        return STATUS_OK;
    struct reading found = {"", STATUS_IO, "reading or writing failed"};
    for (int i = 0; i < READING_COUNT; i++) {
        if (strstr(*error, READINGS[i].words)) {
            found = READINGS[i];
            break;
        }
    }
    why_set(why, "%s: %s: %s (%s)", folder, what, found.sentence, *error);
    rocksdb_free(*error);
    *error = NULL;
    return found.status;
}
