#ifndef ONEVISIT_AGENTS_OPS_MOMENT_H
#define ONEVISIT_AGENTS_OPS_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* A moment as operators write it, at UTC+8: 2026-09-30, 2026-09-30T14:00 or 2026-09-30T14:00:30, in microseconds of
 * UTC. False for anything else. */
bool moment_parse(struct text text, int64_t *time_us);

#endif
