#include "broker/core/rules.h"

#include "broker/core/state.h"

const struct fact_rules *core_rules_next(const struct core *core, uint32_t *cursor)
{
    const struct rules_file *file = table_next(&core->rules, cursor);
    return file != NULL ? &file->fact : NULL;
}

const struct fact_rules *core_rules_fact(const struct core *core, struct text window)
{
    const struct rules_file *file = table_find(&core->rules, key_of_text(window));
    return file != NULL ? &file->fact : NULL;
}

const struct window_rules *core_rules(const struct core *core, struct text window)
{
    const struct fact_rules *fact = core_rules_fact(core, window);
    return fact != NULL ? &fact->rules : NULL;
}

const struct fact_calendar *core_calendar(const struct core *core)
{
    return core->calendar != NULL ? &core->calendar->fact : NULL;
}
