#ifndef ONEVISIT_BROKER_KEEP_JOURNAL_COPY_H
#define ONEVISIT_BROKER_KEEP_JOURNAL_COPY_H

#include "broker/keep/selection.h"

/* One record as operators get to see it: what stands around it, its envelope, and its body, masked as DOMAIN 6.9 asks
 * unless somebody may see all of it. Files that came with it stay here. */
struct journal_copy {
    struct exported about;
    struct bytes envelope;
    struct bytes body; /* data NULL: the day's key is gone */
};

/* Makes copies; `room` is what one body is masked in. */
struct journal_copier;

MUST_CHECK enum status journal_copier_new(struct journal_copier **out);
void journal_copier_free(struct journal_copier **copier);
/* `out` borrows from the record and the copier until the next call with either. A body that cannot be read is left
 * out when it is to be masked: STATUS_CORRUPT. */
MUST_CHECK enum status journal_copy_make(struct journal_copier *copier, const struct selected *record, bool is_masked,
                                         struct journal_copy *out, char *why);

#endif
