#include <criterion/criterion.h>

#include "broker/core/disburse.h"
#include "tests/core/house.h"

/* May the bank disburse: the table of conditions, and the stories around it. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

static void break_condition(struct case_row *row, enum disburse_condition condition)
{
    switch (condition) {
    case DISBURSE_KIND:
        row->kind = text_of("M04");
        break;
    case DISBURSE_BOOKED:
        row->booked_at = (struct number){0};
        break;
    case DISBURSE_PROOF:
        row->certified_sequence = (struct number){0};
        break;
    case DISBURSE_VERIFIED:
        row->flags.value &= ~(int64_t)CASE_PROOF_VERIFIED;
        break;
    case DISBURSE_COMPARED:
        row->flags.value |= CASE_ECHO_UNKNOWN;
        break;
    case DISBURSE_ECHO:
        row->flags.value |= CASE_ECHO_DIFF;
        break;
    case DISBURSE_RANK:
        row->flags.value |= CASE_RANK_DIFF;
        break;
    case DISBURSE_RISK:
        row->flags.value |= CASE_RISK;
        break;
    case DISBURSE_DOUBT:
        row->flags.value |= CASE_IN_DOUBT;
        break;
    case DISBURSE_CONTRADICTION:
        row->flags.value |= CASE_CONTRADICTION;
        break;
    case DISBURSE_CONDITION_COUNT:
        break;
    }
}

static struct case_row good_row(void)
{
    return (struct case_row){.kind = text_of("M01"),
                             .proof = text_of(PROOF),
                             .flags = number_of(CASE_PROOF_VERIFIED | CASE_DECLARED_ONLY | CASE_OUT_OF_ORDER),
                             .submitted = number_of(1),
                             .booked_at = number_of(5),
                             .booked_sequence = number_of(5),
                             .certified_sequence = number_of(6),
                             .verified_sequence = number_of(7),
                             .is_present = true};
}

Test(disburse, is_advised_only_when_every_condition_holds)
{
    for (unsigned broken = 0; broken < 1U << DISBURSE_CONDITION_COUNT; broken++) {
        struct case_row row = good_row();
        for (unsigned i = 0; i < DISBURSE_CONDITION_COUNT; i++)
            if ((broken >> i & 1) != 0)
                break_condition(&row, (enum disburse_condition)i);
        cr_assert_eq(disburse_may(&row), broken == 0, "conditions %x are broken", broken);
        for (unsigned i = 0; i < DISBURSE_CONDITION_COUNT; i++)
            cr_assert_eq(disburse_holds(&row, (enum disburse_condition)i), (broken >> i & 1) == 0, "%u of %x", i,
                         broken);
    }
}

Test(disburse, is_never_advised_on_a_prenotice)
{
    struct case_row row = good_row();
    row.kind = text_of("M05");
    cr_expect_not(disburse_may(&row));
    row.kind = text_of("M11");
    cr_expect_not(disburse_may(&row));
}

static const char *last_said(struct house *house)
{
    return feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH));
}

static void check_proof(struct house *house, const char *id, bool is_verified)
{
    struct cert_ack check = {.is_verified = number_of(is_verified), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
}

static const char *certified(struct house *house)
{
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, PROOF);
    certify(house, id, "Y-1", PROOF);
    return id;
}

Test(disburse, the_branch_hears_when_it_may_and_when_it_may_no_longer)
{
    struct house *house = house_new();
    const char *id = certified(house);
    cr_expect_str_eq(last_said(house), "CERT_ISSUED");
    check_proof(house, id, true);
    cr_expect_str_eq(last_said(house), "MAY_DISBURSE");
    int64_t told = feed_last(house, BRANCH);
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    check_proof(house, id, true);
    cr_expect_eq(feed_last(house, BRANCH), told, "told once");
    check_proof(house, id, false);
    cr_expect_str_eq(last_said(house), "DISBURSE_STOPPED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(disburse, a_proof_that_came_before_its_booking_can_be_checked_at_once)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    accept(house, id, "Y-1");
    check_proof(house, id, true);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE, "there is no proof");
    certify(house, id, "Y-1", PROOF);
    check_proof(house, id, true);
    cr_expect_eq(house->step.verdict, VERDICT_STORE, "refused: %s", status_code(rejection(house)));
    expect_state(house, id, "ACCEPTED");
    cr_expect_str_eq(last_said(house), "CERT_ISSUED", "nothing is booked yet");
    book(house, id, "Y-1", UNIT, PROOF);
    expect_state(house, id, "CERTIFIED");
    cr_expect_str_eq(last_said(house), "MAY_DISBURSE");
    cr_expect_eq(the_case(house, id)->deliveries.items[1].is_delivered.value, DELIVERY_OPEN, "the window hears of it");
    deliver(house, id, 1);
    deliver(house, id, 2);
    house_wait(house, house->settings.archive_ms * INT64_C(1000) + SECOND);
    expect_state(house, id, "ARCHIVED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(disburse, the_status_names_the_records_it_rests_on)
{
    struct house *house = house_new();
    const char *id = certified(house);
    static uint8_t memory[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status status;
    check_proof(house, id, true);
    cr_assert_eq(core_case_status(house->core, the_case(house, id), &arena, &status), STATUS_OK);
    cr_expect_eq(status.may_disburse.value, 1);
    cr_assert_eq(status.evidence.count, DISBURSE_CONDITION_COUNT);
    const struct disburse_evidence *booked = &status.evidence.items[DISBURSE_BOOKED];
    const struct disburse_evidence *proof = &status.evidence.items[DISBURSE_PROOF];
    const struct disburse_evidence *verified = &status.evidence.items[DISBURSE_VERIFIED];
    cr_expect(text_is(booked->what, "booked"));
    cr_expect_eq(house->journal[booked->sequence.value - 1].type, MESSAGE_CASE_BOOKED);
    cr_expect_eq(house->journal[proof->sequence.value - 1].type, MESSAGE_CERT_ISSUED);
    cr_expect_eq(house->journal[verified->sequence.value - 1].type, MESSAGE_CERT_ACK);
    house_free(house);
}

Test(disburse, stays_out_where_what_was_filed_could_not_be_read_any_more)
{
    struct house *house = house_new();
    const struct fact_echo_unknown fact = {.unread = number_of(1), .is_present = true};
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    accept(house, id, "Y-1");
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_ECHO_UNKNOWN, .case_id = id, .body = &fact});
    book(house, id, "Y-1", UNIT, PROOF);
    certify(house, id, "Y-1", PROOF);
    check_proof(house, id, true);
    cr_expect_str_neq(last_said(house), "MAY_DISBURSE");
    cr_expect_not(has_flag(house, id, CASE_ECHO_DIFF), "nor is it said to differ");
    house_checkpoint(house);
    house_restart(house);
    cr_expect(has_flag(house, id, CASE_ECHO_UNKNOWN));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(disburse, is_never_advised_on_a_kind_nobody_knows)
{
    struct case_row row = good_row();
    row.kind = text_of("M99");
    cr_expect_not(disburse_may(&row));
}

/* The record the word about alerts rests on. */
static int64_t record_of_risks(struct risk_row *risks, uint32_t count)
{
    static uint8_t memory[4096];
    struct arena arena = arena_over(memory, sizeof memory);
    struct disburse_evidence_list evidence = {.is_present = false};
    struct case_row row = good_row();
    row.risks = (struct risk_row_list){risks, count, true};
    cr_assert_eq(disburse_evidence(&row, &arena, &evidence), STATUS_OK);
    return evidence.items[DISBURSE_RISK].sequence.value;
}

Test(disburse, names_the_alert_that_stands_else_how_the_newest_ended)
{
    struct risk_row risks[] = {
        {.alert = number_of(10), .risk = text_of("seizure"), .has_ended = number_of(true), .is_present = true},
        {.alert = number_of(20),
         .risk = text_of("seizure"),
         .has_ended = number_of(true),
         .acknowledged = number_of(21)},
        {.alert = number_of(30), .risk = text_of("seizure"), .has_ended = number_of(false)},
    };
    cr_expect_eq(record_of_risks(risks, 0), 0);
    cr_expect_eq(record_of_risks(risks, 1), 10, "it ended");
    cr_expect_eq(record_of_risks(risks, 2), 21, "it was read");
    cr_expect_eq(record_of_risks(risks, 3), 30, "it stands");
}
