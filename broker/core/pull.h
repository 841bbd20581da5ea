#ifndef ONEVISIT_BROKER_CORE_PULL_H
#define ONEVISIT_BROKER_CORE_PULL_H

#include "broker/core/state.h"

/* The proof does not come after the booking (DOMAIN 7, event 13): when the clock
 * for it has run out, its window is asked to look into the registry again, a
 * bounded number of times at growing intervals (core_settings.proof_pull_*).
 * Each time is a fact that is journaled, so that a restart asks no oftener. It
 * decides nothing: the booking alone stands, whatever comes of it. */

/* When the next pull of a case whose clock runs out at `due_us` may be; INT64_MAX for never. A window
 * that is away is not asked; it is when it comes. */
int64_t pull_us(const struct core *core, const struct case_row *row, int64_t due_us);
void pull_propose(const struct case_row *row, int64_t due_us, struct fact *out);
/* The window has a new session: what it owes past its time is pulled now. */
void pull_window_comes(struct core *core, struct window_file *window);

#endif
