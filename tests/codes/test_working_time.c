#include <criterion/criterion.h>

#include "schemas/working_time.h"

#define LIST(items)                                                                                                    \
    {                                                                                                                  \
        items, sizeof items / sizeof items[0], true                                                                    \
    }

static const int64_t MINUTE = INT64_C(60000000);

static struct date day(const char *text)
{
    struct date date = {0, 0, 0};
    cr_assert(date_parse(text_of(text), &date), "%s", text);
    return date;
}

/* "2026-09-30 16:30" in China. */
static int64_t at(const char *text)
{
    struct date date = {0, 0, 0};
    cr_assert(date_parse((struct text){text, 10}, &date), "%s", text);
    int64_t minute = ((text[11] - '0') * 10 + text[12] - '0') * 60 + (text[14] - '0') * 10 + text[15] - '0';
    return (date_days(date) * INT64_C(1440) + minute - 480) * MINUTE;
}

static void expect_moment(int64_t found, const char *wanted)
{
    char shown[24];
    cr_expect_eq(found, at(wanted), "%s, not %s", time_show(found, shown, sizeof shown), wanted);
}

static const struct working_time plain;

/* DOMAIN 3.9. */
static const struct {
    const char *start;
    int days;
    const char *due;
} terms[] = {
    {"2026-09-30 10:00", 1, "2026-10-08 17:00"}, {"2026-09-30 10:00", 5, "2026-10-13 17:00"},
    {"2026-10-09 10:00", 1, "2026-10-10 17:00"}, {"2026-10-10 10:00", 1, "2026-10-12 17:00"},
    {"2026-02-13 10:00", 1, "2026-02-14 17:00"}, {"2026-02-14 10:00", 1, "2026-02-24 17:00"},
    {"2026-02-13 10:00", 5, "2026-02-27 17:00"}, {"2026-02-13 10:00", 30, "2026-04-02 17:00"},
    {"2025-09-28 10:00", 5, "2025-10-11 17:00"}, {"2020-01-23 10:00", 5, "2020-02-07 17:00"},
};

Test(working_time, counts_days_as_the_field_does)
{
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        expect_moment(working_time_after_days(&plain, at(terms[i].start), terms[i].days), terms[i].due);
}

/* The day of the start is not counted; what comes on a day off came before the next working day. */
Test(working_time, tells_how_many_working_days_lie_between)
{
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        cr_expect_eq(working_time_days(&plain, at(terms[i].start), at(terms[i].due)), terms[i].days, "%s to %s",
                     terms[i].start, terms[i].due);
    }
    cr_expect_eq(working_time_days(&plain, at("2026-09-30 00:00"), at("2026-09-30 23:59")), 0);
    cr_expect_eq(working_time_days(&plain, at("2026-09-30 23:59"), at("2026-10-07 23:59")), 0);
    cr_expect_eq(working_time_days(&plain, at("2026-10-09 10:00"), at("2026-09-30 10:00")), 0);
}

Test(working_time, moves_a_last_day_on_a_holiday_to_the_next_working_day)
{
    expect_moment(working_time_after_days(&plain, at("2026-10-03 12:00"), 0), "2026-10-08 17:00");
    expect_moment(working_time_after_days(&plain, at("2026-10-08 20:00"), 0), "2026-10-08 17:00");
}

Test(working_time, goes_on_after_the_holiday_where_it_stopped)
{
    expect_moment(working_time_after_minutes(&plain, at("2026-09-30 16:30"), 30), "2026-09-30 17:00");
    expect_moment(working_time_after_minutes(&plain, at("2026-09-30 16:30"), 31), "2026-10-08 09:01");
    expect_moment(working_time_after_minutes(&plain, at("2026-10-03 11:11"), 240), "2026-10-08 13:00");
    expect_moment(working_time_after_minutes(&plain, at("2026-09-30 18:00"), 0), "2026-09-30 18:00");
}

Test(working_time, counts_minutes_at_the_borders)
{
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-25 08:00"), at("2026-11-25 18:00")), 480);
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-25 09:00"), at("2026-11-25 09:01")), 1);
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-25 17:00"), at("2026-11-26 09:00")), 0);
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-25 10:00"), at("2026-11-25 10:00")), 0);
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-26 10:00"), at("2026-11-25 10:00")), 0);
    cr_expect_eq(working_time_minutes(&plain, at("2026-11-27 16:00"), at("2026-11-30 10:00")), 120);
}

static struct rule_hours row(const char *days, const char *opens, const char *closes)
{
    return (struct rule_hours){
        .days = text_of(days), .opens = text_of(opens), .closes = text_of(closes), .is_present = true};
}

/* Closed at noon, open on Saturday mornings, shorter on Mondays. */
static struct window_rules market_town(struct rule_hours rows[4])
{
    rows[0] = row("2345", "13:30", "17:30");
    rows[1] = row("2345", "08:30", "12:00");
    rows[2] = row("1", "10:00", "16:00");
    rows[3] = row("6", "09:00", "11:00");
    return (struct window_rules){.hours = {rows, 4, true}, .is_present = true};
}

Test(working_time, knows_the_break_at_noon_and_saturdays)
{
    struct rule_hours rows[4];
    struct window_rules rules = market_town(rows);
    struct working_time time = {.rules = &rules};
    cr_expect_eq(working_time_minutes(&time, at("2026-11-25 00:00"), at("2026-11-26 00:00")), 450);
    cr_expect_eq(working_time_minutes(&time, at("2026-11-25 11:30"), at("2026-11-25 14:00")), 60);
    expect_moment(working_time_after_minutes(&time, at("2026-11-25 11:30"), 31), "2026-11-25 13:31");
    cr_expect(working_time_is_open_day(&time, day("2026-11-28")));
    cr_expect_not(working_time_is_open_day(&time, day("2026-11-29")));
    expect_moment(working_time_after_days(&time, at("2026-11-27 10:00"), 1), "2026-11-28 11:00");
}

Test(working_time, gives_a_make_up_day_the_hours_of_monday_and_keeps_holiday_saturdays_closed)
{
    struct rule_hours rows[4];
    struct window_rules rules = market_town(rows);
    struct working_time time = {.rules = &rules};
    expect_moment(working_time_after_days(&time, at("2026-10-09 10:00"), 1), "2026-10-10 16:00");
    cr_expect_eq(working_time_minutes(&time, at("2026-10-10 00:00"), at("2026-10-11 00:00")), 360);
    cr_expect_not(working_time_is_open_day(&time, day("2026-10-03")));
}

Test(working_time, lets_the_window_open_and_close_against_the_calendar)
{
    struct text opens[] = {text_of("2026-10-05"), text_of("2026-11-29"), text_of("2026-11-24")};
    struct text closes[] = {text_of("2026-10-10"), text_of("2026-11-24")};
    struct window_rules rules = {.open_days = LIST(opens), .closed_days = LIST(closes), .is_present = true};
    struct working_time time = {.rules = &rules};
    cr_expect(working_time_is_open_day(&time, day("2026-10-05")));
    cr_expect(working_time_is_open_day(&time, day("2026-11-29")));
    cr_expect_not(working_time_is_open_day(&time, day("2026-10-10")));
    cr_expect_not(working_time_is_open_day(&time, day("2026-11-24")), "closed weighs more than open");
    expect_moment(working_time_after_days(&time, at("2026-10-09 10:00"), 1), "2026-10-12 17:00");
    cr_expect_eq(working_time_minutes(&time, at("2026-11-29 00:00"), at("2026-11-30 00:00")), 480);
}

Test(working_time, follows_the_calendar_it_is_given)
{
    struct calendar_day days[] = {
        {.date = text_of("2026-11-25"), .is_working = number_of(0), .is_present = true},
        {.date = text_of("2026-11-28"), .is_working = number_of(1), .is_present = true},
    };
    struct fact_calendar calendar = {.days = LIST(days), .is_present = true};
    struct working_time time = {.calendar = &calendar};
    cr_expect_not(working_time_is_open_day(&time, day("2026-11-25")));
    cr_expect(working_time_is_open_day(&time, day("2026-11-28")));
    cr_expect(working_time_is_open_day(&time, day("2026-10-01")), "it knows no such holiday");
}

Test(working_time, makes_one_of_hours_that_overlap)
{
    struct rule_hours rows[] = {row("3", "09:00", "12:00"), row("3", "15:00", "16:00"), row("3", "11:00", "15:00"),
                                row("3", "17:00", "16:30")};
    struct window_rules rules = {.hours = LIST(rows), .is_present = true};
    struct working_time time = {.rules = &rules};
    cr_expect_eq(working_time_minutes(&time, at("2026-11-25 00:00"), at("2026-11-26 00:00")), 420);
}

Test(working_time, finds_an_end_where_the_window_never_opens)
{
    struct rule_hours rows[] = {row("3", "10:00", "09:00")};
    struct window_rules rules = {.hours = LIST(rows), .is_present = true};
    struct working_time time = {.rules = &rules};
    int64_t start = at("2026-11-25 10:00");
    cr_expect_gt(working_time_after_minutes(&time, start, 1), start);
    cr_expect_gt(working_time_after_days(&time, start, 1), start);
}

Test(working_time, counts_back_what_it_counted_forth)
{
    struct rule_hours rows[4];
    struct window_rules rules = market_town(rows);
    struct working_time times[] = {plain, {.rules = &rules}};
    for (int which = 0; which < 2; which++)
        for (int64_t start = at("2026-09-25 00:07"); start < at("2026-10-14 00:00"); start += 97 * MINUTE + 1234567)
            for (int64_t minutes = 0; minutes < 3000; minutes += 1 + minutes / 3) {
                int64_t end = working_time_after_minutes(&times[which], start, minutes);
                cr_assert_eq(working_time_minutes(&times[which], start, end), minutes);
            }
}
