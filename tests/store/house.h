#ifndef ONEVISIT_TESTS_STORE_HOUSE_H
#define ONEVISIT_TESTS_STORE_HOUSE_H

#include <rocksdb/c.h>
#include <sys/types.h>

#include "broker/store/journal.h"

/* A folder of its own for each test, and what is done to it. Anything that goes
 * wrong here fails the test. */
enum { HOUSE_PATH_SIZE = 512, HOUSE_NAME_COUNT_MAX = 64 };

struct house {
    char root[HOUSE_PATH_SIZE];   /* removed by house_fini */
    char folder[HOUSE_PATH_SIZE]; /* root/broker */
    char db[HOUSE_PATH_SIZE];     /* root/broker/db */
};

/* Folder and db are not made yet. */
void house_init(struct house *house);
void house_fini(struct house *house);
/* The path of a name in the broker's folder; valid until the next call. */
const char *house_path(struct house *house, const char *name);

/* Everything of `from` into `to`, which is not there yet. */
void folder_copy(const char *from, const char *to);
void file_copy(const char *from, const char *to);
void remove_folder(const char *path);
/* Calls `take` with the path of every file below. */
void folder_each_file(const char *path, void (*take)(const char *path, void *context), void *context);
/* The path of the newest or oldest file of db whose name ends so; false for none. */
bool folder_newest(const char *folder, const char *ending, char *out);
bool folder_oldest(const char *folder, const char *ending, char *out);

/* Whole files. */
size_t file_size(const char *path);
void file_flip(const char *path, size_t at);
void file_cut(const char *path, size_t size);
void file_put(const char *path, const void *data, size_t size);

/* Runs `work` in a process of its own, which ends with SIGKILL when it returns true, with exit 0 else.
 * The answer is what waitpid says. */
int process_run(bool (*work)(void *context), void *context);

/* RocksDB without our store around it; parts: meta, journal, rows. */
rocksdb_t *raw_open(const char *db, rocksdb_column_family_handle_t **parts);
void raw_close(rocksdb_t *raw, rocksdb_column_family_handle_t **parts);
/* A value without data deletes. */
void raw_put(rocksdb_t *raw, rocksdb_column_family_handle_t *part, struct bytes key, struct bytes value);

/* ---- journal ---- */

enum { HOUSE_TIME = 1790000000 }; /* seconds; a day in September 2026 */

struct journal *house_open(struct house *house);
/* The status of opening; closes again what opened. */
enum status house_try(struct house *house, const struct journal_options *options, char *why);
/* An entry whose content follows from its sequence alone; valid until the next call. */
struct journal_entry house_entry(uint64_t sequence, uint32_t body_size);
/* Appends `count` such entries of 200 bytes, not committed. */
void house_append(struct journal *journal, uint32_t count);
/* The entry must hold what house_entry gives for its sequence. */
void house_expect(const struct journal_entry *entry, uint32_t body_size);

#endif
