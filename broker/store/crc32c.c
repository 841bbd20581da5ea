#include "broker/store/crc32c.h"

enum { SLICES = 8 };

static const uint32_t POLYNOMIAL = 0x82f63b78; /* reflected */

void crc32c_init(struct crc32c *crc)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
        crc->table[0][byte] = value;
    }
    for (int slice = 1; slice < SLICES; slice++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t before = crc->table[slice - 1][byte];
            crc->table[slice][byte] = before >> 8 ^ crc->table[0][before & 0xff];
        }
    }
}

static uint32_t eight_bytes(const struct crc32c *crc, uint32_t value, const uint8_t *data)
{
    uint32_t low =
        value ^ ((uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24);
    return crc->table[7][low & 0xff] ^ crc->table[6][low >> 8 & 0xff] ^ crc->table[5][low >> 16 & 0xff] ^
           crc->table[4][low >> 24] ^ crc->table[3][data[4]] ^ crc->table[2][data[5]] ^ crc->table[1][data[6]] ^
           crc->table[0][data[7]];
}

uint32_t crc32c_of(const struct crc32c *crc, const uint8_t *data, size_t size)
{
    uint32_t value = UINT32_MAX;
    for (; size >= SLICES; data += SLICES, size -= SLICES)
        value = eight_bytes(crc, value, data);
    for (; size > 0; data++, size--)
        value = value >> 8 ^ crc->table[0][(value ^ *data) & 0xff];
    return ~value;
}
