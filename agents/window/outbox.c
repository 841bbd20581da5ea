#include "agents/window/outbox.h"

#include "agents/client/link.h"

static void copy_digest(struct bytes digest, uint8_t out[SM3_SIZE])
{
    memset(out, 0, SM3_SIZE);
    if (digest.size == SM3_SIZE)
        memcpy(out, digest.data, SM3_SIZE);
}

/* What the registry answered at this place before: as it said it, or (from before that was kept) as it went out. */
struct known {
    uint8_t digest[SM3_SIZE];
    uint8_t said[SM3_SIZE];
    bool has_said;
};

static bool known_answer(struct base *base, const struct outbox_entry *entry, struct known *out)
{
    sqlite3_stmt *query =
        base_query(base, "SELECT digest, said FROM answer WHERE window = ?1 AND case_id = ?2 AND position = ?3");
    book_bind_text(query, 1, entry->window);
    book_bind_text(query, 2, entry->case_id);
    book_bind_number(query, 3, entry->position);
    if (!base_next(base, query))
        return false;
    copy_digest(book_bytes(query, 0), out->digest);
    copy_digest(book_bytes(query, 1), out->said);
    out->has_said = book_bytes(query, 1).size == SM3_SIZE;
    book_end(query);
    return true;
}

/* Over the type, the body and the file. */
static bool entry_digest(struct digest *digest, const struct outbox_entry *entry, uint8_t out[SM3_SIZE])
{
    uint8_t all[3 * SM3_SIZE];
    struct text name = text_of(message_kind(entry->type)->name);
    return digest_make(digest, bytes_of(name.data, name.size), all) == STATUS_OK &&
           digest_make(digest, entry->body, all + SM3_SIZE) == STATUS_OK &&
           digest_make(digest, entry->chunk, all + 2 * SM3_SIZE) == STATUS_OK &&
           digest_make(digest, bytes_of(all, sizeof all), out) == STATUS_OK;
}

static void insert_answer(struct base *base, const struct outbox_entry *entry, const uint8_t digest[SM3_SIZE],
                          int64_t now_us)
{
    uint8_t message_id[16];
    struct number position = {entry->position, entry->position >= 0};
    sqlite3_stmt *query =
        base_query(base, "INSERT INTO answer(window, message_id, type, case_id, position, digest, body,"
                         " chunk, made_at, said) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    link_new_message_id(message_id);
    book_bind_text(query, 1, entry->window);
    book_bind_bytes(query, 2, bytes_of(message_id, sizeof message_id));
    book_bind_text(query, 3, text_of(message_kind(entry->type)->name));
    book_bind_text(query, 4, entry->case_id);
    book_bind_number_or_null(query, 5, position);
    book_bind_bytes(query, 6, bytes_of(digest, SM3_SIZE));
    book_bind_bytes(query, 7, entry->body);
    book_bind_bytes(query, 8, entry->chunk);
    book_bind_number(query, 9, now_us);
    book_bind_bytes(query, 10, entry->said);
    base_run(base, query);
}

static bool is_same(const struct outbox_entry *entry, const uint8_t digest[SM3_SIZE], const struct known *known)
{
    if (entry->said.size == SM3_SIZE && known->has_said)
        return memcmp(entry->said.data, known->said, SM3_SIZE) == 0;
    return memcmp(digest, known->digest, SM3_SIZE) == 0;
}

enum outbox_verdict outbox_add(struct base *base, struct digest *digest, const struct outbox_entry *entry,
                               int64_t now_us)
{
    uint8_t whole[SM3_SIZE];
    struct known known;
    if (!entry_digest(digest, entry, whole))
        return OUTBOX_CHANGED;
    if (entry->position >= 0 && known_answer(base, entry, &known))
        return is_same(entry, whole, &known) ? OUTBOX_KNOWN : OUTBOX_CHANGED;
    if (!entry->body.data)
        return OUTBOX_CHANGED; /* nobody has read it, and nobody can */
    insert_answer(base, entry, whole, now_us);
    return OUTBOX_ADDED;
}

uint32_t outbox_owed(struct base *base, struct text window, int64_t after, struct outbox_owed *out, uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(base, "SELECT id, message_id, case_id FROM answer"
                                           " WHERE window = ?1 AND state = 'owed' AND id > ?2 ORDER BY id LIMIT ?3");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, after);
    book_bind_number(query, 3, count_max);
    while (base_next(base, query)) {
        struct bytes message_id = book_bytes(query, 1);
        out[count] = (struct outbox_owed){.id = base_number(query, 0)};
        memcpy(out[count].message_id, message_id.data, message_id.size < 16 ? message_id.size : 16);
        base_copy_text(query, 2, out[count].case_id, sizeof out[count].case_id);
        count++;
    }
    return count;
}

static const char row_query[] = "SELECT type, case_id, body, chunk FROM answer WHERE id = ?1";

bool outbox_row_read(struct base *base, int64_t id, struct outbox_row *out)
{
    sqlite3_stmt *query = base_query(base, row_query);
    book_bind_number(query, 1, id);
    if (!base_next(base, query))
        return false;
    out->type = message_type_of(book_text(query, 0));
    base_copy_text(query, 1, out->case_id, sizeof out->case_id);
    out->body = book_bytes(query, 2);
    out->chunk = book_bytes(query, 3);
    return true;
}

void outbox_row_end(struct base *base)
{
    book_end(base_query(base, row_query));
}

/* A first answer is the newer evidence always: numbers only fall after a loss that was accepted. */
static void keep_receipt(struct base *base, int64_t id, const struct outbox_receipt *given)
{
    sqlite3_stmt *query =
        base_query(base, "INSERT INTO receipt(window, sequence, time, chain, mac, broker)"
                         " SELECT window, ?2, ?3, ?4, ?5, ?6 FROM answer WHERE id = ?1"
                         " ON CONFLICT(window) DO UPDATE SET sequence = excluded.sequence, time = excluded.time,"
                         " chain = excluded.chain, mac = excluded.mac, broker = excluded.broker"
                         " WHERE ?7 OR excluded.sequence > receipt.sequence");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, given->receipt->sequence.value);
    book_bind_number(query, 3, given->receipt->time.value);
    book_bind_bytes(query, 4, given->receipt->chain);
    book_bind_bytes(query, 5, given->receipt->mac);
    book_bind_bytes(query, 6, given->broker);
    book_bind_number(query, 7, given->is_first);
    base_run(base, query);
}

void outbox_stored(struct base *base, int64_t id, const struct outbox_receipt *receipt, int64_t now_us)
{
    sqlite3_stmt *query = base_query(
        base, "UPDATE answer SET state = 'stored', sequence = ?2, answered_at = ?3 WHERE id = ?1 AND state = 'owed'");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, receipt->receipt->sequence.value);
    book_bind_number(query, 3, now_us);
    base_run(base, query);
    keep_receipt(base, id, receipt);
}

void outbox_forget_lost(struct base *base, struct text window, struct bytes broker, int64_t sequence)
{
    sqlite3_stmt *query = base_query(base, "DELETE FROM receipt WHERE window = ?1"
                                           " AND (sequence > ?3 OR (broker IS NOT NULL AND broker <> ?2))");
    book_bind_text(query, 1, window);
    book_bind_bytes(query, 2, broker);
    book_bind_number(query, 3, sequence);
    base_run(base, query);
}

void outbox_rejected(struct base *base, int64_t id, const struct reject *reject, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "UPDATE answer SET state = 'rejected', answered_at = ?2, code = ?3,"
                                           " text_zh = ?4, text_en = ?5, path = ?6 WHERE id = ?1 AND state = 'owed'");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, now_us);
    book_bind_text(query, 3, reject->code);
    book_bind_text(query, 4, reject->text_zh);
    book_bind_text(query, 5, reject->text_en);
    book_bind_text(query, 6, reject->path);
    base_run(base, query);
}

bool outbox_owe_again(struct base *base, struct text window, struct text case_id, enum message_type type)
{
    bool has_any = false;
    sqlite3_stmt *query = base_query(base, "UPDATE answer SET state = 'owed' WHERE window = ?1 AND case_id = ?2"
                                           " AND type = ?3 AND state = 'stored' RETURNING id");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, case_id);
    book_bind_text(query, 3, text_of(message_kind(type)->name));
    while (base_next(base, query))
        has_any = true;
    return has_any;
}

static bool copy_field(struct bytes from, uint8_t *to, struct bytes *out)
{
    if (from.size != SM3_SIZE)
        return false;
    memcpy(to, from.data, SM3_SIZE);
    *out = bytes_of(to, SM3_SIZE);
    return true;
}

bool outbox_last_receipt(struct base *base, struct text window, struct receipt *out, uint8_t bytes[64])
{
    sqlite3_stmt *query = base_query(base, "SELECT sequence, time, chain, mac FROM receipt WHERE window = ?1");
    *out = (struct receipt){0};
    book_bind_text(query, 1, window);
    if (!base_next(base, query))
        return false;
    out->sequence = book_number(query, 0);
    out->time = book_number(query, 1);
    out->is_present =
        copy_field(book_bytes(query, 2), bytes, &out->chain) && copy_field(book_bytes(query, 3), bytes + 32, &out->mac);
    book_end(query);
    return out->is_present;
}
