#include "agents/window/inbox.h"

#include <stdio.h>

#include "agents/window/brought.h"
#include "agents/window/docket.h"
#include "schemas/codes.h"

/* ---- taking a delivery ---- */

/* One digest for the whole delivery: over the digests of its frames. */
static bool delivery_digest(struct digest *digest, const struct link_message *message, uint8_t out[SM3_SIZE])
{
    uint8_t all[(1 + MESSAGE_CHUNK_COUNT_MAX) * SM3_SIZE];
    uint32_t count = 0;
    if (digest_make(digest, message->body_bytes, all) != STATUS_OK)
        return false;
    for (count = 0; count < message->chunk_count; count++)
        if (digest_make(digest, message->chunks[count], all + (1 + count) * SM3_SIZE) != STATUS_OK)
            return false;
    return digest_make(digest, bytes_of(all, (1 + count) * SM3_SIZE), out) == STATUS_OK;
}

static const char *delivery_fault(struct digest *digest, const struct link_message *message)
{
    const struct case_deliver *deliver = message->body;
    enum message_type type = message_type_of(deliver->origin_type);
    if (message->chunk_count == 0)
        return "the origin's body is missing: no chunk frame";
    if (!digest_holds(digest, message->chunks[0], deliver->origin_digest))
        return "the origin's body does not match its digest";
    if (type != MESSAGE_CASE_SUBMIT && type != MESSAGE_SUPPLEMENT_SUBMIT && type != MESSAGE_WITHDRAW_REQ &&
        type != MESSAGE_CERT_ACK && type != MESSAGE_FEE_PAID)
        return "a window cannot take a delivery of this type";
    return NULL;
}

static void keep_odd(struct base *base, struct text window, const struct link_message *message,
                     const uint8_t digest[SM3_SIZE], int64_t now_us, const char *why)
{
    sqlite3_stmt *query =
        base_query(base, "INSERT OR IGNORE INTO odd_delivery(window, case_id, message_id, digest, body, origin,"
                         " received_at, why) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, message->envelope.case_id);
    book_bind_bytes(query, 3, message->envelope.message_id);
    book_bind_bytes(query, 4, bytes_of(digest, SM3_SIZE));
    book_bind_bytes(query, 5, message->body_bytes);
    if (message->chunk_count > 0)
        book_bind_bytes(query, 6, message->chunks[0]);
    book_bind_number(query, 7, now_us);
    book_bind_text(query, 8, text_of(why));
    base_run(base, query);
}

/* The row that has this id, or this number of the case: its digest decides. */
static bool known_digest(struct base *base, struct text window, const struct link_message *message,
                         uint8_t out[SM3_SIZE])
{
    const struct case_deliver *deliver = message->body;
    sqlite3_stmt *query = base_query(base, "SELECT digest FROM delivery WHERE window = ?1 AND message_id = ?2"
                                           " UNION ALL SELECT digest FROM delivery WHERE window = ?1 AND case_id = ?3"
                                           " AND coalesce(brought, number) = ?4 LIMIT 1");
    book_bind_text(query, 1, window);
    book_bind_bytes(query, 2, message->envelope.message_id);
    book_bind_text(query, 3, message->envelope.case_id);
    book_bind_number(query, 4, deliver->number.value);
    if (!base_next(base, query))
        return false;
    struct bytes known = book_bytes(query, 0);
    memset(out, 0, SM3_SIZE);
    if (known.size == SM3_SIZE)
        memcpy(out, known.data, SM3_SIZE);
    book_end(query);
    return true;
}

static bool delivery_is_bulk(const struct link_message *message)
{
    return message->envelope.priority.is_present && message->envelope.priority.value == PRIORITY_BULK;
}

static int64_t insert_delivery(struct base *base, struct text window, const struct link_message *message,
                               const uint8_t digest[SM3_SIZE], int64_t now_us)
{
    const struct case_deliver *deliver = message->body;
    sqlite3_stmt *query = base_query(
        base, "INSERT INTO delivery(window, case_id, number, message_id, digest, type, source, sequence, time, origin,"
              " received_at, bulk, brought, state)"
              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'new')");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, message->envelope.case_id);
    book_bind_number(query, 3, brought_number(base, window, message->envelope.case_id, deliver->number.value));
    book_bind_bytes(query, 4, message->envelope.message_id);
    book_bind_bytes(query, 5, bytes_of(digest, SM3_SIZE));
    book_bind_text(query, 6, deliver->origin_type);
    book_bind_text(query, 7, deliver->origin_source);
    book_bind_number(query, 8, deliver->sequence.value);
    book_bind_number(query, 9, deliver->time.value);
    book_bind_bytes(query, 10, message->chunks[0]);
    book_bind_number(query, 11, now_us);
    book_bind_number(query, 12, delivery_is_bulk(message));
    book_bind_number(query, 13, deliver->number.value);
    base_run(base, query);
    return book_last_id(base->book);
}

/* Bulk that stands before it on one of its units is what a citizen waits for, and so is what that bulk stands behind on
 * another unit. Before what is no bulk no bulk stands, so the search ends there. */
static void hurry_what_is_before(struct base *base, int64_t id)
{
    sqlite3_stmt *query = base_query(
        base, "WITH RECURSIVE before(id) AS (SELECT ?1 UNION SELECT d.id FROM before b JOIN lane l ON l.delivery = b.id"
              " JOIN lane e ON e.window = l.window AND e.unit = l.unit AND e.delivery < l.delivery"
              " JOIN delivery d ON d.id = e.delivery AND d.bulk = 1)"
              " UPDATE delivery SET bulk = 0 WHERE bulk = 1 AND id IN (SELECT id FROM before)");
    book_bind_number(query, 1, id);
    base_run(base, query);
}

static void insert_chunks(struct base *base, int64_t id, const struct link_message *message)
{
    for (uint32_t i = 1; i < message->chunk_count; i++) {
        sqlite3_stmt *query = base_query(base, "INSERT INTO delivery_chunk VALUES(?1, ?2, ?3)");
        book_bind_number(query, 1, id);
        book_bind_number(query, 2, i);
        book_bind_bytes(query, 3, message->chunks[i]);
        base_run(base, query);
    }
}

/* The lanes of an application: its units, a retired district code as its successor. */
static void insert_lanes(struct base *base, int64_t id, struct text window, const struct case_submit *application)
{
    for (uint32_t i = 0; i < application->units.count; i++) {
        char lane[UNIT_NUMBER_SIZE + 1];
        if (!unit_lane_key(application->units.items[i].number, lane))
            continue;
        sqlite3_stmt *query = base_query(base, "INSERT OR IGNORE INTO lane VALUES(?1, ?2, ?3)");
        book_bind_text(query, 1, window);
        book_bind_text(query, 2, text_of(lane));
        book_bind_number(query, 3, id);
        base_run(base, query);
    }
}

static void enter_docket(struct base *base, struct arena *arena, int64_t id, struct text window,
                         const struct link_message *message, int64_t now_us)
{
    const struct case_deliver *deliver = message->body;
    enum message_type type = message_type_of(deliver->origin_type);
    struct docket_row row;
    if (type == MESSAGE_CASE_SUBMIT) {
        struct case_submit application;
        struct problems problems;
        arena_reset(arena);
        /* Unknown keys are passed through; what is known is all that is needed here. */
        (void)!record_decode(&record_case_submit, message->chunks[0], arena, &application, &problems);
        docket_open(base, window, message->envelope.case_id, application.kind.data ? application.kind : text_of("?"),
                    now_us);
        insert_lanes(base, id, window, &application);
    } else if (docket_find(base, window, message->envelope.case_id, &row)) {
        docket_enter(base, &row, type, NULL, now_us);
    }
}

enum inbox_verdict inbox_take(struct base *base, struct digest *digest, struct arena *arena, struct text window,
                              const struct link_message *message, int64_t now_us, char *why, size_t why_size)
{
    uint8_t whole[SM3_SIZE] = {0};
    uint8_t known[SM3_SIZE];
    const char *fault = delivery_fault(digest, message);
    if (!delivery_digest(digest, message, whole))
        fault = "no digest could be made";
    bool is_known = !fault && known_digest(base, window, message, known);
    if (is_known && memcmp(whole, known, SM3_SIZE) == 0)
        return INBOX_REPEATED;
    if (!fault && brought_again(base, window, message, whole))
        return INBOX_BROUGHT;
    if (is_known)
        fault = "this delivery came before with other content";
    if (fault) {
        keep_odd(base, window, message, whole, now_us, fault);
        snprintf(why, why_size, "%s", fault);
        return INBOX_ODD;
    }
    int64_t id = insert_delivery(base, window, message, whole, now_us);
    insert_chunks(base, id, message);
    enter_docket(base, arena, id, window, message, now_us);
    if (!delivery_is_bulk(message))
        hurry_what_is_before(base, id);
    return INBOX_STORED;
}

/* ---- what may go on ---- */

/* Deliveries of a case go in the order of their numbers. A number may be missing: what stood there fell away when the
 * case was decided. The broker sends a delivery only when the window has all that go before it. */
static uint32_t ready_of_class(struct base *base, struct text window, int64_t now_us, bool is_bulk, int64_t *out,
                               uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(
        base, "SELECT d.id FROM delivery d WHERE d.window = ?1 AND d.bulk = ?4 AND d.state IN ('new','doubt')"
              " AND d.due_at <= ?2 AND (d.number = 1 OR EXISTS(SELECT 1 FROM delivery p WHERE p.window = d.window"
              "  AND p.case_id = d.case_id AND p.number = 1))"
              " AND NOT EXISTS(SELECT 1 FROM delivery p WHERE p.window = d.window"
              "  AND p.case_id = d.case_id AND p.number < d.number AND p.state <> 'handed')"
              " AND NOT EXISTS(SELECT 1 FROM lane l JOIN lane e ON e.window = l.window AND e.unit = l.unit"
              "  AND e.delivery < l.delivery WHERE l.delivery = d.id)"
              " ORDER BY d.id LIMIT ?3");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, now_us);
    book_bind_number(query, 3, count_max);
    book_bind_number(query, 4, is_bulk);
    while (base_next(base, query))
        out[count++] = base_number(query, 0);
    return count;
}

uint32_t inbox_ready(struct base *base, struct text window, int64_t now_us, bool is_turn_of_bulk, int64_t *out,
                     uint32_t count_max)
{
    uint32_t count = is_turn_of_bulk && count_max > 0 ? ready_of_class(base, window, now_us, true, out, 1) : 0;
    bool has_taken_bulk = count > 0;
    count += ready_of_class(base, window, now_us, false, out + count, count_max - count);
    if (count < count_max && !has_taken_bulk)
        count += ready_of_class(base, window, now_us, true, out + count, count_max - count);
    return count;
}

static int64_t ask_number(struct base *base, sqlite3_stmt *query, int64_t otherwise)
{
    int64_t value = otherwise;
    if (base_next(base, query) && book_number(query, 0).is_present)
        value = base_number(query, 0);
    book_end(query);
    return value;
}

int64_t inbox_number_before(struct base *base, const struct inbox_row *row)
{
    sqlite3_stmt *query = base_query(base, "SELECT max(number) FROM delivery WHERE window = ?1 AND case_id = ?2"
                                           " AND number < ?3");
    book_bind_text(query, 1, text_of(row->window));
    book_bind_text(query, 2, text_of(row->case_id));
    book_bind_number(query, 3, row->number);
    return ask_number(base, query, 0);
}

int64_t inbox_due_at(struct base *base, struct text window, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "SELECT min(due_at) FROM delivery WHERE window = ?1"
                                           " AND state IN ('new','doubt') AND due_at > ?2");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, now_us);
    return ask_number(base, query, INT64_MAX);
}

int64_t inbox_backlog(struct base *base, struct text window)
{
    sqlite3_stmt *query =
        base_query(base, "SELECT count(*) FROM delivery WHERE window = ?1 AND state IN ('new','doubt')");
    book_bind_text(query, 1, window);
    return ask_number(base, query, 0);
}

/* ---- rows ---- */

#define ROW_QUERY                                                                                                      \
    "SELECT id, window, case_id, number, type, source, state, tries, received_at, reason, origin,"                     \
    " failed_transient, failed_busy, failed_permanent, failed_poison, doubt_class, coalesce(brought, number)"          \
    " FROM delivery WHERE id = ?1"
static const char row_query[] = ROW_QUERY;
#undef ROW_QUERY

bool inbox_row_read(struct base *base, int64_t id, struct inbox_row *out)
{
    sqlite3_stmt *query = base_query(base, row_query);
    book_bind_number(query, 1, id);
    if (!base_next(base, query))
        return false;
    out->id = base_number(query, 0);
    base_copy_text(query, 1, out->window, sizeof out->window);
    base_copy_text(query, 2, out->case_id, sizeof out->case_id);
    out->number = base_number(query, 3);
    base_copy_text(query, 4, out->type, sizeof out->type);
    base_copy_text(query, 5, out->source, sizeof out->source);
    base_copy_text(query, 6, out->state, sizeof out->state);
    out->tries = base_number(query, 7);
    out->received_at = base_number(query, 8);
    base_copy_text(query, 9, out->reason, sizeof out->reason);
    out->origin = book_bytes(query, 10);
    out->failed[FAILURE_TRANSIENT] = base_number(query, 11);
    out->failed[FAILURE_BUSY] = base_number(query, 12);
    out->failed[FAILURE_PERMANENT] = base_number(query, 13);
    out->failed[FAILURE_POISON] = base_number(query, 14);
    base_copy_text(query, 15, out->doubt_class, sizeof out->doubt_class);
    out->brought = base_number(query, 16);
    return true;
}

void inbox_row_end(struct base *base)
{
    book_end(base_query(base, row_query));
}

int64_t inbox_row_of(struct base *base, struct text window, struct text case_id, int64_t number)
{
    sqlite3_stmt *query =
        base_query(base, "SELECT id FROM delivery WHERE window = ?1 AND case_id = ?2"
                         " AND (?3 = 0 OR coalesce(brought, number) = ?3) ORDER BY number DESC LIMIT 1");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_number(query, 3, number);
    return ask_number(base, query, 0);
}

void inbox_set_state(struct base *base, int64_t id, const char *state, int64_t due_at, const char *why)
{
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET state = ?2, due_at = ?3, reason = ?4, returned = 0,"
                                           " doubt_class = CASE WHEN ?2 = 'doubt' THEN doubt_class END"
                                           " WHERE id = ?1");
    book_bind_number(query, 1, id);
    book_bind_text(query, 2, text_of(state));
    book_bind_number(query, 3, due_at);
    book_bind_text(query, 4, text_of(why));
    base_run(base, query);
}

void inbox_count_try(struct base *base, int64_t id)
{
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET tries = tries + 1 WHERE id = ?1");
    book_bind_number(query, 1, id);
    base_run(base, query);
}

/* ---- attempts that failed ---- */

int64_t inbox_failed(const struct inbox_row *row)
{
    int64_t count = 0;
    for (int failure = 0; failure < FAILURE_COUNT; failure++)
        count += row->failed[failure];
    return count;
}

static const char *count_query(enum failure failure)
{
    switch (failure) {
    case FAILURE_TRANSIENT:
        return "UPDATE delivery SET failed_transient = failed_transient + 1 WHERE id = ?1";
    case FAILURE_BUSY:
        return "UPDATE delivery SET failed_busy = failed_busy + 1 WHERE id = ?1";
    case FAILURE_PERMANENT:
        return "UPDATE delivery SET failed_permanent = failed_permanent + 1 WHERE id = ?1";
    case FAILURE_POISON:
    case FAILURE_COUNT:
        break;
    }
    return "UPDATE delivery SET failed_poison = failed_poison + 1 WHERE id = ?1";
}

static void change_one(struct base *base, const char *sql, int64_t id)
{
    sqlite3_stmt *query = base_query(base, sql);
    book_bind_number(query, 1, id);
    base_run(base, query);
}

void inbox_count_failure(struct base *base, int64_t id, enum failure failure)
{
    change_one(base, count_query(failure), id);
}

void inbox_set_doubt(struct base *base, int64_t id, enum failure failure, const char *why)
{
    inbox_set_state(base, id, "doubt", 0, why);
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET doubt_class = ?2 WHERE id = ?1");
    book_bind_number(query, 1, id);
    book_bind_text(query, 2, text_of(failure < FAILURE_COUNT ? failure_row(failure)->word : NULL));
    base_run(base, query);
}

void inbox_set_returned(struct base *base, int64_t id)
{
    change_one(base, "UPDATE delivery SET returned = 1 WHERE id = ?1", id);
}

static int64_t returned_of(struct base *base, struct text window, struct text case_id, int64_t number)
{
    sqlite3_stmt *query = base_query(base, "SELECT id FROM delivery WHERE window = ?1 AND case_id = ?2"
                                           " AND (?3 = 0 OR coalesce(brought, number) = ?3) AND state = 'held'"
                                           " AND returned = 1"
                                           " ORDER BY number LIMIT 1");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_number(query, 3, number);
    return ask_number(base, query, 0);
}

bool inbox_renew(struct base *base, struct text window, struct text case_id, int64_t number)
{
    int64_t id = returned_of(base, window, case_id, number);
    if (id == 0)
        return false;
    inbox_set_state(base, id, "new", 0, NULL);
    change_one(base,
               "UPDATE delivery SET tries = 0, failed_transient = 0, failed_busy = 0, failed_permanent = 0,"
               " failed_poison = 0 WHERE id = ?1",
               id);
    return true;
}

uint32_t inbox_returned(struct base *base, struct text window, char (*out)[31], uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(base, "SELECT DISTINCT case_id FROM delivery WHERE window = ?1 AND returned = 1"
                                           " ORDER BY random() LIMIT ?2");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, count_max);
    while (base_next(base, query))
        base_copy_text(query, 0, out[count++], sizeof *out);
    return count;
}

bool inbox_give_up(struct base *base, struct text window, struct text case_id)
{
    int64_t id = returned_of(base, window, case_id, 0);
    if (id == 0)
        return false;
    inbox_set_state(base, id, "held", 0, "given up at the broker");
    change_one(base, "UPDATE delivery SET returned = 2 WHERE id = ?1", id);
    change_one(base, "DELETE FROM lane WHERE delivery = ?1", id);
    return true;
}

void inbox_set_handed(struct base *base, int64_t id, int64_t now_us)
{
    sqlite3_stmt *query = base_query(
        base,
        "UPDATE delivery SET state = 'handed', reason = NULL, tries = 0, returned = 0, handed_at = ?2 WHERE id = ?1");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, now_us);
    base_run(base, query);
    query = base_query(base, "DELETE FROM lane WHERE delivery = ?1");
    book_bind_number(query, 1, id);
    base_run(base, query);
}

void inbox_set_case_handed(struct base *base, struct text window, struct text case_id, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "DELETE FROM lane WHERE delivery IN (SELECT id FROM delivery"
                                           " WHERE window = ?1 AND case_id = ?2 AND state <> 'handing')");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    base_run(base, query);
    query = base_query(base, "UPDATE delivery SET state = 'handed', reason = NULL, handed_at = ?3"
                             " WHERE window = ?1 AND case_id = ?2 AND state NOT IN ('handing','handed')");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_number(query, 3, now_us);
    base_run(base, query);
}

bool inbox_is_with_person(struct base *base, struct text window, struct text case_id)
{
    sqlite3_stmt *query = base_query(base, "SELECT count(*) FROM delivery WHERE window = ?1 AND case_id = ?2"
                                           " AND number = 1 AND state IN ('desk','held','handed')");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    return ask_number(base, query, 0) > 0;
}

void inbox_doubt_all(struct base *base)
{
    base_run(base, base_query(base, "UPDATE delivery SET due_at = 0 WHERE state = 'doubt'"));
    base_run(base, base_query(base, "UPDATE delivery SET state = 'doubt', due_at = 0,"
                                    " reason = 'the agent ended before the registry answered'"
                                    " WHERE state = 'handing'"));
}
