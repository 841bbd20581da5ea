#include "agents/window/docket.h"

#include <stdio.h>
#include <string.h>

void docket_open(struct base *base, struct text window, struct text case_id, struct text kind, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "INSERT OR IGNORE INTO docket(window, case_id, kind, state, opened_at,"
                                           " changed_at) VALUES(?1, ?2, ?3, 'DELIVERED', ?4, ?4)");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_text(query, 3, kind);
    book_bind_number(query, 4, now_us);
    base_run(base, query);
}

static void row_read(sqlite3_stmt *query, struct docket_row *out)
{
    base_copy_text(query, 0, out->window, sizeof out->window);
    base_copy_text(query, 1, out->case_id, sizeof out->case_id);
    base_copy_text(query, 2, out->kind, sizeof out->kind);
    base_copy_text(query, 3, out->state, sizeof out->state);
    base_copy_text(query, 4, out->before, sizeof out->before);
    base_copy_text(query, 5, out->number, sizeof out->number);
    base_copy_text(query, 6, out->proof, sizeof out->proof);
    out->accepted_at = base_number(query, 7);
    out->booked_at = base_number(query, 8);
    out->round = base_number(query, 9);
    out->answers = base_number(query, 10);
    out->is_polled = book_number(query, 11).is_present;
    base_copy_text(query, 12, out->held, sizeof out->held);
}

bool docket_find(struct base *base, struct text window, struct text case_id, struct docket_row *out)
{
    sqlite3_stmt *query = base_query(base, "SELECT window, case_id, kind, state, before, number, proof, accepted_at,"
                                           " booked_at, round, answers, poll_at, held FROM docket"
                                           " WHERE case_id = ?1 AND (?2 = '' OR window = ?2)");
    *out = (struct docket_row){0};
    book_bind_text(query, 1, case_id);
    book_bind_text(query, 2, window.size ? window : text_of(""));
    if (!base_next(base, query))
        return false;
    row_read(query, out);
    book_end(query);
    return true;
}

bool docket_number_is_taken(struct base *base, const struct docket_row *row, struct text number, char *other)
{
    sqlite3_stmt *query =
        base_query(base, "SELECT case_id FROM docket WHERE window = ?1 AND number = ?2 AND case_id <> ?3 LIMIT 1");
    book_bind_text(query, 1, text_of(row->window));
    book_bind_text(query, 2, number);
    book_bind_text(query, 3, text_of(row->case_id));
    if (!base_next(base, query))
        return false;
    base_copy_text(query, 0, other, sizeof row->case_id);
    book_end(query);
    return true;
}

/* ---- the steps (DOMAIN 6.4, as seen from the window) ---- */

struct step {
    const char *from;
    enum message_type type;
    const char *to;   /* NULL: back to where it was before */
    bool is_refusing; /* of a WITHDRAW_RESULT: too_late */
};

/* What is said beside the course of the case, which stays where it is. */
#define STAYS(state, type)                                                                                             \
    {                                                                                                                  \
        state, MESSAGE_##type, state, false                                                                            \
    }
#define FEES_IN(state) STAYS(state, FEE_NOTICE), STAYS(state, FEE_CONFIRMED), STAYS(state, FEE_REFUND)

static const struct step steps[] = {
    {"DELIVERED", MESSAGE_CASE_ACCEPTED, "ACCEPTED", false},
    {"DELIVERED", MESSAGE_CASE_NOT_ACCEPTED, "NOT_ACCEPTED", false},
    {"SUPP_PRE", MESSAGE_CASE_NOT_ACCEPTED, "NOT_ACCEPTED", false},
    {"DELIVERED", MESSAGE_SUPPLEMENT_REQ, "SUPP_PRE", false},
    {"ACCEPTED", MESSAGE_SUPPLEMENT_REQ, "SUPP_POST", false},
    {"REVIEW", MESSAGE_SUPPLEMENT_REQ, "SUPP_POST", false},
    {"SUPP_PRE", MESSAGE_SUPPLEMENT_SUBMIT, "DELIVERED", false},
    {"SUPP_POST", MESSAGE_SUPPLEMENT_SUBMIT, "REVIEW", false},
    {"ACCEPTED", MESSAGE_STATUS, "REVIEW", false},
    {"REVIEW", MESSAGE_STATUS, "REVIEW", false},
    {"ACCEPTED", MESSAGE_SUSPEND, "SUSPENDED", false},
    {"REVIEW", MESSAGE_SUSPEND, "SUSPENDED", false},
    {"SUPP_POST", MESSAGE_SUSPEND, "SUSPENDED", false},
    {"SUSPENDED", MESSAGE_RESUME, NULL, false},
    {"DELIVERED", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"SUPP_PRE", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"ACCEPTED", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"REVIEW", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"SUPP_POST", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"SUSPENDED", MESSAGE_WITHDRAW_REQ, "WITHDRAWING", false},
    {"WITHDRAWING", MESSAGE_WITHDRAW_RESULT, "WITHDRAWN", false},
    {"WITHDRAWING", MESSAGE_WITHDRAW_RESULT, NULL, true},
    {"BOOKED", MESSAGE_WITHDRAW_RESULT, "BOOKED", true},
    {"CERTIFIED", MESSAGE_WITHDRAW_RESULT, "CERTIFIED", true},
    {"ACCEPTED", MESSAGE_CASE_REFUSED, "REFUSED", false},
    {"REVIEW", MESSAGE_CASE_REFUSED, "REFUSED", false},
    {"SUPP_POST", MESSAGE_CASE_REFUSED, "REFUSED", false},
    {"SUSPENDED", MESSAGE_CASE_REFUSED, "REFUSED", false},
    {"ACCEPTED", MESSAGE_CASE_BOOKED, "BOOKED", false},
    {"REVIEW", MESSAGE_CASE_BOOKED, "BOOKED", false},
    {"SUPP_POST", MESSAGE_CASE_BOOKED, "BOOKED", false},
    {"SUSPENDED", MESSAGE_CASE_BOOKED, "BOOKED", false},
    {"WITHDRAWING", MESSAGE_CASE_BOOKED, "BOOKED", false},
    {"BOOKED", MESSAGE_CERT_ISSUED, "CERTIFIED", false},
    {"CERTIFIED", MESSAGE_ARCHIVED, "ARCHIVED", false},
    STAYS("NOT_ACCEPTED", ARCHIVED),
    STAYS("REFUSED", ARCHIVED),
    STAYS("WITHDRAWN", ARCHIVED),
    STAYS("BOOKED", CORRECTION),
    STAYS("CERTIFIED", CORRECTION),
    STAYS("ARCHIVED", CORRECTION),
    FEES_IN("ACCEPTED"),
    FEES_IN("REVIEW"),
    FEES_IN("SUPP_POST"),
    FEES_IN("SUSPENDED"),
    FEES_IN("WITHDRAWING"),
    FEES_IN("BOOKED"),
    FEES_IN("CERTIFIED"),
    FEES_IN("ARCHIVED"),
    FEES_IN("REFUSED"),
    FEES_IN("WITHDRAWN"),
};

enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

const char *docket_next(const struct docket_row *row, enum message_type type, bool is_ok)
{
    for (uint32_t i = 0; i < STEP_COUNT; i++) {
        bool is_refusing = type == MESSAGE_WITHDRAW_RESULT && !is_ok;
        if (steps[i].type == type && steps[i].is_refusing == is_refusing && strcmp(steps[i].from, row->state) == 0)
            return steps[i].to ? steps[i].to : row->before;
    }
    return NULL;
}

const char *docket_possible(const struct docket_row *row, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < STEP_COUNT; i++) {
        const struct message_kind *kind = message_kind(steps[i].type);
        if (strcmp(steps[i].from, row->state) != 0 || !(kind->senders & ROLE_WINDOW) || strstr(out, kind->name))
            continue;
        int count = snprintf(out + used, size - used, "%s%s", used ? ", " : "", kind->name);
        if (count < 0 || (size_t)count >= size - used)
            break;
        used += (size_t)count;
    }
    return out;
}

static void take_facts(struct docket_row *row, enum message_type type, const void *body)
{
    if (type == MESSAGE_CASE_ACCEPTED) {
        const struct case_accepted *accepted = body;
        snprintf(row->number, sizeof row->number, "%.*s", TEXT_ARGS(accepted->number));
        row->accepted_at = accepted->accepted_at.value;
    } else if (type == MESSAGE_CASE_BOOKED) {
        const struct case_booked *booked = body;
        row->booked_at = booked->booked_at.value;
        if (booked->proof.data)
            snprintf(row->proof, sizeof row->proof, "%.*s", TEXT_ARGS(booked->proof));
    } else if (type == MESSAGE_CERT_ISSUED) {
        snprintf(row->proof, sizeof row->proof, "%.*s", TEXT_ARGS(((const struct cert_issued *)body)->proof));
    } else if (type == MESSAGE_SUPPLEMENT_REQ) {
        row->round = ((const struct supplement_req *)body)->round.value;
    }
}

static void row_write(struct base *base, const struct docket_row *row, int64_t now_us)
{
    sqlite3_stmt *query =
        base_query(base, "UPDATE docket SET state = ?3, before = ?4, number = ?5, proof = ?6, accepted_at = ?7,"
                         " booked_at = ?8, round = ?9, changed_at = ?10 WHERE window = ?1 AND case_id = ?2");
    book_bind_text(query, 1, text_of(row->window));
    book_bind_text(query, 2, text_of(row->case_id));
    book_bind_text(query, 3, text_of(row->state));
    book_bind_text(query, 4, text_of(row->before));
    book_bind_text(query, 5, text_of(row->number));
    book_bind_text(query, 6, text_of(row->proof));
    book_bind_number(query, 7, row->accepted_at);
    book_bind_number(query, 8, row->booked_at);
    book_bind_number(query, 9, row->round);
    book_bind_number(query, 10, now_us);
    base_run(base, query);
}

void docket_enter(struct base *base, struct docket_row *row, enum message_type type, const void *body, int64_t now_us)
{
    bool is_ok = type == MESSAGE_WITHDRAW_RESULT && text_is(((const struct withdraw_result *)body)->result, "ok");
    const char *next = docket_next(row, type, is_ok);
    char state[sizeof row->state];
    if (body)
        take_facts(row, type, body);
    if (next && next[0]) {
        snprintf(state, sizeof state, "%s", next);
        bool is_layer = strcmp(state, "SUSPENDED") == 0 || strcmp(state, "WITHDRAWING") == 0;
        if (is_layer && strcmp(state, row->state) != 0)
            snprintf(row->before, sizeof row->before, "%s", row->state);
        snprintf(row->state, sizeof row->state, "%s", state);
    }
    row_write(base, row, now_us);
}

bool docket_is_closed(const struct docket_row *row)
{
    static const char *const closed[] = {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "ARCHIVED"};
    for (uint32_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (strcmp(row->state, closed[i]) == 0)
            return true;
    return false;
}

static void set_one(struct base *base, const char *sql, const struct docket_row *row, struct number number,
                    const char *string)
{
    sqlite3_stmt *query = base_query(base, sql);
    book_bind_text(query, 1, text_of(row->window));
    book_bind_text(query, 2, text_of(row->case_id));
    if (string)
        book_bind_text(query, 3, text_of(string));
    else
        book_bind_number_or_null(query, 3, number);
    base_run(base, query);
}

void docket_poll_at(struct base *base, const struct docket_row *row, struct number at)
{
    set_one(base, "UPDATE docket SET poll_at = ?3 WHERE window = ?1 AND case_id = ?2", row, at, NULL);
}

void docket_hold(struct base *base, const struct docket_row *row, const char *why)
{
    set_one(base, "UPDATE docket SET held = ?3 WHERE window = ?1 AND case_id = ?2", row, (struct number){0}, why);
}

void docket_count_answers(struct base *base, struct docket_row *row, int64_t answers)
{
    row->answers = answers;
    set_one(base, "UPDATE docket SET answers = ?3 WHERE window = ?1 AND case_id = ?2", row, number_of(answers), NULL);
}

uint32_t docket_due(struct base *base, struct text window, int64_t now_us, char (*case_ids)[31], uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(base, "SELECT case_id FROM docket WHERE window = ?1 AND poll_at IS NOT NULL"
                                           " AND poll_at <= ?2 ORDER BY poll_at LIMIT ?3");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, now_us);
    book_bind_number(query, 3, count_max);
    while (base_next(base, query))
        base_copy_text(query, 0, case_ids[count++], sizeof case_ids[0]);
    return count;
}

int64_t docket_due_at(struct base *base, struct text window)
{
    int64_t at = INT64_MAX;
    sqlite3_stmt *query = base_query(base, "SELECT min(poll_at) FROM docket WHERE window = ?1 AND poll_at IS NOT NULL");
    book_bind_text(query, 1, window);
    if (base_next(base, query) && book_number(query, 0).is_present)
        at = base_number(query, 0);
    book_end(query);
    return at;
}

void docket_poll_all(struct base *base, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "UPDATE docket SET poll_at = ?1 WHERE poll_at IS NOT NULL");
    book_bind_number(query, 1, now_us);
    base_run(base, query);
}
