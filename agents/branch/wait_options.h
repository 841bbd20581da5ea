#ifndef ONEVISIT_AGENTS_BRANCH_WAIT_OPTIONS_H
#define ONEVISIT_AGENTS_BRANCH_WAIT_OPTIONS_H

#include <argp.h>

#include "agents/branch/words.h"

/* --wait, --timeout and --json of the commands that hand something over. */
struct wait_options {
    enum level level; /* LEVEL_OUTBOX: do not wait */
    int64_t timeout_ms;
    bool is_json;
};

void wait_options_init(struct wait_options *options);
extern const struct argp wait_argp; /* child parser; input is struct wait_options */

#endif
