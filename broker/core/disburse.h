#ifndef ONEVISIT_BROKER_CORE_DISBURSE_H
#define ONEVISIT_BROKER_CORE_DISBURSE_H

#include "broker/core/state.h"

/* May the bank disburse (放款, DOMAIN 2.3 step 7)? Advice, computed from the
 * case's row alone: yes when every condition of the table holds. The bank decides. */
enum disburse_condition {
    DISBURSE_KIND,
    DISBURSE_BOOKED,
    DISBURSE_PROOF,
    DISBURSE_VERIFIED,
    DISBURSE_COMPARED,
    DISBURSE_ECHO,
    DISBURSE_RANK,
    DISBURSE_RISK,
    DISBURSE_DOUBT,
    DISBURSE_CONTRADICTION,
    DISBURSE_CONDITION_COUNT,
};

bool disburse_holds(const struct case_row *row, enum disburse_condition condition);
/* All of them hold. */
bool disburse_may(const struct case_row *row);
/* The conditions with their sentences and the records they rest on; STATUS_LIMIT when the arena is full. */
MUST_CHECK enum status disburse_evidence(const struct case_row *row, struct arena *arena,
                                         struct disburse_evidence_list *out);
/* Tells the branch, by its ordinary feed, where the answer is another than the one told last. */
void disburse_tell(struct turn *turn, struct case_file *file);

#endif
