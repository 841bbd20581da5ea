#ifndef ONEVISIT_TESTS_BENCH_FILL_H
#define ONEVISIT_TESTS_BENCH_FILL_H

#include "tests/bench/crowd.h"

/* Puts so many open cases into a data folder, as the daemon would: each application is stepped by the core, journaled
 * and committed, a checkpoint comes every so often. Only the sockets are left out, to be quick. The windows never come,
 * so all of it waits. The process that fills is killed in the end, as kill -9 would have it. */
bool fill_folder(const char *folder, struct crowd *crowd, uint32_t case_count);

#endif
