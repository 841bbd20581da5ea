#ifndef ONEVISIT_TESTS_SIM_WORDS_H
#define ONEVISIT_TESTS_SIM_WORDS_H

#include "tests/sim/peer.h"

/* Every word that has its receipt arrives, and arrives once: what a window says of a case is told to its branch, what a
 * branch says of a booked case reaches its window. The same content said again may go untold; what contradicts is told
 * as a contradiction. */
void words_open(void);
void words_close(void);
bool words_judge(bool is_end);

#endif
