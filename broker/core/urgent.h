#ifndef ONEVISIT_BROKER_CORE_URGENT_H
#define ONEVISIT_BROKER_CORE_URGENT_H

#include "broker/core/state.h"

/* The urgent feed of a branch: alerts, in a gap-free row of numbers of its own.
 * It overtakes the ordinary feed, but never the events of its own case that
 * came before: an entry goes when the ordinary feed was sent up to the number
 * it names. Those numbers are held in memory for what is not acknowledged. */

/* Gives the next number to the record now being taken. `advice` NULL for none. */
void feed_append_urgent(struct turn *turn, struct case_file *file, const char *advice);
/* Sends what may go now. */
void urgent_pump(struct turn *turn, struct branch_file *branch);
void urgent_advance(struct turn *turn, struct branch_file *branch, uint64_t number);
void urgent_rewind(struct turn *turn, struct branch_file *branch, uint64_t number);
void urgent_retry(struct turn *turn, struct branch_file *branch);
/* The branch has all up to `number` on its disk. */
void urgent_acknowledge(struct turn *turn, struct branch_file *branch, uint64_t number);

/* At start: the first entry that is not acknowledged and not in memory yet; false for none. */
bool urgent_wants(const struct branch_file *branch, uint64_t *number);
/* Its ordinary number; entries come in their order. */
void urgent_load(struct branch_file *branch, uint64_t behind);

#endif
