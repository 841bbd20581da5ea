#ifndef ONEVISIT_AGENTS_OPS_CASE_COMMAND_H
#define ONEVISIT_AGENTS_OPS_CASE_COMMAND_H

#include "schemas/message.h"

/* What other commands show as `case show` and `case list` do. */

/* The first lines and the timeline of a case, for people. */
void case_print(const struct case_status *status);

#endif
