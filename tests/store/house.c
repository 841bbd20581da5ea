#include "house.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BODY_SIZE_MAX = 2 << 20 };

void house_init(struct house *house)
{
    snprintf(house->root, sizeof house->root, "/tmp/onevisit-store-XXXXXX");
    cr_assert_not_null(mkdtemp(house->root));
    cr_assert(snprintf(house->folder, sizeof house->folder, "%.400s/broker", house->root) > 0);
    cr_assert(snprintf(house->db, sizeof house->db, "%.400s/broker/db", house->root) > 0);
}

void house_fini(struct house *house)
{
    remove_folder(house->root);
}

const char *house_path(struct house *house, const char *name)
{
    static char path[HOUSE_PATH_SIZE];
    snprintf(path, sizeof path, "%.400s/%.100s", house->folder, name);
    return path;
}

/* ---- folders ---- */

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about, (void)type, (void)place;
    return remove(path);
}

void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void file_copy(const char *from, const char *to)
{
    struct stat about;
    cr_assert_eq(stat(from, &about), 0, "%s", from);
    uint8_t *data = malloc((size_t)about.st_size + 1);
    FILE *file = fopen(from, "rb");
    cr_assert(data && file);
    cr_assert_eq(fread(data, 1, (size_t)about.st_size, file), (size_t)about.st_size);
    fclose(file);
    file_put(to, data, (size_t)about.st_size);
    cr_assert_eq(chmod(to, about.st_mode & 0777), 0);
    free(data);
}

void folder_copy(const char *from, const char *to)
{
    cr_assert_eq(mkdir(to, 0700), 0, "%s", to);
    DIR *directory = opendir(from);
    cr_assert_not_null(directory, "%s", from);
    const struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        char source[1024], target[1024];
        struct stat about;
        snprintf(source, sizeof source, "%.500s/%.400s", from, entry->d_name);
        snprintf(target, sizeof target, "%.500s/%.400s", to, entry->d_name);
        cr_assert_eq(stat(source, &about), 0);
        if (S_ISDIR(about.st_mode))
            folder_copy(source, target);
        else
            file_copy(source, target);
    }
    closedir(directory);
}

void folder_each_file(const char *path, void (*take)(const char *path, void *context), void *context)
{
    DIR *directory = opendir(path);
    cr_assert_not_null(directory, "%s", path);
    const struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        char below[1024];
        struct stat about;
        snprintf(below, sizeof below, "%.500s/%.400s", path, entry->d_name);
        cr_assert_eq(stat(below, &about), 0);
        if (S_ISDIR(about.st_mode))
            folder_each_file(below, take, context);
        else
            take(below, context);
    }
    closedir(directory);
}

/* RocksDB counts its files up: the greatest name is the newest. */
static bool find_name(const char *folder, const char *ending, bool greatest, char *out)
{
    char best[256] = "";
    DIR *directory = opendir(folder);
    cr_assert_not_null(directory, "%s", folder);
    const struct dirent *entry;
    while ((entry = readdir(directory))) {
        size_t size = strlen(entry->d_name), ending_size = strlen(ending);
        if (size <= ending_size || strcmp(entry->d_name + size - ending_size, ending) != 0)
            continue;
        int order = strcmp(entry->d_name, best);
        if (best[0] == '\0' || (greatest ? order > 0 : order < 0))
            snprintf(best, sizeof best, "%s", entry->d_name);
    }
    closedir(directory);
    snprintf(out, HOUSE_PATH_SIZE, "%.250s/%.200s", folder, best);
    return best[0] != '\0';
}

bool folder_newest(const char *folder, const char *ending, char *out)
{
    return find_name(folder, ending, true, out);
}

bool folder_oldest(const char *folder, const char *ending, char *out)
{
    return find_name(folder, ending, false, out);
}

/* ---- files ---- */

size_t file_size(const char *path)
{
    struct stat about;
    cr_assert_eq(stat(path, &about), 0, "%s", path);
    return (size_t)about.st_size;
}

void file_flip(const char *path, size_t at)
{
    int file = open(path, O_RDWR);
    uint8_t byte;
    cr_assert(file >= 0, "%s", path);
    cr_assert_eq(pread(file, &byte, 1, (off_t)at), 1);
    byte ^= 0x40;
    cr_assert_eq(pwrite(file, &byte, 1, (off_t)at), 1);
    close(file);
}

void file_cut(const char *path, size_t size)
{
    cr_assert_eq(truncate(path, (off_t)size), 0, "%s", path);
}

void file_put(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(data, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}

int process_run(bool (*work)(void *context), void *context)
{
    int state;
    fflush(NULL);
    pid_t child = fork();
    cr_assert(child >= 0);
    if (child == 0) {
        /* An assertion that fails here would leave the child waiting for ever, with the test's own machinery. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(60);
        if (work(context))
            kill(getpid(), SIGKILL);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &state, 0), child);
    return state;
}

/* ---- RocksDB without our store around it ---- */

rocksdb_t *raw_open(const char *db, rocksdb_column_family_handle_t **parts)
{
    const char *names[] = {"default", "journal", "rows"};
    rocksdb_options_t *options = rocksdb_options_create();
    const rocksdb_options_t *settings[] = {options, options, options};
    char *error = NULL;
    rocksdb_t *raw = rocksdb_open_column_families(options, db, 3, names, settings, parts, &error);
    cr_assert_null(error, "%s", error);
    rocksdb_options_destroy(options);
    return raw;
}

void raw_close(rocksdb_t *raw, rocksdb_column_family_handle_t **parts)
{
    for (int i = 0; i < 3; i++)
        rocksdb_column_family_handle_destroy(parts[i]);
    rocksdb_close(raw);
}

void raw_put(rocksdb_t *raw, rocksdb_column_family_handle_t *part, struct bytes key, struct bytes value)
{
    rocksdb_writeoptions_t *write = rocksdb_writeoptions_create();
    char *error = NULL;
    if (value.data)
        rocksdb_put_cf(raw, write, part, (const char *)key.data, key.size, (const char *)value.data, value.size,
                       &error);
    else
        rocksdb_delete_cf(raw, write, part, (const char *)key.data, key.size, &error);
    cr_assert_null(error);
    rocksdb_writeoptions_destroy(write);
}

/* ---- journal ---- */

struct journal *house_open(struct house *house)
{
    struct journal_options options = {.folder = house->folder, .make_new = true, .is_test = true};
    struct journal *journal;
    char why[STORE_WHY_SIZE];
    cr_assert_eq(journal_open(&options, &journal, why), STATUS_OK, "%s", why);
    cr_assert_str_eq(why, "");
    return journal;
}

enum status house_try(struct house *house, const struct journal_options *options, char *why)
{
    struct journal_options asked = *options;
    struct journal *journal;
    if (!asked.folder)
        asked.folder = house->folder;
    enum status status = journal_open(&asked, &journal, why);
    cr_assert_eq(journal == NULL, status != STATUS_OK);
    journal_close(&journal);
    return status;
}

static void fill(uint8_t *out, uint32_t size, uint64_t seed)
{
    for (uint32_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(seed >> 56);
    }
}

struct journal_entry house_entry(uint64_t sequence, uint32_t body_size)
{
    static uint8_t envelope[64], body[BODY_SIZE_MAX], chunks[2][96];
    cr_assert(body_size <= BODY_SIZE_MAX);
    fill(envelope, sizeof envelope, sequence);
    fill(body, body_size, sequence + 1000);
    fill(chunks[0], sizeof chunks[0], sequence + 2000);
    fill(chunks[1], sizeof chunks[1], sequence + 3000);
    return (struct journal_entry){
        .sequence = sequence,
        .time_us = (int64_t)HOUSE_TIME * 1000000 + (int64_t)sequence,
        .sender = text_of("B:105451099995"),
        .state = text_of(sequence % 4 ? "ACCEPTED" : NULL),
        .case_previous = sequence / 2,
        .envelope = bytes_of(envelope, sizeof envelope),
        .body = bytes_of(body, body_size),
        .chunks = {bytes_of(chunks[0], sizeof chunks[0]), bytes_of(chunks[1], sequence % 7)},
        .chunk_count = (uint32_t)(sequence % 3),
    };
}

void house_append(struct journal *journal, uint32_t count)
{
    char why[STORE_WHY_SIZE];
    for (uint32_t i = 0; i < count; i++) {
        struct journal_entry entry = house_entry(journal_last_sequence(journal) + 1, 200);
        cr_assert_eq(journal_append(journal, &entry, why), STATUS_OK, "%s", why);
    }
}

void house_expect(const struct journal_entry *entry, uint32_t body_size)
{
    struct journal_entry wanted = house_entry(entry->sequence, body_size);
    cr_assert_eq(entry->time_us, wanted.time_us);
    cr_assert(text_equal(entry->sender, wanted.sender));
    cr_assert_eq(entry->state.data == NULL, wanted.state.data == NULL);
    cr_assert(text_equal(entry->state, wanted.state));
    cr_assert_eq(entry->case_previous, wanted.case_previous);
    cr_assert(bytes_equal(entry->envelope, wanted.envelope));
    cr_assert_not_null(entry->body.data);
    cr_assert(bytes_equal(entry->body, wanted.body));
    cr_assert_eq(entry->chunk_count, wanted.chunk_count);
    for (uint32_t i = 0; i < wanted.chunk_count; i++) {
        cr_assert_not_null(entry->chunks[i].data);
        cr_assert(bytes_equal(entry->chunks[i], wanted.chunks[i]));
    }
}
