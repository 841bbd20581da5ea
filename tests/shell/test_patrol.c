#include <criterion/criterion.h>
#include <string.h>

#include "broker/guard.h"
#include "broker/patrol.h"
#include "tests/shell/cases.h"

/* Records taken at random are verified while the broker serves. */

enum { CASES = 12, SECOND_US = 1000000 };

static void make_day(void)
{
    make_folder();
    keep_cases(CASES, 4);
}

TestSuite(patrol, .init = make_day, .fini = remove_folder);

static void open_patrol(struct patrol *patrol, struct keeper **keeper, int64_t interval_ms)
{
    *keeper = open_keeper(4);
    cr_assert_eq(patrol_init(patrol, *keeper, interval_ms), STATUS_OK);
}

static void close_patrol(struct patrol *patrol, struct keeper **keeper)
{
    patrol_fini(patrol);
    keeper_close(keeper, true);
}

Test(patrol, finds_nothing_wrong_with_what_is_as_it_was_written)
{
    struct patrol patrol;
    struct keeper *keeper;

    open_patrol(&patrol, &keeper, 100);
    for (uint64_t sequence = 1; sequence <= CASES; sequence++)
        cr_expect_eq(patrol_judge(&patrol, sequence, why), STATUS_OK, "%s", why);
    for (int64_t i = 0; i < 50; i++)
        cr_expect(!patrol_look(&patrol, i * SECOND_US));
    cr_expect_eq(patrol.count, 50);
    cr_expect_eq(patrol.damaged, 0);
    close_patrol(&patrol, &keeper);
}

Test(patrol, looks_no_more_often_than_it_is_told)
{
    struct patrol patrol;
    struct keeper *keeper;

    open_patrol(&patrol, &keeper, 100);
    for (int64_t i = 0; i < 1000; i++) /* a second, a millisecond a turn */
        cr_expect(!patrol_look(&patrol, SECOND_US + i * 1000));
    cr_expect_eq(patrol.count, 10);
    patrol.interval_us = 0;
    cr_expect(!patrol_look(&patrol, 9 * SECOND_US));
    cr_expect_eq(patrol.count, 10, "0 means never");
    close_patrol(&patrol, &keeper);
}

Test(patrol, finds_a_message_whose_row_is_gone_and_names_its_record)
{
    struct patrol patrol;
    struct keeper *keeper;
    const uint8_t message_id[16] = {7, 1}; /* of the seventh application */
    const struct row_key key = row_key_duplicate(text_of(BRANCH), message_id);

    alter_row(&key, bytes_of(NULL, 0));
    open_patrol(&patrol, &keeper, 100);
    cr_expect_eq(patrol_judge(&patrol, 7, why), STATUS_CORRUPT);
    cr_expect_str_eq(why, "record 7 is not known as the message it is");
    cr_expect_eq(patrol_judge(&patrol, 8, why), STATUS_OK, "%s", why);
    close_patrol(&patrol, &keeper);
}

Test(patrol, tells_once_and_keeps_what_it_found_first)
{
    struct patrol patrol;
    struct keeper *keeper;
    const uint8_t message_id[16] = {7, 1};
    const struct row_key key = row_key_duplicate(text_of(BRANCH), message_id);
    uint32_t told = 0;

    alter_row(&key, bytes_of(NULL, 0));
    open_patrol(&patrol, &keeper, 100);
    for (int64_t i = 0; i < 400; i++)
        told += patrol_look(&patrol, i * SECOND_US);
    cr_expect_eq(told, 1);
    cr_expect_eq(patrol.damaged, 7);
    cr_expect_not_null(strstr(patrol.reason, "record 7 "));
    close_patrol(&patrol, &keeper);
}

Test(patrol, has_the_guard_take_no_new_work_until_the_next_start)
{
    struct guard guard;
    struct settings settings;

    settings_init(&settings);
    settings.disk_reserve_size = 0;
    guard_init(&guard, &settings);
    guard_found(&guard, "record 7 is not known as the message it is", SECOND_US);
    cr_expect(guard.is_shut);
    cr_expect_not_null(strstr(guard.reason, "record 7 "), "%s", guard.reason);
    guard_look(&guard, "/tmp", 1000 * (int64_t)SECOND_US, 900 * (int64_t)SECOND_US);
    cr_expect(guard.is_shut, "time alone mends nothing");
}
