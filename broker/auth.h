#ifndef ONEVISIT_BROKER_AUTH_H
#define ONEVISIT_BROKER_AUTH_H

#include "broker/core/core.h"

/* Who may come in, by the core's directory; remembers every door that stayed
 * shut, for the log and the operator. zap.h asks at the handshake; a key revoked
 * later stays connected, so intake asks again for every message. */
struct auth;

enum { AUTH_REFUSAL_COUNT_MAX = 64 };

struct auth_refusal {
    char participant[PARTICIPANT_SIZE_MAX + 1]; /* "" where unknown */
    char key[41];
    char address[64];
    enum status status;
    int64_t last_us;
    int64_t count;
};

MUST_CHECK enum status auth_new(const struct core *core, struct auth **out);
void auth_free(struct auth **auth);

/* STATUS_OK and the participant of the key, or UNKNOWN_KEY, REVOKED_KEY. */
MUST_CHECK enum status auth_judge(const struct auth *auth, struct text key, struct text *participant);
/* A key that ends within this time is warned of at each HELLO and counted by OPS_HEALTH. */
#define KEY_WARNING_US (INT64_C(30) * 86400 * 1000000)
/* When the key ends; INT64_MAX for never, and for a key nobody knows. */
int64_t auth_valid_until(const struct auth *auth, struct text key);
/* Counts and logs a refusal; the same one again only counts (and is logged at powers of ten). */
void auth_refuse(struct auth *auth, struct text participant, struct text key, const char *address, enum status status,
                 int64_t now_us);
uint32_t auth_refusals(const struct auth *auth, const struct auth_refusal **out);

#endif
