#include "agents/client/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "schemas/calendar.h"
#include "schemas/rule.h"

/* A booking and the bytes behind its texts. */
struct booking {
    struct recon_row row;
    char *texts;
};

/* A group whose bookings the broker asks for. */
struct wanted {
    char window[33];
    char branch[33];
    char kind[9];
};

struct reconcile {
    char day[RECON_DAY_SIZE + 1];
    struct digest *digest; /* borrowed */
    struct booking *bookings;
    uint32_t count;
    uint32_t capacity;
    bool is_sorted;
    uint8_t *body; /* MESSAGE_SIZE_MAX bytes */

    bool is_opened; /* RECON_OPEN was answered */
    struct wanted *wanted;
    uint32_t wanted_count;
    uint32_t wanted_index; /* the group under way */
    uint32_t page_start;   /* of it: the booking the page under way begins with */

    int64_t broker_bookings;
    int64_t difference_count;
    json_t *differences;
};

enum status reconcile_new(const char *day, struct digest *digest, struct reconcile **out)
{
    struct date date;
    *out = NULL;
    if (!date_parse(text_of(day), &date))
        return STATUS_USAGE;
    struct reconcile *reconcile = calloc(1, sizeof *reconcile);
    if (!reconcile)
        return STATUS_NO_MEMORY;
    memcpy(reconcile->day, day, RECON_DAY_SIZE);
    reconcile->digest = digest;
    reconcile->body = malloc(MESSAGE_SIZE_MAX);
    reconcile->differences = json_array();
    *out = reconcile;
    if (reconcile->body && reconcile->differences)
        return STATUS_OK;
    reconcile_free(out);
    return STATUS_NO_MEMORY;
}

void reconcile_free(struct reconcile **reconcile)
{
    if (!*reconcile)
        return;
    for (uint32_t i = 0; i < (*reconcile)->count; i++)
        free((*reconcile)->bookings[i].texts);
    free((*reconcile)->bookings);
    free((*reconcile)->wanted);
    free((*reconcile)->body);
    json_decref((*reconcile)->differences);
    free(*reconcile);
    *reconcile = NULL;
}

/* ---- the own book ---- */

static void text_move(struct text *text, char **end)
{
    if (!text->data)
        return;
    memcpy(*end, text->data, text->size);
    text->data = *end;
    *end += text->size;
}

static bool booking_keep(struct booking *booking, const struct recon_row *row)
{
    *booking = (struct booking){.row = *row};
    struct text *const texts[] = {&booking->row.case_id, &booking->row.window, &booking->row.branch, &booking->row.kind,
                                  &booking->row.state,   &booking->row.number, &booking->row.proof};
    size_t size = 1;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += texts[i]->size;
    char *end = booking->texts = malloc(size);
    for (size_t i = 0; end && i < sizeof texts / sizeof texts[0]; i++)
        text_move(texts[i], &end);
    return booking->texts != NULL;
}

enum status reconcile_add(struct reconcile *reconcile, const struct recon_row *row)
{
    char day[RECON_DAY_SIZE + 1];
    recon_day_of(row->booked_at.value, day);
    if (strcmp(day, reconcile->day) != 0)
        return STATUS_OK;
    if (reconcile->count == reconcile->capacity) {
        const uint32_t capacity = reconcile->capacity ? 2 * reconcile->capacity : 64;
        struct booking *bookings = realloc(reconcile->bookings, capacity * sizeof *bookings);
        if (!bookings)
            return STATUS_NO_MEMORY;
        reconcile->bookings = bookings;
        reconcile->capacity = capacity;
    }
    if (!booking_keep(&reconcile->bookings[reconcile->count], row))
        return STATUS_NO_MEMORY;
    reconcile->count++;
    return STATUS_OK;
}

static int compare_bookings(const void *a, const void *b)
{
    return recon_row_compare(&((const struct booking *)a)->row, &((const struct booking *)b)->row);
}

static struct recon_group names_of(const struct recon_row *row)
{
    return (struct recon_group){.window = row->window, .branch = row->branch, .kind = row->kind};
}

/* The index behind the last booking of the group that begins at `start`. */
static uint32_t group_end(const struct reconcile *reconcile, uint32_t start)
{
    const struct recon_group names = names_of(&reconcile->bookings[start].row);
    uint32_t end = start + 1;
    while (end < reconcile->count && recon_row_is_of(&reconcile->bookings[end].row, &names))
        end++;
    return end;
}

/* ---- RECON_OPEN ---- */

static bool digest_row(struct bytes bytes, uint8_t out[RECON_ROOT_SIZE], void *context)
{
    return digest_make(context, bytes, out) == STATUS_OK;
}

static enum status encode(struct reconcile *reconcile, const struct record *record, const void *in, struct bytes *body)
{
    size_t size = 0;
    enum status status = record_encode(record, in, reconcile->body, MESSAGE_SIZE_MAX, &size);
    *body = bytes_of(reconcile->body, size);
    return status;
}

struct sums {
    struct recon_group groups[RECON_GROUP_COUNT_MAX];
    struct recon_sum sums[RECON_GROUP_COUNT_MAX];
};

static enum status sums_make(const struct reconcile *reconcile, struct sums *sums, uint32_t *count)
{
    enum status status = STATUS_OK;
    uint32_t start = 0;
    *count = 0;
    while (start < reconcile->count && status == STATUS_OK) {
        const uint32_t end = group_end(reconcile, start);
        if (*count == RECON_GROUP_COUNT_MAX)
            return STATUS_LIMIT;
        struct recon_sum *sum = &sums->sums[*count];
        for (uint32_t i = start; i < end && status == STATUS_OK; i++)
            status = recon_sum_add(sum, &reconcile->bookings[i].row, digest_row, reconcile->digest);
        sums->groups[*count] = recon_group_of(&reconcile->bookings[start].row, sum);
        ++*count;
        start = end;
    }
    return status;
}

static enum status open_make(struct reconcile *reconcile, struct bytes *body)
{
    struct sums *sums = calloc(1, sizeof *sums);
    uint32_t count = 0;
    if (!sums)
        return STATUS_NO_MEMORY;
    enum status status = sums_make(reconcile, sums, &count);
    const struct recon_open open = {
        .day = text_of(reconcile->day), .groups = {sums->groups, count, true}, .is_present = true};
    if (status == STATUS_OK)
        status = encode(reconcile, &record_recon_open, &open, body);
    free(sums);
    return status;
}

/* ---- RECON_PART ---- */

/* The first booking of the group, or the count. */
static uint32_t group_find(const struct reconcile *reconcile, const struct recon_group *names)
{
    uint32_t index = 0;
    while (index < reconcile->count && !recon_row_is_of(&reconcile->bookings[index].row, names))
        index++;
    return index;
}

struct page {
    struct recon_group names;
    uint32_t first; /* of the group */
    uint32_t start;
    uint32_t count;
    bool has_more;
};

static struct page page_of(const struct reconcile *reconcile)
{
    const struct wanted *wanted = &reconcile->wanted[reconcile->wanted_index];
    struct page page = {
        .names = {.window = text_of(wanted->window), .branch = text_of(wanted->branch), .kind = text_of(wanted->kind)}};
    page.first = group_find(reconcile, &page.names);
    const uint32_t end = page.first < reconcile->count ? group_end(reconcile, page.first) : page.first;
    page.start = page.first + reconcile->page_start;
    page.count = end - page.start;
    page.has_more = page.count > RECON_ROW_COUNT_MAX;
    if (page.has_more)
        page.count = RECON_ROW_COUNT_MAX;
    return page;
}

static enum status part_make(struct reconcile *reconcile, struct bytes *body)
{
    struct recon_row rows[RECON_ROW_COUNT_MAX];
    const struct page page = page_of(reconcile);
    for (uint32_t i = 0; i < page.count; i++)
        rows[i] = reconcile->bookings[page.start + i].row;
    const struct recon_part part = {.day = text_of(reconcile->day),
                                    .window = page.names.window,
                                    .branch = page.names.branch,
                                    .kind = page.names.kind,
                                    .after = page.start > page.first ? reconcile->bookings[page.start - 1].row.case_id
                                                                     : (struct text){0},
                                    .rows = {rows, page.count, true},
                                    .has_more = number_of(page.has_more),
                                    .is_present = true};
    return encode(reconcile, &record_recon_part, &part, body);
}

enum status reconcile_next(struct reconcile *reconcile, enum message_type *type, struct bytes *body)
{
    if (!reconcile->is_sorted && reconcile->count > 0)
        qsort(reconcile->bookings, reconcile->count, sizeof *reconcile->bookings, compare_bookings);
    reconcile->is_sorted = true;
    *type = reconcile->is_opened ? MESSAGE_RECON_PART : MESSAGE_RECON_OPEN;
    if (!reconcile->is_opened)
        return open_make(reconcile, body);
    return reconcile->wanted_index < reconcile->wanted_count ? part_make(reconcile, body) : STATUS_NOT_FOUND;
}

/* ---- answers ---- */

static void name_copy(char *out, size_t size, struct text name)
{
    const size_t kept = name.size < size ? name.size : size - 1;
    memcpy(out, name.data, kept);
    out[kept] = '\0';
}

static enum status opened(struct reconcile *reconcile, const struct recon_result *result)
{
    reconcile->wanted = calloc(result->groups.count + 1, sizeof *reconcile->wanted);
    if (!reconcile->wanted)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < result->groups.count; i++) {
        const struct recon_group *group = &result->groups.items[i];
        struct wanted *wanted = &reconcile->wanted[reconcile->wanted_count++];
        name_copy(wanted->window, sizeof wanted->window, group->window);
        name_copy(wanted->branch, sizeof wanted->branch, group->branch);
        name_copy(wanted->kind, sizeof wanted->kind, group->kind);
    }
    reconcile->broker_bookings = result->bookings.value;
    reconcile->is_opened = true;
    return STATUS_OK;
}

static void go_on(struct reconcile *reconcile)
{
    const struct page page = page_of(reconcile);
    reconcile->page_start += page.count;
    if (page.has_more)
        return;
    reconcile->wanted_index++;
    reconcile->page_start = 0;
}

enum status reconcile_take(struct reconcile *reconcile, const struct recon_result *result)
{
    if (!reconcile->is_opened)
        return opened(reconcile, result);
    reconcile->difference_count += result->count.value;
    for (uint32_t i = 0; i < result->differences.count; i++) {
        json_t *difference = record_to_json(&record_difference, &result->differences.items[i]);
        if (!difference || json_array_append_new(reconcile->differences, difference) != 0)
            return STATUS_NO_MEMORY;
    }
    if (reconcile->wanted_index < reconcile->wanted_count)
        go_on(reconcile);
    return STATUS_OK;
}

const char *reconcile_day(const struct reconcile *reconcile)
{
    return reconcile->day;
}

int64_t reconcile_difference_count(const struct reconcile *reconcile)
{
    return reconcile->difference_count;
}

json_t *reconcile_json(const struct reconcile *reconcile)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:O}", "day", reconcile->day, "bookings", (json_int_t)reconcile->count,
                     "broker_bookings", (json_int_t)reconcile->broker_bookings, "differing_groups",
                     (json_int_t)reconcile->wanted_count, "count", (json_int_t)reconcile->difference_count,
                     "differences", reconcile->differences);
}

/* ---- once a day, by itself ---- */

enum { SPREAD_MINUTES = 30 };
static const int64_t MINUTE_US = INT64_C(60000000);
static const int64_t DAY_US = INT64_C(86400000000);
static const int64_t OFFSET_OF_CHINA_US = INT64_C(28800000000);

bool reconcile_minute_of(const char *time, int64_t *minute)
{
    *minute = RECONCILE_OFF;
    if (strcmp(time, "off") == 0)
        return true;
    if (!rule_holds(RULE_CLOCK_TIME, text_of(time)))
        return false;
    *minute = strtol(time, NULL, 10) * 60 + strtol(time + 3, NULL, 10);
    return true;
}

static int64_t spread_minutes(const char *participant)
{
    int64_t sum = 0;
    for (const char *at = participant; *at; at++)
        sum += *at;
    return sum % SPREAD_MINUTES;
}

int64_t reconcile_due_at(const char *participant, int64_t minute, int64_t now_us)
{
    const int64_t local_us = now_us + OFFSET_OF_CHINA_US;
    const int64_t midnight_us = local_us - local_us % DAY_US - OFFSET_OF_CHINA_US;
    const int64_t today_us = midnight_us + (minute + spread_minutes(participant)) * MINUTE_US;
    return today_us <= now_us ? today_us : today_us - DAY_US;
}

void reconcile_day_before(int64_t due_us, int back, char out[RECON_DAY_SIZE + 1])
{
    recon_day_of(due_us - back * DAY_US, out);
}
