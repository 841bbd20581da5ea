#include "schemas/checks/composed_form.h"

#include <stddef.h>
#include <stdint.h>

#include "schemas/codes_width.h"

struct range {
    uint32_t first;
    uint32_t last;
};

/* Characters NFC never keeps: those that stand for one other character. The
 * gaps among U+FA0E..FA29 are the twelve ordinary ideographs of that block. */
static const struct range replaced[] = {
    {0x0340, 0x0341}, {0x0343, 0x0344}, {0x0374, 0x0374}, {0x037E, 0x037E}, {0x0387, 0x0387}, {0x2000, 0x2001},
    {0x2126, 0x2126}, {0x212A, 0x212B}, {0x2329, 0x232A}, {0xF900, 0xFA0D}, {0xFA10, 0xFA10}, {0xFA12, 0xFA12},
    {0xFA15, 0xFA1E}, {0xFA20, 0xFA20}, {0xFA22, 0xFA22}, {0xFA25, 0xFA26}, {0xFA2A, 0xFAD9}, {0x2F800, 0x2FA1D},
};

static bool is_replaced(uint32_t code_point)
{
    for (size_t index = 0; index < sizeof replaced / sizeof replaced[0]; index++)
        if (code_point >= replaced[index].first && code_point <= replaced[index].last)
            return true;
    return false;
}

static bool is_combining(uint32_t code_point)
{
    return (code_point >= 0x0300 && code_point <= 0x036F) || code_point == 0x3099 || code_point == 0x309A;
}

/* Letters marks compose with: Latin and Greek, and kana. */
static bool is_composing(uint32_t code_point)
{
    return (code_point >= 'A' && code_point <= 'Z') || (code_point >= 'a' && code_point <= 'z') ||
           (code_point >= 0x00C0 && code_point <= 0x03FF) || (code_point >= 0x3041 && code_point <= 0x30FF);
}

bool composed_form_holds(struct text text)
{
    uint32_t at = 0;
    uint32_t code_point = 0;
    uint32_t before = 0;
    while (code_point_next(text, &at, &code_point)) {
        if (is_replaced(code_point) || (is_combining(code_point) && is_composing(before)))
            return false;
        before = code_point;
    }
    return true;
}
