#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/application.h"
#include "agents/window/registry_filed.h"
#include "schemas/codes.h"

/* ---- filing ---- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* What makes two applications the same business: units, mortgagee, kind, method, contract. */
static bool business_digest(struct registry *registry, const struct case_submit *application, uint8_t out[SM3_SIZE])
{
    char lanes[UNIT_COUNT_MAX][UNIT_NUMBER_SIZE + 1];
    uint32_t count = 0;
    size_t used = 0;
    for (; count < application->units.count && count < UNIT_COUNT_MAX; count++)
        if (!unit_lane_key(application->units.items[count].number, lanes[count]))
            return false;
    qsort(lanes, count, sizeof lanes[0], compare_text);
    char *text = (char *)registry->body;
    for (uint32_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, REGISTRY_BODY_SIZE_MAX - used, "%s\n", lanes[i]);
    used += (size_t)snprintf(text + used, REGISTRY_BODY_SIZE_MAX - used, "%.*s\n%.*s\n%.*s\n%.*s\n",
                             TEXT_ARGS(application->mortgagee.uscc), TEXT_ARGS(application->kind),
                             TEXT_ARGS(application->method), TEXT_ARGS(application->contract));
    return digest_make(registry->digest, bytes_of(text, used), out) == STATUS_OK;
}

static void attempt_count(struct registry *registry, const struct adapter_task *task, const char *known_case_id,
                          const char *what, int64_t now_us)
{
    sqlite3_stmt *query = base_query(&registry->base, "INSERT INTO attempt(window, case_id, known_case_id, what, time)"
                                                      " VALUES(?1, ?2, ?3, ?4, ?5)");
    book_bind_text(query, 1, task->window);
    book_bind_text(query, 2, task->case_id);
    book_bind_text(query, 3, text_of(known_case_id));
    book_bind_text(query, 4, text_of(what));
    book_bind_number(query, 5, now_us);
    base_run(&registry->base, query);
}

static bool business_known(struct registry *registry, struct text window, const uint8_t business[SM3_SIZE],
                           char case_id[31])
{
    sqlite3_stmt *query = base_query(&registry->base, "SELECT case_id FROM application"
                                                      " WHERE window = ?1 AND business = ?2 AND is_live = 1");
    book_bind_text(query, 1, window);
    book_bind_bytes(query, 2, bytes_of(business, SM3_SIZE));
    if (!base_next(&registry->base, query))
        return false;
    base_copy_text(query, 0, case_id, 31);
    book_end(query);
    return true;
}

static void units_file(struct registry *registry, int64_t id, const struct case_submit *application)
{
    for (uint32_t i = 0; i < application->units.count; i++) {
        char lane[UNIT_NUMBER_SIZE + 1];
        if (!unit_lane_key(application->units.items[i].number, lane))
            continue;
        sqlite3_stmt *query = base_query(&registry->base, "INSERT OR IGNORE INTO unit VALUES(?1, ?2)");
        book_bind_text(query, 1, text_of(lane));
        book_bind_number(query, 2, id);
        base_run(&registry->base, query);
    }
}

static void application_file(struct registry *registry, const struct adapter_task *task,
                             const struct case_submit *application, const uint8_t business[SM3_SIZE], int64_t now_us)
{
    struct number amount = application->amount.is_present ? application->amount : application->maximum_amount;
    sqlite3_stmt *query = base_query(
        &registry->base, "INSERT INTO application(window, case_id, business, is_live, kind, district, contract, amount,"
                         " body, state, due_at, number_last, filed_at)"
                         " VALUES(?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, 'RECEIVED', ?9, ?10, ?11)");
    book_bind_text(query, 1, task->window);
    book_bind_text(query, 2, task->case_id);
    book_bind_bytes(query, 3, bytes_of(business, SM3_SIZE));
    book_bind_text(query, 4, application->kind);
    book_bind_text(query, 5, application->district.data ? application->district : text_of(""));
    book_bind_text(query, 6, application->contract.data ? application->contract : text_of(""));
    book_bind_number(query, 7, amount.value);
    book_bind_bytes(query, 8, task->origin);
    book_bind_number(query, 9, now_us + registry->settings.accept_ms * 1000);
    book_bind_number(query, 10, task->number);
    book_bind_number(query, 11, now_us);
    base_run(&registry->base, query);
    units_file(registry, book_last_id(registry->base.book), application);
}

static enum adapter_outcome hand_application(struct registry *registry, const struct adapter_task *task, int64_t now_us,
                                             char why[ADAPTER_WHY_SIZE_MAX])
{
    struct case_submit application;
    struct filed filed;
    uint8_t business[SM3_SIZE];
    char known[31];
    if (filed_find(registry, task->window, task->case_id, &filed)) {
        attempt_count(registry, task, filed.case_id, "the same case", now_us);
        return ADAPTER_TAKEN;
    }
    arena_reset(&registry->arena);
    if (application_read(task->origin, &registry->arena, &application) != STATUS_OK ||
        !business_digest(registry, &application, business)) {
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the application cannot be read");
        return ADAPTER_CANNOT;
    }
    if (business_known(registry, task->window, business, known)) {
        attempt_count(registry, task, known, "the same business under another case", now_us);
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the same business is filed already as %s", known);
        return ADAPTER_CANNOT;
    }
    application_file(registry, task, &application, business, now_us);
    return ADAPTER_TAKEN;
}

/* ---- what comes later in a case ---- */

static enum adapter_outcome hand_supplement(struct registry *registry, struct filed *filed,
                                            const struct adapter_task *task, int64_t now_us,
                                            char why[ADAPTER_WHY_SIZE_MAX])
{
    char path[RECORD_PATH_SIZE_MAX];
    struct bytes body;
    size_t size = 0;
    bool is_pre = strcmp(filed->state, "SUPP_PRE") == 0;
    if (!is_pre && strcmp(filed->state, "SUPP_POST") != 0) {
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "no supplement was asked for: the case is %s", filed->state);
        return ADAPTER_CANNOT;
    }
    if (!filed_body(registry, filed->id, &body) ||
        application_change(body, task->origin, &registry->arena, registry->body, REGISTRY_BODY_SIZE_MAX, &size, path) !=
            STATUS_OK) {
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "a change cannot be put in: %s", path);
        return ADAPTER_CANNOT;
    }
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET body = ?2 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_bytes(query, 2, bytes_of(registry->body, size));
    base_run(&registry->base, query);
    int64_t wait_ms = is_pre ? registry->settings.accept_ms : registry->settings.book_ms;
    filed_move(registry, filed, is_pre ? "RECEIVED" : "ACCEPTED", now_us + wait_ms * 1000);
    return ADAPTER_TAKEN;
}

/* What is booked, or has ended otherwise, stays what it is. */
static enum adapter_outcome hand_withdrawal(struct registry *registry, struct filed *filed, int64_t now_us)
{
    struct registry_answer answer;
    bool has_ended = strcmp(filed->state, "NOT_ACCEPTED") == 0 || strcmp(filed->state, "REFUSED") == 0;
    bool is_too_late = has_ended || filed->booked_at > 0;
    arena_reset(&registry->answers);
    if (registry_answer_withdrawal(is_too_late, filed->booked_at, &registry->answers, &answer) != STATUS_OK)
        return ADAPTER_CANNOT;
    filed_answer(registry, filed, &answer, now_us);
    if (!is_too_late)
        filed_move(registry, filed, "WITHDRAWN", filed->bill[0] ? now_us : 0);
    return ADAPTER_TAKEN;
}

static void hand_cert_ack(struct registry *registry, struct filed *filed, const struct adapter_task *task,
                          int64_t now_us)
{
    struct cert_ack acknowledgement;
    struct problems problems;
    arena_reset(&registry->arena);
    (void)!record_decode(&record_cert_ack, task->origin, &registry->arena, &acknowledgement, &problems);
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET is_verified = ?2 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, acknowledgement.is_verified.value);
    base_run(&registry->base, query);
    if (acknowledgement.is_verified.value && strcmp(filed->state, "CERTIFIED") == 0)
        filed_move(registry, filed, "CERTIFIED", now_us + registry->settings.archive_ms * 1000);
}

static enum adapter_outcome hand_more(struct registry *registry, struct filed *filed, const struct adapter_task *task,
                                      int64_t now_us, char why[ADAPTER_WHY_SIZE_MAX])
{
    enum adapter_outcome outcome = ADAPTER_TAKEN;
    if (text_is(task->origin_type, "SUPPLEMENT_SUBMIT"))
        outcome = hand_supplement(registry, filed, task, now_us, why);
    else if (text_is(task->origin_type, "WITHDRAW_REQ"))
        outcome = hand_withdrawal(registry, filed, now_us);
    else if (text_is(task->origin_type, "CERT_ACK"))
        hand_cert_ack(registry, filed, task, now_us);
    else if (text_is(task->origin_type, "FEE_PAID"))
        outcome = fee_take_payment(registry, filed, task, now_us, why);
    if (outcome != ADAPTER_TAKEN)
        return outcome;
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET number_last = ?2 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, task->number);
    base_run(&registry->base, query);
    return outcome;
}

enum adapter_outcome registry_hand(struct registry *registry, const struct adapter_task *task, int64_t now_us,
                                   char why[ADAPTER_WHY_SIZE_MAX])
{
    struct filed filed;
    why[0] = 0;
    base_begin(&registry->base);
    if (text_is(task->origin_type, "CASE_SUBMIT"))
        return hand_application(registry, task, now_us, why);
    if (!filed_find(registry, task->window, task->case_id, &filed)) {
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "no such case is filed here");
        return ADAPTER_CANNOT;
    }
    if (task->number <= filed.number_last) {
        attempt_count(registry, task, filed.case_id, "the same delivery", now_us);
        return ADAPTER_TAKEN;
    }
    return hand_more(registry, &filed, task, now_us, why);
}
