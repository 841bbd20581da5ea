#ifndef ONEVISIT_SCHEMAS_ARENA_H
#define ONEVISIT_SCHEMAS_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

/* A bump allocator over memory the caller owns. It never asks the system for
 * memory: when it is full it answers NULL, and the caller says LIMIT. Used for
 * what a decoded message points at besides the received bytes (list items,
 * unescaped JSON text); everything dies together at arena_reset. */
struct arena {
    uint8_t *memory; /* borrowed */
    size_t capacity;
    size_t used;
};

static inline struct arena arena_over(void *memory, size_t capacity)
{
    return (struct arena){memory, capacity, 0};
}

static inline void arena_reset(struct arena *arena)
{
    arena->used = 0;
}

/* `size` zeroed bytes, aligned for any type, or NULL when it does not fit. */
void *arena_take(struct arena *arena, size_t size);

#endif
