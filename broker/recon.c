#include "broker/recon.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/reconcile.h"
#include "broker/recon_books.h"

/* Groups or rows of a question, and what is found in them; lags made up that one question closes. */
enum { RECON_ARENA_SIZE = 16 << 20, RECON_GONE_COUNT_MAX = 1000 };

struct recon {
    struct keeper *keeper; /* borrowed */
    void *memory;          /* of the last answer */
};

enum status recon_new(struct keeper *keeper, struct recon **out)
{
    struct recon *recon = calloc(1, sizeof *recon);

    *out = recon;
    if (recon == NULL)
        return STATUS_NO_MEMORY;
    recon->keeper = keeper;
    return STATUS_OK;
}

void recon_free(struct recon **recon)
{
    if (*recon == NULL)
        return;
    free((*recon)->memory);
    free(*recon);
    *recon = NULL;
}

bool recon_owns(enum message_type type)
{
    return type == MESSAGE_RECON_OPEN || type == MESSAGE_RECON_PART;
}

/* One question on its way. */
struct asking {
    struct keeper *keeper;
    struct text day;
    struct text participant;
    int64_t now_us;
    struct effects *effects;
    struct arena arena;
    struct difference *found;
    uint32_t found_count;
    struct text *gone;
    uint32_t gone_count;
    enum status status;
    char *why;
};

static enum status gone_make(struct asking *asking)
{
    asking->gone = arena_take(&asking->arena, RECON_GONE_COUNT_MAX * sizeof *asking->gone);
    return asking->gone != NULL ? STATUS_OK : STATUS_LIMIT;
}

/* What finds no room is closed by the next question. */
static bool gone_add(struct asking *asking, const struct difference *lag)
{
    if (asking->gone_count == RECON_GONE_COUNT_MAX)
        return false;
    asking->gone[asking->gone_count++] = lag->case_id;
    return true;
}

/* A participant speaks of its own book alone. */
static bool is_own(const struct asking *asking, struct text window, struct text branch)
{
    const bool is_branch = participant_role(asking->participant) == ROLE_BRANCH;
    return text_equal(is_branch ? branch : window, asking->participant);
}

/* ---- journaling ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* As many facts as it takes: each holds so many differences that their rows fit the needs of one event. */
static enum status step_facts(struct asking *asking, const struct recon_run *run)
{
    enum status status = STATUS_OK;
    uint32_t found = 0;
    uint32_t gone = 0;
    bool must_step = run->is_present;

    while (status == STATUS_OK && (must_step || found < asking->found_count || gone < asking->gone_count)) {
        const uint32_t found_count = least(asking->found_count - found, RECON_DIFFERENCE_COUNT_MAX);
        const uint32_t gone_count = least(asking->gone_count - gone, RECON_DIFFERENCE_COUNT_MAX);
        const struct fact_recon fact = {.day = asking->day,
                                        .peer = asking->participant,
                                        .run = must_step ? *run : (struct recon_run){.is_present = false},
                                        .differences = {asking->found + found, found_count, found_count > 0},
                                        .gone = {asking->gone + gone, gone_count, gone_count > 0},
                                        .is_present = true};
        status = keeper_step_fact(asking->keeper, MESSAGE_FACT_RECON, "", &fact, asking->now_us, asking->effects,
                                  asking->why);
        must_step = false;
        found += found_count;
        gone += gone_count;
    }
    return status;
}

/* ---- RECON_OPEN: the sums ---- */

static int compare_groups(const void *a, const void *b)
{
    return recon_group_compare(a, b);
}

static enum status groups_sorted(struct asking *asking, const struct recon_open *open, struct recon_groups *out)
{
    *out = (struct recon_groups){.count = open->groups.count};
    if (out->count == 0)
        return STATUS_OK;
    out->items = arena_take(&asking->arena, out->count * sizeof *out->items);
    if (out->items == NULL)
        return STATUS_LIMIT;
    memcpy(out->items, open->groups.items, out->count * sizeof *out->items);
    qsort(out->items, out->count, sizeof *out->items, compare_groups);
    return STATUS_OK;
}

/* A group the broker has nothing of, as the broker has it. */
static struct recon_group group_empty(const struct recon_group *theirs)
{
    static const uint8_t nothing[RECON_ROOT_SIZE];
    struct recon_group group = *theirs;
    group.count = group.amount = number_of(0);
    group.root = bytes_of(nothing, sizeof nothing);
    return group;
}

/* Puts the groups that differ into `out`; those beyond its limit are found by the next question. The groups compared.
 */
static int64_t compare_sums(const struct recon_groups *ours, const struct recon_groups *theirs,
                            struct recon_group_list *out)
{
    uint32_t i = 0;
    uint32_t j = 0;
    int64_t compared = 0;
    for (; (i < ours->count || j < theirs->count) && out->count < RECON_GROUP_COUNT_MAX; compared++) {
        int order = i == ours->count ? 1 : j == theirs->count ? -1 : 0;
        if (order == 0)
            order = recon_group_compare(&ours->items[i], &theirs->items[j]);
        if (order > 0)
            out->items[out->count++] = group_empty(&theirs->items[j]);
        else if (order < 0 || !recon_group_is_equal(&ours->items[i], &theirs->items[j]))
            out->items[out->count++] = ours->items[i];
        i += order <= 0;
        j += order >= 0;
    }
    return compared;
}

struct equal_groups {
    struct asking *asking;
    const struct recon_group_list *differing;
};

/* Its group is the same on both sides, or on neither: the lag is made up. */
static bool take_lag_of_equal(const struct difference *lag, void *context)
{
    struct equal_groups *equal = context;
    const struct recon_group group = {.window = lag->window, .branch = lag->branch, .kind = lag->kind};
    for (uint32_t i = 0; i < equal->differing->count; i++)
        if (recon_group_compare(&equal->differing->items[i], &group) == 0)
            return false;
    return gone_add(equal->asking, lag);
}

static struct recon_refusal open_judge(const struct asking *asking, const struct recon_open *open)
{
    for (uint32_t i = 0; i < open->groups.count; i++)
        if (!is_own(asking, open->groups.items[i].window, open->groups.items[i].branch))
            return (struct recon_refusal){STATUS_NOT_YOURS, "groups"};
    return (struct recon_refusal){STATUS_OK, ""};
}

static enum status open_find_gone(struct asking *asking, const struct recon_group_list *differing)
{
    uint32_t kept = 0;
    struct equal_groups equal = {asking, differing};
    const enum status status = gone_make(asking);
    return status != STATUS_OK ? status
                               : recon_books_lags(asking->keeper, asking->day, asking->participant, &asking->arena,
                                                  take_lag_of_equal, &equal, &kept, asking->why);
}

static enum status open_answer(struct asking *asking, const struct recon_open *open, struct recon_result *out)
{
    struct recon_groups ours;
    struct recon_groups theirs;
    struct recon_group_list *differing = &out->groups;

    enum status status =
        recon_books_groups(asking->keeper, asking->day, asking->participant, &asking->arena, &ours, asking->why);
    if (status == STATUS_OK)
        status = groups_sorted(asking, open, &theirs);
    if (status != STATUS_OK)
        return status;
    *differing = (struct recon_group_list){
        .items = arena_take(&asking->arena, RECON_GROUP_COUNT_MAX * sizeof *differing->items), .is_present = true};
    if (differing->items == NULL)
        return STATUS_LIMIT;
    const struct recon_run run = {.day = asking->day,
                                  .peer = asking->participant,
                                  .time = number_of(asking->now_us),
                                  .bookings = number_of(ours.bookings),
                                  .groups = number_of(compare_sums(&ours, &theirs, differing)),
                                  .differing = number_of(differing->count),
                                  .is_present = true};
    out->bookings = run.bookings;
    status = open_find_gone(asking, differing);
    return status == STATUS_OK ? step_facts(asking, &run) : status;
}

/* ---- RECON_PART: the bookings of one group ---- */

static bool row_is_right(const struct recon_part *part, uint32_t index)
{
    const struct recon_group group = {.window = part->window, .branch = part->branch, .kind = part->kind};
    const struct recon_row *row = &part->rows.items[index];
    const struct text before = index > 0 ? part->rows.items[index - 1].case_id : part->after;
    char day[RECON_DAY_SIZE + 1];
    recon_day_of(row->booked_at.value, day);
    return recon_row_is_of(row, &group) && text_is(part->day, day) &&
           (before.data == NULL || memcmp(before.data, row->case_id.data, CASE_ID_SIZE) < 0);
}

static struct recon_refusal part_judge(const struct asking *asking, const struct recon_part *part)
{
    if (!is_own(asking, part->window, part->branch))
        return (struct recon_refusal){STATUS_NOT_YOURS, "window"};
    if (part->has_more.value != 0 && part->rows.count == 0)
        return (struct recon_refusal){STATUS_BAD_BODY, "has_more"};
    for (uint32_t i = 0; i < part->rows.count; i++)
        if (!row_is_right(part, i))
            return (struct recon_refusal){STATUS_BAD_BODY, "rows"};
    return (struct recon_refusal){STATUS_OK, ""};
}

static int compare_cases(const void *a, const void *b)
{
    return memcmp(((const struct recon_row *)a)->case_id.data, ((const struct recon_row *)b)->case_id.data,
                  CASE_ID_SIZE);
}

static const struct recon_row *row_of(const struct recon_row_list *rows, const struct recon_row *wanted)
{
    return rows->count > 0 ? bsearch(wanted, rows->items, rows->count, sizeof *wanted, compare_cases) : NULL;
}

/* What the branch lacks may stand in its feed, unread. */
static enum status mark_unread(struct asking *asking, const struct recon_part *part, struct recon_rows *ours)
{
    enum status status = STATUS_OK;
    if (participant_role(asking->participant) != ROLE_BRANCH)
        return STATUS_OK;
    for (uint32_t i = 0; i < ours->count && status == STATUS_OK; i++) {
        const struct arena mark = asking->arena;
        bool is_unread = false;
        if (row_of(&part->rows, &ours->items[i]) != NULL)
            continue;
        status = recon_books_unread(asking->keeper, asking->participant, ours->items[i].case_id, &asking->arena,
                                    &is_unread, asking->why);
        ours->items[i].is_waiting = number_of(is_unread);
        asking->arena = mark;
    }
    return status;
}

static void take_found(const struct difference *difference, void *context)
{
    struct asking *asking = context;
    struct difference *found = &asking->found[asking->found_count];
    *found = *difference;
    if (difference->fields.count > 0) {
        const size_t size = difference->fields.count * sizeof *difference->fields.items;
        found->fields.items = arena_take(&asking->arena, size);
        if (found->fields.items == NULL) {
            asking->status = STATUS_LIMIT;
            return;
        }
        memcpy(found->fields.items, difference->fields.items, size);
    }
    asking->found_count++;
}

struct page {
    struct asking *asking;
    const struct recon_span *span;
};

/* It lies in the page and was not found in it: the lag is made up. */
static bool take_lag_of_page(const struct difference *lag, void *context)
{
    const struct page *page = context;
    struct asking *asking = page->asking;
    const struct recon_group group = {.window = lag->window, .branch = lag->branch, .kind = lag->kind};
    bool is_gone = recon_group_compare(&group, &page->span->group) == 0 && recon_span_holds(page->span, lag->case_id);
    for (uint32_t i = 0; i < asking->found_count && is_gone; i++)
        is_gone = !text_equal(asking->found[i].case_id, lag->case_id);
    return is_gone && gone_add(asking, lag);
}

static struct recon_span span_of(const struct asking *asking, const struct recon_part *part)
{
    struct recon_span span = {.day = asking->day,
                              .participant = asking->participant,
                              .group = {.window = part->window, .branch = part->branch, .kind = part->kind},
                              .after = part->after};
    if (part->has_more.value != 0)
        span.last = part->rows.items[part->rows.count - 1].case_id;
    return span;
}

static enum status part_compare(struct asking *asking, const struct recon_part *part, struct recon_rows *ours)
{
    const struct recon_book here = {ours->items, ours->count};
    const struct recon_book there = {part->rows.items, part->rows.count};
    const size_t count = (size_t)here.count + there.count;
    asking->found = count > 0 ? arena_take(&asking->arena, count * sizeof *asking->found) : NULL;
    if (count > 0 && asking->found == NULL)
        return STATUS_LIMIT;
    const enum status status =
        reconcile_compare(&here, &there, asking->day, asking->participant, &asking->arena, take_found, asking);
    return status != STATUS_OK ? status : asking->status;
}

static enum status part_answer(struct asking *asking, const struct recon_part *part, struct recon_result *out)
{
    const struct recon_span span = span_of(asking, part);
    struct page page = {asking, &span};
    struct recon_rows ours;
    uint32_t kept = 0;

    enum status status = recon_books_rows(asking->keeper, &span, &asking->arena, &ours, asking->why);
    if (status == STATUS_OK)
        status = mark_unread(asking, part, &ours);
    if (status == STATUS_OK)
        status = part_compare(asking, part, &ours);
    if (status == STATUS_OK)
        status = gone_make(asking);
    if (status == STATUS_OK)
        status = recon_books_lags(asking->keeper, asking->day, asking->participant, &asking->arena, take_lag_of_page,
                                  &page, &kept, asking->why);
    if (status == STATUS_OK && kept + asking->found_count > RECON_KEPT_COUNT_MAX)
        status = STATUS_LIMIT;
    if (status != STATUS_OK)
        return status;
    out->bookings = number_of(ours.count);
    out->count = number_of(asking->found_count);
    out->differences =
        (struct difference_list){asking->found, least(asking->found_count, RECON_DIFFERENCE_COUNT_MAX), true};
    return step_facts(asking, &(struct recon_run){.is_present = false});
}

/* ---- both ---- */

/* No book of a day to come: a window's clock may be ahead of ours by one. */
static struct recon_refusal day_judge(struct text day, int64_t now_us)
{
    static const int64_t DAY_US = INT64_C(86400000000);
    char last[RECON_DAY_SIZE + 1];
    recon_day_of(now_us + DAY_US, last);
    const bool is_past = memcmp(day.data, last, RECON_DAY_SIZE) <= 0;
    return (struct recon_refusal){is_past ? STATUS_OK : STATUS_BAD_BODY, is_past ? "" : "day"};
}

static struct text day_of(const struct intake_message *message)
{
    return message->type == MESSAGE_RECON_OPEN ? ((const struct recon_open *)message->body)->day
                                               : ((const struct recon_part *)message->body)->day;
}

enum status recon_answer(struct recon *recon, const struct intake_message *message, int64_t now_us,
                         struct effects *effects, struct recon_result *out, struct recon_refusal *refusal, char *why)
{
    const bool is_open = message->type == MESSAGE_RECON_OPEN;

    free(recon->memory);
    recon->memory = malloc(RECON_ARENA_SIZE);
    if (recon->memory == NULL)
        return STATUS_NO_MEMORY;
    struct asking asking = {.keeper = recon->keeper,
                            .day = day_of(message),
                            .participant = message->participant,
                            .now_us = now_us,
                            .effects = effects,
                            .arena = arena_over(recon->memory, RECON_ARENA_SIZE),
                            .status = STATUS_OK,
                            .why = why};
    *out = (struct recon_result){.day = asking.day,
                                 .bookings = number_of(0),
                                 .groups = {.is_present = true},
                                 .count = number_of(0),
                                 .differences = {.is_present = true},
                                 .is_present = true};
    *refusal = day_judge(asking.day, now_us);
    if (refusal->status == STATUS_OK)
        *refusal = is_open ? open_judge(&asking, message->body) : part_judge(&asking, message->body);
    if (refusal->status != STATUS_OK)
        return STATUS_OK;
    enum status status = keeper_checkpoint(recon->keeper, true, why); /* the newest rows may be in memory only */
    if (status == STATUS_OK)
        status = is_open ? open_answer(&asking, message->body, out) : part_answer(&asking, message->body, out);
    if (status != STATUS_LIMIT)
        return status;
    *refusal = (struct recon_refusal){STATUS_LIMIT, "day"};
    return STATUS_OK;
}
