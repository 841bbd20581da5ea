#ifndef ONEVISIT_TESTS_BENCH_PERCENTILE_H
#define ONEVISIT_TESTS_BENCH_PERCENTILE_H

#include <stdint.h>

/* Sorts the values; `share` from 0 to 1. `count` is above 0. */
double percentile(double *values, uint32_t count, double share);

#endif
