#include <criterion/criterion.h>

#include "tests/core/house.h"

/* Rounds of supplements: how many, and who allows more. */

static struct house *house_with_accepted(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    operator_comes(house, OPERATOR);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    return house;
}

static void allow_round(struct house *house, const char *id)
{
    simply(house, OPERATOR, MESSAGE_OPS_SUPPLEMENT_ALLOW, id);
}

Test(round, the_first_one_after_acceptance_needs_nobody)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_accepted(id);
    ask_supplement(house, id, 1);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "SUPPLEMENT_REQ");
    supplement(house, id, 1);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    expect_state(house, id, "REVIEW");
    house_free(house);
}

Test(round, a_second_one_is_taken_and_told_and_its_answer_waits_for_an_operator)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_accepted(id);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
    ask_supplement(house, id, 2);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1, "never refused");
    expect_state(house, id, "SUPP_POST");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "ROUND_LIMIT");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    supplement(house, id, 2);
    cr_expect_eq(rejection(house), STATUS_ROUND_LIMIT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "round");
    expect_state(house, id, "SUPP_POST");

    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    operator_comes(house, OPERATOR);
    allow_round(house, id);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "ROUND_ALLOWED");
    supplement(house, id, 2);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    expect_state(house, id, "REVIEW");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(round, those_answered_before_acceptance_do_not_count)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    for (int64_t round = 1; round <= 3; round++) {
        ask_supplement(house, id, round);
        supplement(house, id, round);
        expect_state(house, id, "DELIVERED");
    }
    accept(house, id, "Y-1");
    ask_supplement(house, id, 4);
    supplement(house, id, 4);
    expect_state(house, id, "REVIEW");
    ask_supplement(house, id, 5);
    supplement(house, id, 5);
    cr_expect_eq(rejection(house), STATUS_ROUND_LIMIT);
    house_free(house);
}

Test(round, one_more_is_allowed_at_a_time_and_only_while_the_case_is_under_way)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_accepted(id);
    for (int i = 0; i < 9; i++) {
        allow_round(house, id);
        cr_expect_eq(house->step.verdict, VERDICT_STORE);
    }
    allow_round(house, id);
    cr_expect_eq(rejection(house), STATUS_LIMIT);
    book(house, id, "Y-1", UNIT, NULL);
    allow_round(house, id);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    house_free(house);
}

Test(round, a_second_suspension_needs_a_resumption_of_its_own)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_accepted(id);
    struct suspend ground = {.reason = text_of("查封"), .authority = text_of("法院"), .is_present = true};
    struct resume again = {.reason = text_of("解封"), .is_present = true};
    simply(house, WINDOW, MESSAGE_SUSPEND, id);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUSPEND, .case_id = id, .body = &ground});
    simply(house, WINDOW, MESSAGE_RESUME, id);
    expect_state(house, id, "SUSPENDED");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RESUME, .case_id = id, .body = &again});
    expect_state(house, id, "ACCEPTED");
    cr_expect_eq(the_case(house, id)->flags.value, CASE_DECLARED_ONLY);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

static void load_rules(struct house *house, struct number rounds)
{
    uint8_t digest[32] = {1};
    struct fact_rules body = {
        .digest = bytes_of(digest, 32),
        .rules = {.window = text_of(WINDOW), .version = number_of(1), .supplement_rounds = rounds, .is_present = true},
        .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
}

Test(round, a_window_says_how_many_there_may_be_else_it_is_one)
{
    for (int rounds = 0; rounds < 2; rounds++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_with_accepted(id);
        load_rules(house, (struct number){2, rounds == 1});
        ask_supplement(house, id, 1);
        supplement(house, id, 1);
        ask_supplement(house, id, 2);
        supplement(house, id, 2);
        cr_expect_eq(rejection(house), rounds == 1 ? STATUS_OK : STATUS_ROUND_LIMIT);
        house_free(house);
    }
}

Test(round, an_answer_may_bring_no_material_at_all)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_accepted(id);
    bool was_declared = has_flag(house, id, CASE_DECLARED_ONLY);
    ask_supplement(house, id, 1);
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(1);
    body->materials = (struct material_list){.is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = id, .body = body});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(has_flag(house, id, CASE_DECLARED_ONLY), was_declared);
    house_free(house);
}
