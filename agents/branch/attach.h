#ifndef ONEVISIT_AGENTS_BRANCH_ATTACH_H
#define ONEVISIT_AGENTS_BRANCH_ATTACH_H

#include <jansson.h>

#include "agents/client/digest.h"
#include "schemas/checks/check.h"

/* The scanned files of one application. A material may name its file in `file`,
 * a place below the folder of the files; the file is looked into (scan.h), and
 * `sm3`, `size`, `mime` and `carried` are written in the place of `file`. What
 * the application says of a file already must be so. */

enum { ATTACH_PATH_SIZE = 1024 };

struct attached {
    char path[ATTACH_PATH_SIZE];
    uint8_t sm3[SM3_SIZE];
    int64_t size;
};

struct attach {
    const char *folder; /* borrowed; NULL: nothing is attached, and `file` is a field nobody knows */
    struct digest *digest;
    struct attached files[MATERIAL_COUNT_MAX]; /* of the last application */
    uint32_t count;
    struct check_result found; /* what is wrong with them */
};

MUST_CHECK enum status attach_init(struct attach *attach, const char *folder);
void attach_fini(struct attach *attach);
/* Looks at the files of `application` and changes it as said above. STATUS_NO_MEMORY. */
MUST_CHECK enum status attach_application(struct attach *attach, json_t *application);

/* The whole file in memory, at most MATERIAL_SIZE_MAX bytes, freed by the caller. STATUS_NOT_FOUND, STATUS_TOO_LARGE,
 * STATUS_IO (an empty file, or no file at all), STATUS_NO_MEMORY. */
MUST_CHECK enum status file_take(const char *path, uint8_t **out, uint32_t *size);

#endif
