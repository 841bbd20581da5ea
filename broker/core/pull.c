#include "broker/core/pull.h"

#include "broker/core/clock.h"

static int64_t wait_us(const struct core_settings *settings, int64_t pulls)
{
    int64_t wait_ms = settings->proof_pull_ms;
    for (int64_t i = 1; i < pulls && wait_ms < settings->proof_pull_ms_max; i++)
        wait_ms *= 2;
    return us_of_ms(wait_ms < settings->proof_pull_ms_max ? wait_ms : settings->proof_pull_ms_max);
}

int64_t pull_us(const struct core *core, const struct case_row *row, int64_t due_us)
{
    const struct window_file *window = core_find_window(core, row->window);
    if (row->pulls.value >= core->settings.proof_pull_count_max || window->session == NULL)
        return INT64_MAX;
    if (row->pulls.value == 0)
        return due_us;
    int64_t next_us = row->pulled_at.value + wait_us(&core->settings, row->pulls.value);
    return next_us > due_us ? next_us : due_us;
}

void pull_propose(const struct case_row *row, int64_t due_us, struct fact *out)
{
    out->message = MESSAGE_FACT_CERT_PULL;
    out->body.cert_pull = (struct fact_cert_pull){
        .attempt = number_of(row->pulls.value + 1), .due_at = number_of(due_us), .is_present = true};
}

void pull_window_comes(struct core *core, struct window_file *window)
{
    for (const struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        struct case_file *file = node->owner;
        if (file->base != STATE_BOOKED)
            continue;
        file->clock_is_reckoned = false;
        clock_settle(core, file);
    }
}
