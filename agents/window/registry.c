#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/registry_filed.h"

enum {
    APPLICATION_ID = 0x4f565247, /* "OVRG" */
    ANSWERS_SIZE = 4 << 20,
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
    /* what a title query is answered from: the booking that spoke of a unit last, and what alerts have told of it */
    "CREATE TABLE estate(unit TEXT PRIMARY KEY, application INTEGER NOT NULL REFERENCES application(id),"
    " certificate TEXT) STRICT, WITHOUT ROWID;"
    "CREATE INDEX estate_certificate ON estate(certificate) WHERE certificate IS NOT NULL;"
    "CREATE TABLE burden(unit TEXT NOT NULL, risk TEXT NOT NULL, document TEXT NOT NULL, authority TEXT,"
    " told_at INTEGER NOT NULL, has_ended INTEGER NOT NULL, PRIMARY KEY(unit, risk, document)) STRICT, WITHOUT ROWID;",
    /* 缴费 */
    "ALTER TABLE application ADD COLUMN bill TEXT;"
    "ALTER TABLE application ADD COLUMN fee INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE application ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;",
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
    registry->body = malloc(REGISTRY_BODY_SIZE_MAX);
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

void filed_read(sqlite3_stmt *query, struct filed *out)
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
    base_copy_text(query, 12, out->bill, sizeof out->bill);
    out->fee = base_number(query, 13);
    out->paid = base_number(query, 14);
}

bool filed_find(struct registry *registry, struct text window, struct text case_id, struct filed *out)
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
void filed_move(struct registry *registry, struct filed *filed, const char *state, int64_t due_at)
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

void filed_answer(struct registry *registry, struct filed *filed, const struct registry_answer *answer, int64_t now_us)
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

int64_t registry_serial(struct registry *registry, const char *window, const char *name)
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

bool filed_body(struct registry *registry, int64_t id, struct bytes *out)
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
