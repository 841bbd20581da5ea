#ifndef ONEVISIT_TESTS_SIM_RANDOM_H
#define ONEVISIT_TESTS_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* One stream of numbers, all from the seed (splitmix64). */
struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. count - 1; 0 for a count of 0. */
static inline uint32_t random_below(struct random *random, uint64_t count)
{
    return count == 0 ? 0 : (uint32_t)(random_next(random) % count);
}

/* True once in `count` times. */
static inline bool random_once_in(struct random *random, uint32_t count)
{
    return random_below(random, count) == 0;
}

static inline int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(random) % (uint64_t)(high - low + 1));
}

#endif
