#ifndef ONEVISIT_BROKER_PRECHECK_H
#define ONEVISIT_BROKER_PRECHECK_H

#include "broker/intake.h"
#include "broker/keep/keeper.h"
#include "broker/outlet.h"

/* The counter checks at the broker: of a draft (PRECHECK), whose findings are
 * answered all at once and stored nowhere, and of a submission at the door.
 *
 * Both have a digest: SM3 over the application as it was read, without the
 * fields that speak of the check itself (precheck, contest, supersedes), over
 * each finding's id, level and path, and over what was known (version of the
 * window's rules, title query). A submission that names the digest of its
 * PRECHECK is taken only while the counter still finds the same: what the clerk
 * saw is what is filed. */
struct precheck;

MUST_CHECK enum status precheck_new(struct keeper *keeper, struct peers *peers, struct outlet *outlet,
                                    struct precheck **out);
void precheck_free(struct precheck **precheck);

/* The checks of a CASE_SUBMIT whose event was prepared; when they block it, *is_good is false and a REJECT went to
 * `route`. */
MUST_CHECK enum status precheck_judge(struct precheck *precheck, const struct intake_message *message,
                                      const struct event *event, const struct door_route *route, bool *is_good,
                                      char *why);
/* Answers a PRECHECK; errors of the store are returned. Nothing is promised by it, so it waits for no commit. */
MUST_CHECK enum status precheck_answer(struct precheck *precheck, const struct intake_message *message, int64_t now_us,
                                       char *why);

#endif
