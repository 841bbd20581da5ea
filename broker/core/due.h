#ifndef ONEVISIT_BROKER_CORE_DUE_H
#define ONEVISIT_BROKER_CORE_DUE_H

#include "broker/core/state.h"

/* What becomes due for a case: its one timer (expiry before it is sent, the
 * lease of what is out, archiving at the end; never two at once), and the facts
 * that core_propose hands out. */

/* Sets or clears the case's timer as its state says. */
void due_settle(struct core *core, struct case_file *file);
/* The case's timer fired. */
void due_fired(struct turn *turn, struct case_file *file);
void due_add(struct core *core, struct case_file *file, enum case_due due);
/* The next fact due, if any is still true. */
bool due_propose(struct core *core, int64_t now_us, struct fact *out);

#endif
