#include <criterion/criterion.h>

#include "broker/core/risk.h"
#include "tests/core/house.h"

/* Alerts on properties: whom they reach, how long they block, and the feed that brings them. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

static struct house *new_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 8);
    return house;
}

static int64_t alert_of(struct house *house, const char *who, const char *risk, const char *proof, bool has_ended)
{
    struct risk_alert alert = {.unit = text_of(UNIT),
                               .risk = text_of(risk),
                               .proof = text_of(proof),
                               .document = text_of("（2026）鲁01执1号"),
                               .time = number_of(house->now_us),
                               .has_ended = {1, has_ended},
                               .is_present = true};
    say(house, &(struct said){.who = who, .type = MESSAGE_RISK_ALERT, .body = &alert});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    return (int64_t)core_sequence(house->core);
}

static int64_t alert(struct house *house, const char *risk)
{
    return alert_of(house, WINDOW, risk, NULL, false);
}

static void read_alert(struct house *house, const char *id, int64_t sequence)
{
    struct risk_ack body = {
        .alert = number_of(sequence), .user = text_of("1042"), .time = number_of(house->now_us), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_RISK_ACK, .case_id = id, .body = &body});
}

static void check_proof(struct house *house, const char *id)
{
    struct cert_ack check = {.is_verified = number_of(true), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
}

static const struct effect *urgent_sent(struct house *house)
{
    const struct effect *effect;
    for (uint32_t i = 0; (effect = effect_of(house, EFFECT_FEED, i)) != NULL; i++)
        if (effect->is_urgent)
            return effect;
    return NULL;
}

static void acknowledge(struct house *house, int64_t number, bool is_urgent)
{
    struct event_ack body = {.number = number_of(number), .is_urgent = {1, is_urgent}, .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENT_ACK, .body = &body});
}

static const char *to_the_book(struct house *house, const char *kind)
{
    struct case_submit *body = application(UNIT, "DY-1");
    body->kind = text_of(kind);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    static char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, PROOF);
    certify(house, id, "Y-1", PROOF);
    return id;
}

Test(risk, reaches_every_open_case_of_the_unit_and_no_other)
{
    struct house *house = new_house();
    const char *mine = submit(house, BRANCH, UNIT, "DY-1");
    const char *theirs = submit(house, OTHER_BRANCH, UNIT, "DY-2");
    const char *elsewhere = submit(house, BRANCH, UNIT_2, "DY-3");
    alert(house, "seizure");
    cr_expect(has_flag(house, mine, CASE_RISK));
    cr_expect(has_flag(house, theirs, CASE_RISK));
    cr_expect_not(has_flag(house, elsewhere, CASE_RISK));
    cr_expect_eq(count_effects(house, EFFECT_FEED), 2, "one each");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(risk, is_noted_on_the_case_for_its_history_with_its_end_and_what_is_told_again)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    const char *elsewhere = submit(house, BRANCH, UNIT_2, "DY-2");
    int64_t told[] = {alert(house, "seizure"), alert(house, "seizure"), alert_of(house, WINDOW, "seizure", NULL, true)};
    house_checkpoint(house);
    house_restart(house);
    const struct case_row *row = the_case(house, id);
    cr_expect_eq(row->risks.count, 1, "one document");
    cr_assert_eq(row->alerts.count, 3);
    for (uint32_t i = 0; i < 3; i++)
        cr_expect_eq(row->alerts.items[i].sequence.value, told[i]);
    cr_expect_eq(the_case(house, elsewhere)->alerts.count, 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(risk, beyond_what_a_case_notes_pushes_the_oldest_out)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    for (int i = 0; i < CASE_ALERT_COUNT_MAX; i++)
        alert(house, "seizure");
    int64_t second = the_case(house, id)->alerts.items[1].sequence.value;
    int64_t last = alert(house, "seizure");
    const struct case_row *row = the_case(house, id);
    cr_assert_eq(row->alerts.count, CASE_ALERT_COUNT_MAX);
    cr_expect_eq(row->alerts.items[0].sequence.value, second);
    cr_expect_eq(row->alerts.items[CASE_ALERT_COUNT_MAX - 1].sequence.value, last);
    house_free(house);
}

Test(risk, of_another_window_hits_nothing)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    window_comes(house, OTHER_WINDOW, 4);
    alert_of(house, OTHER_WINDOW, "seizure", NULL, false);
    cr_expect_not(has_flag(house, id, CASE_RISK));
    house_free(house);
}

#define OTHER_PROOF "鲁（2026）济南市不动产证明第0000002号"

Test(risk, that_names_a_mortgage_hits_that_one_alone)
{
    struct house *house = new_house();
    const char *booked = to_the_book(house, "M01");
    const char *other = submit(house, OTHER_BRANCH, UNIT, "DY-2");
    alert_of(house, WINDOW, "transfer", PROOF, false);
    cr_expect(has_flag(house, booked, CASE_RISK));
    cr_expect_not(has_flag(house, other, CASE_RISK));
    house_free(house);
}

Test(risk, that_names_a_mortgage_nobody_knows_yet_hits_every_open_case_of_the_unit)
{
    struct house *house = new_house();
    const char *old = to_the_book(house, "M01");
    const char *id = submit(house, OTHER_BRANCH, UNIT, "DY-2");
    deliver(house, id, 1);
    alert_of(house, WINDOW, "seizure", OTHER_PROOF, false);
    cr_expect(has_flag(house, id, CASE_RISK), "its booking is still under way");
    cr_expect_not(has_flag(house, old, CASE_RISK), "it is in the book under another proof");
    book(house, id, "Y-2", UNIT, OTHER_PROOF);
    certify(house, id, "Y-2", OTHER_PROOF);
    const struct cert_ack check = {.is_verified = number_of(1), .is_present = true};
    say(house, &(struct said){.who = OTHER_BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
    cr_expect_not(has_flag(house, id, CASE_MAY_DISBURSE));
    const char *later = submit(house, BRANCH, UNIT, "DY-3");
    alert_of(house, WINDOW, "lock", OTHER_PROOF, false);
    cr_expect_not(has_flag(house, later, CASE_RISK), "the mortgage is known now");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(risk, before_the_booking_or_after_it_stops_the_disbursing_until_it_ended_and_was_read)
{
    for (int is_early = 0; is_early < 2; is_early++) {
        struct house *house = new_house();
        const char *id = submit(house, BRANCH, UNIT, "DY-1");
        deliver(house, id, 1);
        accept(house, id, "Y-1");
        int64_t sequence = is_early ? alert(house, "seizure") : 0;
        book(house, id, "Y-1", UNIT, PROOF);
        if (!is_early)
            sequence = alert(house, "seizure");
        certify(house, id, "Y-1", PROOF);
        check_proof(house, id);
        cr_expect_not(has_flag(house, id, CASE_MAY_DISBURSE));
        read_alert(house, id, sequence);
        cr_expect_not(has_flag(house, id, CASE_MAY_DISBURSE), "a seizure blocks until its end is told");
        alert_of(house, WINDOW, "seizure", NULL, true);
        cr_expect(has_flag(house, id, CASE_MAY_DISBURSE));
        cr_assert(house_replays_the_same(house));
        house_free(house);
    }
}

Test(risk, that_a_person_must_read_blocks_until_then_and_says_who_read_it)
{
    struct house *house = new_house();
    const char *id = to_the_book(house, "M01");
    check_proof(house, id);
    int64_t sequence = alert(house, "objection");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "DISBURSE_STOPPED");
    read_alert(house, id, sequence + 100);
    cr_expect_eq(rejection(house), STATUS_NO_ALERT);
    read_alert(house, id, sequence);
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "MAY_DISBURSE");
    const struct risk_row *risk = &the_case(house, id)->risks.items[0];
    cr_expect(text_is(risk->user, "1042"));
    cr_expect_eq(risk->acknowledged.value, (int64_t)core_sequence(house->core));
    alert(house, "objection");
    cr_expect_not(has_flag(house, id, CASE_MAY_DISBURSE), "told again, to be read again");
    cr_expect_eq(the_case(house, id)->risks.count, 1);
    house_free(house);
}

Test(risk, reaches_an_archived_case_through_its_row)
{
    struct house *house = new_house();
    const char *id = to_the_book(house, "M07");
    check_proof(house, id);
    deliver(house, id, 2);
    house_wait(house, 3601 * (int64_t)SECOND);
    expect_state(house, id, "ARCHIVED");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 8);
    alert(house, "seizure");
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    simply(house, BRANCH, MESSAGE_STATUS_QUERY, id);
    cr_expect(has_flag(house, id, CASE_RISK));
    cr_expect_not(has_flag(house, id, CASE_MAY_DISBURSE));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

static struct feed_row urgent_at(struct house *house, uint64_t number)
{
    static uint8_t memory[4096];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key = row_key_urgent(text_of(BRANCH), number);
    struct feed_row row = {.is_present = false};
    house_checkpoint(house);
    const struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    cr_assert_not_null(stored);
    cr_assert_eq(row_decode(&record_feed_row, stored->value, &arena, &row, &problems), STATUS_OK);
    return row;
}

Test(risk, advises_to_fix_a_maximum_amount_mortgage_when_its_property_is_seized)
{
    struct house *house = new_house();
    to_the_book(house, "M07");
    alert(house, "seizure");
    cr_expect(text_is(urgent_at(house, 1).advice, "M09"));
    alert_of(house, WINDOW, "seizure", NULL, true);
    cr_expect_null(urgent_at(house, 2).advice.data);
    house_free(house);
}

static void say_step(struct house *house, const char *id, int number)
{
    struct progress step = {
        .step = text_of("初审"), .opinion = {(const char[]){(char)('a' + number)}, 1}, .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_STATUS, .case_id = id, .body = &step});
}

Test(risk, overtakes_the_ordinary_feed_but_not_its_own_case)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    for (int i = 0; i < 11; i++)
        say_step(house, id, i);
    ask_supplement(house, id, 1);
    const int64_t last = feed_last(house, BRANCH);
    cr_assert_gt(last, 8, "more than may be out");
    alert(house, "seizure");
    cr_expect_null(urgent_sent(house), "its own case is behind");
    cr_expect_eq(urgent_at(house, 1).behind.value, last);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    cr_expect_null(urgent_sent(house), "nor after a restart");
    acknowledge(house, last - 8, false);
    cr_assert_not_null(urgent_sent(house));
    cr_expect_eq(urgent_sent(house)->number, 1);
    house_free(house);
}

Test(risk, is_sent_again_until_it_is_acknowledged)
{
    struct house *house = new_house();
    submit(house, BRANCH, UNIT_2, "DY-1");
    submit(house, BRANCH, UNIT, "DY-2");
    alert(house, "seizure");
    cr_assert_not_null(urgent_sent(house));
    house_wait(house, 6 * (int64_t)SECOND);
    cr_assert_not_null(urgent_sent(house), "no answer");
    leaves(house, BRANCH);
    branch_comes(house, BRANCH, 0);
    cr_assert_not_null(urgent_sent(house), "in the next session");
    acknowledge(house, 2, true);
    cr_expect_eq(rejection(house), STATUS_LIMIT, "there is no second one");
    acknowledge(house, 1, true);
    leaves(house, BRANCH);
    branch_comes(house, BRANCH, 0);
    cr_expect_null(urgent_sent(house));
    struct events_since since = {.number = number_of(0), .is_urgent = number_of(true), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_EVENTS_SINCE, .body = &since});
    cr_expect_eq(urgent_sent(house)->number, 1, "whoever lost it may ask again");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(risk, starts_the_clock_of_a_prenotice)
{
    struct house *house = new_house();
    const char *id = to_the_book(house, "M05");
    alert(house, "registrable");
    cr_expect_eq(the_case(house, id)->registrable_at.value, house->now_us);
    cr_expect_not(has_flag(house, id, CASE_RISK), "it only informs");
    house_free(house);
}

/* ---- which alerts hit, and what they advise ---- */

static void alert_on(struct house *house, const char *unit, const char *risk, const char *proof,
                     struct number has_ended)
{
    struct risk_alert alert = {.unit = text_of(unit),
                               .risk = text_of(risk),
                               .proof = text_of(proof),
                               .document = text_of("（2026）鲁01执2号"),
                               .time = number_of(house->now_us),
                               .has_ended = has_ended,
                               .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RISK_ALERT, .body = &alert});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
}

Test(risk, about_something_that_is_no_unit_is_stored_and_hits_nothing)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    alert_on(house, "no unit", "seizure", NULL, (struct number){0});
    cr_expect_not(has_flag(house, id, CASE_RISK));
    house_free(house);
}

Test(risk, about_a_proof_hits_the_case_that_has_it_and_the_one_that_ends_it)
{
    struct house *house = new_house();
    const char *booked = to_the_book(house, "M01");
    const char *plain = submit(house, BRANCH, UNIT, "DY-2");
    const char *ending = submit_with_old(house, BRANCH, &OTHER_BRANCH[2], UNIT, "DY-3");
    alert_on(house, UNIT, "seizure", OLD_PROOF, (struct number){0});
    cr_expect(has_flag(house, ending, CASE_RISK));
    cr_expect_not(has_flag(house, booked, CASE_RISK));
    cr_expect_not(has_flag(house, plain, CASE_RISK));
    alert_on(house, UNIT, "objection", PROOF, (struct number){0});
    cr_expect(has_flag(house, booked, CASE_RISK));
    cr_expect_eq(the_case(house, ending)->risks.count, 1, "the other proof is not its");
    house_free(house);
}

Test(risk, of_a_seizure_to_come_advises_fixing_what_a_maximum_mortgage_secures)
{
    static const char *const kinds[] = {"M07", "M08", "M01"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct house *house = new_house();
        const char *id = to_the_book(house, kinds[i]);
        alert_on(house, UNIT, "waiting_seizure", NULL, (struct number){0, true});
        alert_on(house, UNIT, "seizure", NULL, (struct number){0, true});
        alert_on(house, UNIT, "objection", NULL, (struct number){0, true});
        for (uint64_t number = 1; number <= 3; number++)
            cr_expect_eq(urgent_at(house, number).advice.data != NULL, i < 2 && number < 3, "%s", kinds[i]);
        cr_expect_eq(the_case(house, id)->risks.count, 3);
        house_free(house);
    }
}

Test(risk, that_a_registration_is_possible_now_is_noted_once_and_of_pre_notices_alone)
{
    static const char *const kinds[] = {"M05", "M11", "M01"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct house *house = new_house();
        const char *id = to_the_book(house, kinds[i]);
        int64_t first_us = house->now_us;
        alert_on(house, UNIT, "registrable", NULL, (struct number){1, true});
        cr_expect_not(the_case(house, id)->registrable_at.is_present, "it ended: %s", kinds[i]);
        alert_on(house, UNIT, "seizure", NULL, (struct number){0, true});
        cr_expect_not(the_case(house, id)->registrable_at.is_present);
        alert_on(house, UNIT, "registrable", NULL, (struct number){0, true});
        cr_expect_eq(the_case(house, id)->registrable_at.is_present, i < 2, "%s", kinds[i]);
        house->now_us += SECOND;
        alert_on(house, UNIT, "registrable", NULL, (struct number){0, true});
        if (i < 2)
            cr_expect_eq(the_case(house, id)->registrable_at.value, first_us);
        house_free(house);
    }
}

Test(risk, is_read_by_the_first_who_reads_it)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    int64_t sequence = alert(house, "seizure");
    read_alert(house, id, sequence);
    int64_t read_at = the_case(house, id)->risks.items[0].acknowledged.value;
    read_alert(house, id, sequence);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(the_case(house, id)->risks.items[0].acknowledged.value, read_at);
    struct risk_ack body = {.alert = number_of(99), .user = text_of("1042"), .time = number_of(1), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_RISK_ACK, .case_id = id, .body = &body, .is_old = true});
    cr_expect_eq(the_case(house, id)->risks.items[0].acknowledged.value, read_at, "an alert the case forgot");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(risk, of_a_mortgage_is_no_matter_of_a_case_of_another_window_on_the_same_unit)
{
    struct house *house = new_house();
    window_comes(house, OTHER_WINDOW, 8);
    struct case_submit *body = application(UNIT, "DY-1");
    body->district = text_of("370103");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    char elsewhere[CASE_ID_SIZE + 1];
    memcpy(elsewhere, house->step.case_id, sizeof elsewhere);
    const char *here = submit(house, BRANCH, UNIT, "DY-2");
    alert_on(house, UNIT, "objection", PROOF, (struct number){0});
    cr_expect_not(has_flag(house, elsewhere, CASE_RISK));
    cr_expect(has_flag(house, here, CASE_RISK), "its booking may be under way");
    house_free(house);
}
