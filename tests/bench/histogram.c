#include "tests/bench/histogram.h"

/* The first two doublings hold one microsecond a bucket. */
static uint32_t bucket_of(int64_t us)
{
    uint32_t doubling = 0;
    while ((us >> doubling) >= 2 * HISTOGRAM_STEP_COUNT && doubling < HISTOGRAM_DOUBLING_COUNT - 2)
        doubling++;
    const uint32_t bucket = doubling * HISTOGRAM_STEP_COUNT + (uint32_t)(us >> doubling);
    const uint32_t last = HISTOGRAM_DOUBLING_COUNT * HISTOGRAM_STEP_COUNT - 1;
    return bucket < last ? bucket : last;
}

/* The upper end of a bucket. */
static int64_t us_of(uint32_t bucket)
{
    if (bucket < 2 * HISTOGRAM_STEP_COUNT)
        return bucket;
    const uint32_t doubling = bucket / HISTOGRAM_STEP_COUNT - 1;
    return ((int64_t)(bucket - doubling * HISTOGRAM_STEP_COUNT) + 1) * (INT64_C(1) << doubling) - 1;
}

void histogram_add(struct histogram *histogram, int64_t us)
{
    histogram->counts[bucket_of(us > 0 ? us : 0)]++;
    histogram->count++;
    if (us > histogram->max_us)
        histogram->max_us = us;
}

double histogram_ms(const struct histogram *histogram, double share)
{
    const double wanted = share * histogram->count;
    uint32_t below = 0;
    uint32_t bucket = 0;

    while (bucket < HISTOGRAM_DOUBLING_COUNT * HISTOGRAM_STEP_COUNT - 1 &&
           (below += histogram->counts[bucket]) < wanted)
        bucket++;
    const int64_t us = us_of(bucket);
    return (double)(us < histogram->max_us ? us : histogram->max_us) / 1000.0;
}
