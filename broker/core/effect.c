#include "broker/core/effect.h"

#include <stdlib.h>

#include "broker/core/memory.h"

void effects_fini(struct effects *effects)
{
    free(effects->items);
    *effects = (struct effects){0};
}

struct effect *effects_add(struct effects *effects, enum effect_type type)
{
    if (effects->count == effects->capacity) {
        effects->capacity = effects->capacity != 0 ? effects->capacity * 2 : 64;
        effects->items = memory_grow(effects->items, effects->capacity * sizeof *effects->items);
    }
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.type = type};
    return effect;
}
