#include "agents/window/day_book.h"

#include <stdlib.h>

#include "agents/client/link_frames.h"
#include "schemas/calendar.h"

/* The registry's clock may be ahead of ours: words are looked at from a day before. */
static const int64_t DAY_US = INT64_C(86400000000);
static const int64_t OFFSET_OF_CHINA_US = INT64_C(28800000000);

struct day_book {
    struct base *base;
    struct text window;
    struct reconcile *reconcile;
    struct arena arena;
};

/* Decoded, in the arena together with its bytes; NULL when it cannot be read. */
static const void *body_read(struct day_book *day, const struct record *record, struct bytes body)
{
    struct problems problems = {0};
    uint8_t *copy = body.data ? arena_take(&day->arena, body.size) : NULL;
    void *out = copy ? arena_take(&day->arena, record->struct_size) : NULL;
    if (!out)
        return NULL;
    memcpy(copy, body.data, body.size);
    enum status status = record_decode(record, bytes_of(copy, body.size), &day->arena, out, &problems);
    bool is_read = status == STATUS_OK || (status == STATUS_BAD_BODY && link_problems_are_unknown_keys(&problems));
    return is_read ? out : NULL;
}

static struct text text_keep(struct day_book *day, struct text text)
{
    char *copy = text.size > 0 ? arena_take(&day->arena, text.size) : NULL;
    if (copy)
        memcpy(copy, text.data, text.size);
    return (struct text){copy, copy ? text.size : 0};
}

/* ---- one booking ---- */

/* Who filed it and as what; "-" where the inbox does not have it. */
static void filing_read(struct day_book *day, struct recon_row *row)
{
    sqlite3_stmt *query = base_query(day->base, "SELECT source, kind FROM delivery JOIN docket USING(window, case_id)"
                                                " WHERE window = ?1 AND case_id = ?2 ORDER BY delivery.number LIMIT 1");
    book_bind_text(query, 1, day->window);
    book_bind_text(query, 2, row->case_id);
    row->branch = row->kind = text_of("-");
    if (!base_next(day->base, query))
        return;
    row->branch = text_keep(day, book_text(query, 0));
    row->kind = text_keep(day, book_text(query, 1));
    book_end(query);
}

/* Was a proof said, and does that still wait? */
static void proof_read(struct day_book *day, struct recon_row *row)
{
    sqlite3_stmt *query = base_query(day->base, "SELECT body, state FROM answer WHERE case_id = ?1 AND window = ?2"
                                                " AND type = 'CERT_ISSUED' ORDER BY id LIMIT 1");
    book_bind_text(query, 1, row->case_id);
    book_bind_text(query, 2, day->window);
    if (!base_next(day->base, query))
        return;
    const struct cert_issued *issued = body_read(day, &record_cert_issued, book_bytes(query, 0));
    row->state = text_of("CERTIFIED");
    if (text_is(book_text(query, 1), "owed"))
        row->is_waiting = number_of(true);
    if (issued && !row->proof.data)
        row->proof = issued->proof;
    book_end(query);
}

static enum status booking_add(struct day_book *day, struct text case_id, bool is_owed,
                               const struct case_booked *booked)
{
    char proof[RECON_PROOF_SIZE_MAX];
    struct recon_row row = {.case_id = case_id,
                            .window = day->window,
                            .state = text_of("BOOKED"),
                            .number = booked->number,
                            .booked_at = booked->booked_at,
                            .amount = recon_amount_of(booked),
                            .proof = booked->proof,
                            .is_waiting = number_of(is_owed),
                            .is_present = true};
    filing_read(day, &row);
    proof_read(day, &row);
    row.proof = recon_proof_of(row.proof, proof);
    return reconcile_add(day->reconcile, &row);
}

/* ---- the day ---- */

static enum status answer_take(struct day_book *day, sqlite3_stmt *query)
{
    char on[RECON_DAY_SIZE + 1];
    arena_reset(&day->arena);
    const struct text case_id = text_keep(day, book_text(query, 0));
    const struct case_booked *booked = body_read(day, &record_case_booked, book_bytes(query, 1));
    if (!booked || !case_id.data)
        return STATUS_OK;
    recon_day_of(booked->booked_at.value, on);
    if (strcmp(on, reconcile_day(day->reconcile)) != 0)
        return STATUS_OK;
    return booking_add(day, case_id, text_is(book_text(query, 2), "owed"), booked);
}

static int64_t day_start_us(const char *text)
{
    struct date date = {0};
    (void)date_parse(text_of(text), &date);
    return date_days(date) * DAY_US - OFFSET_OF_CHINA_US;
}

/* What the first booking of a case said: a later one was a contradiction, or the same again. */
enum status day_book_read(struct base *base, struct text window, struct reconcile *reconcile)
{
    void *memory = malloc(MESSAGE_ARENA_SIZE);
    struct day_book day = {
        .base = base, .window = window, .reconcile = reconcile, .arena = arena_over(memory, MESSAGE_ARENA_SIZE)};
    enum status status = memory ? STATUS_OK : STATUS_NO_MEMORY;
    sqlite3_stmt *query = base_query(
        base, "SELECT case_id, body, state FROM answer AS said WHERE window = ?1 AND type = 'CASE_BOOKED' AND"
              " made_at >= ?2 AND NOT EXISTS(SELECT 1 FROM answer WHERE case_id = said.case_id AND"
              " window = said.window AND type = 'CASE_BOOKED' AND id < said.id)");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, day_start_us(reconcile_day(reconcile)) - DAY_US);
    while (status == STATUS_OK && base_next(base, query))
        status = answer_take(&day, query);
    book_end(query);
    free(memory);
    return status == STATUS_OK ? base->status : status;
}

/* ---- what was compared ---- */

int64_t day_book_compared_at(struct base *base, struct text window, const char *day)
{
    int64_t at_us = 0;
    sqlite3_stmt *query = base_query(base, "SELECT at FROM compared WHERE window = ?1 AND day = ?2");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, text_of(day));
    if (base_next(base, query))
        at_us = base_number(query, 0);
    book_end(query);
    return at_us;
}

void day_book_note(struct base *base, struct text window, const char *day, int64_t differences, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "INSERT OR REPLACE INTO compared VALUES(?1, ?2, ?3, ?4)");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, text_of(day));
    book_bind_number(query, 3, now_us);
    book_bind_number(query, 4, differences);
    base_run(base, query);
}
