#include "broker/store/store.h"

#include <criterion/criterion.h>
#include <rocksdb/c.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"

static struct house house;

static void set_up(void)
{
    house_init(&house);
    cr_assert_eq(mkdir(house.folder, 0700), 0);
}

static void tear_down(void)
{
    house_fini(&house);
}

TestSuite(store_rocksdb, .init = set_up, .fini = tear_down, .timeout = 120);

static struct store *open_store(bool must_exist)
{
    struct store_options options = {house.db, must_exist, false, false};
    struct store *store;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_open(&options, &store, why), STATUS_OK, "%s", why);
    return store;
}

static enum status try_open(bool read_only, char *why)
{
    struct store_options options = {house.db, true, read_only, false};
    struct store *store;
    enum status status = store_open(&options, &store, why);
    store_close(&store);
    return status;
}

/* Records of 1000 bytes whose first bytes say which they are. */
static void append(struct store *store, uint64_t sequence)
{
    char record[1000] = {0}, why[STORE_WHY_SIZE];
    snprintf(record, sizeof record, "record %llu", (unsigned long long)sequence);
    cr_assert_eq(store_append(store, sequence, bytes_of(record, sizeof record), why), STATUS_OK, "%s", why);
}

static void commit(struct store *store)
{
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_commit(store, why), STATUS_OK, "%s", why);
}

static void append_and_commit(struct store *store, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        append(store, store_last_sequence(store) + 1);
        commit(store);
    }
}

static struct store_row row_of(const char *key, const char *value)
{
    return (struct store_row){bytes_of(key, strlen(key)), value ? bytes_of(value, strlen(value)) : (struct bytes){0}};
}

static void put_rows(struct store *store, uint64_t sequence, const struct store_row *rows, uint32_t count)
{
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_checkpoint(store, sequence, rows, count, why), STATUS_OK, "%s", why);
}

static void expect_row(struct store *store, const char *key, const char *wanted)
{
    struct store_value value;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_row(store, bytes_of(key, strlen(key)), &value, why), STATUS_OK, "%s", why);
    cr_assert_eq(value.bytes.data != NULL, wanted != NULL, "row %s", key);
    if (wanted)
        cr_assert(bytes_equal(value.bytes, bytes_of(wanted, strlen(wanted))), "row %s", key);
    store_value_fini(&value);
}

static bool count_record(uint64_t sequence, struct bytes record, void *context)
{
    uint64_t *next = context;
    char wanted[32];
    snprintf(wanted, sizeof wanted, "record %llu", (unsigned long long)sequence);
    cr_assert_eq(sequence, *next);
    cr_assert_eq(record.size, 1000);
    cr_assert_str_eq((const char *)record.data, wanted);
    ++*next;
    return true;
}

static void expect_records(struct store *store, uint64_t count)
{
    uint64_t next = 1;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_last_sequence(store), count);
    cr_assert_eq(store_each_record(store, 1, count_record, &next, why), STATUS_OK, "%s", why);
    cr_assert_eq(next, count + 1);
}

Test(store_rocksdb, keeps_records_and_rows_over_a_reopen)
{
    struct store *store = open_store(false);
    append_and_commit(store, 20);
    struct store_row rows[] = {row_of("a", "1"), row_of("b", ""), row_of("c", "3")};
    put_rows(store, 17, rows, 3);
    struct store_row gone = row_of("c", NULL);
    put_rows(store, 18, &gone, 1);
    for (int opening = 0; opening < 3; opening++) {
        store_close(&store);
        store = open_store(true);
        expect_records(store, 20);
        cr_assert_eq(store_checkpoint_sequence(store), 18);
        expect_row(store, "a", "1");
        expect_row(store, "b", "");
        expect_row(store, "c", NULL);
    }
    store_close(&store);
    store_close(&store);
}

Test(store_rocksdb, takes_records_in_order_only_and_counts_what_is_gathered)
{
    struct store *store = open_store(false);
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_append(store, 2, bytes_of("x", 1), why), STATUS_USAGE);
    append(store, 1);
    append(store, 2);
    cr_assert_eq(store_append(store, 2, bytes_of("x", 1), why), STATUS_USAGE);
    cr_assert_eq(store_gathered(store), 2);
    cr_assert_eq(store_last_sequence(store), 0);
    commit(store);
    commit(store);
    cr_assert_eq(store_gathered(store), 0);
    expect_records(store, 2);
    struct store_value value;
    cr_assert_eq(store_record(store, 3, &value, why), STATUS_OK);
    cr_assert_null(value.bytes.data);
    store_close(&store);
}

Test(store_rocksdb, never_lets_rows_run_ahead_of_the_journal_or_back)
{
    struct store *store = open_store(false);
    char why[STORE_WHY_SIZE];
    append_and_commit(store, 2);
    append(store, 3);
    struct store_row row = row_of("a", "1");
    cr_assert_eq(store_checkpoint(store, 3, &row, 1, why), STATUS_USAGE);
    put_rows(store, 2, &row, 1);
    cr_assert_eq(store_checkpoint(store, 1, &row, 1, why), STATUS_USAGE);
    store_close(&store);
}

Test(store_rocksdb, forgets_all_rows_in_one_step)
{
    struct store *store = open_store(false);
    append_and_commit(store, 1);
    struct store_row rows[] = {row_of("a", "1"), row_of("\xff\xff\xff", "2")};
    put_rows(store, 1, rows, 2);
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_forget_rows(store, why), STATUS_OK);
    store_close(&store);
    store = open_store(true);
    cr_assert_eq(store_checkpoint_sequence(store), 0);
    expect_row(store, "a", NULL);
    expect_row(store, "\xff\xff\xff", NULL);
    put_rows(store, 1, rows, 2);
    expect_row(store, "a", "1");
    store_close(&store);
}

/* ---- walking rows ---- */

struct walk_case {
    const char *prefix;
    const char *after;
    bool backwards;
    int stop_behind; /* rows; 0 for none */
    const char *keys;
};

static const struct walk_case walk_cases[] = {
    {"", "", false, 0, "a a1 b b1 b2 b3 c \xff \xff\xff "},
    {"", "", true, 0, "\xff\xff \xff c b3 b2 b1 b a1 a "},
    {"b", "", false, 0, "b b1 b2 b3 "},
    {"b", "", true, 0, "b3 b2 b1 b "},
    {"b", "b1", false, 0, "b2 b3 "},
    {"b", "b11", false, 0, "b2 b3 "},
    {"b", "b2", true, 0, "b1 b "},
    {"b", "b29", true, 0, "b2 b1 b "},
    {"b", "a", false, 0, "b b1 b2 b3 "},
    {"b", "c", true, 0, "b3 b2 b1 b "},
    {"b", "b3", false, 0, ""},
    {"b", "b", true, 0, ""},
    {"b", "", false, 2, "b b1 "},
    {"\xff", "", false, 0, "\xff \xff\xff "},
    {"\xff", "", true, 0, "\xff\xff \xff "},
    {"bb", "", false, 0, ""},
    {"d", "", true, 0, ""},
};

struct walked {
    char keys[128];
    int count;
    int stop_behind;
};

static bool note_key(struct bytes key, struct bytes value, void *context)
{
    struct walked *walked = context;
    cr_assert(bytes_equal(key, value));
    strncat(walked->keys, (const char *)key.data, key.size);
    strcat(walked->keys, " ");
    return ++walked->count != walked->stop_behind;
}

Test(store_rocksdb, walks_rows_of_a_prefix_in_order_both_ways)
{
    static const char *const keys[] = {"b2", "\xff\xff", "a", "b", "c", "b3", "a1", "\xff", "b1"};
    struct store *store = open_store(false);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct store_row row = row_of(keys[i], keys[i]);
        put_rows(store, 0, &row, 1);
    }
    for (size_t i = 0; i < sizeof walk_cases / sizeof walk_cases[0]; i++) {
        const struct walk_case *walk = &walk_cases[i];
        struct walked walked = {.stop_behind = walk->stop_behind};
        char why[STORE_WHY_SIZE];
        cr_assert_eq(store_each_row(store, bytes_of(walk->prefix, strlen(walk->prefix)),
                                    bytes_of(walk->after, strlen(walk->after)), walk->backwards, note_key, &walked,
                                    why),
                     STATUS_OK, "%s", why);
        cr_assert_str_eq(walked.keys, walk->keys, "case %zu", i);
    }
    store_close(&store);
}

/* ---- killed ---- */

static bool commit_ten_gather_five(void *context)
{
    (void)context;
    struct store *store = open_store(false);
    append_and_commit(store, 10);
    for (uint64_t sequence = 11; sequence <= 15; sequence++)
        append(store, sequence);
    return true;
}

Test(store_rocksdb, keeps_what_was_committed_and_nothing_gathered_when_it_is_killed)
{
    int state = process_run(commit_ten_gather_five, NULL);
    cr_assert(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
    struct store *store = open_store(true);
    expect_records(store, 10);
    store_close(&store);
}

enum { ROW_COUNT = 10, TICKS = 300 };

/* Each checkpoint writes its own sequence into ten rows; one byte a checkpoint goes into the pipe. */
static bool checkpoint_for_ever(void *context)
{
    const int *pipe_ends = context;
    struct store *store = open_store(false);
    for (uint64_t sequence = 1;; sequence++) {
        append(store, sequence);
        commit(store);
        char keys[ROW_COUNT][16], value[32];
        struct store_row rows[ROW_COUNT];
        snprintf(value, sizeof value, "%llu", (unsigned long long)sequence);
        for (int i = 0; i < ROW_COUNT; i++) {
            snprintf(keys[i], sizeof keys[i], "row%d", i);
            rows[i] = row_of(keys[i], value);
        }
        put_rows(store, sequence, rows, ROW_COUNT);
        if (write(pipe_ends[1], "x", 1) != 1)
            return true;
    }
}

Test(store_rocksdb, writes_rows_and_their_sequence_as_one)
{
    int pipe_ends[2];
    cr_assert_eq(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(pipe_ends[0]);
        checkpoint_for_ever(pipe_ends);
        _exit(0);
    }
    close(pipe_ends[1]);
    char tick;
    for (int i = 0; i < TICKS; i++)
        cr_assert_eq(read(pipe_ends[0], &tick, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    struct store *store = open_store(true);
    char wanted[32], key[16];
    cr_assert(store_checkpoint_sequence(store) >= TICKS &&
              store_checkpoint_sequence(store) <= store_last_sequence(store));
    snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)store_checkpoint_sequence(store));
    for (int i = 0; i < ROW_COUNT; i++) {
        snprintf(key, sizeof key, "row%d", i);
        expect_row(store, key, wanted);
    }
    store_close(&store);
}

static bool fill_a_small_disk(void *context)
{
    (void)context;
    struct rlimit limit = {2 << 20, 2 << 20};
    signal(SIGXFSZ, SIG_IGN);
    struct store *store = open_store(false);
    setrlimit(RLIMIT_FSIZE, &limit);
    char why[STORE_WHY_SIZE], record[4096] = {0};
    enum status status = STATUS_OK;
    uint64_t sequence = 0;
    while (status == STATUS_OK && sequence < 1000) {
        status = store_append(store, ++sequence, bytes_of(record, sizeof record), why);
        if (status == STATUS_OK)
            status = store_commit(store, why);
    }
    bool is_said = status == STATUS_DISK_FULL && strstr(why, house.db) && strstr(why, "largest size");
    /* Nothing is written any more, since nobody knows what is on disk. */
    bool stays = store_commit(store, why) == STATUS_DISK_FULL && strstr(why, "start again");
    _exit(is_said && stays ? 7 : 8);
}

Test(store_rocksdb, says_that_the_disk_is_full_and_stops)
{
    int state = process_run(fill_a_small_disk, NULL);
    cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 7, "state %x", state);
    struct store *store = open_store(true);
    cr_assert(store_last_sequence(store) > 300);
    store_close(&store);
}

/* ---- refused ---- */

static bool try_to_share(void *context)
{
    (void)context;
    char why[STORE_WHY_SIZE];
    bool is_refused = try_open(false, why) == STATUS_IN_USE && strstr(why, house.db);
    _exit(is_refused ? 7 : 8);
}

Test(store_rocksdb, is_open_once_only)
{
    struct store *store = open_store(false);
    char why[STORE_WHY_SIZE];
    cr_assert_eq(try_open(false, why), STATUS_IN_USE);
    cr_assert(strstr(why, house.db), "%s", why);
    int state = process_run(try_to_share, NULL);
    cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 7, "state %x", state);
    store_close(&store);
}

struct raw_case {
    int part;
    const char *key;
    uint32_t key_size;
    const char *value; /* NULL deletes */
    uint32_t value_size;
    enum status status;
    const char *word;
};

static const struct raw_case raw_cases[] = {
    {0, "format", 6, "\0\0\0\2", 4, STATUS_NEWER, "format version 2"},
    {0, "format", 6, "\0\0\0\0", 4, STATUS_CORRUPT, "format version 0"},
    {0, "format", 6, "\0\0\1", 3, STATUS_CORRUPT, "format"},
    {0, "format", 6, NULL, 0, STATUS_CORRUPT, "format"},
    {0, "checkpoint", 10, "7", 1, STATUS_CORRUPT, "checkpoint"},
    {1, "\xff\xff", 2, "x", 1, STATUS_CORRUPT, "key of 2 bytes"},
};

Test(store_rocksdb, refuses_another_format_and_rows_that_make_no_sense)
{
    for (size_t i = 0; i < sizeof raw_cases / sizeof raw_cases[0]; i++) {
        const struct raw_case *raw_case = &raw_cases[i];
        struct store *store = open_store(false);
        append_and_commit(store, 3);
        store_close(&store);
        rocksdb_column_family_handle_t *parts[3];
        rocksdb_t *raw = raw_open(house.db, parts);
        raw_put(raw, parts[raw_case->part], bytes_of(raw_case->key, raw_case->key_size),
                bytes_of(raw_case->value, raw_case->value_size));
        raw_close(raw, parts);
        char why[STORE_WHY_SIZE];
        cr_assert_eq(try_open(false, why), raw_case->status, "case %zu: %s", i, why);
        cr_assert(strstr(why, raw_case->word), "case %zu: %s", i, why);
        remove_folder(house.db);
    }
}

Test(store_rocksdb, refuses_a_store_with_a_part_nobody_knows)
{
    struct store *store = open_store(false);
    store_close(&store);
    rocksdb_column_family_handle_t *parts[3];
    rocksdb_t *raw = raw_open(house.db, parts);
    rocksdb_options_t *options = rocksdb_options_create();
    char *error = NULL, why[STORE_WHY_SIZE];
    rocksdb_column_family_handle_t *part = rocksdb_create_column_family(raw, options, "tomorrow", &error);
    cr_assert_null(error);
    rocksdb_column_family_handle_destroy(part);
    rocksdb_options_destroy(options);
    raw_close(raw, parts);
    cr_assert_eq(try_open(false, why), STATUS_NEWER, "%s", why);
    cr_assert(strstr(why, "tomorrow"), "%s", why);
}

Test(store_rocksdb, finds_a_hole_in_the_journal)
{
    struct store *store = open_store(false);
    append_and_commit(store, 9);
    store_close(&store);
    rocksdb_column_family_handle_t *parts[3];
    rocksdb_t *raw = raw_open(house.db, parts);
    raw_put(raw, parts[1], bytes_of("\0\0\0\0\0\0\0\5", 8), (struct bytes){0});
    raw_close(raw, parts);
    store = open_store(true);
    uint64_t next = 1;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_each_record(store, 1, count_record, &next, why), STATUS_CORRUPT);
    cr_assert_eq(next, 5);
    cr_assert(strstr(why, "record 5 is missing"), "%s", why);
    store_close(&store);
}

/* ---- damaged files ---- */

struct damage_case {
    const char *ending; /* of the newest such file */
    int reopened;       /* times before, so that the log becomes a table */
    int at;             /* percent of its size where it is cut or flipped; -1: the file is deleted */
    bool is_flipped;
};

static const struct damage_case damage_cases[] = {
    {"CURRENT", 0, -1, false}, {"CURRENT", 1, 0, false}, {".sst", 1, -1, false}, {".sst", 1, 50, false},
    {".sst", 1, 0, false},     {".sst", 1, 10, true},    {".sst", 1, 50, true},  {".sst", 1, 99, true},
    {".log", 0, 10, true},     {".log", 0, 50, true},
};

static void damage(const struct damage_case *damage_case)
{
    char path[HOUSE_PATH_SIZE];
    cr_assert(folder_newest(house.db, damage_case->ending, path) || damage_case->ending[0] == 'C');
    if (damage_case->ending[0] == 'C')
        snprintf(path, sizeof path, "%.400s/CURRENT", house.db);
    if (damage_case->at < 0)
        cr_assert_eq(unlink(path), 0);
    else if (damage_case->is_flipped)
        file_flip(path, file_size(path) * (size_t)damage_case->at / 100);
    else
        file_cut(path, file_size(path) * (size_t)damage_case->at / 100);
}

/* Opens or says CORRUPT; opened, it gives all records or says CORRUPT. Less than all is never "the end". */
static bool is_found_out(char *why)
{
    struct store_options options = {house.db, true, false, false};
    struct store *store;
    enum status status = store_open(&options, &store, why);
    if (status == STATUS_OK) {
        uint64_t next = 1;
        cr_assert_eq(store_last_sequence(store), 500, "silently less");
        status = store_each_record(store, 1, count_record, &next, why);
        cr_assert(status != STATUS_OK || next == 501);
    }
    store_close(&store);
    cr_assert(status == STATUS_OK || status == STATUS_CORRUPT, "%s", why);
    return status == STATUS_CORRUPT;
}

Test(store_rocksdb, finds_out_damage_and_never_gives_less_in_silence)
{
    for (size_t i = 0; i < sizeof damage_cases / sizeof damage_cases[0]; i++) {
        const struct damage_case *damage_case = &damage_cases[i];
        struct store *store = open_store(false);
        append_and_commit(store, 500);
        for (int opening = 0; opening < damage_case->reopened; opening++) {
            store_close(&store);
            store = open_store(true);
        }
        store_close(&store);
        damage(damage_case);
        char why[STORE_WHY_SIZE] = "";
        bool is_found = is_found_out(why);
        /* The last percent of a table holds its footer and properties, not all of which count. */
        cr_assert(is_found || damage_case->at == 99, "case %zu was not found out", i);
        remove_folder(house.db);
    }
}

/* Large records, so that one log is closed and the next begun while the first is still needed. */
static void fill_two_logs(void)
{
    enum { LARGE = 1 << 20, COUNT = 40 };
    static const uint8_t record[LARGE];
    struct store *store = open_store(false);
    char why[STORE_WHY_SIZE], first[HOUSE_PATH_SIZE], last[HOUSE_PATH_SIZE];
    for (uint64_t sequence = 1; sequence <= COUNT; sequence++) {
        cr_assert_eq(store_append(store, sequence, bytes_of(record, LARGE), why), STATUS_OK);
        commit(store);
    }
    store_close(&store);
    cr_assert(folder_oldest(house.db, ".log", first) && folder_newest(house.db, ".log", last));
    cr_assert_str_neq(first, last, "there is one log only");
}

Test(store_rocksdb, misses_a_closed_log_that_is_gone_or_cut)
{
    for (int is_cut = 0; is_cut < 2; is_cut++) {
        char path[HOUSE_PATH_SIZE], why[STORE_WHY_SIZE];
        fill_two_logs();
        cr_assert(folder_oldest(house.db, ".log", path));
        if (is_cut)
            file_cut(path, file_size(path) / 2);
        else
            cr_assert_eq(unlink(path), 0);
        cr_assert_eq(try_open(false, why), STATUS_CORRUPT, "%s", why);
        remove_folder(house.db);
    }
}

Test(store_rocksdb, takes_an_ordinary_torn_tail)
{
    struct store *store = open_store(false);
    append_and_commit(store, 100);
    store_close(&store);
    char path[HOUSE_PATH_SIZE];
    cr_assert(folder_newest(house.db, ".log", path));
    file_cut(path, file_size(path) - 10);
    store = open_store(true);
    expect_records(store, 99);
    store_close(&store);
}

Test(store_rocksdb, does_not_make_a_new_store_over_the_rest_of_an_old_one)
{
    struct store *store = open_store(false);
    append_and_commit(store, 5);
    store_close(&store);
    char path[HOUSE_PATH_SIZE + 16], why[STORE_WHY_SIZE];
    snprintf(path, sizeof path, "%.400s/CURRENT", house.db);
    cr_assert_eq(unlink(path), 0);
    struct store_options options = {house.db, false, false, false};
    cr_assert_eq(store_open(&options, &store, why), STATUS_CORRUPT);
    cr_assert(strstr(why, "CURRENT is missing"), "%s", why);
}

Test(store_rocksdb, reads_only_where_it_is_told_to)
{
    struct store *store = open_store(false);
    append_and_commit(store, 5);
    store_close(&store);
    struct store_options options = {house.db, true, true, false};
    char why[STORE_WHY_SIZE];
    cr_assert_eq(store_open(&options, &store, why), STATUS_OK, "%s", why);
    expect_records(store, 5);
    struct store_row row = row_of("a", "1");
    cr_assert_eq(store_append(store, 6, bytes_of("x", 1), why), STATUS_USAGE);
    cr_assert_eq(store_commit(store, why), STATUS_USAGE);
    cr_assert_eq(store_checkpoint(store, 1, &row, 1, why), STATUS_USAGE);
    cr_assert_eq(store_forget_rows(store, why), STATUS_USAGE);
    store_close(&store);
}
