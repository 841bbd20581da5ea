#ifndef ONEVISIT_SCHEMAS_SINK_H
#define ONEVISIT_SCHEMAS_SINK_H

#include <msgpack.h>

#include "schemas/text.h"

/* A buffer of fixed size that msgpack-c's packer writes into. The packer of a
 * full sink fails and goes on failing: look at is_full once, at the end. */
struct sink {
    uint8_t *buffer; /* borrowed */
    size_t capacity;
    size_t used;
    bool is_full;
};

static inline struct sink sink_over(uint8_t *buffer, size_t capacity, size_t used)
{
    return (struct sink){buffer, capacity, used, false};
}

void sink_packer(struct sink *sink, msgpack_packer *out);
void pack_text(msgpack_packer *packer, struct text text);

#endif
