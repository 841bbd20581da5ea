#ifndef ONEVISIT_BROKER_CORE_FEED_H
#define ONEVISIT_BROKER_CORE_FEED_H

#include "broker/core/state.h"

/* The feed of a branch: one gap-free row of numbers, for ever. The last number
 * given and the last one acknowledged are durable; how far it was sent in this
 * session is not. */

/* Gives the next number to the record now being taken. `fact` NULL: the window's message itself. */
void feed_append(struct turn *turn, struct case_file *file, const char *fact);
/* The same for any branch: a fact about a case that may be another's. `detail` may be absent. */
void feed_tell(struct turn *turn, struct branch_file *branch, const struct case_file *file, const char *fact,
               struct text detail);
/* Sends what may go, at most feed_in_flight_max unacknowledged. */
void feed_pump(struct turn *turn, struct branch_file *branch);
/* The branch has all up to `number`, as far as this session is concerned. */
void feed_advance(struct turn *turn, struct branch_file *branch, uint64_t number);
/* The branch asks for what comes after `number`, again if need be. */
void feed_rewind(struct turn *turn, struct branch_file *branch, uint64_t number);
/* No progress for feed_retry_ms. */
void feed_retry(struct turn *turn, struct branch_file *branch);

#endif
