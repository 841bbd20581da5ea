#include "broker/keep/row_cursor.h"

#include <stdlib.h>

/* A page: key size, value size, key, value; again and again. */
struct row_sizes {
    uint32_t key;
    uint32_t value;
};

struct row_cursor {
    struct store *store;
    uint8_t *page;
    size_t capacity;
    size_t size;
    size_t place; /* of the next row */
    uint8_t last[STORE_KEY_SIZE_MAX];
    uint32_t last_size;
    bool is_at_end;
    enum status status; /* of taking the page */
};

enum status row_cursor_new(struct store *store, struct row_cursor **out)
{
    struct row_cursor *cursor = calloc(1, sizeof *cursor);

    *out = cursor;
    if (cursor == NULL)
        return STATUS_NO_MEMORY;
    cursor->store = store;
    cursor->capacity = ROW_CURSOR_PAGE_SIZE;
    cursor->page = malloc(cursor->capacity);
    if (cursor->page != NULL)
        return STATUS_OK;
    row_cursor_free(out);
    return STATUS_NO_MEMORY;
}

void row_cursor_free(struct row_cursor **cursor)
{
    if (*cursor == NULL)
        return;
    free((*cursor)->page);
    free(*cursor);
    *cursor = NULL;
}

static bool make_room(struct row_cursor *cursor, size_t need)
{
    uint8_t *page;

    if (cursor->size + need <= cursor->capacity)
        return true;
    if (cursor->size > 0 || (page = realloc(cursor->page, need)) == NULL)
        return false;
    cursor->page = page;
    cursor->capacity = need;
    return true;
}

static bool take_row(struct bytes key, struct bytes value, void *context)
{
    struct row_cursor *cursor = context;
    const struct row_sizes sizes = {key.size, value.size};
    const size_t need = sizeof sizes + key.size + value.size;

    if (key.size > sizeof cursor->last) {
        cursor->status = STATUS_CORRUPT;
        return false;
    }
    if (!make_room(cursor, need)) {
        cursor->status = cursor->size > 0 ? STATUS_OK : STATUS_NO_MEMORY; /* full: the rest is the next page's */
        return false;
    }
    uint8_t *place = cursor->page + cursor->size;
    memcpy(place, &sizes, sizeof sizes);
    memcpy(place + sizeof sizes, key.data, key.size);
    if (value.size > 0)
        memcpy(place + sizeof sizes + key.size, value.data, value.size);
    cursor->size += need;
    memcpy(cursor->last, key.data, key.size);
    cursor->last_size = key.size;
    return true;
}

static enum status next_page(struct row_cursor *cursor, char *why)
{
    const struct bytes after = bytes_of(cursor->last, cursor->last_size);

    cursor->size = cursor->place = 0;
    cursor->status = STATUS_OK;
    const enum status status = store_each_row(cursor->store, bytes_of(NULL, 0), after, false, take_row, cursor, why);
    if (status != STATUS_OK || cursor->status != STATUS_OK)
        return status != STATUS_OK ? status : cursor->status;
    cursor->is_at_end = cursor->size == 0;
    return STATUS_OK;
}

enum status row_cursor_next(struct row_cursor *cursor, struct bytes *key, struct bytes *value, char *why)
{
    struct row_sizes sizes;

    *key = *value = bytes_of(NULL, 0);
    if (cursor->place == cursor->size && !cursor->is_at_end) {
        const enum status status = next_page(cursor, why);
        if (status != STATUS_OK)
            return status;
    }
    if (cursor->is_at_end)
        return STATUS_OK;
    memcpy(&sizes, cursor->page + cursor->place, sizeof sizes);
    *key = bytes_of(cursor->page + cursor->place + sizeof sizes, sizes.key);
    *value = bytes_of(key->data + sizes.key, sizes.value);
    cursor->place += sizeof sizes + sizes.key + sizes.value;
    return STATUS_OK;
}
