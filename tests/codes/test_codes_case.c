#include <criterion/criterion.h>

#include "schemas/codes.h"

Test(codes_case, makes_the_example_of_the_field)
{
    struct case_id parts = {"370102", {2026, 9, 30}, "105", 42};
    char id[CASE_ID_SIZE + 1];
    cr_assert(case_id_make(&parts, id));
    cr_expect_str_eq(id, "SD370102-20260930-105-00001A-G");
}

Test(codes_case, reads_back_what_it_made)
{
    static const uint32_t counters[] = {0, 1, 31, 32, 1000000, CASE_ID_COUNTER_MAX};
    for (size_t index = 0; index < sizeof counters / sizeof counters[0]; index++) {
        struct case_id parts = {"371728", {2027, 1, 2}, "402", counters[index]};
        struct case_id again;
        char id[CASE_ID_SIZE + 1];
        cr_assert(case_id_make(&parts, id));
        cr_assert_eq(strlen(id), (size_t)CASE_ID_SIZE);
        cr_assert_eq(case_id_parse(text_of(id), &again), CODE_OK, "%s", id);
        cr_expect_eq(again.counter, counters[index]);
        cr_expect_str_eq(again.district, "371728");
        cr_expect_str_eq(again.bank, "402");
        cr_expect_eq(date_compare(again.date, parts.date), 0);
    }
}

Test(codes_case, sees_every_single_wrong_character)
{
    const char right[] = "SD370102-20260930-105-00001A-G";
    for (size_t at = 0; at < CASE_ID_SIZE; at++) {
        char wrong[CASE_ID_SIZE + 1];
        struct case_id parts;
        memcpy(wrong, right, sizeof wrong);
        wrong[at] = wrong[at] == '1' ? '2' : '1';
        cr_expect_neq(case_id_parse(text_of(wrong), &parts), CODE_OK, "%s", wrong);
    }
}

Test(codes_case, refuses_parts_that_do_not_fit)
{
    char id[CASE_ID_SIZE + 1];
    cr_expect_not(case_id_make(&(struct case_id){"37010", {2026, 9, 30}, "105", 1}, id));
    cr_expect_not(case_id_make(&(struct case_id){"37010X", {2026, 9, 30}, "105", 1}, id));
    cr_expect_not(case_id_make(&(struct case_id){"370102", {2026, 9, 30}, "10", 1}, id));
    cr_expect_not(case_id_make(&(struct case_id){"370102", {2026, 9, 30}, "105", CASE_ID_COUNTER_MAX + 1}, id));
    struct case_id parts;
    cr_expect_eq(case_id_parse(text_of("SD370102-20260931-105-00001A-G"), &parts), CODE_DATE);
    cr_expect_eq(case_id_parse(text_of("SD370102-20260930-105-00001A-"), &parts), CODE_FORMAT);
    cr_expect_eq(case_id_parse(text_of(""), &parts), CODE_FORMAT);
}

struct participant {
    const char *name;
    bool is_valid;
};

static const struct participant participants[] = {
    {"B:105451099995", true},
    {"W:370102", true},
    {"W:370102-02", true},
    {"O:wang.li_1-x", true},
    {"K", true},
    {"B:10545109999", false},
    {"W:37010", false},
    {"W:370102-2", false},
    {"W:370102_02", false},
    {"O:", false},
    {"O:王", false},
    {"k", false},
    {"", false},
    {"X:370102", false},
    {"K:1", false},
    {"B105451099995", false},
    {"O:a b", false},
    {"W:37010A", false},
    {"B:1054510999955", false},
    {"O:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
};

Test(codes_case, judges_the_form_of_participants)
{
    for (size_t index = 0; index < sizeof participants / sizeof participants[0]; index++)
        cr_expect_eq(participant_is_valid(text_of(participants[index].name)), participants[index].is_valid, "%s",
                     participants[index].name);
}

Test(codes_case, iso7064_holds_for_what_it_computed)
{
    cr_expect(iso7064_mod37_36_holds(text_of("A12425GABC1234002M")), "the example of the standard's users");
    cr_expect_not(iso7064_mod37_36_holds(text_of("A12425GABC1234002N")));
    cr_expect_not(iso7064_mod37_36_holds(text_of("A")));
    cr_expect_eq(iso7064_mod37_36(text_of("a")), '\0');
    cr_expect(iso7064_mod11_10_holds(text_of("105100000017")));
    cr_expect_eq(iso7064_mod11_10(text_of("1A")), '\0');
}
