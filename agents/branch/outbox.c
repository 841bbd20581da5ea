#include "agents/branch/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "agents/client/link.h"

/* The columns of outbox_read, in its order. */
#define OUTBOX_COLUMNS "id, mid, type, case_id, body, created, attempts, state, seq, time, reject, grp, pri, is_behind"

/* Copies text into the row's memory at *used; room was made before. */
static struct text row_keep(struct outbox_row *out, size_t *used, struct text text)
{
    char *place = (char *)out->memory + *used;
    if (!text.data)
        return text;
    memcpy(place, text.data, text.size);
    *used += text.size;
    return (struct text){place, text.size};
}

static bool row_make_room(struct outbox_row *out, size_t size)
{
    if (out->memory && out->capacity >= size)
        return true;
    uint8_t *memory = realloc(out->memory, size + 256);
    if (!memory)
        return false;
    out->memory = memory;
    out->capacity = size + 256;
    return true;
}

static enum status outbox_read(sqlite3_stmt *row, struct outbox_row *out)
{
    struct bytes message_id = book_bytes(row, 1);
    struct text case_id = book_text(row, 3);
    struct bytes body = book_bytes(row, 4);
    struct text reject = book_text(row, 10);
    struct text group = book_text(row, 11);
    size_t used = 0;
    if (!row_make_room(out, (size_t)case_id.size + body.size + reject.size + group.size))
        return STATUS_NO_MEMORY;
    if (message_id.size != sizeof out->message_id)
        return STATUS_CORRUPT;
    memcpy(out->message_id, message_id.data, sizeof out->message_id);
    out->id = book_number(row, 0).value;
    out->type = message_type_of(book_text(row, 2));
    out->case_id = row_keep(out, &used, case_id);
    struct text kept = row_keep(out, &used, (struct text){(const char *)body.data, body.size});
    out->body = bytes_of(kept.data, kept.size);
    out->created_us = book_number(row, 5).value;
    out->attempts = book_number(row, 6).value;
    out->state = (enum outbox_state)book_number(row, 7).value;
    out->sequence = book_number(row, 8);
    out->stored_us = book_number(row, 9);
    out->reject = row_keep(out, &used, reject);
    out->group = row_keep(out, &used, group);
    out->priority = book_number(row, 12);
    out->is_behind = book_number(row, 13).value != 0;
    return STATUS_OK;
}

void outbox_row_fini(struct outbox_row *row)
{
    free(row->memory);
    memset(row, 0, sizeof *row);
}

/* Copies the row and ends the statement: a reading left open would hold an old
 * state of the file and make the next write fail. */
static enum status outbox_take_row(struct book *book, sqlite3_stmt *row, struct outbox_row *out)
{
    enum status status = book_next(book, row);
    if (status == STATUS_OK) {
        status = outbox_read(row, out);
        book_end(row);
    }
    return status;
}

enum status outbox_add(struct book *book, enum message_type type, struct text case_id, struct bytes body,
                       int64_t now_us, int64_t *id, uint8_t message_id[16])
{
    sqlite3_stmt *row =
        book_statement(book, "INSERT INTO outbox(mid, type, case_id, body, created) VALUES(?, ?, ?, ?, ?)");
    link_new_message_id(message_id);
    book_bind_bytes(row, 1, bytes_of(message_id, 16));
    book_bind_text(row, 2, text_of(message_kind(type)->name));
    book_bind_text(row, 3, case_id);
    book_bind_bytes(row, 4, body);
    book_bind_number(row, 5, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status outbox_set_group(struct book *book, int64_t id, struct text group)
{
    sqlite3_stmt *row = book_statement(book, "UPDATE outbox SET grp = ? WHERE id = ?");
    book_bind_text(row, 1, group);
    book_bind_number(row, 2, id);
    return book_run(book, row);
}

enum status outbox_set_priority(struct book *book, int64_t id, int64_t priority)
{
    sqlite3_stmt *row = book_statement(book, "UPDATE outbox SET pri = ?, is_behind = ? WHERE id = ?");
    book_bind_number(row, 1, priority);
    book_bind_number(row, 2, priority == PRIORITY_BULK);
    book_bind_number(row, 3, id);
    return book_run(book, row);
}

/* ---- sending ---- */

/* Of a case that is sent again nothing goes before what it follows: the broker knows only what it has again by then. */
#define NOTHING_BEFORE                                                                                                 \
    " AND NOT EXISTS(SELECT 1 FROM outbox e WHERE e.case_id = outbox.case_id AND e.id < outbox.id AND e.again = 1"     \
    " AND e.state = 0)"

enum status outbox_next_waiting(struct book *book, struct outbox_place after, int64_t now_us, struct outbox_row *out)
{
    sqlite3_stmt *row = book_statement(
        book, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE state = 0 AND (is_behind, id) > (?, ?) AND not_before <= ?"
              " AND NOT EXISTS(SELECT 1 FROM material m WHERE m.outbox = outbox.id AND m.held = 0)"
              " AND NOT EXISTS(SELECT 1 FROM lane l JOIN lane e ON e.unit = l.unit AND e.outbox < l.outbox"
              " JOIN outbox o ON o.id = e.outbox AND o.state = 0 WHERE l.outbox = outbox.id)" NOTHING_BEFORE
              " ORDER BY is_behind, id LIMIT 1");
    book_bind_number(row, 1, after.is_behind);
    book_bind_number(row, 2, after.id);
    book_bind_number(row, 3, now_us);
    return outbox_take_row(book, row, out);
}

enum status outbox_deferred_until(struct book *book, int64_t now_us, int64_t *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT min(not_before) FROM outbox WHERE state = 0 AND not_before > ?");
    book_bind_number(row, 1, now_us);
    enum status status = book_next(book, row);
    *out = INT64_MAX;
    if (status != STATUS_OK)
        return status;
    struct number earliest = book_number(row, 0);
    book_end(row);
    if (earliest.is_present)
        *out = earliest.value;
    return STATUS_OK;
}

enum status outbox_count_waiting(struct book *book, int64_t *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT count(*) FROM outbox WHERE state = 0");
    enum status status = book_next(book, row);
    *out = status == STATUS_OK ? book_number(row, 0).value : 0;
    book_end(row);
    return status;
}

enum status outbox_note_attempts(struct book *book, int64_t id, int64_t attempts)
{
    sqlite3_stmt *row = book_statement(book, "UPDATE outbox SET attempts = ? WHERE id = ?");
    book_bind_number(row, 1, attempts);
    book_bind_number(row, 2, id);
    return book_run(book, row);
}

/* ---- answers ---- */

static enum status outbox_change(struct book *book, sqlite3_stmt *row)
{
    enum status status = book_run(book, row);
    return status == STATUS_OK && book_changes(book) == 0 ? STATUS_NOT_FOUND : status;
}

enum status outbox_take_receipt(struct book *book, struct bytes message_id, const struct receipt *receipt,
                                int64_t now_us)
{
    sqlite3_stmt *row = book_statement(
        book,
        "UPDATE outbox SET state = 1, attempts = max(attempts, 1), seq = ?, time = ?, chain = ?, mac = ?, answered = ?,"
        " case_id = coalesce(?, case_id), reject = NULL, not_before = 0, again = 0 WHERE mid = ?");
    book_bind_number_or_null(row, 1, receipt->sequence);
    book_bind_number_or_null(row, 2, receipt->time);
    book_bind_bytes(row, 3, receipt->chain);
    book_bind_bytes(row, 4, receipt->mac);
    book_bind_number(row, 5, now_us);
    book_bind_text(row, 6, receipt->case_id);
    book_bind_bytes(row, 7, message_id);
    return outbox_change(book, row);
}

enum status outbox_take_reject(struct book *book, struct bytes message_id, const char *reject_json, int64_t now_us)
{
    /* A late REJECT never undoes a receipt: what is stored is stored. */
    sqlite3_stmt *row = book_statement(book, "UPDATE outbox SET state = 2, attempts = max(attempts, 1), reject = ?, "
                                             "answered = ? WHERE mid = ? AND state = 0");
    book_bind_text(row, 1, text_of(reject_json));
    book_bind_number(row, 2, now_us);
    book_bind_bytes(row, 3, message_id);
    return outbox_change(book, row);
}

/* How often the broker said so far that it cannot take this message now. */
static enum status outbox_count_busy(struct book *book, struct bytes message_id, int64_t *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT busy FROM outbox WHERE mid = ? AND state = 0");
    book_bind_bytes(row, 1, message_id);
    enum status status = book_next(book, row);
    *out = status == STATUS_OK ? book_number(row, 0).value : 0;
    if (status == STATUS_OK)
        book_end(row);
    return status;
}

/* Never before the time asked for; spread by an eighth with what the id says, so that many do not come at once. */
static int64_t busy_wait_us(struct bytes message_id, int64_t busy, int64_t retry_ms)
{
    const int64_t last = message_id.size != 0 ? message_id.data[message_id.size - 1] : 0;
    int64_t wait_us = retry_ms * 1000;
    for (int64_t i = 0; i < busy && wait_us < OUTBOX_BUSY_MS_MAX * 1000; i++)
        wait_us *= 2;
    if (busy > 0 && wait_us > OUTBOX_BUSY_MS_MAX * 1000)
        wait_us = retry_ms > OUTBOX_BUSY_MS_MAX ? retry_ms * 1000 : OUTBOX_BUSY_MS_MAX * 1000;
    return wait_us + wait_us / 8 * last / 256;
}

enum status outbox_defer(struct book *book, struct bytes message_id, int64_t now_us, int64_t retry_ms, int64_t *until)
{
    int64_t busy = 0;
    enum status status = outbox_count_busy(book, message_id, &busy);
    if (status != STATUS_OK)
        return status;
    *until = now_us + busy_wait_us(message_id, busy, retry_ms);
    sqlite3_stmt *row =
        book_statement(book, "UPDATE outbox SET not_before = ?, busy = busy + 1 WHERE mid = ? AND state = 0");
    book_bind_number(row, 1, *until);
    book_bind_bytes(row, 2, message_id);
    return outbox_change(book, row);
}

bool outbox_is_put_back(struct book *book, struct bytes message_id)
{
    sqlite3_stmt *row = book_statement(book, "SELECT 1 FROM outbox WHERE mid = ? AND state = 0 AND again = 1");
    book_bind_bytes(row, 1, message_id);
    bool is_put_back = book_next(book, row) == STATUS_OK;
    book_end(row);
    return is_put_back;
}

enum status outbox_defer_again(struct book *book, struct bytes message_id, int64_t now_us, int64_t *until)
{
    int64_t busy = 0;
    if (!outbox_is_put_back(book, message_id))
        return STATUS_NOT_FOUND;
    enum status status = outbox_count_busy(book, message_id, &busy);
    if (status == STATUS_OK && busy >= OUTBOX_AGAIN_COUNT_MAX)
        return STATUS_NOT_FOUND;
    return status == STATUS_OK ? outbox_defer(book, message_id, now_us, OUTBOX_AGAIN_MS, until) : status;
}

/* ---- sending again ---- */

static enum status outbox_count_change(struct book *book, sqlite3_stmt *row, int64_t *count)
{
    enum status status = book_run(book, row);
    *count = status == STATUS_OK ? book_changes(book) : 0;
    return status;
}

/* What waits already follows what is sent again. */
static enum status outbox_mark_waiting(struct book *book)
{
    return book_run(book, book_statement(book, "UPDATE outbox SET again = 1, busy = 0 WHERE state = 0"));
}

enum status outbox_resend_since_sequence(struct book *book, int64_t sequence, int64_t *count)
{
    sqlite3_stmt *row = book_statement(
        book, "UPDATE outbox SET state = 0, again = 1, not_before = 0, busy = 0 WHERE state = 1 AND seq >= ?");
    book_bind_number(row, 1, sequence);
    enum status status = outbox_count_change(book, row, count);
    return status == STATUS_OK ? outbox_mark_waiting(book) : status;
}

enum status outbox_resend_since_time(struct book *book, int64_t time_us, int64_t *count)
{
    sqlite3_stmt *row = book_statement(book, "UPDATE outbox SET state = 0, again = 1, not_before = 0, busy = 0"
                                             " WHERE state = 1 AND (time >= ? OR answered >= ?)");
    book_bind_number(row, 1, time_us);
    book_bind_number(row, 2, time_us);
    enum status status = outbox_count_change(book, row, count);
    return status == STATUS_OK ? outbox_mark_waiting(book) : status;
}

/* ---- looking ---- */

enum status outbox_find(struct book *book, int64_t id, struct outbox_row *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = ?");
    book_bind_number(row, 1, id);
    return outbox_take_row(book, row, out);
}

enum status outbox_list_next(struct book *book, int64_t after_id, bool with_stored, struct outbox_row *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT " OUTBOX_COLUMNS
                                             " FROM outbox WHERE id > ? AND (? OR state <> 1) ORDER BY id LIMIT 1");
    book_bind_number(row, 1, after_id);
    book_bind_number(row, 2, with_stored);
    return outbox_take_row(book, row, out);
}

enum status outbox_case_next(struct book *book, struct text case_id, int64_t after_id, struct outbox_row *out)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE case_id = ? AND id > ? ORDER BY id LIMIT 1");
    book_bind_text(row, 1, case_id);
    book_bind_number(row, 2, after_id);
    return outbox_take_row(book, row, out);
}
