#ifndef ONEVISIT_BROKER_CORE_RECONCILE_H
#define ONEVISIT_BROKER_CORE_RECONCILE_H

#include "broker/core/state.h"

/* The comparison of both sides' books (对账, DOMAIN 6.6 I15).
 *
 * Each booking stands in the book of its day under its branch and under its
 * window (rows 'n', schemas/recon.h); what a participant's own book has besides,
 * lacks or has otherwise is a difference (rows 'v'). The shell reads a group of
 * both books and calls reconcile_compare; what is found is journaled as
 * FACT_RECON and becomes rows in on_fact_recon.c. Nothing here changes a case. */

/* Writes the two rows of a case that is booked; nothing for others. */
void reconcile_keep(struct core *core, const struct case_file *file);

/* A contradiction of the registry is a difference of its own: with peer K, under the day the case was filed. */
void reconcile_contradiction(struct core *core, const struct case_file *file, int64_t time_us);

/* False when memory does not hold it; texts borrow from the row and the core's arena. */
bool reconcile_find(struct core *core, const struct row_key *key, struct difference *out);
void reconcile_put(struct core *core, const struct difference *difference);
struct row_key reconcile_key(const struct difference *difference);

/* One group of a book, or a page of it, in order of the case id. A row is_waiting where its side knows that something
 * of the case has not reached the other yet: that is a lag. */
struct recon_book {
    const struct recon_row *rows;
    uint32_t count;
};

typedef void reconcile_take(const struct difference *difference, void *context);

/* Tells every difference. The texts live in the rows and in `arena`; STATUS_LIMIT when it is full. */
MUST_CHECK enum status reconcile_compare(const struct recon_book *ours, const struct recon_book *theirs,
                                         struct text day, struct text peer, struct arena *arena, reconcile_take *take,
                                         void *context);

#endif
