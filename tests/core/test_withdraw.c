#include <criterion/criterion.h>

#include "tests/core/house.h"

/* Withdrawing, and its race with the booking. */

static struct house *house_in_review(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    progress(house, id, "初审");
    return house;
}

Test(withdraw, what_was_never_sent_is_withdrawn_at_once)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWN");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "WITHDRAWN");
    window_comes(house, WINDOW, 4);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    submit(house, BRANCH, UNIT, "DY-1");
    house_free(house);
}

Test(withdraw, what_was_sent_is_for_the_window_to_decide)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWING");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "after the case itself");
    deliver(house, id, 1);
    expect_state(house, id, "WITHDRAWING");
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    deliver(house, id, 2);
    answer_withdrawal(house, id, "ok");
    expect_state(house, id, "WITHDRAWN");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "WITHDRAW_RESULT");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(withdraw, too_late_goes_back_to_where_the_case_went_meanwhile)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_in_review(id);
    withdraw(house, id);
    ask_supplement(house, id, 1);
    expect_state(house, id, "WITHDRAWING");
    answer_withdrawal(house, id, "too_late");
    expect_state(house, id, "SUPP_POST");
    house_free(house);
}

Test(withdraw, the_book_wins_in_either_order)
{
    for (int order = 0; order < 2; order++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_in_review(id);
        withdraw(house, id);
        if (order == 0)
            answer_withdrawal(house, id, "too_late");
        book(house, id, "Y-1", UNIT, NULL);
        expect_state(house, id, "BOOKED");
        if (order == 1)
            answer_withdrawal(house, id, "too_late");
        expect_state(house, id, "BOOKED");
        cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
        withdraw(house, id);
        cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
        house_free(house);
    }
}

Test(withdraw, booked_and_withdrawn_is_a_contradiction_in_either_order)
{
    static const char *const ends[] = {"WITHDRAWN", "BOOKED"};
    for (int order = 0; order < 2; order++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_in_review(id);
        withdraw(house, id);
        if (order == 0)
            answer_withdrawal(house, id, "ok");
        book(house, id, "Y-1", UNIT, NULL);
        if (order == 1)
            answer_withdrawal(house, id, "ok");
        expect_state(house, id, ends[order]);
        cr_expect(has_flag(house, id, CASE_CONTRADICTION));
        house_free(house);
    }
}

Test(withdraw, over_a_suspension_both_are_remembered)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_in_review(id);
    simply(house, WINDOW, MESSAGE_SUSPEND, id);
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWING");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    answer_withdrawal(house, id, "too_late");
    expect_state(house, id, "SUSPENDED");
    simply(house, WINDOW, MESSAGE_RESUME, id);
    expect_state(house, id, "REVIEW");
    house_free(house);
}

Test(withdraw, twice_is_refused)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_in_review(id);
    withdraw(house, id);
    struct withdraw_req body = {.reason = text_of("r2"), .agreement = text_of("a"), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_WITHDRAW_REQ, .case_id = id, .body = &body});
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    house_free(house);
}

Test(withdraw, an_answer_that_is_neither_is_a_bad_body)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_in_review(id);
    answer_withdrawal(house, id, "maybe");
    cr_expect_eq(rejection(house), STATUS_BAD_BODY);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "result");
    house_free(house);
}
