#include "schemas/clocks.h"

#define CLOCK(name, amount, unit, chinese, english)                                                                    \
    [CLOCK_##name] = {#name, amount, CLOCK_UNIT_##unit, chinese, english},
static const struct clock_row clocks[CLOCK_COUNT] = {
#include "schemas/clocks.def"
};

static const char *const units[CLOCK_UNIT_COUNT] = {
    [CLOCK_UNIT_WORKING_MINUTES] = "working_minutes",
    [CLOCK_UNIT_WORKING_DAYS] = "working_days",
    [CLOCK_UNIT_MINUTES] = "minutes",
    [CLOCK_UNIT_DAYS] = "days",
};

const struct clock_row *clock_row(enum clock_name name)
{
    return &clocks[name];
}

enum clock_name clock_of(struct text name)
{
    int clock = 0;
    while (clock < CLOCK_COUNT && !text_is(name, clocks[clock].name))
        clock++;
    return (enum clock_name)clock;
}

enum clock_unit clock_unit_of(struct text name)
{
    int unit = 0;
    while (unit < CLOCK_UNIT_COUNT && !text_is(name, units[unit]))
        unit++;
    return (enum clock_unit)unit;
}
