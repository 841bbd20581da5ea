#ifndef ONEVISIT_BROKER_CORE_ROUND_H
#define ONEVISIT_BROKER_CORE_ROUND_H

#include "broker/core/state.h"

/* How many rounds of supplements a window may ask for after acceptance (DOMAIN
 * 6.4): the window's rule, or 1, and what an operator allowed besides. The
 * rounds the branch answered before the acceptance do not count.
 *
 * A window's word is never refused: a round beyond the limit is taken and told,
 * but the branch's answer to it waits for an operator (docs/decisions/0011). */
enum { ROUND_COUNT_DEFAULT = 1, ROUND_COUNT_MAX = 9 };

bool round_is_allowed(const struct core *core, const struct case_file *file, int64_t round);

#endif
