#include "broker/store/big_endian.h"
#include "broker/store/rocksdb_error.h"
#include "broker/store/store_rocksdb.h"
#include "broker/store/why.h"

enum { SEQUENCE_SIZE = 8, READAHEAD_SIZE = 2 << 20 };

static struct bytes iterator_key(const rocksdb_iterator_t *iterator)
{
    size_t size = 0;
    const char *data = rocksdb_iter_key(iterator, &size);
    return bytes_of(data ? data : "", size);
}

static struct bytes iterator_value(const rocksdb_iterator_t *iterator)
{
    size_t size = 0;
    const char *data = rocksdb_iter_value(iterator, &size);
    return bytes_of(data ? data : "", size);
}

static enum status iterator_end(const struct store *store, rocksdb_iterator_t *iterator, const char *what, char *why)
{
    char *error = NULL;
    rocksdb_iter_get_error(iterator, &error);
    return rocksdb_error_take(&error, store->folder, what, why);
}

static enum status missing_record(const struct store *store, uint64_t sequence, char *why)
{
    why_set(why, "%s: record %llu is missing", store->folder, (unsigned long long)sequence);
    return STATUS_CORRUPT;
}

/* Every record from `sequence` to `last` must be there: a hole is damage, not the end. */
static enum status walk_records(struct store *store, rocksdb_iterator_t *iterator, uint64_t sequence, uint64_t last,
                                store_take_record *take, void *context, char *why)
{
    for (; rocksdb_iter_valid(iterator) && sequence <= last; rocksdb_iter_next(iterator), sequence++) {
        struct bytes key = iterator_key(iterator);
        if (key.size != SEQUENCE_SIZE || be64_get(key.data) != sequence)
            return missing_record(store, sequence, why);
        if (!take(sequence, iterator_value(iterator), context))
            return STATUS_OK;
    }
    enum status status = iterator_end(store, iterator, "walking records", why);
    if (status == STATUS_OK && sequence <= last)
        return missing_record(store, sequence, why);
    return status;
}

enum status store_each_record(struct store *store, uint64_t sequence, store_take_record *take, void *context, char *why)
{
    if (sequence == 0)
        sequence = 1;
    if (sequence > store->last_sequence)
        return STATUS_OK;
    rocksdb_readoptions_t *read = rocksdb_readoptions_create();
    rocksdb_readoptions_set_fill_cache(read, 0); /* a walk would push out what the service needs */
    rocksdb_readoptions_set_readahead_size(read, READAHEAD_SIZE);
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(store->database, read, store->parts[ROCKSDB_PART_JOURNAL]);
    uint8_t key[SEQUENCE_SIZE];
    be64_put(key, sequence);
    rocksdb_iter_seek(iterator, (const char *)key, sizeof key);
    enum status status = walk_records(store, iterator, sequence, store->last_sequence, take, context, why);
    rocksdb_iter_destroy(iterator);
    rocksdb_readoptions_destroy(read);
    return status;
}

/* The first key behind all that start with `prefix`; size 0 when there is none. */
static uint32_t end_of_prefix(struct bytes prefix, uint8_t *out)
{
    uint32_t size = prefix.size;
    while (size > 0 && prefix.data[size - 1] == 0xff)
        size--;
    if (size == 0)
        return 0;
    memcpy(out, prefix.data, size);
    out[size - 1]++;
    return size;
}

static void seek_row(rocksdb_iterator_t *iterator, struct bytes after, bool backwards)
{
    if (after.size == 0) {
        if (backwards)
            rocksdb_iter_seek_to_last(iterator);
        else
            rocksdb_iter_seek_to_first(iterator);
        return;
    }
    const char *key = (const char *)after.data;
    if (backwards)
        rocksdb_iter_seek_for_prev(iterator, key, after.size);
    else
        rocksdb_iter_seek(iterator, key, after.size);
}

static void step_row(rocksdb_iterator_t *iterator, bool backwards)
{
    if (backwards)
        rocksdb_iter_prev(iterator);
    else
        rocksdb_iter_next(iterator);
}

static void walk_rows(rocksdb_iterator_t *iterator, struct bytes after, bool backwards, store_take_row *take,
                      void *context)
{
    seek_row(iterator, after, backwards);
    if (after.size > 0 && rocksdb_iter_valid(iterator) && bytes_equal(iterator_key(iterator), after))
        step_row(iterator, backwards);
    for (; rocksdb_iter_valid(iterator); step_row(iterator, backwards)) {
        if (!take(iterator_key(iterator), iterator_value(iterator), context))
            return;
    }
}

enum status store_each_row(struct store *store, struct bytes prefix, struct bytes after, bool backwards,
                           store_take_row *take, void *context, char *why)
{
    if (prefix.size > STORE_KEY_SIZE_MAX) {
        why_set(why, "a prefix of %u bytes, the limit is %d", prefix.size, STORE_KEY_SIZE_MAX);
        return STATUS_LIMIT;
    }
    uint8_t end[STORE_KEY_SIZE_MAX];
    uint32_t end_size = end_of_prefix(prefix, end);
    rocksdb_readoptions_t *read = rocksdb_readoptions_create();
    if (prefix.size > 0)
        rocksdb_readoptions_set_iterate_lower_bound(read, (const char *)prefix.data, prefix.size);
    if (end_size > 0)
        rocksdb_readoptions_set_iterate_upper_bound(read, (const char *)end, end_size);
    rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(store->database, read, store->parts[ROCKSDB_PART_ROWS]);
    walk_rows(iterator, after, backwards, take, context);
    enum status status = iterator_end(store, iterator, "walking rows", why);
    rocksdb_iter_destroy(iterator);
    rocksdb_readoptions_destroy(read);
    return status;
}
