#include "broker/store/store_rocksdb.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker/store/big_endian.h"
#include "broker/store/rocksdb_error.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { STORE_FORMAT = 1, SEQUENCE_SIZE = 8, FORMAT_SIZE = 4 };

static const char FORMAT_KEY[] = "format";
static const char CHECKPOINT_KEY[] = "checkpoint";

/* ---- opening ---- */

static bool ends_with(const char *name, const char *ending)
{
    size_t size = strlen(name), ending_size = strlen(ending);
    return size >= ending_size && strcmp(name + size - ending_size, ending) == 0;
}

static bool has_data_files(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return false;
    bool has = false;
    const struct dirent *entry;
    while (!has && (entry = readdir(directory)))
        has = ends_with(entry->d_name, ".sst") || ends_with(entry->d_name, ".log");
    closedir(directory);
    return has;
}

/* RocksDB takes a folder without CURRENT for a new one and sweeps away what lies there. */
static enum status check_current(const struct store_options *options, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(path, options->folder, "CURRENT", why);
    if (status != STATUS_OK || small_file_is_there(path))
        return status;
    if (!options->must_exist && !options->read_only && !has_data_files(options->folder))
        return folder_make(options->folder, why);
    why_set(why, "%s: CURRENT is missing, so the store is damaged or was never made", options->folder);
    return STATUS_CORRUPT;
}

static enum status open_database(struct store *store, char *why)
{
    const char *names[ROCKSDB_PART_COUNT];
    const rocksdb_options_t *settings[ROCKSDB_PART_COUNT];
    for (int part = 0; part < ROCKSDB_PART_COUNT; part++) {
        names[part] = rocksdb_part_name((enum rocksdb_part)part);
        settings[part] = store->settings.parts[part];
    }
    char *error = NULL;
    if (store->is_read_only)
        store->database = rocksdb_open_for_read_only_column_families(
            store->settings.database, store->folder, ROCKSDB_PART_COUNT, names, settings, store->parts, 0, &error);
    else
        store->database = rocksdb_open_column_families(store->settings.database, store->folder, ROCKSDB_PART_COUNT,
                                                       names, settings, store->parts, &error);
    return rocksdb_error_take(&error, store->folder, "opening the store", why);
}

static void make_tools(struct store *store)
{
    store->write_synced = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(store->write_synced, 1);
    store->write_unsynced = rocksdb_writeoptions_create();
    store->read = rocksdb_readoptions_create();
    store->batch = rocksdb_writebatch_create();
    store->checkpoint = rocksdb_writebatch_create();
}

/* A number of the meta part; `is_there` tells 0 from nothing. */
static enum status read_meta(struct store *store, const char *key, uint8_t *out, size_t size, bool *is_there, char *why)
{
    char *error = NULL;
    *is_there = false;
    rocksdb_pinnableslice_t *slice =
        rocksdb_get_pinned_cf(store->database, store->read, store->parts[ROCKSDB_PART_META], key, strlen(key), &error);
    enum status status = rocksdb_error_take(&error, store->folder, key, why);
    if (status != STATUS_OK || !slice)
        return status;
    size_t found = 0;
    const char *data = rocksdb_pinnableslice_value(slice, &found);
    if (found == size) {
        memcpy(out, data, size);
        *is_there = true;
    } else {
        why_set(why, "%s: the row %s has %zu bytes in place of %zu", store->folder, key, found, size);
        status = STATUS_CORRUPT;
    }
    rocksdb_pinnableslice_destroy(slice);
    return status;
}

static enum status write_format(struct store *store, char *why)
{
    uint8_t value[FORMAT_SIZE];
    be32_put(value, STORE_FORMAT);
    char *error = NULL;
    rocksdb_put_cf(store->database, store->write_synced, store->parts[ROCKSDB_PART_META], FORMAT_KEY,
                   strlen(FORMAT_KEY), (const char *)value, sizeof value, &error);
    return rocksdb_error_take(&error, store->folder, "writing the format", why);
}

/* The format row is the first thing written: a store with records has it. */
static enum status check_format(struct store *store, const struct store_options *options, char *why)
{
    uint8_t value[FORMAT_SIZE];
    bool is_there;
    enum status status = read_meta(store, FORMAT_KEY, value, sizeof value, &is_there, why);
    if (status != STATUS_OK)
        return status;
    if (!is_there) {
        if (!options->must_exist && !options->read_only && store->last_sequence == 0)
            return write_format(store, why);
        why_set(why, "%s: the row of the format version is missing", store->folder);
        return STATUS_CORRUPT;
    }
    uint32_t format = be32_get(value);
    if (format == STORE_FORMAT)
        return STATUS_OK;
    why_set(why, "%s: format version %u, this program knows %d", store->folder, format, STORE_FORMAT);
    return format > STORE_FORMAT ? STATUS_NEWER : STATUS_CORRUPT;
}

static enum status find_last_sequence(struct store *store, char *why)
{
    rocksdb_iterator_t *iterator =
        rocksdb_create_iterator_cf(store->database, store->read, store->parts[ROCKSDB_PART_JOURNAL]);
    rocksdb_iter_seek_to_last(iterator);
    char *error = NULL;
    rocksdb_iter_get_error(iterator, &error);
    enum status status = rocksdb_error_take(&error, store->folder, "looking for the last record", why);
    if (status == STATUS_OK && rocksdb_iter_valid(iterator)) {
        size_t size = 0;
        const char *key = rocksdb_iter_key(iterator, &size);
        if (size == SEQUENCE_SIZE) {
            store->last_sequence = be64_get((const uint8_t *)key);
        } else {
            why_set(why, "%s: a record has a key of %zu bytes", store->folder, size);
            status = STATUS_CORRUPT;
        }
    }
    rocksdb_iter_destroy(iterator);
    return status;
}

static enum status find_checkpoint(struct store *store, char *why)
{
    uint8_t value[SEQUENCE_SIZE];
    bool is_there;
    enum status status = read_meta(store, CHECKPOINT_KEY, value, sizeof value, &is_there, why);
    if (status == STATUS_OK)
        store->checkpoint_sequence = is_there ? be64_get(value) : 0;
    return status;
}

enum status store_open(const struct store_options *options, struct store **out, char *why)
{
    struct store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (!store)
        return STATUS_NO_MEMORY;
    store->is_read_only = options->read_only;
    store->is_rows_only = options->rows_only;
    enum status status = STATUS_CONFIG;
    int size = snprintf(store->folder, sizeof store->folder, "%s", options->folder);
    if (size < 0 || (size_t)size >= sizeof store->folder) {
        why_set(why, "the path of the store is too long");
        goto done;
    }
    if ((status = check_current(options, why)) != STATUS_OK)
        goto done;
    if ((status = rocksdb_settings_init(&store->settings, options, why)) != STATUS_OK)
        goto done;
    if ((status = open_database(store, why)) != STATUS_OK)
        goto done;
    make_tools(store);
    if ((status = find_last_sequence(store, why)) != STATUS_OK)
        goto done;
    if ((status = store_look_for_holes(store, why)) != STATUS_OK)
        goto done;
    if ((status = check_format(store, options, why)) != STATUS_OK)
        goto done;
    status = find_checkpoint(store, why);
done:
    if (status != STATUS_OK)
        store_close(&store);
    *out = store;
    return status;
}

static void close_database(struct store *store)
{
    for (int part = 0; part < ROCKSDB_PART_COUNT; part++) {
        if (store->parts[part])
            rocksdb_column_family_handle_destroy(store->parts[part]);
    }
    rocksdb_close(store->database);
}

void store_close(struct store **store)
{
    if (!*store)
        return;
    if ((*store)->batch) {
        rocksdb_writebatch_destroy((*store)->batch);
        rocksdb_writebatch_destroy((*store)->checkpoint);
        rocksdb_writeoptions_destroy((*store)->write_synced);
        rocksdb_writeoptions_destroy((*store)->write_unsynced);
        rocksdb_readoptions_destroy((*store)->read);
    }
    if ((*store)->database)
        close_database(*store);
    rocksdb_settings_fini(&(*store)->settings);
    free(*store);
    *store = NULL;
}

/* ---- writing ---- */

static enum status may_write(const struct store *store, char *why)
{
    if (store->is_read_only) {
        why_set(why, "%s: opened for reading only", store->folder);
        return STATUS_USAGE;
    }
    if (store->failed != STATUS_OK)
        why_set(why, "%s: a write failed before, so nobody knows what is on disk: start again", store->folder);
    return store->failed;
}

enum status store_append(struct store *store, uint64_t sequence, struct bytes record, char *why)
{
    enum status status = may_write(store, why);
    if (status != STATUS_OK)
        return status;
    uint64_t next = store->last_sequence + store->gathered + 1;
    if (sequence != next) {
        why_set(why, "record %llu was handed in where %llu is next", (unsigned long long)sequence,
                (unsigned long long)next);
        return STATUS_USAGE;
    }
    uint8_t key[SEQUENCE_SIZE];
    be64_put(key, sequence);
    rocksdb_writebatch_put_cf(store->batch, store->parts[ROCKSDB_PART_JOURNAL], (const char *)key, sizeof key,
                              (const char *)record.data, record.size);
    store->gathered++;
    return STATUS_OK;
}

enum status store_commit(struct store *store, char *why)
{
    enum status status = may_write(store, why);
    if (status != STATUS_OK || store->gathered == 0)
        return status;
    char *error = NULL;
    rocksdb_write(store->database, store->write_synced, store->batch, &error);
    store->failed = rocksdb_error_take(&error, store->folder, "writing records", why);
    if (store->failed != STATUS_OK)
        return store->failed;
    rocksdb_writebatch_clear(store->batch);
    store->last_sequence += store->gathered;
    store->gathered = 0;
    return STATUS_OK;
}

uint32_t store_gathered(const struct store *store)
{
    return store->gathered;
}

static void put_row(struct store *store, const struct store_row *row)
{
    rocksdb_column_family_handle_t *rows = store->parts[ROCKSDB_PART_ROWS];
    const char *key = (const char *)row->key.data;
    if (row->value.data)
        rocksdb_writebatch_put_cf(store->checkpoint, rows, key, row->key.size, (const char *)row->value.data,
                                  row->value.size);
    else
        rocksdb_writebatch_delete_cf(store->checkpoint, rows, key, row->key.size);
}

/* Writes what `checkpoint` holds together with the sequence it stands for. */
static enum status write_checkpoint(struct store *store, uint64_t sequence, char *why)
{
    uint8_t value[SEQUENCE_SIZE];
    be64_put(value, sequence);
    rocksdb_writebatch_put_cf(store->checkpoint, store->parts[ROCKSDB_PART_META], CHECKPOINT_KEY,
                              strlen(CHECKPOINT_KEY), (const char *)value, sizeof value);
    char *error = NULL;
    rocksdb_write(store->database, store->write_unsynced, store->checkpoint, &error);
    store->failed = rocksdb_error_take(&error, store->folder, "writing rows", why);
    if (store->failed != STATUS_OK)
        return store->failed;
    store->checkpoint_sequence = sequence;
    return STATUS_OK;
}

enum status store_checkpoint(struct store *store, uint64_t sequence, const struct store_row *rows, uint32_t count,
                             char *why)
{
    enum status status = may_write(store, why);
    if (status != STATUS_OK)
        return status;
    const bool is_ahead = !store->is_rows_only && sequence > store->last_sequence;
    if (is_ahead || sequence < store->checkpoint_sequence) {
        why_set(why, "rows for record %llu, but the rows there stand for %llu and the journal ends at %llu",
                (unsigned long long)sequence, (unsigned long long)store->checkpoint_sequence,
                (unsigned long long)store->last_sequence);
        return STATUS_USAGE;
    }
    rocksdb_writebatch_clear(store->checkpoint);
    for (uint32_t i = 0; i < count; i++)
        put_row(store, &rows[i]);
    return write_checkpoint(store, sequence, why);
}

enum status store_forget_rows(struct store *store, char *why)
{
    enum status status = may_write(store, why);
    if (status != STATUS_OK)
        return status;
    uint8_t end[STORE_KEY_SIZE_MAX];
    memset(end, 0xff, sizeof end);
    rocksdb_writebatch_clear(store->checkpoint);
    rocksdb_writebatch_delete_range_cf(store->checkpoint, store->parts[ROCKSDB_PART_ROWS], "", 0, (const char *)end,
                                       sizeof end);
    return write_checkpoint(store, 0, why);
}

enum status store_snapshot(struct store *store, const char *folder, char *why)
{
    char *error = NULL;
    rocksdb_checkpoint_t *checkpoint = rocksdb_checkpoint_object_create(store->database, &error);
    if (checkpoint) {
        rocksdb_checkpoint_create(checkpoint, folder, 0, &error); /* 0: what is in memory is flushed to a table first */
        rocksdb_checkpoint_object_destroy(checkpoint);
    }
    return rocksdb_error_take(&error, folder, "making a snapshot", why);
}

uint64_t store_checkpoint_sequence(const struct store *store)
{
    return store->checkpoint_sequence;
}

uint64_t store_last_sequence(const struct store *store)
{
    return store->last_sequence;
}

/* ---- reading one ---- */

static enum status get(struct store *store, enum rocksdb_part part, struct bytes key, struct store_value *out,
                       char *why)
{
    *out = (struct store_value){0};
    char *error = NULL;
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned_cf(store->database, store->read, store->parts[part],
                                                           (const char *)key.data, key.size, &error);
    enum status status = rocksdb_error_take(&error, store->folder, "reading", why);
    if (status != STATUS_OK || !slice)
        return status;
    size_t size = 0;
    const char *data = rocksdb_pinnableslice_value(slice, &size);
    *out = (struct store_value){bytes_of(data ? data : "", size), slice};
    return STATUS_OK;
}

enum status store_record(struct store *store, uint64_t sequence, struct store_value *out, char *why)
{
    uint8_t key[SEQUENCE_SIZE];
    be64_put(key, sequence);
    return get(store, ROCKSDB_PART_JOURNAL, bytes_of(key, sizeof key), out, why);
}

enum status store_row(struct store *store, struct bytes key, struct store_value *out, char *why)
{
    return get(store, ROCKSDB_PART_ROWS, key, out, why);
}

void store_value_fini(struct store_value *value)
{
    if (value->owner)
        rocksdb_pinnableslice_destroy(value->owner);
    *value = (struct store_value){0};
}
