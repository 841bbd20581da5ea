#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/shell/cases.h"

/* The keeper on a real folder: what was committed is there after a kill, what
 * was only gathered is not, and rows plus tail give the state that was. */

TestSuite(keeper, .init = make_folder, .fini = remove_folder);

/* Runs the story in a process of its own that ends as by a power switch. */
static void in_a_process_that_is_killed(void (*story)(void))
{
    int status = 0;
    const pid_t pid = fork();

    if (pid == 0) {
        story();
        raise(SIGKILL);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the story went wrong before its end");
}

static void three_committed_one_gathered(void)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(16);

    say_hello(keeper, &effects);
    for (uint8_t i = 1; i <= 3; i++)
        submit(keeper, &effects, i);
    commit(keeper);
    submit(keeper, &effects, 4);
}

Test(keeper, has_after_a_kill_what_was_committed_and_nothing_else)
{
    in_a_process_that_is_killed(three_committed_one_gathered);

    struct keeper *keeper = open_keeper(16);
    cr_assert_eq(core_sequence(keeper_core(keeper)), 3);
    cr_assert_eq(core_open_count(keeper_core(keeper)), 3);
    keeper_close(&keeper, true);
}

static void delete_day_keys(void)
{
    char command[256];
    snprintf(command, sizeof command, "rm '%s'/keys/day-*", folder);
    cr_assert_eq(system(command), 0);
}

Test(keeper, names_the_key_that_is_gone_and_not_the_record)
{
    struct keeper *keeper = NULL;
    in_a_process_that_is_killed(three_committed_one_gathered);
    delete_day_keys();
    const struct keeper_settings settings = keeper_settings_of_test(16);
    const enum status status = keeper_open(&settings, &keeper, why);
    cr_assert_eq(status, STATUS_NO_KEY, "%s: %s", status_code(status), why);
    cr_assert(strstr(why, "key is gone") != NULL, "%s", why);
}

static void forty_with_checkpoints(void)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(16);

    say_hello(keeper, &effects);
    for (uint8_t i = 1; i <= 40; i++) {
        submit(keeper, &effects, i);
        commit(keeper);
        cr_assert_eq(keeper_checkpoint(keeper, false, why), STATUS_OK, "%s", why);
    }
}

Test(keeper, loads_its_rows_and_steps_only_the_tail)
{
    in_a_process_that_is_killed(forty_with_checkpoints);

    struct keeper *keeper = open_keeper(1000);
    cr_assert_eq(core_sequence(keeper_core(keeper)), 40);
    cr_assert_eq(core_open_count(keeper_core(keeper)), 40);
    cr_assert_geq(keeper_checkpoint_sequence(keeper), 40 - 16, "rows are at most checkpoint_records_max behind");
    cr_assert_lt(keeper_checkpoint_sequence(keeper), 40, "and the tail was stepped");
    cr_assert(core_check(keeper_core(keeper), why, sizeof why), "%s", why);
    keeper_close(&keeper, true);
}

Test(keeper, answers_a_repeated_message_from_the_journal_after_a_restart)
{
    struct effects effects = {NULL, 0, 0};

    in_a_process_that_is_killed(three_committed_one_gathered);
    struct keeper *keeper = open_keeper(16);
    say_hello(keeper, &effects);
    effects.count = 0;
    const struct step step = submit(keeper, &effects, 2);
    cr_assert_eq(step.verdict, VERDICT_ANSWER, "it is not stored twice");
    cr_assert_eq(effects.count, 1);
    cr_assert_eq(effects.items[0].type, EFFECT_RECEIPT);
    cr_assert_eq(effects.items[0].sequence, 2);
    cr_assert(effects.items[0].is_duplicate);
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

Test(keeper, reads_back_the_bytes_as_they_came)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(16);
    struct keeper_origin origin;
    uint8_t digest[32];

    say_hello(keeper, &effects);
    const struct step step = submit(keeper, &effects, 1);
    commit(keeper);
    cr_assert_eq(keeper_origin(keeper, 1, &origin, why), STATUS_OK, "%s", why);
    digest_sm3(origin.entry.body, digest);
    cr_assert(bytes_equal(origin.envelope.digest, bytes_of(digest, sizeof digest)));
    cr_assert(text_equal(origin.entry.state, step.state));
    cr_assert_eq(keeper_origin(keeper, 2, &origin, why), STATUS_NOT_FOUND);
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

Test(keeper, must_commit_before_it_answers_a_stored_message)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(16);

    say_hello(keeper, &effects);
    cr_assert_not(keeper_has_gathered(keeper), "HELLO is not stored");
    submit(keeper, &effects, 1);
    cr_assert(keeper_must_commit(keeper));
    commit(keeper);
    cr_assert_not(keeper_must_commit(keeper));
    cr_assert_not(keeper_has_gathered(keeper));
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

Test(keeper, checkpoints_nothing_while_records_are_gathered)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(16);

    say_hello(keeper, &effects);
    submit(keeper, &effects, 1);
    cr_assert_eq(keeper_checkpoint(keeper, true, why), STATUS_OK);
    cr_assert_eq(keeper_checkpoint_sequence(keeper), 0, "rows never stand ahead of the journal");
    commit(keeper);
    cr_assert_eq(keeper_checkpoint(keeper, true, why), STATUS_OK);
    cr_assert_eq(keeper_checkpoint_sequence(keeper), 1);
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

/* ---- what was booked against what was filed ---- */

#define WINDOW "W:370102"

static void window_says(struct keeper *keeper, struct effects *effects, enum message_type type, const char *case_id,
                        const void *said)
{
    static uint8_t count = 0;
    uint8_t body[1024];
    uint8_t envelope_bytes[512];
    const uint8_t id[16] = {7, ++count};
    size_t size = 0;
    size_t envelope_size = 0;
    struct step step;
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = now_us(1000 + count),
                          .participant = text_of(WINDOW),
                          .message = type,
                          .body = said};

    cr_assert_eq(record_encode(message_kind(type)->record, said, body, sizeof body, &size), STATUS_OK);
    digest_sm3(bytes_of(body, size), event.digest);
    const struct envelope envelope = {.version = number_of(1),
                                      .message_id = bytes_of(id, sizeof id),
                                      .type = text_of(message_kind(type)->name),
                                      .source = text_of(WINDOW),
                                      .destination = text_of("K"),
                                      .case_id = text_of(case_id),
                                      .sent_at = number_of(event.time_us),
                                      .digest = bytes_of(event.digest, DIGEST_SIZE),
                                      .is_present = true};
    cr_assert_eq(record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &envelope_size),
                 STATUS_OK);
    event.envelope = &envelope;
    const struct keeper_bytes bytes = {.envelope = bytes_of(envelope_bytes, envelope_size),
                                       .body = bytes_of(body, size)};
    cr_assert_eq(keeper_step(keeper, &event, &bytes, effects, &step, why), STATUS_OK, "%s", why);
    cr_assert_eq(step.verdict, VERDICT_STORE);
}

static void window_comes(struct keeper *keeper, struct effects *effects)
{
    struct text version = text_of("1");
    const struct hello hello = {.software = text_of("test"),
                                .versions = {&version, 1, true},
                                .credit = number_of(8),
                                .is_test = number_of(1),
                                .is_present = true};
    const uint8_t id[16] = {8};
    const struct envelope envelope = {.message_id = bytes_of(id, 16), .is_present = true};
    struct event event = {.type = EVENT_SESSION_UP,
                          .time_us = now_us(0),
                          .participant = text_of(WINDOW),
                          .message = MESSAGE_HELLO,
                          .envelope = &envelope,
                          .body = &hello};
    struct step step;

    cr_assert_eq(keeper_step(keeper, &event, NULL, effects, &step, why), STATUS_OK, "%s", why);
}

/* A case up to its acceptance. */
static struct step accepted_case(struct keeper *keeper, uint8_t number)
{
    struct effects effects = {NULL, 0, 0};
    char business_number[16];
    const struct delivered delivered = {.number = number_of(1), .is_present = true};

    say_hello(keeper, &effects);
    window_comes(keeper, &effects);
    const struct step step = submit(keeper, &effects, number);
    snprintf(business_number, sizeof business_number, "YW-%u", number);
    const struct case_accepted accepted = {
        .number = text_of(business_number), .accepted_at = number_of(now_us(500)), .is_present = true};
    cr_assert_eq(keeper_step_proposals(keeper, now_us(100), &effects, why), STATUS_OK, "%s", why);
    window_says(keeper, &effects, MESSAGE_DELIVERED, step.case_id, &delivered);
    window_says(keeper, &effects, MESSAGE_CASE_ACCEPTED, step.case_id, &accepted);
    commit(keeper);
    effects_fini(&effects);
    return step;
}

/* The window books it with this amount; its flags then. */
static int64_t flags_of_booking(struct keeper *keeper, const char *case_id, uint8_t number, int64_t amount)
{
    struct effects effects = {NULL, 0, 0};
    char unit_number[32];
    char business_number[16];

    window_comes(keeper, &effects);
    snprintf(unit_number, sizeof unit_number, "370102999001GB00001F0001%04u", number);
    snprintf(business_number, sizeof business_number, "YW-%u", number);
    struct booked_unit unit = {.number = text_of(unit_number), .rank = number_of(1), .is_present = true};
    const struct case_booked booked = {.number = text_of(business_number),
                                       .booked_at = number_of(now_us(600)),
                                       .units = {&unit, 1, true},
                                       .estate_type = text_of("2"),
                                       .mortgagor = text_of("张某"),
                                       .method = text_of("1"),
                                       .registration = text_of("100"),
                                       .amount = number_of(amount),
                                       .term_start = text_of("2026-09-30"),
                                       .term_end = text_of("2056-09-30"),
                                       .district = text_of("370102"),
                                       .office = text_of("office"),
                                       .registrar = text_of("R01"),
                                       .status = text_of("1"),
                                       .is_present = true};
    window_says(keeper, &effects, MESSAGE_CASE_BOOKED, case_id, &booked);
    commit(keeper);
    effects_fini(&effects);
    return core_case(keeper_core(keeper), text_of(case_id))->flags.value;
}

static int64_t flags_after_booking(struct keeper *keeper, uint8_t number, int64_t amount)
{
    const struct step step = accepted_case(keeper, number);
    return flags_of_booking(keeper, step.case_id, number, amount);
}

Test(keeper, flags_a_booking_that_differs_from_what_was_filed)
{
    struct keeper *keeper = open_keeper(1000);

    cr_assert_eq(flags_after_booking(keeper, 1, 80210700) & CASE_ECHO_DIFF, 0, "booked as filed");
    cr_assert_neq(flags_after_booking(keeper, 2, 80210701) & CASE_ECHO_DIFF, 0, "one fen more");
    keeper_close(&keeper, false);

    keeper = open_keeper(1000);
    uint32_t differing = 0;
    for (uint64_t sequence = 1; sequence <= core_sequence(keeper_core(keeper)); sequence++) {
        struct keeper_origin origin;
        cr_assert_eq(keeper_origin(keeper, sequence, &origin, why), STATUS_OK);
        if (!text_is(origin.envelope.type, "CASE_BOOKED"))
            continue;
        const struct case_row *row = core_case(keeper_core(keeper), origin.envelope.case_id);
        differing += (row->flags.value & CASE_ECHO_DIFF) != 0;
    }
    cr_assert_eq(differing, 1, "stepping the journal again finds the same");
    keeper_close(&keeper, true);
}

/* The application comes on one day, the booking ten days later; all rows of the first day are on disk. */
static struct step ten_days_after_the_acceptance(void)
{
    struct keeper *keeper = open_keeper(1000);
    const struct step accepted = accepted_case(keeper, 1);
    keeper_close(&keeper, true);
    days_later = 10;
    return accepted;
}

Test(keeper, says_nothing_of_equality_where_the_filing_cannot_be_read_any_more)
{
    const struct step accepted = ten_days_after_the_acceptance();
    struct keeper_origin origin;
    delete_day_keys();

    struct keeper *keeper = open_keeper(1000);
    const uint64_t before = core_sequence(keeper_core(keeper));
    const int64_t flags = flags_of_booking(keeper, accepted.case_id, 1, 80210701);
    cr_expect_neq(flags & CASE_ECHO_UNKNOWN, 0);
    cr_expect_eq(flags & CASE_ECHO_DIFF, 0, "nor that it differs");
    cr_assert_eq(keeper_origin(keeper, before + 1, &origin, why), STATUS_OK, "%s", why);
    cr_expect(text_is(origin.envelope.type, "FACT_ECHO_UNKNOWN"), "the verdict stands before the booking");
    cr_assert_eq(core_sequence(keeper_core(keeper)), before + 2);
    keeper_close(&keeper, false);

    keeper = open_keeper(1000);
    cr_expect_eq(core_case(keeper_core(keeper), text_of(accepted.case_id))->flags.value, flags,
                 "stepping the journal again finds the same");
    cr_expect_eq(core_sequence(keeper_core(keeper)), before + 2);
    keeper_close(&keeper, true);
}

Test(keeper, does_not_step_a_booking_again_without_the_filing_it_was_compared_with)
{
    const struct step accepted = ten_days_after_the_acceptance();
    char command[256];

    struct keeper *keeper = open_keeper(1000);
    cr_expect_eq(flags_of_booking(keeper, accepted.case_id, 1, 80210700) & (CASE_ECHO_UNKNOWN | CASE_ECHO_DIFF), 0);
    keeper_close(&keeper, false);
    snprintf(command, sizeof command, "rm $(ls '%s'/keys/day-* | head -1)", folder);
    cr_assert_eq(system(command), 0);

    struct keeper_settings settings = keeper_settings_of_test(1000);
    cr_assert_eq(keeper_open(&settings, &keeper, why), STATUS_NO_KEY, "%s", why);
    cr_expect(strstr(why, "is compared with record 1") != NULL, "%s", why);
}

Test(keeper, finds_what_a_supplement_leaves_open_and_tells_no_other_branch)
{
    struct keeper *keeper = open_keeper(1000);
    struct effects effects = {NULL, 0, 0};
    const struct delivered delivered = {.number = number_of(1), .is_present = true};
    struct supplement_item item = {.code = text_of("QSZ"),
                                   .path = text_of("units/0/zl"),
                                   .text = text_of("t"),
                                   .needs_new_signature = number_of(1),
                                   .needs_citizen = number_of(0),
                                   .is_present = true};
    const struct supplement_req asked = {
        .round = number_of(1), .items = {&item, 1, true}, .is_final_list = number_of(1), .is_present = true};
    const struct supplement_submit answer = {.round = number_of(1), .is_present = true};
    const struct supplement_submit other_round = {.round = number_of(2), .is_present = true};
    struct problems lacks;

    say_hello(keeper, &effects);
    window_comes(keeper, &effects);
    const struct step step = submit(keeper, &effects, 1);
    cr_assert_eq(keeper_step_proposals(keeper, now_us(100), &effects, why), STATUS_OK, "%s", why);
    window_says(keeper, &effects, MESSAGE_DELIVERED, step.case_id, &delivered);
    window_says(keeper, &effects, MESSAGE_SUPPLEMENT_REQ, step.case_id, &asked);
    commit(keeper);

    const struct case_row *row = core_case(keeper_core(keeper), text_of(step.case_id));
    const struct envelope envelope = {.case_id = text_of(step.case_id), .is_present = true};
    struct event event = {.participant = row->branch, .envelope = &envelope, .body = &answer};
    cr_assert_eq(keeper_supplement_lacks(keeper, &event, &lacks, why), STATUS_OK, "%s", why);
    cr_assert_eq(lacks.count, 2);
    cr_expect_str_eq(lacks.items[0].path, "units/0/zl");
    cr_expect_str_eq(lacks.items[1].path, "signed_anew");
    event.participant = text_of("B:999999999999");
    cr_assert_eq(keeper_supplement_lacks(keeper, &event, &lacks, why), STATUS_OK);
    cr_expect_eq(lacks.count, 0, "what was asked of one branch is not told to another");
    event.participant = row->branch;
    event.body = &other_round;
    cr_assert_eq(keeper_supplement_lacks(keeper, &event, &lacks, why), STATUS_OK);
    cr_expect_eq(lacks.count, 0, "the core refuses it");
    effects_fini(&effects);
    keeper_close(&keeper, true);
}
