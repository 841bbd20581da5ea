#include "broker/ops/find_request.h"

#include <string.h>

#include "broker/core/index.h"
#include "broker/keep/citizens.h"
#include "schemas/lifecycle.h"

enum { CRITERION_COUNT_MAX = 7, INDEX_TAIL_SIZE = 8 + CASE_ID_SIZE };

/* A thing asked for that an index knows. */
struct criterion {
    enum index_kind kind;
    struct bytes value;
};

struct search {
    struct keeper *keeper;
    const struct ops_case_find *asked;
    struct arena *arena;
    struct case_found *out;
    char *why;
    struct criterion criteria[CRITERION_COUNT_MAX]; /* the rarest first */
    uint32_t criterion_count;
    struct row_key prefix; /* of the rows walked */
    bool newest_first;     /* whatever comes later is older */
    uint32_t count_max;
    uint32_t looked_at;
    char last[CASE_ID_SIZE + 1];
    enum status status;

    char certificate[CERTIFICATE_NUMBER_SIZE_MAX];
    char unit[UNIT_NUMBER_SIZE + 1];
    uint8_t citizen[DIGEST_SIZE];
};

/* ---- what is asked for ---- */

static void add(struct search *search, enum index_kind kind, struct bytes value)
{
    if (value.size > 0)
        search->criteria[search->criterion_count++] = (struct criterion){kind, value};
}

/* The person is the one that was journaled: nobody is looked for without it. */
static enum status add_citizen(struct search *search, struct text asker, int64_t now_us)
{
    const struct journal *journal = keeper_journal(search->keeper);
    struct keeper_origin origin;
    struct ops_citizen_lookup lookup;
    struct problems problems = {.count = 0};
    const uint64_t sequence = (uint64_t)search->asked->lookup.value;

    if (!search->asked->lookup.is_present)
        return STATUS_OK;
    if (sequence > journal_last_sequence(journal))
        return STATUS_NOT_FOUND;
    const enum status status = keeper_origin(search->keeper, sequence, &origin, search->why);
    if (status != STATUS_OK)
        return status;
    if (!text_is(origin.envelope.type, "OPS_CITIZEN_LOOKUP") || !text_equal(origin.entry.sender, asker) ||
        now_us - origin.entry.time_us > FIND_LOOKUP_US || origin.entry.body.data == NULL ||
        record_decode(&record_ops_citizen_lookup, origin.entry.body, search->arena, &lookup, &problems) != STATUS_OK ||
        !citizen_hash(journal, lookup.id, search->citizen))
        return STATUS_NOT_FOUND;
    add(search, INDEX_CITIZEN, bytes_of(search->citizen, DIGEST_SIZE));
    return STATUS_OK;
}

static enum status add_criteria(struct search *search, struct text asker, int64_t now_us)
{
    const struct ops_case_find *asked = search->asked;

    add(search, INDEX_NUMBER, bytes_of(asked->number.data, asked->number.size));
    if (asked->certificate.data != NULL)
        add(search, INDEX_CERTIFICATE, index_value_of_certificate(asked->certificate, search->certificate));
    add(search, INDEX_CONTRACT, bytes_of(asked->contract.data, asked->contract.size));
    if (asked->unit.data != NULL)
        add(search, INDEX_UNIT, index_value_of_unit(asked->unit, search->unit));
    const enum status status = add_citizen(search, asker, now_us);
    add(search, INDEX_BRANCH, bytes_of(asked->branch.data, asked->branch.size));
    add(search, INDEX_WINDOW, bytes_of(asked->window.data, asked->window.size));
    return status;
}

/* ---- one case ---- */

static bool is_in_state(struct text wanted, struct text state)
{
    if (wanted.data == NULL)
        return true;
    return text_is(wanted, "open") ? lifecycle_is_open(lifecycle_state_of(state)) : text_equal(wanted, state);
}

static bool has_row(struct search *search, const struct row_key *key)
{
    struct store_value value = {{NULL, 0}, NULL};

    search->status = store_row(keeper_rows(search->keeper), bytes_of(key->bytes, key->size), &value, search->why);
    const bool is_there = value.bytes.data != NULL;
    store_value_fini(&value);
    return search->status == STATUS_OK && is_there;
}

static bool fits(struct search *search, const struct case_row *row)
{
    const struct ops_case_find *asked = search->asked;

    if (!is_in_state(asked->state, row->state) ||
        (asked->from.is_present && row->submitted_at.value < asked->from.value) ||
        (asked->until.is_present && row->submitted_at.value >= asked->until.value))
        return false;
    for (uint32_t i = 0; i < search->criterion_count; i++) {
        const struct criterion *criterion = &search->criteria[i];
        const struct row_key key =
            row_key_index(criterion->kind, criterion->value, (uint64_t)row->submitted.value, row->case_id);
        if (!has_row(search, &key))
            return false;
    }
    return true;
}

/* A list shows neither units nor history. */
static void take(struct search *search, const struct case_row *row)
{
    struct case_status *item = &search->out->cases.items[search->out->cases.count];

    search->status = core_case_status(keeper_core(search->keeper), row, search->arena, item);
    if (search->status != STATUS_OK)
        return;
    item->units = (struct text_list){NULL, 0, false};
    search->out->cases.count++;
}

/* False ends the walk. */
static bool look(struct search *search, struct text case_id)
{
    const struct arena mark = *search->arena;
    const struct row_key key = row_key_case(case_id);
    const uint32_t count = search->out->cases.count;
    struct case_row row;

    if (search->looked_at == FIND_LOOK_COUNT_MAX || count == search->count_max) {
        search->out->has_more = number_of(true);
        return false;
    }
    search->looked_at++;
    memcpy(search->last, case_id.data, CASE_ID_SIZE);
    search->status = keeper_row(search->keeper, &key, &record_case_row, search->arena, &row, search->why);
    if (search->status != STATUS_OK)
        return false;
    if (fits(search, &row))
        take(search, &row);
    if (search->out->cases.count == count)
        *search->arena = mark;
    const bool is_too_old =
        search->newest_first && search->asked->from.is_present && row.submitted_at.value < search->asked->from.value;
    return search->status == STATUS_OK && !is_too_old;
}

/* ---- the walk ---- */

/* A case id ends the key of each row that is walked; a value that goes on behind a zero byte is another one. */
static bool take_row(struct bytes key, struct bytes value, void *context)
{
    struct search *search = context;
    const uint32_t tail = search->newest_first ? INDEX_TAIL_SIZE : CASE_ID_SIZE;

    (void)value;
    if (key.size != search->prefix.size + tail)
        return true;
    return look(search, (struct text){(const char *)key.data + key.size - CASE_ID_SIZE, CASE_ID_SIZE});
}

/* The row behind which it goes on; of size 0 at the beginning. */
static enum status place_of(struct search *search, struct row_key *out)
{
    const struct text after = search->asked->after;
    const struct row_key key = row_key_case(after);
    const struct arena mark = *search->arena;
    struct case_row row;

    out->size = 0;
    if (after.data == NULL)
        return STATUS_OK;
    const enum status status = keeper_row(search->keeper, &key, &record_case_row, search->arena, &row, search->why);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_UNKNOWN_CASE : status;
    *out = search->prefix;
    if (search->newest_first)
        *out = row_key_index(search->criteria[0].kind, search->criteria[0].value, (uint64_t)row.submitted.value, after);
    else
        memcpy(out->bytes + out->size, after.data, CASE_ID_SIZE);
    out->size = (uint8_t)(search->prefix.size + (search->newest_first ? INDEX_TAIL_SIZE : CASE_ID_SIZE));
    *search->arena = mark;
    return STATUS_OK;
}

/* Open ones have rows of their own beside the others. */
static struct row_key prefix_of_cases(const struct ops_case_find *asked)
{
    const bool open_only = asked->state.data != NULL &&
                           (text_is(asked->state, "open") || lifecycle_is_open(lifecycle_state_of(asked->state)));

    return open_only ? row_key_open(text_of("")) : row_key_case(text_of(""));
}

static enum status walk(struct search *search)
{
    struct row_key place;

    search->newest_first = search->criterion_count > 0;
    search->prefix = search->newest_first ? row_key_indexed(search->criteria[0].kind, search->criteria[0].value)
                                          : prefix_of_cases(search->asked);
    enum status status = place_of(search, &place);
    if (status == STATUS_OK)
        status = store_each_row(keeper_rows(search->keeper), bytes_of(search->prefix.bytes, search->prefix.size),
                                bytes_of(place.bytes, place.size), true, take_row, search, search->why);
    return status != STATUS_OK ? status : search->status;
}

static enum status look_at_one(struct search *search)
{
    (void)look(search, search->asked->case_id);
    return search->status == STATUS_NOT_FOUND ? STATUS_OK : search->status; /* nobody knows it: nothing is found */
}

enum status find_request_answer(struct keeper *keeper, const struct ops_case_find *asked, struct text asker,
                                int64_t now_us, struct arena *arena, struct case_found *out, char *why)
{
    struct search search = {.keeper = keeper, .asked = asked, .arena = arena, .out = out, .why = why};
    const struct meta_row *meta = core_meta(keeper_core(keeper));

    search.count_max = asked->count.is_present ? (uint32_t)asked->count.value : FIND_COUNT;
    *out = (struct case_found){.cases = {arena_take(arena, search.count_max * sizeof(struct case_status)), 0, true},
                               .has_more = number_of(false),
                               .indexed_from = meta->indexed_from,
                               .indexed_at = meta->indexed_at,
                               .is_present = true};
    if (out->cases.items == NULL)
        return STATUS_LIMIT;
    /* The newest rows may still be in memory only. */
    enum status status = keeper_checkpoint(keeper, true, why);
    if (status == STATUS_OK)
        status = add_criteria(&search, asker, now_us);
    if (status == STATUS_OK)
        status = asked->case_id.data != NULL ? look_at_one(&search) : walk(&search);
    if (status != STATUS_OK || out->has_more.value == 0)
        return status;
    char *next = arena_take(arena, CASE_ID_SIZE);
    if (next == NULL)
        return STATUS_LIMIT;
    memcpy(next, search.last, CASE_ID_SIZE);
    out->next = (struct text){next, CASE_ID_SIZE};
    return STATUS_OK;
}
