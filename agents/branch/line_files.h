#ifndef ONEVISIT_AGENTS_BRANCH_LINE_FILES_H
#define ONEVISIT_AGENTS_BRANCH_LINE_FILES_H

#include <stddef.h>

#include "schemas/status.h"

/* The *.jsonl files of a folder, in the order of their names (by bytes, so that
 * every machine takes them alike). The list is made once: what comes into the
 * folder later is another call's. */
struct line_files {
    char **paths;
    size_t count;
    size_t capacity;
};

/* STATUS_IO where the folder cannot be read; what was made is freed then. */
MUST_CHECK enum status line_files_read(const char *folder, struct line_files *out);
void line_files_fini(struct line_files *files);

#endif
