#include <criterion/criterion.h>

#include "schemas/failure.h"
#include "tests/core/house.h"

/* Attempts that the window says have failed: waits, limits, parking, and what was acknowledged and comes back. */

static struct house *open_house(int64_t credit)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    operator_comes(house, OPERATOR);
    window_comes(house, WINDOW, credit);
    return house;
}

static void says_it_is_there(struct house *house)
{
    struct credit credit = {.deliveries = number_of(8), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CREDIT, .body = &credit});
}

/* Seconds until something goes to the window, which says that it is there meanwhile; at most `longest`. */
static int64_t seconds_to_the_next(struct house *house, int64_t longest)
{
    int64_t passed = 0;
    do {
        says_it_is_there(house);
        house_wait(house, SECOND);
    } while (++passed < longest && count_effects(house, EFFECT_DELIVER) == 0);
    return passed;
}

static void expect_parked(struct house *house, const char *id, const char *class, int64_t attempts)
{
    const struct case_row *row = the_case(house, id);
    expect_state(house, id, "PARKED");
    cr_expect(text_is(row->park_class, class), "%.*s", TEXT_ARGS(row->park_class));
    cr_expect(text_is(row->park_cause, "the registry says so"));
    cr_expect_eq(row->park_attempts.value, attempts);
    cr_expect_eq(row->parked_at.value, row->since.value);
}

Test(attempts, one_that_failed_is_made_again_after_its_wait_and_holds_no_credit_meanwhile)
{
    struct house *house = open_house(1);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    fail_delivery(house, first, 1, "transient", false);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, other, "the other lane goes on");
    deliver(house, other, 1);
    expect_state(house, first, "QUEUED");
    house_wait(house, 1700 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    house_wait(house, 600 * 1000);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->attempt, 2);
    deliver(house, first, 1);
    expect_state(house, first, "DELIVERED");
    cr_expect_not(the_case(house, first)->failed_number.is_present, "what failed is forgotten");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, waits_double_up_to_the_longest_and_the_case_is_parked_at_the_limit)
{
    struct house *house = open_house(8);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    for (int64_t attempt = 1, wait = 2; attempt < failure_row(FAILURE_TRANSIENT)->attempts_max; attempt++) {
        fail_delivery(house, first, 1, "transient", false);
        int64_t waited = seconds_to_the_next(house, 400);
        cr_expect_geq(waited, wait - wait / 8 - 1, "attempt %d: %d s", (int)attempt, (int)waited);
        cr_expect_leq(waited, wait + wait / 8 + 1, "attempt %d: %d s", (int)attempt, (int)waited);
        wait = 2 * wait < 300 ? 2 * wait : 300;
    }
    fail_delivery(house, first, 1, "transient", false);
    expect_parked(house, first, "transient", failure_row(FAILURE_TRANSIENT)->attempts_max);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, waits_are_spread_so_that_many_cases_do_not_come_again_in_one_moment)
{
    struct house *house = open_house(8);
    const char *ids[3] = {submit(house, BRANCH, UNIT, "DY-1"), submit(house, BRANCH, UNIT_2, "DY-2"),
                          submit(house, BRANCH, UNIT_3, "DY-3")};
    int64_t moments[3];
    for (int i = 0; i < 3; i++)
        fail_delivery(house, ids[i], 1, "transient", false);
    for (int i = 0; i < 3; i++) {
        house_wait(house, core_wake_us(house->core) - house->now_us);
        cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
        moments[i] = house->now_us;
    }
    cr_expect(moments[0] < moments[1] && moments[1] < moments[2]);
    house_free(house);
}

Test(attempts, what_can_never_be_taken_is_set_aside_at_once_and_holds_its_lane_alone)
{
    struct house *house = open_house(1);
    const char *poison = submit(house, BRANCH, UNIT, "DY-1");
    const char *behind = submit(house, BRANCH, UNIT, "DY-2");
    const char *other = submit(house, BRANCH, UNIT_2, "DY-3");
    fail_delivery(house, poison, 1, "permanent", false);
    expect_parked(house, poison, "permanent", 1);
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "PARKED");
    cr_expect_eq(the_case(house, other)->is_dispatched.value, 1);
    cr_expect_eq(the_case(house, behind)->is_dispatched.value, 0);
    deliver(house, other, 1);
    house_wait(house, INT64_C(10000) * SECOND);
    expect_state(house, behind, "QUEUED");
    struct ops_parked_discard body = {.reason = text_of("poison"), .approver = text_of("li"), .is_present = true};
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_PARKED_DISCARD, .case_id = poison, .body = &body});
    expect_state(house, poison, "EXPIRED");
    cr_expect_eq(the_case(house, behind)->is_dispatched.value, 1, "the lane is free");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, no_restart_makes_room_for_more_of_them)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    for (int64_t attempt = 1; attempt <= failure_row(FAILURE_POISON)->attempts_max; attempt++) {
        expect_state(house, id, "QUEUED");
        fail_delivery(house, id, 1, "poison", false);
        house_restart(house);
        branch_comes(house, BRANCH, 0);
        window_comes(house, WINDOW, 1);
    }
    expect_parked(house, id, "poison", failure_row(FAILURE_POISON)->attempts_max);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    house_free(house);
}

Test(attempts, a_failure_that_was_journaled_parks_after_the_restart_where_the_fact_was_not)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    fail_delivery(house, id, 1, "permanent", false);
    cr_assert_eq(house->journal[house->journal_count - 1].type, MESSAGE_FACT_PARK);
    house_forget_last_record(house); /* the broker died between the two */
    house_restart(house);
    expect_state(house, id, "QUEUED");
    house_propose(house);
    expect_parked(house, id, "permanent", 1);
    house_free(house);
}

Test(attempts, a_busy_window_says_when_to_come_again)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct delivery_failed busy = {.number = number_of(1),
                                   .class = text_of("busy"),
                                   .cause = text_of("closed"),
                                   .retry_ms = number_of(3600000),
                                   .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_DELIVERY_FAILED, .case_id = id, .body = &busy});
    for (int i = 0; i < 3599; i++) {
        house_wait(house, SECOND);
        cr_assert_eq(count_effects(house, EFFECT_DELIVER), 0);
        says_it_is_there(house);
    }
    house_wait(house, 2 * (int64_t)SECOND);
    window_comes(house, WINDOW, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(attempts, a_window_that_is_away_has_failed_nothing)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    fail_delivery(house, id, 1, "poison", false);
    for (int i = 0; i < 10; i++) {
        leaves(house, WINDOW);
        house_wait(house, 3600 * INT64_C(1000000));
        cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
        window_comes(house, WINDOW, 1);
        cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    }
    expect_state(house, id, "QUEUED");
    cr_expect_eq(the_case(house, id)->failed_poison.value, 1);
    house_free(house);
}

Test(attempts, what_the_window_gives_back_stands_in_its_lane_again_until_an_operator_decides)
{
    struct house *house = open_house(4);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, first, 1);
    window_comes(house, WINDOW, 0); /* what comes behind it waits here */
    const char *behind = submit(house, BRANCH, UNIT, "DY-2");
    fail_delivery(house, first, 1, "permanent", true);
    expect_parked(house, first, "permanent", 1);
    window_comes(house, WINDOW, 4);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "its lane is held");
    simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, first);
    expect_state(house, first, "QUEUED");
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, first, "the same message again");
    deliver(house, first, 1);
    expect_state(house, first, "DELIVERED");
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, behind);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, what_was_given_back_goes_on_when_the_registry_speaks_of_it_after_all)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    fail_delivery(house, id, 1, "poison", true);
    expect_state(house, id, "PARKED");
    accept(house, id, "Y-1");
    expect_state(house, id, "ACCEPTED");
    cr_expect_null(the_case(house, id)->park_class.data);
    cr_expect_not(the_case(house, id)->parked_at.is_present);
    fail_delivery(house, id, 1, "poison", true);
    cr_expect(has_flag(house, id, CASE_CONTRADICTION), "the registry has it: it cannot be given back");
    expect_state(house, id, "ACCEPTED");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, a_later_message_that_comes_back_is_held_and_the_lanes_stay_free)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    deliver(house, id, 2);
    fail_delivery(house, id, 2, "permanent", true);
    expect_parked(house, id, "permanent", 1);
    const char *behind = submit(house, BRANCH, UNIT, "DY-2");
    cr_expect_eq(the_case(house, behind)->is_dispatched.value, 1);
    simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, id);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    deliver(house, id, 2);
    expect_state(house, id, "DELIVERED");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, a_failure_of_what_nobody_waits_for_changes_nothing)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    fail_delivery(house, id, 1, "transient", false);
    cr_expect_eq(house->step.verdict, VERDICT_STORE, "a word of a window is never refused");
    expect_state(house, id, "DELIVERED");
    cr_expect_not(the_case(house, id)->failed_number.is_present);
    fail_delivery(house, id, 2, "transient", false);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "number");
    house_free(house);
}

/* ---- what a window leaves out, or says otherwise ---- */

static void fail_with(struct house *house, const char *id, const struct delivery_failed *failed, bool is_old)
{
    say(house, &(struct said){
                   .who = WINDOW, .type = MESSAGE_DELIVERY_FAILED, .case_id = id, .body = failed, .is_old = is_old});
}

Test(attempts, that_are_given_back_without_a_count_were_one)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    const struct delivery_failed failed = {.number = number_of(1),
                                           .class = text_of("permanent"),
                                           .cause = text_of("the registry says so"),
                                           .is_returned = number_of(true),
                                           .is_present = true};
    deliver(house, id, 1);
    fail_with(house, id, &failed, false);
    expect_parked(house, id, "permanent", 1);
    house_free(house);
}

Test(attempts, of_a_class_nobody_knows_count_as_poison_and_no_window_comes_back_sooner_than_its_class)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    const struct delivery_failed failed = {.number = number_of(1),
                                           .class = text_of("telepathic"),
                                           .cause = text_of("the registry says so"),
                                           .retry_ms = number_of(1),
                                           .is_present = true};
    fail_with(house, id, &failed, false);
    cr_expect_eq(the_case(house, id)->failed_poison.value, 1);
    house_wait(house, 100 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    house_free(house);
}

Test(attempts, of_an_older_journal_at_what_is_not_there_change_nothing)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    const struct delivery_failed failed = {.number = number_of(9),
                                           .class = text_of("transient"),
                                           .cause = text_of("the registry says so"),
                                           .is_present = true};
    fail_with(house, id, &failed, true);
    cr_expect_not(the_case(house, id)->failed_number.is_present);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, what_follows_and_was_not_there_yet_goes_after_what_was_given_back)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    fail_delivery(house, id, 1, "permanent", true);
    expect_state(house, id, "PARKED");
    simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, id);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 1);
    deliver(house, id, 1);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, bulk_that_comes_back_before_bulk_hurries_nobody)
{
    struct house *house = open_house(1);
    char ids[2][CASE_ID_SIZE + 1];
    for (int i = 0; i < 2; i++) {
        say(house, &(struct said){.who = BRANCH,
                                  .type = MESSAGE_CASE_SUBMIT,
                                  .body = application(UNIT, i == 0 ? "DY-1" : "DY-2"),
                                  .priority = 3});
        memcpy(ids[i], house->step.case_id, sizeof ids[i]);
        if (i == 0)
            deliver(house, ids[i], 1);
    }
    fail_delivery(house, ids[0], 1, "permanent", true);
    expect_state(house, ids[0], "PARKED");
    simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, ids[0]);
    expect_state(house, ids[0], "QUEUED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(attempts, a_window_that_says_it_was_silent_is_taken_for_one_that_cannot_digest_the_case)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    for (int i = 0; i < 3; i++)
        fail_delivery(house, id, 1, "silent", false);
    expect_parked(house, id, "poison", 3);
    house_free(house);
}

Test(attempts, that_are_given_back_with_their_count_are_so_many_and_operations_see_them_oldest_first)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct number oldest;
    const struct delivery_failed failed = {.number = number_of(1),
                                           .class = text_of("permanent"),
                                           .cause = text_of("the registry says so"),
                                           .is_returned = number_of(true),
                                           .attempts = number_of(3),
                                           .is_present = true};
    cr_expect_eq(core_parked(house->core, &oldest), 0);
    cr_expect_not(oldest.is_present);
    deliver(house, id, 1);
    fail_with(house, id, &failed, false);
    expect_parked(house, id, "permanent", 3);
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    int64_t first_us = house->now_us;
    house->now_us += SECOND;
    fail_delivery(house, other, 1, "permanent", false);
    cr_expect_eq(core_parked(house->core, &oldest), 2);
    cr_expect_eq(oldest.value, first_us);
    house_free(house);
}
