#ifndef ONEVISIT_BROKER_STORE_BIG_ENDIAN_H
#define ONEVISIT_BROKER_STORE_BIG_ENDIAN_H

#include <stdint.h>

/* Numbers as bytes, highest first: what is on disk reads the same on every
 * machine, and keys sort as their numbers do. */

static inline void be32_put(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

static inline uint32_t be32_get(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static inline void be64_put(uint8_t *out, uint64_t value)
{
    be32_put(out, (uint32_t)(value >> 32));
    be32_put(out + 4, (uint32_t)value);
}

static inline uint64_t be64_get(const uint8_t *in)
{
    return (uint64_t)be32_get(in) << 32 | be32_get(in + 4);
}

#endif
