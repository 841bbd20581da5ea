#ifndef ONEVISIT_AGENTS_BRANCH_BOOKED_H
#define ONEVISIT_AGENTS_BRANCH_BOOKED_H

#include "agents/branch/events.h"
#include "schemas/echo.h"

/* Holds a booking against what this branch itself filed: its CASE_SUBMIT and
 * supplements stand in the outbox, the booking in the record of events. So the
 * clerk sees which field differs, not only that one does. */

/* Fills `out`. STATUS_NOT_FOUND when the filing is not in this book (it was
 * filed from another folder), STATUS_BAD_BODY when one of them cannot be read. */
MUST_CHECK enum status booked_compare(struct book *book, const struct event_row *booked, struct echo *out);

#endif
