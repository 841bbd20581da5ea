#include "broker/counter_input.h"

#include "broker/core/rules.h"

static const struct window_rules *rules_of(const struct core *core, const struct case_submit *application)
{
    const char *window = application->district.data != NULL ? window_of_district(application->district) : NULL;

    return window != NULL ? core_rules(core, text_of(window)) : NULL;
}

void counter_input_make(struct keeper *keeper, const struct event *event, const struct problems *problems,
                        struct check_input *out)
{
    const struct core *core = keeper_core(keeper);
    const struct case_submit *application = event->body;

    *out = (struct check_input){.application = application,
                                .problems = problems,
                                .today = date_of_time(event->time_us),
                                .now_us = event->time_us,
                                .rules = rules_of(core, application)};
}
