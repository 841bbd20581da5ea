#include "agents/ops/session.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "agents/ops/commands.h"
#include "tests/ops/fake_broker.h"
#include "tests/ops/house.h"

#define CASE "SD370102-20260930-105-00001A-G"

static struct house house;
static struct printed printed;

static void open_house(void)
{
    house_open(&house);
    house_run(&house, key_new_run, "K O:li B:105451099995 --keys KEYS --directory DIRECTORY", &printed);
    cr_assert_eq(printed.code, EXIT_CODE_DONE, "%s", printed.err);
}

static void close_house(void)
{
    house_close(&house);
}

TestSuite(session, .init = open_house, .fini = close_house);

static enum exit_code ask(enum fake_manner manner, enum exit_code (*command)(int argc, char **argv), const char *words,
                          int timeout_seconds)
{
    struct fake_broker broker;
    char all[512];
    fake_broker_start(&broker, house.keys, manner);
    snprintf(all, sizeof all, "%s --keys KEYS --as O:li --test --timeout %d --endpoint %s", words, timeout_seconds,
             broker.endpoint);
    house_run(&house, command, all, &printed);
    fake_broker_stop(&broker);
    return printed.code;
}

/* ---- what the answers look like ---- */

struct command_case {
    enum exit_code (*command)(int argc, char **argv);
    const char *words;
    const char *shown;
    const char *json_key;
};

static const struct command_case commands[] = {
    {case_show_run, CASE, "已受理 / accepted", "level_zh"},
    {case_show_run, CASE, "济南市历下区", "cid"},
    {case_show_run, CASE, "4.2 s", "history"},
    {case_show_run, CASE, "审核登簿, examination and booking", "clock"},
    {case_show_run, CASE, "last alarm at 80 %", "clock"},
    {case_list_run, "--state open", "LATE", "cases"},
    {case_list_run, "--state open --window W:370102 --count 10", "--after " CASE, "cases"},
    {case_find_run, "--state open --older 1h", "已受理", "cases"},
    {case_find_run, "--contract DY-1", "(record 5) stand in no index", "indexed_from"},
    {case_find_run, "--citizen 370116198506150003 --reason audit", CASE, "lookup"},
    {window_list_run, "", "烟台市蓬莱区", "windows"},
    {window_list_run, "--open", "offline", "windows"},
    {journal_tail_run, "-n 5 --after 3", "abcdef010203", "entries"},
    {link_list_run, "--refused", "the directory does not know this key", "links"},
    {health_run, "", "1360", "state"},
    {directory_load_run, "--reason new", "3 keys, 1 of them revoked", "revoked"},
    {health_run, "", "ALARM parked cases", "parked_since"},
    {parked_list_run, "", "the program crashed", "cases"},
    {parked_list_run, "--class poison --older 5 --window W:370102", "held", "cases"},
    {parked_list_run, "--branch B:105451099995 --class busy", "nothing is parked", "has_more"},
    {parked_retry_run, CASE " --reason seen", "已存 / stored", "seq"},
    {parked_retry_run, "--class poison --reason seen", "已存 / stored: " CASE, "seq"},
    {parked_discard_run, "--window W:370102 --reason seen --approver O:wang", "已存 / stored: " CASE, "seq"},
    {case_allow_round_run, CASE " --reason agreed", "已存 / stored", "seq"},
    {parked_discard_run, CASE " --reason seen --approver O:wang", "journal sequence 8", "chain"},
};

/* A sanitizer may have words of its own on standard error. */
static bool is_noisy(const char *error)
{
    return strstr(error, "onevisit:") || strstr(error, " info ") || strstr(error, " warning ");
}

Test(session, brings_every_answer_to_a_person_and_as_json)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char words[256];
        const struct command_case *row = &commands[i];
        cr_expect_eq(ask(FAKE_ANSWERS, row->command, row->words, 5), EXIT_CODE_DONE, "%zu: %s", i, printed.err);
        cr_expect(strstr(printed.out, row->shown), "%zu: %s", i, printed.out);
        cr_expect_not(is_noisy(printed.err), "%zu: %s", i, printed.err);
        snprintf(words, sizeof words, "%s --json", row->words);
        cr_expect_eq(ask(FAKE_ANSWERS, row->command, words, 5), EXIT_CODE_DONE, "%zu: %s", i, printed.err);
        json_t *json = json_loads(printed.out, 0, NULL);
        cr_expect_not_null(json_object_get(json, row->json_key), "%zu: %s", i, printed.out);
        json_decref(json);
    }
}

Test(session, counts_the_measures_of_all_pages_each_once)
{
    cr_assert_eq(ask(FAKE_ANSWERS, stats_run, "--from 2026-09-30 --to 2026-09-30 --json", 5), EXIT_CODE_DONE, "%s",
                 printed.err);
    cr_expect(strstr(printed.out, "\"cases\": 5"), "%s", printed.out);
}

Test(session, never_shows_a_whole_certificate_number)
{
    static const struct {
        enum exit_code (*command)(int argc, char **argv);
        const char *words;
    } rows[] = {{case_show_run, CASE},     {case_show_run, CASE " --json"}, {case_list_run, ""},
                {case_list_run, "--json"}, {case_find_run, "--state open"}, {case_find_run, "--state open --json"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(ask(FAKE_ANSWERS, rows[i].command, rows[i].words, 5), EXIT_CODE_DONE);
        cr_expect(strstr(printed.out, "第***2345号"), "%s", printed.out);
        cr_expect_not(strstr(printed.out, "0012345"), "%s", printed.out);
    }
}

Test(session, puts_the_windows_in_columns_of_the_screen)
{
    cr_assert_eq(ask(FAKE_ANSWERS, window_list_run, "", 5), EXIT_CODE_DONE);
    cr_expect_str_eq(printed.out,
                     "WINDOW    NAME          STATE    SINCE  QUEUED  IN FLIGHT  OPEN  CREDIT  CLOCK  OLDEST\n"
                     "W:370102  济南市历下区  open     -           0          0     0      64  +10 h       -\n"
                     "W:370614  烟台市蓬莱区  offline  -          10         10    10      64      -       -\n");
}

/* ---- when the answer is no, or none ---- */

Test(session, says_a_reject_in_both_languages_and_ends_with_1)
{
    cr_assert_eq(ask(FAKE_REJECTS, case_show_run, CASE, 5), EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "UNKNOWN_CASE: 没有这个案件 / no such case"), "%s", printed.err);
    cr_expect_str_empty(printed.out);
}

Test(session, a_dry_run_lists_what_would_be_decided_and_decides_nothing)
{
    cr_expect_eq(ask(FAKE_ANSWERS, parked_discard_run, "--class poison --dry-run", 5), EXIT_CODE_DONE, "%s",
                 printed.err);
    cr_expect(strstr(printed.out, "the program crashed") && strstr(printed.out, "1 would be decided"), "%s",
              printed.out);
    cr_expect_null(strstr(printed.out, "stored"));
}

Test(session, says_that_a_case_is_not_parked)
{
    cr_expect_eq(ask(FAKE_ANSWERS, parked_show_run, CASE, 5), EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "is not parked: it is ACCEPTED"), "%s", printed.err);
}

Test(session, ends_with_1_when_the_broker_refuses_the_session)
{
    cr_assert_eq(ask(FAKE_REFUSES_HELLO, health_run, "", 5), EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "BEHIND"), "%s", printed.err);
}

Test(session, ends_with_1_when_the_broker_does_not_serve)
{
    cr_assert_eq(ask(FAKE_IS_BEHIND, health_run, "", 5), EXIT_CODE_NO);
    cr_expect(strstr(printed.out, "behind"), "%s", printed.out);
}

Test(session, ends_with_3_when_no_answer_comes_in_time)
{
    cr_assert_eq(ask(FAKE_IS_SILENT, health_run, "", 1), EXIT_CODE_UNREACHABLE);
    cr_expect(strstr(printed.err, "no answer to OPS_HEALTH"), "%s", printed.err);
}

Test(session, ends_with_4_when_the_answer_is_of_another_type)
{
    cr_assert_eq(ask(FAKE_CONFUSED, health_run, "", 5), EXIT_CODE_DAMAGE);
    cr_expect(strstr(printed.err, "OPS_HEALTH with RECEIPT"), "%s", printed.err);
}

Test(session, asks_again_under_the_same_id_when_the_broker_forgot_the_session)
{
    cr_assert_eq(ask(FAKE_FORGETS, parked_retry_run, CASE " --reason seen", 5), EXIT_CODE_DONE, "%s", printed.err);
}

Test(session, ends_with_3_when_nobody_listens)
{
    house_run(&house, health_run, "--keys KEYS --as O:li --timeout 1 --endpoint tcp://127.0.0.1:1", &printed);
    cr_assert_eq(printed.code, EXIT_CODE_UNREACHABLE);
    cr_expect(strstr(printed.err, "cannot reach the broker"), "%s", printed.err);
}

Test(session, refuses_a_production_session_with_a_test_broker)
{
    struct fake_broker broker;
    char words[256];
    fake_broker_start(&broker, house.keys, FAKE_ANSWERS);
    snprintf(words, sizeof words, "--keys KEYS --as O:li --timeout 5 --endpoint %s", broker.endpoint);
    house_run(&house, health_run, words, &printed);
    fake_broker_stop(&broker);
    cr_expect_eq(printed.code, EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "test broker"), "%s", printed.err);
}

/* ---- wrong usage ---- */

static const struct {
    enum exit_code (*command)(int argc, char **argv);
    const char *words;
} wrong_usages[] = {
    {case_find_run, "--keys KEYS --as O:li"},
    {case_find_run, "--keys KEYS --as O:li --citizen 370116198506150003"},
    {case_find_run, "--keys KEYS --as O:li --citizen 370116198506150003 --reason audit --lookup 5"},
    {case_find_run, "--keys KEYS --as O:li --state NOWHERE"},
    {case_find_run, "--keys KEYS --as O:li --older soon"},
    {case_find_run, "--keys KEYS --as O:li --older 5"},
    {case_find_run, "--keys KEYS --as O:li --state open --count 101"},
    {case_find_run, "--keys KEYS --as O:li --case SD370102-20260930-105-00001A-H"},
    {health_run, "--keys KEYS"},
    {health_run, "--as O:li"},
    {health_run, "--keys KEYS --as B:105451099995"},
    {health_run, "--keys KEYS --as O:nobody"},
    {health_run, "--keys KEYS --as O:li --timeout 0"},
    {health_run, "--keys KEYS --as O:li --timeout soon"},
    {health_run, "--keys KEYS --as O:li stray"},
    {case_show_run, "--keys KEYS --as O:li"},
    {case_show_run, "--keys KEYS --as O:li SD370102-20260930-105-00001A-X"},
    {case_list_run, "--keys KEYS --as O:li --count 501"},
    {case_list_run, "--keys KEYS --as O:li --state PRAKED"},
    {case_list_run, "--keys KEYS --as O:li --state parked"},
    {case_list_run, "--keys KEYS --as O:li --window B:105451099995"},
    {case_list_run, "--keys KEYS --as O:li --after yesterday"},
    {journal_tail_run, "--keys KEYS --as O:li -n -1"},
    {journal_tail_run, "--keys KEYS --as O:li --after x"},
    {parked_retry_run, "--keys KEYS --as O:li " CASE},
    {parked_retry_run, "--keys KEYS --as O:li --reason seen"},
    {parked_retry_run, "--keys KEYS --as O:li --reason seen --class dead"},
    {parked_retry_run, "--keys KEYS --as O:li --reason seen --class poison " CASE},
    {parked_discard_run, "--keys KEYS --as O:li --reason seen --class poison"},
    {parked_list_run, "--keys KEYS --as O:li --window 370102"},
    {parked_list_run, "--keys KEYS --as O:li --older -1"},
    {parked_show_run, "--keys KEYS --as O:li"},
    {parked_discard_run, "--keys KEYS --as O:li --reason seen " CASE},
    {case_allow_round_run, "--keys KEYS --as O:li " CASE},
    {stats_run, "--keys KEYS --as O:li --by month"},
    {stats_run, "--keys KEYS --as O:li --by day,day"},
    {stats_run, "--keys KEYS --as O:li --by day,"},
    {stats_run, "--keys KEYS --as O:li --from 2026-09-31"},
    {stats_run, "--keys KEYS --as O:li --from 2026-09-30 --to 2026-09-29"},
    {stats_run, "--keys KEYS --as O:li --format xml"},
    {stats_run, "--keys KEYS --as O:li --format csv --json"},
};

Test(session, says_2_for_wrong_usage_before_anybody_is_asked)
{
    unsetenv("ONEVISIT_AS");
    unsetenv("ONEVISIT_KEYS");
    for (size_t i = 0; i < sizeof wrong_usages / sizeof wrong_usages[0]; i++) {
        house_run(&house, wrong_usages[i].command, wrong_usages[i].words, &printed);
        cr_expect_eq(printed.code, EXIT_CODE_USAGE, "%s: %d", wrong_usages[i].words, (int)printed.code);
        cr_expect_neq(printed.err[0], '\0', "%s", wrong_usages[i].words);
    }
}

Test(session, every_command_has_a_help_text_with_its_exit_codes)
{
#define COMMAND(noun, verb, function, sentence)                                                                        \
    house_run(&house, function, "--help", &printed);                                                                   \
    cr_expect_eq(printed.code, EXIT_CODE_DONE, noun " " verb);                                                         \
    cr_expect(strstr(printed.out, "Exit codes:"), noun " " verb);
#include "agents/ops/commands.def"
#undef COMMAND
}

Test(session, takes_settings_from_the_environment)
{
    setenv("ONEVISIT_KEYS", house.keys, 1);
    setenv("ONEVISIT_AS", "O:li", 1);
    setenv("ONEVISIT_ENDPOINT", "tcp://127.0.0.1:1", 1);
    house_run(&house, health_run, "--timeout 1", &printed);
    cr_expect_eq(printed.code, EXIT_CODE_UNREACHABLE);
    cr_expect(strstr(printed.err, "tcp://127.0.0.1:1"), "%s", printed.err);
}
