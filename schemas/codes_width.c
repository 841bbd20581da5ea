#include "schemas/codes_width.h"

/* How many bytes a sequence has by its first one; 0 for a byte that starts none. */
static uint32_t sequence_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first < 0xE0)
        return 2;
    if (first >= 0xE0 && first < 0xF0)
        return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

bool code_point_next(struct text text, uint32_t *at, uint32_t *out)
{
    if (*at >= text.size)
        return false;
    uint8_t first = (uint8_t)text.data[*at];
    uint32_t size = sequence_size(first);
    if (size == 0 || size > text.size - *at)
        return false;
    uint32_t code_point = size == 1 ? first : first & (0xFFu >> (size + 1));
    for (uint32_t index = 1; index < size; index++) {
        uint8_t byte = (uint8_t)text.data[*at + index];
        if ((byte & 0xC0) != 0x80)
            return false;
        code_point = code_point << 6 | (byte & 0x3Fu);
    }
    *at += size;
    *out = code_point;
    return true;
}

uint32_t code_point_narrow(uint32_t code_point)
{
    if (code_point >= 0xFF01 && code_point <= 0xFF5E)
        return code_point - 0xFEE0;
    return code_point == 0x3000 ? ' ' : code_point;
}
