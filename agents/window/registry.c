#include "agents/window/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/client/digest.h"
#include "agents/client/log.h"
#include "agents/window/application.h"
#include "agents/window/base.h"
#include "agents/window/registry_answer.h"
#include "agents/window/registry_decision.h"
#include "schemas/codes.h"

enum {
    APPLICATION_ID = 0x4f565247, /* "OVRG" */
    BODY_SIZE_MAX = MESSAGE_SIZE_MAX,
    ANSWERS_SIZE = 4 << 20,
    UNIT_COUNT_MAX = 200,
};

struct registry {
    struct base base;
    struct registry_settings settings;
    struct digest *digest;
    struct arena arena;   /* decoding */
    struct arena answers; /* what registry_answers gives out */
    uint8_t *body;        /* BODY_SIZE_MAX bytes for a changed application */
};

static const char *const steps[] = {
    "CREATE TABLE application(id INTEGER PRIMARY KEY, window TEXT NOT NULL, case_id TEXT NOT NULL,"
    " business BLOB NOT NULL, is_live INTEGER NOT NULL, kind TEXT NOT NULL, district TEXT NOT NULL,"
    " contract TEXT NOT NULL, amount INTEGER NOT NULL, body BLOB NOT NULL, number TEXT, proof TEXT,"
    " state TEXT NOT NULL, due_at INTEGER, number_last INTEGER NOT NULL, round INTEGER NOT NULL DEFAULT 0,"
    " answers INTEGER NOT NULL DEFAULT 0, filed_at INTEGER NOT NULL, accepted_at INTEGER, accepted_order INTEGER,"
    " booked_at INTEGER, ended_at INTEGER, is_verified INTEGER, UNIQUE(window, case_id)) STRICT;"
    "CREATE UNIQUE INDEX application_business ON application(window, business) WHERE is_live = 1;"
    "CREATE UNIQUE INDEX application_number ON application(window, number) WHERE number IS NOT NULL;"
    "CREATE INDEX application_proof ON application(proof) WHERE proof IS NOT NULL;"
    "CREATE INDEX application_due ON application(due_at, id) WHERE due_at IS NOT NULL;"
    "CREATE TABLE unit(unit TEXT NOT NULL, application INTEGER NOT NULL REFERENCES application(id),"
    " PRIMARY KEY(unit, application)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE answer(application INTEGER NOT NULL REFERENCES application(id), position INTEGER NOT NULL,"
    " type TEXT NOT NULL, body BLOB NOT NULL, chunk BLOB, made_at INTEGER NOT NULL,"
    " PRIMARY KEY(application, position)) STRICT;"
    /* what would have been filed a second time, had it not been noticed */
    "CREATE TABLE attempt(id INTEGER PRIMARY KEY, window TEXT NOT NULL, case_id TEXT NOT NULL,"
    " known_case_id TEXT NOT NULL, what TEXT NOT NULL, time INTEGER NOT NULL) STRICT;"
    "CREATE TABLE serial(window TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL,"
    " PRIMARY KEY(window, name)) STRICT, WITHOUT ROWID;",
};

enum status registry_open(const char *path, const struct registry_settings *settings, struct registry **out, char *why,
                          size_t why_size)
{
    struct book_plan plan = {APPLICATION_ID, steps, (int)(sizeof steps / sizeof steps[0])};
    struct registry *registry = calloc(1, sizeof *registry);
    *out = NULL;
    snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
    if (!registry)
        return STATUS_NO_MEMORY;
    registry->settings = *settings;
    registry->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    registry->answers = arena_over(malloc(ANSWERS_SIZE), ANSWERS_SIZE);
    registry->body = malloc(BODY_SIZE_MAX);
    bool has_memory = registry->arena.memory && registry->answers.memory && registry->body;
    enum status status = has_memory ? digest_new(&registry->digest) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = base_open(&registry->base, path, &plan, why, why_size);
    if (status == STATUS_OK)
        *out = registry;
    else
        registry_close(&registry);
    return status;
}

void registry_close(struct registry **registry)
{
    if (!*registry)
        return;
    base_close(&(*registry)->base);
    if ((*registry)->digest)
        digest_free(&(*registry)->digest);
    free((*registry)->arena.memory);
    free((*registry)->answers.memory);
    free((*registry)->body);
    free(*registry);
    *registry = NULL;
}

enum status registry_commit(struct registry *registry)
{
    return base_commit(&registry->base);
}

/* ---- an application in the store ---- */

struct filed {
    int64_t id;
    char window[33];
    char case_id[31];
    char number[51];
    char proof[129];
    char state[17];
    int64_t number_last;
    int64_t round;
    int64_t answers;
    int64_t accepted_at;
    int64_t accepted_order;
    int64_t booked_at;
};

#define FILED_COLUMNS                                                                                                  \
    "SELECT id, window, case_id, number, proof, state, number_last, round, answers, accepted_at, accepted_order,"      \
    " booked_at FROM application"

static void filed_read(sqlite3_stmt *query, struct filed *out)
{
    out->id = base_number(query, 0);
    base_copy_text(query, 1, out->window, sizeof out->window);
    base_copy_text(query, 2, out->case_id, sizeof out->case_id);
    base_copy_text(query, 3, out->number, sizeof out->number);
    base_copy_text(query, 4, out->proof, sizeof out->proof);
    base_copy_text(query, 5, out->state, sizeof out->state);
    out->number_last = base_number(query, 6);
    out->round = base_number(query, 7);
    out->answers = base_number(query, 8);
    out->accepted_at = base_number(query, 9);
    out->accepted_order = base_number(query, 10);
    out->booked_at = base_number(query, 11);
}

static bool filed_find(struct registry *registry, struct text window, struct text case_id, struct filed *out)
{
    sqlite3_stmt *query = base_query(&registry->base, FILED_COLUMNS " WHERE window = ?1 AND case_id = ?2");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    if (!base_next(&registry->base, query))
        return false;
    filed_read(query, out);
    book_end(query);
    return true;
}

/* `due_at` 0: nothing is due. */
static void filed_move(struct registry *registry, struct filed *filed, const char *state, int64_t due_at)
{
    static const char *const dead[] = {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN"};
    bool is_live = true;
    for (uint32_t i = 0; i < sizeof dead / sizeof dead[0]; i++)
        is_live &= strcmp(state, dead[i]) != 0;
    snprintf(filed->state, sizeof filed->state, "%s", state);
    sqlite3_stmt *query = base_query(
        &registry->base, "UPDATE application SET state = ?2, due_at = ?3, is_live = is_live AND ?4, number = ?5,"
                         " proof = ?6, round = ?7, answers = ?8, accepted_at = ?9, accepted_order = ?10,"
                         " booked_at = ?11 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_text(query, 2, text_of(state));
    book_bind_number_or_null(query, 3, (struct number){due_at, due_at > 0});
    book_bind_number(query, 4, is_live);
    book_bind_text(query, 5, text_of(filed->number[0] ? filed->number : NULL));
    book_bind_text(query, 6, text_of(filed->proof[0] ? filed->proof : NULL));
    book_bind_number(query, 7, filed->round);
    book_bind_number(query, 8, filed->answers);
    book_bind_number_or_null(query, 9, (struct number){filed->accepted_at, filed->accepted_at > 0});
    book_bind_number_or_null(query, 10, (struct number){filed->accepted_order, filed->accepted_order > 0});
    book_bind_number_or_null(query, 11, (struct number){filed->booked_at, filed->booked_at > 0});
    base_run(&registry->base, query);
}

static void answer_add(struct registry *registry, struct filed *filed, const struct registry_answer *answer,
                       int64_t now_us)
{
    sqlite3_stmt *query = base_query(&registry->base, "INSERT INTO answer VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, filed->answers++);
    book_bind_text(query, 3, text_of(message_kind(answer->type)->name));
    book_bind_bytes(query, 4, answer->body);
    book_bind_bytes(query, 5, answer->chunk);
    book_bind_number(query, 6, now_us);
    base_run(&registry->base, query);
    query = base_query(&registry->base, "UPDATE application SET answers = ?2 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, filed->answers);
    base_run(&registry->base, query);
}

static int64_t serial_next(struct registry *registry, const char *window, const char *name)
{
    int64_t last = 0;
    sqlite3_stmt *query = base_query(&registry->base, "INSERT INTO serial VALUES(?1, ?2, 1) ON CONFLICT(window, name)"
                                                      " DO UPDATE SET last = last + 1 RETURNING last");
    book_bind_text(query, 1, text_of(window));
    book_bind_text(query, 2, text_of(name));
    if (base_next(&registry->base, query))
        last = base_number(query, 0);
    while (base_next(&registry->base, query))
        continue; /* the statement ends only after its last row */
    return last;
}

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
        used += (size_t)snprintf(text + used, BODY_SIZE_MAX - used, "%s\n", lanes[i]);
    used += (size_t)snprintf(text + used, BODY_SIZE_MAX - used, "%.*s\n%.*s\n%.*s\n%.*s\n",
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

static bool filed_body(struct registry *registry, int64_t id, struct bytes *out)
{
    sqlite3_stmt *query = base_query(&registry->base, "SELECT body FROM application WHERE id = ?1");
    book_bind_number(query, 1, id);
    arena_reset(&registry->answers);
    if (!base_next(&registry->base, query))
        return false;
    struct bytes body = book_bytes(query, 0);
    uint8_t *copy = arena_take(&registry->answers, body.size);
    if (copy)
        memcpy(copy, body.data, body.size);
    *out = bytes_of(copy, copy ? body.size : 0);
    book_end(query);
    return copy != NULL;
}

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
        application_change(body, task->origin, &registry->arena, registry->body, BODY_SIZE_MAX, &size, path) !=
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

static enum adapter_outcome hand_withdrawal(struct registry *registry, struct filed *filed, int64_t now_us)
{
    struct registry_answer answer;
    bool is_booked = filed->booked_at > 0;
    arena_reset(&registry->answers);
    if (registry_answer_withdrawal(is_booked, filed->booked_at, &registry->answers, &answer) != STATUS_OK)
        return ADAPTER_CANNOT;
    answer_add(registry, filed, &answer, now_us);
    if (!is_booked)
        filed_move(registry, filed, "WITHDRAWN", 0);
    return ADAPTER_TAKEN;
}

static void hand_cert_ack(struct registry *registry, struct filed *filed, const struct adapter_task *task)
{
    struct cert_ack acknowledgement;
    struct problems problems;
    arena_reset(&registry->arena);
    (void)!record_decode(&record_cert_ack, task->origin, &registry->arena, &acknowledgement, &problems);
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET is_verified = ?2 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, acknowledgement.is_verified.value);
    base_run(&registry->base, query);
}

static enum adapter_outcome hand_more(struct registry *registry, struct filed *filed, const struct adapter_task *task,
                                      int64_t now_us, char why[ADAPTER_WHY_SIZE_MAX])
{
    enum adapter_outcome outcome = ADAPTER_TAKEN;
    if (text_is(task->origin_type, "SUPPLEMENT_SUBMIT"))
        outcome = hand_supplement(registry, filed, task, now_us, why);
    else if (text_is(task->origin_type, "WITHDRAW_REQ"))
        outcome = hand_withdrawal(registry, filed, now_us);
    else
        hand_cert_ack(registry, filed, task);
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

/* ---- what is asked ---- */

bool registry_knows(struct registry *registry, struct text window, struct text case_id, int64_t *number_last)
{
    struct filed filed;
    if (!filed_find(registry, window, case_id, &filed))
        return false;
    *number_last = filed.number_last;
    return true;
}

static struct bytes keep_bytes(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = bytes.data ? arena_take(arena, bytes.size) : NULL;
    if (copy)
        memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, copy ? bytes.size : 0);
}

uint32_t registry_answers(struct registry *registry, struct text window, struct text case_id, int64_t from,
                          struct adapter_answer out[ADAPTER_ANSWER_COUNT_MAX])
{
    uint32_t count = 0;
    sqlite3_stmt *query =
        base_query(&registry->base, "SELECT position, type, body, chunk FROM answer WHERE application ="
                                    " (SELECT id FROM application WHERE window = ?1 AND case_id = ?2)"
                                    " AND position >= ?3 ORDER BY position LIMIT ?4");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_number(query, 3, from);
    book_bind_number(query, 4, ADAPTER_ANSWER_COUNT_MAX);
    arena_reset(&registry->answers);
    while (base_next(&registry->base, query)) {
        struct adapter_answer *answer = &out[count];
        answer->position = base_number(query, 0);
        answer->type = message_type_of(book_text(query, 1));
        answer->body = keep_bytes(&registry->answers, book_bytes(query, 2));
        answer->chunk = keep_bytes(&registry->answers, book_bytes(query, 3));
        if (!answer->body.data)
            break; /* the rest comes with the next find */
        count++;
    }
    book_end(query);
    return count;
}

/* ---- what is due ---- */

static enum status step_accept(struct registry *registry, struct filed *filed, const struct case_submit *application,
                               int64_t now_us, struct registry_answer *answer)
{
    filed->accepted_at = now_us;
    filed->accepted_order = serial_next(registry, "", "accepted");
    registry_number(filed->window, serial_next(registry, filed->window, "number"), now_us, filed->number);
    enum status status = registry_answer_accepted(filed->number, now_us, application, &registry->answers, answer);
    filed_move(registry, filed, "ACCEPTED", now_us + registry->settings.book_ms * 1000);
    return status;
}

/* The rank on a unit: one more than the mortgages accepted before that are in work or in force. */
static int64_t rank_on(struct registry *registry, const struct filed *filed, struct text unit)
{
    char lane[UNIT_NUMBER_SIZE + 1];
    int64_t rank = 0;
    if (!unit_lane_key(unit, lane))
        return 0;
    sqlite3_stmt *query =
        base_query(&registry->base, "SELECT 1 + count(*) FROM unit u JOIN application a ON a.id = u.application"
                                    " WHERE u.unit = ?1 AND a.accepted_order < ?2 AND a.is_live = 1 AND a.kind <> 'M04'"
                                    " AND a.ended_at IS NULL");
    book_bind_text(query, 1, text_of(lane));
    book_bind_number(query, 2, filed->accepted_order);
    if (base_next(&registry->base, query))
        rank = base_number(query, 0);
    book_end(query);
    return rank > 99 ? 99 : rank;
}

/* M04 ends the mortgage whose proof it names, where this registry booked it. */
static void end_mortgage(struct registry *registry, const struct case_submit *application, int64_t now_us)
{
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET ended_at = ?2, is_live = 0"
                                                      " WHERE proof = ?1 AND kind <> 'M04' AND ended_at IS NULL");
    book_bind_text(query, 1, application->ended_proof);
    book_bind_number(query, 2, now_us);
    base_run(&registry->base, query);
}

static enum status step_book(struct registry *registry, struct filed *filed, const struct case_submit *application,
                             int64_t now_us, struct registry_answer *answer)
{
    char serial[24];
    int64_t ranks[UNIT_COUNT_MAX] = {0};
    bool is_ending = text_is(application->kind, "M04");
    for (uint32_t i = 0; i < application->units.count && i < UNIT_COUNT_MAX && !is_ending; i++)
        ranks[i] = rank_on(registry, filed, application->units.items[i].number);
    if (is_ending)
        end_mortgage(registry, application, now_us);
    filed->booked_at = now_us;
    snprintf(serial, sizeof serial, "proof-%04d", date_of_time(now_us).year); /* starts again each year */
    registry_proof(filed->window, serial_next(registry, filed->window, serial), now_us, filed->proof);
    struct booking booking = {.number = text_of(filed->number),
                              .proof = text_of(filed->proof),
                              .registrar = text_of("T0002"),
                              .booked_at = now_us,
                              .ranks = ranks};
    enum status status = registry_answer_booked(application, &booking, &registry->answers, answer, filed->proof);
    filed_move(registry, filed, "BOOKED", now_us + registry->settings.certify_ms * 1000);
    return status;
}

static enum status step_supplement(struct registry *registry, struct filed *filed, const char *state,
                                   struct registry_answer *answer)
{
    filed->round++;
    enum status status = registry_answer_supplement(filed->round, &registry->answers, answer);
    filed_move(registry, filed, state, 0);
    return status;
}

static enum status step_received(struct registry *registry, struct filed *filed, const struct case_submit *application,
                                 int64_t now_us, struct registry_answer *answer)
{
    enum decision decision = registry_decide(&registry->settings, text_of(filed->case_id));
    if (decision == DECISION_SUPPLEMENT_PRE && filed->round == 0)
        return step_supplement(registry, filed, "SUPP_PRE", answer);
    if (decision != DECISION_NOT_ACCEPTED)
        return step_accept(registry, filed, application, now_us, answer);
    enum status status = registry_answer_not_accepted(&registry->answers, answer);
    filed_move(registry, filed, "NOT_ACCEPTED", 0);
    return status;
}

static enum status step_accepted(struct registry *registry, struct filed *filed, const struct case_submit *application,
                                 int64_t now_us, struct registry_answer *answer)
{
    enum decision decision = registry_decide(&registry->settings, text_of(filed->case_id));
    if (decision == DECISION_SUPPLEMENT_POST && filed->round == 0)
        return step_supplement(registry, filed, "SUPP_POST", answer);
    if (decision != DECISION_REFUSE)
        return step_book(registry, filed, application, now_us, answer);
    enum status status = registry_answer_refused(filed->number, &registry->answers, answer);
    filed_move(registry, filed, "REFUSED", 0);
    return status;
}

static enum status step(struct registry *registry, struct filed *filed, int64_t now_us, struct registry_answer *answer)
{
    struct case_submit application;
    struct bytes body;
    arena_reset(&registry->arena);
    if (!filed_body(registry, filed->id, &body))
        return STATUS_LIMIT;
    enum status status = application_read(body, &registry->arena, &application);
    if (status != STATUS_OK)
        return status;
    if (strcmp(filed->state, "RECEIVED") == 0)
        return step_received(registry, filed, &application, now_us, answer);
    if (strcmp(filed->state, "ACCEPTED") == 0)
        return step_accepted(registry, filed, &application, now_us, answer);
    status = registry_answer_certificate(filed->window, filed->case_id, filed->number, filed->proof, registry->digest,
                                         &registry->answers, answer);
    filed_move(registry, filed, "CERTIFIED", 0);
    return status;
}

static uint32_t load_due(struct registry *registry, int64_t now_us, struct filed *out, uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(&registry->base, FILED_COLUMNS " WHERE due_at IS NOT NULL AND due_at <= ?1"
                                                                    " ORDER BY due_at, id LIMIT ?2");
    book_bind_number(query, 1, now_us);
    book_bind_number(query, 2, count_max);
    while (count < count_max && base_next(&registry->base, query))
        filed_read(query, &out[count++]);
    book_end(query);
    return count;
}

uint32_t registry_work(struct registry *registry, int64_t now_us, struct registry_news out[REGISTRY_NEWS_COUNT_MAX])
{
    struct filed due[REGISTRY_NEWS_COUNT_MAX];
    uint32_t news = 0;
    uint32_t count = load_due(registry, now_us, due, REGISTRY_NEWS_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct registry_answer answer = {0};
        struct filed *filed = &due[i];
        int64_t position = filed->answers;
        base_begin(&registry->base);
        if (step(registry, filed, now_us, &answer) != STATUS_OK) {
            log_warning("sandbox %s %s: the case cannot go on from %s", filed->window, filed->case_id, filed->state);
            filed_move(registry, filed, "STUCK", 0);
            continue;
        }
        answer_add(registry, filed, &answer, now_us);
        out[news].position = position;
        memcpy(out[news].window, filed->window, sizeof out[news].window);
        memcpy(out[news].case_id, filed->case_id, sizeof out[news].case_id);
        news++;
    }
    return news;
}

int64_t registry_due_at(struct registry *registry)
{
    int64_t due = INT64_MAX;
    sqlite3_stmt *query = base_query(&registry->base, "SELECT min(due_at) FROM application WHERE due_at IS NOT NULL");
    if (base_next(&registry->base, query) && book_number(query, 0).is_present)
        due = base_number(query, 0);
    book_end(query);
    return due;
}
