#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/rules.h"
#include "schemas/calendar.h"
#include "tests/core/house.h"

/* The rules of windows and the calendar, as journaled. */

static void load_rules(struct house *house, const char *window, int64_t version, const char *material)
{
    struct text codes[] = {text_of(material)};
    struct rule_materials materials[] = {{text_of("*"), {codes, 1, true}, .is_present = true}};
    uint8_t digest[32] = {(uint8_t)version};
    struct fact_rules body = {.digest = bytes_of(digest, 32),
                              .rules = {.window = text_of(window),
                                        .version = number_of(version),
                                        .materials = {materials, 1, true},
                                        .is_present = true},
                              .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
}

static void load_calendar(struct house *house, uint8_t digest_byte, const char *version)
{
    uint8_t digest[32] = {digest_byte};
    struct calendar_day days[] = {{text_of("2026-10-01"), number_of(false), true},
                                  {text_of("2026-10-10"), number_of(true), true}};
    struct fact_calendar body = {.digest = bytes_of(digest, 32),
                                 .version = text_of(version),
                                 .end = text_of("2026-12-31"),
                                 .days = {days, 2, true},
                                 .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_CALENDAR, .body = &body});
}

static void expect_rules(const struct house *house, const char *window, int64_t version, const char *material)
{
    const struct window_rules *rules = core_rules(house->core, text_of(window));
    cr_assert_not_null(rules);
    cr_expect(text_is(rules->window, window));
    cr_expect_eq(rules->version.value, version);
    cr_assert_eq(rules->materials.count, 1);
    cr_expect(text_is(rules->materials.items[0].codes.items[0], material));
}

Test(rules, of_nobody_are_none)
{
    struct house *house = house_new();
    cr_expect_null(core_rules(house->core, text_of(WINDOW)));
    cr_expect_null(core_calendar(house->core));
    house_free(house);
}

Test(rules, of_a_window_replace_those_before_and_leave_other_windows_alone)
{
    struct house *house = house_new();
    load_rules(house, WINDOW, 1, "JHZM");
    load_rules(house, OTHER_WINDOW, 7, "QDZM");
    load_rules(house, WINDOW, 2, "TZZM");
    expect_rules(house, WINDOW, 2, "TZZM");
    expect_rules(house, OTHER_WINDOW, 7, "QDZM");
    uint32_t cursor = 0, count = 0;
    while (core_rules_next(house->core, &cursor) != NULL)
        count++;
    cr_expect_eq(count, 2);
    house_free(house);
}

Test(rules, survive_a_restart_from_the_rows_and_from_the_journal)
{
    struct house *house = house_new();
    load_rules(house, WINDOW, 1, "JHZM");
    load_rules(house, OTHER_WINDOW, 7, "QDZM");
    house_checkpoint(house);
    load_rules(house, WINDOW, 2, "TZZM");
    house_restart(house);
    expect_rules(house, WINDOW, 2, "TZZM");
    expect_rules(house, OTHER_WINDOW, 7, "QDZM");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(rules, the_calendar_survives_a_restart_with_its_digest_in_the_meta_row)
{
    struct house *house = house_new();
    load_calendar(house, 1, "2026-11-01");
    house_checkpoint(house);
    load_calendar(house, 2, "2026-11-23");
    for (int i = 0; i < 2; i++) {
        const struct fact_calendar *calendar = core_calendar(house->core);
        cr_assert_not_null(calendar);
        cr_expect(text_is(calendar->version, "2026-11-23"));
        cr_assert_eq(calendar->days.count, 2);
        cr_expect(text_is(calendar->days.items[1].date, "2026-10-10"));
        cr_expect_eq(calendar->days.items[1].is_working.value, 1);
        cr_expect_eq(core_meta(house->core)->calendar_digest.data[0], 2);
        if (i == 0)
            house_restart(house);
    }
    house_checkpoint(house);
    house_restart(house);
    cr_expect_eq(core_meta(house->core)->calendar_digest.data[0], 2, "from the rows alone");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(rules, the_version_stands_on_the_case_that_was_filed_under_it)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *before = submit(house, BRANCH, UNIT, "DY-1");
    load_rules(house, WINDOW, 3, "JHZM");
    const char *under = submit(house, BRANCH, UNIT_2, "DY-2");
    load_rules(house, WINDOW, 4, "JHZM");
    house_checkpoint(house);
    house_restart(house);
    cr_expect_not(the_case(house, before)->rules_version.is_present);
    cr_expect_eq(the_case(house, under)->rules_version.value, 3, "a newer version does not touch it");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(rules, a_row_that_cannot_be_read_or_is_of_another_window_is_damage)
{
    struct house *house = house_new();
    struct row_key rules = row_key_rules(text_of(WINDOW)), other = row_key_rules(text_of(OTHER_WINDOW));
    struct row_key calendar = row_key_calendar();
    struct bytes garbage = bytes_of("\x01garbage", 8), newer = bytes_of("\x02\x80", 2);
    cr_expect_eq(core_load(house->core, &rules, garbage), STATUS_CORRUPT);
    cr_expect_eq(core_load(house->core, &calendar, garbage), STATUS_CORRUPT);
    cr_expect_eq(core_load(house->core, &rules, newer), STATUS_NEWER);
    cr_expect_eq(core_load(house->core, &calendar, newer), STATUS_NEWER);
    load_rules(house, WINDOW, 1, "JHZM");
    struct bytes value;
    cr_assert(core_row(house->core, &rules, &value));
    uint8_t copy[1024];
    cr_assert_leq(value.size, sizeof copy);
    memcpy(copy, value.data, value.size);
    cr_expect_eq(core_load(house->core, &other, bytes_of(copy, value.size)), STATUS_CORRUPT);
    cr_expect_eq(core_load(house->core, &rules, bytes_of(copy, value.size)), STATUS_OK);
    house_free(house);
}

/* The largest that the contract lets through fits the row buffer: the core ends the process otherwise. */
Test(rules, the_longest_calendar_fits)
{
    static struct calendar_day days[CALENDAR_DAY_COUNT_MAX];
    static char dates[CALENDAR_DAY_COUNT_MAX][24];
    struct house *house = house_new();
    uint8_t digest[32] = {9};
    for (uint32_t i = 0; i < CALENDAR_DAY_COUNT_MAX; i++) {
        struct date date = date_of_days((int32_t)(12418 + i));
        snprintf(dates[i], sizeof dates[i], "%04d-%02d-%02d", date.year, date.month, date.day);
        days[i] = (struct calendar_day){text_of(dates[i]), number_of(i % 2), true};
    }
    struct fact_calendar body = {.digest = bytes_of(digest, 32),
                                 .version = text_of("a-version-of-thirty-two-letters."),
                                 .end = text_of("2026-12-31"),
                                 .days = {days, CALENDAR_DAY_COUNT_MAX, true},
                                 .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_CALENDAR, .body = &body});
    cr_expect_eq(core_calendar(house->core)->days.count, (uint32_t)CALENDAR_DAY_COUNT_MAX);
    house_checkpoint(house);
    house_restart(house);
    cr_expect_eq(core_calendar(house->core)->days.count, (uint32_t)CALENDAR_DAY_COUNT_MAX);
    house_free(house);
}
