#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/client/link.h"
#include "agents/ops/commands.h"
#include "tests/ops/fake_broker.h"
#include "tests/ops/house.h"

static struct house house;
static struct printed printed;

static void open_house(void)
{
    house_open(&house);
}

static void close_house(void)
{
    house_close(&house);
}

TestSuite(key_commands, .init = open_house, .fini = close_house);

static enum exit_code run(enum exit_code (*command)(int argc, char **argv), const char *words)
{
    house_run(&house, command, words, &printed);
    return printed.code;
}

static mode_t mode_of(const char *name)
{
    struct stat information;
    char path[256];
    snprintf(path, sizeof path, "%s/%s", house.keys, name);
    return stat(path, &information) == 0 ? information.st_mode & 07777 : 0;
}

Test(key_commands, makes_secret_files_only_the_owner_reads)
{
    umask(0);
    cr_assert_eq(run(key_new_run, "K B:105451099995 O:li --keys KEYS --directory DIRECTORY"), EXIT_CODE_DONE, "%s",
                 printed.err);
    cr_expect_eq(mode_of("K.key"), 0600);
    cr_expect_eq(mode_of("K.pub"), 0644);
    cr_expect_eq(mode_of("B-105451099995.key"), 0600);
    cr_expect_eq(mode_of("O-li.key"), 0600);
}

Test(key_commands, makes_pairs_that_belong_together_and_are_read_back)
{
    struct link_keys own;
    struct link_keys broker;
    char path[256];
    char why[256];
    char derived[41];
    cr_assert_eq(run(key_new_run, "K O:li --keys KEYS --directory DIRECTORY"), EXIT_CODE_DONE);
    snprintf(path, sizeof path, "%s/O-li.key", house.keys);
    cr_assert_eq(link_keys_read(path, &own, why, sizeof why), STATUS_OK, "%s", why);
    cr_expect_str_eq(own.participant, "O:li");
    cr_assert_eq(zmq_curve_public(derived, own.secret_key), 0);
    cr_expect_str_eq(derived, own.public_key);
    snprintf(path, sizeof path, "%s/K.pub", house.keys);
    cr_assert_eq(link_keys_read(path, &broker, why, sizeof why), STATUS_OK, "%s", why);
    cr_expect_str_eq(broker.participant, "K");
    cr_expect_str_eq(broker.secret_key, "");
    cr_assert_eq(run(key_list_run, "--directory DIRECTORY"), EXIT_CODE_DONE);
    cr_expect(strstr(printed.out, own.public_key));
    cr_expect_not(strstr(printed.out, broker.public_key), "K has no row");
}

Test(key_commands, never_writes_over_a_key_and_then_makes_nothing_of_the_call)
{
    struct link_keys before;
    struct link_keys after;
    char path[256];
    char why[256];
    snprintf(path, sizeof path, "%s/O-li.key", house.keys);
    cr_assert_eq(run(key_new_run, "O:li --keys KEYS --directory DIRECTORY"), EXIT_CODE_DONE);
    cr_assert_eq(link_keys_read(path, &before, why, sizeof why), STATUS_OK);
    cr_assert_eq(run(key_new_run, "O:wang O:li --keys KEYS --directory DIRECTORY"), EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "O-li.key is there already"), "%s", printed.err);
    cr_assert_eq(link_keys_read(path, &after, why, sizeof why), STATUS_OK);
    cr_expect_str_eq(before.secret_key, after.secret_key);
    cr_expect_eq(mode_of("O-wang.key"), 0, "O-wang.key was made");
    cr_assert_eq(run(key_list_run, "O:wang --directory DIRECTORY"), EXIT_CODE_NO);
}

Test(key_commands, takes_the_files_back_when_the_directory_refuses_the_row)
{
    char other[128];
    char words[512];
    cr_assert_eq(run(key_new_run, "O:li --keys KEYS --directory DIRECTORY"), EXIT_CODE_DONE);
    for (int i = 1; i <= 2; i++) { /* in a folder of its own each: two keys in force are the limit */
        snprintf(other, sizeof other, "%s%d", house.keys, i);
        snprintf(words, sizeof words, "O:wang O:li --keys %s --directory DIRECTORY", other);
        if (i == 1) {
            snprintf(words, sizeof words, "O:li --keys %s --directory DIRECTORY", other);
            cr_assert_eq(run(key_new_run, words), EXIT_CODE_DONE, "%s", printed.err);
        } else {
            cr_assert_eq(run(key_new_run, words), EXIT_CODE_NO);
            cr_expect(strstr(printed.err, "2 keys in force"), "%s", printed.err);
            cr_expect_eq(rmdir(other), 0, "a key file was left");
        }
    }
    snprintf(other, sizeof other, "%s1/O-li.key", house.keys);
    unlink(other);
    snprintf(other, sizeof other, "%s1", house.keys);
    rmdir(other);
}

Test(key_commands, makes_the_136_windows_with_city_and_county)
{
    cr_assert_eq(run(key_new_run, "--all-windows --keys KEYS --directory DIRECTORY --json"), EXIT_CODE_DONE);
    json_t *list = json_loads(printed.out, 0, NULL);
    cr_expect_eq(json_array_size(list), 136);
    json_decref(list);
    cr_assert_eq(run(key_list_run, "W:370402 --directory DIRECTORY --json"), EXIT_CODE_DONE);
    cr_expect(strstr(printed.out, "枣庄市市中区"), "%s", printed.out);
}

Test(key_commands, gives_keys_a_last_day_and_shows_it)
{
    cr_assert_eq(run(key_new_run, "O:li O:wang --keys KEYS --directory DIRECTORY --valid-until 2199-09-30"),
                 EXIT_CODE_DONE);
    cr_assert_eq(run(key_list_run, "O:wang --directory DIRECTORY"), EXIT_CODE_DONE);
    cr_expect(strstr(printed.out, "2199-10-01 00:00:00"), "the first moment after that day at UTC+8: %s", printed.out);
}

static const char *const wrong_usages[] = {
    "--keys KEYS --directory DIRECTORY",
    "O:li --directory DIRECTORY",
    "O:li --keys KEYS",
    "X:li --keys KEYS --directory DIRECTORY",
    "O:li O:li --keys KEYS --directory DIRECTORY",
    "O:li O:wang --name both --keys KEYS --directory DIRECTORY",
    "../../etc/passwd --keys KEYS --directory DIRECTORY",
    "O:li --keys KEYS/no/such/folder --directory DIRECTORY",
    "O:li --keys KEYS --directory /no/such/folder/directory.json",
    "O:li --keys KEYS --directory DIRECTORY --no-such-option",
    "O:li --keys KEYS --directory DIRECTORY --valid-until tomorrow",
    "O:li --keys KEYS --directory DIRECTORY --valid-until 2020-01-01",
};

Test(key_commands, says_2_for_wrong_usage_and_makes_nothing)
{
    for (size_t i = 0; i < sizeof wrong_usages / sizeof wrong_usages[0]; i++) {
        cr_expect_eq(run(key_new_run, wrong_usages[i]), EXIT_CODE_USAGE, "%s: %d", wrong_usages[i], (int)printed.code);
        cr_expect_neq(printed.err[0], '\0', "%s", wrong_usages[i]);
    }
    cr_expect_neq(access(house.keys, F_OK), 0);
    cr_expect_neq(access(house.directory, F_OK), 0);
}

Test(key_commands, refuses_a_directory_that_breaks_a_rule)
{
    cr_assert_eq(run(key_new_run, "O:li --keys KEYS --directory tests/ops/data/bad-three-keys-in-force.json"),
                 EXIT_CODE_USAGE);
    cr_expect(strstr(printed.err, "more than 2 keys"), "%s", printed.err);
    cr_expect_eq(mode_of("O-li.key"), 0);
    cr_assert_eq(run(directory_check_run, "tests/ops/data/bad-five-problems.json --json"), EXIT_CODE_NO);
    json_t *problems = json_loads(printed.out, 0, NULL);
    cr_expect_eq(json_array_size(problems), 5);
    json_decref(problems);
    cr_assert_eq(run(directory_check_run, "tests/ops/data/good-one-of-each-role.json"), EXIT_CODE_DONE);
    cr_assert_eq(run(directory_check_run, "tests/ops/data/no-such-file.json"), EXIT_CODE_NO);
}

enum { WRITER_COUNT = 6 };

/* Each reads, adds its row and writes: without the lock some rows would be lost. */
Test(key_commands, loses_no_row_when_several_operators_write_at_once)
{
    pid_t writers[WRITER_COUNT];
    for (int i = 0; i < WRITER_COUNT; i++) {
        char words[128];
        snprintf(words, sizeof words, "O:w%d --keys KEYS --directory DIRECTORY", i);
        writers[i] = fork();
        if (writers[i] == 0)
            _exit((int)run(key_new_run, words));
    }
    for (int i = 0; i < WRITER_COUNT; i++) {
        int state = -1;
        cr_expect_eq(waitpid(writers[i], &state, 0), writers[i]);
        cr_expect_eq(state, 0);
    }
    cr_assert_eq(run(key_list_run, "--directory DIRECTORY --json"), EXIT_CODE_DONE, "%s", printed.err);
    json_t *rows = json_loads(printed.out, 0, NULL);
    cr_expect_eq(json_array_size(rows), WRITER_COUNT);
    json_decref(rows);
}

/* ---- revoking ---- */

static const char make_three[] = "K O:li O:wang B:105451099995 --keys KEYS --directory DIRECTORY";

static enum exit_code revoke_wang(const struct fake_broker *broker)
{
    char words[256];
    snprintf(words, sizeof words,
             "O:wang --reason lost --directory DIRECTORY --keys KEYS --as O:li --test --timeout 5 --endpoint %s",
             broker->endpoint);
    return run(key_revoke_run, words);
}

static void expect_wang_is_revoked(void)
{
    cr_assert_eq(run(key_list_run, "O:wang --directory DIRECTORY"), EXIT_CODE_DONE);
    cr_expect(strstr(printed.out, "revoked"), "%s", printed.out);
    cr_expect(strstr(printed.out, "lost"), "%s", printed.out);
}

Test(key_commands, revokes_in_the_file_and_at_the_broker)
{
    struct fake_broker broker;
    cr_assert_eq(run(key_new_run, make_three), EXIT_CODE_DONE);
    fake_broker_start(&broker, house.keys, FAKE_ANSWERS);
    cr_expect_eq(revoke_wang(&broker), EXIT_CODE_DONE, "%s", printed.err);
    cr_expect(strstr(printed.out, "out of force at the broker"), "%s", printed.out);
    expect_wang_is_revoked();
    cr_expect_eq(revoke_wang(&broker), EXIT_CODE_NO, "there is no key in force any more");
    fake_broker_stop(&broker);
}

Test(key_commands, says_that_a_revocation_is_not_in_force_when_the_broker_reads_another_file)
{
    struct fake_broker broker;
    cr_assert_eq(run(key_new_run, make_three), EXIT_CODE_DONE);
    fake_broker_start(&broker, house.keys, FAKE_READS_ANOTHER);
    cr_expect_eq(revoke_wang(&broker), EXIT_CODE_NO);
    cr_expect(strstr(printed.err, "NOT IN FORCE"), "%s", printed.err);
    fake_broker_stop(&broker);
}

Test(key_commands, says_that_a_revocation_is_not_confirmed_when_nobody_answers)
{
    cr_assert_eq(run(key_new_run, make_three), EXIT_CODE_DONE);
    cr_expect_eq(run(key_revoke_run, "O:wang --reason lost --directory DIRECTORY --keys KEYS --as O:li --timeout 1 "
                                     "--endpoint tcp://127.0.0.1:1"),
                 EXIT_CODE_UNREACHABLE);
    cr_expect(strstr(printed.err, "NOT CONFIRMED"), "%s", printed.err);
    cr_expect(strstr(printed.err, "SIGHUP"), "%s", printed.err);
    expect_wang_is_revoked();
}

Test(key_commands, revokes_offline_and_one_key_alone)
{
    cr_assert_eq(run(key_new_run, make_three), EXIT_CODE_DONE);
    struct link_keys own;
    char path[256];
    char why[256];
    char words[256];
    snprintf(path, sizeof path, "%s/O-wang.key", house.keys);
    cr_assert_eq(link_keys_read(path, &own, why, sizeof why), STATUS_OK);
    snprintf(words, sizeof words, "%s --reason lost --offline --directory DIRECTORY", own.public_key);
    cr_expect_eq(run(key_revoke_run, words), EXIT_CODE_DONE, "%s", printed.err);
    expect_wang_is_revoked();
    cr_expect_eq(run(key_revoke_run, "O:zhao --reason lost --offline --directory DIRECTORY"), EXIT_CODE_NO);
    cr_expect_eq(run(key_revoke_run, "O:li --offline --directory DIRECTORY"), EXIT_CODE_USAGE);
}
