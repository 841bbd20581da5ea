#ifndef ONEVISIT_AGENTS_BRANCH_LINES_H
#define ONEVISIT_AGENTS_BRANCH_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* Reads a file of lines, each at most LINE_SIZE_MAX bytes, in bounded memory; of
 * a folder its *.jsonl files one after the other. A longer line is told as such
 * and read over; the next ones are intact. */
struct lines;

enum { LINE_SIZE_MAX = 1 << 20 };

struct line {
    const char *file; /* of a folder: its name, valid until lines_close; else NULL */
    uint64_t number;  /* from 1, in each file */
    struct text text; /* without its end, valid until the next call */
    bool is_too_long;
    bool is_blank;
};

/* "-" is standard input. STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY. */
MUST_CHECK enum status lines_open(const char *path, struct lines **out);
void lines_close(struct lines **lines);
/* STATUS_NOT_FOUND after the last line, STATUS_IO when reading failed (a file of the folder that is gone by now, too).
 */
MUST_CHECK enum status lines_next(struct lines *lines, struct line *out);
/* Would the next line have to be waited for? Never true for a file. */
bool lines_would_wait(const struct lines *lines);

#endif
