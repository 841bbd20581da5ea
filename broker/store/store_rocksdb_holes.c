#include <rocksdb/c.h>

#include "broker/store/big_endian.h"
#include "broker/store/store_rocksdb.h"
#include "broker/store/why.h"

enum { SEQUENCE_SIZE = 8 };

/* A key of the journal's part; 0 for what is none. */
static uint64_t sequence_of(const char *key, size_t size)
{
    return key && size == SEQUENCE_SIZE ? be64_get((const uint8_t *)key) : 0;
}

/* If the table goes on where `covered` ends, the record it goes up to, else `covered`. */
static uint64_t cover(const rocksdb_livefiles_t *files, int index, uint64_t covered)
{
    size_t first_size = 0, last_size = 0;
    const char *first = rocksdb_livefiles_smallestkey(files, index, &first_size);
    const char *last = rocksdb_livefiles_largestkey(files, index, &last_size);
    bool is_journal =
        strcmp(rocksdb_livefiles_column_family_name(files, index), rocksdb_part_name(ROCKSDB_PART_JOURNAL)) == 0;
    bool goes_on = is_journal && sequence_of(first, first_size) <= covered + 1;
    uint64_t end = goes_on ? sequence_of(last, last_size) : 0;
    return end > covered ? end : covered;
}

/* Up to which record the tables follow each other without a gap, in whatever order they are listed. */
static uint64_t covered_by_tables(const struct store *store)
{
    const rocksdb_livefiles_t *files = rocksdb_livefiles(store->database);
    uint64_t covered = 0, before;
    do {
        before = covered;
        for (int i = 0; i < rocksdb_livefiles_count(files); i++)
            covered = cover(files, i, covered);
    } while (covered > before);
    rocksdb_livefiles_destroy(files);
    return covered;
}

/* What no table has is in the log, and goes on just there. */
static bool log_goes_on(const struct store *store, uint64_t next)
{
    uint8_t key[SEQUENCE_SIZE];
    be64_put(key, next);
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(store->database, store->read, store->parts[ROCKSDB_PART_JOURNAL]);
    rocksdb_iter_seek(iterator, (const char *)key, sizeof key);
    size_t size = 0;
    const char *found = rocksdb_iter_valid(iterator) ? rocksdb_iter_key(iterator, &size) : NULL;
    bool goes_on = sequence_of(found, size) == next;
    rocksdb_iter_destroy(iterator);
    return goes_on;
}

enum status store_look_for_holes(const struct store *store, char *why)
{
    uint64_t covered = covered_by_tables(store);
    if (covered >= store->last_sequence || log_goes_on(store, covered + 1))
        return STATUS_OK;
    why_set(why,
            "%s: record %llu is missing, but the journal goes on to %llu: MANIFEST is older than the rest. Restore all "
            "of it",
            store->folder, (unsigned long long)covered + 1, (unsigned long long)store->last_sequence);
    return STATUS_CORRUPT;
}
