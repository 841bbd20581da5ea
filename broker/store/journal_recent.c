#include "broker/store/journal_recent.h"

#include <assert.h>
#include <stdlib.h>

enum status journal_recent_init(struct journal_recent *recent)
{
    *recent = (struct journal_recent){0};
    recent->memory = malloc(JOURNAL_RECENT_SIZE_MAX);
    recent->entries = calloc(JOURNAL_RECENT_COUNT_MAX, sizeof *recent->entries);
    return recent->memory && recent->entries ? STATUS_OK : STATUS_NO_MEMORY;
}

void journal_recent_fini(struct journal_recent *recent)
{
    free(recent->memory);
    free(recent->entries);
    *recent = (struct journal_recent){0};
}

static struct recent_entry *place_of(const struct journal_recent *recent, uint64_t sequence)
{
    return &recent->entries[sequence % JOURNAL_RECENT_COUNT_MAX];
}

static const struct recent_entry *oldest(const struct journal_recent *recent)
{
    return recent->count > 0 ? place_of(recent, recent->last - recent->count + 1) : NULL;
}

/* Drops what lies at `next` or above, below `end`: the lap before, its oldest first. */
static void drop_until(struct journal_recent *recent, uint32_t end)
{
    const struct recent_entry *entry;
    while ((entry = oldest(recent)) && entry->offset >= recent->next && entry->offset < end)
        recent->count--;
}

static void make_room(struct journal_recent *recent, uint32_t size)
{
    if (recent->next + size > JOURNAL_RECENT_SIZE_MAX) {
        drop_until(recent, UINT32_MAX);
        recent->next = 0;
    }
    drop_until(recent, recent->next + size);
    if (recent->count == JOURNAL_RECENT_COUNT_MAX)
        recent->count--;
}

void journal_recent_put(struct journal_recent *recent, const struct journal_entry *entry)
{
    uint32_t size = journal_entry_content_size(entry);
    assert(size <= JOURNAL_RECORD_SIZE_MAX);
    if (entry->sequence != recent->last + 1)
        recent->count = 0;
    make_room(recent, size);
    struct recent_entry *place = place_of(recent, entry->sequence);
    place->entry = *entry;
    place->offset = recent->next;
    place->size = size;
    journal_entry_move(&place->entry, recent->memory + recent->next);
    recent->next += size;
    recent->last = entry->sequence;
    recent->count++;
}

const struct recent_entry *journal_recent_find(const struct journal_recent *recent, uint64_t sequence)
{
    if (recent->count == 0 || sequence > recent->last || recent->last - sequence >= recent->count)
        return NULL;
    return place_of(recent, sequence);
}

uint32_t journal_entry_content_size(const struct journal_entry *entry)
{
    uint32_t size = entry->sender.size + entry->state.size + entry->envelope.size + entry->body.size;
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        size += entry->chunks[i].size;
    return size;
}

static uint8_t *move_bytes(struct bytes *bytes, uint8_t *memory)
{
    if (!bytes->data)
        return memory;
    if (bytes->size > 0)
        memcpy(memory, bytes->data, bytes->size);
    bytes->data = memory;
    return memory + bytes->size;
}

static uint8_t *move_text(struct text *text, uint8_t *memory)
{
    struct bytes bytes = bytes_of(text->data, text->size);
    memory = move_bytes(&bytes, memory);
    text->data = (const char *)bytes.data;
    return memory;
}

void journal_entry_move(struct journal_entry *entry, uint8_t *memory)
{
    memory = move_text(&entry->sender, memory);
    memory = move_text(&entry->state, memory);
    memory = move_bytes(&entry->envelope, memory);
    memory = move_bytes(&entry->body, memory);
    for (uint32_t i = 0; i < entry->chunk_count; i++)
        memory = move_bytes(&entry->chunks[i], memory);
}
