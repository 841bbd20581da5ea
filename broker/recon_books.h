#ifndef ONEVISIT_BROKER_RECON_BOOKS_H
#define ONEVISIT_BROKER_RECON_BOOKS_H

#include "broker/keep/keeper.h"
#include "schemas/recon.h"

/* The broker's own side of the books of a day, read from the rows of one
 * participant and one day alone: the cost of a question is the day of whoever
 * asks. The rows must be on disk (keeper_checkpoint). */

/* Bookings one page of another's book may be held against. */
enum { RECON_OWN_ROW_COUNT_MAX = 8192 };

struct recon_groups {
    struct recon_group *items; /* in order of the book; all in the arena */
    uint32_t count;
    int64_t bookings;
};

/* STATUS_LIMIT when the arena is full. */
MUST_CHECK enum status recon_books_groups(struct keeper *keeper, struct text day, struct text participant,
                                          struct arena *arena, struct recon_groups *out, char *why);

/* What the page spans: a group from behind `after` (data NULL: its beginning) to `last` (data NULL: its end). */
struct recon_span {
    struct text day;
    struct text participant;
    struct recon_group group; /* its names alone */
    struct text after;
    struct text last;
};

bool recon_span_holds(const struct recon_span *span, struct text case_id);

struct recon_rows {
    struct recon_row *items; /* in order of the case id; all in the arena */
    uint32_t count;
};

/* STATUS_LIMIT beyond RECON_OWN_ROW_COUNT_MAX or the arena. */
MUST_CHECK enum status recon_books_rows(struct keeper *keeper, const struct recon_span *span, struct arena *arena,
                                        struct recon_rows *out, char *why);

/* Differences one participant can have on one day, so that nobody fills the store with them. */
enum { RECON_KEPT_COUNT_MAX = 10000 };

/* Differences of the day and participant that are open, class state-lag; `kept` counts all of them, closed ones too. */
/* True: the row is needed until the arena is reset. */
typedef bool recon_books_take(const struct difference *difference, void *context);
MUST_CHECK enum status recon_books_lags(struct keeper *keeper, struct text day, struct text participant,
                                        struct arena *arena, recon_books_take *take, void *context, uint32_t *kept,
                                        char *why);

/* Is an event of the case in the branch's feed that the branch has not acknowledged? */
MUST_CHECK enum status recon_books_unread(struct keeper *keeper, struct text branch, struct text case_id,
                                          struct arena *arena, bool *out, char *why);

#endif
