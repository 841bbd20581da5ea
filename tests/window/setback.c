#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "agents/window/program.h"
#include "tests/window/house.h"

/* Deliveries that do not go: attempts by class, given back to the broker, put back and given up there. */

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

#define NOT_KNOWN "echo '{\"known\":false}'; exit 1"
#define KNOWN     "echo '{\"known\":true,\"deliveries\":1,\"answers\":[]}'"

static struct house house;
static char script[128];

static void start(const struct adapter *adapter)
{
    house_start(&house, adapter);
    house.daemon.desk.setback.pace = 1;
    house.daemon.desk.find_retry_us = 1000;
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
}

/* A registry of a few lines of shell; $D is the data folder. */
static void start_program(const char *find, const char *hand)
{
    char why[512] = "";
    struct adapter adapter;
    house_open(&house, one_window, 1);
    snprintf(script, sizeof script, "%s/registry.sh", house.data);
    FILE *file = fopen(script, "we");
    cr_assert_not_null(file);
    fprintf(file, "#!/bin/sh\nD=%s\ncat > /dev/null\ncase $1 in\nfind) %s;;\nhand) %s;;\nesac\n", house.data, find,
            hand);
    fclose(file);
    cr_assert_eq(chmod(script, 0700), 0);
    struct program_settings settings = {script, 20000, 10, 4, false, NULL, NULL};
    cr_assert_eq(program_open(&settings, &adapter, why, sizeof why), STATUS_OK, "%s", why);
    start(&adapter);
}

static void start_sandbox(enum failure failure)
{
    struct registry_settings settings = {.seed = 1, .accept_ms = 1, .book_ms = 1, .certify_ms = 1};
    settings.failed[failure] = 10000;
    house_open(&house, one_window, 1);
    struct adapter adapter = house_sandbox(&house, &settings);
    start(&adapter);
}

static void submit(const char *case_id, const char *contract, bool has_wrong_digest)
{
    struct house_delivery delivery = {
        one_window[0], case_id, 1, MESSAGE_CASE_SUBMIT, house_application(contract, unit), has_wrong_digest};
    house_deliver(&house, &delivery);
}

static void expect_failed(const char *id, uint32_t count, const char *class, int64_t attempts, const char *cause)
{
    struct delivery_failed failed;
    house_decode(&house, house_await(&house, MESSAGE_DELIVERY_FAILED, id, count), &failed);
    cr_expect(text_is(failed.class, class), "%.*s", TEXT_ARGS(failed.class));
    cr_expect(text_is(failed.cause, cause), "%.*s", TEXT_ARGS(failed.cause));
    cr_expect_eq(failed.number.value, 1);
    cr_expect_eq(failed.is_returned.value, attempts > 0);
    if (attempts > 0)
        cr_expect_eq(failed.attempts.value, attempts);
}

Test(setback, what_the_registry_can_never_take_is_given_back_and_handed_anew_when_it_is_put_back)
{
    char id[31];
    start_program(NOT_KNOWN, "if [ -e $D/mended ]; then exit 0; fi; echo 'no such kind here' >&2; exit 65");
    submit(house_case_id(1, id), "DY-1", false);
    expect_failed(id, 1, "permanent", 1, "no such kind here");
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'held' AND returned = 1", 1);
    cr_expect_eq(house_count(&house, MESSAGE_DELIVERED, id), 1);
    char path[128];
    snprintf(path, sizeof path, "%s/mended", house.data);
    fclose(fopen(path, "we"));
    submit(id, "DY-1", false);
    house_await(&house, MESSAGE_DELIVERED, id, 2);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_expect_eq(house_count(&house, MESSAGE_DELIVERY_FAILED, id), 1);
    house_close(&house);
}

Test(setback, what_the_program_crashes_over_three_times_is_poison)
{
    char id[31];
    start_program(NOT_KNOWN, "echo hand >> $D/calls; kill -9 $$");
    submit(house_case_id(1, id), "DY-1", false);
    expect_failed(id, 1, "poison", 3, "the program was ended by a signal");
    house_close(&house);
}

Test(setback, an_agent_that_was_killed_in_the_middle_says_nothing_of_the_delivery)
{
    char id[31];
    start_program(NOT_KNOWN, "if [ -e $D/again ]; then exit 0; fi; touch $D/again; sleep 20");
    submit(house_case_id(1, id), "DY-1", false);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handing'", 1);
    base_begin(&house.folder.base);
    inbox_doubt_all(&house.folder.base);
    struct inbox_row row;
    cr_assert(inbox_row_read(&house.folder.base, 1, &row));
    inbox_row_end(&house.folder.base);
    cr_expect_str_eq(row.state, "doubt");
    cr_expect_str_eq(row.doubt_class, "");
    cr_expect_eq(inbox_failed(&row), 0);
    house_close(&house);
}

Test(setback, what_cannot_be_stored_is_told_and_not_acknowledged)
{
    char id[31];
    start_sandbox(FAILURE_BUSY);
    submit(house_case_id(1, id), "DY-1", true);
    expect_failed(id, 1, "poison", 0, "the origin's body does not match its digest");
    cr_expect_eq(house_count(&house, MESSAGE_DELIVERED, id), 0);
    house_close(&house);
}

Test(setback, holds_what_comes_behind_on_the_unit_until_it_is_given_up_at_the_broker)
{
    char first[31];
    char second[31];
    start_program("if [ -e $D/there ]; then " KNOWN "; else " NOT_KNOWN "; fi",
                  "if [ -e $D/seen ]; then touch $D/there; exit 0; fi; touch $D/seen; exit 65");
    submit(house_case_id(1, first), "DY-1", false);
    house_await(&house, MESSAGE_DELIVERY_FAILED, first, 1);
    submit(house_case_id(2, second), "DY-2", false);
    house_await(&house, MESSAGE_DELIVERED, second, 1);
    house_await(&house, MESSAGE_STATUS_QUERY, first, 1);
    cr_expect_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state = 'new'"), 1, "it is kept back");
    struct case_status status = {.case_id = text_of(first),
                                 .kind = text_of("M01"),
                                 .branch = text_of("B:105451099995"),
                                 .window = text_of(one_window[0]),
                                 .state = text_of("EXPIRED"),
                                 .since = number_of(1),
                                 .submitted_at = number_of(1),
                                 .waits_for = text_of("nobody"),
                                 .level_zh = text_of("已失效，未受理"),
                                 .level_en = text_of("expired; never accepted"),
                                 .revision = number_of(3),
                                 .is_present = true};
    house_say_of(&house, one_window[0], first, MESSAGE_CASE_STATUS, &status);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_expect_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE returned = 2"), 1);
    submit(first, "DY-1", false);
    house_await(&house, MESSAGE_DELIVERED, first, 2);
    cr_expect_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state = 'held'"), 1,
                 "what was given up is not handed");
    house_close(&house);
}

static const struct {
    enum failure failure;
    const char *word;
    int64_t attempts; /* until it is given back; 0: it goes in the end */
} classes[] = {
    {FAILURE_TRANSIENT, "transient", 0},
    {FAILURE_BUSY, "busy", 0},
    {FAILURE_PERMANENT, "permanent", 1},
    {FAILURE_POISON, "poison", 3},
};

Test(setback, the_sandbox_fails_in_each_class)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        char id[31];
        char cause[65];
        start_sandbox(classes[i].failure);
        submit(house_case_id(1, id), "DY-1", false);
        snprintf(cause, sizeof cause, "test: %s by the share set", classes[i].word);
        if (classes[i].attempts > 0)
            expect_failed(id, 1, classes[i].word, classes[i].attempts, cause);
        else
            house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
        house_close(&house);
    }
}
