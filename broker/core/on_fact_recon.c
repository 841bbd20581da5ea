#include "broker/core/handler.h"
#include "broker/core/reconcile.h"

static bool fields_are_equal(const struct difference_field_list *a, const struct difference_field_list *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!text_equal(a->items[i].field, b->items[i].field) || !text_equal(a->items[i].ours, b->items[i].ours) ||
            !text_equal(a->items[i].theirs, b->items[i].theirs))
            return false;
    return true;
}

static bool is_same(const struct difference *a, const struct difference *b)
{
    return text_equal(a->class, b->class) && fields_are_equal(&a->fields, &b->fields);
}

static bool is_decided(const struct difference *known)
{
    return text_is(known->state, "closed") && !text_is(known->action, "gone");
}

/* What was decided is not asked again, and what is proposed stands, as long as the difference is the same. */
static void keep_found(struct turn *turn, const struct difference *found)
{
    struct core *core = turn->core;
    const struct row_key key = reconcile_key(found);
    const struct number now = number_of(turn->event->time_us);
    struct difference known = {.is_present = false};
    struct difference row = *found;
    const bool is_known = reconcile_find(core, &key, &known);
    if (is_known && is_same(&known, found) && (is_decided(&known) || text_is(known.state, "open")))
        row = known;
    else
        row.found_at = is_known && text_is(known.state, "open") ? known.found_at : now;
    row.seen_at = now;
    reconcile_put(core, &row);
}

/* A lag closes by itself; anything else is for people. */
static void close_gone(struct turn *turn, const struct fact_recon *fact, struct text case_id)
{
    const struct row_key key = row_key_difference(fact->day, fact->peer, case_id);
    struct difference row;
    if (!reconcile_find(turn->core, &key, &row) || !text_is(row.state, "open") || !text_is(row.class, "state-lag"))
        return;
    row.state = text_of("closed");
    row.action = text_of("gone");
    row.closed_at = number_of(turn->event->time_us);
    reconcile_put(turn->core, &row);
}

void on_fact_recon(struct turn *turn)
{
    const struct fact_recon *fact = turn->event->body;
    if (fact->run.is_present) {
        const struct row_key key = row_key_recon_run(fact->day, fact->peer);
        core_put(turn->core, &key, &record_recon_run, &fact->run);
    }
    for (uint32_t i = 0; i < fact->differences.count; i++)
        keep_found(turn, &fact->differences.items[i]);
    for (uint32_t i = 0; i < fact->gone.count; i++)
        close_gone(turn, fact, fact->gone.items[i]);
}
