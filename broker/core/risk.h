#ifndef ONEVISIT_BROKER_CORE_RISK_H
#define ONEVISIT_BROKER_CORE_RISK_H

#include "broker/core/state.h"

/* The alerts on the units of a case. One is named by its kind and document:
 * the same again must be read again, its end ends it. */

/* Does it stand against disbursing now? */
bool risk_row_blocks(const struct risk_row *risk);
/* Takes the alert of the turn into the case and tells its branch by the urgent feed. */
void risk_take(struct turn *turn, struct case_file *file);
/* The alert with this sequence; NULL for none. */
struct risk_row *risk_find(const struct case_file *file, int64_t alert);
/* Brings the flag CASE_RISK up to date: one stands that blocks, or that nobody has read. */
void risk_flag(struct case_file *file);

#endif
