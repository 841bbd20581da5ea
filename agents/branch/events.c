#include "agents/branch/events.h"

#include <stdio.h>
#include <string.h>

static enum level events_level_of(const struct event_row *event)
{
    enum level level = event_level(event->what);
    /* A certificate whose file did not verify is evidence of the booking only. */
    return level == LEVEL_CERTIFIED && event->file_why.data ? LEVEL_BOOKED : level;
}

enum status events_add(struct book *book, struct event_row *event, int64_t now_us)
{
    sqlite3_stmt *row =
        book_statement(book, "INSERT INTO events(broker, number, seq, time, taken, case_id, state, what, is_fact,"
                             " origin_mid, origin_src, body, file, file_digest, file_why, level, ended, detail)"
                             " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    event->taken_us = now_us;
    event->level = events_level_of(event);
    event->ends = event_ends(event->what, event->state);
    book_bind_number(row, 1, event->broker);
    book_bind_number(row, 2, event->number);
    book_bind_number(row, 3, event->sequence);
    book_bind_number(row, 4, event->time_us);
    book_bind_number(row, 5, event->taken_us);
    book_bind_text(row, 6, event->case_id);
    book_bind_text(row, 7, event->state);
    book_bind_text(row, 8, event->what);
    book_bind_number(row, 9, event->is_fact);
    book_bind_bytes(row, 10, event->origin_id);
    book_bind_text(row, 11, event->origin_source);
    book_bind_bytes(row, 12, event->body);
    book_bind_text(row, 13, event->file);
    book_bind_bytes(row, 14, event->file_digest);
    book_bind_text(row, 15, event->file_why);
    book_bind_number(row, 16, event->level);
    book_bind_number(row, 17, event->ends);
    book_bind_text(row, 18, event->detail);
    enum status status = book_run(book, row);
    event->id = book_last_id(book);
    return status;
}

enum status events_find_same(struct book *book, const struct event_row *event)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT id FROM events WHERE case_id = ? AND seq = ? AND time = ? AND what = ?");
    book_bind_text(row, 1, event->case_id);
    book_bind_number(row, 2, event->sequence);
    book_bind_number(row, 3, event->time_us);
    book_bind_text(row, 4, event->what);
    enum status status = book_next(book, row);
    book_end(row);
    return status;
}

enum status events_find_file(struct book *book, const struct event_row *event, char *name, size_t name_size,
                             uint8_t sm3[32])
{
    sqlite3_stmt *row = book_statement(book, "SELECT file, file_digest FROM events WHERE case_id = ? AND origin_mid = ?"
                                             " AND file IS NOT NULL AND length(file_digest) = 32 LIMIT 1");
    book_bind_text(row, 1, event->case_id);
    book_bind_bytes(row, 2, event->origin_id);
    enum status status = book_next(book, row);
    if (status == STATUS_OK) {
        snprintf(name, name_size, "%.*s", TEXT_ARGS(book_text(row, 0)));
        memcpy(sm3, book_bytes(row, 1).data, 32);
    }
    book_end(row);
    return status;
}

static void events_read(sqlite3_stmt *row, struct event_row *out)
{
    memset(out, 0, sizeof *out);
    out->id = book_number(row, 0).value;
    out->broker = book_number(row, 1).value;
    out->number = book_number(row, 2).value;
    out->sequence = book_number(row, 3).value;
    out->time_us = book_number(row, 4).value;
    out->taken_us = book_number(row, 5).value;
    out->case_id = book_text(row, 6);
    out->state = book_text(row, 7);
    out->what = book_text(row, 8);
    out->is_fact = book_number(row, 9).value != 0;
    out->origin_id = book_bytes(row, 10);
    out->origin_source = book_text(row, 11);
    out->body = book_bytes(row, 12);
    out->file = book_text(row, 13);
    out->file_digest = book_bytes(row, 14);
    out->file_why = book_text(row, 15);
    out->level = (enum level)book_number(row, 16).value;
    out->ends = book_number(row, 17).value != 0;
    out->detail = book_text(row, 18);
}

#define EVENT_COLUMNS                                                                                                  \
    "id, broker, number, seq, time, taken, case_id, state, what, is_fact, origin_mid, origin_src, body, file,"         \
    " file_digest, file_why, level, ended, detail"

enum status events_each(struct book *book, struct text case_id, int64_t after_id, events_take *take, void *context)
{
    struct event_row event;
    sqlite3_stmt *row =
        case_id.data
            ? book_statement(book, "SELECT " EVENT_COLUMNS " FROM events WHERE id > ? AND case_id = ? ORDER BY id")
            : book_statement(book, "SELECT " EVENT_COLUMNS " FROM events WHERE id > ? ORDER BY id");
    book_bind_number(row, 1, after_id);
    if (case_id.data)
        book_bind_text(row, 2, case_id);
    enum status status = book_next(book, row);
    while (status == STATUS_OK) {
        events_read(row, &event);
        if (!take(&event, context))
            break;
        status = book_next(book, row);
    }
    book_end(row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status events_level(struct book *book, struct text case_id, enum level *level, bool *has_ended)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT coalesce(max(level), 1), coalesce(max(ended), 0) FROM events WHERE case_id = ?");
    book_bind_text(row, 1, case_id);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    *level = (enum level)book_number(row, 0).value;
    *has_ended = book_number(row, 1).value != 0;
    book_end(row);
    return STATUS_OK;
}
