#ifndef ONEVISIT_BROKER_CORE_TABLE_H
#define ONEVISIT_BROKER_CORE_TABLE_H

#include <stdbool.h>

#include "schemas/text.h"

/* A hash table from bytes to an item: open addressing, linear probing, no
 * tombstones. The key is borrowed from the item, which must outlive its stay. */
struct table_slot {
    uint64_t hash;
    struct bytes key;
    void *item; /* NULL: free */
};

struct table {
    struct table_slot *slots;
    uint32_t count;
    uint32_t capacity; /* a power of two, or 0 */
};

void table_fini(struct table *table);
/* NULL when there is none. */
void *table_find(const struct table *table, struct bytes key);
/* The key must not be in it yet. */
void table_put(struct table *table, struct bytes key, void *item);
void table_remove(struct table *table, struct bytes key);
/* Walks the items in no order: start with *cursor 0; NULL at the end. Nothing may be put or removed meanwhile. */
void *table_next(const struct table *table, uint32_t *cursor);

uint64_t table_hash(struct bytes key);

static inline struct bytes key_of_text(struct text text)
{
    return bytes_of(text.data, text.size);
}

#endif
