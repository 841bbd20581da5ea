#ifndef ONEVISIT_TESTS_FAULTS_FAILING_CALLS_H
#define ONEVISIT_TESTS_FAULTS_FAILING_CALLS_H

#include <stdbool.h>
#include <stdint.h>

/* The calls that bring something to disk, wrapped: write, pwrite, fsync, fdatasync, rename, open for
 * writing, ftruncate, fallocate. This program's own definitions stand before those of libc, for RocksDB's
 * library too. They count what touches one folder and let the call with a chosen number fail. A sync that
 * fails loses what was not synced before, as a disk does.
 *
 * Nothing is counted until failing_calls_begin; one folder a process. */
enum { FAILING_CALL_NAME_SIZE = 320 };

struct failing_calls {
    const char *folder;
    uint32_t number;  /* of the call that fails, from 1 */
    bool is_for_ever; /* those after it fail too */
    int error;        /* EIO, ENOSPC */
};

/* `failed` (FAILING_CALL_NAME_SIZE) gets the call and the file, as soon as the call fails. */
void failing_calls_begin(const struct failing_calls *calls, char *failed);

#endif
