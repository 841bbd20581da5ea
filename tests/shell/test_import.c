#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/keep/import.h"
#include "broker/keep/row_cursor.h"
#include "broker/store/journal_file.h"
#include "broker/store/small_file.h"
#include "tests/shell/cases.h"

/* A journal out of one folder and into another. */

enum { CASES = 20 };

static char file[96];
static char keys[96];
static char imported[96];

struct copying {
    struct journal_file_writer *writer;
    enum status status;
};

static bool put(uint64_t sequence, struct bytes record, void *context)
{
    struct copying *copying = context;
    copying->status = journal_file_put(copying->writer, sequence, record, why);
    return copying->status == STATUS_OK;
}

static void export_from(uint64_t first)
{
    const struct journal_options options = {.folder = folder, .read_only = true};
    struct journal_file_head head = {.is_test = true, .is_filtered = first > 1, .first = first};
    struct copying copying = {.status = STATUS_OK};
    struct journal *journal;

    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    head.is_test = journal_is_test(journal);
    memcpy(head.broker_id, journal_broker_id(journal), BROKER_ID_SIZE);
    cr_assert_eq(journal_file_create(file, &head, &copying.writer, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_each_record(journal_store(journal), first, put, &copying, why), STATUS_OK, "%s", why);
    cr_assert_eq(copying.status, STATUS_OK, "%s", why);
    cr_assert_eq(journal_file_finish(copying.writer, journal_last_sequence(journal), why), STATUS_OK, "%s", why);
    journal_file_close(&copying.writer);
    journal_close(&journal);
}

static void make_day(void)
{
    make_folder();
    snprintf(file, sizeof file, "%s.ovj", folder);
    snprintf(keys, sizeof keys, "%s/keys", folder);
    snprintf(imported, sizeof imported, "%s.imported", folder);
    keep_cases(CASES, 16);
    export_from(1);
}

static void remove_day(void)
{
    remove_folder();
    unlink(file);
    cr_assert_eq(folder_remove(imported, why), STATUS_OK, "%s", why);
}

TestSuite(import, .init = make_day, .fini = remove_day);

static bool always(uint64_t done, uint64_t all, void *context)
{
    (void)context;
    cr_assert_leq(done, all);
    return true;
}

static enum status import(import_goes_on *goes_on, void *context, struct import_result *result)
{
    const struct import_settings settings = {.file = file, .keys = keys, .folder = imported};
    return import_run(&settings, goes_on, context, result, why);
}

static bool is_there(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

static void expect_nothing_left(void)
{
    char fresh[128];
    snprintf(fresh, sizeof fresh, "%s.new", imported);
    cr_assert(!is_there(fresh) && !is_there(imported));
}

static struct journal *open_journal(const char *of)
{
    const struct journal_options options = {.folder = of, .read_only = true};
    struct journal *journal = NULL;
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    return journal;
}

Test(import, makes_the_same_broker_with_the_same_records_and_the_same_rows)
{
    struct import_result result;
    cr_assert_eq(import(always, NULL, &result), STATUS_OK, "%s", why);
    struct journal *one = open_journal(folder);
    struct journal *other = open_journal(imported);
    cr_assert_eq(result.records, journal_last_sequence(one));
    cr_assert_eq(journal_last_sequence(other), journal_last_sequence(one));
    cr_assert_arr_eq(journal_last_chain(other), journal_last_chain(one), CHAIN_SIZE);
    cr_assert_arr_eq(journal_broker_id(other), journal_broker_id(one), BROKER_ID_SIZE);
    cr_assert_eq(journal_is_test(other), journal_is_test(one));
    uint8_t receipts[2][32];
    journal_receipt_mac(one, 3, 7, journal_last_chain(one), receipts[0]);
    journal_receipt_mac(other, 3, 7, journal_last_chain(one), receipts[1]);
    cr_assert_arr_eq(receipts[0], receipts[1], 32);

    struct row_cursor *cursors[2];
    struct bytes keys_read[2], values[2];
    uint32_t count = 0;
    cr_assert_eq(row_cursor_new(journal_store(one), &cursors[0]), STATUS_OK);
    cr_assert_eq(row_cursor_new(journal_store(other), &cursors[1]), STATUS_OK);
    do {
        for (int side = 0; side < 2; side++)
            cr_assert_eq(row_cursor_next(cursors[side], &keys_read[side], &values[side], why), STATUS_OK, "%s", why);
        cr_assert(bytes_equal(keys_read[0], keys_read[1]) && bytes_equal(values[0], values[1]), "row %u", count);
        count++;
    } while (keys_read[0].size > 0);
    cr_assert_gt(count, CASES);
    row_cursor_free(&cursors[0]);
    row_cursor_free(&cursors[1]);
    journal_close(&one);
    journal_close(&other);
}

/* Stops at the n-th time it is asked. */
static bool until(uint64_t done, uint64_t all, void *context)
{
    uint32_t *left = context;
    (void)done;
    (void)all;
    return (*left)-- > 1;
}

Test(import, that_is_stopped_anywhere_leaves_nothing)
{
    for (uint32_t asked = 1; asked < 2 * CASES; asked += 5) {
        struct import_result result;
        uint32_t left = asked;
        cr_assert_eq(import(until, &left, &result), STATUS_OK, "%s", why);
        cr_assert(result.is_stopped, "at %u", asked);
        expect_nothing_left();
    }
}

Test(import, takes_away_what_a_killed_one_left_and_nothing_else)
{
    struct import_result result;
    char fresh[128];
    snprintf(fresh, sizeof fresh, "%s.new", imported);
    cr_assert_eq(folder_make(fresh, why), STATUS_OK);
    cr_assert_eq(small_file_write(fresh, "letter", bytes_of("x", 1), why), STATUS_OK);
    cr_assert_eq(import(always, NULL, &result), STATUS_USAGE);
    cr_assert(strstr(why, "in the way") != NULL, "%s", why);
    cr_assert_eq(small_file_write(fresh, "IMPORTING", bytes_of("", 0), why), STATUS_OK);
    cr_assert_eq(import(always, NULL, &result), STATUS_OK, "%s", why);
    cr_assert(is_there(imported) && !is_there(fresh));
    cr_assert_eq(import(always, NULL, &result), STATUS_USAGE);
    cr_assert(strstr(why, "not empty") != NULL, "%s", why);
}

Test(import, refuses_a_file_that_does_not_begin_with_the_first_record)
{
    struct import_result result;
    export_from(2);
    cr_assert_eq(import(always, NULL, &result), STATUS_USAGE);
    cr_assert(strstr(why, "left out") != NULL, "%s", why);
    expect_nothing_left();
}

Test(import, names_the_keys_that_are_missing)
{
    struct import_result result;
    snprintf(keys, sizeof keys, "%s/head", folder);
    cr_assert_eq(import(always, NULL, &result), STATUS_NO_KEY);
    cr_assert(strstr(why, "day-") != NULL && strstr(why, " mac") != NULL, "%s", why);
    expect_nothing_left();
}
