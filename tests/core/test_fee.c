#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/case.h"
#include "broker/core/clock.h"
#include "tests/core/house.h"

/* The fee, a state of its own beside the case's. */

static struct house *house_accepted(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    return house;
}

static void expect_fee(struct house *house, const char *id, const char *state, const char *bill)
{
    const struct case_row *row = the_case(house, id);
    cr_expect(text_is(row->fee_state, state), "%.*s and not %s", TEXT_ARGS(row->fee_state), state);
    cr_expect(text_is(row->fee_bill, bill), "%.*s and not %s", TEXT_ARGS(row->fee_bill), bill);
}

Test(fee, is_noticed_paid_and_confirmed)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    expect_fee(house, id, "1", "F-1");
    cr_expect_eq(the_case(house, id)->fee_amount.value, 8000);
    pay_fee(house, id, "F-1", 8000);
    cr_expect_eq(rejection(house), STATUS_OK);
    expect_fee(house, id, "1", "F-1");
    cr_assert_not_null(effect_of(house, EFFECT_DELIVER, 0));
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    deliver(house, id, 2);
    confirm_fee(house, id, "F-1", "2");
    expect_fee(house, id, "2", "F-1");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "FEE_CONFIRMED");
    expect_state(house, id, "ACCEPTED");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(fee, of_nothing_asks_for_no_payment)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 0);
    expect_fee(house, id, "0", "F-1");
    pay_fee(house, id, "F-1", 1);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    confirm_fee(house, id, "F-1", "2");
    expect_fee(house, id, "0", "F-1");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(fee, said_again_changes_nothing)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    int64_t last = feed_last(house, BRANCH);
    notify_fee(house, id, "F-1", 8000);
    expect_fee(house, id, "1", "F-1");
    cr_expect_eq(feed_last(house, BRANCH), last);
    notify_fee(house, id, "F-1", 9000);
    cr_expect(has_flag(house, id, CASE_CONTRADICTION), "one bill, two sums");
    cr_expect_eq(the_case(house, id)->fee_amount.value, 8000);
    house_free(house);
}

Test(fee, of_another_bill_waits_until_the_first_is_paid_or_void)
{
    static const char *const ends[] = {"2", "-1"};
    for (int end = 0; end < 2; end++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_accepted(id);
        notify_fee(house, id, "F-1", 8000);
        confirm_fee(house, id, "F-1", ends[end]);
        notify_fee(house, id, "F-2", 500);
        expect_fee(house, id, "1", "F-2");
        cr_expect_eq(the_case(house, id)->fee_amount.value, 500);
        cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
        notify_fee(house, id, "F-3", 600);
        expect_fee(house, id, "1", "F-2");
        cr_expect(has_flag(house, id, CASE_CONTRADICTION));
        pay_fee(house, id, "F-1", 8000);
        cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
        house_free(house);
    }
}

Test(fee, is_paid_back_after_a_refusal)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    confirm_fee(house, id, "F-1", "2");
    simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
    refund_fee(house, id, "F-1", "4");
    expect_fee(house, id, "4", "F-1");
    refund_fee(house, id, "F-1", "5");
    expect_fee(house, id, "5", "F-1");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    refund_fee(house, id, "F-1", "2");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION), "that is no state of a refund");
    expect_fee(house, id, "5", "F-1");
    expect_state(house, id, "REFUSED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(fee, is_told_before_the_acceptance_too)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    notify_fee(house, id, "F-1", 8000);
    expect_state(house, id, "DELIVERED");
    expect_fee(house, id, "1", "F-1");
    house_free(house);
}

Test(fee, never_stops_a_booking_and_a_payment_outlives_it)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    leaves(house, WINDOW);
    pay_fee(house, id, "F-1", 8000);
    window_comes(house, WINDOW, 4);
    book(house, id, "Y-1", UNIT, NULL);
    expect_state(house, id, "BOOKED");
    deliver(house, id, 2);
    cr_expect_eq(the_case(house, id)->deliveries.items[1].is_delivered.value, DELIVERY_DONE);
    confirm_fee(house, id, "F-1", "2");
    expect_fee(house, id, "2", "F-1");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(fee, survives_a_restart_and_a_replay)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    house_checkpoint(house);
    pay_fee(house, id, "F-1", 8000);
    confirm_fee(house, id, "F-1", "3");
    house_restart(house);
    expect_fee(house, id, "3", "F-1");
    cr_expect_eq(the_case(house, id)->fee_amount.value, 8000);
    window_comes(house, WINDOW, 4);
    cr_assert_not_null(effect_of(house, EFFECT_DELIVER, 0));
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* ---- a window that books only after the fee is paid ---- */

static void load_fee_first(struct house *house, bool is_fee_first)
{
    uint8_t digest[32] = {is_fee_first};
    struct fact_rules body = {.digest = bytes_of(digest, 32),
                              .rules = {.window = text_of(WINDOW),
                                        .version = number_of(1),
                                        .fee_first = number_of(is_fee_first),
                                        .is_present = true},
                              .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
}

static bool waits_for(struct house *house, const char *id, const char *owner)
{
    struct case_clock clock;
    const struct case_row *row = the_case(house, id);
    return clock_of_case(house->core, row, &clock) && text_is(clock.owner, owner) &&
           strcmp(core_waits_for(house->core, row), owner) == 0;
}

Test(fee, that_stands_unpaid_makes_the_next_step_the_banks_where_the_window_books_after_it)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    load_fee_first(house, true);
    cr_expect(waits_for(house, id, "window"), "no bill was told");
    notify_fee(house, id, "F-1", 8000);
    cr_expect(waits_for(house, id, "branch"));
    confirm_fee(house, id, "F-1", "3");
    cr_expect(waits_for(house, id, "branch"), "a part is not the whole");
    confirm_fee(house, id, "F-1", "2");
    cr_expect(waits_for(house, id, "window"));
    expect_state(house, id, "ACCEPTED");
    house_free(house);
}

Test(fee, that_stands_unpaid_changes_nothing_where_the_window_does_not_ask_for_it_first)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    load_fee_first(house, false);
    notify_fee(house, id, "F-1", 8000);
    cr_expect(waits_for(house, id, "window"));
    house_free(house);
}

Test(fee, that_stands_unpaid_stops_no_booking_that_the_window_makes_all_the_same)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    load_fee_first(house, true);
    notify_fee(house, id, "F-1", 8000);
    book(house, id, "Y-1", UNIT, "鲁（2026）济南市不动产证明第0000001号");
    expect_state(house, id, "BOOKED");
    cr_expect(waits_for(house, id, "window"));
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

/* ---- what a bill can and cannot become ---- */

Test(fee, of_a_state_nobody_knows_is_a_contradiction)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    confirm_fee(house, id, "F-1", "99");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    expect_fee(house, id, "1", "F-1");
    house_free(house);
}

Test(fee, a_bill_of_nothing_may_be_made_void_and_its_notice_come_late)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 0);
    confirm_fee(house, id, "F-1", "-1");
    expect_fee(house, id, "-1", "F-1");
    confirm_fee(house, id, "F-1", "0");
    expect_fee(house, id, "-1", "F-1");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(fee, a_refund_that_failed_may_succeed_and_nothing_else_is_a_refund)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    notify_fee(house, id, "F-1", 8000);
    confirm_fee(house, id, "F-1", "2");
    static const char *const states[] = {"4", "6", "5"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        refund_fee(house, id, "F-1", states[i]);
        expect_fee(house, id, i < 2 ? states[i] : "5", "F-1");
    }
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    refund_fee(house, id, "F-1", "2");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(fee, and_all_else_for_the_window_ends_where_a_case_can_bring_it_no_more)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_accepted(id);
    for (int64_t number = 2; number <= CASE_DELIVERY_COUNT_MAX; number++) {
        char bill[16];
        snprintf(bill, sizeof bill, "F-%d", (int)number);
        notify_fee(house, id, bill, 8000);
        pay_fee(house, id, bill, 8000);
        cr_assert_eq(rejection(house), STATUS_OK, "%s", bill);
        deliver(house, id, number);
        confirm_fee(house, id, bill, "2");
    }
    notify_fee(house, id, "F-last", 8000);
    pay_fee(house, id, "F-last", 8000);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    withdraw(house, id);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    house_free(house);
}
