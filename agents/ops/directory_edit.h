#ifndef ONEVISIT_AGENTS_OPS_DIRECTORY_EDIT_H
#define ONEVISIT_AGENTS_OPS_DIRECTORY_EDIT_H

#include "broker/store/directory_file.h"

/* One change of the directory file: open (locks and reads), change the rows in
 * memory, save, close. Two operators who change it at once wait for each other
 * and neither change is lost. Closing without saving changes nothing. */
struct directory_edit {
    const char *path; /* borrowed */
    int lock;
    uint8_t *memory;
    struct arena arena;
    struct directory_row *rows; /* room for DIRECTORY_ROWS_MAX */
    uint32_t count;
};

/* A file that is not there is an empty directory when `may_be_new`. */
MUST_CHECK enum status directory_edit_open(const char *path, bool may_be_new, struct directory_edit *out, char *why);
/* Takes one more key of a participant. Texts of `row` must live until close.
 * STATUS_LIMIT with a sentence when the directory or the participant has its
 * full number, STATUS_CONFIG when the key is there already. */
MUST_CHECK enum status directory_edit_add(struct directory_edit *edit, const struct directory_row *row, char *why);
MUST_CHECK enum status directory_edit_save(struct directory_edit *edit, char *why);
/* May be called twice, and on a zeroed struct with lock -1. */
void directory_edit_close(struct directory_edit *edit);

#endif
