#include "schemas/checks/name_form.h"

#include <stddef.h>
#include <stdint.h>

#include "schemas/codes_width.h"

struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range blanks[] = {
    {0x0009, 0x000D}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x180E, 0x180E},
    {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x2064}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
};

/* Ideographs with the twelve of the compatibility block that are ordinary ones,
 * and what stands between them in names. */
static const struct range good[] = {
    {0x00B7, 0x00B7}, {0x2014, 0x2014}, {0x201C, 0x201D}, {0x3001, 0x3001},   {0x3007, 0x3007},   {0x300A, 0x300B},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xFA0E, 0xFA0F}, {0xFA11, 0xFA11},   {0xFA13, 0xFA14},   {0xFA1F, 0xFA1F},
    {0xFA21, 0xFA21}, {0xFA23, 0xFA24}, {0xFA27, 0xFA29}, {0xFF06, 0xFF06},   {0xFF08, 0xFF09},   {0xFF0D, 0xFF0D},
    {0xFF10, 0xFF19}, {0xFF21, 0xFF3A}, {0xFF41, 0xFF5A}, {0x20000, 0x2A6DF}, {0x2A700, 0x2EE5D}, {0x30000, 0x323AF},
};

/* Private use, compatibility ideographs, stand-ins. */
static const struct range rare[] = {
    {0x002A, 0x002A}, {0x003F, 0x003F}, {0x25A1, 0x25A1}, {0x2FF0, 0x2FFF}, {0x3013, 0x3013},    {0xE000, 0xF8FF},
    {0xF900, 0xFAFF}, {0xFF0A, 0xFF0A}, {0xFF1F, 0xFF1F}, {0xFFFD, 0xFFFD}, {0x10000, 0x10FFFF},
};

static bool ranges_hold(const struct range *ranges, size_t count, uint32_t code_point)
{
    for (size_t index = 0; index < count; index++)
        if (code_point >= ranges[index].first && code_point <= ranges[index].last)
            return true;
    return false;
}

#define HOLD(ranges, code_point) ranges_hold(ranges, sizeof(ranges) / sizeof(ranges)[0], code_point)

static enum name_form form_of(uint32_t code_point)
{
    if (HOLD(blanks, code_point))
        return NAME_BLANK;
    if (HOLD(good, code_point))
        return NAME_GOOD;
    return HOLD(rare, code_point) ? NAME_RARE : NAME_NARROW;
}

static bool is_latin_letter(char letter)
{
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

/* Letters; between two letters one blank, hyphen or apostrophe. */
static bool is_latin_name(struct text name)
{
    bool was_letter = false;
    for (uint32_t at = 0; at < name.size; at++) {
        bool is_letter = is_latin_letter(name.data[at]);
        if (!is_letter && (!was_letter || !strchr(" -'", name.data[at])))
            return false;
        was_letter = is_letter;
    }
    return was_letter;
}

static enum name_form worse(enum name_form a, enum name_form b)
{
    static const int weights[] = {[NAME_GOOD] = 0, [NAME_NARROW] = 1, [NAME_RARE] = 2, [NAME_BLANK] = 3};
    return weights[b] > weights[a] ? b : a;
}

enum name_form name_form(struct text name, bool is_of_passport)
{
    enum name_form form = NAME_GOOD;
    uint32_t at = 0;
    uint32_t code_point = 0;
    if (is_of_passport && is_latin_name(name))
        return NAME_GOOD;
    while (code_point_next(name, &at, &code_point))
        form = worse(form, form_of(code_point));
    return at < name.size ? worse(form, NAME_RARE) : form;
}
