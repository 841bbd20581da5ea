#include <criterion/criterion.h>

#include "broker/allowance.h"

/* What one branch may begin. */

enum { SECOND = 1000000 };

static const struct allowance_limits limits = {.rate = 100, .burst = 10};

static int take_all(struct allowance *allowance, int64_t now_us)
{
    int count = 0;
    while (count < 1000 && allowance_take(allowance, &limits, now_us))
        count++;
    return count;
}

Test(allowance, gives_a_burst_at_once_and_then_no_more)
{
    struct allowance allowance = {0};
    cr_expect_eq(take_all(&allowance, SECOND), 10);
    cr_expect_eq(take_all(&allowance, SECOND), 0);
}

Test(allowance, gains_at_its_rate)
{
    struct allowance allowance = {0};
    take_all(&allowance, SECOND);
    cr_expect_eq(take_all(&allowance, SECOND + 9999), 0);
    cr_expect_eq(take_all(&allowance, SECOND + 10000), 1);
    cr_expect_eq(take_all(&allowance, SECOND + 60000), 5);
}

Test(allowance, never_holds_more_than_the_burst)
{
    struct allowance allowance = {0};
    take_all(&allowance, SECOND);
    cr_expect_eq(take_all(&allowance, INT64_C(3600) * SECOND), 10);
}

Test(allowance, asks_to_wait_until_half_the_burst_is_there)
{
    struct allowance allowance = {0};
    take_all(&allowance, SECOND);
    int64_t wait_ms = allowance_wait_ms(&allowance, &limits, SECOND);
    cr_expect_eq(wait_ms, 50);
    cr_expect_eq(take_all(&allowance, SECOND + wait_ms * 1000), 5);
}

Test(allowance, a_clock_that_steps_back_gives_nothing_and_breaks_nothing)
{
    struct allowance allowance = {0};
    take_all(&allowance, 10 * SECOND);
    cr_expect_eq(take_all(&allowance, 5 * SECOND), 0);
    cr_expect_eq(take_all(&allowance, 11 * SECOND), 10);
}

Test(allowance, is_needed_only_for_what_a_branch_begins)
{
    cr_expect(allowance_is_needed(MESSAGE_CASE_SUBMIT));
    cr_expect_not(allowance_is_needed(MESSAGE_WITHDRAW_REQ));
    cr_expect_not(allowance_is_needed(MESSAGE_EVENT_ACK));
    cr_expect(allowance_is_needed(MESSAGE_RECON_OPEN));
    cr_expect_not(allowance_is_needed(MESSAGE_RECON_PART));
    cr_expect_not(allowance_is_needed(MESSAGE_HELLO));
}
