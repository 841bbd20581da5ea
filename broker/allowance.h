#ifndef ONEVISIT_BROKER_ALLOWANCE_H
#define ONEVISIT_BROKER_ALLOWANCE_H

#include "schemas/message.h"

/* A token bucket: what one branch may begin, so that a runaway one cannot take
 * the whole house. It holds `burst` and gains `rate` a second; both come from
 * the settings. Volatile, and one a participant: to come again fills it no
 * faster (peers.h). All zeroes is a full bucket. */
struct allowance {
    int64_t owed_until_us; /* when all that was taken will have been gained again */
};

struct allowance_limits {
    int64_t rate;  /* a second, from 1 to 1000000 */
    int64_t burst; /* at least 1 */
};

/* Only what a branch begins costs something: what follows from it, and what is
 * owed to others, is never held up. */
bool allowance_is_needed(enum message_type type);
/* Takes one; false when there is none. */
bool allowance_take(struct allowance *allowance, const struct allowance_limits *limits, int64_t now_us);
/* How long to wait until half of the burst is there again, at least 1 ms. */
int64_t allowance_wait_ms(const struct allowance *allowance, const struct allowance_limits *limits, int64_t now_us);

#endif
