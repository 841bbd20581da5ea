#ifndef ONEVISIT_SCHEMAS_ECHO_H
#define ONEVISIT_SCHEMAS_ECHO_H

#include "schemas/message.h"

/* The echo check (DOMAIN 2.3 step 5, I12): is what was booked what was filed?
 * The book, not the contract, fixes property and secured scope, so a wrong
 * digit there costs the bank money.
 *
 * Compared: the kind of estate, the method, the amount that counts for the
 * method, the term, the district, the units, the mortgagors' names; and, where
 * the registry names them, scope, transfer clause, rank and the proof that
 * ends; of a combined registration all parts, in legal order. Units and districts
 * through their aliases, proofs by their meaning. */

enum { ECHO_DIFFERENCE_COUNT_MAX = 32, ECHO_VALUE_SIZE = 128 };

struct echo_difference {
    char path[RECORD_PATH_SIZE_MAX]; /* in the application, as "bdbzzqse" or "units/0/bdcdyh" */
    char booked[ECHO_VALUE_SIZE];    /* what the book says, cut when longer; "" for nothing */
};

/* All that differs, in the order of the application's fields; `has_more` when others were left out. */
struct echo {
    struct echo_difference items[ECHO_DIFFERENCE_COUNT_MAX];
    uint32_t count;
    bool has_more;
};

/* What was filed: the application, then the supplements that changed it, oldest first. */
struct echo_filed {
    const struct case_submit *application;
    const struct supplement_submit *const *supplements;
    uint32_t supplement_count;
};

/* A path that a supplement changed is held against the newest value given for
 * it (JSON text; escapes inside a string are not undone, so such a value differs). */
void echo_compare(const struct echo_filed *filed, const struct case_booked *booked, struct echo *out);

#endif
