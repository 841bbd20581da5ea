#include "broker/ops/export_request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/row.h"
#include "broker/keep/journal_copy.h"
#include "schemas/codes.h"

struct page {
    struct keeper *keeper;
    const struct ops_export *asked;
    struct arena *arena;
    struct export_answer *out;
    struct selector *selector;
    struct journal_copier *copier;
    struct journal_reader *reader;
    uint8_t *content;
    uint64_t looked_at;
    enum status status;
    char *why;
};

static uint64_t end_of(const struct page *page)
{
    const uint64_t last = store_last_sequence(journal_store(keeper_journal(page->keeper)));
    const uint64_t asked = page->asked->last.is_present ? (uint64_t)page->asked->last.value : UINT64_MAX;
    return asked < last ? asked : last;
}

/* ---- may it be shown in clear ---- */

static bool is_within_scope(const struct ops_export *asked)
{
    char *end = NULL;
    char scope[64] = "";

    if (asked->scope.size == CASE_ID_SIZE)
        return text_equal(asked->case_id, asked->scope);
    memcpy(scope, asked->scope.data, asked->scope.size < sizeof scope ? asked->scope.size : sizeof scope - 1);
    const int64_t first = strtoll(scope, &end, 10);
    const int64_t last = *end == '-' ? strtoll(end + 1, NULL, 10) : 0;
    return asked->first.value >= first && asked->last.is_present && asked->last.value <= last;
}

static enum status judge_scope(const struct page *page, struct text operator, int64_t now_us)
{
    const struct row_key key = row_key_unmask(page->asked->scope);
    struct unmask_row row;

    if (page->asked->scope.data == NULL)
        return STATUS_OK;
    const enum status status = keeper_row(page->keeper, &key, &record_unmask_row, page->arena, &row, page->why);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_FOUR_EYES : status;
    const bool is_allowed = row.second.data != NULL && now_us < row.until.value &&
                            (text_equal(operator, row.first) || text_equal(operator, row.second)) &&
                            is_within_scope(page->asked);
    return is_allowed ? STATUS_OK : STATUS_FOUR_EYES;
}

/* ---- one record ---- */

static struct text keep_text(struct arena *arena, struct text text)
{
    char *copy = text.data != NULL ? arena_take(arena, text.size + 1) : NULL;
    if (copy == NULL)
        return text_of(NULL);
    memcpy(copy, text.data, text.size);
    return (struct text){copy, text.size};
}

static struct bytes keep_bytes(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = arena_take(arena, bytes.size);
    if (copy != NULL)
        memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, copy != NULL ? bytes.size : 0);
}

static void add_content(struct page *page, struct bytes bytes)
{
    if (bytes.size > 0)
        memcpy(page->content + page->out->content.size, bytes.data, bytes.size);
    page->out->content.size += bytes.size;
}

static enum status add_record(struct page *page, const struct selected *record, struct bytes stored)
{
    const bool is_stored = page->asked->is_stored.is_present && page->asked->is_stored.value != 0;
    struct journal_copy copy;
    struct exported_list *records = &page->out->page.records;
    const enum status status =
        journal_copy_make(page->copier, record, page->asked->scope.data == NULL, &copy, page->why);

    if (status != STATUS_OK)
        return status;
    struct exported *about = &records->items[records->count++];
    *about = copy.about;
    about->source = keep_text(page->arena, about->source);
    about->type = keep_text(page->arena, about->type);
    about->case_id = keep_text(page->arena, about->case_id);
    about->state = keep_text(page->arena, about->state);
    about->chain = keep_bytes(page->arena, about->chain);
    if (is_stored) {
        about->envelope_size.is_present = about->body_size.is_present = false;
        add_content(page, stored);
        return STATUS_OK;
    }
    add_content(page, copy.envelope);
    add_content(page, copy.body);
    return STATUS_OK;
}

static bool is_full(const struct page *page)
{
    return page->out->page.records.count == EXPORT_PAGE_COUNT_MAX ||
           page->out->content.size >= EXPORT_CONTENT_SIZE_WANTED;
}

static bool take(uint64_t sequence, struct bytes bytes, void *context)
{
    struct page *page = context;
    struct journal_entry entry;
    struct selected record;
    bool is_taken = false;

    page->status = journal_parse(page->reader, sequence, bytes, &entry, page->why);
    if (page->status == STATUS_OK)
        page->status = selector_judge(page->selector, &entry, &record, &is_taken, page->why);
    if (page->status == STATUS_OK && is_taken)
        page->status = add_record(page, &record, bytes);
    if (page->status != STATUS_OK)
        return false;
    page->out->page.next = number_of((int64_t)sequence + 1);
    page->looked_at++;
    return sequence < end_of(page) && page->looked_at < EXPORT_LOOK_COUNT_MAX && !is_full(page);
}

/* ---- the page ---- */

static enum status open_page(struct page *page)
{
    const struct ops_export *asked = page->asked;
    const struct selection selection = {.first = (uint64_t)asked->first.value,
                                        .last = end_of(page),
                                        .since = asked->since,
                                        .until = asked->until,
                                        .case_id = asked->case_id,
                                        .unit = asked->unit,
                                        .window = asked->window,
                                        .branch = asked->branch,
                                        .type = asked->type};
    struct exported *items = arena_take(page->arena, EXPORT_PAGE_COUNT_MAX * sizeof *items);

    page->content = arena_take(page->arena, EXPORT_CONTENT_SIZE_MAX);
    if (items == NULL || page->content == NULL)
        return STATUS_LIMIT;
    page->out->page.records = (struct exported_list){items, 0, true};
    page->out->content = bytes_of(page->content, 0);
    enum status status = selector_new(&selection, page->keeper, &page->selector);
    if (status == STATUS_OK)
        status = journal_copier_new(&page->copier);
    return status == STATUS_OK ? journal_reader_new(keeper_journal(page->keeper), &page->reader) : status;
}

static enum status fill_page(struct page *page)
{
    struct journal *journal = keeper_journal(page->keeper);
    const uint64_t last = store_last_sequence(journal_store(journal));
    const uint64_t first = (uint64_t)page->asked->first.value;

    if (first > last)
        return STATUS_NOT_FOUND;
    page->out->page.broker = bytes_of(journal_broker_id(journal), BROKER_ID_SIZE);
    page->out->page.is_test = number_of(journal_is_test(journal));
    page->out->page.last = number_of((int64_t)last);
    page->out->page.next = number_of((int64_t)first);
    page->out->page.is_present = true;
    const enum status status = store_each_record(journal_store(journal), first, take, page, page->why);
    return status == STATUS_OK ? page->status : status;
}

enum status export_request_page(struct keeper *keeper, const struct ops_export *asked, struct text operator,
                                int64_t now_us, struct arena *arena, struct export_answer *out, char *why)
{
    struct page page = {.keeper = keeper, .asked = asked, .arena = arena, .out = out, .why = why};

    *out = (struct export_answer){.content = bytes_of(NULL, 0)};
    enum status status = judge_scope(&page, operator, now_us);
    if (status == STATUS_OK)
        status = open_page(&page);
    if (status == STATUS_OK)
        status = fill_page(&page);
    selector_free(&page.selector);
    journal_copier_free(&page.copier);
    journal_reader_free(&page.reader);
    return status;
}
