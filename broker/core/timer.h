#ifndef ONEVISIT_BROKER_CORE_TIMER_H
#define ONEVISIT_BROKER_CORE_TIMER_H

#include "broker/core/case.h"

/* Moments to come, in one heap. Timers are volatile: what they lead to becomes
 * durable only as a fact. */
static inline void timer_set(struct heap *timers, struct timer *timer, int64_t time_us)
{
    heap_put(timers, &timer->node, (uint64_t)time_us);
}

static inline void timer_clear(struct heap *timers, struct timer *timer)
{
    heap_remove(timers, &timer->node);
}

static inline bool timer_is_set(const struct timer *timer)
{
    return timer->node.place != 0;
}

/* Takes out the first timer that is due; NULL for none. */
struct timer *timer_due(struct heap *timers, int64_t time_us);
/* When the first one is due; INT64_MAX for none. */
int64_t timer_next_us(const struct heap *timers);

#endif
