#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/store/big_endian.h"
#include "broker/store/sm3.h"
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

TestSuite(journal_open, .init = set_up, .fini = tear_down, .timeout = 120);

static const struct journal_options as_test = {.is_test = true};

/* A folder with twenty records, ten of them in the newest log, and HEAD at the last one. */
static void fill_folder(void)
{
    char why[STORE_WHY_SIZE];
    struct journal *journal = house_open(&house);
    house_append(journal, 10);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    journal_close(&journal);
    journal = house_open(&house);
    house_append(journal, 10);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    cr_assert_eq(journal_write_head(journal, why), STATUS_OK, "%s", why);
    journal_close(&journal);
}

static void expect_refused(const struct journal_options *options, enum status wanted, const char *word)
{
    char why[STORE_WHY_SIZE] = "";
    enum status status = house_try(&house, options, why);
    cr_assert_eq(status, wanted, "%s: %s", status_code(status), why);
    cr_assert(strstr(why, word), "%s", why);
}

/* Takes the last commits away, as a disk does that lied. */
static void lose_the_newest_log(void)
{
    char path[HOUSE_PATH_SIZE];
    cr_assert(folder_newest(house.db, ".log", path));
    cr_assert_eq(unlink(path), 0);
}

static void remove_file(const char *name)
{
    cr_assert_eq(unlink(house_path(&house, name)), 0, "%s", name);
}

/* ---- the seal ---- */

Test(journal_open, makes_no_folder_unless_it_is_told_to)
{
    expect_refused(&as_test, STATUS_NOT_FOUND, "no SEAL");
    struct journal_options options = {.is_test = true, .make_new = true, .read_only = true};
    expect_refused(&options, STATUS_NOT_FOUND, "no SEAL");
    cr_assert_neq(access(house.folder, F_OK), 0);
}

Test(journal_open, gives_each_folder_an_id_and_keeps_it)
{
    uint8_t id[BROKER_ID_SIZE];
    struct journal *journal = house_open(&house);
    memcpy(id, journal_broker_id(journal), sizeof id);
    cr_assert(journal_is_test(journal));
    journal_close(&journal);
    journal = house_open(&house);
    cr_assert_arr_eq(journal_broker_id(journal), id, sizeof id);
    cr_assert(journal_is_test(journal));
    journal_close(&journal);
    remove_folder(house.folder);
    journal = house_open(&house);
    cr_assert_arr_neq(journal_broker_id(journal), id, sizeof id);
    journal_close(&journal);
}

Test(journal_open, never_mixes_test_and_production)
{
    fill_folder();
    struct journal_options options = {.make_new = true};
    expect_refused(&options, STATUS_SEALED_OTHERWISE, "sealed as test");
    remove_folder(house.folder);
    struct journal *journal;
    char why[STORE_WHY_SIZE];
    options.folder = house.folder;
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    cr_assert_not(journal_is_test(journal));
    journal_close(&journal);
    expect_refused(&as_test, STATUS_SEALED_OTHERWISE, "sealed as production");
}

static bool open_in_another_process(void *context)
{
    (void)context;
    char why[STORE_WHY_SIZE] = "";
    bool is_refused = house_try(&house, &as_test, why) == STATUS_IN_USE && strstr(why, house.folder);
    _exit(is_refused ? 7 : 8);
}

Test(journal_open, refuses_a_folder_in_use_and_names_it)
{
    struct journal *journal = house_open(&house);
    int state = process_run(open_in_another_process, NULL);
    cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 7, "state %x", state);
    journal_close(&journal);
}

/* SEAL with another version, its checksum good. */
static void seal_as_version(uint32_t version)
{
    uint8_t seal[61];
    FILE *file = fopen(house_path(&house, "SEAL"), "rb");
    cr_assert(file && fread(seal, 1, sizeof seal, file) == sizeof seal);
    fclose(file);
    be32_put(seal + 8, version);
    digest_sm3(bytes_of(seal, sizeof seal - SM3_SIZE), seal + sizeof seal - SM3_SIZE);
    file_put(house_path(&house, "SEAL"), seal, sizeof seal);
}

Test(journal_open, refuses_a_newer_version)
{
    fill_folder();
    seal_as_version(2);
    expect_refused(&as_test, STATUS_NEWER, "version 2");
    seal_as_version(0);
    expect_refused(&as_test, STATUS_CORRUPT, "SEAL");
    seal_as_version(1);
    char why[STORE_WHY_SIZE];
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
}

Test(journal_open, refuses_a_seal_that_is_cut_altered_or_garbage)
{
    fill_folder();
    uint8_t seal[61], garbage[5000];
    memset(garbage, 0xa5, sizeof garbage);
    FILE *file = fopen(house_path(&house, "SEAL"), "rb");
    cr_assert(file && fread(seal, 1, sizeof seal, file) == sizeof seal);
    fclose(file);
    for (size_t size = 0; size < sizeof seal; size++) {
        file_put(house_path(&house, "SEAL"), seal, size);
        expect_refused(&as_test, STATUS_CORRUPT, "SEAL");
    }
    for (size_t at = 0; at < sizeof seal; at++) {
        seal[at] ^= 1;
        file_put(house_path(&house, "SEAL"), seal, sizeof seal);
        char why[STORE_WHY_SIZE];
        cr_assert_neq(house_try(&house, &as_test, why), STATUS_OK, "byte %zu", at);
        seal[at] ^= 1;
    }
    for (size_t size = 1; size <= sizeof garbage; size += 833) {
        file_put(house_path(&house, "SEAL"), garbage, size);
        expect_refused(&as_test, STATUS_CORRUPT, "SEAL");
    }
}

Test(journal_open, does_not_move_into_a_folder_of_somebody_else)
{
    cr_assert_eq(mkdir(house.folder, 0700), 0);
    file_put(house_path(&house, "diary.txt"), "x", 1);
    struct journal_options options = {.is_test = true, .make_new = true};
    expect_refused(&options, STATUS_CORRUPT, "not empty");
    cr_assert_neq(access(house.db, F_OK), 0);
}

Test(journal_open, does_not_take_a_folder_without_its_seal_for_a_new_one)
{
    fill_folder();
    remove_file("SEAL");
    struct journal_options options = {.is_test = true, .make_new = true};
    expect_refused(&options, STATUS_CORRUPT, "SEAL is missing");
    file_put(house_path(&house, "MAKING"), "0123456789abcdef", BROKER_ID_SIZE);
    expect_refused(&options, STATUS_CORRUPT, "SEAL is missing");
}

Test(journal_open, takes_the_keys_of_a_lost_folder_into_a_new_one)
{
    char why[STORE_WHY_SIZE];
    uint8_t chain[CHAIN_SIZE] = {7};
    uint8_t before[CHAIN_SIZE];
    uint8_t after[CHAIN_SIZE];
    char kept[HOUSE_PATH_SIZE + 8];
    fill_folder();
    struct journal *journal = house_open(&house);
    journal_receipt_mac(journal, 20, 1, chain, before);
    journal_close(&journal);
    snprintf(kept, sizeof kept, "%s/kept", house.root);
    folder_copy(house_path(&house, "keys"), kept);
    remove_folder(house.folder);
    cr_assert_eq(mkdir(house.folder, 0700), 0);
    folder_copy(kept, house_path(&house, "keys"));
    journal = house_open(&house);
    cr_assert_eq(journal_last_sequence(journal), 0);
    journal_receipt_mac(journal, 20, 1, chain, after);
    cr_assert_arr_eq(before, after, CHAIN_SIZE, "an old receipt proves the loss");
    house_append(journal, 3);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK, "%s", why);
    journal_close(&journal);
}

/* ---- a start cut off ---- */

/* What is there when a first start is killed: the files made so far, in the order they are made. */
static const char *const steps[] = {"MAKING.new", "MAKING",      "db",          "keys",    "keys/mac",
                                    "head",       "head/HEAD.1", "head/HEAD.0", "SEAL.new"};

enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

static void keep_first_steps(const char *from, int count)
{
    cr_assert_eq(mkdir(house.folder, 0700), 0);
    for (int i = 0; i < count; i++) {
        char source[HOUSE_PATH_SIZE + 32];
        struct stat about;
        snprintf(source, sizeof source, "%s/%s", from, steps[i]);
        if (strcmp(steps[i], "db") == 0)
            folder_copy(source, house.db);
        else if (stat(source, &about) == 0 && S_ISDIR(about.st_mode))
            cr_assert_eq(mkdir(house_path(&house, steps[i]), 0700), 0);
        else if (strstr(steps[i], ".new"))
            file_put(house_path(&house, steps[i]), "half", 4);
        else
            cr_assert_eq(link(source, house_path(&house, steps[i])), 0, "%s", source);
    }
}

Test(journal_open, finishes_a_folder_whose_making_was_cut_off)
{
    char whole[HOUSE_PATH_SIZE + 8], making[HOUSE_PATH_SIZE + 32], why[STORE_WHY_SIZE];
    struct journal *journal = house_open(&house);
    uint8_t id[BROKER_ID_SIZE];
    memcpy(id, journal_broker_id(journal), sizeof id);
    journal_close(&journal);
    snprintf(whole, sizeof whole, "%s.whole", house.folder);
    cr_assert_eq(rename(house.folder, whole), 0);
    snprintf(making, sizeof making, "%s/MAKING", whole);
    file_put(making, id, sizeof id);
    for (int count = 0; count <= STEP_COUNT; count++) {
        keep_first_steps(whole, count);
        journal = house_open(&house);
        if (count >= 2)
            cr_assert_arr_eq(journal_broker_id(journal), id, sizeof id);
        house_append(journal, 3);
        cr_assert_eq(journal_commit(journal, why), STATUS_OK);
        journal_close(&journal);
        journal = house_open(&house);
        cr_assert_eq(journal_last_sequence(journal), 3);
        cr_assert_neq(access(house_path(&house, "MAKING"), F_OK), 0);
        journal_close(&journal);
        remove_folder(house.folder);
    }
}

Test(journal_open, clears_a_mark_left_at_the_very_end_of_the_making)
{
    fill_folder();
    file_put(house_path(&house, "MAKING"), "0123456789abcdef", BROKER_ID_SIZE);
    char why[STORE_WHY_SIZE];
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
    cr_assert_neq(access(house_path(&house, "MAKING"), F_OK), 0);
}

/* ---- lost records ---- */

Test(journal_open, refuses_a_store_behind_head)
{
    fill_folder();
    lose_the_newest_log();
    expect_refused(&as_test, STATUS_CORRUPT, "HEAD knows 20");
    struct journal_options options = {.is_test = true, .make_new = true};
    expect_refused(&options, STATUS_CORRUPT, "HEAD knows 20");
    options = (struct journal_options){.read_only = true};
    expect_refused(&options, STATUS_CORRUPT, "HEAD knows 20");
}

Test(journal_open, goes_on_behind_head_when_an_operator_accepts_the_loss)
{
    fill_folder();
    lose_the_newest_log();
    struct journal_options options = {.is_test = true, .accept_loss = true};
    char why[STORE_WHY_SIZE];
    cr_assert_eq(house_try(&house, &options, why), STATUS_OK, "%s", why);
    /* He decided once; the next start needs no decision. */
    struct journal *journal = house_open(&house);
    cr_assert_eq(journal_last_sequence(journal), 10);
    house_append(journal, 2);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK);
    journal_close(&journal);
    journal = house_open(&house);
    cr_assert_eq(journal_last_sequence(journal), 12);
    journal_close(&journal);
}

Test(journal_open, forgets_rows_of_lost_records_when_the_loss_is_accepted)
{
    fill_folder();
    rocksdb_column_family_handle_t *parts[3];
    rocksdb_t *raw = raw_open(house.db, parts);
    raw_put(raw, parts[0], bytes_of("checkpoint", 10), bytes_of("\0\0\0\0\0\0\0\x1e", 8));
    raw_put(raw, parts[2], bytes_of("k", 1), bytes_of("v", 1));
    raw_close(raw, parts);
    expect_refused(&as_test, STATUS_CORRUPT, "the rows stand for record 30");
    struct journal_options options = {.folder = house.folder, .is_test = true, .accept_loss = true};
    struct journal *journal;
    struct store_value value;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    cr_assert_eq(journal_last_sequence(journal), 20);
    cr_assert_eq(store_checkpoint_sequence(journal_store(journal)), 0);
    cr_assert_eq(store_row(journal_store(journal), bytes_of("k", 1), &value, why), STATUS_OK);
    cr_assert_null(value.bytes.data);
    journal_close(&journal);
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
}

Test(journal_open, refuses_a_record_that_is_not_the_one_head_knows)
{
    fill_folder();
    struct journal *journal;
    struct journal_options options = {.folder = house.folder, .is_test = true, .accept_loss = true};
    char why[STORE_WHY_SIZE], kept[HOUSE_PATH_SIZE + 8], head[HOUSE_PATH_SIZE];
    snprintf(head, sizeof head, "%.400s/head", house.folder);
    snprintf(kept, sizeof kept, "%s.kept", head);
    folder_copy(head, kept);
    lose_the_newest_log();
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    for (uint64_t sequence = 11; sequence <= 25; sequence++) {
        struct journal_entry entry = house_entry(sequence, 77); /* other bodies than before */
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    }
    cr_assert_eq(journal_commit(journal, why), STATUS_OK);
    journal_close(&journal);
    remove_folder(head);
    cr_assert_eq(rename(kept, head), 0);
    expect_refused(&as_test, STATUS_CORRUPT, "record 20 is not the one HEAD knows");
}

Test(journal_open, needs_a_good_head_and_one_slot_is_enough)
{
    fill_folder();
    char why[STORE_WHY_SIZE];
    file_flip(house_path(&house, "head/HEAD.0"), 50);
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
    remove_file("head/HEAD.0");
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
    file_cut(house_path(&house, "head/HEAD.1"), 60);
    expect_refused(&as_test, STATUS_CORRUPT, "no good HEAD");
    struct journal_options options = {.is_test = true, .accept_loss = true};
    cr_assert_eq(house_try(&house, &options, why), STATUS_OK, "%s", why);
    cr_assert_eq(house_try(&house, &as_test, why), STATUS_OK, "%s", why);
}

Test(journal_open, keeps_head_on_another_disk_when_told_to)
{
    char head[HOUSE_PATH_SIZE], why[STORE_WHY_SIZE];
    snprintf(head, sizeof head, "%.400s/elsewhere", house.root);
    struct journal_options options = {.head_folder = head, .make_new = true, .is_test = true};
    cr_assert_eq(house_try(&house, &options, why), STATUS_OK, "%s", why);
    cr_assert_neq(access(house_path(&house, "head"), F_OK), 0);
    expect_refused(&as_test, STATUS_CORRUPT, "no good HEAD");
    cr_assert_eq(house_try(&house, &options, why), STATUS_OK, "%s", why);
    /* A second broker that is told the same place would write over it. */
    struct house other;
    house_init(&other);
    cr_assert_eq(house_try(&other, &options, why), STATUS_CORRUPT);
    cr_assert(strstr(why, "another broker"), "%s", why);
    house_fini(&other);
}

/* ---- files gone ---- */

struct missing_case {
    const char *name;
    enum status status;
    const char *word;
};

static const struct missing_case missing_cases[] = {
    {"db/CURRENT", STATUS_CORRUPT, "CURRENT"},
    {"keys/mac", STATUS_NO_KEY, "keys/mac"},
    {"SEAL", STATUS_NOT_FOUND, "SEAL"},
};

Test(journal_open, refuses_a_folder_with_a_file_missing)
{
    for (size_t i = 0; i < sizeof missing_cases / sizeof missing_cases[0]; i++) {
        fill_folder();
        remove_file(missing_cases[i].name);
        expect_refused(&as_test, missing_cases[i].status, missing_cases[i].word);
        remove_folder(house.folder);
    }
}

Test(journal_open, refuses_a_folder_whose_store_is_gone)
{
    fill_folder();
    remove_folder(house.db);
    struct journal_options options = {.is_test = true, .make_new = true, .accept_loss = true};
    expect_refused(&options, STATUS_CORRUPT, "CURRENT is missing");
}

Test(journal_open, lets_tools_read_a_copy_without_keys)
{
    fill_folder();
    remove_folder(house_path(&house, "keys"));
    remove_folder(house_path(&house, "head"));
    struct journal_options options = {.folder = house.folder, .read_only = true};
    struct journal *journal;
    struct journal_reader *reader;
    struct journal_entry entry;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    cr_assert(journal_is_test(journal));
    cr_assert_eq(journal_reader_new(journal, &reader), STATUS_OK);
    cr_assert_eq(journal_read(reader, 20, &entry, why), STATUS_OK, "%s", why);
    cr_assert_null(entry.body.data);
    cr_assert_neq(entry.envelope.size, 0);
    uint8_t mac[32], nothing[32] = {0};
    journal_receipt_mac(journal, 1, 1, entry.chain, mac);
    cr_assert_arr_eq(mac, nothing, sizeof mac);
    entry = house_entry(21, 10);
    cr_assert_eq(journal_append(journal, &entry, why), STATUS_USAGE);
    cr_assert_eq(journal_write_head(journal, why), STATUS_USAGE);
    journal_reader_free(&reader);
    journal_close(&journal);
}

/* ---- a full disk ---- */

enum { FULL_AS_WANTED = 7, FULL_OTHERWISE = 8, FULL_NOT_TO_BE_HAD = 9 };

/* A disk of 64 MiB that only this process sees, and that goes with it. */
static bool small_disk(const char *at)
{
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", at, "tmpfs", 0, "size=64m,mode=0700") == 0;
}

static enum status append_until_full(struct journal *journal, char *why)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && journal_last_sequence(journal) < 20000) {
        struct journal_entry entry = house_entry(journal_last_sequence(journal) + 1, 4096);
        status = journal_append(journal, &entry, why);
        if (status == STATUS_OK)
            status = journal_commit(journal, why);
    }
    return status;
}

struct fullness {
    bool is_said;
    uint64_t durable;
};

/* In a process of its own that closes nothing, as the daemon does: after a
 * failed write RocksDB may end the process when it is closed. */
static struct fullness fill_in_a_process(void)
{
    struct fullness fullness = {false, 0};
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t filler = fork();
    if (filler == 0) {
        char why[STORE_WHY_SIZE];
        struct journal *journal = house_open(&house);
        fullness.is_said = append_until_full(journal, why) == STATUS_DISK_FULL && strstr(why, "the disk is full") &&
                           strstr(why, house.db);
        fullness.durable = store_last_sequence(journal_store(journal));
        _exit(write(ends[1], &fullness, sizeof fullness) == (ssize_t)sizeof fullness ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &fullness, sizeof fullness) != (ssize_t)sizeof fullness)
        fullness.is_said = false;
    close(ends[0]);
    waitpid(filler, NULL, 0);
    return fullness;
}

/* More than half the disk is held back and set free at the end: a start
 * flushes the log, and that takes its size again. */
static bool fill_a_disk(void *context)
{
    (void)context;
    if (!small_disk(house.root))
        _exit(FULL_NOT_TO_BE_HAD);
    char ballast[HOUSE_PATH_SIZE];
    static const uint8_t zeros[40 << 20];
    snprintf(ballast, sizeof ballast, "%.400s/ballast", house.root);
    file_put(ballast, zeros, sizeof zeros);
    const struct fullness full = fill_in_a_process();
    /* What was refused may be there all the same, what was committed must be. */
    cr_assert_eq(unlink(ballast), 0);
    struct journal *journal = house_open(&house);
    uint64_t found = journal_last_sequence(journal);
    journal_close(&journal);
    bool is_kept = found == full.durable || found == full.durable + 1;
    _exit(full.is_said && full.durable > 100 && is_kept ? FULL_AS_WANTED : FULL_OTHERWISE);
}

Test(journal_open, keeps_all_that_was_committed_when_the_disk_gets_full)
{
    int state = process_run(fill_a_disk, NULL);
    cr_assert(WIFEXITED(state));
    if (WEXITSTATUS(state) == FULL_NOT_TO_BE_HAD)
        cr_skip_test("no right to mount a small disk");
    cr_assert_eq(WEXITSTATUS(state), FULL_AS_WANTED, "exit %d", WEXITSTATUS(state));
}

/* RocksDB itself would end the process with an assertion here. */
static bool open_on_a_nearly_full_disk(void *context)
{
    (void)context;
    if (!small_disk(house.root))
        _exit(FULL_NOT_TO_BE_HAD);
    char why[STORE_WHY_SIZE] = "", ballast[HOUSE_PATH_SIZE], data[HOUSE_PATH_SIZE];
    static const uint8_t zeros[62 << 20];
    snprintf(ballast, sizeof ballast, "%.400s/ballast", house.root);
    snprintf(data, sizeof data, "%.400s/new/data", house.root);
    file_put(ballast, zeros, sizeof zeros);
    const struct journal_options options = {.folder = data, .make_new = true, .is_test = true};
    struct journal *journal = NULL;
    enum status status = journal_open(&options, &journal, why);
    bool is_said = status == STATUS_DISK_FULL && strstr(why, data) && strstr(why, "make room");
    _exit(is_said && !journal && access(data, F_OK) != 0 ? FULL_AS_WANTED : FULL_OTHERWISE);
}

Test(journal_open, refuses_a_nearly_full_disk_before_anything_is_made)
{
    int state = process_run(open_on_a_nearly_full_disk, NULL);
    cr_assert(WIFEXITED(state));
    if (WEXITSTATUS(state) == FULL_NOT_TO_BE_HAD)
        cr_skip_test("no right to mount a small disk");
    cr_assert_eq(WEXITSTATUS(state), FULL_AS_WANTED, "exit %d", WEXITSTATUS(state));
}
