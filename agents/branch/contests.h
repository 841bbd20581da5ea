#ifndef ONEVISIT_AGENTS_BRANCH_CONTESTS_H
#define ONEVISIT_AGENTS_BRANCH_CONTESTS_H

#include <jansson.h>

#include "schemas/message.h"

/* Why the clerk holds that warnings do not stand: one reason a check, wherever
 * in an application it warns. Only what does warn is contested, so the same
 * reasons serve every application of a file. */
struct contests {
    struct contest items[CONTEST_COUNT_MAX]; /* borrow from the arguments; no path */
    uint32_t count;
};

/* "F15=REASON", borrowed. False with a sentence in `why`. */
bool contests_take(struct contests *contests, const char *argument, char *why, size_t why_size);

/* Adds to the application's `contest` a row for each warning of `findings` that has none there and a reason here.
 * *is_complete: no warning is left without a reason. STATUS_NO_MEMORY. */
MUST_CHECK enum status contests_add(const struct contests *contests, const json_t *findings, json_t *application,
                                    bool *is_complete);

#endif
