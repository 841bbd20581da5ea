#include "broker/core/rows.h"

#include <stdlib.h>

#include "broker/core/memory.h"

static struct bytes bytes_of_key(const struct row_key *key)
{
    return bytes_of(key->bytes, key->size);
}

static void rows_forget(struct rows *rows)
{
    uint32_t cursor = 0;
    for (struct known_row *row = table_next(&rows->known, &cursor); row != NULL;
         row = table_next(&rows->known, &cursor)) {
        free(row->value);
        free(row);
    }
    table_fini(&rows->known);
    rows->changed_count = rows->offered_count = 0;
    rows->offered = (struct list){0};
}

void rows_fini(struct rows *rows)
{
    rows_forget(rows);
    free(rows->changed);
    *rows = (struct rows){0};
}

void rows_done(struct rows *rows)
{
    rows_forget(rows);
}

const struct known_row *rows_find(const struct rows *rows, const struct row_key *key)
{
    return table_find(&rows->known, bytes_of_key(key));
}

static struct known_row *rows_take(struct rows *rows, const struct row_key *key)
{
    struct known_row *row = table_find(&rows->known, bytes_of_key(key));
    if (row == NULL) {
        row = memory_take(sizeof *row);
        row->key = *key;
        row->of_offered.owner = row;
        table_put(&rows->known, bytes_of_key(&row->key), row);
    }
    return row;
}

static void row_set(struct known_row *row, struct bytes value)
{
    free(row->value);
    row->value = NULL;
    row->size = value.size;
    row->is_made = false;
    if (value.data == NULL)
        return;
    row->value = memory_take(value.size);
    memcpy(row->value, value.data, value.size);
}

static void rows_change(struct rows *rows, struct known_row *row)
{
    if (row->is_changed)
        return;
    row->is_changed = true;
    rows->offered_count -= row->of_offered.is_in;
    list_remove(&rows->offered, &row->of_offered);
    if (rows->changed_count == rows->changed_capacity) {
        rows->changed_capacity = rows->changed_capacity != 0 ? rows->changed_capacity * 2 : 64;
        rows->changed = memory_grow(rows->changed, rows->changed_capacity * sizeof(struct known_row *));
    }
    rows->changed[rows->changed_count++] = row;
}

static void rows_forget_oldest(struct rows *rows)
{
    struct known_row *row = list_take(&rows->offered);
    rows->offered_count--;
    table_remove(&rows->known, bytes_of_key(&row->key));
    free(row->value);
    free(row);
}

void rows_offer(struct rows *rows, const struct row_key *key, struct bytes value)
{
    if (rows_find(rows, key) != NULL)
        return;
    if (rows->offered_count == ROWS_OFFERED_COUNT_MAX)
        rows_forget_oldest(rows);
    struct known_row *row = rows_take(rows, key);
    row_set(row, value);
    list_append(&rows->offered, &row->of_offered);
    rows->offered_count++;
}

void rows_put(struct rows *rows, const struct row_key *key, struct bytes value)
{
    struct known_row *row = rows_take(rows, key);
    row_set(row, value);
    rows_change(rows, row);
}

void rows_delete(struct rows *rows, const struct row_key *key)
{
    rows_put(rows, key, (struct bytes){0});
}

void rows_touch(struct rows *rows, const struct row_key *key)
{
    struct known_row *row = rows_take(rows, key);
    row->is_made = true;
    rows_change(rows, row);
}
