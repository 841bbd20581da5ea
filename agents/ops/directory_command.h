#ifndef ONEVISIT_AGENTS_OPS_DIRECTORY_COMMAND_H
#define ONEVISIT_AGENTS_OPS_DIRECTORY_COMMAND_H

#include "agents/ops/session.h"

/* Has the broker read its directory file again, and fills what it says.
 * Complaints go to standard error. */
MUST_CHECK enum exit_code directory_ask_load(const struct settings *settings, struct text reason,
                                             struct directory_result *out);

#endif
