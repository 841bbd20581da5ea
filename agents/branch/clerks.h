#ifndef ONEVISIT_AGENTS_BRANCH_CLERKS_H
#define ONEVISIT_AGENTS_BRANCH_CLERKS_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* Which clerk of the branch may file which kinds of registration (B02): a JSON
 * list of {"clerk": "1001", "kinds": ["M01", "M04"]}; the kind "*" is all. */
struct clerks;

/* Judged whole: one wrong row, and nothing of the file holds. STATUS_CONFIG, or STATUS_NOT_FOUND where it cannot be
 * opened, with a sentence in `why`. */
MUST_CHECK enum status clerks_read(const char *path, struct clerks **out, char *why, size_t why_size);
void clerks_free(struct clerks **clerks);

/* An application without a clerk is nobody's to file. Without a kind, which is a finding of its own, only the clerk is
 * judged. */
bool clerks_allow(const struct clerks *clerks, struct text clerk, struct text kind);

#endif
