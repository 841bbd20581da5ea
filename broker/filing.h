#ifndef ONEVISIT_BROKER_FILING_H
#define ONEVISIT_BROKER_FILING_H

#include "broker/core/core.h"
#include "broker/store/journal.h"
#include "schemas/echo.h"
#include "schemas/supplement_check.h"

/* Holds what was booked against what was filed: reads the application and its
 * supplements back from the journal, since the core has no bodies. The result
 * is a function of the journal, so stepping a CASE_BOOKED again gives the same. */
struct filing;

MUST_CHECK enum status filing_new(struct journal *journal, struct filing **out);
void filing_free(struct filing **filing);

/* Fills `out` with the differences between the case's filings and `booked`.
 * STATUS_NOT_FOUND when a filing cannot be read any more (its day key was
 * deleted, or it is too large to hold): nothing can be said. */
MUST_CHECK enum status filing_compare(struct filing *filing, const struct case_row *row,
                                      const struct case_booked *booked, struct echo *out, char *why);
/* Fills `out` with what `answer` leaves open of the SUPPLEMENT_REQ at the sequence `asked`. STATUS_NOT_FOUND as above.
 */
MUST_CHECK enum status filing_lacks(struct filing *filing, uint64_t asked, const struct supplement_submit *answer,
                                    struct problems *out, char *why);

#endif
