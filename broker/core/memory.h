#ifndef ONEVISIT_BROKER_CORE_MEMORY_H
#define ONEVISIT_BROKER_CORE_MEMORY_H

#include <stddef.h>

/* Memory of the core. A step that ran out of memory half-way would leave a
 * state no journal tells of, so there is no way on: these end the process,
 * and restart reads the truth. What they give is bounded by core_settings. */

/* `size` zeroed bytes; free() them. */
void *memory_take(size_t size);
/* As realloc; what is new is not zeroed. */
void *memory_grow(void *old, size_t size);

#endif
