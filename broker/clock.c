#include "broker/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_rise_to(struct clock *clock, int64_t now_us, int64_t monotonic_us)
{
    const int64_t passed_us = monotonic_us - clock->monotonic_us;

    if (now_us >= clock->last_us) {
        clock->last_us = now_us;
        clock->monotonic_us = monotonic_us;
    } else if (passed_us >= 2) {
        clock->last_us += passed_us / 2;
        clock->monotonic_us += passed_us / 2 * 2; /* the odd microsecond is not lost */
    }
    return clock->last_us;
}

int64_t clock_rise(struct clock *clock)
{
    return clock_rise_to(clock, clock_now(), clock_monotonic());
}
