#ifndef ONEVISIT_BROKER_SESSIONS_H
#define ONEVISIT_BROKER_SESSIONS_H

#include "broker/auth.h"
#include "broker/keep/keeper.h"
#include "broker/peers.h"

/* How sessions end. The shell's side (the connection) and the core's side
 * (credit, leases, the feed) end together. */
struct sessions {
    struct keeper *keeper;   /* borrowed */
    struct peers *peers;     /* borrowed */
    struct effects *effects; /* borrowed */
};

/* Connections that failed while something was sent. */
MUST_CHECK enum status sessions_end_gone(const struct sessions *sessions, int64_t now_us, char *why);
/* Keys that are no longer in force: ZAP only judges the next handshake. */
MUST_CHECK enum status sessions_end_revoked(const struct sessions *sessions, struct auth *auth, int64_t now_us,
                                            char *why);
/* Everybody but operators: the broker serves nobody else now. */
MUST_CHECK enum status sessions_end_service(const struct sessions *sessions, int64_t now_us, char *why);

#endif
