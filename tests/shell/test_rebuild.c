#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/row_name.h"
#include "broker/keep/rebuild.h"
#include "broker/store/small_file.h"
#include "tests/shell/cases.h"

/* The rows of a broker's folder, made anew from its journal. */

enum { CASES = 40 };

static char rows_folder[96];

/* Record 1 begins the index. */
static void begin_folder(void)
{
    struct effects effects = {NULL, 0, 0};

    make_folder();
    struct keeper *keeper = open_keeper(16);
    start_broker(keeper, &effects, true);
    commit(keeper);
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

static void make_day(void)
{
    begin_folder();
    snprintf(rows_folder, sizeof rows_folder, "%s.rows", folder);
    keep_cases(CASES, 16);
}

static void remove_day(void)
{
    remove_folder();
    cr_assert_eq(folder_remove(rows_folder, why), STATUS_OK, "%s", why);
}

TestSuite(rebuild, .init = make_day, .fini = remove_day);

static struct rebuild *open_rebuild(uint32_t batch)
{
    const struct rebuild_settings settings = {folder, rows_folder, batch};
    struct rebuild *rebuild = NULL;

    cr_assert_eq(rebuild_open(&settings, &rebuild, why), STATUS_OK, "%s", why);
    return rebuild;
}

struct seen {
    uint32_t count;
    char name[ROW_NAME_SIZE];
    bool is_stored;
    bool is_made;
};

static bool see(const struct rebuild_difference *difference, void *context)
{
    struct seen *seen = context;

    seen->count++;
    row_name(difference->key, seen->name);
    seen->is_stored = difference->stored.data != NULL;
    seen->is_made = difference->made.data != NULL;
    return true;
}

static struct seen compare(uint32_t batch)
{
    struct seen seen = {.count = 0};
    struct rebuild *rebuild = open_rebuild(batch);

    cr_assert_eq(rebuild_step(rebuild, rebuild_goal(rebuild), UINT32_MAX, why), STATUS_OK, "%s", why);
    cr_assert_eq(rebuild_compare(rebuild, see, &seen, why), STATUS_OK, "%s", why);
    rebuild_close(&rebuild);
    return seen;
}

Test(rebuild, makes_the_same_bytes_whatever_the_batch)
{
    const uint32_t batches[] = {1, 7, 1000};

    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        const struct seen seen = compare(batches[i]);
        cr_assert_eq(seen.count, 0, "with a batch of %u, %s differs", batches[i], seen.name);
        cr_assert_eq(folder_remove(rows_folder, why), STATUS_OK, "%s", why);
    }
}

Test(rebuild, names_the_row_in_which_one_byte_is_another)
{
    const struct row_key key = row_key_unit(text_of("370102999001GB00001F00010007"));
    struct rebuild *rebuild = open_rebuild(16);
    struct store_value value;
    uint8_t altered[1024];

    cr_assert_eq(
        store_row(journal_store(keeper_journal(rebuild_keeper(rebuild))), bytes_of(key.bytes, key.size), &value, why),
        STATUS_OK, "%s", why);
    cr_assert_gt(value.bytes.size, 0);
    memcpy(altered, value.bytes.data, value.bytes.size);
    const uint32_t size = value.bytes.size;
    store_value_fini(&value);
    rebuild_close(&rebuild);
    altered[size - 1] ^= 1;
    alter_row(&key, bytes_of(altered, size));

    const struct seen seen = compare(16);
    cr_assert_eq(seen.count, 1);
    cr_assert_str_eq(seen.name, "unit 370102999001GB00001F00010007");
    cr_assert(seen.is_stored && seen.is_made);
}

Test(rebuild, names_a_row_that_is_missing_and_one_that_nothing_made)
{
    const struct row_key gone = row_key_unit(text_of("370102999001GB00001F00010007"));
    const struct row_key made_up = row_key_number(text_of("W:370102"), text_of("2026-0001"));

    alter_row(&gone, bytes_of(NULL, 0));
    const struct seen missing = compare(16);
    cr_assert_eq(missing.count, 1);
    cr_assert(!missing.is_stored && missing.is_made, "%s", missing.name);

    alter_row(&made_up, bytes_of("\1", 1));
    const struct seen both = compare(16);
    cr_assert_eq(both.count, 2);
    cr_assert_str_eq(both.name, "acceptance number W:370102 2026-0001");
    cr_assert(both.is_stored && !both.is_made);
}

Test(rebuild, goes_on_where_it_was_broken_off)
{
    struct rebuild *rebuild = open_rebuild(8);

    cr_assert_eq(rebuild_step(rebuild, rebuild_goal(rebuild), CASES / 2, why), STATUS_OK, "%s", why);
    cr_assert_eq(rebuild_sequence(rebuild), CASES / 2);
    rebuild_close(&rebuild);

    rebuild = open_rebuild(8);
    cr_assert_eq(rebuild_sequence(rebuild), 16, "two batches of 8 were written");
    rebuild_close(&rebuild);
    cr_assert_eq(compare(8).count, 0);
}

Test(rebuild, refuses_rows_that_were_made_from_another_journal)
{
    const struct rebuild_settings settings = {folder, rows_folder, 8};
    struct rebuild *rebuild = NULL;
    char other[sizeof folder];

    cr_assert_eq(compare(8).count, 0);
    memcpy(other, folder, sizeof other);
    begin_folder();
    keep_cases(CASES, 16);
    cr_assert_eq(rebuild_open(&settings, &rebuild, why), STATUS_SEALED_OTHERWISE);
    cr_assert(strstr(why, "another journal") != NULL, "%s", why);
    cr_assert_eq(folder_remove(other, why), STATUS_OK, "%s", why);
}

Test(rebuild, says_that_rows_cannot_be_compared_before_they_are_made)
{
    struct seen seen = {.count = 0};
    struct rebuild *rebuild = open_rebuild(8);

    cr_assert_eq(rebuild_compare(rebuild, see, &seen, why), STATUS_USAGE);
    rebuild_close(&rebuild);
}

Test(rebuild, says_what_is_missing_where_the_key_of_the_persons_is_gone)
{
    char mac[SMALL_FILE_PATH_SIZE];

    cr_assert_eq(small_file_path(mac, folder, "keys/mac", why), STATUS_OK);
    cr_assert_eq(remove(mac), 0);
    struct rebuild *rebuild = open_rebuild(8);
    cr_assert_eq(rebuild_step(rebuild, rebuild_goal(rebuild), UINT32_MAX, why), STATUS_NO_KEY);
    cr_assert(strstr(why, "record 2 names persons") != NULL, "%s", why);
    rebuild_close(&rebuild);
}

Test(rebuild, says_which_records_day_has_no_key_any_more)
{
    char keys[SMALL_FILE_PATH_SIZE];

    cr_assert_eq(small_file_path(keys, folder, "keys", why), STATUS_OK);
    cr_assert_eq(folder_remove(keys, why), STATUS_OK, "%s", why);
    struct rebuild *rebuild = open_rebuild(8);
    cr_assert_eq(rebuild_step(rebuild, rebuild_goal(rebuild), UINT32_MAX, why), STATUS_NO_KEY);
    cr_assert(strstr(why, "record 1 ") != NULL, "%s", why);
    rebuild_close(&rebuild);
}
