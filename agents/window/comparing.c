#include "agents/window/comparing.h"

#include <stdlib.h>
#include <string.h>

#include "agents/client/log.h"

enum status comparing_init(struct comparing *comparing, struct base *base, struct digest *digest, struct port *ports,
                           uint32_t port_count)
{
    *comparing = (struct comparing){.base = base,
                                    .digest = digest,
                                    .ports = ports,
                                    .items = calloc(port_count + 1, sizeof *comparing->items),
                                    .port_count = port_count,
                                    .has_new = true,
                                    .minute = RECONCILE_OFF};
    return comparing->items ? STATUS_OK : STATUS_NO_MEMORY;
}

void comparing_fini(struct comparing *comparing)
{
    for (uint32_t i = 0; comparing->items && i < comparing->port_count; i++)
        reconcile_free(&comparing->items[i].reconcile);
    free(comparing->items);
    comparing->items = NULL;
}

/* ---- rows ---- */

int64_t comparing_ask(struct base *base, struct text window, const char *day, int64_t now_us)
{
    sqlite3_stmt *query = base_query(base, "INSERT INTO comparison(window, day, asked_at) VALUES(?1, ?2, ?3)");
    book_bind_text(query, 1, window);
    book_bind_text(query, 2, text_of(day));
    book_bind_number(query, 3, now_us);
    base_run(base, query);
    return book_last_id(base->book);
}

static char *text_copy(struct text text)
{
    return text.data ? strndup(text.data, text.size) : NULL;
}

bool comparing_answer(struct base *base, int64_t id, char **answer, char **failure)
{
    sqlite3_stmt *query =
        base_query(base, "SELECT answer, failure FROM comparison WHERE id = ?1 AND answered_at IS NOT NULL");
    *answer = *failure = NULL;
    book_bind_number(query, 1, id);
    if (!base_next(base, query))
        return false;
    *answer = text_copy(book_text(query, 0));
    *failure = text_copy(book_text(query, 1));
    book_end(query);
    return true;
}

/* Answers go with the next ones: nobody waits for them that long. */
static void row_answer(struct comparing *comparing, int64_t id, const char *answer, const char *failure, int64_t now_us)
{
    struct base *base = comparing->base;
    base_begin(base);
    sqlite3_stmt *query =
        base_query(base, "UPDATE comparison SET answered_at = ?2, answer = ?3, failure = ?4 WHERE id = ?1");
    book_bind_number(query, 1, id);
    book_bind_number(query, 2, now_us);
    book_bind_text(query, 3, text_of(answer));
    book_bind_text(query, 4, text_of(failure));
    base_run(base, query);
    sqlite3_stmt *old = base_query(base, "DELETE FROM comparison WHERE answered_at < ?1");
    book_bind_number(old, 1, now_us - (int64_t)COMPARING_KEEP_MS * 1000);
    base_run(base, old);
}

/* ---- one comparison ---- */

static void end(struct comparing *comparing, struct comparison *item, const char *answer, const char *failure,
                int64_t now_us)
{
    row_answer(comparing, item->id, answer, failure, now_us);
    reconcile_free(&item->reconcile);
    *item = (struct comparison){.id = 0};
    comparing->has_new = true;
}

static void finish(struct comparing *comparing, struct comparison *item, struct text window, int64_t now_us)
{
    const int64_t count = reconcile_difference_count(item->reconcile);
    const char *day = reconcile_day(item->reconcile);
    json_t *json = reconcile_json(item->reconcile);
    char *answer = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (count > 0)
        log_warning("%.*s: the books of %s differ in %lld places", TEXT_ARGS(window), day, (long long)count);
    base_begin(comparing->base);
    day_book_note(comparing->base, window, day, count, now_us);
    end(comparing, item, answer, answer ? NULL : status_english(STATUS_NO_MEMORY), now_us);
    free(answer);
    json_decref(json);
}

/* Sends what comes next, or ends it. */
static void go_on(struct comparing *comparing, uint32_t index, int64_t now_us)
{
    struct comparison *item = &comparing->items[index];
    struct port *port = &comparing->ports[index];
    struct link_outgoing message = {.message_id = item->message_id};
    enum status status = reconcile_next(item->reconcile, &message.type, &message.body);
    if (status == STATUS_NOT_FOUND) {
        finish(comparing, item, text_of(port->window), now_us);
        return;
    }
    link_new_message_id(item->message_id);
    item->asked_us = now_us;
    if (status == STATUS_OK)
        status = link_send(port->link, &message);
    port->is_dirty = true;
    if (status != STATUS_OK)
        end(comparing, item, NULL, status_english(status), now_us);
}

static void start(struct comparing *comparing, uint32_t index, int64_t id, const char *day, int64_t now_us)
{
    struct comparison *item = &comparing->items[index];
    struct port *port = &comparing->ports[index];
    item->id = id;
    if (link_state(port->link) != LINK_STANDING) {
        end(comparing, item, NULL, "the window has no session with the broker", now_us);
        return;
    }
    enum status status = reconcile_new(day, comparing->digest, &item->reconcile);
    if (status == STATUS_OK)
        status = day_book_read(comparing->base, text_of(port->window), item->reconcile);
    if (status == STATUS_OK)
        go_on(comparing, index, now_us);
    else
        end(comparing, item, NULL, status_english(status), now_us);
}

bool comparing_take(struct comparing *comparing, uint32_t index, const struct link_message *message, int64_t now_us)
{
    struct comparison *item = &comparing->items[index];
    const struct bytes asked = bytes_of(item->message_id, sizeof item->message_id);
    if (item->id == 0 || !bytes_equal(message->envelope.answers, asked))
        return false;
    if (message->type != MESSAGE_RECON_RESULT) {
        end(comparing, item, NULL, "the broker refuses the comparison", now_us);
        return true;
    }
    enum status status = reconcile_take(item->reconcile, message->body);
    if (status == STATUS_OK)
        go_on(comparing, index, now_us);
    else
        end(comparing, item, NULL, status_english(status), now_us);
    return true;
}

/* ---- what waits ---- */

static uint32_t index_of(const struct comparing *comparing, struct text window)
{
    uint32_t index = 0;
    while (index < comparing->port_count && !text_is(window, comparing->ports[index].window))
        index++;
    return index;
}

/* The oldest row that can be dealt with now; false for none. */
static bool next_row(struct comparing *comparing, int64_t *id, char day[RECON_DAY_SIZE + 1], uint32_t *index)
{
    bool is_found = false;
    sqlite3_stmt *query =
        base_query(comparing->base, "SELECT id, window, day FROM comparison WHERE answered_at IS NULL ORDER BY id");
    while (!is_found && base_next(comparing->base, query)) {
        *id = base_number(query, 0);
        *index = index_of(comparing, book_text(query, 1));
        base_copy_text(query, 2, day, RECON_DAY_SIZE + 1);
        is_found = *index == comparing->port_count || comparing->items[*index].id == 0;
    }
    book_end(query);
    return is_found;
}

static void start_waiting(struct comparing *comparing, int64_t now_us)
{
    char day[RECON_DAY_SIZE + 1];
    uint32_t index = 0;
    int64_t id = 0;
    if (!comparing->has_new)
        return;
    while (next_row(comparing, &id, day, &index) && comparing->base->status == STATUS_OK) {
        if (index < comparing->port_count)
            start(comparing, index, id, day, now_us);
        else
            row_answer(comparing, id, NULL, "this window is not served here", now_us);
    }
    comparing->has_new = false;
}

static void end_late(struct comparing *comparing, int64_t now_us)
{
    for (uint32_t i = 0; i < comparing->port_count; i++) {
        struct comparison *item = &comparing->items[i];
        if (item->id != 0 && now_us - item->asked_us >= (int64_t)COMPARING_MS_MAX * 1000)
            end(comparing, item, NULL, "the broker did not answer", now_us);
    }
}

/* ---- once a day ---- */

/* The oldest day of the window that is due; one at a look. */
static void ask_what_is_due(struct comparing *comparing, uint32_t index, int64_t now_us)
{
    const struct port *port = &comparing->ports[index];
    const int64_t due_us = reconcile_due_at(port->window, comparing->minute, now_us);
    if (comparing->items[index].id != 0 || link_state(port->link) != LINK_STANDING)
        return;
    for (int back = RECONCILE_DAYS_BACK; back >= 1; back--) {
        char day[RECON_DAY_SIZE + 1];
        reconcile_day_before(due_us, back, day);
        if (day_book_compared_at(comparing->base, text_of(port->window), day) >= due_us)
            continue;
        base_begin(comparing->base);
        (void)comparing_ask(comparing->base, text_of(port->window), day, now_us);
        comparing->has_new = true;
        return;
    }
}

static void look_daily(struct comparing *comparing, int64_t now_us)
{
    if (comparing->minute == RECONCILE_OFF)
        return;
    if (comparing->look_us == 0)
        comparing->look_us = now_us + (int64_t)COMPARING_LOOK_MS * 1000; /* what waits goes first */
    if (now_us < comparing->look_us)
        return;
    comparing->look_us = now_us + (int64_t)COMPARING_LOOK_MS * 1000;
    for (uint32_t i = 0; i < comparing->port_count; i++)
        ask_what_is_due(comparing, i, now_us);
}

void comparing_look(struct comparing *comparing, int64_t now_us)
{
    end_late(comparing, now_us);
    look_daily(comparing, now_us);
    start_waiting(comparing, now_us);
}
