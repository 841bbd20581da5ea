#ifndef ONEVISIT_AGENTS_WINDOW_BASE_H
#define ONEVISIT_AGENTS_WINDOW_BASE_H

#include "agents/client/book.h"

/* A book with group commit: all that a wake of the daemon changes stands in ONE
 * transaction.
 *
 * The first error sticks: from then on statements answer nothing, and
 * base_commit refuses and rolls back. So the code between base_begin and
 * base_commit need not look at each step, and no half of a group ever stands
 * on disk. After an error the process ends or the command fails; nobody goes on. */
struct base {
    struct book *book;
    enum status status; /* the error that sticks */
};

MUST_CHECK enum status base_open(struct base *base, const char *path, const struct book_plan *plan, char *why,
                                 size_t why_size);
void base_close(struct base *base);

void base_begin(struct base *base);                    /* nothing when a group is open */
MUST_CHECK enum status base_commit(struct base *base); /* the error that sticks; STATUS_OK when nothing is open */
void base_rollback(struct base *base);

/* The statement of a literal, ready to be bound; NULL after an error (binding and running NULL does nothing). */
sqlite3_stmt *base_query(struct base *base, const char *sql);
/* Is there a (next) row? After the last one the statement is reset; leave a loop early with book_end. */
bool base_next(struct base *base, sqlite3_stmt *query);
/* Runs a statement that gives no rows; the number of rows it changed. */
int64_t base_run(struct base *base, sqlite3_stmt *query);

/* A column as a string, cut to size - 1 bytes; "" for NULL. */
void base_copy_text(sqlite3_stmt *query, int column, char *out, size_t size);
int64_t base_number(sqlite3_stmt *query, int column); /* 0 for NULL */

#endif
