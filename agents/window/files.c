#include "agents/window/files.h"

#include "agents/client/material_file.h"

/* The due time of a delivery that waits for files: the desk never comes to it. */
static const int64_t never_us = INT64_MAX;

static void want(struct base *base, int64_t delivery, const uint8_t sm3[SM3_SIZE], int64_t size)
{
    sqlite3_stmt *query = base_query(base, "INSERT OR IGNORE INTO delivery_file VALUES(?1, ?2, ?3)");
    book_bind_number(query, 1, delivery);
    book_bind_bytes(query, 2, bytes_of(sm3, SM3_SIZE));
    book_bind_number(query, 3, size);
    base_run(base, query);
}

static void hold_back(struct base *base, int64_t delivery)
{
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET due_at = ?2 WHERE id = ?1");
    book_bind_number(query, 1, delivery);
    book_bind_number(query, 2, never_us);
    base_run(base, query);
}

/* Unknown keys are passed through; what is known is all that is needed here. */
static struct material_list materials_of(struct arena *arena, enum message_type type, struct bytes origin)
{
    struct problems problems = {.count = 0};
    struct case_submit application = {.is_present = false};
    struct supplement_submit supplement = {.is_present = false};
    arena_reset(arena);
    if (type == MESSAGE_CASE_SUBMIT)
        (void)!record_decode(&record_case_submit, origin, arena, &application, &problems);
    if (type == MESSAGE_SUPPLEMENT_SUBMIT)
        (void)!record_decode(&record_supplement_submit, origin, arena, &supplement, &problems);
    return type == MESSAGE_CASE_SUBMIT ? application.materials : supplement.materials;
}

uint32_t files_want(struct base *base, struct arena *arena, const char *data, int64_t delivery, enum message_type type,
                    struct bytes origin)
{
    const struct material_list materials = materials_of(arena, type, origin);
    uint8_t sm3[SM3_SIZE];
    uint32_t count = 0;
    for (uint32_t i = 0; i < materials.count; i++) {
        const struct material *material = &materials.items[i];
        if (!material->is_carried.value || !material_sm3(material->sm3, sm3) || material_file_is_there(data, sm3))
            continue;
        want(base, delivery, sm3, material->size.value);
        count++;
    }
    if (count > 0)
        hold_back(base, delivery);
    return count;
}

bool files_next(struct base *base, struct text window, struct wanted_file *out)
{
    sqlite3_stmt *query = base_query(base, "SELECT d.case_id, f.sm3, f.size FROM delivery_file f"
                                           " JOIN delivery d ON d.id = f.delivery WHERE d.window = ?1"
                                           " ORDER BY f.delivery, f.sm3 LIMIT 1");
    book_bind_text(query, 1, window);
    if (!base_next(base, query))
        return false;
    struct bytes sm3 = book_bytes(query, 1);
    base_copy_text(query, 0, out->case_id, sizeof out->case_id);
    memset(out->sm3, 0, SM3_SIZE);
    if (sm3.size == SM3_SIZE)
        memcpy(out->sm3, sm3.data, SM3_SIZE);
    out->size = base_number(query, 2);
    book_end(query);
    return true;
}

void files_settle(struct base *base, const uint8_t sm3[SM3_SIZE])
{
    sqlite3_stmt *query = base_query(base, "DELETE FROM delivery_file WHERE sm3 = ?1");
    book_bind_bytes(query, 1, bytes_of(sm3, SM3_SIZE));
    base_run(base, query);
}

static void let_go(struct base *base, int64_t delivery)
{
    sqlite3_stmt *query = base_query(base, "UPDATE delivery SET due_at = 0 WHERE id = ?1");
    book_bind_number(query, 1, delivery);
    base_run(base, query);
}

bool files_release(struct base *base, struct text window, struct complete_delivery *out)
{
    sqlite3_stmt *query = base_query(
        base,
        "SELECT id, case_id, coalesce(brought, number), message_id FROM delivery d WHERE window = ?1 AND state = 'new'"
        " AND due_at = ?2 AND NOT EXISTS(SELECT 1 FROM delivery_file f WHERE f.delivery = d.id)"
        " ORDER BY id LIMIT 1");
    book_bind_text(query, 1, window);
    book_bind_number(query, 2, never_us);
    if (!base_next(base, query))
        return false;
    struct bytes message_id = book_bytes(query, 3);
    int64_t delivery = base_number(query, 0);
    base_copy_text(query, 1, out->case_id, sizeof out->case_id);
    out->number = base_number(query, 2);
    memset(out->message_id, 0, sizeof out->message_id);
    if (message_id.size == sizeof out->message_id)
        memcpy(out->message_id, message_id.data, sizeof out->message_id);
    book_end(query);
    let_go(base, delivery);
    return true;
}

bool files_hold(struct base *base, int64_t delivery)
{
    sqlite3_stmt *query = base_query(base, "SELECT 1 FROM delivery WHERE id = ?1 AND state = 'new' AND due_at = ?2");
    book_bind_number(query, 1, delivery);
    book_bind_number(query, 2, never_us);
    bool is_held = base_next(base, query);
    book_end(query);
    return is_held;
}
