#ifndef ONEVISIT_BROKER_HISTORY_H
#define ONEVISIT_BROKER_HISTORY_H

#include <stdbool.h>

#include "broker/keep/keeper.h"

/* The steps of a case: its records are threaded through the journal, each
 * naming the one before; read backwards, told forwards. An alert on a unit is of
 * no case's thread, since it may reach many: the row names those that reached
 * this one, and they are told in their places. At most HISTORY_COUNT_MAX of the
 * newest are shown. */

/* Did the word `type` leave the case where it was, though it says otherwise? From the names on the wire before and
 * after it ("" before the first). Then the table must not read as if it had come true. */
bool history_stands_still(struct text before, struct text type, struct text after);

/* Fills out->history from the case's last record back; texts live in the arena. */
MUST_CHECK enum status history_read(struct keeper *keeper, const struct case_row *row, struct arena *arena,
                                    struct case_status *out, char *why);

#endif
