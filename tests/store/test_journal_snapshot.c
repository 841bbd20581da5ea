#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "broker/store/journal.h"
#include "house.h"

static struct house house;
static char copy[HOUSE_PATH_SIZE + 16];

static void set_up(void)
{
    house_init(&house);
    snprintf(copy, sizeof copy, "%s/copy", house.root);
}

static void tear_down(void)
{
    house_fini(&house);
}

TestSuite(journal_snapshot, .init = set_up, .fini = tear_down);

static struct journal *with_records(uint32_t count)
{
    char why[STORE_WHY_SIZE];
    struct journal *journal = house_open(&house);

    house_append(journal, count);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    return journal;
}

/* The last record of the copy, opened to be read only. */
static uint64_t last_of_copy(void)
{
    char why[STORE_WHY_SIZE];
    const struct journal_options options = {.folder = copy, .read_only = true};
    struct journal *journal = NULL;

    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    const uint64_t last = journal_last_sequence(journal);
    journal_close(&journal);
    return last;
}

Test(journal_snapshot, is_a_folder_of_its_own_that_stays_while_the_broker_goes_on)
{
    char why[STORE_WHY_SIZE];
    struct journal *journal = with_records(7);

    cr_assert_eq(journal_snapshot(journal, copy, why), STATUS_OK, "%s", why);
    house_append(journal, 5);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    cr_assert_eq(last_of_copy(), 7);
    journal_close(&journal);
    cr_assert_eq(last_of_copy(), 7, "also when its broker is gone");
}

Test(journal_snapshot, holds_no_keys)
{
    char why[STORE_WHY_SIZE];
    char keys[sizeof copy + 8];
    struct stat about;
    struct journal *journal = with_records(3);

    cr_assert_eq(journal_snapshot(journal, copy, why), STATUS_OK, "%s", why);
    snprintf(keys, sizeof keys, "%s/keys", copy);
    cr_assert_neq(stat(keys, &about), 0);
    journal_close(&journal);
}

Test(journal_snapshot, is_refused_while_records_are_gathered_or_where_something_is_in_its_place)
{
    char why[STORE_WHY_SIZE];
    struct stat about;
    struct journal *journal = with_records(3);

    house_append(journal, 1);
    cr_assert_eq(journal_snapshot(journal, copy, why), STATUS_USAGE);
    cr_assert_neq(stat(copy, &about), 0, "nothing is left");
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    cr_assert_eq(journal_snapshot(journal, copy, why), STATUS_OK, "%s", why);
    cr_assert_eq(journal_snapshot(journal, copy, why), STATUS_USAGE);
    cr_assert_eq(last_of_copy(), 4, "and what is there stays");
    journal_close(&journal);
}
