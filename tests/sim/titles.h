#ifndef ONEVISIT_TESTS_SIM_TITLES_H
#define ONEVISIT_TESTS_SIM_TITLES_H

#include "tests/sim/peer.h"

/* What the book says: branches ask, windows answer. What was promised:
 *
 *   a question goes to the window of its district alone, as it was asked, when it is in the journal
 *   its answer goes to who asked, word for word what that window said to this question
 *   a question has one answer: the first, for ever, however often either side says it again
 *   an application stands on answers its own branch has, and on no others
 *   when the trouble is over, every question has its answer */
void titles_open(void);
void titles_close(void);

/* Now and then a branch asks about a unit. */
void titles_ask(struct peer *branch, uint32_t window, uint32_t unit);
/* The units of an application stand on answers the branch has, where it has any; or on one of somebody else, for which
 * it must be refused: then the result is true. */
bool titles_stand(const struct peer *branch, uint32_t window, const uint32_t *units, struct unit *items,
                  uint32_t count);

#endif
