#include <criterion/criterion.h>
#include <string.h>

#include "broker/clock.h"
#include "broker/guard.h"

/* When no new work is taken, and when it is again. */

enum { SECOND = 1000000 };

static struct guard guard_of(int64_t disk_reserve_size)
{
    struct guard guard;
    struct settings settings;

    settings_init(&settings);
    settings.disk_reserve_size = disk_reserve_size;
    guard_init(&guard, &settings);
    return guard;
}

Test(guard, is_open_where_nothing_is_wrong)
{
    struct guard guard = guard_of(0);

    guard_look(&guard, "/tmp", 100 * SECOND, 5 * SECOND);
    guard_wrote(&guard, 1000, 5 * SECOND);
    guard_look(&guard, "/tmp", 102 * SECOND, 7 * SECOND);
    cr_assert_not(guard.is_shut, "%s", guard.reason);
}

Test(guard, shuts_when_less_is_free_than_is_reserved)
{
    struct guard guard = guard_of(INT64_MAX);

    guard_look(&guard, "/tmp", 100 * SECOND, 5 * SECOND);
    cr_assert(guard.is_shut);
    cr_assert_not_null(strstr(guard.reason, "make room"), "%s", guard.reason);
}

Test(guard, opens_again_when_there_is_room)
{
    struct guard guard = guard_of(INT64_MAX);

    guard_look(&guard, "/tmp", 100 * SECOND, 5 * SECOND);
    guard.disk_reserve_size = 0;
    guard_look(&guard, "/tmp", 102 * SECOND, 7 * SECOND);
    cr_assert_not(guard.is_shut);
}

Test(guard, shuts_after_a_slow_write_until_time_has_passed)
{
    struct guard guard = guard_of(0);

    guard_look(&guard, "/tmp", 100 * SECOND, 5 * SECOND);
    guard_wrote(&guard, guard.commit_slow_us, 6 * SECOND);
    cr_assert(guard.is_shut);
    guard_look(&guard, "/tmp", 110 * SECOND, 15 * SECOND);
    cr_assert(guard.is_shut);
    guard_look(&guard, "/tmp", 112 * SECOND, 17 * SECOND);
    cr_assert_not(guard.is_shut);
}

Test(guard, shuts_when_the_clock_is_stepped_forward_or_back)
{
    struct guard guard = guard_of(0);

    guard_look(&guard, "/tmp", 100 * SECOND, 5 * SECOND);
    guard_look(&guard, "/tmp", 200 * SECOND, 7 * SECOND);
    cr_assert(guard.is_shut);
    guard_look(&guard, "/tmp", 211 * SECOND, 18 * SECOND);
    cr_assert_not(guard.is_shut);
    guard_look(&guard, "/tmp", 150 * SECOND, 20 * SECOND);
    cr_assert(guard.is_shut);
    cr_assert_not_null(strstr(guard.reason, "stepped by -63000 ms"), "%s", guard.reason);
}

Test(guard, a_clock_that_drifts_is_no_step)
{
    struct guard guard = guard_of(0);

    for (int64_t second = 1; second < 1000; second++)
        guard_look(&guard, "/tmp", 100 * SECOND + second * (SECOND + 500000), 5 * SECOND + second * SECOND);
    cr_assert_not(guard.is_shut);
}

Test(guard, holds_back_what_is_new_and_nothing_else)
{
    cr_assert(guard_is_new_work(MESSAGE_CASE_SUBMIT));
    cr_assert_not(guard_is_new_work(MESSAGE_CASE_BOOKED));
    cr_assert_not(guard_is_new_work(MESSAGE_DELIVERED));
    cr_assert_not(guard_is_new_work(MESSAGE_SUPPLEMENT_SUBMIT));
    cr_assert_not(guard_is_new_work(MESSAGE_WITHDRAW_REQ));
}

Test(clock, rises_with_the_systems_clock)
{
    struct clock clock = {0, 0};

    cr_assert_eq(clock_rise_to(&clock, 100, 5), 100);
    cr_assert_eq(clock_rise_to(&clock, 107, 12), 107);
}

Test(clock, goes_on_at_half_its_pace_when_the_systems_clock_is_set_back)
{
    struct clock clock = {0, 0};

    clock_rise_to(&clock, 1000 * SECOND, 5 * SECOND);
    cr_assert_eq(clock_rise_to(&clock, 900 * SECOND, 5 * SECOND), 1000 * SECOND);
    cr_assert_eq(clock_rise_to(&clock, 910 * SECOND, 15 * SECOND), 1005 * SECOND);
    cr_assert_eq(clock_rise_to(&clock, 911 * SECOND, 15 * SECOND + 1), 1005 * SECOND);
    cr_assert_eq(clock_rise_to(&clock, 2000 * SECOND, 20 * SECOND), 2000 * SECOND);
}
