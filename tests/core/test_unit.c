#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/unit.h"
#include "tests/core/house.h"

/* What is under way or in force on a unit. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

static struct house *new_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 8);
    return house;
}

/* The cases on the unit, as the rows of the store say after a checkpoint. */
static uint32_t cases_on(struct house *house, const char *unit)
{
    struct row_key key = row_key_unit(text_of(unit));
    struct unit_row row = {.cases = {NULL, 0, false}};
    static uint8_t memory[4096];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    house_checkpoint(house);
    const struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    if (stored != NULL && stored->value.data != NULL)
        cr_assert_eq(row_decode(&record_unit_row, stored->value, &arena, &row, &problems), STATUS_OK);
    return row.cases.count;
}

static const char *to_the_book(struct house *house, const char *id, const char *number, const char *proof)
{
    accept(house, id, number);
    book(house, id, number, UNIT, proof);
    return id;
}

static const char *follow(struct house *house, const char *kind, const char *unit, const char *contract)
{
    struct case_submit *body = application(unit, contract);
    body->kind = text_of(kind);
    body->ended_proof = text_of("鲁(2026)济南市不动产证明第0000001号"); /* the same proof in half-width brackets */
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    static char id[CASE_ID_SIZE + 1];
    return memcpy(id, house->step.case_id, sizeof id);
}

Test(unit, holds_a_case_until_it_closes_without_a_booking)
{
    struct house *house = new_house();
    leaves(house, WINDOW);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    submit(house, OTHER_BRANCH, UNIT, "DY-2");
    cr_expect_eq(cases_on(house, UNIT), 2);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    withdraw(house, id);
    cr_expect_eq(cases_on(house, UNIT), 1);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(unit, a_transfer_the_old_mortgagee_declines_leaves_after_a_restart_too)
{
    struct house *house = new_house();
    const char *id = submit_with_old(house, BRANCH, &OTHER_BRANCH[2], UNIT, "DY-1");
    cr_expect_eq(cases_on(house, UNIT), 1);
    house_restart(house);
    branch_comes(house, OTHER_BRANCH, 1);
    answer_part(house, OTHER_BRANCH, id, OLD_PROOF, false);
    expect_state(house, id, "EXPIRED");
    cr_expect_eq(cases_on(house, UNIT), 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(unit, a_refused_case_leaves_after_a_restart_too)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    accept(house, id, "Y-1");
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 8);
    simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
    expect_state(house, id, "REFUSED");
    cr_expect_eq(cases_on(house, UNIT), 0);
    house_free(house);
}

Test(unit, a_booked_case_stays_until_its_cancellation_is_booked)
{
    struct house *house = new_house();
    to_the_book(house, submit(house, BRANCH, UNIT, "DY-1"), "Y-1", PROOF);
    cr_expect_eq(cases_on(house, UNIT), 1);
    const char *end = follow(house, "M04", UNIT, "DY-2");
    cr_expect_eq(cases_on(house, UNIT), 2);
    to_the_book(house, end, "Y-2", NULL);
    cr_expect_eq(cases_on(house, UNIT), 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(unit, a_case_that_follows_another_stands_in_its_place)
{
    struct house *house = new_house();
    to_the_book(house, submit(house, BRANCH, UNIT, "DY-1"), "Y-1", PROOF);
    const char *change = follow(house, "M02", UNIT, "DY-2");
    to_the_book(house, change, "Y-2", "鲁（2026）济南市不动产证明第0000002号");
    cr_expect_eq(cases_on(house, UNIT), 1);
    struct row_key key = row_key_proof(text_of(WINDOW), text_of(PROOF));
    cr_expect_not_null(table_find(&house->rows, bytes_of(key.bytes, key.size)));
    house_free(house);
}

Test(unit, a_unit_the_follower_leaves_out_keeps_the_mortgage)
{
    struct house *house = new_house();
    to_the_book(house, submit(house, BRANCH, UNIT, "DY-1"), "Y-1", PROOF);
    to_the_book(house, follow(house, "M02", UNIT_2, "DY-2"), "Y-2", NULL);
    cr_expect_eq(cases_on(house, UNIT), 1);
    cr_expect_eq(cases_on(house, UNIT_2), 1);
    house_free(house);
}

Test(unit, takes_so_many_cases_and_no_more)
{
    struct house *house = new_house();
    for (int i = 0; i < UNIT_CASE_COUNT_MAX; i++) {
        char contract[16];
        snprintf(contract, sizeof contract, "DY-%d", i);
        submit(house, BRANCH, UNIT, contract);
    }
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = application(UNIT, "DY-99")});
    cr_expect_eq(rejection(house), STATUS_TOO_MANY_ON_UNIT);
    submit(house, BRANCH, UNIT_2, "DY-99");
    house_free(house);
}

Test(unit, another_open_case_is_known_and_a_booked_one_is_none)
{
    struct house *house = new_house();
    struct text unit = text_of(UNIT);
    const char *id = submit(house, OTHER_BRANCH, UNIT, "DY-1");
    cr_expect(units_have_open(house->core, &unit, 1));
    cr_expect(core_others_are_open(house->core, application(UNIT, "DY-2")));
    cr_expect_not(core_others_are_open(house->core, application(UNIT_2, "DY-2")));
    to_the_book(house, id, "Y-1", PROOF);
    cr_expect_not(core_others_are_open(house->core, application(UNIT, "DY-2")));
    house_free(house);
}

static const char *submit_kind(struct house *house, const char *kind)
{
    static char id[CASE_ID_SIZE + 1];
    struct case_submit *body = application(UNIT, "DY-1");
    body->kind = text_of(kind);
    body->prenotice_proof = text_of("鲁(2026)济南市不动产证明第0000001号");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    return memcpy(id, house->step.case_id, sizeof id);
}

Test(unit, a_booking_of_a_kind_nobody_knows_any_more_stays_on_it)
{
    struct house *house = new_house();
    const char *id = submit_kind(house, "M99");
    deliver(house, id, 1);
    to_the_book(house, id, "Y-1", PROOF);
    expect_state(house, id, "BOOKED");
    cr_expect_eq(cases_on(house, UNIT), 1);
    house_free(house);
}

Test(unit, a_pre_notice_that_turns_into_a_mortgage_is_named_by_its_proof)
{
    struct house *house = new_house();
    const char *id = submit_kind(house, "M06");
    cr_expect(text_is(the_case(house, id)->ended_proof, "鲁(2026)济南市不动产证明第0000001号"));
    house_free(house);
}

Test(unit, a_booking_of_something_that_is_no_unit_is_no_booking_of_what_was_filed)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", "no unit", PROOF);
    cr_expect(has_flag(house, id, CASE_ECHO_DIFF));
    house_free(house);
}
