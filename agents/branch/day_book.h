#ifndef ONEVISIT_AGENTS_BRANCH_DAY_BOOK_H
#define ONEVISIT_AGENTS_BRANCH_DAY_BOOK_H

#include "agents/client/book.h"
#include "agents/client/reconcile.h"

/* The branch's own book of a day: what its events say was booked (登簿) then. */

/* Adds every booking of the day to `reconcile`. A booking that cannot be read is left out, so that the comparison
 * finds it missing. */
MUST_CHECK enum status day_book_read(struct book *book, const char *participant, struct reconcile *reconcile);

/* When a day was compared last; STATUS_NOT_FOUND when it never was. */
MUST_CHECK enum status day_book_compared_at(struct book *book, const char *day, int64_t *at_us);
/* Between book_begin and book_commit. */
MUST_CHECK enum status day_book_note(struct book *book, const char *day, int64_t differences, int64_t now_us);

#endif
