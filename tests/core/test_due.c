#include <criterion/criterion.h>

#include "broker/core/state.h"
#include "tests/core/house.h"

/* What comes due by itself: archiving at the end of a case. */

#define HOUR (INT64_C(3600) * SECOND)

static struct house *house_with_certified(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    return house;
}

static void check_proof(struct house *house, const char *id, bool is_verified)
{
    struct cert_ack body = {.is_verified = number_of(is_verified), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &body});
}

Test(due, a_certified_case_rests_when_its_proof_was_checked_and_time_has_passed)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, true);
    deliver(house, id, 2);
    house_wait(house, HOUR - SECOND);
    expect_state(house, id, "CERTIFIED");
    house_wait(house, 2 * SECOND);
    expect_state(house, id, "ARCHIVED");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "ARCHIVED");
    cr_expect_eq(core_open_count(house->core), 0);
    house_checkpoint(house);
    submit(house, BRANCH, UNIT, "DY-1");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(due, an_unchecked_proof_keeps_its_case_open)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, a_proof_that_failed_its_check_keeps_its_case_open_until_it_holds)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, false);
    deliver(house, id, 2);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    check_proof(house, id, true);
    deliver(house, id, 3);
    house_wait(house, HOUR);
    expect_state(house, id, "ARCHIVED");
    house_free(house);
}

Test(due, a_check_the_window_does_not_have_keeps_its_case_open)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    leaves(house, WINDOW);
    check_proof(house, id, true);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, a_restart_does_not_forget_what_is_due)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, true);
    deliver(house, id, 2);
    house_checkpoint(house);
    house_restart(house);
    house_wait(house, 2 * HOUR);
    expect_state(house, id, "ARCHIVED");
    house_free(house);
}

/* ---- what changed between the moment and the fact ---- */

/* The timers fire, and the shell has more to step before it asks for facts. */
static void let_fire(struct house *house, int64_t us)
{
    house->now_us += us;
    house_step(house, &(struct event){.type = EVENT_TIME});
}

static void say_busily(struct house *house, const char *who, enum message_type type, const char *id, const void *body)
{
    say(house, &(struct said){.who = who, .type = type, .case_id = id, .body = body, .is_busy = true});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "%s", status_code(rejection(house)));
}

static struct risk_alert alert_of(struct house *house, const char *risk)
{
    return (struct risk_alert){.unit = text_of(UNIT),
                               .risk = text_of(risk),
                               .document = text_of("first"),
                               .time = number_of(house->now_us),
                               .is_present = true};
}

Test(due, a_proof_that_failed_its_check_meanwhile_keeps_its_case_open)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, true);
    deliver(house, id, 2);
    let_fire(house, HOUR);
    struct cert_ack failed = {.is_verified = number_of(false), .is_present = true};
    say_busily(house, BRANCH, MESSAGE_CERT_ACK, id, &failed);
    house_propose(house);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, a_pre_notice_whose_ninety_days_begin_meanwhile_stays_open)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    struct case_submit *body = application(UNIT, "DY-1");
    body->kind = text_of("M05");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    check_proof(house, id, true);
    deliver(house, id, 2);
    let_fire(house, HOUR);
    struct risk_alert alert = alert_of(house, "registrable");
    say_busily(house, WINDOW, MESSAGE_RISK_ALERT, NULL, &alert);
    house_propose(house);
    expect_state(house, id, "CERTIFIED");
    house_wait(house, 89 * 24 * HOUR);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, an_expiry_waits_for_its_fact_whatever_else_comes_to_the_case)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 0);
    say(house, &(struct said){.who = BRANCH,
                              .type = MESSAGE_CASE_SUBMIT,
                              .body = application(UNIT, "DY-1"),
                              .expires_at = house->now_us + HOUR});
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    let_fire(house, HOUR);
    struct risk_alert alert = alert_of(house, "seizure");
    say_busily(house, WINDOW, MESSAGE_RISK_ALERT, NULL, &alert);
    expect_state(house, id, "QUEUED");
    house_propose(house);
    expect_state(house, id, "EXPIRED");
    house_free(house);
}

Test(due, a_transfer_that_was_agreed_to_meanwhile_does_not_expire)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    const char *id = submit_with_old(house, BRANCH, &OTHER_BRANCH[2], UNIT, "DY-1");
    let_fire(house, the_case(house, id)->expires_at.value - house->now_us);
    const struct part_confirm agreed = {
        .proof = text_of(OLD_PROOF), .agrees = number_of(true), .user = text_of("0012"), .is_present = true};
    branch_comes(house, OTHER_BRANCH, 0);
    expect_state(house, id, "EXPIRED");
    id = submit_with_old(house, BRANCH, &OTHER_BRANCH[2], UNIT, "DY-2");
    int64_t end_us = the_case(house, id)->expires_at.value;
    house_wait(house, end_us - house->now_us - SECOND);
    branch_comes(house, OTHER_BRANCH, feed_last(house, OTHER_BRANCH));
    let_fire(house, SECOND);
    say_busily(house, OTHER_BRANCH, MESSAGE_PART_CONFIRM, id, &agreed);
    house_propose(house);
    expect_state(house, id, "QUEUED");
    house_free(house);
}

Test(due, an_alarm_waits_for_its_fact_whatever_else_comes_to_the_case)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    let_fire(house, 24 * HOUR);
    window_comes(house, WINDOW, 4);
    struct risk_alert alert = alert_of(house, "seizure");
    let_fire(house, 24 * HOUR);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RISK_ALERT, .body = &alert, .is_busy = true});
    house_propose(house);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* A case that is out, and whose window keeps silent until it is to be parked. */
static struct house *house_with_silent_window(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    const struct case_file *file = core_find_case(house->core, text_of(id));
    for (int count = 0; count < 50 && (file->due & DUE_PARK) == 0; count++)
        let_fire(house, core_wake_us(house->core) - house->now_us);
    cr_assert_neq(file->due & DUE_PARK, 0);
    cr_assert_neq(file->due & DUE_DOUBT, 0);
    return house;
}

Test(due, a_parking_waits_for_its_fact_whatever_else_comes_to_the_case)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_silent_window(id);
    struct risk_alert alert = alert_of(house, "seizure");
    say_busily(house, WINDOW, MESSAGE_RISK_ALERT, NULL, &alert);
    expect_state(house, id, "QUEUED");
    house_propose(house);
    expect_state(house, id, "PARKED");
    cr_expect(has_flag(house, id, CASE_IN_DOUBT));
    house_free(house);
}

Test(due, what_the_window_has_meanwhile_is_neither_in_doubt_nor_parked)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_silent_window(id);
    const struct delivered delivered = {.number = number_of(1), .is_present = true};
    say_busily(house, WINDOW, MESSAGE_DELIVERED, id, &delivered);
    house_propose(house);
    expect_state(house, id, "DELIVERED");
    cr_expect_not(has_flag(house, id, CASE_IN_DOUBT));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}
