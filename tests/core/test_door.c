#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/state.h"
#include "tests/core/house.h"

/* What is judged before the table. A refusal stores nothing. */

static struct house *open_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 4);
    window_comes(house, OTHER_WINDOW, 4);
    return house;
}

static void expect_refused(struct house *house, enum status status, const char *path)
{
    uint64_t sequence = core_sequence(house->core);
    cr_expect_eq(rejection(house), status, "%s", status_code(rejection(house)));
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    cr_expect_eq(sequence, house->journal_count);
    if (effect_of(house, EFFECT_REJECT, 0) != NULL)
        cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, path);
}

static struct said submission(const struct case_submit *body, uint64_t message_id)
{
    return (struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body, .message_id = message_id};
}

Test(door, the_same_message_gets_the_same_receipt_for_ever)
{
    struct house *house = open_house();
    struct said said = submission(application(UNIT, "DY-1"), 777);
    say(house, &said);
    struct effect first = *effect_of(house, EFFECT_RECEIPT, 0);
    cr_expect_not(first.is_duplicate);
    for (int i = 0; i < 50; i++) {
        if (i % 10 == 3)
            house_checkpoint(house);
        if (i % 10 == 6) {
            house_restart(house);
            branch_comes(house, BRANCH, 0);
        }
        said.body = application(UNIT, "DY-1");
        say(house, &said);
        const struct effect *again = effect_of(house, EFFECT_RECEIPT, 0);
        cr_assert_not_null(again);
        cr_expect(again->is_duplicate);
        cr_expect_eq(again->sequence, first.sequence);
        cr_expect_str_eq(again->case_id, first.case_id);
        cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    }
    cr_expect_eq(core_open_count(house->core), 1);
    house_free(house);
}

Test(door, the_same_message_gets_the_same_receipt_after_its_case_is_closed)
{
    struct house *house = open_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct said said = {.who = WINDOW, .type = MESSAGE_CASE_NOT_ACCEPTED, .case_id = id, .message_id = 900};
    say(house, &said);
    uint64_t sequence = effect_of(house, EFFECT_RECEIPT, 0)->sequence;
    house_checkpoint(house);
    house_checkpoint(house);
    say(house, &said);
    cr_expect_eq(effect_of(house, EFFECT_RECEIPT, 0)->sequence, sequence);
    cr_expect(effect_of(house, EFFECT_RECEIPT, 0)->is_duplicate);
    house_free(house);
}

Test(door, the_same_id_with_other_content_is_a_conflict)
{
    struct house *house = open_house();
    struct said said = submission(application(UNIT, "DY-1"), 777);
    say(house, &said);
    said.body = application(UNIT, "DY-2");
    say(house, &said);
    expect_refused(house, STATUS_DUP_CONFLICT, "");
    house_free(house);
}

Test(door, the_same_id_of_another_participant_is_another_message)
{
    struct house *house = open_house();
    struct said said = submission(application(UNIT, "DY-1"), 777);
    say(house, &said);
    said.who = OTHER_BRANCH;
    said.body = application(UNIT, "DY-2");
    say(house, &said);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(door, a_refusal_is_not_remembered)
{
    struct house *house = open_house();
    struct said said = submission(application("999999999001GB00001F00010203", "DY-1"), 777);
    say(house, &said);
    expect_refused(house, STATUS_UNKNOWN_DISTRICT, "district");
    said.body = application(UNIT, "DY-1");
    say(house, &said);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(door, the_same_application_under_a_new_id_names_the_open_case_to_its_owner_alone)
{
    struct house *house = open_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct said said = submission(application(UNIT, "DY-1"), 0);
    say(house, &said);
    expect_refused(house, STATUS_DUP_CASE, "");
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->case_id, id);
    said.who = OTHER_BRANCH;
    said.body = application(UNIT, "DY-1");
    say(house, &said);
    expect_refused(house, STATUS_DUP_CASE, "");
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->case_id, "");
    house_free(house);
}

Test(door, one_changed_contract_is_another_application)
{
    struct house *house = open_house();
    submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, UNIT, "DY-2");
    cr_expect_eq(core_open_count(house->core), 2);
    house_free(house);
}

Test(door, the_business_key_does_not_depend_on_the_order_of_units_nor_on_retired_codes)
{
    uint8_t a[16384], b[16384];
    size_t size_a, size_b;
    struct case_submit *body = application(UNIT, "DY-1");
    struct unit units[2] = {body->units.items[0], body->units.items[0]};
    units[0].number = text_of("370684999002GB00017F00120001");
    body->units = (struct unit_list){units, 2, true};
    cr_assert_eq(core_business_key(body, a, sizeof a, &size_a), STATUS_OK);
    units[0].number = text_of(UNIT);
    units[1].number = text_of("370614999002GB00017F00120001");
    cr_assert_eq(core_business_key(body, b, sizeof b, &size_b), STATUS_OK);
    cr_expect(bytes_equal(bytes_of(a, size_a), bytes_of(b, size_b)));
    body->kind = text_of("M07");
    cr_assert_eq(core_business_key(body, b, sizeof b, &size_b), STATUS_OK);
    cr_expect_not(bytes_equal(bytes_of(a, size_a), bytes_of(b, size_b)));
    cr_expect_eq(core_business_key(body, b, 20, &size_b), STATUS_LIMIT);
}

Test(door, a_withdrawn_case_may_be_superseded)
{
    struct house *house = open_house();
    leaves(house, WINDOW);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct case_submit *body = application(UNIT, "DY-1");
    body->supersedes = text_of(id);
    struct said said = submission(body, 0);
    say(house, &said);
    expect_refused(house, STATUS_WRONG_STATE, "supersedes");
    withdraw(house, id);
    house_checkpoint(house);
    body = application(UNIT, "DY-1");
    body->supersedes = text_of(id);
    said.body = body;
    said.who = OTHER_BRANCH;
    say(house, &said);
    expect_refused(house, STATUS_NOT_YOURS, "supersedes");
    said.who = BRANCH;
    say(house, &said);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    body = application(UNIT_2, "DY-1");
    body->supersedes = text_of(id);
    said.body = body;
    say(house, &said);
    expect_refused(house, STATUS_WRONG_STATE, "supersedes");
    body->supersedes = text_of("SD370102-20260930-105-0000ZZ-0");
    say(house, &said);
    expect_refused(house, STATUS_UNKNOWN_CASE, "supersedes");
    house_free(house);
}

Test(door, nobody_knows_a_case_that_is_not_there)
{
    struct house *house = open_house();
    simply(house, WINDOW, MESSAGE_CASE_REFUSED, "SD370102-20260930-105-00001A-G");
    expect_refused(house, STATUS_UNKNOWN_CASE, "cid");
    simply(house, BRANCH, MESSAGE_STATUS_QUERY, "SD370102-20260930-105-00001A-G");
    expect_refused(house, STATUS_UNKNOWN_CASE, "cid");
    house_free(house);
}

Test(door, a_case_of_somebody_else_is_not_yours_and_nothing_is_said_of_it)
{
    struct house *house = open_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    simply(house, OTHER_BRANCH, MESSAGE_WITHDRAW_REQ, id);
    expect_refused(house, STATUS_NOT_YOURS, "");
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->case_id, "");
    simply(house, OTHER_WINDOW, MESSAGE_CASE_REFUSED, id);
    expect_refused(house, STATUS_NOT_YOURS, "");
    simply(house, OTHER_BRANCH, MESSAGE_STATUS_QUERY, id);
    expect_refused(house, STATUS_NOT_YOURS, "");
    house_free(house);
}

Test(door, a_revision_from_the_future_is_stale)
{
    struct house *house = open_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    int64_t revision = the_case(house, id)->revision.value;
    struct said said = {.who = BRANCH, .type = MESSAGE_WITHDRAW_REQ, .case_id = id, .revision = revision + 1};
    say(house, &said);
    expect_refused(house, STATUS_STALE, "rev");
    said.revision = revision;
    say(house, &said);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(door, who_did_not_say_hello_is_asked_to)
{
    struct house *house = house_new();
    struct said said = submission(application(UNIT, "DY-1"), 0);
    say(house, &said);
    expect_refused(house, STATUS_NO_SESSION, "");
    house_free(house);
}

Test(door, a_window_without_a_key_is_a_window_all_the_same_and_the_case_waits)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    expect_state(house, id, "QUEUED");
    house_free(house);
}

Test(door, a_full_queue_is_busy_and_says_when_to_come_again)
{
    struct house *house = house_new();
    house->settings.queue_count_max = 2;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, UNIT, "DY-2");
    struct said said = submission(application(UNIT, "DY-3"), 0);
    say(house, &said);
    expect_refused(house, STATUS_BUSY, "");
    cr_expect_gt(effect_of(house, EFFECT_REJECT, 0)->retry_ms, 0);
    submit(house, BRANCH, FOREIGN_UNIT, "DY-4");
    house_free(house);
}

Test(door, too_many_open_cases_are_busy)
{
    struct house *house = house_new();
    house->settings.open_count_max = 1;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    struct said said = submission(application(FOREIGN_UNIT, "DY-3"), 0);
    say(house, &said);
    expect_refused(house, STATUS_BUSY, "");
    house_free(house);
}

Test(door, a_supplement_of_another_round_is_refused)
{
    struct house *house = open_house();
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, id, 1);
    supplement(house, id, 1);
    expect_refused(house, STATUS_WRONG_STATE, "");
    ask_supplement(house, id, 1);
    supplement(house, id, 2);
    expect_refused(house, STATUS_WRONG_ROUND, "round");
    supplement(house, id, 1);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(door, a_case_takes_a_bounded_number_of_messages_for_the_window)
{
    struct house *house = open_house();
    house->settings.archive_ms = 1;
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    for (int i = 0; i < 63; i++) {
        simply(house, BRANCH, MESSAGE_CERT_ACK, id);
        cr_assert_eq(house->step.verdict, VERDICT_STORE);
    }
    simply(house, BRANCH, MESSAGE_CERT_ACK, id);
    expect_refused(house, STATUS_LIMIT, "");
    house_free(house);
}

Test(door, core_knows_what_was_stored)
{
    struct house *house = open_house();
    struct said said = submission(application(UNIT, "DY-1"), 777);
    uint8_t mid[16] = {777 & 255, 777 >> 8};
    cr_expect_not(core_knows(house->core, text_of(BRANCH), mid));
    say(house, &said);
    cr_expect(core_knows(house->core, text_of(BRANCH), mid));
    house_free(house);
}

Test(door, closed_cases_that_are_looked_at_leave_memory_again)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *ids[200];
    for (int i = 0; i < 200; i++) {
        char contract[8];
        snprintf(contract, sizeof contract, "DY-%d", i);
        ids[i] = submit(house, BRANCH, UNIT, contract);
        withdraw(house, ids[i]);
    }
    house_checkpoint(house);
    cr_expect_eq(house->core->cases.count, 0);
    for (int i = 0; i < 200; i++) {
        simply(house, BRANCH, MESSAGE_STATUS_QUERY, ids[i]);
        cr_assert_not_null(effect_of(house, EFFECT_ANSWER, 0));
    }
    cr_expect_leq(house->core->cases.count, (uint32_t)CASES_VISITING_COUNT_MAX);
    house_free(house);
}

Test(door, the_largest_application_has_a_business_key_of_bounded_size)
{
    enum { UNIT_COUNT = 200 };
    static struct unit units[UNIT_COUNT];
    static char numbers[UNIT_COUNT][65];
    uint8_t out[BUSINESS_KEY_SIZE_MAX];
    size_t size;
    char contract[101];
    memset(contract, 'X', 100);
    contract[100] = '\0';
    struct case_submit *body = application(UNIT, contract);
    for (int i = 0; i < UNIT_COUNT; i++) {
        units[i] = body->units.items[0];
        snprintf(numbers[i], sizeof numbers[i], "%03d%061d", i, 0);
        units[i].number = text_of(numbers[i]);
    }
    body->units = (struct unit_list){units, UNIT_COUNT, true};
    cr_expect_eq(core_business_key(body, out, sizeof out, &size), STATUS_OK);
}

Test(door, knocking_in_vain_costs_no_memory)
{
    struct house *house = open_house();
    house_checkpoint(house);
    char id[] = "SD370102-20260930-105-00001A-G";
    for (int i = 0; i < 1000; i++) {
        snprintf(id + 22, 7, "%06d", i);
        id[28] = '-';
        simply(house, BRANCH, MESSAGE_WITHDRAW_REQ, id);
        cr_assert_eq(rejection(house), STATUS_UNKNOWN_CASE);
    }
    cr_expect_eq(core_dirty_count(house->core), 0);
    cr_expect_leq(house->core->rows.known.count, (uint32_t)ROWS_OFFERED_COUNT_MAX);
    house_free(house);
}
