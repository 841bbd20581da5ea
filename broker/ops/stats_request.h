#ifndef ONEVISIT_BROKER_OPS_STATS_REQUEST_H
#define ONEVISIT_BROKER_OPS_STATS_REQUEST_H

#include "broker/keep/keeper.h"

/* The measures of a range of days, in the order of day and case id, page by
 * page: whoever asks goes on after the last one he has. */

/* Fills `out` with texts that live in `arena`. STATUS_LIMIT when the arena is too
 * small for the page; errors of the store as they are, with `why`. */
MUST_CHECK enum status stats_request_list(struct keeper *keeper, const struct ops_stats *asked, struct arena *arena,
                                          struct stats_list *out, char *why);

#endif
