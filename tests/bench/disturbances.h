#ifndef ONEVISIT_TESTS_BENCH_DISTURBANCES_H
#define ONEVISIT_TESTS_BENCH_DISTURBANCES_H

#include "tests/bench/stage.h"

/* What one participant may do that nobody else may feel. */
extern const struct disturbance disturbances[];
extern const uint32_t disturbance_count;

/* Branches and windows that no disturbance speaks for. */
enum {
    QUIET_BRANCH_FIRST = 1,
    QUIET_BRANCH_COUNT = 6,
    QUIET_WINDOW_FIRST = 1,
    QUIET_WINDOW_COUNT = 134,
};

#endif
