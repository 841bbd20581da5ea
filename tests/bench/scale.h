#ifndef ONEVISIT_TESTS_BENCH_SCALE_H
#define ONEVISIT_TESTS_BENCH_SCALE_H

#include <stdbool.h>
#include <stdint.h>

/* What everybody else feels while one participant misbehaves (docs/reliability.md). `only`: a disturbance by its number
 * from 1, 0 for all. False when something broke or was felt: a p99 above SCALE_RATIO_MAX times the quiet one of the
 * same rounds and SCALE_FLOOR_MS for each commit on the way (one to a receipt, two to a decision), medians of the
 * rounds. The floor is what a batch may take (batch_ms_max). */
enum { SCALE_ROUND_COUNT_MAX = 9, SCALE_RATIO_MAX = 2, SCALE_FLOOR_MS = 20 };

bool scale_run(const char *program, uint32_t only, uint32_t rounds);

#endif
