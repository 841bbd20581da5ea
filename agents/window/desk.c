#include "agents/window/desk.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/client/log.h"
#include "agents/window/inbox.h"
#include "agents/window/outbox.h"

enum { DESK_ARENA_SIZE = MESSAGE_ARENA_SIZE, DESK_POLL_COUNT_MAX = 64, DESK_LATER_POLLS = 120 };

/* A certified case is asked about for so long after its booking, unless it is archived before. */
static const int64_t later_asked_us_max = 40 * 24 * 3600 * INT64_C(1000000);
static const int64_t asking_us_max = 3600 * INT64_C(1000000); /* a find under way is not chosen again */

enum status desk_init(struct desk *desk, struct base *base, struct adapter *adapter)
{
    *desk = (struct desk){.base = base, .adapter = adapter, .find_tries_max = 3, .find_retry_us = 2000000};
    uint8_t *memory = malloc(DESK_ARENA_SIZE);
    if (!memory)
        return STATUS_NO_MEMORY;
    desk->arena = arena_over(memory, DESK_ARENA_SIZE);
    enum status status = digest_new(&desk->digest);
    desk->setback = (struct setback){.base = base, .digest = desk->digest, .pace = 1000};
    return status;
}

void desk_fini(struct desk *desk)
{
    free(desk->arena.memory);
    desk->arena = (struct arena){0};
    if (desk->digest)
        digest_free(&desk->digest);
}

void desk_recover(struct desk *desk, int64_t now_us)
{
    base_begin(desk->base);
    inbox_doubt_all(desk->base);
    docket_poll_all(desk->base, now_us);
}

/* ---- choosing ---- */

static struct desk_chosen choose_delivery(struct desk *desk, int64_t id, int64_t now_us)
{
    struct inbox_row row;
    struct desk_chosen chosen = {id, ADAPTER_HAND};
    if (!inbox_row_read(desk->base, id, &row))
        return chosen;
    inbox_row_end(desk->base);
    base_begin(desk->base);
    if (strcmp(row.state, "doubt") == 0) {
        chosen.verb = ADAPTER_FIND;
        inbox_set_state(desk->base, id, "doubt", now_us + asking_us_max, row.reason);
    } else {
        inbox_set_state(desk->base, id, "handing", 0, NULL);
    }
    return chosen;
}

static uint32_t choose_polls(struct desk *desk, struct text window, int64_t now_us, struct desk_chosen *out,
                             uint32_t count_max)
{
    char case_ids[DESK_POLL_COUNT_MAX][31];
    uint32_t count = docket_due(desk->base, window, now_us, case_ids,
                                count_max < DESK_POLL_COUNT_MAX ? count_max : DESK_POLL_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct docket_row row = {0};
        snprintf(row.window, sizeof row.window, "%.*s", TEXT_ARGS(window));
        memcpy(row.case_id, case_ids[i], sizeof case_ids[i]);
        base_begin(desk->base);
        docket_poll_at(desk->base, &row, number_of(now_us + asking_us_max));
        out[i] = (struct desk_chosen){inbox_row_of(desk->base, window, text_of(case_ids[i]), 0), ADAPTER_FIND};
    }
    return count;
}

uint32_t desk_choose(struct desk *desk, struct text window, int64_t now_us, uint32_t chosen, struct desk_chosen *out,
                     uint32_t count_max)
{
    int64_t ids[64];
    uint32_t room = desk->adapter->room(desk->adapter->context, window, chosen);
    if (room > count_max)
        room = count_max;
    if (room > sizeof ids / sizeof ids[0])
        room = sizeof ids / sizeof ids[0];
    if (room == 0)
        return 0;
    bool is_turn_of_bulk = ++desk->looks % DESK_BULK_EVERY == 0;
    uint32_t count = inbox_ready(desk->base, window, now_us, is_turn_of_bulk, ids, room);
    for (uint32_t i = 0; i < count; i++)
        out[i] = choose_delivery(desk, ids[i], now_us);
    if (count < room)
        count += choose_polls(desk, window, now_us, out + count, room - count);
    return count;
}

int64_t desk_due_at(struct desk *desk, struct text window, int64_t now_us)
{
    int64_t inbox = inbox_due_at(desk->base, window, now_us);
    int64_t docket = docket_due_at(desk->base, window);
    return inbox < docket ? inbox : docket;
}

enum status desk_start(struct desk *desk, const struct desk_chosen *chosen, int64_t now_us)
{
    struct inbox_row row;
    struct docket_row docket;
    if (!inbox_row_read(desk->base, chosen->delivery, &row))
        return desk->base->status;
    (void)docket_find(desk->base, text_of(row.window), text_of(row.case_id), &docket);
    struct adapter_task task = {.delivery = row.id,
                                .verb = chosen->verb,
                                .window = text_of(row.window),
                                .case_id = text_of(row.case_id),
                                .number = row.number,
                                .origin_type = text_of(row.type),
                                .origin_source = text_of(row.source),
                                .origin = row.origin,
                                .answers = docket.answers,
                                .failed = inbox_failed(&row)};
    enum status status = desk->adapter->start(desk->adapter->context, &task, now_us);
    inbox_row_end(desk->base);
    return status;
}

/* ---- the registry's answers ---- */

static void hold_case(struct desk *desk, struct docket_row *row, const char *why)
{
    log_warning("%s %s: held for a person: %s", row->window, row->case_id, why);
    docket_hold(desk->base, row, why);
    docket_poll_at(desk->base, row, (struct number){0});
    snprintf(row->held, sizeof row->held, "%s", why);
}

static void enter_answer(struct desk *desk, struct docket_row *row, const struct adapter_answer *answer, int64_t now_us)
{
    struct problems problems;
    const struct record *record = message_kind(answer->type)->record;
    arena_reset(&desk->arena);
    void *body = arena_take(&desk->arena, record->struct_size);
    if (body && record_decode(record, answer->body, &desk->arena, body, &problems) == STATUS_OK)
        docket_enter(desk->base, row, answer->type, body, now_us);
    docket_count_answers(desk->base, row, answer->position + 1);
}

/* True when it is new and went to the outbox. */
static bool take_answer(struct desk *desk, struct docket_row *row, const struct adapter_answer *answer, int64_t now_us)
{
    struct outbox_entry entry = {.window = text_of(row->window),
                                 .case_id = text_of(row->case_id),
                                 .type = answer->type,
                                 .position = answer->position,
                                 .body = answer->body,
                                 .chunk = answer->chunk,
                                 .said = answer->said};
    if (answer->position > row->answers) { /* one between is missing: the whole list is asked for */
        docket_poll_at(desk->base, row, number_of(now_us));
        return false;
    }
    switch (outbox_add(desk->base, desk->digest, &entry, now_us)) {
    case OUTBOX_KNOWN:
        return false;
    case OUTBOX_CHANGED:
        hold_case(desk, row, "the registry now gives another answer where it had answered before");
        return false;
    case OUTBOX_ADDED:
        enter_answer(desk, row, answer, now_us);
        return true;
    }
    return false;
}

static bool take_answers(struct desk *desk, struct docket_row *row, const struct adapter_result *result, int64_t now_us)
{
    bool has_new = false;
    for (uint32_t i = 0; i < result->answer_count && !row->held[0]; i++)
        has_new |= take_answer(desk, row, &result->answers[i], now_us);
    if (result->fault[0] && !row->held[0])
        hold_case(desk, row, result->fault);
    return has_new;
}

/* The registry is asked again after `polls` times its interval, unless nothing more can come. */
static void poll_after(struct desk *desk, const struct docket_row *row, int64_t polls, int64_t now_us)
{
    bool is_certified = strcmp(row->state, "CERTIFIED") == 0;
    bool is_old = is_certified && now_us > row->booked_at + later_asked_us_max;
    struct number at = number_of(now_us + desk->adapter->poll_ms * 1000 * polls);
    if (docket_is_closed(row) || is_old || row->held[0] || desk->adapter->poll_ms == 0)
        at.is_present = false;
    docket_poll_at(desk->base, row, at);
}

/* What may still come after the certificate has time: papers filed away, a correction. */
static void poll_again(struct desk *desk, const struct docket_row *row, int64_t now_us)
{
    poll_after(desk, row, strcmp(row->state, "CERTIFIED") == 0 ? DESK_LATER_POLLS : 1, now_us);
}

/* ---- what became of a task ---- */

static void hold_delivery(struct desk *desk, const struct inbox_row *delivery, const char *why)
{
    log_warning("%s %s: delivery %d held for a person: %s", delivery->window, delivery->case_id, (int)delivery->number,
                why);
    inbox_set_state(desk->base, delivery->id, "held", 0, why);
}

/* It surely was not taken. What is known of the attempt that ended so counts; an agent that was killed in the middle of
 * it says nothing about the delivery. True when it is given back. */
static bool hand_again(struct desk *desk, const struct inbox_row *delivery, int64_t now_us)
{
    enum failure failure = failure_of(text_of(delivery->doubt_class));
    if (failure < FAILURE_COUNT)
        return setback_count(&desk->setback, delivery, failure, delivery->reason, 0, now_us);
    inbox_set_state(desk->base, delivery->id, "new", 0, NULL);
    return false;
}

/* The registry knows the case; does it have this very delivery? */
static bool resolve_known(struct desk *desk, const struct inbox_row *delivery, const struct adapter_result *result,
                          int64_t now_us)
{
    if (result->number_last >= delivery->number || (result->number_last < 0 && delivery->number == 1))
        inbox_set_handed(desk->base, delivery->id, now_us);
    else if (result->number_last >= 0 && result->number_last >= inbox_number_before(desk->base, delivery))
        return hand_again(desk, delivery, now_us);
    else if (result->number_last >= 0)
        hold_delivery(desk, delivery, "the registry lacks an earlier delivery of this case");
    else
        hold_delivery(desk, delivery, "the registry knows the case but does not say whether it has this delivery");
    return false;
}

static bool resolve_unknown(struct desk *desk, const struct inbox_row *delivery, int64_t now_us)
{
    if (delivery->number == 1)
        return hand_again(desk, delivery, now_us);
    hold_delivery(desk, delivery, "the registry does not know a case that was handed to it");
    return false;
}

static void resolve_silence(struct desk *desk, const struct inbox_row *delivery, const char *why, int64_t now_us)
{
    char reason[ADAPTER_WHY_SIZE_MAX + 96];
    inbox_count_try(desk->base, delivery->id);
    if (delivery->tries + 1 < desk->find_tries_max) {
        inbox_set_state(desk->base, delivery->id, "doubt", now_us + desk->find_retry_us, why);
        return;
    }
    snprintf(reason, sizeof reason, "in doubt, and the registry does not say whether it has it: %s", why);
    hold_delivery(desk, delivery, reason);
}

/* True when it is given back to the broker. */
static bool apply_hand(struct desk *desk, const struct inbox_row *delivery, const struct adapter_result *result,
                       struct docket_row *row, int64_t now_us)
{
    switch (result->outcome) {
    case ADAPTER_TAKEN:
        inbox_set_handed(desk->base, delivery->id, now_us);
        poll_after(desk, row, 1, now_us);
        break;
    case ADAPTER_CANNOT:
        return setback_count(&desk->setback, delivery, FAILURE_PERMANENT, result->why, 0, now_us);
    case ADAPTER_HOLD:
        hold_delivery(desk, delivery, result->why);
        break;
    case ADAPTER_LATER:
        return setback_count(&desk->setback, delivery, FAILURE_BUSY, result->why, result->retry_ms, now_us);
    case ADAPTER_PERSON:
        inbox_set_state(desk->base, delivery->id, "desk", 0, NULL);
        break;
    case ADAPTER_DOUBT:
    case ADAPTER_KNOWN:
    case ADAPTER_NOT_KNOWN:
    case ADAPTER_NO_ANSWER:
        log_warning("%s %s: delivery %d in doubt: %s", delivery->window, delivery->case_id, (int)delivery->number,
                    result->why);
        inbox_set_doubt(desk->base, delivery->id, result->has_crashed ? FAILURE_POISON : FAILURE_TRANSIENT,
                        result->why);
        break;
    }
    return false;
}

static bool apply_find(struct desk *desk, const struct inbox_row *delivery, const struct adapter_result *result,
                       struct docket_row *row, int64_t now_us)
{
    bool is_doubt = strcmp(delivery->state, "doubt") == 0;
    bool has_new = false;
    if (result->outcome == ADAPTER_KNOWN) {
        if (is_doubt)
            has_new = resolve_known(desk, delivery, result, now_us);
        has_new |= take_answers(desk, row, result, now_us);
        poll_again(desk, row, now_us);
    } else if (result->outcome == ADAPTER_NOT_KNOWN) {
        if (is_doubt)
            has_new = resolve_unknown(desk, delivery, now_us);
        else
            hold_case(desk, row, "the registry no longer knows this case");
    } else if (is_doubt) {
        resolve_silence(desk, delivery, result->why, now_us);
    } else {
        log_warning("%s %s: find gave no answer: %s", row->window, row->case_id, result->why);
        poll_again(desk, row, now_us);
    }
    return has_new;
}

bool desk_apply(struct desk *desk, const struct adapter_result *result, int64_t now_us)
{
    struct inbox_row delivery = {0};
    struct docket_row row;
    base_begin(desk->base);
    if (!docket_find(desk->base, text_of(result->window), text_of(result->case_id), &row))
        return false;
    if (result->delivery == 0) /* the registry spoke by itself */
        return take_answers(desk, &row, result, now_us);
    if (!inbox_row_read(desk->base, result->delivery, &delivery))
        return false;
    inbox_row_end(desk->base);
    delivery.origin = (struct bytes){0};
    if (result->verb == ADAPTER_FIND)
        return apply_find(desk, &delivery, result, &row, now_us);
    return apply_hand(desk, &delivery, result, &row, now_us);
}

enum status desk_look_again(struct desk *desk, struct text window, struct text case_id, int64_t now_us,
                            bool *is_owed_again)
{
    struct docket_row row;
    base_begin(desk->base);
    *is_owed_again = false;
    if (!docket_find(desk->base, window, case_id, &row))
        return STATUS_NOT_FOUND;
    docket_poll_at(desk->base, &row, number_of(now_us));
    *is_owed_again = outbox_owe_again(desk->base, window, case_id, MESSAGE_CERT_ISSUED);
    return STATUS_OK;
}
