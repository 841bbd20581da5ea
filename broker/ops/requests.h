#ifndef ONEVISIT_BROKER_OPS_REQUESTS_H
#define ONEVISIT_BROKER_OPS_REQUESTS_H

#include "broker/auth.h"
#include "broker/intake.h"
#include "broker/keep/keeper.h"
#include "broker/outlet.h"
#include "broker/peers.h"

/* The operators' questions: they read state that is on disk already and change
 * nothing. (Acts that change something are journaled messages and go through
 * the core.) One answer looks at no more than REQUESTS_ROW_COUNT_MAX rows. */
struct requests;

enum { REQUESTS_ROW_COUNT_MAX = 100000, REQUESTS_LIST_COUNT = 50, REQUESTS_TAIL_COUNT = 20 };

/* What the server knows of its own condition. */
struct requests_health {
    enum status service; /* STATUS_OK, or why nobody is served */
    const char *reason;
    uint64_t patrolled; /* records verified since the start */
};

MUST_CHECK enum status requests_new(struct keeper *keeper, struct peers *peers, struct auth *auth,
                                    struct outlet *outlet, struct requests **out);
void requests_free(struct requests **requests);
bool requests_owns(enum message_type type);
/* Answers with the record of the request, or REJECT; errors of the store are returned. */
MUST_CHECK enum status requests_answer(struct requests *requests, const struct intake_message *message,
                                       const struct door_route *route, const struct requests_health *health,
                                       int64_t now_us, char *why);

#endif
