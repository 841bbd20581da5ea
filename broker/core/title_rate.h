#ifndef ONEVISIT_BROKER_CORE_TITLE_RATE_H
#define ONEVISIT_BROKER_CORE_TITLE_RATE_H

#include "broker/core/state.h"

/* How often a branch asks for titles. Who looks up people out of curiosity asks
 * for many; the queries of a branch are counted hour by hour, and one above the
 * setting raises an alarm: once an hour, journaled, told to operations. It
 * decides nothing: a counter with a long queue is not held up. */

/* One more query of the branch, journaled. */
void title_rate_count(struct turn *turn);
/* The next alarm that is due; false for none. */
bool title_rate_propose(struct core *core, struct fact *out);

#endif
