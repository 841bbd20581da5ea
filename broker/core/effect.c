#include "broker/core/effect.h"

#include <stdlib.h>

void effects_fini(struct effects *effects)
{
    free(effects->items);
    *effects = (struct effects){0};
}

struct effect *effects_add(struct effects *effects, enum effect_type type)
{
    if (effects->count == effects->capacity) {
        uint32_t capacity = effects->capacity != 0 ? effects->capacity * 2 : 64;
        struct effect *items = realloc(effects->items, capacity * sizeof *items);
        if (items == NULL)
            return NULL;
        effects->items = items;
        effects->capacity = capacity;
    }
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.type = type};
    return effect;
}
