#ifndef ONEVISIT_BROKER_LOSS_H
#define ONEVISIT_BROKER_LOSS_H

#include "broker/keep/keeper.h"

/* What one disk cannot promise, the peers help to prove: each HELLO shows the
 * last receipt its sender holds, and the opening of the highest epoch it has
 * met. Both carry this folder's own MAC, so nobody can invent them.
 *
 *   a receipt whose record the journal does not have: something was lost (BEHIND);
 *   an opening of a start that is not in this journal's past and is not of a
 *   lower epoch: another broker was started on a copy of the folder (FENCED).
 *
 * Either way this broker serves nobody until an operator decides. An opening of
 * a lower epoch is that of a broker this one was started in place of: it is
 * logged, and its receipts are judged like any other. */
struct loss {
    bool is_accepted;    /* the operator decided to go on behind receipts (--accept-loss) */
    enum status service; /* STATUS_OK, or why nobody is served: STATUS_BEHIND, STATUS_FENCED */
    char reason[256];    /* "" while nothing is wrong */
};

/* How far a broker that takes over goes up: more often than that the one it replaces is never started again. */
enum { EPOCH_TAKE_OVER_STEP = 1000000 };
/* The epoch of the next start after `epoch` (0 for a new folder). */
int64_t loss_next_epoch(int64_t epoch, bool takes_over);

/* An error of the disk is no loss: it is returned, with a sentence in `why` (KEEPER_WHY_SIZE). */
MUST_CHECK enum status loss_judge(struct loss *loss, struct keeper *keeper, struct text participant,
                                  const struct hello *hello, char *why);

#endif
