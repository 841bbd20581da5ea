#include "agents/window/brought.h"

#include "schemas/message.h"

/* The same content under another record: the first of a case, or one that was set aside since the first came again. */
static int64_t known_delivery(struct base *base, struct text window, const struct link_message *message,
                              const uint8_t digest[SM3_SIZE])
{
    int64_t id = 0;
    const struct case_deliver *deliver = message->body;
    sqlite3_stmt *query =
        base_query(base, "SELECT id FROM delivery WHERE window = ?1 AND case_id = ?2 AND type = ?3 AND source = ?4"
                         " AND origin = ?5 AND (brought < 0 OR (number = 1 AND ?6 = 1 AND digest <> ?7))"
                         " ORDER BY id LIMIT 1");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, message->envelope.case_id);
    book_bind_text(query, 3, deliver->origin_type);
    book_bind_text(query, 4, deliver->origin_source);
    book_bind_bytes(query, 5, message->chunks[0]);
    book_bind_number(query, 6, deliver->number.value);
    book_bind_bytes(query, 7, bytes_of(digest, SM3_SIZE));
    if (base_next(base, query))
        id = base_number(query, 0);
    book_end(query);
    return id;
}

/* The numbers of the lost history are free; their deliveries wait to be brought again. */
static void set_others_aside(struct base *base, int64_t first)
{
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET brought = -id, message_id = randomblob(16)"
                                           " WHERE id <> ?1 AND (window, case_id) IN"
                                           " (SELECT window, case_id FROM delivery WHERE id = ?1)");
    book_bind_number(query, 1, first);
    base_run(base, query);
}

static void put_down(struct base *base, int64_t id, const struct link_message *message, const uint8_t digest[SM3_SIZE])
{
    const struct case_deliver *deliver = message->body;
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET brought = ?2, message_id = ?3, digest = ?4,"
                                           " sequence = ?5, time = ?6 WHERE id = ?1");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, deliver->number.value);
    book_bind_bytes(query, 3, message->envelope.message_id);
    book_bind_bytes(query, 4, bytes_of(digest, SM3_SIZE));
    book_bind_number(query, 5, deliver->sequence.value);
    book_bind_number(query, 6, deliver->time.value);
    base_run(base, query);
}

/* What was said, and what the broker had refused since it knew nothing of the case yet. */
#define SAID "(state = 'stored' OR (state = 'rejected' AND code = 'UNKNOWN_CASE'))"

/* From this delivery to the next one that is no withdrawal: that may be refused now, since the case is in the book. */
static void owe_words(struct base *base, int64_t id)
{
    sqlite3_stmt *query = base_query(
        base, "WITH d AS (SELECT * FROM delivery WHERE id = ?1) UPDATE answer SET state = 'owed' FROM d"
              " WHERE answer.window = d.window AND answer.case_id = d.case_id AND answer.type <> 'WITHDRAW_RESULT'"
              " AND answer.id IN (SELECT id FROM answer WHERE " SAID ")"
              " AND (d.number = 1 OR made_at >= d.received_at) AND made_at < coalesce((SELECT min(n.received_at)"
              "  FROM delivery n WHERE n.window = d.window AND n.case_id = d.case_id AND n.id > d.id"
              "  AND n.type <> 'WITHDRAW_REQ'), 1 << 62)");
    book_bind_number(query, 1, id);
    base_run(base, query);
}

/* The first answer to a withdrawal that came after it. */
static void owe_withdraw_result(struct base *base, int64_t id)
{
    sqlite3_stmt *query =
        base_query(base, "UPDATE answer SET state = 'owed' WHERE id = (SELECT min(a.id) FROM answer a JOIN delivery d"
                         "  ON a.window = d.window AND a.case_id = d.case_id AND a.made_at >= d.received_at"
                         "  WHERE d.id = ?1 AND a.type = 'WITHDRAW_RESULT') AND " SAID);
    book_bind_number(query, 1, id);
    base_run(base, query);
}

void brought_tell_rest(struct base *base)
{
    base_run(base, base_query(base, "UPDATE answer SET state = 'owed' WHERE type <> 'WITHDRAW_RESULT' AND " SAID
                                    " AND EXISTS(SELECT 1 FROM delivery d WHERE d.brought < 0"
                                    "  AND d.window = answer.window AND d.case_id = answer.case_id"
                                    "  AND answer.made_at >= d.received_at)"));
}

bool brought_again(struct base *base, struct text window, const struct link_message *message,
                   const uint8_t digest[SM3_SIZE])
{
    const struct case_deliver *deliver = message->body;
    int64_t id = known_delivery(base, window, message, digest);
    if (id == 0)
        return false;
    if (deliver->number.value == 1)
        set_others_aside(base, id);
    put_down(base, id, message, digest);
    if (text_is(deliver->origin_type, message_kind(MESSAGE_WITHDRAW_REQ)->name))
        owe_withdraw_result(base, id);
    else
        owe_words(base, id);
    return true;
}

int64_t brought_number(struct base *base, struct text window, struct text case_id, int64_t number)
{
    sqlite3_stmt *query = base_query(base, "SELECT max(number) + 1 FROM delivery WHERE window = ?1 AND case_id = ?2"
                                           " HAVING count(*) FILTER (WHERE brought <> number) > 0");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    if (base_next(base, query))
        number = base_number(query, 0);
    book_end(query);
    return number;
}
