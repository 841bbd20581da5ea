#ifndef ONEVISIT_AGENTS_BRANCH_SINCE_H
#define ONEVISIT_AGENTS_BRANCH_SINCE_H

#include <stdbool.h>
#include <stdint.h>

/* A point from which on: a journal sequence ("1200"), or a time at UTC+8
 * ("2026-09-30", "2026-09-30T14:03", "2026-09-30T14:03:07", with a blank for the T). */
struct since {
    bool is_time;
    int64_t value; /* sequence, or UTC microseconds */
};

bool since_parse(const char *text, struct since *out);

#endif
