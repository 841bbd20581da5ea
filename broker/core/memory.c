#include "broker/core/memory.h"

#include <stdlib.h>

void *memory_take(size_t size)
{
    void *memory = calloc(1, size != 0 ? size : 1);
    if (memory == NULL)
        abort();
    return memory;
}

void *memory_grow(void *old, size_t size)
{
    void *memory = realloc(old, size != 0 ? size : 1);
    if (memory == NULL)
        abort();
    return memory;
}
