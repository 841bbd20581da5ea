#ifndef ONEVISIT_AGENTS_CLIENT_BOOK_H
#define ONEVISIT_AGENTS_CLIENT_BOOK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* An agent's book: one SQLite file that a daemon and the command line share.
 *
 * It is opened in WAL mode with synchronous=FULL, so what book_commit answered
 * with STATUS_OK survives a power cut; writers wait up to BOOK_BUSY_MS_MAX for
 * each other. Its schema has a version (PRAGMA user_version) and grows by
 * steps: an older file is brought up to date when it is opened, a newer one is
 * refused with STATUS_NEWER.
 *
 * Use:
 *    static const char *const steps[] = {"CREATE TABLE ...;", "ALTER TABLE ...;"};
 *    book_open("data/inbox.db", &(struct book_plan){application_id, steps, 2}, &book, why, sizeof why)
 *    book_begin(book)
 *      sqlite3_stmt *row = book_statement(book, "INSERT INTO inbox VALUES(?,?)");
 *      book_bind_bytes(row, 1, mid); book_bind_number(row, 2, number);
 *      book_run(book, row)
 *    book_commit(book)
 *
 * Every failing call leaves a sentence in book_why. A thread uses one book. */
struct book;

enum { BOOK_BUSY_MS_MAX = 10000 };

struct book_plan {
    int32_t application_id;   /* PRAGMA application_id: another kind of file is refused */
    const char *const *steps; /* steps[i] brings version i to i + 1, each in a transaction of its own */
    int version;              /* number of steps */
};

/* Makes the file when it is missing (mode 0600). STATUS_NEWER, STATUS_CORRUPT
 * (another application's file, or damaged), STATUS_IO; the sentence in `why`. */
MUST_CHECK enum status book_open(const char *path, const struct book_plan *plan, struct book **out, char *why,
                                 size_t why_size);
void book_close(struct book **book);

/* Why the last call failed; "" when none did. */
const char *book_why(const struct book *book);

/* BEGIN IMMEDIATE, COMMIT. After a failed commit the transaction is rolled back. */
MUST_CHECK enum status book_begin(struct book *book);
MUST_CHECK enum status book_commit(struct book *book);
void book_rollback(struct book *book);
bool book_is_writing(const struct book *book); /* between begin and commit */

/* The prepared statement of a literal, prepared once and kept; reset and
 * without bindings. NULL when the SQL is wrong or the file cannot be read
 * (book_run and book_next take NULL and say STATUS_IO). The literal must live
 * as long as the book. Do not finalize it. */
sqlite3_stmt *book_statement(struct book *book, const char *sql);

/* Binding copies; data NULL or an absent number becomes SQL NULL. */
void book_bind_text(sqlite3_stmt *statement, int index, struct text text);
void book_bind_bytes(sqlite3_stmt *statement, int index, struct bytes bytes);
void book_bind_number(sqlite3_stmt *statement, int index, int64_t number);
void book_bind_number_or_null(sqlite3_stmt *statement, int index, struct number number);

/* Runs a statement that answers no rows, then resets it. */
MUST_CHECK enum status book_run(struct book *book, sqlite3_stmt *statement);
/* The next row: STATUS_OK, STATUS_NOT_FOUND after the last one (the statement
 * is then reset), or a failure. Leave a loop early with book_end. */
MUST_CHECK enum status book_next(struct book *book, sqlite3_stmt *statement);
void book_end(sqlite3_stmt *statement);

/* Columns of the current row from 0, valid until the next step; SQL NULL is data NULL, an absent number. */
struct text book_text(sqlite3_stmt *statement, int column);
struct bytes book_bytes(sqlite3_stmt *statement, int column);
struct number book_number(sqlite3_stmt *statement, int column);

int64_t book_last_id(const struct book *book); /* rowid of the last INSERT */
int64_t book_changes(const struct book *book); /* rows the last statement changed */

/* Did another connection commit something since the last time this was asked?
 * Cheap enough to be asked fifty times a second. */
bool book_has_changed(struct book *book);

#endif
