#include "broker/ops/stats_request.h"

enum { DAY_SIZE = 10 };

struct page {
    const struct ops_stats *asked;
    struct arena *arena;
    struct measure *items;
    uint32_t count;
    uint32_t count_max;
    bool has_more;
    enum status status;
};

/* The arena is reset by nobody between rows, and a stored value is gone after the call: the row is copied first. */
static enum status keep_row(struct page *page, struct bytes value)
{
    struct problems problems = {.count = 0};
    uint8_t *copy = arena_take(page->arena, value.size);
    if (copy == NULL)
        return STATUS_LIMIT;
    memcpy(copy, value.data, value.size);
    return row_decode(&record_measure, bytes_of(copy, value.size), page->arena, &page->items[page->count], &problems);
}

static bool take_row(struct bytes key, struct bytes value, void *context)
{
    struct page *page = context;
    if (key.size < 1 + DAY_SIZE) {
        page->status = STATUS_CORRUPT;
        return false;
    }
    if (memcmp(key.data + 1, page->asked->day_last.data, DAY_SIZE) > 0)
        return false;
    page->has_more = page->count == page->count_max;
    if (page->has_more)
        return false;
    page->status = keep_row(page, value);
    page->count++;
    return page->status == STATUS_OK;
}

/* The place behind which the page begins: the last case of the page before, or the first day itself. */
static struct row_key place_of(const struct ops_stats *asked)
{
    if (asked->after_day.data != NULL && asked->after.data != NULL)
        return row_key_measure(asked->after_day, asked->after);
    return row_key_measure(asked->day_first, text_of(""));
}

enum status stats_request_list(struct keeper *keeper, const struct ops_stats *asked, struct arena *arena,
                               struct stats_list *out, char *why)
{
    struct page page = {.asked = asked,
                        .arena = arena,
                        .count_max = asked->count.is_present ? (uint32_t)asked->count.value : MEASURE_COUNT_MAX};
    page.items = arena_take(arena, page.count_max * sizeof *page.items);
    if (page.items == NULL)
        return STATUS_LIMIT;
    /* The newest rows may still be in memory only. */
    enum status status = keeper_checkpoint(keeper, true, why);
    if (status != STATUS_OK)
        return status;
    const struct row_key place = place_of(asked);
    status = store_each_row(journal_store(keeper_journal(keeper)), bytes_of("s", 1), bytes_of(place.bytes, place.size),
                            false, take_row, &page, why);
    if (status != STATUS_OK || page.status != STATUS_OK)
        return status != STATUS_OK ? status : page.status;
    *out = (struct stats_list){
        .measures = {page.items, page.count, true}, .has_more = number_of(page.has_more), .is_present = true};
    return STATUS_OK;
}
