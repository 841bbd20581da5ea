#ifndef ONEVISIT_AGENTS_OPS_PARKED_FILTER_H
#define ONEVISIT_AGENTS_OPS_PARKED_FILTER_H

#include "agents/ops/command.h"
#include "agents/ops/session.h"

/* Which parked cases a command means: by window, branch, class of failure and age. */
struct parked_filter {
    struct text window, branch, class;
    struct number older; /* minutes */
};

enum { PARKED_FILTER_OPTION_COUNT = 4, PARKED_PAGE_COUNT = 500 };

void parked_filter_options(struct parked_filter *filter, struct command_option out[PARKED_FILTER_OPTION_COUNT]);
void parked_filter_judge(const struct parked_filter *filter, const struct argp_state *state);
bool parked_filter_is_given(const struct parked_filter *filter);
/* The question of one page. */
struct ops_case_list parked_filter_question(const struct parked_filter *filter, struct text after);
/* A table of what was found, for people. */
void parked_print(const struct case_list *list);

#endif
