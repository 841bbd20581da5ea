#include <criterion/criterion.h>

#include "broker/core/state.h"
#include "tests/core/house.h"

/* A transfer with a running mortgage (M13) and the old mortgagee's own word. */

static struct house *house_of_two_banks(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 4);
    return house;
}

static const char *waiting(struct house *house)
{
    return submit_with_old(house, BRANCH, &OTHER_BRANCH[2], UNIT, "DY-1");
}

Test(parts, a_transfer_with_a_running_mortgage_waits_for_the_old_mortgagee)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    expect_state(house, id, "SUBMITTED");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    struct feed_row asked = feed_at(house, OTHER_BRANCH, 1);
    cr_expect(text_is(asked.fact, "PART_ASKED"));
    cr_expect(text_is(asked.case_id, id));
    cr_expect(text_is(asked.detail, OLD_PROOF));
    cr_expect_eq(feed_last(house, BRANCH), 0);
    house_wait(house, INT64_C(3600) * SECOND);
    expect_state(house, id, "SUBMITTED");
    answer_part(house, OTHER_BRANCH, id, "鲁(2023)济南市不动产证明第0054321号", true);
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "PART_CONFIRMED");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_not(the_case(house, id)->expires_at.is_present, "only the waiting had an end");
    deliver(house, id, 1);
    expect_state(house, id, "DELIVERED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(parts, nobody_can_end_another_banks_mortgage)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    branch_comes(house, "B:103100000026", 0);
    static const char *const others[] = {BRANCH, "B:103100000026"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        answer_part(house, others[i], id, OLD_PROOF, true);
        cr_expect_eq(rejection(house), STATUS_NOT_YOURS, "%s", others[i]);
        answer_part(house, others[i], id, OLD_PROOF, false);
        cr_expect_eq(rejection(house), STATUS_NOT_YOURS, "%s", others[i]);
    }
    expect_state(house, id, "SUBMITTED");
    house_free(house);
}

Test(parts, the_old_mortgagee_can_do_nothing_else_with_the_case)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    say(house, &(struct said){.who = OTHER_BRANCH, .type = MESSAGE_WITHDRAW_REQ, .case_id = id});
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    say(house, &(struct said){.who = OTHER_BRANCH, .type = MESSAGE_STATUS_QUERY, .case_id = id});
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    const char *own = submit(house, BRANCH, UNIT_2, "DY-2");
    answer_part(house, BRANCH, own, OLD_PROOF, true);
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS, "a case that ends no mortgage asks nobody");
    house_free(house);
}

Test(parts, another_proof_is_another_mortgage)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    answer_part(house, OTHER_BRANCH, id, "鲁（2023）济南市不动产证明第0054322号", true);
    cr_expect_eq(rejection(house), STATUS_BAD_BODY);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "bdcdjzmh");
    expect_state(house, id, "SUBMITTED");
    house_free(house);
}

Test(parts, what_the_old_mortgagee_declines_never_goes_to_the_window)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, false);
    expect_state(house, id, "EXPIRED");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "PART_DECLINED");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, true);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    submit(house, BRANCH, UNIT, "DY-1");
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1, "the unit is free");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(parts, the_waiting_is_durable_and_has_an_end)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 4);
    expect_state(house, id, "SUBMITTED");
    house_wait(house, INT64_C(4) * 86400 * SECOND);
    expect_state(house, id, "SUBMITTED");
    house_wait(house, INT64_C(2) * 86400 * SECOND);
    expect_state(house, id, "EXPIRED");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "EXPIRED");
    house_free(house);
}

static void expect_told(struct house *house, uint64_t number, const char *fact, const char *id)
{
    cr_assert_eq(feed_last(house, OTHER_BRANCH), number, "%s", fact);
    struct feed_row row = feed_at(house, OTHER_BRANCH, number);
    cr_expect(text_is(row.fact, fact), "%.*s, not %s", TEXT_ARGS(row.fact), fact);
    cr_expect(text_is(row.case_id, id));
    cr_expect(text_is(row.detail, OLD_PROOF));
}

Test(parts, an_old_mortgagee_hears_that_a_withdrawn_transfer_asks_nothing_any_more)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_WITHDRAW_REQ, .case_id = id});
    expect_state(house, id, "WITHDRAWN");
    expect_told(house, 2, "PART_ENDED", id);
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "WITHDRAWN");
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, true);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(parts, an_old_mortgagee_hears_of_a_wait_that_ran_out_and_of_its_own_no_nothing)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    house_wait(house, INT64_C(6) * 86400 * SECOND);
    expect_state(house, id, "EXPIRED");
    expect_told(house, 2, "PART_ENDED", id);
    const char *again = waiting(house);
    answer_part(house, OTHER_BRANCH, again, OLD_PROOF, false);
    expect_state(house, again, "EXPIRED");
    expect_told(house, 3, "PART_ASKED", again);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(parts, who_agreed_hears_whether_its_mortgage_ended_once)
{
    for (int is_booked = 0; is_booked < 2; is_booked++) {
        struct house *house = house_of_two_banks();
        const char *id = waiting(house);
        answer_part(house, OTHER_BRANCH, id, OLD_PROOF, true);
        deliver(house, id, 1);
        accept(house, id, "Y-1");
        expect_told(house, 1, "PART_ASKED", id);
        if (is_booked) {
            book(house, id, "Y-1", UNIT, NULL);
            book(house, id, "Y-1", UNIT, NULL);
            certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
        } else {
            simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
        }
        expect_told(house, 2, is_booked ? "PART_BOOKED" : "PART_ENDED", id);
        cr_assert(house_replays_the_same(house));
        house_free(house);
    }
}

Test(parts, one_branch_that_is_both_confirms_its_own)
{
    struct house *house = house_of_two_banks();
    const char *id = submit_with_old(house, BRANCH, &BRANCH[2], UNIT, "DY-1");
    cr_expect_str_eq(feed_says(house, BRANCH, 1), "PART_ASKED");
    answer_part(house, BRANCH, id, OLD_PROOF, true);
    expect_state(house, id, "QUEUED");
    cr_expect_str_eq(feed_says(house, BRANCH, 2), "PART_CONFIRMED");
    answer_part(house, BRANCH, id, OLD_PROOF, false);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    house_free(house);
}

Test(parts, an_old_mortgagee_that_is_no_branch_cannot_be_asked)
{
    struct house *house = house_of_two_banks();
    struct case_submit *body = application(UNIT, "DY-1");
    body->kind = text_of("M13");
    body->ended_proof = text_of(OLD_PROOF);
    body->old_mortgagee = body->mortgagee;
    body->old_mortgagee.cnaps = text_of("123");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_expect_eq(rejection(house), STATUS_BAD_BODY);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "old_mortgagee/cnaps");
    house_free(house);
}

/* ---- what is no old mortgagee ---- */

static enum status refusal_of(struct house *house, const char *proof, const char *cnaps, bool is_old)
{
    struct case_submit *body = application(UNIT, "DY-1");
    body->kind = text_of("M13");
    body->ended_proof = text_of(proof);
    body->old_mortgagee = body->mortgagee;
    body->old_mortgagee.cnaps = text_of(cnaps);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body, .is_old = is_old});
    return rejection(house);
}

Test(parts, a_transfer_names_the_proof_that_ends_and_a_bank_that_can_be_asked)
{
    static const char *const no_banks[] = {NULL, "1", "1054520999971054520999971054520"};
    struct house *house = house_of_two_banks();
    cr_expect_eq(refusal_of(house, NULL, &OTHER_BRANCH[2], false), STATUS_BAD_BODY);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "bdcdjzmh");
    for (size_t i = 0; i < sizeof no_banks / sizeof no_banks[0]; i++) {
        cr_expect_eq(refusal_of(house, OLD_PROOF, no_banks[i], false), STATUS_BAD_BODY, "%zu", i);
        cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "old_mortgagee/cnaps");
    }
    house_free(house);
}

Test(parts, an_older_journal_without_a_proof_or_a_bank_asks_nobody)
{
    struct house *house = house_of_two_banks();
    cr_expect_eq(refusal_of(house, NULL, &OTHER_BRANCH[2], true), STATUS_OK);
    expect_state(house, house->step.case_id, "QUEUED");
    cr_expect_eq(refusal_of(house, OLD_PROOF, "1", true), STATUS_OK);
    expect_state(house, house->step.case_id, "QUEUED");
    cr_expect_eq(feed_last(house, OTHER_BRANCH), 0);
    house_free(house);
}

Test(parts, an_end_of_its_own_stays_with_the_application_when_the_old_mortgagee_agrees)
{
    struct house *house = house_of_two_banks();
    leaves(house, WINDOW);
    struct case_submit *body = application(UNIT, "DY-1");
    int64_t end_us = house->now_us + INT64_C(1000) * SECOND;
    body->kind = text_of("M13");
    body->ended_proof = text_of(OLD_PROOF);
    body->old_mortgagee = body->mortgagee;
    body->old_mortgagee.cnaps = text_of(&OTHER_BRANCH[2]);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body, .expires_at = end_us});
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    cr_expect_eq(the_case(house, id)->expires_at.value, end_us);
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, true);
    cr_expect_eq(the_case(house, id)->expires_at.value, end_us);
    house_wait(house, INT64_C(1001) * SECOND);
    expect_state(house, id, "EXPIRED");
    house_free(house);
}

Test(parts, what_was_declined_waits_for_nobody_and_tells_the_old_mortgagee_no_more)
{
    struct house *house = house_of_two_banks();
    const char *id = waiting(house);
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, false);
    int64_t told = feed_last(house, OTHER_BRANCH);
    cr_expect_str_eq(core_waits_for(house->core, the_case(house, id)), "nobody");
    progress(house, id, "初审");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    cr_expect_eq(feed_last(house, OTHER_BRANCH), told);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}
