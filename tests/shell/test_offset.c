#include <criterion/criterion.h>

#include "broker/offset.h"

/* How far a participant's clock is from the broker's. */

static const int64_t SECOND = 1000000;

/* Samples of a clock that is so far ahead, each message so long on its way. */
static struct offset noted(int64_t ahead_us, const int64_t *delays_us, int count)
{
    struct offset offset = {.count = 0};
    for (int i = 0; i < count; i++)
        offset_note(&offset, i * SECOND + ahead_us, i * SECOND + delays_us[i]);
    return offset;
}

Test(offset, is_told_by_the_message_that_was_quickest)
{
    static const int64_t delays[] = {90000000, 4000000, 2000, 30000};
    const struct offset offset = noted(3 * 3600 * SECOND, delays, 4);
    cr_expect_eq(offset_ms(&offset), 3 * 3600000 - 2);
    cr_expect(offset_is_far(&offset));
}

Test(offset, of_a_clock_behind_is_negative)
{
    static const int64_t delays[] = {1000, 1000, 1000};
    const struct offset offset = noted(-90 * SECOND, delays, 3);
    cr_expect_eq(offset_ms(&offset), -90001);
    cr_expect(offset_is_far(&offset));
}

Test(offset, says_nothing_before_there_are_three_samples)
{
    static const int64_t delays[] = {600000000, 600000000, 0};
    const struct offset two = noted(0, delays, 2);
    cr_expect_not(offset_is_known(&two));
    cr_expect_not(offset_is_far(&two), "a HELLO that waited ten minutes for the broker is no wrong clock");
    const struct offset three = noted(0, delays, 3);
    cr_expect(offset_is_known(&three));
    cr_expect_eq(offset_ms(&three), 0);
}

Test(offset, is_far_beyond_a_minute_and_not_at_one)
{
    static const int64_t none[] = {0, 0, 0};
    const struct offset at = noted(60 * SECOND, none, 3);
    const struct offset beyond = noted(61 * SECOND, none, 3);
    cr_expect_not(offset_is_far(&at));
    cr_expect(offset_is_far(&beyond));
}

Test(offset, is_right_again_soon_after_the_clock_was_set)
{
    static const int64_t none[] = {0, 0, 0};
    struct offset offset = noted(3600 * SECOND, none, 3);
    for (int i = 0; i < OFFSET_SAMPLE_COUNT_MAX; i++)
        offset_note(&offset, i * SECOND, i * SECOND);
    cr_expect_eq(offset_ms(&offset), 0);
    offset_note(&offset, 3600 * SECOND, 0);
    cr_expect_eq(offset_ms(&offset), 3600000, "a clock set forward is seen at once");
}
