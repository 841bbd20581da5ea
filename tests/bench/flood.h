#ifndef ONEVISIT_TESTS_BENCH_FLOOD_H
#define ONEVISIT_TESTS_BENCH_FLOOD_H

#include <stdbool.h>

/* One branch loads its bulk into one window; what do the counters of the
 * others feel, at that window and at another one? Prints the waits of a quiet
 * house beside those during the flood. */
bool flood_run(const char *program);

#endif
