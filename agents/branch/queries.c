#include "agents/branch/queries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status queries_ask(struct book *book, struct text case_id, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO queries(case_id, created) VALUES(?, ?)");
    book_bind_text(row, 1, case_id);
    book_bind_number(row, 2, now_us);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status queries_ask_title(struct book *book, struct bytes body, int64_t now_us, int64_t *id)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO queries(case_id, created, body) VALUES('', ?, ?)");
    book_bind_number(row, 1, now_us);
    book_bind_bytes(row, 2, body);
    enum status status = book_run(book, row);
    *id = book_last_id(book);
    return status;
}

enum status queries_body(struct book *book, int64_t id, uint8_t *out, size_t capacity, size_t *size)
{
    sqlite3_stmt *row = book_statement(book, "SELECT body FROM queries WHERE id = ? AND body IS NOT NULL");
    book_bind_number(row, 1, id);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    struct bytes body = book_bytes(row, 0);
    *size = body.size;
    if (body.size > 0 && body.size <= capacity)
        memcpy(out, body.data, body.size);
    book_end(row);
    return *size > 0 && *size <= capacity ? STATUS_OK : STATUS_LIMIT;
}

enum status queries_next(struct book *book, int64_t after_id, int64_t *id, char case_id[31])
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT id, case_id FROM queries WHERE answered IS NULL AND id > ? ORDER BY id LIMIT 1");
    book_bind_number(row, 1, after_id);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    *id = book_number(row, 0).value;
    snprintf(case_id, 31, "%.*s", TEXT_ARGS(book_text(row, 1)));
    book_end(row);
    return STATUS_OK;
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

enum status queries_forget(struct book *book, int64_t time_us)
{
    sqlite3_stmt *row = book_statement(book, "DELETE FROM queries WHERE created < ?");
    book_bind_number(row, 1, time_us);
    return book_run(book, row);
}
