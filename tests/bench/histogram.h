#ifndef ONEVISIT_TESTS_BENCH_HISTOGRAM_H
#define ONEVISIT_TESTS_BENCH_HISTOGRAM_H

#include <stdint.h>

/* Waits in microseconds, counted in buckets that grow with the wait: 32 to each doubling, so that a figure read back
 * is at most 3 % above what was put in. All zeroes is an empty one. */
enum { HISTOGRAM_DOUBLING_COUNT = 36, HISTOGRAM_STEP_COUNT = 32 };

struct histogram {
    uint32_t counts[HISTOGRAM_DOUBLING_COUNT * HISTOGRAM_STEP_COUNT];
    uint32_t count;
    int64_t max_us;
};

void histogram_add(struct histogram *histogram, int64_t us);
/* The wait that `share` (0 to 1) of them did not exceed, in milliseconds; 0 of an empty one. */
double histogram_ms(const struct histogram *histogram, double share);

#endif
