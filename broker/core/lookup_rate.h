#ifndef ONEVISIT_BROKER_CORE_LOOKUP_RATE_H
#define ONEVISIT_BROKER_CORE_LOOKUP_RATE_H

#include "broker/core/state.h"

/* How often an operator looks up persons, as title_rate.h for branches: counted
 * hour by hour, and one above the setting raises an alarm, once an hour,
 * journaled. It decides nothing: whoever answers an auditor is not held up. */

/* Made where it is not known yet. */
struct operator_file *lookup_operator(struct core *core, struct text name);
/* One more lookup of the operator, journaled. */
void lookup_rate_count(struct turn *turn);
/* The alarm was given. */
void lookup_rate_told(struct turn *turn, struct text name);
/* The next alarm that is due; false for none. */
bool lookup_rate_propose(struct core *core, struct fact *out);

#endif
