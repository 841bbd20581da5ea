#include <criterion/criterion.h>

#include "tests/core/house.h"

/* A proof that does not come is asked for: five times in this house, first when
 * the clock of thirty minutes has run out, then after 30, 60, 120, 120 minutes. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

static const int64_t MINUTE = INT64_C(60) * SECOND;

static const char *booked(struct house *house)
{
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    leaves(house, BRANCH); /* its feed is not sent again meanwhile */
    return id;
}

/* How often the window is asked in the next minutes. */
static uint32_t asked_within(struct house *house, int64_t minutes)
{
    house_wait(house, minutes * MINUTE);
    return count_effects(house, EFFECT_CERT_ASK);
}

Test(pull, asks_when_the_clock_has_run_out_and_then_at_growing_intervals_and_not_for_ever)
{
    static const int64_t after[] = {30, 30, 60, 120, 120};
    struct house *house = house_new();
    const char *id = booked(house);
    for (int64_t i = 0; i < 5; i++) {
        cr_expect_eq(asked_within(house, after[i] - 1), 0, "before time %d", (int)i + 1);
        cr_expect_eq(asked_within(house, 1), 1, "time %d", (int)i + 1);
        const struct effect *ask = effect_of(house, EFFECT_CERT_ASK, 0);
        cr_assert_not_null(ask);
        cr_expect_str_eq(ask->to, WINDOW);
        cr_expect_str_eq(ask->case_id, id);
        cr_expect_eq(ask->number, i + 1);
    }
    cr_expect_eq(asked_within(house, 3 * 24 * 60), 0, "five times are enough");
    expect_state(house, id, "BOOKED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(pull, ends_with_the_proof_and_a_proof_that_comes_twice_is_one)
{
    struct house *house = house_new();
    const char *id = booked(house);
    cr_expect_eq(asked_within(house, 31), 1);
    certify(house, id, "Y-1", PROOF);
    int64_t told = feed_last(house, BRANCH);
    certify(house, id, "Y-1", PROOF);
    expect_state(house, id, "CERTIFIED");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    cr_expect_eq(feed_last(house, BRANCH), told, "a repetition is stored and changes nothing");
    cr_expect_eq(asked_within(house, 6 * 60), 0);
    house_free(house);
}

Test(pull, goes_on_after_a_restart_where_it_was)
{
    struct house *house = house_new();
    const char *id = booked(house);
    cr_expect_eq(asked_within(house, 31), 1);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    cr_expect_eq(asked_within(house, 28), 0, "a restart does not ask anew");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    cr_expect_eq(asked_within(house, 2), 1);
    cr_expect_eq(the_case(house, id)->pulls.value, 2);
    house_free(house);
}

Test(pull, waits_for_a_window_that_is_away_and_asks_once_when_it_comes)
{
    struct house *house = house_new();
    const char *id = booked(house);
    leaves(house, WINDOW);
    cr_expect_eq(asked_within(house, 24 * 60), 0);
    cr_expect_eq(the_case(house, id)->pulls.value, 0, "nothing is spent on nobody");
    window_comes(house, WINDOW, 4);
    cr_expect_eq(asked_within(house, 1), 1);
    house_free(house);
}

Test(pull, keeps_to_the_length_that_the_window_gave_the_clock)
{
    struct house *house = house_new();
    uint8_t digest[32] = {1};
    struct rule_clock clock = {
        .clock = text_of("CERTIFICATE"), .amount = number_of(10), .unit = text_of("minutes"), .is_present = true};
    struct fact_rules body = {
        .digest = bytes_of(digest, 32),
        .rules = {.window = text_of(WINDOW), .version = number_of(1), .clocks = {&clock, 1, true}, .is_present = true},
        .is_present = true};
    (void)booked(house);
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
    cr_expect_eq(asked_within(house, 9), 0);
    cr_expect_eq(asked_within(house, 1), 1);
    house_free(house);
}

Test(pull, that_is_stepped_when_the_window_has_gone_asks_nobody)
{
    struct house *house = house_new();
    const char *id = booked(house);
    leaves(house, WINDOW);
    const struct fact_cert_pull fact = {
        .attempt = number_of(1), .due_at = number_of(house->now_us), .is_present = true};
    house_step_fact(house, MESSAGE_FACT_CERT_PULL, id, &fact);
    cr_expect_eq(count_effects(house, EFFECT_CERT_ASK), 0);
    cr_expect_eq(the_case(house, id)->pulls.value, 1);
    house_free(house);
}
