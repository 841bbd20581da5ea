#ifndef ONEVISIT_TESTS_BENCH_APPLICATIONS_H
#define ONEVISIT_TESTS_BENCH_APPLICATIONS_H

#include "tests/bench/crowd.h"

/* Applications made from tests/bench/application.json: each with a unit, a contract and a window of its own, so that no
 * lane joins two of them. */
struct applications;

bool applications_new(struct digest *digest, struct applications **out);
void applications_free(struct applications **applications);
/* Fills body (owned by the case) and digest of a case whose window is set. */
bool applications_make(struct applications *applications, uint32_t index, struct crowd_case *out);

#endif
