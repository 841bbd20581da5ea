#include "broker/core/table.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/core/memory.h"

uint64_t table_hash(struct bytes key)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, then mixed for the low bits */
    for (uint32_t i = 0; i < key.size; i++)
        hash = (hash ^ key.data[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

void table_fini(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}

static uint32_t slot_of(const struct table *table, struct bytes key, uint64_t hash)
{
    uint32_t mask = table->capacity - 1;
    uint32_t index = (uint32_t)hash & mask;
    while (table->slots[index].item != NULL &&
           (table->slots[index].hash != hash || !bytes_equal(table->slots[index].key, key)))
        index = (index + 1) & mask;
    return index;
}

void *table_find(const struct table *table, struct bytes key)
{
    if (table->count == 0)
        return NULL;
    return table->slots[slot_of(table, key, table_hash(key))].item;
}

static void table_widen(struct table *table)
{
    struct table old = *table;
    table->capacity = old.capacity != 0 ? old.capacity * 2 : 16;
    table->slots = memory_take(table->capacity * sizeof *table->slots);
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.slots[i].item != NULL)
            table->slots[slot_of(table, old.slots[i].key, old.slots[i].hash)] = old.slots[i];
    free(old.slots);
}

void table_put(struct table *table, struct bytes key, void *item)
{
    if ((table->count + 1) * 4 > table->capacity * 3)
        table_widen(table);
    uint64_t hash = table_hash(key);
    struct table_slot *slot = &table->slots[slot_of(table, key, hash)];
    assert(slot->item == NULL);
    *slot = (struct table_slot){hash, key, item};
    table->count++;
}

void table_remove(struct table *table, struct bytes key)
{
    if (table->count == 0)
        return;
    uint32_t mask = table->capacity - 1;
    uint32_t hole = slot_of(table, key, table_hash(key));
    if (table->slots[hole].item == NULL)
        return;
    table->count--;
    /* Whoever was pushed past the hole by a collision moves back into it. */
    for (uint32_t index = (hole + 1) & mask; table->slots[index].item != NULL; index = (index + 1) & mask) {
        uint32_t home = (uint32_t)table->slots[index].hash & mask;
        if (((index - home) & mask) >= ((index - hole) & mask)) {
            table->slots[hole] = table->slots[index];
            hole = index;
        }
    }
    table->slots[hole].item = NULL;
}

void *table_next(const struct table *table, uint32_t *cursor)
{
    while (*cursor < table->capacity) {
        void *item = table->slots[(*cursor)++].item;
        if (item != NULL)
            return item;
    }
    return NULL;
}
