#ifndef ONEVISIT_AGENTS_WINDOW_DAY_BOOK_H
#define ONEVISIT_AGENTS_WINDOW_DAY_BOOK_H

#include "agents/client/reconcile.h"
#include "agents/window/base.h"

/* A window's own book of a day: what it said it booked (登簿) then, said to the
 * broker or still in the outbox. */

/* Adds every booking of the day to `reconcile`. A booking that cannot be read is left out, so that the comparison
 * finds it missing. */
MUST_CHECK enum status day_book_read(struct base *base, struct text window, struct reconcile *reconcile);

/* When a day of the window was compared last; 0 for never. */
int64_t day_book_compared_at(struct base *base, struct text window, const char *day);
/* Into the open group. */
void day_book_note(struct base *base, struct text window, const char *day, int64_t differences, int64_t now_us);

#endif
