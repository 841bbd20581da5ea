#include <criterion/criterion.h>

#include "tests/core/house.h"

/* What a case took, as the store has it (DOMAIN 6.7). Wednesday 2026-09-30, 12:00 at UTC+8; the window is open from
 * 09:00 to 17:00, and closed from 1 to 7 October. */

enum { MINUTE_US = 60 * SECOND };
#define HOUR_US (INT64_C(60) * MINUTE_US)
#define DAY     "2026-09-30"

/* Texts borrow from static memory; is_present false where there is no row. */
static struct measure measure_at(struct house *house, const char *day, const char *case_id)
{
    static uint8_t memory[1 << 14];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    struct measure measure = {.is_present = false};
    struct row_key key = row_key_measure(text_of(day), text_of(case_id));
    house_checkpoint(house);
    const struct stored *row = table_find(&house->rows, bytes_of(key.bytes, key.size));
    if (row != NULL)
        cr_assert_eq(row_decode(&record_measure, row->value, &arena, &measure, &problems), STATUS_OK);
    return measure;
}

static void expect_text(struct text text, const char *wanted)
{
    cr_expect(text_is(text, wanted), "%.*s and not %s", TEXT_ARGS(text), wanted);
}

static struct house *house_with_case(const char **id)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    struct case_submit *body = application(UNIT, "DY-1");
    body->bank.clerk = text_of("70012345");
    body->bank.is_present = true;
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    static char case_id[CASE_ID_SIZE + 1];
    memcpy(case_id, house->step.case_id, sizeof case_id);
    *id = case_id;
    deliver(house, case_id, 1);
    return house;
}

static void request(struct house *house, const char *id, int64_t round, bool needs_citizen, const char *avoidable)
{
    struct supplement_req *body = body_of(MESSAGE_SUPPLEMENT_REQ);
    body->round = number_of(round);
    body->items.items[0].code = text_of("IMAGE");
    body->items.items[0].needs_citizen = number_of(needs_citizen);
    body->items.items[0].avoidable = text_of(avoidable);
    body->items.items[0].check = text_of(avoidable != NULL ? "MAT03" : NULL);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUPPLEMENT_REQ, .case_id = id, .body = body});
}

static void answer(struct house *house, const char *id, int64_t round, bool has_visit)
{
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(round);
    body->has_visit = number_of(has_visit);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = id, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "refused: %s", status_code(rejection(house)));
}

Test(measure, an_open_case_has_none)
{
    const char *id;
    struct house *house = house_with_case(&id);
    accept(house, id, "Y-1");
    cr_expect_not(measure_at(house, DAY, id).is_present);
    house_free(house);
}

Test(measure, counts_working_minutes_over_the_night_and_the_holiday)
{
    const char *id;
    struct house *house = house_with_case(&id);
    house_wait(house, 30 * MINUTE_US);
    accept(house, id, "Y-1");
    house_wait(house, 8 * 24 * HOUR_US);
    book(house, id, "Y-1", UNIT, NULL);
    struct measure measure = measure_at(house, "2026-10-08", id);
    cr_assert(measure.is_present);
    cr_expect_eq(measure.acceptance_minutes.value, 30);
    cr_expect_eq(measure.booking_minutes.value, 480, "270 until 17:00, 210 from 09:00");
    cr_expect_not(measure.certificate_minutes.is_present);
    house_free(house);
}

Test(measure, tells_who_filed_it_where_and_how_it_stands)
{
    const char *id;
    struct house *house = house_with_case(&id);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    struct measure measure = measure_at(house, DAY, id);
    expect_text(measure.state, "BOOKED");
    expect_text(measure.window, WINDOW);
    expect_text(measure.branch, BRANCH);
    expect_text(measure.clerk, "70012345");
    expect_text(measure.kind, "M01");
    cr_expect_eq(measure.rounds.value, 0);
    cr_expect_eq(measure.returns.value, 0);
    cr_expect_eq(measure.defects.count, 0);
    house_free(house);
}

Test(measure, of_a_booked_case_is_completed_under_its_day_when_the_proof_comes)
{
    const char *id;
    struct house *house = house_with_case(&id);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    house_wait(house, 9 * 24 * HOUR_US);
    certify(house, id, "Y-1", "鲁(2026)济南市不动产证明第0000001号");
    struct measure measure = measure_at(house, DAY, id);
    expect_text(measure.state, "CERTIFIED");
    cr_expect_eq(measure.certificate_days.value, 2, "8 and 9 October");
    cr_expect_eq(measure.certificate_minutes.value, 300 + 480 + 180, "to 17:00, 8 October, to 12:00 on the 9th");
    cr_expect_not(measure_at(house, "2026-10-09", id).is_present);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(measure, counts_the_citizen_once_a_round_whoever_says_it)
{
    const char *id;
    struct house *house = house_with_case(&id);
    request(house, id, 1, true, NULL);
    answer(house, id, 1, true);
    accept(house, id, "Y-1");
    progress(house, id, "初审");
    request(house, id, 2, false, NULL);
    answer(house, id, 2, true);
    book(house, id, "Y-1", UNIT, NULL);
    struct measure measure = measure_at(house, DAY, id);
    cr_expect_eq(measure.rounds.value, 2);
    cr_expect_eq(measure.returns.value, 2);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(measure, a_round_that_needs_nobody_is_no_visit)
{
    const char *id;
    struct house *house = house_with_case(&id);
    request(house, id, 1, false, NULL);
    answer(house, id, 1, false);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    struct measure measure = measure_at(house, DAY, id);
    cr_expect_eq(measure.rounds.value, 1);
    cr_expect_eq(measure.returns.value, 0);
    cr_assert_eq(measure.defects.count, 1);
    expect_text(measure.defects.items[0].family, "IMAGE");
    expect_text(measure.defects.items[0].avoidable, "unknown");
    house_free(house);
}

Test(measure, a_second_round_is_a_fault_of_the_registry_besides_what_it_asks_for)
{
    const char *id;
    struct house *house = house_with_case(&id);
    request(house, id, 1, false, "yes");
    answer(house, id, 1, false);
    accept(house, id, "Y-1");
    progress(house, id, "初审");
    request(house, id, 2, false, "no");
    answer(house, id, 2, false);
    book(house, id, "Y-1", UNIT, NULL);
    struct measure measure = measure_at(house, DAY, id);
    cr_assert_eq(measure.defects.count, 3);
    expect_text(measure.defects.items[0].check, "MAT03");
    expect_text(measure.defects.items[0].avoidable, "yes");
    expect_text(measure.defects.items[1].family, "REGISTRY");
    expect_text(measure.defects.items[1].avoidable, "yes");
    cr_expect_null(measure.defects.items[1].check.data);
    expect_text(measure.defects.items[2].avoidable, "no");
    house_free(house);
}

Test(measure, keeps_the_reasons_of_what_was_not_accepted)
{
    const char *id;
    struct house *house = house_with_case(&id);
    struct case_not_accepted *body = body_of(MESSAGE_CASE_NOT_ACCEPTED);
    body->reasons.items[0].family = text_of("RIGHT");
    body->reasons.items[0].avoidable = text_of("yes");
    body->reasons.items[0].check = text_of("Q01");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_NOT_ACCEPTED, .case_id = id, .body = body});
    struct measure measure = measure_at(house, DAY, id);
    expect_text(measure.state, "NOT_ACCEPTED");
    cr_assert_eq(measure.defects.count, 1);
    expect_text(measure.defects.items[0].family, "RIGHT");
    expect_text(measure.defects.items[0].check, "Q01");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(measure, of_a_withdrawn_case_stands_under_the_day_it_ended)
{
    const char *id;
    struct house *house = house_with_case(&id);
    withdraw(house, id);
    deliver(house, id, 2);
    house_wait(house, 24 * HOUR_US);
    answer_withdrawal(house, id, "ok");
    cr_expect_not(measure_at(house, DAY, id).is_present);
    struct measure measure = measure_at(house, "2026-10-01", id);
    expect_text(measure.state, "WITHDRAWN");
    cr_expect_not(measure.acceptance_minutes.is_present);
    house_free(house);
}

Test(measure, a_proof_that_the_book_contradicts_is_not_counted)
{
    const char *id;
    struct house *house = house_with_case(&id);
    accept(house, id, "Y-1");
    certify(house, id, "Y-1", "鲁(2026)济南市不动产证明第0000001号");
    book(house, id, "Y-1", UNIT, "鲁(2026)济南市不动产证明第0000002号");
    struct measure measure = measure_at(house, DAY, id);
    expect_text(measure.state, "BOOKED");
    cr_expect_not(measure.certified_at.is_present);
    cr_expect_not(measure.certificate_minutes.is_present);
    house_free(house);
}
