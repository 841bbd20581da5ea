#include "schemas/arena.h"

#include <string.h>

void *arena_take(struct arena *arena, size_t size)
{
    uintptr_t address = (uintptr_t)arena->memory + arena->used;
    size_t gap = (size_t)(-address & (alignof(max_align_t) - 1));
    size_t left = arena->capacity - arena->used;
    if (gap > left || size > left - gap)
        return NULL;
    uint8_t *taken = arena->memory + arena->used + gap;
    arena->used += gap + size;
    if (size > 0)
        memset(taken, 0, size);
    return taken;
}
