#ifndef ONEVISIT_BROKER_STORE_CRC32C_H
#define ONEVISIT_BROKER_STORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, as in RFC 3720), eight bytes a step. It tells a damaged
 * record from a forged one: chance is what it guards against, the hash chain
 * does the rest. Make the tables once and keep them. */
struct crc32c {
    uint32_t table[8][256];
};

void crc32c_init(struct crc32c *crc);
uint32_t crc32c_of(const struct crc32c *crc, const uint8_t *data, size_t size);

#endif
