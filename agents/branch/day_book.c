#include "agents/branch/day_book.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/branch/outbox.h"
#include "agents/client/link_frames.h"
#include "schemas/calendar.h"

/* A window's clock may be ahead of the broker's: events are looked at from a day before. */
static const int64_t DAY_US = INT64_C(86400000000);
static const int64_t OFFSET_OF_CHINA_US = INT64_C(28800000000);

struct day_book {
    struct book *book;
    struct text participant;
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
    const bool is_read =
        status == STATUS_OK || (status == STATUS_BAD_BODY && link_problems_are_unknown_keys(&problems));
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

/* Archiving is the house's own business: the case stays certified. */
static enum status state_read(struct day_book *day, struct text case_id, struct text *out)
{
    sqlite3_stmt *row =
        book_statement(day->book, "SELECT state FROM events WHERE case_id = ? ORDER BY seq DESC, id DESC LIMIT 1");
    book_bind_text(row, 1, case_id);
    enum status status = book_next(day->book, row);
    if (status != STATUS_OK)
        return status;
    const struct text state = book_text(row, 0);
    *out = text_is(state, "ARCHIVED") ? text_of("CERTIFIED") : text_keep(day, state);
    book_end(row);
    return STATUS_OK;
}

/* "-" where the application is not in this outbox. */
static enum status kind_read(struct day_book *day, struct text case_id, struct text *out)
{
    struct outbox_row row = {0};
    const struct case_submit *application = NULL;
    enum status status = outbox_case_next(day->book, case_id, 0, &row);
    *out = text_of("-");
    if (status == STATUS_OK && row.type == MESSAGE_CASE_SUBMIT)
        application = body_read(day, &record_case_submit, row.body);
    if (application)
        *out = application->kind;
    outbox_row_fini(&row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* The proof that came after the booking. */
static enum status proof_read(struct day_book *day, struct text case_id, struct text *out)
{
    sqlite3_stmt *row = book_statement(day->book, "SELECT body FROM events WHERE case_id = ? AND what = 'CERT_ISSUED'"
                                                  " AND is_fact = 0 ORDER BY id LIMIT 1");
    book_bind_text(row, 1, case_id);
    enum status status = book_next(day->book, row);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    const struct cert_issued *issued = body_read(day, &record_cert_issued, book_bytes(row, 0));
    book_end(row);
    if (issued)
        *out = issued->proof;
    return STATUS_OK;
}

static enum status booking_add(struct day_book *day, struct text case_id, struct text window,
                               const struct case_booked *booked)
{
    char proof[RECON_PROOF_SIZE_MAX];
    struct recon_row row = {.case_id = case_id,
                            .window = window,
                            .branch = day->participant,
                            .number = booked->number,
                            .booked_at = booked->booked_at,
                            .amount = recon_amount_of(booked),
                            .proof = booked->proof,
                            .is_present = true};
    enum status status = state_read(day, case_id, &row.state);
    if (status == STATUS_OK)
        status = kind_read(day, case_id, &row.kind);
    if (status == STATUS_OK && !row.proof.data)
        status = proof_read(day, case_id, &row.proof);
    row.proof = recon_proof_of(row.proof, proof);
    return status == STATUS_OK ? reconcile_add(day->reconcile, &row) : status;
}

/* ---- the day ---- */

static int64_t day_start_us(const char *text)
{
    struct date date = {0};
    (void)date_parse(text_of(text), &date);
    return date_days(date) * DAY_US - OFFSET_OF_CHINA_US;
}

/* What the first booking of the case said: a later one was a contradiction, or the same again. */
static enum status event_take(struct day_book *day, sqlite3_stmt *row)
{
    char on[RECON_DAY_SIZE + 1];
    arena_reset(&day->arena);
    const struct text case_id = text_keep(day, book_text(row, 0));
    const struct text window = text_keep(day, book_text(row, 1));
    const struct case_booked *booked = body_read(day, &record_case_booked, book_bytes(row, 2));
    if (!booked || !case_id.data || !window.data)
        return STATUS_OK;
    recon_day_of(booked->booked_at.value, on);
    return strcmp(on, reconcile_day(day->reconcile)) == 0 ? booking_add(day, case_id, window, booked) : STATUS_OK;
}

static enum status events_take_all(struct day_book *day)
{
    sqlite3_stmt *row = book_statement(
        day->book, "SELECT case_id, origin_src, body FROM events AS event WHERE what = 'CASE_BOOKED' AND time >= ?"
                   " AND is_fact = 0 AND NOT EXISTS(SELECT 1 FROM events WHERE case_id = event.case_id AND"
                   " what = 'CASE_BOOKED' AND is_fact = 0 AND id < event.id)");
    book_bind_number(row, 1, day_start_us(reconcile_day(day->reconcile)) - DAY_US);
    enum status status = book_next(day->book, row);
    while (status == STATUS_OK) {
        status = event_take(day, row);
        if (status != STATUS_OK)
            break;
        status = book_next(day->book, row);
    }
    book_end(row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status day_book_read(struct book *book, const char *participant, struct reconcile *reconcile)
{
    void *memory = malloc(2 * MESSAGE_ARENA_SIZE);
    struct day_book day = {.book = book,
                           .participant = text_of(participant),
                           .reconcile = reconcile,
                           .arena = arena_over(memory, 2 * MESSAGE_ARENA_SIZE)};
    enum status status = memory ? events_take_all(&day) : STATUS_NO_MEMORY;
    free(memory);
    return status;
}

/* ---- what was compared ---- */

enum status day_book_compared_at(struct book *book, const char *day, int64_t *at_us)
{
    sqlite3_stmt *row = book_statement(book, "SELECT at FROM compared WHERE day = ?");
    book_bind_text(row, 1, text_of(day));
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    *at_us = book_number(row, 0).value;
    book_end(row);
    return STATUS_OK;
}

enum status day_book_note(struct book *book, const char *day, int64_t differences, int64_t now_us)
{
    sqlite3_stmt *row = book_statement(book, "INSERT OR REPLACE INTO compared VALUES(?, ?, ?)");
    book_bind_text(row, 1, text_of(day));
    book_bind_number(row, 2, now_us);
    book_bind_number(row, 3, differences);
    return book_run(book, row);
}
