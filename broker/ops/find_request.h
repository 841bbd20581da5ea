#ifndef ONEVISIT_BROKER_OPS_FIND_REQUEST_H
#define ONEVISIT_BROKER_OPS_FIND_REQUEST_H

#include "broker/keep/keeper.h"

/* Answers OPS_CASE_FIND. The index of the rarest thing asked for is walked from
 * its newest case down, and each case is held against the rest: by its row, and
 * by whether the index has it under the other things. Without any of them the
 * rows of cases are walked, those of open ones where no others are wanted.
 *
 * One answer looks at no more than FIND_LOOK_COUNT_MAX cases, since nobody else
 * is served meanwhile; it says behind which case to go on. */
enum { FIND_LOOK_COUNT_MAX = 2000, FIND_COUNT = 50 };
/* So long a person who was named and journaled may be looked for. */
#define FIND_LOOKUP_US INT64_C(3600000000)

/* `out` lives in the arena. STATUS_UNKNOWN_CASE: the case to go on after; STATUS_NOT_FOUND: `lookup` is no
 * OPS_CITIZEN_LOOKUP of `asker`, or too old, or its person cannot be read any more. */
MUST_CHECK enum status find_request_answer(struct keeper *keeper, const struct ops_case_find *asked, struct text asker,
                                           int64_t now_us, struct arena *arena, struct case_found *out, char *why);

#endif
