#ifndef ONEVISIT_BROKER_CLOCK_H
#define ONEVISIT_BROKER_CLOCK_H

#include <stdint.h>

/* UTC microseconds of the system's clock. */
int64_t clock_now(void);

/* A clock that never goes back within a process: records carry rising times
 * even when the system's clock is set back. */
struct clock {
    int64_t last_us;
};

int64_t clock_rise(struct clock *clock);

#endif
