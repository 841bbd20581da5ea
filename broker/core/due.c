#include "broker/core/due.h"

#include "broker/core/attempts.h"
#include "broker/core/clock.h"
#include "broker/core/delivery.h"
#include "broker/core/lookup_rate.h"
#include "broker/core/timer.h"
#include "broker/core/title_rate.h"

static bool is_out(const struct case_file *file)
{
    return file->sending == SENDING_OUT || file->sending == SENDING_FOLLOW_OUT;
}

static bool case_is_unsent(const struct case_file *file)
{
    return file->base == STATE_SUBMITTED || file->base == STATE_QUEUED;
}

static bool case_may_rest(const struct case_file *file)
{
    return case_shown(file) == STATE_CERTIFIED && case_has(file, CASE_PROOF_VERIFIED) &&
           case_next_delivery(file) == file->row.deliveries.count;
}

/* A pre-notice stays open as long as its clock runs. */
static int64_t archive_us(const struct core *core, const struct case_file *file)
{
    int64_t rest_us = file->row.since.value + us_of_ms(core->settings.archive_ms);
    int64_t prenotice_us = clock_prenotice_end_us(core, &file->row);
    return prenotice_us > rest_us ? prenotice_us : rest_us;
}

/* When the case's timer must fire; -1 for never. */
static int64_t case_due_us(const struct core *core, const struct case_file *file)
{
    if (!file->is_open)
        return -1;
    if (is_out(file) || file->sending == SENDING_WAIT)
        return (file->due & DUE_PARK) != 0 ? -1 : file->lease_us;
    if (case_is_unsent(file) && file->row.expires_at.is_present)
        return (file->due & DUE_EXPIRE) != 0 ? -1 : file->row.expires_at.value;
    if (case_may_rest(file))
        return (file->due & DUE_ARCHIVE) != 0 ? -1 : archive_us(core, file);
    return -1;
}

void due_settle(struct core *core, struct case_file *file)
{
    int64_t due_us = case_due_us(core, file);
    if (due_us < 0)
        timer_clear(&core->timers, &file->timer);
    else
        timer_set(&core->timers, &file->timer, due_us);
}

void due_add(struct core *core, struct case_file *file, enum case_due due)
{
    file->due |= due;
    list_append(&core->due, &file->of_due);
}

void due_fired(struct turn *turn, struct case_file *file)
{
    if (is_out(file))
        delivery_lease_ended(turn, file);
    else if (file->sending == SENDING_WAIT)
        delivery_wait_ended(turn->core, file);
    else if (case_is_unsent(file))
        due_add(turn->core, file, DUE_EXPIRE);
    else
        due_add(turn->core, file, DUE_ARCHIVE);
}

/* ---- facts ---- */

/* Of a case that was never sent: what is due is proposed before anything is dispatched. */
static bool propose_expire(struct case_file *file, int64_t now_us, struct fact *out)
{
    if (!file->row.expires_at.is_present || file->row.expires_at.value > now_us)
        return false;
    out->message = MESSAGE_FACT_EXPIRE;
    out->body.expire = (struct fact_expire){.expires_at = file->row.expires_at, .is_present = true};
    return true;
}

static bool propose_doubt(const struct case_file *file, struct fact *out)
{
    if (!is_out(file))
        return false;
    out->message = MESSAGE_FACT_DOUBT;
    out->body.doubt = (struct fact_doubt){.attempts = number_of(file->attempt), .is_present = true};
    return true;
}

/* Spent by what the window said, or by its silence. */
static bool propose_park(const struct case_file *file, struct fact *out)
{
    bool is_spent = attempts_are_spent(file, case_next_delivery(file)) && file->sending == SENDING_WAIT;
    if (!is_spent && !is_out(file))
        return false;
    out->message = MESSAGE_FACT_PARK;
    out->body.park =
        (struct fact_park){.cause = is_spent ? file->row.failed_cause : text_of("not acknowledged by the window"),
                           .class = is_spent ? file->row.failed_class : text_of(FAILURE_SILENT),
                           .attempts = number_of(is_spent ? attempts_failed(file) : file->attempt),
                           .is_present = true};
    return true;
}

static bool propose_archive(const struct core *core, const struct case_file *file, int64_t now_us, struct fact *out)
{
    if (!case_may_rest(file) || archive_us(core, file) > now_us)
        return false;
    out->message = MESSAGE_FACT_ARCHIVE;
    out->body.archive = (struct fact_archive){.certified_at = file->row.since, .is_present = true};
    return true;
}

static bool propose_one(struct core *core, struct case_file *file, enum case_due due, int64_t now_us, struct fact *out)
{
    switch (due) {
    case DUE_EXPIRE:
        return propose_expire(file, now_us, out);
    case DUE_DOUBT:
        return propose_doubt(file, out);
    case DUE_PARK:
        return propose_park(file, out);
    case DUE_ARCHIVE:
        return propose_archive(core, file, now_us, out);
    case DUE_ALARM:
        return clock_propose(core, file, now_us, out);
    }
    return false;
}

/* A doubt comes before the parking it leads to, and what a clock has to tell before the case is closed. */
static bool propose_of_case(struct core *core, struct case_file *file, int64_t now_us, struct fact *out)
{
    static const enum case_due order[] = {DUE_EXPIRE, DUE_DOUBT, DUE_PARK, DUE_ALARM, DUE_ARCHIVE};
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((file->due & order[i]) == 0)
            continue;
        file->due &= ~(unsigned)order[i];
        if (propose_one(core, file, order[i], now_us, out))
            return true;
    }
    return false;
}

static bool propose_due(struct core *core, int64_t now_us, struct fact *out)
{
    for (struct case_file *file; (file = list_take(&core->due)) != NULL;) {
        bool is_true = propose_of_case(core, file, now_us, out);
        if (file->due != 0)
            list_append(&core->due, &file->of_due);
        if (!is_true)
            continue;
        memcpy(out->case_id, file->case_id, sizeof out->case_id);
        return true;
    }
    return false;
}

static bool propose_link(struct core *core, struct fact *out)
{
    for (struct window_file *window; (window = list_take(&core->link_due)) != NULL;) {
        bool is_up = window->session != NULL;
        bool was_up = window->row.is_present && window->row.is_up.value != 0;
        if (was_up == is_up)
            continue;
        out->message = MESSAGE_FACT_WINDOW_LINK;
        out->body.window_link =
            (struct fact_window_link){.window = text_of(window->name), .is_up = number_of(is_up), .is_present = true};
        return true;
    }
    return false;
}

/* First dispatches, one window after the other, so that a full one starves none. */
static bool propose_dispatch(struct core *core, int64_t now_us, struct fact *out)
{
    for (struct window_file *window; (window = list_take(&core->dispatching)) != NULL;) {
        struct case_file *file = queue_first(&window->queue, core->settings.bulk_every);
        if (window->session == NULL || file == NULL || window->again.count != 0 || window->out_count >= window->credit)
            continue;
        list_append(&core->dispatching, &window->of_dispatch);
        memcpy(out->case_id, file->case_id, sizeof out->case_id);
        if (propose_expire(file, now_us, out))
            return true;
        queue_took_turn(&window->queue, file);
        out->message = MESSAGE_FACT_DISPATCH;
        out->body.dispatch = (struct fact_dispatch){.window = text_of(window->name), .is_present = true};
        return true;
    }
    return false;
}

bool due_propose(struct core *core, int64_t now_us, struct fact *out)
{
    *out = (struct fact){0};
    return propose_link(core, out) || title_rate_propose(core, out) || lookup_rate_propose(core, out) ||
           propose_due(core, now_us, out) || propose_dispatch(core, now_us, out);
}
