#ifndef ONEVISIT_BROKER_CORE_PARTS_H
#define ONEVISIT_BROKER_CORE_PARTS_H

#include "broker/core/state.h"

/* A transfer with a running mortgage (M13) ends another's mortgage, so it waits
 * in SUBMITTED until that mortgagee's own branch agrees; nobody else can speak
 * for it. It keeps its place in the lanes meanwhile, and the waiting has an end:
 * the expiry the branch gave, else PART_WAIT_DAYS_MAX. */

enum { PART_WAIT_DAYS_MAX = 5 };

/* STATUS_OK, or why nobody can be asked. */
enum status parts_judge(struct turn *turn, const struct case_submit *application);
/* Asks the old mortgagee's branch; false where the kind ends no mortgage of another. The case is open already. */
bool parts_ask(struct turn *turn, struct case_file *file, const struct case_submit *application);
/* The old mortgagee agreed: a wait that only had the house's own end has none any more. */
void parts_agree(struct case_file *file);
/* What the old mortgagee hears once it was asked: PART_BOOKED when its mortgage ended with the booking, PART_ENDED when
 * the case ended without one (its mortgage runs on, and nothing is asked of it any more). Nothing where it ended the
 * case itself, or is the branch that filed it and hears that anyway. Before the case is settled. */
void parts_tell(struct turn *turn, struct case_file *file);
bool parts_are_awaited(const struct case_row *row);

#endif
