#ifndef ONEVISIT_BROKER_CLOCK_H
#define ONEVISIT_BROKER_CLOCK_H

#include <stdint.h>

/* UTC microseconds of the system's clock. */
int64_t clock_now(void);
/* Microseconds that no setting of the clock moves; for measuring only. */
int64_t clock_monotonic(void);

/* A clock that never goes back within a process: records carry rising times even
 * when the system's clock is set back. It then goes on at half its pace until the
 * system's clock has caught up, since leases and silences must still end. */
struct clock {
    int64_t last_us;
    int64_t monotonic_us; /* when it was last asked */
};

int64_t clock_rise(struct clock *clock);
/* The same from times that are given. */
int64_t clock_rise_to(struct clock *clock, int64_t now_us, int64_t monotonic_us);

#endif
