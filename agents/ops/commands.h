#ifndef ONEVISIT_AGENTS_OPS_COMMANDS_H
#define ONEVISIT_AGENTS_OPS_COMMANDS_H

#include "agents/ops/exit_code.h"

/* The commands, one row each: COMMAND(noun, verb, function, "sentence").
 * `argv[0]` holds the whole of "onevisit key new", for its usage text. */
#define COMMAND(noun, verb, function, sentence) enum exit_code function(int argc, char **argv);
#include "agents/ops/commands.def"
#undef COMMAND

#endif
