#ifndef ONEVISIT_AGENTS_WINDOW_WINDOWS_FILE_H
#define ONEVISIT_AGENTS_WINDOW_WINDOWS_FILE_H

#include <stdint.h>

#include "schemas/status.h"

/* Which windows a process serves: one participant name a line, # starts a
 * comment. The list comes back sorted, and no name stands in it twice. */
enum { WINDOWS_FILE_COUNT_MAX = 512 };

struct window_names {
    char items[WINDOWS_FILE_COUNT_MAX][33];
    uint32_t count;
};

/* STATUS_NOT_FOUND or STATUS_CONFIG with a sentence in `why`. */
MUST_CHECK enum status windows_file_read(const char *path, struct window_names *out, char *why, unsigned why_size);
/* One name, judged as in a file. */
MUST_CHECK enum status window_names_add(struct window_names *names, const char *name, char *why, unsigned why_size);
void window_names_sort(struct window_names *names);

#endif
