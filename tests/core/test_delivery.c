#include <criterion/criterion.h>

#include "broker/core/state.h"
#include "tests/core/house.h"

/* Credit, leases, retries, doubt and parking. */

static struct house *open_house(int64_t credit)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    operator_comes(house, OPERATOR);
    window_comes(house, WINDOW, credit);
    return house;
}

static void give_credit(struct house *house, int64_t deliveries)
{
    struct credit body = {.deliveries = number_of(deliveries), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CREDIT, .body = &body});
}

static struct window_view view_of_window(struct house *house)
{
    struct window_view view;
    cr_assert(core_window_view(house->core, text_of(WINDOW), &view));
    return view;
}

Test(delivery, takes_no_more_than_the_credit_of_the_window)
{
    struct house *house = open_house(2);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, UNIT_2, "DY-2");
    submit(house, BRANCH, UNIT_3, "DY-3");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    cr_expect_eq(view_of_window(house).in_flight.value, 2);
    deliver(house, first, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1, "the acknowledgement frees credit");
    give_credit(house, 0);
    cr_expect_eq(view_of_window(house).in_flight.value, 2, "less credit takes nothing back");
    house_free(house);
}

Test(delivery, credit_replaces_the_credit_before)
{
    struct house *house = open_house(0);
    for (int i = 0; i < 2; i++)
        submit(house, BRANCH, i == 0 ? UNIT : UNIT_2, "DY-1");
    give_credit(house, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    give_credit(house, 1);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    give_credit(house, 2);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(delivery, goes_in_the_order_of_submitting)
{
    struct house *house = open_house(0);
    const char *ids[3] = {submit(house, BRANCH, UNIT_3, "DY-1"), submit(house, BRANCH, UNIT, "DY-2"),
                          submit(house, BRANCH, UNIT_2, "DY-3")};
    give_credit(house, 8);
    for (uint32_t i = 0; i < 3; i++)
        cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, i)->case_id, ids[i]);
    house_free(house);
}

Test(delivery, is_sent_again_with_a_higher_attempt_when_its_lease_ends)
{
    struct house *house = open_house(1);
    submit(house, BRANCH, UNIT, "DY-1");
    uint64_t sequence = effect_of(house, EFFECT_DELIVER, 0)->sequence;
    house_wait(house, 850 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    house_wait(house, 300 * 1000);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    const struct effect *again = effect_of(house, EFFECT_DELIVER, 0);
    cr_expect_eq(again->attempt, 2);
    cr_expect_eq(again->number, 1);
    cr_expect_eq(again->sequence, sequence, "the same message");
    cr_expect_eq(view_of_window(house).in_flight.value, 1);
    house_free(house);
}

Test(delivery, waits_longer_after_each_attempt_up_to_the_longest_lease)
{
    struct house *house = house_new();
    house->settings.lease_ms_max = 4000;
    house->settings.doubt_attempts = 1000;
    house->settings.delivery_attempts_max = 1000;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    submit(house, BRANCH, UNIT, "DY-1");
    int64_t expected[] = {1000, 2000, 4000, 4000, 4000};
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        int64_t lease_ms = (core_wake_us(house->core) - house->now_us) / 1000;
        cr_expect_geq(lease_ms, expected[i] - expected[i] / 8 - 1);
        cr_expect_leq(lease_ms, expected[i] + expected[i] / 8 + 1);
        house_wait(house, core_wake_us(house->core) - house->now_us);
        cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    }
    house_free(house);
}

Test(delivery, is_in_doubt_after_three_attempts_and_parked_after_six)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    house_wait(house, 5 * SECOND);
    cr_expect_not(has_flag(house, id, CASE_IN_DOUBT), "three attempts, the third still has its lease");
    house_wait(house, 4 * SECOND);
    cr_expect(has_flag(house, id, CASE_IN_DOUBT));
    expect_state(house, id, "QUEUED");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "IN_DOUBT");
    house_wait(house, 100 * SECOND);
    expect_state(house, id, "PARKED");
    cr_expect_str_eq(feed_says(house, BRANCH, 2), "PARKED");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 2, "attempts five and six");
    cr_expect_eq(view_of_window(house).in_flight.value, 0, "it holds no credit");
    house_wait(house, INT64_C(10000) * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(delivery, a_parked_case_stops_no_other)
{
    struct house *house = open_house(1);
    const char *poison = submit(house, BRANCH, UNIT, "DY-1");
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    house_wait(house, INT64_C(600) * SECOND);
    expect_state(house, poison, "PARKED");
    cr_expect_eq(the_case(house, other)->is_dispatched.value, 1);
    house_free(house);
}

Test(delivery, an_operator_puts_a_parked_case_back_and_it_goes_again)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    house_wait(house, INT64_C(600) * SECOND);
    simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, id);
    expect_state(house, id, "QUEUED");
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->attempt, 7, "the same message, the attempts go on counting");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "REQUEUED");
    deliver(house, id, 1);
    expect_state(house, id, "DELIVERED");
    cr_expect_not(has_flag(house, id, CASE_IN_DOUBT));
    house_free(house);
}

Test(delivery, a_parked_case_that_the_window_has_after_all_goes_on)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    house_wait(house, INT64_C(600) * SECOND);
    deliver(house, id, 1);
    expect_state(house, id, "DELIVERED");
    cr_expect_null(the_case(house, id)->park_cause.data);
    house_free(house);
}

Test(delivery, a_branch_hears_that_a_case_set_aside_for_a_later_message_goes_on)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    const struct cert_ack check = {.is_verified = number_of(1), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
    house_wait(house, INT64_C(600) * SECOND);
    expect_state(house, id, "PARKED");
    deliver(house, id, 2);
    expect_state(house, id, "CERTIFIED");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH) - 1), "FOLLOW_UP_DELIVERED");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "MAY_DISBURSE");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(delivery, discarding_needs_a_second_person)
{
    static const char *const same[] = {OPERATOR, "wang"};
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    house_wait(house, INT64_C(600) * SECOND);
    for (int i = 0; i < 2; i++) {
        struct ops_parked_discard body = {.reason = text_of("r"), .approver = text_of(same[i]), .is_present = true};
        say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_PARKED_DISCARD, .case_id = id, .body = &body});
        cr_expect_eq(rejection(house), STATUS_BAD_BODY);
        cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "approver");
    }
    expect_state(house, id, "PARKED");
    house_free(house);
}

Test(delivery, a_discarded_case_that_the_window_has_is_a_contradiction)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    house_wait(house, INT64_C(600) * SECOND);
    struct ops_parked_discard body = {.reason = text_of("r"), .approver = text_of("li"), .is_present = true};
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_PARKED_DISCARD, .case_id = id, .body = &body});
    house_checkpoint(house);
    deliver(house, id, 1);
    expect_state(house, id, "EXPIRED");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    deliver(house, id, 1);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER, "said once is enough");
    house_free(house);
}

Test(delivery, attempts_do_not_count_while_the_window_is_away)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    leaves(house, WINDOW);
    house_wait(house, INT64_C(36000) * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    expect_state(house, id, "QUEUED");
    for (int i = 0; i < 20; i++) {
        window_comes(house, WINDOW, 1);
        cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1, "sent again at once");
        cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->attempt, 2 + i);
    }
    house_wait(house, 1200 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1, "the lease ends for the first time");
    cr_expect_not(has_flag(house, id, CASE_IN_DOUBT));
    expect_state(house, id, "QUEUED");
    house_free(house);
}

Test(delivery, after_a_restart_what_was_sent_goes_first_and_within_credit)
{
    struct house *house = open_house(2);
    const char *a = submit(house, BRANCH, UNIT, "DY-1");
    const char *b = submit(house, BRANCH, UNIT_2, "DY-2");
    const char *c = submit(house, BRANCH, UNIT_3, "DY-3");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 1);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, a);
    deliver(house, a, 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, b);
    deliver(house, b, 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, c);
    house_free(house);
}

Test(delivery, the_same_acknowledgement_twice_is_stored_once)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    uint64_t sequence = core_sequence(house->core);
    deliver(house, id, 1);
    cr_expect_eq(core_sequence(house->core), sequence);
    cr_expect_eq(house->effects.count, 0);
    house_free(house);
}

Test(delivery, an_acknowledgement_of_nothing_is_refused_by_its_number)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 2);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "number");
    house_free(house);
}

Test(delivery, what_follows_goes_one_after_the_other_and_needs_no_credit)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    give_credit(house, 0);
    supplement(house, id, 1);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 2);
    withdraw(house, id);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "number 2 is still out");
    deliver(house, id, 3);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER, "number 3 was never sent");
    deliver(house, id, 2);
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->number, 3);
    house_free(house);
}

Test(delivery, what_follows_and_never_gets_through_is_set_aside_without_a_lane)
{
    struct house *house = open_house(4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    house_wait(house, INT64_C(600) * SECOND);
    expect_state(house, id, "PARKED");
    submit(house, BRANCH, UNIT, "DY-2");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1, "the lane is free");
    progress(house, id, "复审");
    expect_state(house, id, "PARKED");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    deliver(house, id, 2);
    expect_state(house, id, "REVIEW");
    house_free(house);
}

Test(delivery, one_dead_window_delays_no_other)
{
    struct house *house = open_house(0);
    for (int i = 0; i < 50; i++)
        submit(house, BRANCH, i % 2 == 0 ? UNIT : UNIT_2, (char[]){'D', (char)('0' + i / 10), (char)('0' + i % 10), 0});
    window_comes(house, OTHER_WINDOW, 1);
    submit(house, BRANCH, FOREIGN_UNIT, "DY-X");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(delivery, many_follow_ups_go_in_portions)
{
    struct house *house = open_house(200);
    const char *ids[100];
    for (int i = 0; i < 100; i++) {
        char unit[] = UNIT, contract[] = "DY-000";
        unit[26] = (char)('0' + i / 10), unit[27] = (char)('0' + i % 10);
        contract[4] = unit[26], contract[5] = unit[27];
        ids[i] = submit(house, BRANCH, unit, contract);
        deliver(house, ids[i], 1);
    }
    leaves(house, WINDOW);
    for (int i = 0; i < 100; i++)
        withdraw(house, ids[i]);
    window_comes(house, WINDOW, 0);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 64);
    deliver(house, ids[0], 2);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(delivery, no_lease_is_longer_than_the_longest_where_doubling_passes_it)
{
    struct house *house = house_new();
    house->settings.lease_ms_max = 1500;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    submit(house, BRANCH, UNIT, "DY-1");
    leaves(house, BRANCH);
    house_wait(house, 1125 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_wait(house, 1690 * 1000);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1, "a lease of a second and a half, and an eighth");
    house_free(house);
}

Test(delivery, an_attempt_number_that_can_grow_no_more_stays)
{
    struct house *house = open_house(1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct case_file *file = core_find_case(house->core, text_of(id));
    file->attempt = UINT16_MAX;
    window_comes(house, WINDOW, 1);
    cr_assert_not_null(effect_of(house, EFFECT_DELIVER, 0));
    cr_expect_eq(effect_of(house, EFFECT_DELIVER, 0)->attempt, UINT16_MAX);
    house_free(house);
}
