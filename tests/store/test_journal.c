#include "broker/store/journal.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "house.h"

static struct house house;

static void set_up(void)
{
    house_init(&house);
}

static void tear_down(void)
{
    house_fini(&house);
}

TestSuite(journal, .init = set_up, .fini = tear_down, .timeout = 120);

static void commit(struct journal *journal)
{
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
}

static struct journal_reader *reader_of(struct journal *journal)
{
    struct journal_reader *reader;
    cr_assert_eq(journal_reader_new(journal, &reader), STATUS_OK);
    return reader;
}

static void read_and_expect(struct journal_reader *reader, uint64_t sequence, uint32_t body_size)
{
    struct journal_entry entry;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_read(reader, sequence, &entry, why), STATUS_OK, "%s", why);
    cr_assert_eq(entry.sequence, sequence);
    house_expect(&entry, body_size);
}

Test(journal, reads_a_record_gathered_committed_and_after_a_reopen)
{
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    house_append(journal, 9);
    cr_assert_eq(journal_last_sequence(journal), 9);
    cr_assert_eq(store_last_sequence(journal_store(journal)), 0);
    for (uint64_t sequence = 1; sequence <= 9; sequence++)
        read_and_expect(reader, sequence, 200);
    commit(journal);
    cr_assert_eq(store_last_sequence(journal_store(journal)), 9);
    read_and_expect(reader, 5, 200);
    journal_reader_free(&reader);
    journal_close(&journal);
    journal = house_open(&house);
    cr_assert_eq(journal_last_sequence(journal), 9);
    reader = reader_of(journal);
    for (uint64_t sequence = 9; sequence > 0; sequence--)
        read_and_expect(reader, sequence, 200);
    journal_reader_free(&reader);
    journal_reader_free(&reader);
    journal_close(&journal);
    journal_close(&journal);
}

Test(journal, says_not_found_outside_its_ends)
{
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    struct journal_entry entry;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_read(reader, 1, &entry, why), STATUS_NOT_FOUND);
    house_append(journal, 1);
    cr_assert_eq(journal_read(reader, 0, &entry, why), STATUS_NOT_FOUND);
    cr_assert_eq(journal_read(reader, 2, &entry, why), STATUS_NOT_FOUND);
    cr_assert_eq(journal_read(reader, UINT64_MAX, &entry, why), STATUS_NOT_FOUND);
    journal_reader_free(&reader);
    journal_close(&journal);
}

Test(journal, chains_each_record_to_the_bytes_of_the_one_before)
{
    struct journal *journal = house_open(&house);
    uint8_t chain[CHAIN_SIZE] = {0}, digest[CHAIN_SIZE];
    char why[STORE_WHY_SIZE];
    for (uint64_t sequence = 1; sequence <= 5; sequence++) {
        struct journal_entry entry = house_entry(sequence, 100);
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
        cr_assert_arr_eq(entry.previous, chain, CHAIN_SIZE);
        cr_assert_arr_eq(entry.chain, journal_last_chain(journal), CHAIN_SIZE);
        commit(journal);
        struct store_value value;
        cr_assert_eq(store_record(journal_store(journal), sequence, &value, why), STATUS_OK);
        cr_assert_eq(value.bytes.size, entry.stored_size);
        digest_sm3(value.bytes, digest);
        cr_assert_arr_eq(digest, entry.chain, CHAIN_SIZE);
        memcpy(chain, digest, CHAIN_SIZE);
        store_value_fini(&value);
    }
    journal_close(&journal);
    journal = house_open(&house);
    cr_assert_arr_eq(journal_last_chain(journal), chain, CHAIN_SIZE);
    journal_close(&journal);
}

static bool append_some_and_die(void *context)
{
    (void)context;
    struct journal *journal = house_open(&house);
    house_append(journal, 20);
    commit(journal);
    house_append(journal, 7);
    return true;
}

Test(journal, keeps_its_promise_when_it_is_killed_again_and_again)
{
    struct journal_reader *reader;
    for (uint64_t round = 1; round <= 5; round++) {
        int state = process_run(append_some_and_die, NULL);
        cr_assert(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
        struct journal *journal = house_open(&house);
        cr_assert_eq(journal_last_sequence(journal), round * 20);
        reader = reader_of(journal);
        uint64_t bad;
        char why[STORE_WHY_SIZE];
        cr_assert_eq(journal_verify(reader, 1, &bad, why), STATUS_OK, "%s", why);
        for (uint64_t sequence = 1; sequence <= round * 20; sequence++)
            read_and_expect(reader, sequence, 200);
        journal_reader_free(&reader);
        journal_close(&journal);
    }
}

Test(journal, takes_entries_in_order_and_within_its_limits_only)
{
    struct journal *journal = house_open(&house);
    char why[STORE_WHY_SIZE];
    struct journal_entry entry = house_entry(2, 10);
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_USAGE);
    static uint8_t large[JOURNAL_RECORD_SIZE_MAX];
    entry = house_entry(1, 10);
    entry.body = bytes_of(large, sizeof large);
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_TOO_LARGE);
    cr_assert(strstr(why, "record 1"), "%s", why);
    entry.body = bytes_of(large, sizeof large - 1024);
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    entry = house_entry(2, 0);
    entry.chunk_count = MESSAGE_CHUNK_COUNT_MAX + 1;
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_TOO_LARGE);
    cr_assert_eq(journal_last_sequence(journal), 1);
    journal_close(&journal);
}

Test(journal, tells_an_empty_body_from_an_erased_one)
{
    struct journal *journal = house_open(&house);
    char why[STORE_WHY_SIZE];
    struct journal_entry entry = {.sequence = 1, .time_us = 1};
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    commit(journal);
    journal_close(&journal);
    journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    cr_assert_eq(journal_read(reader, 1, &entry, why), STATUS_OK, "%s", why);
    cr_assert_not_null(entry.body.data);
    cr_assert_eq(entry.body.size, 0);
    cr_assert_eq(entry.sender.size, 0);
    journal_reader_free(&reader);
    journal_close(&journal);
}

static uint32_t size_of_turn(uint64_t sequence)
{
    static const uint32_t sizes[] = {0, 1, 17, 300, 4096, 70000, 900000, 2000};
    return sizes[sequence * 7 % (sizeof sizes / sizeof sizes[0])];
}

/* Far more than is kept in memory, in groups far larger than the limit of a group. */
Test(journal, reads_what_it_was_given_whether_it_is_in_memory_or_not)
{
    enum { COUNT = 400 };
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    char why[STORE_WHY_SIZE];
    for (uint64_t sequence = 1; sequence <= COUNT; sequence++) {
        struct journal_entry entry = house_entry(sequence, size_of_turn(sequence));
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
        read_and_expect(reader, sequence, size_of_turn(sequence));
        uint64_t earlier = sequence * 31 % sequence + 1;
        read_and_expect(reader, earlier, size_of_turn(earlier));
        uint64_t first_gathered = store_last_sequence(journal_store(journal)) + 1;
        if (first_gathered <= sequence)
            read_and_expect(reader, first_gathered, size_of_turn(first_gathered));
    }
    commit(journal);
    for (uint64_t sequence = 1; sequence <= COUNT; sequence++)
        read_and_expect(reader, sequence, size_of_turn(sequence));
    journal_reader_free(&reader);
    journal_close(&journal);
}

Test(journal, keeps_a_group_of_many_small_records_readable)
{
    enum { COUNT = JOURNAL_RECENT_COUNT_MAX * 2 + 100 };
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    house_append(journal, COUNT);
    uint64_t stored = store_last_sequence(journal_store(journal));
    cr_assert(stored > 0 && stored < COUNT);
    for (uint64_t sequence = 1; sequence <= COUNT; sequence += 13)
        read_and_expect(reader, sequence, 200);
    read_and_expect(reader, stored + 1, 200);
    journal_reader_free(&reader);
    journal_close(&journal);
}

/* ---- receipts ---- */

Test(journal, makes_the_same_receipt_mac_before_and_after_a_reopen)
{
    uint8_t first[32], again[32], other[32], chain[CHAIN_SIZE] = {1, 2, 3};
    struct journal *journal = house_open(&house);
    journal_receipt_mac(journal, 7, 8, chain, first);
    journal_receipt_mac(journal, 7, 9, chain, other);
    cr_assert_arr_neq(first, other, 32);
    journal_close(&journal);
    journal = house_open(&house);
    journal_receipt_mac(journal, 7, 8, chain, again);
    journal_close(&journal);
    cr_assert_arr_eq(first, again, 32);
}

Test(journal, makes_the_receipt_mac_the_standard_way)
{
    struct journal *journal = house_open(&house);
    uint8_t file[72], wanted[32], made[32], said[48] = {0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8};
    FILE *key = fopen(house_path(&house, "keys/mac"), "rb");
    cr_assert(key && fread(file, 1, sizeof file, key) == sizeof file);
    fclose(key);
    size_t size = 0;
    cr_assert_not_null(
        EVP_Q_mac(NULL, "HMAC", NULL, "SM3", NULL, file + 8, 32, said, sizeof said, wanted, sizeof wanted, &size));
    journal_receipt_mac(journal, 7, 8, (const uint8_t[CHAIN_SIZE]){0}, made);
    cr_assert_arr_eq(made, wanted, 32);
    journal_close(&journal);
}

/* ---- sealed ---- */

static const char SECRET[] = "synthetic owner 370102199001011234";

static void expect_no_secret(const char *path, void *context)
{
    uint64_t *searched = context;
    size_t size = file_size(path);
    char *data = malloc(size + 1);
    FILE *file = fopen(path, "rb");
    cr_assert(data && file);
    cr_assert_eq(fread(data, 1, size, file), size);
    fclose(file);
    cr_assert_null(memmem(data, size, SECRET, strlen(SECRET)), "found in %s", path);
    *searched += memmem(data, size, "routing stays readable", 22) != NULL;
    free(data);
}

Test(journal, leaves_no_plain_body_in_any_file)
{
    struct journal *journal = house_open(&house);
    char why[STORE_WHY_SIZE];
    struct bytes secret = bytes_of(SECRET, strlen(SECRET));
    for (uint64_t sequence = 1; sequence <= 50; sequence++) {
        struct journal_entry entry = house_entry(sequence, 0);
        entry.envelope = bytes_of("routing stays readable", 22);
        entry.body = secret;
        entry.chunks[0] = secret;
        entry.chunk_count = 1;
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    }
    commit(journal);
    for (int opening = 0; opening < 2; opening++) {
        journal_close(&journal);
        uint64_t searched = 0;
        folder_each_file(house.folder, expect_no_secret, &searched);
        cr_assert(searched > 0, "the envelope is not there: nothing was searched");
        journal = house_open(&house);
    }
    journal_close(&journal);
}

static void expect_private(const char *path, void *context)
{
    struct stat about;
    int *count = context;
    cr_assert_eq(stat(path, &about), 0);
    cr_assert_eq(about.st_mode & 0777, 0600, "%s", path);
    ++*count;
}

Test(journal, keeps_keys_and_seal_to_itself)
{
    struct journal *journal = house_open(&house);
    house_append(journal, 1);
    journal_close(&journal);
    int count = 0;
    expect_private(house_path(&house, "SEAL"), &count);
    folder_each_file(house_path(&house, "keys"), expect_private, &count);
    folder_each_file(house_path(&house, "head"), expect_private, &count);
    cr_assert_eq(count, 5); /* SEAL, mac, one day, two slots */
    struct stat about;
    cr_assert_eq(stat(house.folder, &about), 0);
    cr_assert_eq(about.st_mode & 0777, 0700);
}

enum { DAY_US_EARLIER = 86400 };

/* Three records a day on three days: 20260920, 20260921, 20260922. */
static void fill_three_days(void)
{
    struct journal *journal = house_open(&house);
    char why[STORE_WHY_SIZE];
    for (uint64_t sequence = 1; sequence <= 9; sequence++) {
        struct journal_entry entry = house_entry(sequence, 200);
        entry.time_us = ((int64_t)HOUSE_TIME + (int64_t)((sequence - 1) / 3) * DAY_US_EARLIER) * 1000000;
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    }
    commit(journal);
    journal_close(&journal);
}

struct key_names {
    char paths[8][HOUSE_PATH_SIZE];
    int count;
};

static int compare_paths(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void note_key(const char *path, void *context)
{
    struct key_names *names = context;
    if (strstr(path, "/day-"))
        snprintf(names->paths[names->count++], HOUSE_PATH_SIZE, "%.500s", path);
}

static struct key_names day_key_names(void)
{
    struct key_names names = {.count = 0};
    folder_each_file(house_path(&house, "keys"), note_key, &names);
    qsort(names.paths, (size_t)names.count, HOUSE_PATH_SIZE, compare_paths);
    cr_assert_eq(names.count, 3);
    return names;
}

Test(journal, erases_bodies_with_the_key_of_their_day_and_the_chain_still_holds)
{
    fill_three_days();
    struct key_names names = day_key_names();
    cr_assert_eq(remove(names.paths[1]), 0);
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    uint64_t bad;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_verify(reader, 1, &bad, why), STATUS_OK, "%s", why);
    cr_assert_eq(bad, 10);
    for (uint64_t sequence = 1; sequence <= 9; sequence++) {
        struct journal_entry entry, wanted = house_entry(sequence, 200);
        cr_assert_eq(journal_read(reader, sequence, &entry, why), STATUS_OK, "%s", why);
        bool is_erased = sequence >= 4 && sequence <= 6;
        cr_assert_eq(entry.body.data == NULL, is_erased);
        cr_assert(bytes_equal(entry.envelope, wanted.envelope));
        cr_assert_eq(entry.chunk_count, wanted.chunk_count);
        for (uint32_t i = 0; i < entry.chunk_count; i++)
            cr_assert_eq(entry.chunks[i].data == NULL, is_erased);
    }
    journal_reader_free(&reader);
    journal_close(&journal);
}

Test(journal, never_makes_a_second_key_for_a_day_that_has_records)
{
    fill_three_days();
    struct key_names names = day_key_names();
    char spare[HOUSE_PATH_SIZE + 8], why[STORE_WHY_SIZE];
    snprintf(spare, sizeof spare, "%s.spare", names.paths[2]);
    cr_assert_eq(rename(names.paths[2], spare), 0);
    struct journal *journal = house_open(&house);
    struct journal_entry last, next = house_entry(10, 200);
    struct journal_reader *reader = reader_of(journal);
    cr_assert_eq(journal_read(reader, 9, &last, why), STATUS_OK, "%s", why);
    next.time_us = last.time_us + 1;
    cr_assert_eq(journal_append(journal, &next, why), STATUS_NO_KEY);
    cr_assert(strstr(why, names.paths[2]) && strstr(why, "restore it"), "%s", why);
    journal_reader_free(&reader);
    journal_close(&journal);
    cr_assert_eq(rename(spare, names.paths[2]), 0);
    journal = house_open(&house);
    cr_assert_eq(journal_append(journal, &next, why), STATUS_OK, "%s", why);
    commit(journal);
    journal_close(&journal);
}

Test(journal, refuses_the_key_of_another_day_and_a_damaged_one)
{
    fill_three_days();
    struct key_names names = day_key_names();
    char spare[HOUSE_PATH_SIZE + 8];
    snprintf(spare, sizeof spare, "%s.spare", names.paths[0]);
    cr_assert_eq(rename(names.paths[0], spare), 0);
    cr_assert_eq(rename(names.paths[1], names.paths[0]), 0);
    cr_assert_eq(rename(spare, names.paths[1]), 0);
    file_flip(names.paths[2], 20);
    struct journal *journal = house_open(&house);
    struct journal_reader *reader = reader_of(journal);
    struct journal_entry entry;
    char why[STORE_WHY_SIZE];
    for (uint64_t sequence = 1; sequence <= 9; sequence++) {
        cr_assert_eq(journal_read(reader, sequence, &entry, why), STATUS_CORRUPT);
        cr_assert(strstr(why, sequence > 6 ? names.paths[2] : "key of day"), "%s", why);
        cr_assert_null(entry.body.data);
    }
    journal_reader_free(&reader);
    journal_close(&journal);
}
