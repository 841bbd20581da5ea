#include <criterion/criterion.h>

#include "tests/core/house.h"

/* The branch's gap-free feed. */

static struct house *house_with_events(int count, char first_id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    memcpy(first_id, id, CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    for (int i = 1; i < count; i++) {
        struct progress step = {.step = text_of(i % 2 ? "初审" : "复审"),
                                .opinion = {(const char[]){(char)('0' + i / 10), (char)('0' + i % 10)}, 2},
                                .is_present = true};
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_STATUS, .case_id = id, .body = &step});
    }
    return house;
}

static void acknowledge(struct house *house, int64_t number)
{
    struct event_ack body = {.number = number_of(number), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENT_ACK, .body = &body});
}

static void expect_feed(struct house *house, uint64_t first, uint64_t last)
{
    const struct effect *feed = effect_of(house, EFFECT_FEED, 0);
    cr_assert_not_null(feed);
    cr_expect_eq(feed->number, first);
    cr_expect_eq(feed->number_last, last);
    cr_expect_eq(count_effects(house, EFFECT_FEED), 1);
}

Test(feed, says_what_the_window_said_and_what_the_broker_knows_without_a_gap)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    cr_assert_eq(feed_last(house, BRANCH), 3);
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "DELIVERED");
    cr_expect_str_eq(feed_says(house, BRANCH, 2), "STATUS");
    cr_expect(text_is(feed_at(house, BRANCH, 1).state, "DELIVERED"));
    cr_expect(text_is(feed_at(house, BRANCH, 2).state, "REVIEW"));
    cr_expect(text_is(feed_at(house, BRANCH, 2).case_id, id));
    house_free(house);
}

Test(feed, sends_each_event_as_it_comes)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(1, id);
    expect_feed(house, 1, 1);
    accept(house, id, "Y-1");
    expect_feed(house, 2, 2);
    house_free(house);
}

Test(feed, sends_no_more_than_the_branch_may_hold_unacknowledged)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(12, id);
    cr_expect_eq(count_effects(house, EFFECT_FEED), 0, "eight are out");
    acknowledge(house, 3);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 0);
    expect_feed(house, 9, 11);
    acknowledge(house, 11);
    expect_feed(house, 12, 12);
    house_free(house);
}

Test(feed, an_old_acknowledgement_is_not_stored)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    acknowledge(house, 2);
    acknowledge(house, 2);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    acknowledge(house, 1);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    cr_expect_eq(house->effects.count, 0);
    house_free(house);
}

Test(feed, an_acknowledgement_of_what_was_never_given_is_refused)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    acknowledge(house, 4);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    house_free(house);
}

Test(feed, goes_on_after_what_the_branch_has_when_it_comes_back)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(6, id);
    acknowledge(house, 2);
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 4);
    cr_expect_eq(effect_of(house, EFFECT_ANSWER, 0)->message, MESSAGE_HELLO_ACK);
    expect_feed(house, 5, 6);
    branch_comes(house, BRANCH, 0);
    expect_feed(house, 3, 6);
    house_free(house);
}

Test(feed, a_branch_with_more_events_than_were_given_finds_the_broker_behind)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(2, id);
    branch_comes(house, BRANCH, 3);
    cr_expect_eq(rejection(house), STATUS_BEHIND);
    cr_expect_eq(count_effects(house, EFFECT_ANSWER), 0);
    simply(house, BRANCH, MESSAGE_HEARTBEAT, NULL);
    cr_expect_eq(rejection(house), STATUS_NO_SESSION);
    house_free(house);
}

Test(feed, is_sent_again_when_nothing_moves)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    house_wait(house, 4 * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_FEED), 0);
    acknowledge(house, 1);
    house_wait(house, 4 * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_FEED), 0, "there was progress");
    house_wait(house, 2 * SECOND);
    expect_feed(house, 2, 3);
    acknowledge(house, 3);
    house_wait(house, 60 * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_FEED), 0);
    house_free(house);
}

Test(feed, comes_again_from_where_the_branch_asks)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    acknowledge(house, 3);
    struct events_since body = {.number = number_of(1), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENTS_SINCE, .body = &body});
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    expect_feed(house, 2, 3);
    body.number = number_of(4);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENTS_SINCE, .body = &body});
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    house_free(house);
}

Test(feed, a_long_feed_asked_for_again_flows_to_its_end)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(8, id);
    acknowledge(house, 8);
    for (int i = 0; i < 20; i++) {
        struct suspend body = {
            .reason = {(const char[]){(char)('a' + i)}, 1}, .authority = text_of("a"), .is_present = true};
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUSPEND, .case_id = id, .body = &body});
        acknowledge(house, 9 + i);
    }
    struct events_since body = {.number = number_of(0), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENTS_SINCE, .body = &body});
    uint64_t next = 1;
    while (effect_of(house, EFFECT_FEED, 0) != NULL) {
        cr_assert_eq(effect_of(house, EFFECT_FEED, 0)->number, next);
        next = effect_of(house, EFFECT_FEED, 0)->number_last + 1;
        acknowledge(house, (int64_t)next - 1);
    }
    cr_expect_eq(next, 29);
    house_free(house);
}

Test(feed, says_what_exactly_the_window_has)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "DELIVERED");
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    deliver(house, id, 2);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "SUPPLEMENT_DELIVERED");
    withdraw(house, id);
    deliver(house, id, 3);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "WITHDRAWAL_DELIVERED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(feed, does_not_tell_the_branch_that_its_own_word_on_the_proof_arrived)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    simply(house, BRANCH, MESSAGE_CERT_ACK, id);
    int64_t last = feed_last(house, BRANCH);
    deliver(house, id, 2);
    cr_expect_eq(feed_last(house, BRANCH), last);
    house_free(house);
}

Test(feed, that_is_said_not_to_be_urgent_is_the_ordinary_one)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_events(3, id);
    const struct event_ack acknowledgement = {
        .number = number_of(2), .is_urgent = number_of(false), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENT_ACK, .body = &acknowledgement});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    const struct events_since since = {.number = number_of(2), .is_urgent = number_of(false), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENTS_SINCE, .body = &since});
    expect_feed(house, 3, 3);
    house_free(house);
}
