#ifndef ONEVISIT_AGENTS_OPS_SCRATCH_H
#define ONEVISIT_AGENTS_OPS_SCRATCH_H

#include "agents/ops/exit_code.h"
#include "schemas/arena.h"

/* A folder under TMPDIR for what is made on the way and removed at the end. */
enum { SCRATCH_SIZE = 256 };

/* What goes wrong is said on standard error; `out` is then "". */
MUST_CHECK enum exit_code scratch_make(char out[SCRATCH_SIZE]);
/* Nothing for "". */
void scratch_remove(const char *folder);

#endif
