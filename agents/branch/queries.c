#include "agents/branch/queries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/client/link.h"

enum { LOOK_US = 20000 };

enum status queries_ask(struct book *book, struct text case_id, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO queries(case_id, created) VALUES(?, ?)");
    book_bind_text(row, 1, case_id);
    book_bind_number(row, 2, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status queries_ask_body(struct book *book, enum message_type type, struct bytes body, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO queries(case_id, type, body, created) VALUES('', ?, ?, ?)");
    book_bind_text(row, 1, text_of(message_kind(type)->name));
    book_bind_bytes(row, 2, body);
    book_bind_number(row, 3, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status queries_ask_draft(struct book *book, struct bytes body, struct text group, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row =
        book_statement(book, "INSERT INTO queries(case_id, type, body, grp, created) VALUES('', ?, ?, ?, ?)");
    book_bind_text(row, 1, text_of(message_kind(MESSAGE_PRECHECK)->name));
    book_bind_bytes(row, 2, body);
    book_bind_text(row, 3, group);
    book_bind_number(row, 4, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status queries_ask_day(struct book *book, const char *day, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO queries(case_id, type, created) VALUES(?, ?, ?)");
    book_bind_text(row, 1, text_of(day));
    book_bind_text(row, 2, text_of(message_kind(MESSAGE_RECON_OPEN)->name));
    book_bind_number(row, 3, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

static enum status query_keep_body(struct query *query, struct bytes body)
{
    if (!body.data)
        return STATUS_OK;
    query->body = malloc(body.size);
    if (!query->body)
        return STATUS_NO_MEMORY;
    memcpy(query->body, body.data, body.size);
    query->body_size = body.size;
    return STATUS_OK;
}

enum status queries_next(struct book *book, int64_t after_id, struct query *out)
{
    sqlite3_stmt *row = book_statement(
        book, "SELECT id, case_id, type, body, grp FROM queries WHERE answered IS NULL AND id > ? ORDER BY id LIMIT 1");
    memset(out, 0, sizeof *out);
    book_bind_number(row, 1, after_id);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    out->id = book_number(row, 0).value;
    snprintf(out->case_id, sizeof out->case_id, "%.*s", TEXT_ARGS(book_text(row, 1)));
    out->type = message_type_of(book_text(row, 2));
    snprintf(out->group, sizeof out->group, "%.*s", TEXT_ARGS(book_text(row, 4)));
    status = query_keep_body(out, book_bytes(row, 3));
    book_end(row);
    return status;
}

void query_fini(struct query *query)
{
    free(query->body);
    query->body = NULL;
}

enum status queries_answer(struct book *book, int64_t id, const char *answer, const char *failure, int64_t now_us)
{
    sqlite3_stmt *row =
        book_statement(book, "UPDATE queries SET answered = ?, answer = ?, failure = ?, body = NULL WHERE id = ?");
    book_bind_number(row, 1, now_us);
    book_bind_text(row, 2, text_of(answer));
    book_bind_text(row, 3, text_of(failure));
    book_bind_number(row, 4, id);
    return book_run(book, row);
}

static char *text_copy(struct text text)
{
    return text.data ? strndup(text.data, text.size) : NULL;
}

enum status queries_take(struct book *book, int64_t id, char **answer, char **failure)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT answer, failure FROM queries WHERE id = ? AND answered IS NOT NULL");
    *answer = NULL;
    *failure = NULL;
    book_bind_number(row, 1, id);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    *answer = text_copy(book_text(row, 0));
    *failure = text_copy(book_text(row, 1));
    book_end(row);
    return *answer || *failure ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status queries_await(struct book *book, int64_t id, int64_t wait_ms, char **answer, char **failure)
{
    int64_t end_us = clock_now_us() + wait_ms * 1000;
    enum status status = queries_take(book, id, answer, failure);
    while (status == STATUS_NOT_FOUND && clock_now_us() < end_us) {
        usleep(LOOK_US);
        status = queries_take(book, id, answer, failure);
    }
    return status == STATUS_NOT_FOUND ? STATUS_TIMEOUT : status;
}

enum status queries_forget(struct book *book, int64_t time_us)
{
    sqlite3_stmt *row = book_statement(book, "DELETE FROM queries WHERE created < ?");
    book_bind_number(row, 1, time_us);
    return book_run(book, row);
}
