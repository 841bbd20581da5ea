#include "broker/counter_input.h"

#include "broker/core/claim.h"
#include "broker/core/rules.h"

static const struct window_rules *rules_of(const struct core *core, const struct case_submit *application)
{
    const char *window = application->district.data != NULL ? window_of_district(application->district) : NULL;

    return window != NULL ? core_rules(core, text_of(window)) : NULL;
}

enum status counter_input_make(struct keeper *keeper, const struct event *event, const struct problems *problems,
                               struct title_stand *stand, struct check_input *out, char *why)
{
    const struct core *core = keeper_core(keeper);
    const struct case_submit *application = event->body;
    enum status status = STATUS_OK;

    /* Filed again after a loss: what it stood on was looked at then, and its numbers mean nothing here. */
    stand->count = 0;
    if (!claim_is_made(event))
        status = title_stand_read(stand, keeper, event->participant, application, why);
    const struct title_stood *common = title_stand_common(stand, application);

    *out = (struct check_input){.application = application,
                                .problems = problems,
                                .today = date_of_time(event->time_us),
                                .now_us = event->time_us,
                                .rules = rules_of(core, application),
                                .title = common != NULL ? common->result : NULL,
                                .title_valid_until_us = common != NULL ? common->valid_until_us : 0,
                                .is_title_foreign = common != NULL && common->result == NULL,
                                .titles = stand->items,
                                .title_count = stand->count,
                                .others_are_open = core_others_are_open(core, application),
                                .contract_is_elsewhere = core_contract_is_elsewhere(core, event)};
    return status;
}
