#include "schemas/windows.h"

#include "schemas/checks/check.h"

enum { DISTRICT_CODE_SIZE = 6 };

#define ROW(district, name, city, city_name, english) {"W:" district, district, name, city, city_name, english},
static const struct window windows[] = {
#include "windows.inc"
};
#undef ROW

struct retired {
    const char *code;
    const char *current;
};

#define ROW(code, name, current, current_name, effective, confirmed) {code, current},
static const struct retired retired[] = {
#include "retired.inc"
};
#undef ROW

enum {
    WINDOW_COUNT = sizeof windows / sizeof windows[0],
    RETIRED_COUNT = sizeof retired / sizeof retired[0],
};

_Static_assert(WINDOW_COUNT == 136, "Shandong has 136 county-level divisions");

uint32_t window_count(void)
{
    return WINDOW_COUNT;
}

const struct window *window_at(uint32_t index)
{
    return index < WINDOW_COUNT ? &windows[index] : NULL;
}

/* The rows are sorted by district; the table test holds that. */
static const struct window *window_of_code(const char *code)
{
    uint32_t low = 0;
    uint32_t high = WINDOW_COUNT;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(windows[middle].district, code, DISTRICT_CODE_SIZE);
        if (order == 0)
            return &windows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct retired *retired_of_code(struct text district)
{
    for (uint32_t index = 0; index < RETIRED_COUNT; index++)
        if (text_is(district, retired[index].code))
            return &retired[index];
    return NULL;
}

const struct window *window_serving(struct text district)
{
    if (district.size != DISTRICT_CODE_SIZE)
        return NULL;
    const struct window *window = window_of_code(district.data);
    if (window)
        return window;
    const struct retired *alias = retired_of_code(district);
    return alias ? window_of_code(alias->current) : NULL;
}

const char *district_current(struct text district)
{
    const struct window *window = window_serving(district);
    return window ? window->district : NULL;
}

bool district_is_retired(struct text district)
{
    return retired_of_code(district) != NULL;
}

const char *window_of_district(struct text district)
{
    const struct window *window = window_serving(district);
    return window ? window->participant : NULL;
}
