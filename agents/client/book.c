#include "agents/client/book.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATEMENT_COUNT_MAX = 96, BOOK_OPEN_PAUSE_MS = 2 };

struct book {
    sqlite3 *db;
    struct {
        const char *sql; /* borrowed literal; its address is the key */
        sqlite3_stmt *statement;
    } statements[STATEMENT_COUNT_MAX];
    uint32_t statement_count;
    int64_t data_version;
    char why[256];
};

static enum status status_of_sqlite(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_FULL:
        return STATUS_DISK_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_CORRUPT;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_BUSY;
    default: /* not an enum: every other code of SQLite is a failed file */
        return STATUS_IO;
    }
}

static enum status book_judge(struct book *book, int code)
{
    enum status status = status_of_sqlite(code);
    if (status != STATUS_OK)
        snprintf(book->why, sizeof book->why, "%s", sqlite3_errmsg(book->db));
    return status;
}

static enum status book_execute(struct book *book, const char *sql)
{
    return book_judge(book, sqlite3_exec(book->db, sql, NULL, NULL, NULL));
}

static enum status book_ask(struct book *book, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(book->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    enum status status = book_judge(book, code);
    sqlite3_finalize(statement);
    return status;
}

/* ---- opening ---- */

static enum status book_set_up(struct book *book)
{
    return book_execute(book, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                              "PRAGMA wal_autocheckpoint=4000; PRAGMA trusted_schema=OFF;");
}

/* SQLite calls no busy handler while a file is switched to WAL, recovered or
 * left by its last user: whoever comes in that moment is told BUSY at once. So
 * opening waits by itself, as long as writers do. */
static enum status book_wait_turn(enum status status, int *waited_ms)
{
    static const struct timespec pause = {.tv_nsec = BOOK_OPEN_PAUSE_MS * 1000000L};
    if (status != STATUS_BUSY || *waited_ms >= BOOK_BUSY_MS_MAX)
        return status;
    nanosleep(&pause, NULL);
    *waited_ms += BOOK_OPEN_PAUSE_MS;
    return STATUS_OK;
}

/* One step of the schema in a transaction of its own; another process may have done it meanwhile. */
static enum status book_climb(struct book *book, const struct book_plan *plan, int version)
{
    char pragmas[96];
    int64_t now = 0;
    enum status status = book_begin(book);
    if (status != STATUS_OK)
        return status;
    status = book_ask(book, "PRAGMA user_version", &now);
    if (status == STATUS_OK && now == version) {
        snprintf(pragmas, sizeof pragmas, "PRAGMA user_version=%d; PRAGMA application_id=%d;", version + 1,
                 (int)plan->application_id);
        status = book_execute(book, plan->steps[version]);
        if (status == STATUS_OK)
            status = book_execute(book, pragmas);
    }
    if (status == STATUS_OK)
        return book_commit(book);
    book_rollback(book);
    return status;
}

/* Both numbers of one moment: another process may be making the file. */
static enum status book_ask_marks(struct book *book, int64_t *version, int64_t *application)
{
    enum status status = book_execute(book, "BEGIN");
    if (status != STATUS_OK)
        return status;
    status = book_ask(book, "PRAGMA user_version", version);
    if (status == STATUS_OK)
        status = book_ask(book, "PRAGMA application_id", application);
    sqlite3_exec(book->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return status;
}

static enum status book_recognise(struct book *book, const struct book_plan *plan, int *version)
{
    int64_t found = 0;
    int64_t application = 0;
    enum status status = book_ask_marks(book, &found, &application);
    if (status != STATUS_OK)
        return status;
    *version = (int)found;
    if (application != (found > 0 ? plan->application_id : 0)) {
        snprintf(book->why, sizeof book->why, "this file belongs to another program");
        return STATUS_CORRUPT;
    }
    if (found > plan->version) {
        snprintf(book->why, sizeof book->why, "written by a newer version (%d; this one knows up to %d)", (int)found,
                 plan->version);
        return STATUS_NEWER;
    }
    return STATUS_OK;
}

static enum status book_make_file(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return STATUS_IO;
    close(file);
    return STATUS_OK;
}

static enum status book_prepare_file(struct book *book, const char *path, const struct book_plan *plan)
{
    int version = 0;
    enum status status = book_make_file(path);
    if (status != STATUS_OK) {
        snprintf(book->why, sizeof book->why, "the file cannot be opened");
        return status;
    }
    status = book_judge(book, sqlite3_open_v2(path, &book->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    if (status == STATUS_OK)
        status = book_judge(book, sqlite3_busy_timeout(book->db, BOOK_BUSY_MS_MAX));
    for (int waited_ms = 0; status == STATUS_OK;) {
        enum status tried = book_recognise(book, plan, &version);
        if (tried == STATUS_OK)
            tried = book_set_up(book);
        if (tried == STATUS_OK)
            break;
        status = book_wait_turn(tried, &waited_ms);
    }
    while (status == STATUS_OK && version < plan->version)
        status = book_climb(book, plan, version++);
    return status;
}

enum status book_open(const char *path, const struct book_plan *plan, struct book **out, char *why, size_t why_size)
{
    struct book *book = calloc(1, sizeof *book);
    *out = NULL;
    if (!book)
        return STATUS_NO_MEMORY;
    enum status status = book_prepare_file(book, path, plan);
    if (status == STATUS_OK) {
        *out = book;
        return STATUS_OK;
    }
    snprintf(why, why_size, "%s: %s", path, book->why);
    book_close(&book);
    return status;
}

void book_close(struct book **book)
{
    if (!*book)
        return;
    for (uint32_t i = 0; i < (*book)->statement_count; i++)
        sqlite3_finalize((*book)->statements[i].statement);
    sqlite3_close((*book)->db);
    free(*book);
    *book = NULL;
}

const char *book_why(const struct book *book)
{
    return book->why;
}

/* ---- transactions ---- */

enum status book_begin(struct book *book)
{
    return book_execute(book, "BEGIN IMMEDIATE");
}

enum status book_commit(struct book *book)
{
    enum status status = book_execute(book, "COMMIT");
    if (status != STATUS_OK)
        book_rollback(book);
    return status;
}

void book_rollback(struct book *book)
{
    if (book_is_writing(book))
        sqlite3_exec(book->db, "ROLLBACK", NULL, NULL, NULL);
}

bool book_is_writing(const struct book *book)
{
    return sqlite3_get_autocommit(book->db) == 0;
}

/* ---- statements ---- */

sqlite3_stmt *book_statement(struct book *book, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    for (uint32_t i = 0; i < book->statement_count; i++)
        if (book->statements[i].sql == sql) {
            book_end(book->statements[i].statement);
            return book->statements[i].statement;
        }
    if (book->statement_count == STATEMENT_COUNT_MAX) {
        snprintf(book->why, sizeof book->why, "more than %d different statements", STATEMENT_COUNT_MAX);
        return NULL;
    }
    if (book_judge(book, sqlite3_prepare_v3(book->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)) !=
        STATUS_OK)
        return NULL;
    book->statements[book->statement_count].sql = sql;
    book->statements[book->statement_count++].statement = statement;
    return statement;
}

void book_bind_text(sqlite3_stmt *statement, int index, struct text text)
{
    if (text.data)
        sqlite3_bind_text(statement, index, text.data, (int)text.size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(statement, index);
}

void book_bind_bytes(sqlite3_stmt *statement, int index, struct bytes bytes)
{
    if (bytes.data)
        sqlite3_bind_blob(statement, index, bytes.data, (int)bytes.size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(statement, index);
}

void book_bind_number(sqlite3_stmt *statement, int index, int64_t number)
{
    sqlite3_bind_int64(statement, index, number);
}

void book_bind_number_or_null(sqlite3_stmt *statement, int index, struct number number)
{
    if (number.is_present)
        sqlite3_bind_int64(statement, index, number.value);
    else
        sqlite3_bind_null(statement, index);
}

enum status book_run(struct book *book, sqlite3_stmt *statement)
{
    if (!statement)
        return STATUS_IO;
    enum status status = book_judge(book, sqlite3_step(statement));
    book_end(statement);
    return status;
}

enum status book_next(struct book *book, sqlite3_stmt *statement)
{
    if (!statement)
        return STATUS_IO;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return STATUS_OK;
    enum status status = book_judge(book, code);
    book_end(statement);
    return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}

void book_end(sqlite3_stmt *statement)
{
    if (!statement)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

struct text book_text(sqlite3_stmt *statement, int column)
{
    const char *data = (const char *)sqlite3_column_text(statement, column);
    return (struct text){data, data ? (uint32_t)sqlite3_column_bytes(statement, column) : 0};
}

struct bytes book_bytes(sqlite3_stmt *statement, int column)
{
    static const uint8_t nothing[1] = {0};
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return (struct bytes){NULL, 0};
    const void *data = sqlite3_column_blob(statement, column); /* NULL for an empty blob */
    return bytes_of(data ? data : nothing, (size_t)sqlite3_column_bytes(statement, column));
}

struct number book_number(sqlite3_stmt *statement, int column)
{
    bool is_present = sqlite3_column_type(statement, column) != SQLITE_NULL;
    return (struct number){is_present ? sqlite3_column_int64(statement, column) : 0, is_present};
}

int64_t book_last_id(const struct book *book)
{
    return sqlite3_last_insert_rowid(book->db);
}

int64_t book_changes(const struct book *book)
{
    return sqlite3_changes64(book->db);
}

bool book_has_changed(struct book *book)
{
    sqlite3_stmt *statement = book_statement(book, "PRAGMA data_version");
    int64_t before = book->data_version;
    if (book_next(book, statement) != STATUS_OK)
        return true; /* let the caller look: its own reading names the trouble */
    book->data_version = book_number(statement, 0).value;
    book_end(statement);
    return book->data_version != before;
}
