#ifndef ONEVISIT_AGENTS_OPS_CASE_COMMAND_H
#define ONEVISIT_AGENTS_OPS_CASE_COMMAND_H

#include <argp.h>

#include "schemas/message.h"

/* What other commands show and judge as `case show` and `case list` do. */

/* The first lines and the timeline of a case, for people. */
void case_print(const struct case_status *status);
/* Ends the process with argp_error where `text` is there and is no participant of that role. */
void judge_participant(struct text text, unsigned role, const char *option, const struct argp_state *state);

#endif
