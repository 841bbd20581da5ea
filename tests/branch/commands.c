/* The clerk's commands as the shell runs them: what they print and their exit codes. */
#include "tests/branch/clerk_command.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/branch/example.h"

static struct folder folder;

static void set_up(void)
{
    folder_start(&folder);
}

static void tear_down(void)
{
    folder_stop(&folder);
}

TestSuite(commands, .init = set_up, .fini = tear_down);

static void write_file(const char *name, const char *text)
{
    char path[256];
    place(&folder, name, path, sizeof path);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void run(clerk_command *command, const char *words, struct ended *out)
{
    command_run_whole(&folder, command, words, out);
}

static void seal(const char *name, const char *participant, bool is_test)
{
    command_seal(&folder, name, participant, is_test);
}

Test(commands, name_the_file_that_is_missing_and_that_holds_nothing)
{
    struct ended ended;
    run(command_check, "nofile.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "nofile.jsonl"), "%s", ended.err);
    run(command_check, ".", &ended);
    cr_expect_eq(ended.code, EXIT_NO, "a folder without a file to read");
    run(command_check, "/dev/full/none", &ended);
    cr_expect_eq(ended.code, EXIT_DAMAGE);
    write_file("empty.jsonl", "\n  \n");
    run(command_check, "empty.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_NO);
    cr_expect(strstr(ended.err, "no application"), "%s", ended.err);
    run(command_submit, "--data book empty.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_NO);
    run(command_supplement, "--data book SD370102-20260930-105-000001-1 nofile.json", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "nofile.json: there is no such file"), "%s", ended.err);
}

Test(commands, put_nothing_into_the_outbox_of_another_branch_or_kind)
{
    struct ended ended;
    seal("book", "B:105451099995", true);
    write_file("one.jsonl", "{}\n");
    run(command_submit, "--data book --test --as B:105456099994 one.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "belongs to B:105451099995"), "%s", ended.err);
    run(command_submit, "--data book --as B:105451099995 one.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "--test"), "%s", ended.err);
}

Test(commands, say_when_nobody_sends_what_they_put_down)
{
    struct ended ended;
    write_file("one.jsonl", "{}\n");
    run(command_submit, "--data book --test one.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_NO);
    cr_expect(strstr(ended.err, "onevisit-branch run"), "%s", ended.err);
}

Test(commands, tell_a_mistyped_case_from_a_missing_one)
{
    struct ended ended;
    run(command_status, "--data book SD370102-20260930-105-000001-Z", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "mistyped"), "%s", ended.err);
    cr_expect(strstr(ended.err, "SD370102-20260930-105-000001-Z"), "%s", ended.err);
}

#define CASE "SD370102-20260930-105-000001-1"

static const struct {
    const char *words;
    const char *sentence;
} unsaid[] = {
    {"--data book --proof P-1 --user u1", "say CASE, --proof and --user"},
    {"--data book " CASE " --user u1", "say CASE, --proof and --user"},
    {"--data book " CASE " --proof P-1", "say CASE, --proof and --user"},
    {"--data book " CASE " --proof P-1 --user u1 --decline", "--decline needs --why"},
    {"--data book SD370102-20260930-105-000001-Z --proof P-1 --user u1", "mistyped"},
    {"--data book " CASE " --proof P-1 --user u1", "a registration proof number"},
};

Test(commands, confirm_a_part_only_when_all_is_said)
{
    struct ended ended;
    seal("book", "B:105451099995", true);
    for (size_t i = 0; i < sizeof unsaid / sizeof unsaid[0]; i++) {
        run(command_confirm, unsaid[i].words, &ended);
        cr_expect_eq(ended.code, EXIT_USAGE_WRONG, "row %zu", i);
        cr_expect(strstr(ended.err, unsaid[i].sentence), "row %zu: %s", i, ended.err);
    }
    run(command_outbox, "--data book --json", &ended);
    cr_expect_null(strstr(ended.out, "PART_CONFIRM"), "%s", ended.out);
    run(command_confirm, "--data book --test " CASE " --proof 鲁（2026）济南市不动产证明第0012345号 --user u1", &ended);
    cr_expect_eq(ended.code, EXIT_DONE, "%s", ended.err);
    run(command_outbox, "--data book --json", &ended);
    cr_expect(strstr(ended.out, "PART_CONFIRM"), "%s", ended.out);
}

static const struct {
    const char *words;
    const char *sentence;
} groups[] = {
    {"--data book", "say which group"},
    {"--data book G-1 G-2", "one NAME only"},
    {"--data book 12345678901234567890123456789012345678901", "1 to 40 bytes"},
};

Test(commands, ask_for_one_group_with_a_name_that_holds)
{
    struct ended ended;
    seal("book", "B:105451099995", true);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        run(command_group, groups[i].words, &ended);
        cr_expect_eq(ended.code, EXIT_USAGE_WRONG, "row %zu", i);
        cr_expect(strstr(ended.err, groups[i].sentence), "row %zu: %s", i, ended.err);
    }
    run(command_group, "--data book G-1", &ended);
    cr_expect(strstr(ended.err, "no `onevisit-branch run` works on this folder"), "%s", ended.err);
}

Test(commands, run_as_a_branch_only)
{
    struct ended ended;
    run(command_run, "--data book --keys . --as W:370102", &ended);
    cr_expect_eq(ended.code, EXIT_USAGE_WRONG);
    cr_expect(strstr(ended.err, "must be a branch"), "%s", ended.err);
}

Test(commands, say_that_there_is_no_event_yet)
{
    struct ended ended;
    seal("book", "B:105451099995", true);
    run(command_watch, "--data book", &ended);
    cr_expect_eq(ended.code, EXIT_DONE);
    cr_expect_str_empty(ended.out);
    cr_expect(strstr(ended.err, "--follow"), "%s", ended.err);
}

/* A telephone number that cannot be one is a warning (F15): it does not stop the application. */
Test(commands, show_the_warnings_of_an_application_that_was_taken)
{
    struct ended ended;
    char form[sizeof good + 16];
    const char *number = strstr(good, "13800000000");
    snprintf(form, sizeof form, "%.*s12345%s\n", (int)(number - good), good, number + 11);
    write_file("one.jsonl", form);
    run(command_submit, "--data book --test --today 2026-10-01 one.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_DONE, "%s", ended.out);
    cr_expect(strstr(ended.out, "F15 W mortgagors/0/tel"), "%s", ended.out);
    run(command_submit, "--data book --test --json --today 2026-10-01 one.jsonl", &ended);
    cr_expect_eq(ended.code, EXIT_DONE);
    cr_expect(strstr(ended.out, "\"ok\":true"), "%s", ended.out);
    cr_expect(strstr(ended.out, "\"F15\""), "%s", ended.out);
}

Test(commands, name_the_file_of_a_folder_that_a_line_stands_in)
{
    struct ended ended;
    write_file("a.jsonl", "{}\n");
    write_file("b.jsonl", "\n{}\n");
    run(command_check, ".", &ended);
    cr_expect_eq(ended.code, EXIT_NO);
    cr_expect(strstr(ended.out, "\"file\":\"a.jsonl\",\"line\":1,\"ok\":false"), "%s", ended.out);
    cr_expect(strstr(ended.out, "\"file\":\"b.jsonl\",\"line\":2,\"ok\":false"), "%s", ended.out);
    run(command_submit, "--data book --test .", &ended);
    cr_expect_eq(ended.code, EXIT_NO);
    cr_expect(strstr(ended.out, "b.jsonl line 2"), "%s", ended.out);
}

static const struct {
    const char *words;
    enum exit_code code;
    const char *sentence;
} asked_first[] = {
    {"--data book --test --precheck one.jsonl", EXIT_UNREACHABLE, "--precheck asks through `onevisit-branch run`"},
    {"--data book --test --contest F15=so one.jsonl", EXIT_USAGE_WRONG, "--contest needs --precheck"},
    {"--data book --test --precheck --contest F99=so one.jsonl", EXIT_USAGE_WRONG, "no check F99 warns"},
};

Test(commands, ask_first_only_through_a_running_agent_and_with_reasons_that_hold)
{
    struct ended ended;
    write_file("one.jsonl", good);
    for (size_t i = 0; i < sizeof asked_first / sizeof asked_first[0]; i++) {
        run(command_submit, asked_first[i].words, &ended);
        cr_expect_eq(ended.code, asked_first[i].code, "row %zu", i);
        cr_expect(strstr(ended.err, asked_first[i].sentence), "row %zu: %s", i, ended.err);
    }
    run(command_outbox, "--data book --json", &ended);
    cr_expect_null(strstr(ended.out, "CASE_SUBMIT"), "nothing was put down: %s", ended.out);
}
