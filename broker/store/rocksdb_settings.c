#include "broker/store/rocksdb_settings.h"

#include "broker/store/rocksdb_error.h"

enum {
    CACHE_SIZE = 64 << 20,          /* read blocks of all parts, bytes */
    JOURNAL_BUFFER_SIZE = 32 << 20, /* in memory before it is flushed */
    ROWS_BUFFER_SIZE = 32 << 20,    /* likewise */
    META_BUFFER_SIZE = 1 << 20,     /* two rows, written over and over */
    WAL_SIZE_MAX = 128 << 20,       /* what a restart reads again at most, about */
    LOG_FILE_SIZE_MAX = 1 << 20,    /* RocksDB's own text log */
    LOG_FILE_COUNT_MAX = 4,
    BACKGROUND_JOBS_MAX = 2,
    BLOOM_BITS = 10,                 /* a key: about 1 % needless reads */
    RECOVERY_TOLERATE_TORN_TAIL = 0, /* kTolerateCorruptedTailRecords */
    LEVEL_WARN = 2,
};

static const char *const PART_NAMES[ROCKSDB_PART_COUNT] = {"default", "journal", "rows"};

const char *rocksdb_part_name(enum rocksdb_part part)
{
    return PART_NAMES[part];
}

/* c.h 7.8 has no setter for the tracking of logs; the text form takes it. */
static enum status database_options(rocksdb_options_t *options, const struct store_options *asked, char *why)
{
    rocksdb_options_t *base = rocksdb_options_create();
    char *error = NULL;
    rocksdb_get_options_from_string(base, "track_and_verify_wals_in_manifest=true;paranoid_checks=true", options,
                                    &error);
    rocksdb_options_destroy(base);
    if (error)
        return rocksdb_error_take(&error, asked->folder, "setting the options", why);

    bool may_make = !asked->must_exist && !asked->read_only;
    rocksdb_options_set_create_if_missing(options, may_make);
    rocksdb_options_set_create_missing_column_families(options, may_make);
    rocksdb_options_set_wal_recovery_mode(options, RECOVERY_TOLERATE_TORN_TAIL);
    rocksdb_options_set_recycle_log_file_num(options, 0);
    rocksdb_options_set_max_total_wal_size(options, WAL_SIZE_MAX);
    rocksdb_options_set_max_background_jobs(options, BACKGROUND_JOBS_MAX);
    rocksdb_options_set_info_log_level(options, LEVEL_WARN);
    rocksdb_options_set_max_log_file_size(options, LOG_FILE_SIZE_MAX);
    rocksdb_options_set_keep_log_file_num(options, LOG_FILE_COUNT_MAX);
    return STATUS_OK;
}

static void set_table(rocksdb_options_t *options, rocksdb_cache_t *cache, bool has_bloom)
{
    rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_block_cache(table, cache);
    if (has_bloom)
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(BLOOM_BITS));
    rocksdb_options_set_block_based_table_factory(options, table);
    rocksdb_block_based_options_destroy(table);
}

enum status rocksdb_settings_init(struct rocksdb_settings *settings, const struct store_options *options, char *why)
{
    *settings = (struct rocksdb_settings){.cache = rocksdb_cache_create_lru(CACHE_SIZE)};
    settings->database = rocksdb_options_create();
    for (int part = 0; part < ROCKSDB_PART_COUNT; part++) {
        settings->parts[part] = rocksdb_options_create();
        set_table(settings->parts[part], settings->cache, part == ROCKSDB_PART_ROWS);
    }
    rocksdb_options_set_write_buffer_size(settings->parts[ROCKSDB_PART_META], META_BUFFER_SIZE);
    rocksdb_options_set_write_buffer_size(settings->parts[ROCKSDB_PART_JOURNAL], JOURNAL_BUFFER_SIZE);
    rocksdb_options_set_write_buffer_size(settings->parts[ROCKSDB_PART_ROWS], ROWS_BUFFER_SIZE);
    /* Sealed bodies look like noise: compressing them costs time and saves nothing. */
    rocksdb_options_set_compression(settings->parts[ROCKSDB_PART_META], rocksdb_no_compression);
    rocksdb_options_set_compression(settings->parts[ROCKSDB_PART_JOURNAL], rocksdb_no_compression);
    rocksdb_options_set_compression(settings->parts[ROCKSDB_PART_ROWS], rocksdb_lz4_compression);
    return database_options(settings->database, options, why);
}

void rocksdb_settings_fini(struct rocksdb_settings *settings)
{
    for (int part = 0; part < ROCKSDB_PART_COUNT; part++) {
        if (settings->parts[part])
            rocksdb_options_destroy(settings->parts[part]);
    }
    if (settings->database)
        rocksdb_options_destroy(settings->database);
    if (settings->cache)
        rocksdb_cache_destroy(settings->cache);
    *settings = (struct rocksdb_settings){0};
}
