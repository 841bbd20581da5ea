#include "broker/core/handler.h"
#include "broker/core/reconcile.h"

static bool find(struct turn *turn, struct difference *out)
{
    const struct recon_fix *fix = turn->event->body;
    const struct row_key key = row_key_difference(fix->day, fix->peer, fix->case_id);
    return reconcile_find(turn->core, &key, out);
}

/* The second of two operators says the same as the first. */
static bool agrees(const struct difference *row, const struct recon_fix *fix)
{
    return row->first.data != NULL && text_equal(row->action, fix->action);
}

enum status recon_fix_judge(struct turn *turn)
{
    const struct recon_fix *fix = turn->event->body;
    struct difference row;
    turn->path = "cid";
    if (!find(turn, &row))
        return STATUS_NOT_FOUND;
    turn->path = "state";
    if (!text_is(row.state, "open"))
        return STATUS_WRONG_STATE;
    turn->path = NULL;
    return agrees(&row, fix) && text_equal(row.first, turn->event->participant) ? STATUS_FOUR_EYES : STATUS_OK;
}

static void propose(struct turn *turn, struct difference *row)
{
    const struct recon_fix *fix = turn->event->body;
    row->action = fix->action;
    row->reason = fix->reason;
    row->first = turn->event->participant;
    row->first_at = number_of(turn->event->time_us);
    reconcile_put(turn->core, row);
}

/* What was applied of a contradiction stands, two people say so: it blocks no longer. No state is changed. */
static void settle_contradiction(struct turn *turn, const struct difference *row)
{
    struct case_file *file = core_find_case(turn->core, row->case_id);
    if (!text_is(row->class, "contradiction") || !text_is(row->action, "record-right") || file == NULL)
        return;
    case_unflag(file, CASE_CONTRADICTION);
    turn->file = file;
    turn->told = TOLD_FACT;
    turn->fact = "CONTRADICTION_SETTLED";
}

void on_recon_fix(struct turn *turn)
{
    const struct recon_fix *fix = turn->event->body;
    struct difference row;
    if (!find(turn, &row))
        return;
    if (!agrees(&row, fix)) {
        propose(turn, &row);
        return;
    }
    row.state = text_of("closed");
    row.second = turn->event->participant;
    row.second_reason = fix->reason;
    row.closed_at = number_of(turn->event->time_us);
    /* its texts stand in the stored row, which the next line takes the place of */
    settle_contradiction(turn, &row);
    reconcile_put(turn->core, &row);
}
