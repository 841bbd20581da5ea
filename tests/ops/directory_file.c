#include "broker/store/directory_file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/store/journal.h"

struct file_case {
    const char *file;
    uint32_t count; /* of rows where it is good, of problems where it is bad */
    unsigned line;  /* of the first problem */
    const char *path;
    const char *word; /* stands in the first sentence */
};

static const struct file_case good_files[] = {
    {"good-empty.json", 0, 0, NULL, NULL},
    {"good-one-of-each-role.json", 3, 0, NULL, NULL},
    {"good-sub-window.json", 1, 0, NULL, NULL},
    {"good-third-key-after-one-revoked.json", 3, 0, NULL, NULL},
    {"good-two-keys-while-it-rotates.json", 2, 0, NULL, NULL},
    {"good-written-by-hand.json", 2, 0, NULL, NULL},
};

static const struct file_case bad_files[] = {
    {"bad-added-at-as-text.json", 1, 2, "participants/0/added_at", "type"},
    {"bad-branch-number-short.json", 1, 2, "participants/0/participant", "rule"},
    {"bad-broker-in-the-directory.json", 1, 2, "participants/0", "K is the broker"},
    {"bad-empty-file.json", 1, 1, "", "not JSON"},
    {"bad-ends-before-it-was-added.json", 1, 2, "participants/0", "not after added_at"},
    {"bad-five-problems.json", 5, 2, "participants/0/participant", "rule"},
    {"bad-json-on-line-3.json", 1, 3, "", "not JSON"},
    {"bad-key-missing.json", 1, 2, "participants/0/key", "missing"},
    {"bad-key-not-z85.json", 1, 2, "participants/0/key", "Z85"},
    {"bad-key-of-39-characters.json", 1, 2, "participants/0/key", "too short"},
    {"bad-key-of-two-participants.json", 1, 3, "participants/1/key", "O:li"},
    {"bad-key-revoked-and-given-anew.json", 1, 3, "participants/1/key", "participants/0"},
    {"bad-key-stands-twice.json", 1, 4, "participants/2/key", "participants/0"},
    {"bad-name-of-129-bytes.json", 1, 2, "participants/0/name", "too long"},
    {"bad-not-an-object.json", 1, 1, "", "one JSON object"},
    {"bad-participant-missing.json", 1, 2, "participants/0/participant", "missing"},
    {"bad-participant-null.json", 1, 2, "participants/0/participant", "null"},
    {"bad-participants-missing.json", 1, 1, "participants", "list"},
    {"bad-participants-not-a-list.json", 1, 1, "participants", "list"},
    {"bad-revoked-before-added.json", 1, 2, "participants/0", "before added_at"},
    {"bad-revoked-why-without-revoked-at.json", 1, 2, "participants/0", "without revoked_at"},
    {"bad-role-unknown.json", 1, 4, "participants/2/participant", "rule"},
    {"bad-row-not-an-object.json", 1, 3, "participants/1", "type"},
    {"bad-three-keys-in-force.json", 1, 5, "participants/3", "more than 2 keys"},
    {"bad-top-key-stands-twice.json", 1, 2, "", "duplicate"},
    {"bad-unknown-key-in-a-row.json", 1, 3, "participants/1/rank", "nobody knows"},
    {"bad-unknown-key-on-top.json", 1, 1, "comment", "nobody knows"},
    {"bad-version-as-text.json", 1, 1, "version", "must be 1"},
    {"bad-version-missing.json", 1, 1, "version", "must be 1"},
    {"bad-version-newer.json", 1, 1, "version", "newer"},
};

struct heard {
    uint32_t count;
    unsigned line;
    char path[RECORD_PATH_SIZE_MAX];
    char sentence[256];
};

static void take_problem(unsigned line, const char *path, const char *sentence, void *context)
{
    struct heard *heard = context;
    if (heard->count++ > 0)
        return;
    heard->line = line;
    snprintf(heard->path, sizeof heard->path, "%s", path);
    snprintf(heard->sentence, sizeof heard->sentence, "%s", sentence);
}

static const char *data_path(const char *file, char out[256])
{
    snprintf(out, 256, "tests/ops/data/%s", file);
    return out;
}

struct reading {
    uint8_t *memory;
    struct arena arena;
    struct fact_directory directory;
    char why[DIRECTORY_WHY_SIZE];
    enum status status;
};

static void reading_open(struct reading *reading, const char *path, struct heard *heard)
{
    reading->memory = malloc(DIRECTORY_ARENA_SIZE);
    reading->arena = arena_over(reading->memory, DIRECTORY_ARENA_SIZE);
    reading->status = directory_file_judge(path, &reading->arena, &reading->directory, reading->why,
                                           heard ? take_problem : NULL, heard);
}

static void reading_close(struct reading *reading)
{
    free(reading->memory);
}

Test(directory_file, takes_the_good_files)
{
    for (size_t i = 0; i < sizeof good_files / sizeof good_files[0]; i++) {
        char path[256];
        struct reading reading;
        reading_open(&reading, data_path(good_files[i].file, path), NULL);
        cr_expect_eq(reading.status, STATUS_OK, "%s", reading.why);
        cr_expect_eq(reading.directory.rows.count, good_files[i].count, "%s", good_files[i].file);
        cr_expect_eq(reading.directory.digest.size, 32, "%s", good_files[i].file);
        reading_close(&reading);
    }
}

Test(directory_file, refuses_the_bad_files_with_line_path_and_rule)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        const struct file_case *row = &bad_files[i];
        char path[256];
        struct reading reading;
        struct heard heard = {0};
        reading_open(&reading, data_path(row->file, path), &heard);
        cr_expect_eq(reading.status, STATUS_CONFIG, "%s: %s", row->file, status_code(reading.status));
        cr_expect_eq(heard.count, row->count, "%s: %u problems", row->file, heard.count);
        cr_expect_eq(heard.line, row->line, "%s: line %u", row->file, heard.line);
        cr_expect_str_eq(heard.path, row->path, "%s: path %s", row->file, heard.path);
        cr_expect(strstr(heard.sentence, row->word), "%s: %s", row->file, heard.sentence);
        cr_expect(strstr(reading.why, row->file), "%s: why names the file: %s", row->file, reading.why);
        reading_close(&reading);
    }
}

Test(directory_file, says_how_many_other_problems_there_are)
{
    struct reading reading;
    reading_open(&reading, "tests/ops/data/bad-five-problems.json", NULL);
    cr_assert(strstr(reading.why, "bad-five-problems.json:2: participants/0/participant"), "%s", reading.why);
    cr_assert(strstr(reading.why, "(and 4 more)"), "%s", reading.why);
    reading_close(&reading);
}

Test(directory_file, says_that_a_file_is_not_there)
{
    struct reading reading;
    reading_open(&reading, "tests/ops/data/no-such-file.json", NULL);
    cr_assert_eq(reading.status, STATUS_NOT_FOUND);
    cr_assert(strstr(reading.why, "no-such-file.json"), "%s", reading.why);
    reading_close(&reading);
    reading_open(&reading, "tests/ops/data", NULL);
    cr_assert_neq(reading.status, STATUS_OK);
    reading_close(&reading);
}

/* The arena runs out at every possible size; each time it is said, and nothing is half taken. */
Test(directory_file, says_limit_when_the_arena_is_too_small)
{
    uint8_t memory[1 << 12];
    uint32_t limits = 0;
    for (size_t size = 0; size < sizeof memory; size += 64) {
        struct arena arena = arena_over(memory, size);
        struct fact_directory directory;
        char why[DIRECTORY_WHY_SIZE];
        enum status status = directory_file_read("tests/ops/data/good-one-of-each-role.json", &arena, &directory, why);
        cr_assert(status == STATUS_OK || status == STATUS_LIMIT, "%zu: %s", size, why);
        limits += status == STATUS_LIMIT;
    }
    cr_assert_gt(limits, 0);
    cr_assert_lt(limits, sizeof memory / 64);
}

/* ---- writing ---- */

static void make_folder(char out[64])
{
    snprintf(out, 64, "/tmp/onevisit-ops-XXXXXX");
    cr_assert_not_null(mkdtemp(out));
}

static struct bytes file_bytes(const char *path, uint8_t *memory, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    size_t size = fread(memory, 1, capacity, file);
    fclose(file);
    return bytes_of(memory, size);
}

Test(directory_file, writes_what_it_read_with_mode_0644_whatever_the_umask)
{
    struct reading reading;
    char folder[64];
    char path[96];
    char why[DIRECTORY_WHY_SIZE];
    struct stat information;
    make_folder(folder);
    snprintf(path, sizeof path, "%s/directory.json", folder);
    reading_open(&reading, "tests/ops/data/good-third-key-after-one-revoked.json", NULL);
    umask(077);
    cr_assert_eq(directory_file_write(path, &reading.directory, why), STATUS_OK, "%s", why);
    cr_assert_eq(stat(path, &information), 0);
    cr_assert_eq(information.st_mode & 07777, 0644);

    struct reading again;
    reading_open(&again, path, NULL);
    cr_assert_eq(again.status, STATUS_OK, "%s", again.why);
    again.directory.digest = reading.directory.digest; /* of other bytes */
    char difference[RECORD_PATH_SIZE_MAX];
    cr_assert(record_equal(&record_fact_directory, &reading.directory, &again.directory, difference), "%s", difference);
    reading_close(&again);
    reading_close(&reading);
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "a file was left beside it");
}

Test(directory_file, gives_the_digest_of_the_files_bytes)
{
    static uint8_t memory[1 << 16];
    struct reading reading;
    uint8_t digest[32];
    reading_open(&reading, "tests/ops/data/good-one-of-each-role.json", NULL);
    digest_sm3(file_bytes("tests/ops/data/good-one-of-each-role.json", memory, sizeof memory), digest);
    cr_assert(bytes_equal(reading.directory.digest, bytes_of(digest, 32)));
    reading_close(&reading);
}

Test(directory_file, leaves_the_old_file_when_the_new_one_cannot_be_written)
{
    struct reading reading;
    char why[DIRECTORY_WHY_SIZE] = "";
    char folder[64];
    char path[96];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/no-such-folder/directory.json", folder);
    reading_open(&reading, "tests/ops/data/good-one-of-each-role.json", NULL);
    cr_assert_neq(directory_file_write(path, &reading.directory, why), STATUS_OK);
    cr_assert(strstr(why, "no-such-folder"), "%s", why);
    snprintf(path, sizeof path, "%s", folder); /* a folder cannot be replaced by a file */
    cr_assert_neq(directory_file_write(path, &reading.directory, why), STATUS_OK);
    reading_close(&reading);
    cr_assert_eq(rmdir(folder), 0, "the old one is still there and empty");
}

/* More than the process may write: the disk is full, the old file stays. */
Test(directory_file, keeps_the_old_bytes_when_the_disk_is_full)
{
    static uint8_t before[256];
    static uint8_t after[256];
    struct reading reading;
    char why[DIRECTORY_WHY_SIZE] = "";
    char folder[64];
    char path[96];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/directory.json", folder);
    reading_open(&reading, "tests/ops/data/good-empty.json", NULL);
    cr_assert_eq(directory_file_write(path, &reading.directory, why), STATUS_OK);
    reading_close(&reading);
    struct bytes old = file_bytes(path, before, sizeof before);

    reading_open(&reading, "tests/ops/data/good-one-of-each-role.json", NULL);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {64, 64};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(directory_file_write(path, &reading.directory, why), STATUS_DISK_FULL, "%s", why);
    reading_close(&reading);
    cr_assert(bytes_equal(old, file_bytes(path, after, sizeof after)));
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "a file was left beside it");
}

Test(directory_file, is_locked_for_one_writer_at_a_time)
{
    char folder[64];
    char path[96];
    char why[DIRECTORY_WHY_SIZE];
    int lock = -1;
    make_folder(folder);
    snprintf(path, sizeof path, "%s/directory.json", folder);
    cr_assert_eq(directory_file_lock(path, &lock, why), STATUS_OK, "%s", why);
    int other = open(folder, O_RDONLY | O_DIRECTORY);
    cr_expect_eq(flock(other, LOCK_EX | LOCK_NB), -1);
    directory_file_unlock(&lock);
    cr_expect_eq(lock, -1);
    cr_expect_eq(flock(other, LOCK_EX | LOCK_NB), 0);
    close(other);
    rmdir(folder);
}
