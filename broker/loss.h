#ifndef ONEVISIT_BROKER_LOSS_H
#define ONEVISIT_BROKER_LOSS_H

#include "broker/keeper.h"

/* What one disk cannot promise, the peers help to prove: each HELLO shows the
 * last receipt its sender holds. A receipt that carries this folder's own MAC
 * and whose record the journal does not have means that something was lost;
 * the broker then serves nobody until an operator decides. */
struct loss {
    bool is_accepted; /* the operator decided to go on (--accept-loss) */
    bool is_behind;
    char reason[256]; /* "" while nothing is lost */
};

/* An error of the disk is no loss: it is returned, with a sentence in `why` (KEEPER_WHY_SIZE). */
MUST_CHECK enum status loss_judge(struct loss *loss, struct keeper *keeper, struct text participant,
                                  const struct receipt *receipt, char *why);

#endif
