#ifndef ONEVISIT_TESTS_SIM_SETBACKS_H
#define ONEVISIT_TESTS_SIM_SETBACKS_H

#include "tests/sim/oracle.h"

/* What windows did not take, judged by the journal alone: a case is set aside for what its own window said of it, in
 * that class, and after no fewer attempts than docs/operations.md says, over any number of restarts. */

struct keeper_origin;

/* One record after the other, in order. */
void setbacks_judge_record(const struct keeper_origin *origin);

#endif
