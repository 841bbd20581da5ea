#include "broker/allowance.h"

static int64_t step_us(const struct allowance_limits *limits)
{
    return 1000000 / limits->rate;
}

bool allowance_is_needed(enum message_type type)
{
    return type == MESSAGE_CASE_SUBMIT || type == MESSAGE_PRECHECK || type == MESSAGE_TITLE_QUERY ||
           type == MESSAGE_RECON_OPEN;
}

bool allowance_take(struct allowance *allowance, const struct allowance_limits *limits, int64_t now_us)
{
    if (allowance->owed_until_us < now_us)
        allowance->owed_until_us = now_us;
    if (allowance->owed_until_us - now_us > (limits->burst - 1) * step_us(limits))
        return false;
    allowance->owed_until_us += step_us(limits);
    return true;
}

int64_t allowance_wait_ms(const struct allowance *allowance, const struct allowance_limits *limits, int64_t now_us)
{
    const int64_t half_us = limits->burst / 2 * step_us(limits);
    const int64_t wait_ms = (allowance->owed_until_us - now_us - half_us) / 1000;
    return wait_ms > 1 ? wait_ms : 1;
}
