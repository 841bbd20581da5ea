#include "agents/window/program.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;
static char script[128];

/* A registry of a few lines of shell; $D is the data folder, `calls` counts what was asked. */
static void write_script(const char *find, const char *hand)
{
    snprintf(script, sizeof script, "%s/registry.sh", house.data);
    FILE *file = fopen(script, "we");
    cr_assert_not_null(file);
    fprintf(file,
            "#!/bin/sh\nD=%s\ncat > $D/question.$1\necho $1 >> $D/calls\ncase $1 in\nfind) %s;;\nhand) %s;;\nesac\n",
            house.data, find, hand);
    fclose(file);
    cr_assert_eq(chmod(script, 0700), 0);
}

static void start_with(const char *path, int64_t timeout_ms)
{
    char why[512] = "";
    struct adapter adapter;
    struct program_settings settings = {path, timeout_ms, 10, 4, false, NULL, NULL};
    cr_assert_eq(program_open(&settings, &adapter, why, sizeof why), STATUS_OK, "%s", why);
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    house_start(&house, &adapter);
    house.daemon.desk.setback.pace = 1;
    house.daemon.desk.find_retry_us = 1000;
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 1);
}

static void start(const char *find, const char *hand)
{
    house_open(&house, one_window, 1);
    write_script(find, hand);
    start_with(script, 20000);
}

static void submit(const char *case_id)
{
    struct house_delivery delivery = {one_window[0], case_id, 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit),
                                      false};
    house_deliver(&house, &delivery);
}

static int64_t calls(const char *verb)
{
    char path[128];
    char line[32];
    int64_t count = 0;
    snprintf(path, sizeof path, "%s/calls", house.data);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        count += strncmp(line, verb, strlen(verb)) == 0;
    if (file)
        fclose(file);
    return count;
}

static void await_held(const char *reason)
{
    char text[512];
    house_await_number(&house,
                       "SELECT (SELECT count(*) FROM delivery WHERE state = 'held')"
                       " + (SELECT count(*) FROM docket WHERE held IS NOT NULL)",
                       1);
    sqlite3_stmt *query = base_query(&house.folder.base, "SELECT reason FROM delivery WHERE state = 'held' UNION ALL"
                                                         " SELECT held FROM docket WHERE held IS NOT NULL");
    cr_assert(base_next(&house.folder.base, query));
    base_copy_text(query, 0, text, sizeof text);
    book_end(query);
    cr_assert_not_null(strstr(text, reason), "%s", text);
}

Test(program, takes_a_case_through_the_example_registry_to_the_certificate)
{
    char id[31];
    char path[128];
    struct cert_issued certificate;
    house_open(&house, one_window, 1);
    snprintf(path, sizeof path, "%s/example.json", house.data);
    setenv("ONEVISIT_EXAMPLE_REGISTRY", path, 1);
    start_with("agents/window/examples/registry.py", 20000);
    submit(house_case_id(1, id));
    const struct heard *heard = house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_decode(&house, heard, &certificate);
    cr_assert(digest_holds(house.digest, bytes_of(heard->chunk, heard->chunk_size), certificate.file_digest));
    cr_assert(text_is(certificate.mime, "application/pdf"));
    cr_assert_eq(house_count(&house, MESSAGE_CASE_ACCEPTED, id), 1);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_BOOKED, id), 1);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'CERTIFIED' AND poll_at > changed_at", 1);
    house_close(&house);
}

#define NOT_KNOWN "echo '{\"known\":false}'; exit 1"
#define KNOWN     "echo '{\"known\":true,\"deliveries\":1,\"answers\":[]}'"

Test(program, hands_to_a_person_what_the_registry_cannot_take)
{
    char id[31];
    start(NOT_KNOWN, "echo 'the form lacks a stamp' >&2; exit 65");
    submit(house_case_id(1, id));
    await_held("the form lacks a stamp");
    cr_assert_eq(calls("hand"), 1);
    house_close(&house);
}

Test(program, tries_again_later_when_the_registry_says_so)
{
    char id[31];
    start(KNOWN, "if [ -e $D/again ]; then exit 0; fi; touch $D/again; exit 75");
    submit(house_case_id(1, id));
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_assert_eq(calls("hand"), 2);
    house_close(&house);
}

Test(program, asks_after_an_unknown_exit_code_and_hands_never_twice_what_is_known)
{
    char id[31];
    start(KNOWN, "exit 42");
    submit(house_case_id(1, id));
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_assert_eq(calls("hand"), 1);
    cr_assert_geq(calls("find"), 1);
    house_close(&house);
}

Test(program, hands_again_only_when_the_registry_says_it_has_nothing)
{
    char id[31];
    start("if [ -e $D/there ]; then " KNOWN "; else " NOT_KNOWN "; fi",
          "if [ -e $D/again ]; then touch $D/there; exit 0; fi; touch $D/again; exit 1");
    submit(house_case_id(1, id));
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_assert_eq(calls("hand"), 2);
    house_close(&house);
}

/* Exit code 1 without the word is what a broken program ends with. */
Test(program, leaves_a_doubt_to_a_person_when_find_gives_no_answer)
{
    char id[31];
    start("echo 'Traceback' >&2; exit 1", "exit 42");
    submit(house_case_id(1, id));
    await_held("Traceback");
    cr_assert_eq(calls("hand"), 1);
    cr_assert_eq(calls("find"), 3);
    house_close(&house);
}

Test(program, ends_a_run_that_takes_too_long_and_is_in_doubt)
{
    char id[31];
    house_open(&house, one_window, 1);
    write_script("exec sleep 1000", "sleep 1000");
    start_with(script, 50);
    submit(house_case_id(1, id));
    await_held("took too long");
    cr_assert_eq(calls("hand"), 1);
    house_close(&house);
}

Test(program, ends_a_run_that_writes_without_end)
{
    char id[31];
    start("exec yes", "exit 42");
    submit(house_case_id(1, id));
    await_held("wrote more than");
    house_close(&house);
}

Test(program, takes_garbage_for_no_answer)
{
    char id[31];
    start("echo '{\"known\": maybe}'", "exit 42");
    submit(house_case_id(1, id));
    await_held("its output is not");
    house_close(&house);
}

Test(program, holds_a_wrong_answer_with_its_path_and_sends_what_stands_before_it)
{
    char id[31];
    start("echo '{\"known\":true,\"answers\":[{\"type\":\"CASE_ACCEPTED\",\"body\":{\"ywh\":\"N1\",\"slsj\":1}},"
          "{\"type\":\"STATUS\",\"body\":{\"step\":\"lunch\"}}]}'",
          "exit 0");
    submit(house_case_id(1, id));
    await_held("answers/1: STATUS step");
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_STATUS, id), 0);
    house_close(&house);
}

Test(program, holds_a_case_whose_answers_were_changed_afterwards)
{
    char id[31];
    start("n=$(grep -c find $D/calls)\n"
          "echo '{\"known\":true,\"answers\":[{\"type\":\"CASE_ACCEPTED\",\"body\":{\"ywh\":\"N'$n'\",\"slsj\":1}}]}'",
          "exit 0");
    submit(house_case_id(1, id));
    await_held("another answer");
    cr_assert_eq(house_count(&house, MESSAGE_CASE_ACCEPTED, id), 1);
    house_close(&house);
}

/* A registry that has told everything up to the certificate, and files the papers away when the file `filed` is there.
 */
#define TOLD                                                                                                           \
    "printf '%%%%PDF-1.4 test' > $D/proof.pdf\n"                                                                       \
    "[ -e $D/filed ] && filed=',{\"type\":\"ARCHIVED\",\"body\":{\"number\":\"DA-1\"}}'\n"                             \
    "cat <<END\n"                                                                                                      \
    "{\"known\":true,\"deliveries\":1,\"answers\":[{\"type\":\"CASE_ACCEPTED\",\"body\":{\"ywh\":\"N1\",\"slsj\":1}}," \
    "\n"                                                                                                               \
    "{\"type\":\"FEE_NOTICE\",\"body\":{\"bill\":\"JK-1\",\"amount\":8000}},\n"                                        \
    "{\"type\":\"CASE_BOOKED\",\"body\":{\"ywh\":\"N1\",\"djsj\":%lld,\"dybdclx\":\"2\",\"dyr\":\"x\",\"dyfs\":\"1\"," \
    "\n"                                                                                                               \
    "\"djlx\":\"100\",\"qxdm\":\"370102\",\"djjg\":\"x\",\"dbr\":\"T\",\"qszt\":\"1\",\n"                              \
    "\"units\":[{\"bdcdyh\":\"370102999001GB00001F00010203\"}]}},\n"                                                   \
    "{\"type\":\"CERT_ISSUED\",\"file\":\"$D/proof.pdf\",\n"                                                           \
    "\"body\":{\"ywh\":\"N1\",\"bdcdjzmh\":\"鲁（2026）济南市不动产证明第0000001号\"}}$filed]}\nEND\n"

Test(program, asks_on_after_the_certificate_until_the_papers_are_filed_away)
{
    char id[31];
    char find[2048];
    char path[128];
    snprintf(find, sizeof find, TOLD, (long long)clock_now_us());
    start(find, "exit 0");
    submit(house_case_id(1, id));
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_FEE_NOTICE, id), 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM docket WHERE poll_at IS NOT NULL"), 1);
    snprintf(path, sizeof path, "%s/filed", house.data);
    fclose(fopen(path, "we"));
    struct cert_ack body = {.is_verified = number_of(1)};
    struct house_delivery delivery = {one_window[0], id, 2, MESSAGE_CERT_ACK, house_encode(MESSAGE_CERT_ACK, &body),
                                      false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_ARCHIVED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'ARCHIVED' AND poll_at IS NULL", 1);
    house_close(&house);
}

Test(program, asks_first_after_a_kill_in_the_middle_of_a_hand)
{
    char id[31];
    start(KNOWN, "exec sleep 1000");
    submit(house_case_id(1, id));
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handing'", 1);
    for (int64_t end = clock_now_us() + 10000000; calls("hand") == 0 && clock_now_us() < end;)
        house_turn(&house);
    house_kill(&house);
    start_with(script, 20000);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 1);
    cr_assert_eq(calls("hand"), 1);
    house_close(&house);
}

Test(program, does_not_let_one_slow_window_hold_up_another)
{
    static const char *const two_windows[] = {"W:370102", "W:370103"};
    char slow[31];
    char quick[31];
    house_open(&house, two_windows, 2);
    write_script(KNOWN, "grep -q W:370102 $D/question.hand && exec sleep 1000; exit 0");
    start_with(script, 20000);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 2);
    submit(house_case_id(1, slow));
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handing'", 1);
    for (int64_t end = clock_now_us() + 10000000; calls("hand") == 0 && clock_now_us() < end;)
        house_turn(&house);
    struct house_delivery delivery = {two_windows[1],      house_case_id(2, quick),         1,
                                      MESSAGE_CASE_SUBMIT, house_application("DY-2", unit), false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed' AND window = 'W:370103'", 1);
    house_close(&house);
}

Test(program, refuses_a_program_that_is_not_there)
{
    char why[512] = "";
    struct adapter adapter;
    struct program_settings settings = {"/nowhere/registry", 1000, 1000, 1, false, NULL, NULL};
    cr_assert_eq(program_open(&settings, &adapter, why, sizeof why), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "/nowhere/registry"));
}
