#include <criterion/criterion.h>

#include "tests/core/house.h"

/* The way of one mortgage, and what a restart makes of it. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

Test(core, a_case_crosses_the_house_and_comes_back)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    cr_expect_str_eq(id, "SD370102-20260930-105-000000-3");
    const struct effect *receipt = effect_of(house, EFFECT_RECEIPT, 0);
    cr_expect_str_eq(receipt->case_id, id);
    const struct effect *delivery = effect_of(house, EFFECT_DELIVER, 0);
    cr_assert_not_null(delivery);
    cr_expect_str_eq(delivery->to, WINDOW);
    cr_expect_eq(delivery->number, 1);
    cr_expect_eq(delivery->attempt, 1);
    cr_expect_eq(delivery->sequence, receipt->sequence);
    expect_state(house, id, "QUEUED");
    deliver(house, id, 1);
    expect_state(house, id, "DELIVERED");
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 0, "DELIVERED gets no answer");
    accept(house, id, "YWH-1");
    expect_state(house, id, "ACCEPTED");
    progress(house, id, "初审");
    expect_state(house, id, "REVIEW");
    book(house, id, "YWH-1", UNIT, NULL);
    expect_state(house, id, "BOOKED");
    certify(house, id, "YWH-1", PROOF);
    expect_state(house, id, "CERTIFIED");
    simply(house, BRANCH, MESSAGE_CERT_ACK, id);
    delivery = effect_of(house, EFFECT_DELIVER, 0);
    cr_assert_not_null(delivery, "the check of the proof goes to the window");
    cr_expect_eq(delivery->number, 2);
    cr_expect_eq(has_flag(house, id, CASE_OUT_OF_ORDER | CASE_CONTRADICTION | CASE_ECHO_DIFF), false);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* ---- records and keys nobody expects ---- */

Test(core, a_record_of_a_case_that_is_not_there_is_kept_and_changes_nothing)
{
    struct house *house = house_new();
    say(house,
        &(struct said){
            .who = WINDOW, .type = MESSAGE_CASE_ACCEPTED, .case_id = "SD370102-20260930-105-00001A-G", .is_old = true});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(core_sequence(house->core), 1);
    cr_expect_eq(core_open_count(house->core), 0);
    house_free(house);
}

Test(core, keys_in_force_that_end_soon_are_counted)
{
    struct house *house = house_new();
    uint8_t digest[32] = {1};
    struct directory_row rows[] = {
        {.participant = text_of(BRANCH), .key = text_of("for-ever")},
        {.participant = text_of(BRANCH), .key = text_of("soon"), .valid_until = number_of(100)},
        {.participant = text_of(WINDOW), .key = text_of("later"), .valid_until = number_of(200)},
        {.participant = text_of(WINDOW),
         .key = text_of("revoked"),
         .valid_until = number_of(100),
         .revoked_at = number_of(1)},
    };
    struct fact_directory body = {.digest = bytes_of(digest, 32), .rows = {rows, 4, true}, .is_present = true};
    for (size_t i = 0; i < 4; i++)
        rows[i].is_present = true;
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_DIRECTORY, .body = &body});
    cr_expect_eq(core_keys_ending(house->core, 100), 0);
    cr_expect_eq(core_keys_ending(house->core, 101), 1);
    cr_expect_eq(core_keys_ending(house->core, 201), 2);
    house_free(house);
}

static enum status end_backup(struct house *house, int64_t asked, int64_t last)
{
    const struct ops_backup_done done = {.backup = number_of(asked), .sequence = number_of(last), .is_present = true};
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_BACKUP_DONE, .body = &done});
    return rejection(house);
}

Test(core, a_backup_ends_the_newest_one_that_was_asked_for_with_records_that_are_there)
{
    struct house *house = house_new();
    operator_comes(house, OPERATOR);
    cr_expect_eq(end_backup(house, 1, 1), STATUS_STALE, "nobody asked");
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_BACKUP});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    const int64_t asked = (int64_t)core_sequence(house->core);
    cr_expect_eq(end_backup(house, asked + 1, asked), STATUS_STALE, "another one");
    cr_expect_eq(end_backup(house, asked, asked - 1), STATUS_STALE, "it ends before it began");
    cr_expect_eq(end_backup(house, asked, asked + 1), STATUS_STALE, "it holds what is not there yet");
    cr_expect_eq(end_backup(house, asked, asked), STATUS_OK);
    house_free(house);
}
