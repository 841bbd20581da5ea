#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/window/house.h"

/* The broker misses a proof, or a clock has run so far: what the agent does, and what it writes for whoever looks. */

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;
static char log_path[96];

/* What the agent writes goes to a file from here on. */
static void keep_the_log(void)
{
    snprintf(log_path, sizeof log_path, "%s/log", house.data);
    cr_assert_not_null(freopen(log_path, "w", stderr));
}

static bool log_says(const char *sentence)
{
    char line[1024];
    bool is_found = false;
    fflush(stderr);
    FILE *in = fopen(log_path, "r");
    while (in && !is_found && fgets(line, sizeof line, in))
        is_found = strstr(line, sentence) != NULL;
    if (in)
        fclose(in);
    return is_found;
}

static void start(struct registry_settings settings, char id[31])
{
    struct adapter adapter;
    settings.seed = 1;
    settings.accept_ms = settings.book_ms = settings.certify_ms = 1;
    house_open(&house, one_window, 1);
    adapter = house_sandbox(&house, &settings);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
    house_deliver(&house, &(struct house_delivery){one_window[0], house_case_id(1, id), 1, MESSAGE_CASE_SUBMIT,
                                                   house_application("DY-1", unit), false});
}

static void ask_for_proof(const char *id, int64_t attempt)
{
    const struct cert_ask ask = {.attempt = number_of(attempt),
                                 .number = text_of("2026-000001"),
                                 .booked_at = number_of(1790000000000000),
                                 .is_present = true};
    house_say_of(&house, one_window[0], id, MESSAGE_CERT_ASK, &ask);
}

/* Until the registry was asked, and answered, since this poll was set. */
static void await_next_poll(int64_t poll_at)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT poll_at > %lld AND poll_at < %lld FROM docket", (long long)poll_at,
             (long long)poll_at + INT64_C(600000000));
    house_await_number(&house, sql, 1);
}

Test(pull, brings_a_proof_that_the_registry_told_to_nobody)
{
    char id[31];
    start((struct registry_settings){.withhold = 2}, id);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'BOOKED'", 1);
    ask_for_proof(id, 1);
    await_next_poll(house_number(&house, "SELECT poll_at FROM docket"));
    cr_expect_eq(house_count(&house, MESSAGE_CERT_ISSUED, id), 0, "once is not enough here");
    ask_for_proof(id, 2);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_expect_eq(house_count(&house, MESSAGE_CERT_ISSUED, id), 1);
    house_close(&house);
}

Test(pull, says_a_proof_again_under_its_old_id)
{
    char id[31];
    uint8_t message_id[16];
    start((struct registry_settings){0}, id);
    memcpy(message_id, house_await(&house, MESSAGE_CERT_ISSUED, id, 1)->message_id, sizeof message_id);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    ask_for_proof(id, 1);
    const struct heard *again = house_await(&house, MESSAGE_CERT_ISSUED, id, 2);
    cr_expect_eq(memcmp(again->message_id, message_id, sizeof message_id), 0);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_expect_eq(house_number(&house, "SELECT count(*) FROM answer WHERE type = 'CERT_ISSUED'"), 1);
    house_close(&house);
}

Test(pull, says_in_the_log_what_is_asked_and_whose_case_is_not_known)
{
    char id[31];
    char other[31];
    start((struct registry_settings){.withhold = 9}, id);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    keep_the_log();
    ask_for_proof(id, 3);
    ask_for_proof(house_case_id(2, other), 1);
    while (!log_says("not known here"))
        house_turn(&house);
    cr_expect(log_says("asks for the 3. time"));
    cr_expect(log_says("booked as 2026-000001"));
    house_close(&house);
}

Test(pull, writes_an_alarm_in_words_and_does_nothing)
{
    char id[31];
    const struct alarm alarm = {.clock = text_of("DECISION"),
                                .stage = number_of(80),
                                .owner = text_of("window"),
                                .due_at = number_of(1790748187123456),
                                .is_present = true};
    start((struct registry_settings){.withhold = 9}, id);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    const int64_t answers = house_number(&house, "SELECT count(*) FROM answer");
    keep_the_log();
    house_say_of(&house, one_window[0], id, MESSAGE_ALARM, &alarm);
    while (!log_says("80 % of the time for the decision on acceptance is over"))
        house_turn(&house);
    cr_expect(log_says("the next step is with the window, due 2026-09-30 14:03:07.123"));
    cr_expect(log_says(id));
    cr_expect_eq(house_number(&house, "SELECT count(*) FROM answer"), answers, "it informs and decides nothing");
    house_close(&house);
}
