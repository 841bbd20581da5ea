#ifndef ONEVISIT_TESTS_SIM_ACTS_H
#define ONEVISIT_TESTS_SIM_ACTS_H

#include "broker/keep/keeper.h"
#include "tests/sim/peer.h"

/* What operators did. What was promised:
 *
 *   an act that has a receipt stands in the journal once, under its operator's name and with the reason as given
 *   nothing stands there as an operator's act that no operator did
 *   an act upon a case takes effect once: its branch hears of it once, and of no act that nobody did
 *   what needs two persons is refused to one */
void acts_open(void);
void acts_close(void);

/* An operator has put an act into the outbox; `is_alone`: it lacks the second person and must be refused. */
void acts_done(const struct peer *operator, const struct owed * owed, bool is_alone);
/* The same of a decision about a difference between two books. */
void acts_done_fix(const struct peer *operator, const struct owed * owed, const struct recon_fix *fix);
/* It has its receipt. */
void acts_kept(const struct owed *owed, const struct receipt *receipt);
/* A branch hears of something in its case, for the first time. */
void acts_told(const char *case_id, const struct case_event *event);
/* Did this operator decide so about this difference? */
bool acts_has_fix(struct text operator, const struct difference * difference);

/* At rest: each record of the journal in turn, then the end of it. */
void acts_judge_record(const struct keeper_origin *origin);
void acts_judge_end(void);

#endif
