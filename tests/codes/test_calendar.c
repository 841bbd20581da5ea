#include <criterion/criterion.h>

#include "schemas/calendar.h"

static struct date day(const char *text)
{
    struct date date = {0, 0, 0};
    cr_assert(date_parse(text_of(text), &date), "%s", text);
    return date;
}

/* DOMAIN 3.9. */
static const struct {
    const char *start;
    int count;
    const char *due;
} terms[] = {
    {"2026-09-30", 1, "2026-10-08"}, {"2026-09-30", 5, "2026-10-13"},  {"2026-10-09", 1, "2026-10-10"},
    {"2026-10-10", 1, "2026-10-12"}, {"2026-02-13", 1, "2026-02-14"},  {"2026-02-14", 1, "2026-02-24"},
    {"2026-02-13", 5, "2026-02-27"}, {"2026-02-13", 30, "2026-04-02"}, {"2025-09-28", 5, "2025-10-11"},
    {"2020-01-23", 5, "2020-02-07"}, {"2026-10-01", 0, "2026-10-01"},
};

Test(calendar, adds_working_days_as_the_field_counts_them)
{
    for (size_t index = 0; index < sizeof terms / sizeof terms[0]; index++) {
        struct date due = calendar_add_working_days(day(terms[index].start), terms[index].count);
        cr_expect_eq(date_compare(due, day(terms[index].due)), 0, "%s +%d: %04d-%02d-%02d", terms[index].start,
                     terms[index].count, due.year, due.month, due.day);
    }
}

Test(calendar, knows_make_up_days_and_holidays)
{
    cr_expect(calendar_is_working_day(day("2026-10-10")));
    cr_expect_not(calendar_is_working_day(day("2026-10-01")));
    cr_expect_not(calendar_is_working_day(day("2026-10-11")));
    cr_expect(calendar_is_working_day(day("2026-10-12")));
    cr_expect_eq(date_compare(calendar_end(), day("2026-12-31")), 0);
}

Test(calendar, takes_real_dates_only)
{
    static const char *const wrong[] = {"",           "2026-2-01",  "2026-02-30", "2025-02-29",  "2026-13-01",
                                        "2026-00-10", "2026-01-00", "2026/01/01", "2026-01-01 ", "0000-01-01",
                                        "20260101",   "2026-04-31", "1900-02-29", "２026-01-01"};
    struct date date;
    for (size_t index = 0; index < sizeof wrong / sizeof wrong[0]; index++)
        cr_expect_not(date_parse(text_of(wrong[index]), &date), "%s", wrong[index]);
    cr_expect(date_parse(text_of("2024-02-29"), &date));
    cr_expect(date_parse(text_of("2000-02-29"), &date));
}

Test(calendar, counts_days_both_ways)
{
    for (int32_t days = -800000; days < 2000000; days += 37) {
        struct date date = date_of_days(days);
        cr_assert_eq(date_days(date), days, "%d", days);
    }
    cr_expect_eq(date_days(day("1970-01-01")), 0);
    cr_expect_eq(date_days(day("2000-03-01")), 11017);
}

Test(calendar, adds_years_and_clamps_a_leap_day)
{
    cr_expect_eq(date_compare(date_add_years(day("2024-02-29"), 1), day("2025-02-28")), 0);
    cr_expect_eq(date_compare(date_add_years(day("2024-02-29"), 4), day("2028-02-29")), 0);
    cr_expect_eq(date_compare(date_add_years(day("2026-10-01"), -18), day("2008-10-01")), 0);
}

Test(calendar, shows_the_time_of_china)
{
    char shown[24];
    cr_expect_str_eq(time_show(0, shown, sizeof shown), "1970-01-01 08:00:00.000");
    cr_expect_str_eq(time_show(1790748187123456, shown, sizeof shown), "2026-09-30 14:03:07.123");
    cr_expect_str_eq(time_show(-1, shown, sizeof shown), "1970-01-01 07:59:59.999");
    struct date date = date_of_time(INT64_C(1790697600000000));
    cr_expect_eq(date_compare(date, day("2026-09-30")), 0, "midnight in China");
    date = date_of_time(INT64_C(1790697599999999));
    cr_expect_eq(date_compare(date, day("2026-09-29")), 0, "a microsecond earlier");
}
