#ifndef ONEVISIT_BROKER_FILING_H
#define ONEVISIT_BROKER_FILING_H

#include "broker/core/core.h"
#include "broker/store/journal.h"
#include "schemas/supplement_check.h"

/* Holds what was booked against what was filed: reads the application and its
 * supplements back from the journal, since the core has no bodies. The result
 * is a function of the journal and its day keys: that a filing could not be
 * read is journaled before the booking (FACT_ECHO_UNKNOWN), so stepping a
 * CASE_BOOKED again gives the same. */
struct filing;

MUST_CHECK enum status filing_new(struct journal *journal, struct filing **out);
void filing_free(struct filing **filing);

/* Compares the booking of a CASE_BOOKED, its case's row in memory, with what was filed: sets event->booked_differs and
 * rank_differs. `unread` is the filing that cannot be read any more (its day key was deleted, or it is too large to
 * hold), 0 for none: then nothing is said of equality. */
MUST_CHECK enum status filing_judge(struct filing *filing, const struct core *core, struct event *event,
                                    uint64_t *unread, char *why);
/* Fills `out` with what `answer` leaves open of the SUPPLEMENT_REQ at the sequence `asked`. STATUS_NOT_FOUND when
 * that cannot be read any more. */
MUST_CHECK enum status filing_lacks(struct filing *filing, uint64_t asked, const struct supplement_submit *answer,
                                    struct problems *out, char *why);

#endif
