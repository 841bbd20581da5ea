#include "broker/core/timer.h"

struct timer *timer_due(struct heap *timers, int64_t time_us)
{
    struct timer *timer = heap_first(timers);
    if (timer == NULL || timer->node.rank > (uint64_t)time_us)
        return NULL;
    heap_remove(timers, &timer->node);
    return timer;
}

int64_t timer_next_us(const struct heap *timers)
{
    const struct timer *timer = heap_first(timers);
    return timer != NULL ? (int64_t)timer->node.rank : INT64_MAX;
}
