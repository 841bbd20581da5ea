#ifndef ONEVISIT_BROKER_CORE_FEE_H
#define ONEVISIT_BROKER_CORE_FEE_H

#include "broker/core/state.h"

/* The fee of a case (缴费状态), a state beside the case's. A bill goes forward only: a word that names an earlier state
 * is late and moves nothing, so the words about one bill end alike in any order. */
struct fee_word {
    enum lifecycle_event event;
    struct text bill;
    struct text state;    /* where it says the fee stands */
    struct number amount; /* of a notice: what is to be paid */
};

/* Takes it as a word of the window; what cannot be is flagged and told, never applied. */
void fee_take(struct turn *turn, const struct fee_word *said);
/* Is money awaited? The same of a row that is not in memory. */
bool fee_is_awaited(const struct case_row *row);
/* Does the fee of the case wait for a payment of this bill? */
bool fee_is_payable(const struct case_file *file, struct text bill);

#endif
