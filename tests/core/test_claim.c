#include <criterion/criterion.h>

#include "broker/core/claim.h"
#include "schemas/calendar.h"
#include "tests/core/house.h"

/* After a loss an application is filed again under the case id it had. */

static struct house *open_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 4);
    return house;
}

/* An id as a broker that is gone gave it on the day of the house, `ahead` of what this one gives next. */
static const char *lost_id(const struct house *house, const char *district, const char *bank, int64_t ahead)
{
    static char id[CASE_ID_SIZE + 1];
    struct case_id parts = {.date = date_of_time(house->now_us),
                            .counter =
                                (uint32_t)((core_meta(house->core)->case_counter.value + ahead) & CASE_ID_COUNTER_MAX)};
    memcpy(parts.district, district, sizeof parts.district);
    memcpy(parts.bank, bank, sizeof parts.bank);
    cr_assert(case_id_make(&parts, id));
    return id;
}

static void file_again(struct house *house, const char *branch, const char *unit, const char *contract, const char *id)
{
    say(house,
        &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .case_id = id, .body = application(unit, contract)});
}

Test(claim, an_application_that_is_filed_again_is_the_case_it_was)
{
    struct house *house = open_house();
    const char *id = lost_id(house, "370102", "105", CASE_SKIP);
    int64_t counter = core_meta(house->core)->case_counter.value;
    file_again(house, BRANCH, UNIT, "DY-1", id);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_str_eq(effect_of(house, EFFECT_RECEIPT, 0)->case_id, id);
    house_propose(house);
    expect_state(house, id, "QUEUED");
    cr_expect_eq(core_meta(house->core)->case_counter.value, counter, "no id was given");
    deliver(house, id, 1);
    accept(house, id, "YW-1");
    cr_expect(house_replays_the_same(house));
    expect_state(house, id, "ACCEPTED");
    house_free(house);
}

Test(claim, an_id_that_a_case_has_is_no_other_cases)
{
    struct house *house = open_house();
    const char *id = lost_id(house, "370102", "105", CASE_SKIP);
    file_again(house, BRANCH, UNIT, "DY-1", id);
    file_again(house, OTHER_BRANCH, UNIT_2, "DY-2", id);
    cr_expect_eq(rejection(house), STATUS_DUP_CONFLICT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "cid");
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, OTHER_BRANCH, 0);
    file_again(house, OTHER_BRANCH, UNIT_2, "DY-2", id);
    cr_expect_eq(rejection(house), STATUS_DUP_CONFLICT);
    house_free(house);
}

Test(claim, an_id_this_broker_may_still_give_is_nobodys)
{
    struct house *house = open_house();
    file_again(house, BRANCH, UNIT, "DY-1", lost_id(house, "370102", "105", 0));
    cr_expect_eq(rejection(house), STATUS_UNKNOWN_CASE);
    file_again(house, BRANCH, UNIT, "DY-1", lost_id(house, "370102", "105", CASE_SKIP - 1));
    cr_expect_eq(rejection(house), STATUS_UNKNOWN_CASE);
    file_again(house, BRANCH, UNIT, "DY-1", lost_id(house, "370102", "105", -1));
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(claim, an_id_of_an_earlier_day_is_given_no_more)
{
    struct house *house = open_house();
    const char *id = lost_id(house, "370102", "105", 0);
    house_wait(house, 86400 * (int64_t)SECOND);
    branch_comes(house, BRANCH, 0);
    file_again(house, BRANCH, UNIT, "DY-1", id);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(claim, an_id_of_another_window_or_bank_is_not_yours)
{
    struct house *house = open_house();
    file_again(house, BRANCH, UNIT, "DY-1", lost_id(house, "370103", "105", CASE_SKIP));
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    file_again(house, BRANCH, UNIT, "DY-1", lost_id(house, "370102", "102", CASE_SKIP));
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    house_free(house);
}

Test(claim, what_the_window_may_have_is_not_withdrawn_behind_its_back)
{
    struct house *house = open_house();
    leaves(house, WINDOW);
    const char *id = lost_id(house, "370102", "105", CASE_SKIP);
    file_again(house, BRANCH, UNIT, "DY-1", id);
    house_propose(house);
    withdraw(house, id);
    cr_expect_eq(rejection(house), STATUS_BUSY, "later: the window says what it has");
    window_comes(house, WINDOW, 4);
    house_propose(house);
    deliver(house, id, 1);
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWING");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(claim, what_the_window_may_have_does_not_expire)
{
    struct house *house = open_house();
    leaves(house, WINDOW);
    const char *id = lost_id(house, "370102", "105", CASE_SKIP);
    say(house, &(struct said){.who = BRANCH,
                              .type = MESSAGE_CASE_SUBMIT,
                              .case_id = id,
                              .body = application(UNIT, "DY-1"),
                              .expires_at = house->now_us + SECOND});
    house_propose(house);
    house_wait(house, 10 * (int64_t)SECOND);
    house_propose(house);
    expect_state(house, id, "QUEUED");
    house_free(house);
}
