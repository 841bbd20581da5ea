#ifndef ONEVISIT_AGENTS_OPS_HEX_H
#define ONEVISIT_AGENTS_OPS_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Bytes as lower-case hex. */
#define HEX_SIZE(size) (2 * (size) + 1)

static inline const char *hex_show(const uint8_t *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
    return out;
}

#endif
