#include "agents/window/base.h"

#include <stdio.h>

static void keep_first(struct base *base, enum status status)
{
    if (base->status == STATUS_OK)
        base->status = status;
}

enum status base_open(struct base *base, const char *path, const struct book_plan *plan, char *why, size_t why_size)
{
    *base = (struct base){0};
    return book_open(path, plan, &base->book, why, why_size);
}

void base_close(struct base *base)
{
    base_rollback(base);
    book_close(&base->book);
}

void base_begin(struct base *base)
{
    if (base->status == STATUS_OK && !book_is_writing(base->book))
        keep_first(base, book_begin(base->book));
}

enum status base_commit(struct base *base)
{
    if (base->status == STATUS_OK && book_is_writing(base->book))
        keep_first(base, book_commit(base->book));
    if (base->status != STATUS_OK)
        base_rollback(base);
    return base->status;
}

void base_rollback(struct base *base)
{
    if (base->book)
        book_rollback(base->book);
}

sqlite3_stmt *base_query(struct base *base, const char *sql)
{
    sqlite3_stmt *query = base->status == STATUS_OK ? book_statement(base->book, sql) : NULL;
    if (!query)
        keep_first(base, STATUS_IO);
    return query;
}

bool base_next(struct base *base, sqlite3_stmt *query)
{
    if (base->status != STATUS_OK)
        return false;
    enum status status = book_next(base->book, query);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        keep_first(base, status);
    return status == STATUS_OK;
}

int64_t base_run(struct base *base, sqlite3_stmt *query)
{
    if (base->status != STATUS_OK)
        return 0;
    keep_first(base, book_run(base->book, query));
    return base->status == STATUS_OK ? book_changes(base->book) : 0;
}

void base_copy_text(sqlite3_stmt *query, int column, char *out, size_t size)
{
    snprintf(out, size, "%.*s", TEXT_ARGS(book_text(query, column)));
}

int64_t base_number(sqlite3_stmt *query, int column)
{
    return book_number(query, column).value;
}
