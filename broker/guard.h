#ifndef ONEVISIT_BROKER_GUARD_H
#define ONEVISIT_BROKER_GUARD_H

#include <stdbool.h>

#include "broker/settings.h"
#include "schemas/message.h"

/* Fail closed: while the disk is nearly full, writes take too long, or the clock
 * was stepped, or something stored is not as it was written, no new work is taken (BUSY, with a time to try again), so
 * that nothing is promised that might not be kept. What windows and branches say of cases that are here is still taken:
 * room is reserved for it. The health answer says why. It opens again by itself when the reason is gone; after damage,
 * at the next start. */
struct guard {
    int64_t disk_reserve_size;
    int64_t commit_slow_us;
    int64_t clock_step_us;
    int64_t settle_us;

    int64_t looked_us;        /* on the monotonic clock, like the next two */
    int64_t slow_until_us;    /* a write took too long */
    int64_t stepped_until_us; /* the clock was stepped */
    int64_t clock_us;         /* what the clock said when somebody looked last */
    int64_t slow_us;          /* how long that write took */
    int64_t step_us;          /* how far the clock was stepped */
    int64_t free_size;        /* bytes free on the disk of the data folder */
    char damage[256];         /* what is wrong with journal or rows; "" for nothing, and it never goes away by itself */
    bool is_shut;
    char reason[256]; /* "" while it is open */
};

enum { GUARD_RETRY_MS = 5000, GUARD_LOOK_US = 1000000 };

void guard_init(struct guard *guard, const struct settings *settings);
/* Once a second at most: the disk and the clock. */
void guard_look(struct guard *guard, const char *folder, int64_t now_us, int64_t monotonic_us);
/* A synchronous write took so long. */
void guard_wrote(struct guard *guard, int64_t took_us, int64_t monotonic_us);
/* Something stored is not as it was written: an operator must look, and start anew. */
void guard_found(struct guard *guard, const char *damage, int64_t monotonic_us);
/* Would this message begin something new? */
bool guard_is_new_work(enum message_type type);

#endif
