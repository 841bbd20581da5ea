#include "broker/recon_books.h"

#include <string.h>

/* A stored value is gone after the call: it is copied before its texts are used. */
static enum status row_take(const struct record *record, struct bytes value, struct arena *arena, void *out)
{
    struct problems problems = {.count = 0};
    uint8_t *copy = arena_take(arena, value.size);

    if (copy == NULL)
        return STATUS_LIMIT;
    memcpy(copy, value.data, value.size);
    return row_decode(record, bytes_of(copy, value.size), arena, out, &problems);
}

static enum status each_row(struct keeper *keeper, const struct row_key *prefix, const struct row_key *after,
                            store_take_row *take, void *context, char *why)
{
    return store_each_row(journal_store(keeper_journal(keeper)), bytes_of(prefix->bytes, prefix->size),
                          bytes_of(after->bytes, after->size), false, take, context, why);
}

/* ---- groups ---- */

struct summing {
    struct arena *arena;
    struct recon_groups *out;
    uint32_t capacity;
    struct recon_row first; /* of the group being summed up; its texts stay in the arena */
    struct recon_sum sum;
    enum status status;
};

static bool digest_row(struct bytes bytes, uint8_t out[RECON_ROOT_SIZE], void *context)
{
    (void)context;
    digest_sm3(bytes, out);
    return true;
}

static enum status groups_widen(struct summing *summing)
{
    struct recon_groups *groups = summing->out;
    if (groups->count < summing->capacity)
        return STATUS_OK;
    summing->capacity = summing->capacity != 0 ? summing->capacity * 2 : 64;
    struct recon_group *items = arena_take(summing->arena, summing->capacity * sizeof *items);
    if (items == NULL)
        return STATUS_LIMIT;
    if (groups->count > 0)
        memcpy(items, groups->items, groups->count * sizeof *items);
    groups->items = items;
    return STATUS_OK;
}

/* The group is complete: its root goes to the arena as well. */
static enum status group_end(struct summing *summing)
{
    if (summing->sum.count == 0)
        return STATUS_OK;
    uint8_t *root = arena_take(summing->arena, RECON_ROOT_SIZE);
    if (root == NULL || groups_widen(summing) != STATUS_OK)
        return STATUS_LIMIT;
    memcpy(root, summing->sum.root, RECON_ROOT_SIZE);
    struct recon_group *group = &summing->out->items[summing->out->count++];
    *group = recon_group_of(&summing->first, &summing->sum);
    group->root = bytes_of(root, RECON_ROOT_SIZE);
    summing->sum = (struct recon_sum){.count = 0};
    return STATUS_OK;
}

static bool sum_row(struct bytes key, struct bytes value, void *context)
{
    struct summing *summing = context;
    const struct arena mark = *summing->arena;
    struct recon_row row;

    (void)key;
    summing->status = row_take(&record_recon_row, value, summing->arena, &row);
    if (summing->status != STATUS_OK)
        return false;
    const struct recon_group names = {.window = row.window, .branch = row.branch, .kind = row.kind};
    const bool is_next = summing->sum.count == 0 || !recon_row_is_of(&summing->first, &names);
    if (is_next && (summing->status = group_end(summing)) == STATUS_OK)
        summing->first = row;
    if (summing->status == STATUS_OK)
        summing->status = recon_sum_add(&summing->sum, &row, digest_row, NULL);
    summing->out->bookings++;
    if (!is_next)
        *summing->arena = mark; /* only the names of its first row are needed */
    return summing->status == STATUS_OK;
}

enum status recon_books_groups(struct keeper *keeper, struct text day, struct text participant, struct arena *arena,
                               struct recon_groups *out, char *why)
{
    struct summing summing = {.arena = arena, .out = out, .status = STATUS_OK};
    const struct row_key prefix = row_key_day(day, participant, text_of(""), text_of(""), text_of(""));

    *out = (struct recon_groups){.count = 0};
    const enum status status = each_row(keeper, &prefix, &(struct row_key){.size = 0}, sum_row, &summing, why);
    if (status != STATUS_OK || summing.status != STATUS_OK)
        return status != STATUS_OK ? status : summing.status;
    return group_end(&summing);
}

/* ---- rows ---- */

static int case_compare(struct text a, struct text b)
{
    return memcmp(a.data, b.data, a.size < b.size ? a.size : b.size); /* both CASE_ID_SIZE long */
}

bool recon_span_holds(const struct recon_span *span, struct text case_id)
{
    return (span->after.data == NULL || case_compare(case_id, span->after) > 0) &&
           (span->last.data == NULL || case_compare(case_id, span->last) <= 0);
}

struct reading {
    const struct recon_span *span;
    struct arena *arena;
    struct recon_rows *out;
    enum status status;
};

static bool read_row(struct bytes key, struct bytes value, void *context)
{
    struct reading *reading = context;
    const struct arena mark = *reading->arena;
    struct recon_row row;

    (void)key;
    reading->status = row_take(&record_recon_row, value, reading->arena, &row);
    if (reading->status != STATUS_OK)
        return false;
    if (!recon_span_holds(reading->span, row.case_id)) {
        *reading->arena = mark;
        return false; /* behind the last one: rows before `after` are not walked */
    }
    if (reading->out->count == RECON_OWN_ROW_COUNT_MAX) {
        reading->status = STATUS_LIMIT;
        return false;
    }
    reading->out->items[reading->out->count++] = row;
    return true;
}

enum status recon_books_rows(struct keeper *keeper, const struct recon_span *span, struct arena *arena,
                             struct recon_rows *out, char *why)
{
    const bool is_branch = participant_role(span->participant) == ROLE_BRANCH;
    const struct text other = is_branch ? span->group.window : span->group.branch;
    const struct row_key prefix = row_key_day(span->day, span->participant, other, span->group.kind, text_of(""));
    const struct row_key after = row_key_day(span->day, span->participant, other, span->group.kind, span->after);
    struct reading reading = {.span = span, .arena = arena, .out = out, .status = STATUS_OK};

    *out = (struct recon_rows){.items = arena_take(arena, RECON_OWN_ROW_COUNT_MAX * sizeof *out->items)};
    if (out->items == NULL)
        return STATUS_LIMIT;
    const enum status status = each_row(keeper, &prefix, &after, read_row, &reading, why);
    return status != STATUS_OK ? status : reading.status;
}

/* ---- lags ---- */

struct lags {
    struct arena *arena;
    recon_books_take *take;
    void *context;
    uint32_t *kept;
    enum status status;
};

static bool take_lag(struct bytes key, struct bytes value, void *context)
{
    struct lags *lags = context;
    const struct arena mark = *lags->arena;
    struct difference row;

    (void)key;
    lags->status = row_take(&record_difference, value, lags->arena, &row);
    if (lags->status != STATUS_OK)
        return false;
    ++*lags->kept;
    if (text_is(row.state, "open") && text_is(row.class, "state-lag") && lags->take(&row, lags->context))
        return true;
    *lags->arena = mark;
    return true;
}

enum status recon_books_lags(struct keeper *keeper, struct text day, struct text participant, struct arena *arena,
                             recon_books_take *take, void *context, uint32_t *kept, char *why)
{
    struct lags lags = {.arena = arena, .take = take, .context = context, .kept = kept, .status = STATUS_OK};
    const struct row_key prefix = row_key_difference(day, participant, text_of(""));

    *kept = 0;
    const enum status status = each_row(keeper, &prefix, &(struct row_key){.size = 0}, take_lag, &lags, why);
    return status != STATUS_OK ? status : lags.status;
}

enum status recon_books_unread(struct keeper *keeper, struct text branch, struct text case_id, struct arena *arena,
                               bool *out, char *why)
{
    const struct row_key case_key = row_key_case(case_id);
    const struct row_key branch_key = row_key_branch(branch);
    struct branch_row feed;
    struct case_row *row = arena_take(arena, sizeof *row);

    *out = false;
    if (row == NULL)
        return STATUS_LIMIT;
    enum status status = keeper_row(keeper, &case_key, &record_case_row, arena, row, why);
    if (status == STATUS_OK)
        status = keeper_row(keeper, &branch_key, &record_branch_row, arena, &feed, why);
    if (status == STATUS_OK)
        *out = row->feed_last.value > feed.event_acknowledged.value;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
