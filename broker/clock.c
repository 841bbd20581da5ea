#include "broker/clock.h"

#include <time.h>

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_rise(struct clock *clock)
{
    int64_t now = clock_now();
    if (now > clock->last_us)
        clock->last_us = now;
    return clock->last_us;
}
