#include "broker/ops/recon_request.h"

struct page {
    const struct ops_recon_list *asked;
    struct arena *arena;
    struct recon_list *out;
    uint32_t looked_at;
    enum status status;
};

/* A stored value is gone after the call: the row is copied first. */
static enum status row_take(struct page *page, const struct record *record, struct bytes value, void *out)
{
    struct problems problems = {.count = 0};
    uint8_t *copy = arena_take(page->arena, value.size);
    if (copy == NULL)
        return STATUS_LIMIT;
    memcpy(copy, value.data, value.size);
    return row_decode(record, bytes_of(copy, value.size), page->arena, out, &problems);
}

static bool is_asked_for(const struct ops_recon_list *asked, const struct difference *row)
{
    return (asked->with_closed.value != 0 || text_is(row->state, "open")) &&
           (asked->day.data == NULL || text_equal(asked->day, row->day)) &&
           (asked->peer.data == NULL || text_equal(asked->peer, row->peer)) &&
           (asked->case_id.data == NULL || text_equal(asked->case_id, row->case_id));
}

static bool take_difference(struct bytes key, struct bytes value, void *context)
{
    struct page *page = context;
    const struct arena mark = *page->arena;
    struct difference row;

    (void)key;
    page->out->has_more = number_of(page->out->differences.count == RECON_LIST_COUNT_MAX);
    if (page->out->has_more.value != 0)
        return false;
    page->status =
        page->looked_at++ < RECON_LOOK_COUNT_MAX ? row_take(page, &record_difference, value, &row) : STATUS_LIMIT;
    if (page->status != STATUS_OK)
        return false;
    if (is_asked_for(page->asked, &row))
        page->out->differences.items[page->out->differences.count++] = row;
    else
        *page->arena = mark;
    return true;
}

static bool take_run(struct bytes key, struct bytes value, void *context)
{
    struct page *page = context;
    struct recon_run row;

    (void)key;
    if (page->out->runs.count == RECON_LIST_COUNT_MAX)
        return false;
    page->status = row_take(page, &record_recon_run, value, &row);
    if (page->status != STATUS_OK)
        return false;
    if (page->asked->peer.data == NULL || text_equal(page->asked->peer, row.peer))
        page->out->runs.items[page->out->runs.count++] = row;
    return true;
}

static enum status each(struct keeper *keeper, const struct row_key *prefix, const struct row_key *after,
                        store_take_row *take, struct page *page, char *why)
{
    const enum status status =
        store_each_row(journal_store(keeper_journal(keeper)), bytes_of(prefix->bytes, prefix->size),
                       bytes_of(after->bytes, after->size), false, take, page, why);
    return status != STATUS_OK ? status : page->status;
}

/* The place behind which the page begins; of size 0 for the first page. */
static struct row_key place_of(const struct ops_recon_list *asked)
{
    if (asked->after_day.data == NULL || asked->after_peer.data == NULL || asked->after.data == NULL)
        return (struct row_key){.size = 0};
    return row_key_difference(asked->after_day, asked->after_peer, asked->after);
}

enum status recon_request_list(struct keeper *keeper, const struct ops_recon_list *asked, struct arena *arena,
                               struct recon_list *out, char *why)
{
    struct page page = {.asked = asked, .arena = arena, .out = out, .status = STATUS_OK};
    const struct text day = asked->day.data != NULL ? asked->day : text_of("");
    const struct row_key prefix = row_key_difference(day, text_of(""), text_of(""));
    const struct row_key place = place_of(asked);

    *out = (struct recon_list){
        .differences = {arena_take(arena, RECON_LIST_COUNT_MAX * sizeof(struct difference)), 0, true},
        .runs = {arena_take(arena, RECON_LIST_COUNT_MAX * sizeof(struct recon_run)), 0, true},
        .has_more = number_of(false),
        .is_present = true};
    if (out->differences.items == NULL || out->runs.items == NULL)
        return STATUS_LIMIT;
    /* The newest rows may still be in memory only. */
    enum status status = keeper_checkpoint(keeper, true, why);
    if (status == STATUS_OK)
        status = each(keeper, &prefix, &place, take_difference, &page, why);
    if (status != STATUS_OK || asked->day.data == NULL || place.size > 0)
        return status;
    const struct row_key runs = row_key_recon_run(asked->day, text_of(""));
    return each(keeper, &runs, &(struct row_key){.size = 0}, take_run, &page, why);
}
