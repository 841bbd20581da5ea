#include "broker/core/rules.h"

const struct window_rules *core_rules(const struct core *core, struct text window)
{
    (void)core;
    (void)window;
    return NULL;
}

const struct fact_calendar *core_calendar(const struct core *core)
{
    (void)core;
    return NULL;
}
