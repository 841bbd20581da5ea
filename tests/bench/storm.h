#ifndef ONEVISIT_TESTS_BENCH_STORM_H
#define ONEVISIT_TESTS_BENCH_STORM_H

#include "tests/bench/stage.h"

enum { STORM_COUNT = 3000, STORM_SECONDS_MAX = 10 /* to settle in */ };

/* The strangers of the crowd are all there, go all at once and come again at once, each with its own key and a HELLO.
 */
void storm_play(struct stage *stage);

#endif
