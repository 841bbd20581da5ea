#ifndef ONEVISIT_TESTS_BENCH_BACKLOG_H
#define ONEVISIT_TESTS_BENCH_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

/* Memory and start with many open cases: a folder is filled (fill.h), the daemon is started on it, killed and started
 * again. Prints resident memory, the bytes an open case takes of it, and how long each start took until the door was
 * open. False when a limit is broken: 1 GiB and 5 s with a million, 2 s with 10,000. */
enum { BACKLOG_MIB_MAX = 1024, BACKLOG_SMALL = 10000, BACKLOG_LARGE = 1000000 };

bool backlog_run(const char *program, uint32_t case_count);

#endif
