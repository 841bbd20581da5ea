#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/group.h"
#include "schemas/kind_note.h"
#include "tests/core/house.h"

/* Independent cases that belong together, and what may be said of a kind. */

static const char *submit_in(struct house *house, const char *branch, const char *group, const char *unit,
                             const char *contract)
{
    say(house, &(struct said){
                   .who = branch, .type = MESSAGE_CASE_SUBMIT, .body = application(unit, contract), .group = group});
    static char ids[32][CASE_ID_SIZE + 1];
    static unsigned turn;
    return memcpy(ids[turn++ % 32], house->step.case_id, CASE_ID_SIZE + 1);
}

static void ask_for(struct house *house, const char *branch, const char *group)
{
    const struct group_query query = {.group = text_of(group), .is_present = true};
    say(house, &(struct said){.who = branch, .type = MESSAGE_GROUP_QUERY, .body = &query});
}

Test(group, cases_of_two_counties_belong_together_and_go_their_own_ways)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    window_comes(house, OTHER_WINDOW, 4);
    const char *first = submit_in(house, BRANCH, "G-1", UNIT, "DY-1");
    const char *second = submit_in(house, BRANCH, "G-1", FOREIGN_UNIT, "DY-1");
    cr_expect(text_is(the_case(house, second)->group, "G-1"));
    deliver(house, first, 1);
    accept(house, first, "Y-1");
    book(house, first, "Y-1", UNIT, NULL);
    expect_state(house, first, "BOOKED");
    expect_state(house, second, "QUEUED");
    ask_for(house, BRANCH, "G-1");
    cr_assert_eq(count_effects(house, EFFECT_ANSWER), 1);
    cr_expect_eq(effect_of(house, EFFECT_ANSWER, 0)->message, MESSAGE_GROUP_STATUS);
    cr_expect_str_eq(effect_of(house, EFFECT_ANSWER, 0)->path, "G-1");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(group, belongs_to_one_branch)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    submit_in(house, BRANCH, "G-1", UNIT, "DY-1");
    ask_for(house, OTHER_BRANCH, "G-1");
    cr_expect_eq(rejection(house), STATUS_NOT_FOUND);
    ask_for(house, BRANCH, "G-2");
    cr_expect_eq(rejection(house), STATUS_NOT_FOUND);
    house_free(house);
}

Test(group, is_known_after_a_restart_and_has_a_limit)
{
    char unit[29];
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    for (int i = 0; i < GROUP_CASE_COUNT_MAX; i++) {
        snprintf(unit, sizeof unit, "370102999001GB00001F0001%04d", 101 + i);
        submit_in(house, BRANCH, "G-1", unit, "DY-1");
        cr_assert_eq(rejection(house), STATUS_OK);
    }
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    submit_in(house, BRANCH, "G-1", UNIT_3, "DY-2");
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "grp");
    submit_in(house, BRANCH, "G-2", UNIT_3, "DY-2");
    cr_expect_eq(rejection(house), STATUS_OK);
    house_free(house);
}

static const struct {
    const char *states[3];
    const char *word;
} words[] = {
    {{"QUEUED", "ACCEPTED", "DELIVERED"}, "open"},         {{"BOOKED", "ACCEPTED", "QUEUED"}, "partly_booked"},
    {{"BOOKED", "REFUSED", "WITHDRAWN"}, "partly_booked"}, {{"BOOKED", "CERTIFIED", "ARCHIVED"}, "booked"},
    {{"REFUSED", "EXPIRED", "WITHDRAWN"}, "ended"},        {{"REFUSED", "QUEUED", "WITHDRAWN"}, "open"},
};

Test(group, has_a_word_that_claims_no_more_than_its_cases)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct text states[3];
        for (int each = 0; each < 3; each++)
            states[each] = text_of(words[i].states[each]);
        cr_expect_str_eq(group_word_of(states, 3).name, words[i].word);
    }
}

/* A rural security is older than its entry; a pre-notice is no mortgage: no word of a kind says that booking makes it.
 */
Test(group, notes_of_kinds_hold_in_every_state)
{
    cr_expect_not_null(strstr(kind_note(text_of("M14")).chinese, "自合同生效时设立"));
    cr_expect_null(strstr(kind_note(text_of("M14")).chinese, "登簿时设立"));
    cr_expect_null(strstr(kind_note(text_of("M14")).english, "booked"));
    cr_expect_null(kind_note(text_of("M01")).chinese);
    static const char *const kinds[] = {"M05", "M11", "M12", "M13", "M14"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct kind_note note = kind_note(text_of(kinds[i]));
        cr_expect_leq(strlen(note.chinese), 256);
        cr_expect_leq(strlen(note.english), 256);
        cr_expect_null(strstr(note.chinese, "已登簿"), "%s", kinds[i]);
        cr_expect_null(strstr(note.chinese, "已受理"), "%s", kinds[i]);
    }
}

Test(group, of_nothing_or_of_what_nobody_knows_claims_nothing)
{
    const struct text unknown[] = {text_of("NONSENSE")};
    cr_expect_str_eq(group_word_of(NULL, 0).name, "ended");
    cr_expect_str_eq(group_word_of(unknown, 1).name, "ended");
}

/* As the row of the store says after a checkpoint. */
static uint32_t cases_in(struct house *house, const char *group)
{
    static uint8_t memory[4096];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key = row_key_group(text_of(BRANCH), text_of(group));
    struct group_row row = {.is_present = false};
    house_checkpoint(house);
    const struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    cr_assert_not_null(stored);
    cr_assert_eq(row_decode(&record_group_row, stored->value, &arena, &row, &problems), STATUS_OK);
    return row.cases.count;
}

Test(group, of_an_older_journal_that_is_over_full_keeps_its_first_cases)
{
    char unit[29];
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    for (int i = 0; i <= GROUP_CASE_COUNT_MAX; i++) {
        snprintf(unit, sizeof unit, "370102999001GB00001F0001%04d", 101 + i);
        say(house, &(struct said){.who = BRANCH,
                                  .type = MESSAGE_CASE_SUBMIT,
                                  .body = application(unit, "DY-1"),
                                  .group = "G-1",
                                  .is_old = true});
    }
    expect_state(house, house->step.case_id, "QUEUED");
    cr_expect_eq(cases_in(house, "G-1"), GROUP_CASE_COUNT_MAX);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}
