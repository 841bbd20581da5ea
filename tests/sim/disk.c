#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One unsynced write of rows, to be undone. */
struct disk_undo {
    struct disk_undo *next;
    uint64_t checkpoint;
    uint32_t count;
    struct disk_row rows[];
};

struct store {
    struct disk *disk;
    bool is_read_only;
};

static struct disk *inserted;

void disk_insert(struct disk *disk)
{
    inserted = disk;
}

struct disk *disk_inserted(void)
{
    return inserted;
}

static struct bytes keep(struct bytes bytes)
{
    if (bytes.data == NULL)
        return bytes;
    uint8_t *copy = malloc(bytes.size + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

static void drop(struct bytes *bytes)
{
    free((void *)(uintptr_t)bytes->data);
    *bytes = (struct bytes){NULL, 0};
}

static void forget_undo(struct disk *disk)
{
    while (disk->undo != NULL) {
        struct disk_undo *undo = disk->undo;
        disk->undo = undo->next;
        for (uint32_t i = 0; i < undo->count; i++) {
            drop(&undo->rows[i].key);
            drop(&undo->rows[i].value);
        }
        free(undo);
    }
}

static void forget_rows(struct disk *disk)
{
    uint32_t cursor = 0;
    for (struct disk_row *row; (row = table_next(&disk->rows, &cursor)) != NULL;) {
        drop(&row->key);
        drop(&row->value);
        free(row);
    }
    table_fini(&disk->rows);
    disk->rows = (struct table){0};
    disk->checkpoint = 0;
}

static void forget_gathered(struct disk *disk)
{
    for (uint32_t i = 0; i < disk->gathered_count; i++)
        free(disk->gathered[i].data);
    disk->gathered_count = 0;
}

void disk_fini(struct disk *disk)
{
    forget_undo(disk);
    forget_rows(disk);
    forget_gathered(disk);
    for (uint64_t i = 0; i < disk->record_count; i++)
        free(disk->records[i].data);
    free(disk->records);
    free(disk->gathered);
    memset(disk, 0, sizeof *disk);
}

/* ---- records ---- */

static void push(struct disk_record **items, uint64_t count, uint64_t *capacity, struct disk_record item)
{
    if (count == *capacity) {
        *capacity = *capacity == 0 ? 64 : *capacity * 2;
        *items = realloc(*items, *capacity * sizeof **items);
        if (*items == NULL)
            abort();
    }
    (*items)[count] = item;
}

static void write_gathered(struct disk *disk)
{
    for (uint32_t i = 0; i < disk->gathered_count; i++)
        push(&disk->records, disk->record_count++, &disk->record_capacity, disk->gathered[i]);
    disk->gathered_count = 0;
    forget_undo(disk);
}

void disk_copy_journal(const struct disk *from, struct disk *to)
{
    memset(to, 0, sizeof *to);
    to->random = from->random;
    to->effects_left = -1;
    to->free_size = INT64_MAX;
    memcpy(to->files, from->files, sizeof to->files);
    to->file_count = from->file_count;
    for (uint64_t i = 0; i < from->record_count; i++) {
        const struct bytes copy = keep(bytes_of(from->records[i].data, from->records[i].size));
        const struct disk_record record = {(uint8_t *)(uintptr_t)copy.data, copy.size};
        push(&to->records, to->record_count++, &to->record_capacity, record);
    }
}

void disk_move(struct disk *from, struct disk *to)
{
    *to = *from;
    memset(from, 0, sizeof *from);
    if (to->opened != NULL)
        to->opened->disk = to;
}

/* ---- rows ---- */

static struct disk_row *row_of(struct disk *disk, struct bytes key)
{
    struct disk_row *row = table_find(&disk->rows, key);
    if (row != NULL)
        return row;
    row = calloc(1, sizeof *row);
    if (row == NULL)
        abort();
    row->key = keep(key);
    table_put(&disk->rows, row->key, row);
    return row;
}

static void row_set(struct disk *disk, struct bytes key, struct bytes value)
{
    struct disk_row *row = row_of(disk, key);
    drop(&row->value);
    row->value = keep(value);
    row->is_there = value.data != NULL;
    row->written = disk->checkpoint;
}

static void remember(struct disk *disk, const struct store_row *rows, uint32_t count)
{
    struct disk_undo *undo = calloc(1, sizeof *undo + count * sizeof undo->rows[0]);
    if (undo == NULL)
        abort();
    undo->checkpoint = disk->checkpoint;
    undo->count = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct disk_row *row = table_find(&disk->rows, rows[i].key);
        undo->rows[i].key = keep(rows[i].key);
        undo->rows[i].value = keep(row != NULL ? row->value : (struct bytes){NULL, 0});
    }
    undo->next = disk->undo;
    disk->undo = undo;
}

static void undo_newest(struct disk *disk)
{
    struct disk_undo *undo = disk->undo;
    for (uint32_t i = 0; i < undo->count; i++) {
        row_set(disk, undo->rows[i].key, undo->rows[i].value);
        drop(&undo->rows[i].key);
        drop(&undo->rows[i].value);
    }
    disk->checkpoint = undo->checkpoint;
    disk->undo = undo->next;
    free(undo);
}

/* ---- trouble ---- */

bool disk_effect(struct disk *disk)
{
    if (disk->effects_left > 0 && --disk->effects_left == 0)
        disk->is_dead = true;
    return !disk->is_dead;
}

void disk_crash(struct disk *disk)
{
    disk->is_dead = true;
    if (disk->was_committing && disk->is_torn && random_once_in(disk->random, 2))
        write_gathered(disk);
    disk->was_committing = false;
    forget_gathered(disk);
    while (disk->loses_tail && disk->undo != NULL && !random_once_in(disk->random, 3))
        undo_newest(disk);
    forget_undo(disk);
}

void disk_revive(struct disk *disk)
{
    disk->is_dead = false;
    disk->effects_left = -1;
    disk->fails_in = disk->read_fails_in = 0;
    disk->has_failed = false;
}

static void flip(struct disk *disk)
{
    struct disk_record *record = &disk->records[disk->flipped - 1];
    const uint32_t bit = disk->flipped_bit % (record->size * 8);
    record->data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
}

void disk_flip(struct disk *disk, uint64_t sequence)
{
    disk->flipped = sequence;
    disk->flipped_bit = random_below(disk->random, UINT32_MAX);
    flip(disk);
}

void disk_mend(struct disk *disk)
{
    if (disk->flipped != 0)
        flip(disk);
    disk->flipped = 0;
}

void disk_fill(struct disk *disk, bool is_full, int64_t now_us)
{
    disk->free_size = is_full ? 1 << 20 : INT64_MAX;
    if (!is_full)
        disk->full_since_us = 0;
    else if (disk->full_since_us == 0)
        disk->full_since_us = now_us;
}

static void read_takes_time(struct disk *disk)
{
    if (disk->read_us > 0)
        disk->spent_us += random_between(disk->random, 0, disk->read_us);
}

/* STATUS_OK, or the failure that was planned for this moment. */
static bool fails_now(struct disk *disk, uint32_t *countdown)
{
    if (*countdown == 0 || --*countdown > 0)
        return false;
    disk->has_failed = true;
    return true;
}

static enum status trouble(char *why)
{
    if (why != NULL)
        snprintf(why, STORE_WHY_SIZE, "the simulated disk failed");
    return STATUS_IO;
}

/* ---- the seam ---- */

enum status store_open(const struct store_options *options, struct store **out, char *why)
{
    *out = NULL;
    if (inserted->is_dead)
        return trouble(why);
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return STATUS_NO_MEMORY;
    (*out)->disk = inserted;
    inserted->opened = *out;
    (*out)->is_read_only = options->read_only;
    return STATUS_OK;
}

/* What was gathered and never committed is nobody's. */
void store_close(struct store **store)
{
    if (*store != NULL && !(*store)->disk->is_dead)
        forget_gathered((*store)->disk);
    if (*store != NULL && (*store)->disk->opened == *store)
        (*store)->disk->opened = NULL;
    free(*store);
    *store = NULL;
}

enum status store_append(struct store *store, uint64_t sequence, struct bytes record, char *why)
{
    struct disk *disk = store->disk;
    const struct bytes copy = keep(record);

    if (sequence != disk->record_count + disk->gathered_count + 1)
        abort(); /* the journal promises it */
    if (!disk_effect(disk)) {
        drop((struct bytes *)(uintptr_t)&copy);
        return trouble(why);
    }
    uint64_t capacity = disk->gathered_capacity;
    push(&disk->gathered, disk->gathered_count++, &capacity,
         (struct disk_record){(uint8_t *)(uintptr_t)copy.data, copy.size});
    disk->gathered_capacity = (uint32_t)capacity;
    return STATUS_OK;
}

enum status store_commit(struct store *store, char *why)
{
    struct disk *disk = store->disk;

    if (disk->is_dead)
        return trouble(why);
    if (disk->gathered_count == 0)
        return STATUS_OK;
    if (!disk_effect(disk)) {
        disk->was_committing = true;
        return trouble(why);
    }
    const bool fails = fails_now(disk, &disk->fails_in);
    if (fails && disk->how == DISK_FAILS_BEFORE) {
        forget_gathered(disk);
        return trouble(why);
    }
    write_gathered(disk);
    disk->spent_us += disk->commit_us;
    disk->commit_count++;
    if (fails)
        return trouble(why);
    return disk_effect(disk) ? STATUS_OK : trouble(why);
}

uint32_t store_gathered(const struct store *store)
{
    return store->disk->gathered_count;
}

enum status store_checkpoint(struct store *store, uint64_t sequence, const struct store_row *rows, uint32_t count,
                             char *why)
{
    struct disk *disk = store->disk;

    if (sequence > disk->record_count)
        abort(); /* rows ahead of the journal */
    if (!disk_effect(disk))
        return trouble(why);
    const bool fails = fails_now(disk, &disk->fails_in);
    if (fails && disk->how == DISK_FAILS_BEFORE)
        return trouble(why);
    remember(disk, rows, count);
    disk->checkpoint = sequence;
    for (uint32_t i = 0; i < count; i++)
        row_set(disk, rows[i].key, rows[i].value);
    return fails || !disk_effect(disk) ? trouble(why) : STATUS_OK;
}

enum status store_forget_rows(struct store *store, char *why)
{
    (void)why;
    forget_rows(store->disk);
    forget_undo(store->disk);
    return STATUS_OK;
}

/* Backups are met by the system tests: the simulated disk has no folders. */
enum status store_snapshot(struct store *store, const char *folder, char *why)
{
    (void)store;
    (void)folder;
    return trouble(why);
}

uint64_t store_checkpoint_sequence(const struct store *store)
{
    return store->disk->checkpoint;
}

uint64_t store_last_sequence(const struct store *store)
{
    return store->disk->record_count;
}

static void lend(struct bytes bytes, struct store_value *out)
{
    const struct bytes copy = keep(bytes);
    out->bytes = copy;
    out->owner = (void *)(uintptr_t)copy.data;
}

enum status store_record(struct store *store, uint64_t sequence, struct store_value *out, char *why)
{
    const struct disk *disk = store->disk;

    *out = (struct store_value){{NULL, 0}, NULL};
    read_takes_time(store->disk);
    if (disk->is_dead || fails_now(store->disk, &store->disk->read_fails_in))
        return trouble(why);
    if (sequence >= 1 && sequence <= disk->record_count)
        lend(bytes_of(disk->records[sequence - 1].data, disk->records[sequence - 1].size), out);
    return STATUS_OK;
}

enum status store_row(struct store *store, struct bytes key, struct store_value *out, char *why)
{
    *out = (struct store_value){{NULL, 0}, NULL};
    read_takes_time(store->disk);
    if (store->disk->is_dead || fails_now(store->disk, &store->disk->read_fails_in))
        return trouble(why);
    const struct disk_row *row = table_find(&store->disk->rows, key);
    if (row != NULL && row->is_there)
        lend(row->value, out);
    return STATUS_OK;
}

void store_value_fini(struct store_value *value)
{
    free(value->owner);
    *value = (struct store_value){{NULL, 0}, NULL};
}

enum status store_each_record(struct store *store, uint64_t sequence, store_take_record *take, void *context, char *why)
{
    const struct disk *disk = store->disk;

    if (disk->is_dead)
        return trouble(why);
    for (uint64_t at = sequence > 0 ? sequence : 1; at <= disk->record_count; at++)
        if (!take(at, bytes_of(disk->records[at - 1].data, disk->records[at - 1].size), context))
            break;
    return STATUS_OK;
}

static int compare_bytes(struct bytes a, struct bytes b)
{
    const uint32_t size = a.size < b.size ? a.size : b.size;
    const int order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_rows(const void *a, const void *b)
{
    return compare_bytes((*(struct disk_row *const *)a)->key, (*(struct disk_row *const *)b)->key);
}

static bool has_prefix(struct bytes key, struct bytes prefix)
{
    return key.size >= prefix.size && (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

/* The rows under a prefix in the order of their keys; the caller frees the list. */
static struct disk_row **rows_under(const struct disk *disk, struct bytes prefix, uint32_t *count)
{
    struct disk_row **found = malloc((disk->rows.count + 1) * sizeof *found);
    uint32_t cursor = 0;

    *count = 0;
    if (found == NULL)
        abort();
    for (struct disk_row *row; (row = table_next(&disk->rows, &cursor)) != NULL;)
        if (row->is_there && has_prefix(row->key, prefix))
            found[(*count)++] = row;
    qsort(found, *count, sizeof *found, compare_rows);
    return found;
}

enum status store_each_row(struct store *store, struct bytes prefix, struct bytes after, bool backwards,
                           store_take_row *take, void *context, char *why)
{
    uint32_t count;

    if (store->disk->is_dead)
        return trouble(why);
    struct disk_row **rows = rows_under(store->disk, prefix, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct disk_row *row = rows[backwards ? count - 1 - i : i];
        const int order = after.size > 0 ? compare_bytes(row->key, after) : (backwards ? -1 : 1);
        if ((backwards ? order < 0 : order > 0) && !take(row->key, row->value, context))
            break;
    }
    free(rows);
    return STATUS_OK;
}

/* Keys begin with a letter and may end with bytes of any kind. */
static void show_key(struct bytes key, char *out, size_t size)
{
    size_t used = 0;
    for (uint32_t i = 0; i < key.size && used + 4 < size; i++) {
        const bool is_plain = key.data[i] > ' ' && key.data[i] < 127;
        used += (size_t)snprintf(out + used, size - used, is_plain ? "%c" : "\\%02x", key.data[i]);
    }
}

static void say_difference(const struct disk_row *a, const struct disk_row *b, char *why, size_t size)
{
    const int order = a == NULL ? 1 : b == NULL ? -1 : compare_bytes(a->key, b->key);
    char key[96] = "";

    show_key(order <= 0 ? a->key : b->key, key, sizeof key);
    if (order != 0)
        snprintf(why, size, "row %s is only %s (checkpoint %llu)", key,
                 order < 0 ? "on the disk" : "among the new ones",
                 (unsigned long long)(order < 0 ? a->written : b->written));
    else
        snprintf(why, size, "row %s differs (%u bytes of checkpoint %llu, %u of checkpoint %llu)", key, a->value.size,
                 (unsigned long long)a->written, b->value.size, (unsigned long long)b->written);
}

bool disk_rows_equal(const struct disk *a, const struct disk *b, char *why, size_t size)
{
    uint32_t count_a, count_b, i = 0;
    struct disk_row **rows_a = rows_under(a, bytes_of("", 0), &count_a);
    struct disk_row **rows_b = rows_under(b, bytes_of("", 0), &count_b);

    while (i < count_a && i < count_b && bytes_equal(rows_a[i]->key, rows_b[i]->key) &&
           bytes_equal(rows_a[i]->value, rows_b[i]->value))
        i++;
    const bool is_equal = i == count_a && i == count_b;
    if (!is_equal)
        say_difference(i < count_a ? rows_a[i] : NULL, i < count_b ? rows_b[i] : NULL, why, size);
    free(rows_a);
    free(rows_b);
    return is_equal;
}
