#ifndef ONEVISIT_BROKER_OPS_EXPORT_REQUEST_H
#define ONEVISIT_BROKER_OPS_EXPORT_REQUEST_H

#include "broker/keep/keeper.h"

/* One page of an export: looks at no more than EXPORT_LOOK_COUNT_MAX records, so that nobody waits for it, and says
 * where to go on. What is shown is masked, unless the asker is one of two operators who allowed this very scope, and
 * their minutes run. */
enum {
    EXPORT_LOOK_COUNT_MAX = 1000,
    EXPORT_CONTENT_SIZE_WANTED = 1 << 19,                         /* a page ends behind the record that passes it */
    EXPORT_CONTENT_SIZE_MAX = (1 << 19) + JOURNAL_RECORD_SIZE_MAX /* one record larger than all is a page */
};

struct export_answer {
    struct export_page page;
    struct bytes content; /* of the records, one behind the other */
};

/* All of `out` lives in `arena`. STATUS_FOUR_EYES: not masked, and nobody allowed it to `operator`, or no longer.
 * STATUS_NOT_FOUND: the journal ends before the range. */
MUST_CHECK enum status export_request_page(struct keeper *keeper, const struct ops_export *asked, struct text operator,
                                           int64_t now_us, struct arena *arena, struct export_answer *out, char *why);

#endif
