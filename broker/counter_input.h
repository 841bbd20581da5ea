#ifndef ONEVISIT_BROKER_COUNTER_INPUT_H
#define ONEVISIT_BROKER_COUNTER_INPUT_H

#include "broker/keep/keeper.h"
#include "broker/title_stand.h"
#include "schemas/checks/check.h"

/* What the broker knows besides the application: the rules of its window, the
 * title result it stands on and the cases under way. One place, so that a PRECHECK and the submission after it
 * are judged by the same knowledge. */

/* `event` is the application's, prepared by keeper_prepare as a CASE_SUBMIT. `out` borrows from the event, from
 * `problems`, from `stand`, which is filled, and from the core, and holds until the next step. Errors of the store are
 * returned with `why`. */
MUST_CHECK enum status counter_input_make(struct keeper *keeper, const struct event *event,
                                          const struct problems *problems, struct title_stand *stand,
                                          struct check_input *out, char *why);

#endif
