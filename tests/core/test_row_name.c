#include <criterion/criterion.h>

#include "broker/core/row_name.h"
#include "tests/core/house.h"

/* Keys of rows as people read them. */

#define CASE_ID "SD370102-20260930-105-00001A-G"

static const char *name_of(struct row_key key)
{
    static char name[ROW_NAME_SIZE];
    return row_name(bytes_of(key.bytes, key.size), name);
}

Test(row_name, says_what_a_row_is_and_of_whom)
{
    const uint8_t digest[DIGEST_SIZE] = {0xab, 0x01};
    const struct bytes file = bytes_of(digest, DIGEST_SIZE);
    const struct text day = text_of("2026-09-30"), branch = text_of("B:105451099995"), id = text_of(CASE_ID);
    cr_expect_str_eq(name_of(row_key_meta()), "counters");
    cr_expect_str_eq(name_of(row_key_case(id)), "case " CASE_ID);
    cr_expect_str_eq(name_of(row_key_feed(branch, 258)), "event B:105451099995 258");
    cr_expect_str_eq(name_of(row_key_title(7)), "title query 7");
    cr_expect_str_eq(name_of(row_key_day(day, branch, text_of("W:370102"), text_of("M01"), id)),
                     "booking 2026-09-30 B:105451099995 W:370102 M01 " CASE_ID);
    cr_expect_eq(strncmp(name_of(row_key_business(digest)), "application ab0100", 18), 0);
    cr_expect_eq(strncmp(name_of(row_key_material(branch, file)), "file B:105451099995 ab0100", 26), 0);
    cr_expect_eq(strncmp(name_of(row_key_carried(id, file)), "file of case " CASE_ID " ab0100", 50), 0);
}

Test(row_name, of_a_key_that_is_damaged_holds_what_is_there_and_no_control_characters)
{
    char name[ROW_NAME_SIZE];
    static uint8_t long_key[2 * ROW_NAME_SIZE];
    cr_expect_str_eq(row_name(bytes_of("", 0), name), "row ");
    cr_expect_str_eq(row_name(bytes_of("\xfe\x01", 2), name), "row fe01");
    cr_expect_str_eq(row_name(bytes_of("w\x01\x7f\x00x", 5), name), "window ?? x");
    cr_expect_str_eq(row_name(bytes_of("t\x01\x02", 3), name), "title query 0102", "too short for a number");
    cr_expect_str_eq(row_name(bytes_of("fB:1", 4), name), "event B:1 ", "no number at all");
    cr_expect_str_eq(row_name(bytes_of("n2026", 5), name), "booking 2026 ");
    memset(long_key, 'w', sizeof long_key);
    cr_expect_eq(strlen(row_name(bytes_of(long_key, sizeof long_key), name)), ROW_NAME_SIZE - 1);
}

Test(row_name, knows_the_case_of_a_row_that_is_of_one)
{
    const uint8_t digest[DIGEST_SIZE] = {1};
    const struct text day = text_of("2026-09-30"), id = text_of(CASE_ID);
    const struct row_key of_case[] = {row_key_case(id),
                                      row_key_open(id),
                                      row_key_measure(day, id),
                                      row_key_difference(day, text_of("K"), id),
                                      row_key_day(day, text_of(BRANCH), text_of(WINDOW), text_of("M01"), id),
                                      row_key_carried(id, bytes_of(digest, DIGEST_SIZE))};
    const struct row_key of_none[] = {row_key_meta(), row_key_title(7), row_key_duplicate(text_of(BRANCH), digest),
                                      row_key_business(digest)};
    for (size_t i = 0; i < sizeof of_case / sizeof of_case[0]; i++)
        cr_expect(text_is(row_case(bytes_of(of_case[i].bytes, of_case[i].size)), CASE_ID), "row %zu", i);
    for (size_t i = 0; i < sizeof of_none / sizeof of_none[0]; i++)
        cr_expect_null(row_case(bytes_of(of_none[i].bytes, of_none[i].size)).data, "row %zu", i);
}
