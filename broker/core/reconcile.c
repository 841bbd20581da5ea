#include "broker/core/reconcile.h"

#include <assert.h>
#include <stdio.h>

#include "schemas/calendar.h"
#include "schemas/mask.h"
#include "schemas/recon.h"

/* ---- the books ---- */

/* What was booked here stays in the book. Archiving is the house's own business: the case stays certified. */
static const char *state_in_book(const struct case_file *file)
{
    const struct lifecycle_state_row *state =
        lifecycle_state(file->base == STATE_ARCHIVED ? STATE_CERTIFIED : file->base);
    assert(state->class == CLASS_BOOK);
    return state->wire;
}

void reconcile_keep(struct core *core, const struct case_file *file)
{
    char day[RECON_DAY_SIZE + 1];
    char proof[RECON_PROOF_SIZE_MAX];
    if (!file->row.booked_here.is_present)
        return;
    const struct recon_row row = {.case_id = file->row.case_id,
                                  .window = file->row.window,
                                  .branch = file->row.branch,
                                  .kind = file->row.kind,
                                  .state = text_of(state_in_book(file)),
                                  .number = file->row.number,
                                  .booked_at = file->row.booked_at,
                                  .amount = file->row.booked_amount,
                                  .proof = recon_proof_of(file->row.proof, proof),
                                  .is_present = true};
    recon_day_of(row.booked_at.value, day);
    const struct row_key of_branch = row_key_day(text_of(day), row.branch, row.window, row.kind, row.case_id);
    const struct row_key of_window = row_key_day(text_of(day), row.window, row.branch, row.kind, row.case_id);
    core_put(core, &of_branch, &record_recon_row, &row);
    core_put(core, &of_window, &record_recon_row, &row);
}

/* ---- the rows of differences ---- */

struct row_key reconcile_key(const struct difference *difference)
{
    return row_key_difference(difference->day, difference->peer, difference->case_id);
}

bool reconcile_find(struct core *core, const struct row_key *key, struct difference *out)
{
    arena_reset(&core->arena);
    return core_read(core, key, &record_difference, &core->arena, out);
}

void reconcile_put(struct core *core, const struct difference *difference)
{
    const struct row_key key = reconcile_key(difference);
    core_put(core, &key, &record_difference, difference);
}

void reconcile_contradiction(struct core *core, const struct case_file *file, int64_t time_us)
{
    char day[RECON_DAY_SIZE + 1];
    recon_day_of(file->row.submitted_at.value, day);
    reconcile_put(core, &(struct difference){.day = text_of(day),
                                             .peer = text_of("K"),
                                             .case_id = file->row.case_id,
                                             .class = text_of("contradiction"),
                                             .owner = text_of("K"),
                                             .window = file->row.window,
                                             .branch = file->row.branch,
                                             .kind = file->row.kind,
                                             .state = text_of("open"),
                                             .found_at = number_of(time_us),
                                             .seen_at = number_of(time_us),
                                             .is_present = true});
}

/* ---- comparing ---- */

struct comparison {
    struct text day;
    struct text peer;
    struct arena *arena;
    reconcile_take *take;
    void *context;
    enum status status;
};

static bool peer_is_branch(const struct comparison *comparison)
{
    return participant_role(comparison->peer) == ROLE_BRANCH;
}

static void tell(const struct comparison *comparison, const struct recon_row *row, const char *class, struct text owner,
                 struct difference_field_list fields)
{
    const struct difference difference = {.day = comparison->day,
                                          .peer = comparison->peer,
                                          .case_id = row->case_id,
                                          .class = text_of(class),
                                          .owner = owner,
                                          .window = row->window,
                                          .branch = row->branch,
                                          .kind = row->kind,
                                          .fields = fields,
                                          .state = text_of("open"),
                                          .is_present = true};
    comparison->take(&difference, comparison->context);
}

/* The broker's record stands for the other side: a branch's book is held against what the registry said, a window's
 * against what the bank was told. */
static void tell_only_ours(const struct comparison *comparison, const struct recon_row *row)
{
    const char *class = peer_is_branch(comparison) ? "only-window" : "only-bank";
    if (row->is_waiting.value != 0)
        class = "state-lag";
    tell(comparison, row, class, comparison->peer, (struct difference_field_list){0});
}

/* What the broker's record lacks is for its operators, unless it is still on its way. */
static void tell_only_theirs(const struct comparison *comparison, const struct recon_row *row)
{
    const bool is_lag = row->is_waiting.value != 0;
    const char *class = peer_is_branch(comparison) ? "only-bank" : "only-window";
    tell(comparison, row, is_lag ? "state-lag" : class, is_lag ? comparison->peer : text_of("K"),
         (struct difference_field_list){0});
}

/* ---- two bookings of one case ---- */

static struct text keep(struct comparison *comparison, const char *string)
{
    const uint32_t size = (uint32_t)strlen(string);
    char *copy = arena_take(comparison->arena, size);
    if (copy == NULL) {
        comparison->status = STATUS_LIMIT;
        return (struct text){0};
    }
    memcpy(copy, string, size);
    return (struct text){copy, size};
}

static struct text show_time(struct comparison *comparison, struct number time)
{
    char shown[24];
    return time.is_present ? keep(comparison, time_show(time.value, shown, sizeof shown)) : (struct text){0};
}

static struct text show_amount(struct comparison *comparison, struct number amount)
{
    char shown[24];
    if (!amount.is_present)
        return (struct text){0};
    snprintf(shown, sizeof shown, "%lld", (long long)amount.value);
    return keep(comparison, shown);
}

/* Lists of operators show no full number (DOMAIN 6.9). */
static struct text show_proof(struct comparison *comparison, struct text proof)
{
    char shown[200];
    return proof.data != NULL ? keep(comparison, mask_certificate(proof, shown, sizeof shown)) : (struct text){0};
}

static bool number_equal(struct number a, struct number b)
{
    return a.is_present == b.is_present && (!a.is_present || a.value == b.value);
}

static void add_field(struct difference_field_list *list, const char *field, struct text ours, struct text theirs)
{
    list->items[list->count++] =
        (struct difference_field){.field = text_of(field), .ours = ours, .theirs = theirs, .is_present = true};
    list->is_present = true;
}

static void find_fields(struct comparison *comparison, const struct recon_row *ours, const struct recon_row *theirs,
                        struct difference_field_list *out)
{
    if (!text_equal(ours->state, theirs->state))
        add_field(out, "state", ours->state, theirs->state);
    if (!text_equal(ours->number, theirs->number))
        add_field(out, "ywh", ours->number, theirs->number);
    if (!number_equal(ours->booked_at, theirs->booked_at))
        add_field(out, "djsj", show_time(comparison, ours->booked_at), show_time(comparison, theirs->booked_at));
    if (!number_equal(ours->amount, theirs->amount))
        add_field(out, "amount", show_amount(comparison, ours->amount), show_amount(comparison, theirs->amount));
    if (!text_equal(ours->proof, theirs->proof))
        add_field(out, "bdcdjzmh", show_proof(comparison, ours->proof), show_proof(comparison, theirs->proof));
}

/* One side has not heard of the proof yet, and nothing else differs. */
static bool is_lag(const struct recon_row *ours, const struct recon_row *theirs,
                   const struct difference_field_list *fields)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        const bool is_state = text_is(fields->items[i].field, "state");
        const bool is_proof = text_is(fields->items[i].field, "bdcdjzmh");
        if (!is_state && !(is_proof && (ours->proof.data == NULL || theirs->proof.data == NULL)))
            return false;
    }
    return !text_equal(ours->state, theirs->state);
}

static void tell_both(struct comparison *comparison, const struct recon_row *ours, const struct recon_row *theirs)
{
    struct difference_field items[RECON_FIELD_COUNT_MAX];
    struct difference_field_list fields = {.items = items};
    find_fields(comparison, ours, theirs, &fields);
    if (fields.count == 0)
        return;
    const bool is_behind = is_lag(ours, theirs, &fields);
    const bool is_here = is_behind && peer_is_branch(comparison) && text_is(ours->state, "BOOKED");
    tell(comparison, ours, is_behind ? "state-lag" : "field-diff", is_here ? text_of("K") : comparison->peer, fields);
}

enum status reconcile_compare(const struct recon_book *ours, const struct recon_book *theirs, struct text day,
                              struct text peer, struct arena *arena, reconcile_take *take, void *context)
{
    struct comparison comparison = {
        .day = day, .peer = peer, .arena = arena, .take = take, .context = context, .status = STATUS_OK};
    uint32_t i = 0;
    uint32_t j = 0;
    while (comparison.status == STATUS_OK && (i < ours->count || j < theirs->count)) {
        int order = i == ours->count ? 1 : j == theirs->count ? -1 : 0;
        if (order == 0)
            order = recon_row_compare(&ours->rows[i], &theirs->rows[j]);
        if (order < 0)
            tell_only_ours(&comparison, &ours->rows[i++]);
        else if (order > 0)
            tell_only_theirs(&comparison, &theirs->rows[j++]);
        else
            tell_both(&comparison, &ours->rows[i++], &theirs->rows[j++]);
    }
    return comparison.status;
}
