#include "tests/bench/percentile.h"

#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double percentile(double *values, uint32_t count, double share)
{
    qsort(values, count, sizeof *values, compare_numbers);
    return values[(uint32_t)((count - 1) * share)];
}
