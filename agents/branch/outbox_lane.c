#include "agents/branch/outbox_lane.h"

#include "schemas/codes.h"

enum status outbox_enter_lane(struct book *book, int64_t id, struct text unit)
{
    char key[UNIT_NUMBER_SIZE + 1];
    sqlite3_stmt *row = book_statement(book, "INSERT OR IGNORE INTO lane VALUES(?, ?)");
    book_bind_text(row, 1, unit_lane_key(unit, key) ? text_of(key) : unit);
    book_bind_number(row, 2, id);
    return book_run(book, row);
}

/* What a counter's stands behind, and what that stands behind on another unit. Before what is no bulk no bulk waits, so
 * the search ends there. */
enum status outbox_hurry_before(struct book *book, int64_t id)
{
    sqlite3_stmt *row =
        book_statement(book, "WITH RECURSIVE before(id) AS (SELECT id FROM outbox WHERE id = ? AND is_behind = 0 UNION"
                             " SELECT o.id FROM before b JOIN lane l ON l.outbox = b.id"
                             " JOIN lane e ON e.unit = l.unit AND e.outbox < l.outbox"
                             " JOIN outbox o ON o.id = e.outbox AND o.state = 0 AND o.is_behind = 1)"
                             " UPDATE outbox SET is_behind = 0 WHERE is_behind = 1 AND id IN (SELECT id FROM before)");
    book_bind_number(row, 1, id);
    return book_run(book, row);
}

enum status outbox_was_waited_for(struct book *book, struct bytes message_id, bool *out)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT 1 FROM outbox a JOIN lane l ON l.outbox = a.id JOIN lane n ON n.unit = l.unit"
                             " AND n.outbox > l.outbox JOIN outbox o ON o.id = n.outbox AND o.state = 0"
                             " WHERE a.mid = ? LIMIT 1");
    book_bind_bytes(row, 1, message_id);
    const enum status status = book_next(book, row);
    *out = status == STATUS_OK;
    if (status == STATUS_OK)
        book_end(row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
