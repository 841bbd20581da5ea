#ifndef ONEVISIT_TESTS_SIM_ALERTS_H
#define ONEVISIT_TESTS_SIM_ALERTS_H

#include "tests/sim/peer.h"

/* Seizures, objections, locks: windows say that something hits a unit, branches hear it in their urgent feed and a
 * person reads it. What was promised:
 *
 *   every open case of the unit, and every mortgage in force on it, hears of an alert once, and nobody else does
 *   the urgent feed has the order of the journal, and overtakes nothing of its own case
 *   MAY_DISBURSE is said only where nothing stands against it, no alert that stands or is unread first of all; and
 *   where nothing stands against it, it is said in the end */
void alerts_open(void);
void alerts_close(void);

/* A branch has an alert in its book: somebody reads it. */
void alerts_heard(struct peer *branch, struct text case_id, const struct case_event *event);
/* A RISK_ACK was refused; false where that cannot be fair. */
bool alerts_may_refuse(const struct owed *owed, struct text code);
/* Has everybody heard what they must? Before the end that may take a moment more; `is_end` makes it a broken promise.
 */
bool alerts_judge(bool is_end);

#endif
