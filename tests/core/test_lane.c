#include <criterion/criterion.h>

#include "broker/core/lane.h"
#include "tests/core/house.h"

/* The order per property unit (DOMAIN I4). */

static struct house *open_house(int64_t credit)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, credit);
    return house;
}

static const char *submit_two_units(struct house *house, const char *branch, const char *a, const char *b,
                                    const char *contract)
{
    struct unit units[2];
    struct case_submit *body = application(a, contract);
    units[0] = units[1] = body->units.items[0];
    units[1].number = text_of(b);
    body->units = (struct unit_list){units, 2, true};
    say(house, &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .body = body});
    static char ids[8][CASE_ID_SIZE + 1];
    static unsigned turn;
    return memcpy(ids[turn++ % 8], house->step.case_id, CASE_ID_SIZE + 1);
}

Test(lane, a_later_case_on_the_same_unit_waits_until_the_first_is_delivered)
{
    struct house *house = open_house(4);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    const char *second = submit(house, OTHER_BRANCH, UNIT, "DY-2");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "the second waits");
    deliver(house, first, 1);
    const struct effect *delivery = effect_of(house, EFFECT_DELIVER, 0);
    cr_assert_not_null(delivery);
    cr_expect_str_eq(delivery->case_id, second);
    house_free(house);
}

Test(lane, a_case_on_another_unit_does_not_wait)
{
    struct house *house = open_house(4);
    submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, UNIT_2, "DY-2");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(lane, a_case_of_two_units_goes_when_it_heads_both)
{
    struct house *house = open_house(8);
    const char *a = submit(house, BRANCH, UNIT, "DY-1");
    const char *b = submit(house, BRANCH, UNIT_2, "DY-2");
    const char *both = submit_two_units(house, BRANCH, UNIT_2, UNIT, "DY-3");
    const char *behind = submit(house, OTHER_BRANCH, UNIT, "DY-4");
    deliver(house, a, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "it heads one lane of two");
    deliver(house, b, 1);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, both);
    deliver(house, both, 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, behind);
    house_free(house);
}

Test(lane, a_unit_under_a_retired_district_code_is_in_the_same_lane)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, "W:370614", 8);
    submit(house, BRANCH, "370684999002GB00017F00120001", "DY-1");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    submit(house, BRANCH, "370614999002GB00017F00120001", "DY-2");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    house_free(house);
}

Test(lane, a_unit_named_twice_is_one_lane)
{
    struct house *house = open_house(4);
    const char *id = submit_two_units(house, BRANCH, UNIT, UNIT, "DY-1");
    cr_expect_eq(the_case(house, id)->lanes.count, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(lane, a_case_withdrawn_before_it_was_sent_frees_its_lane)
{
    struct house *house = open_house(0);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    const char *second = submit(house, BRANCH, UNIT, "DY-2");
    withdraw(house, first);
    say(house, &(struct said){.who = WINDOW,
                              .type = MESSAGE_CREDIT,
                              .body = &(struct credit){.deliveries = number_of(1), .is_present = true}});
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, second);
    house_free(house);
}

Test(lane, an_expired_case_frees_its_lane)
{
    struct house *house = open_house(0);
    say(house, &(struct said){.who = BRANCH,
                              .type = MESSAGE_CASE_SUBMIT,
                              .body = application(UNIT, "DY-1"),
                              .expires_at = house->now_us + 10 * SECOND});
    char first[CASE_ID_SIZE + 1];
    memcpy(first, house->step.case_id, sizeof first);
    const char *second = submit(house, BRANCH, UNIT, "DY-2");
    house_wait(house, 11 * SECOND);
    expect_state(house, first, "EXPIRED");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "EXPIRED");
    window_comes(house, WINDOW, 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, second);
    house_free(house);
}

Test(lane, a_case_that_expired_while_nobody_looked_is_not_sent)
{
    struct house *house = open_house(0);
    say(house, &(struct said){.who = BRANCH,
                              .type = MESSAGE_CASE_SUBMIT,
                              .body = application(UNIT, "DY-1"),
                              .expires_at = house->now_us + SECOND});
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    house->now_us += 2 * SECOND;
    window_comes(house, WINDOW, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    expect_state(house, id, "EXPIRED");
    house_free(house);
}

Test(lane, what_was_sent_does_not_expire)
{
    struct house *house = open_house(1);
    say(house, &(struct said){.who = BRANCH,
                              .type = MESSAGE_CASE_SUBMIT,
                              .body = application(UNIT, "DY-1"),
                              .expires_at = house->now_us + SECOND / 2});
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    house_wait(house, 2 * SECOND);
    expect_state(house, id, "QUEUED");
    house_free(house);
}

Test(lane, a_parked_case_holds_its_lane_and_its_discarding_frees_it)
{
    struct house *house = open_house(4);
    operator_comes(house, OPERATOR);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    const char *second = submit(house, BRANCH, UNIT, "DY-2");
    house_wait(house, INT64_C(600) * SECOND);
    expect_state(house, first, "PARKED");
    expect_state(house, second, "QUEUED");
    cr_expect_eq(the_case(house, second)->is_dispatched.value, 0);
    struct ops_parked_discard body = {.reason = text_of("poison"), .approver = text_of("li"), .is_present = true};
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_PARKED_DISCARD, .case_id = first, .body = &body});
    expect_state(house, first, "EXPIRED");
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, second);
    house_free(house);
}

Test(lane, the_order_survives_a_restart)
{
    struct house *house = open_house(0);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    submit_two_units(house, OTHER_BRANCH, UNIT, UNIT_2, "DY-2");
    const char *third = submit(house, BRANCH, UNIT_2, "DY-3");
    house_checkpoint(house);
    submit(house, BRANCH, UNIT_3, "DY-4");
    house_restart(house);
    window_comes(house, WINDOW, 8);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 2);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, first);
    expect_state(house, third, "QUEUED");
    house_free(house);
}

Test(lane, of_a_number_that_is_none_is_a_lane_and_stands_first)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    struct unit units[] = {{.number = text_of(UNIT)}, {.number = {0}}, {.number = {0}}, {.number = text_of("x")}};
    const struct unit_list list = {units, 4, true};
    cr_assert_eq(lanes_of_units(&list, memory, lanes), 3, "each once");
    cr_expect_eq(lanes[0].size, 0);
    cr_expect(text_is(lanes[1], UNIT));
}
