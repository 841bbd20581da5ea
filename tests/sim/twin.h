#ifndef ONEVISIT_TESTS_SIM_TWIN_H
#define ONEVISIT_TESTS_SIM_TWIN_H

#include "tests/sim/peer.h"

/* A broker that stands still so long that another one is started on a copy of its disk (--take-over), and that then
 * wakes up beside it (FEATURE_SUCCESSOR). Branches and windows that have met the new one find the old one now and then.
 * What was promised (docs/decisions/0013):
 *
 *   the old one tells such a peer nothing but a refusal
 *   what was stored before the copy is there, and everything goes on at the successor */
void twin_open(void);
void twin_close(void);

/* The broker stands still and is replaced, once in a run. */
void twin_trouble(void);
/* The old one takes a turn, if it is awake. */
void twin_turn(void);
/* It ends for good. */
void twin_end(void);

bool twin_is_on(void);                                       /* the turn that runs is the old one's */
bool twin_catches(const struct peer *peer, const char *key); /* a new line of this peer ends at the old one */
bool twin_is_awake(void);
/* Something leaves the old one. */
void twin_sees_sent(const struct bytes *frames);
/* What the peer has met goes into its HELLO. */
void twin_greets(const struct peer *peer, struct hello *hello);

#endif
