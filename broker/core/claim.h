#ifndef ONEVISIT_BROKER_CORE_CLAIM_H
#define ONEVISIT_BROKER_CORE_CLAIM_H

#include "broker/core/handler.h"

/* An application that is filed again after a broker lost its journal names, in
 * its envelope, the case id it was given then (docs/decisions/0018). Window and
 * registry know the case by that id, so it must stay; it is taken where this
 * history can neither have given it nor will give it for long. */

enum { CASE_SKIP = 1 << 20 }; /* how far the counter of case ids skips after a loss; nobody files so many on a day */

bool claim_is_made(const struct event *event);
/* May the application be the case it says it was? `path` of the turn is set where it may not. */
MUST_CHECK enum status claim_judge(struct turn *turn, const char *window);

#endif
