#include "agents/branch/branch_book.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/client/fence.h"
#include "agents/client/link.h"

enum { APPLICATION_ID = 0x4f564252 /* "OVBR" */ };

static const char *const branch_steps[] = {
    "CREATE TABLE seal(id INTEGER PRIMARY KEY CHECK(id = 1), participant TEXT NOT NULL, test INTEGER NOT NULL,"
    " made INTEGER NOT NULL);"
    "CREATE TABLE link(id INTEGER PRIMARY KEY CHECK(id = 1), standing INTEGER NOT NULL, trouble TEXT NOT NULL,"
    " since INTEGER NOT NULL);"
    "CREATE TABLE brokers(id INTEGER PRIMARY KEY, broker BLOB NOT NULL, generation INTEGER NOT NULL,"
    " met INTEGER NOT NULL, lost INTEGER NOT NULL DEFAULT 0, event_number INTEGER NOT NULL, seq INTEGER, time INTEGER,"
    " chain BLOB, mac BLOB, UNIQUE(broker, generation));"
    "CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, mid BLOB NOT NULL UNIQUE, type TEXT NOT NULL,"
    " case_id TEXT, body BLOB NOT NULL, created INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
    " state INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, answered INTEGER,"
    " seq INTEGER, time INTEGER, chain BLOB, mac BLOB, reject TEXT);"
    "CREATE INDEX outbox_waiting ON outbox(id) WHERE state = 0;"
    "CREATE INDEX outbox_case ON outbox(case_id) WHERE case_id IS NOT NULL;"
    "CREATE TABLE events(id INTEGER PRIMARY KEY AUTOINCREMENT, broker INTEGER NOT NULL REFERENCES brokers(id),"
    " number INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, taken INTEGER NOT NULL,"
    " case_id TEXT NOT NULL, state TEXT NOT NULL, what TEXT NOT NULL, is_fact INTEGER NOT NULL, origin_mid BLOB,"
    " origin_src TEXT, body BLOB, file TEXT, file_digest BLOB, file_why TEXT, level INTEGER NOT NULL,"
    " ended INTEGER NOT NULL, UNIQUE(broker, number));"
    "CREATE INDEX events_case ON events(case_id, id);"
    "CREATE TABLE queries(id INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL, created INTEGER NOT NULL,"
    " answered INTEGER, answer TEXT, failure TEXT);",
    "ALTER TABLE events ADD COLUMN detail TEXT;",
    "ALTER TABLE queries ADD COLUMN body BLOB;",
    "ALTER TABLE brokers ADD COLUMN urgent_number INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE queries ADD COLUMN type TEXT NOT NULL DEFAULT 'STATUS_QUERY';",
    "ALTER TABLE outbox ADD COLUMN grp TEXT;",
    "ALTER TABLE queries ADD COLUMN grp TEXT;",
    "ALTER TABLE outbox ADD COLUMN pri INTEGER;"
    "ALTER TABLE outbox ADD COLUMN busy INTEGER NOT NULL DEFAULT 0;",
    "CREATE TABLE compared(day TEXT PRIMARY KEY, at INTEGER NOT NULL, differences INTEGER NOT NULL);"
    "CREATE INDEX events_booked ON events(time) WHERE what = 'CASE_BOOKED';",
    FENCE_TABLE,
    "CREATE TABLE material(outbox INTEGER NOT NULL REFERENCES outbox(id), sm3 BLOB NOT NULL, size INTEGER NOT NULL,"
    " held INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(outbox, sm3)) WITHOUT ROWID;"
    "CREATE INDEX material_owed ON material(sm3) WHERE held = 0;",
    /* a counter's before bulk, but never across one unit (outbox_lane.h) */
    "ALTER TABLE outbox ADD COLUMN is_behind INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE lane(unit TEXT NOT NULL, outbox INTEGER NOT NULL REFERENCES outbox(id), PRIMARY KEY(unit, outbox))"
    " WITHOUT ROWID;"
    "CREATE INDEX lane_of_outbox ON lane(outbox);"
    "DROP INDEX outbox_waiting;"
    "CREATE INDEX outbox_waiting ON outbox(is_behind, id) WHERE state = 0;",
    /* what is sent again after a loss */
    "ALTER TABLE outbox ADD COLUMN again INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX outbox_again ON outbox(case_id, id) WHERE again = 1 AND state = 0;",
};

/* Makes the folder, not its parents: a mistyped path shall not grow a tree. */
static enum status folder_make(const char *data, char *why, size_t why_size)
{
    if (mkdir(data, 0700) == 0 || errno == EEXIST)
        return STATUS_OK;
    snprintf(why, why_size, "%s: %s", data, strerror(errno));
    return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status branch_book_open(const char *data, bool may_make, struct book **out, char *why, size_t why_size)
{
    const struct book_plan plan = {APPLICATION_ID, branch_steps, sizeof branch_steps / sizeof branch_steps[0]};
    char path[512];
    *out = NULL;
    if (snprintf(path, sizeof path, "%s/branch.db", data) >= (int)sizeof path) {
        snprintf(why, why_size, "%s: the path is too long", data);
        return STATUS_CONFIG;
    }
    if (may_make) {
        enum status status = folder_make(data, why, why_size);
        if (status != STATUS_OK)
            return status;
    } else if (access(path, F_OK) != 0) {
        snprintf(why, why_size,
                 "%s: there is no branch data in this folder: is --data right? `run` and `submit` make it", data);
        return STATUS_NOT_FOUND;
    }
    return book_open(path, &plan, out, why, why_size);
}

/* ---- seal ---- */

/* A NULL participant fits every folder of the same kind. */
static enum status seal_compare(struct book *book, const char *participant, bool is_test, char *why, size_t why_size)
{
    sqlite3_stmt *row = book_statement(book, "SELECT participant, test FROM seal");
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    struct text owner = book_text(row, 0);
    bool was_test = book_number(row, 1).value != 0;
    bool is_same = (!participant || text_is(owner, participant)) && was_test == is_test;
    if (!is_same)
        snprintf(why, why_size, "this folder belongs to %.*s (%s), and you are %s (%s): mend --data, --as or --test",
                 TEXT_ARGS(owner), was_test ? "test" : "production", participant ? participant : "its clerk",
                 is_test ? "test" : "production");
    book_end(row);
    return is_same ? STATUS_OK : STATUS_SEALED_OTHERWISE;
}

enum status branch_book_seal(struct book *book, const char *participant, bool is_test, char *why, size_t why_size)
{
    enum status status = seal_compare(book, participant, is_test, why, why_size);
    if (status != STATUS_NOT_FOUND)
        return status;
    sqlite3_stmt *row = book_statement(book, "INSERT OR IGNORE INTO seal VALUES(1, ?, ?, ?)");
    book_bind_text(row, 1, text_of(participant));
    book_bind_number(row, 2, is_test);
    book_bind_number(row, 3, clock_now_us());
    status = book_run(book, row);
    if (status == STATUS_OK)
        status = seal_compare(book, participant, is_test, why, why_size); /* another process may have been first */
    return status;
}

enum status branch_book_judge(struct book *book, const char *participant, bool is_test, char *why, size_t why_size)
{
    enum status status = seal_compare(book, participant, is_test, why, why_size);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- link ---- */

enum status link_note_write(struct book *book, bool is_standing, const char *trouble, int64_t now_us)
{
    sqlite3_stmt *row = book_statement(book, "INSERT OR REPLACE INTO link VALUES(1, ?, ?, ?)");
    book_bind_number(row, 1, is_standing);
    book_bind_text(row, 2, text_of(trouble));
    book_bind_number(row, 3, now_us);
    return book_run(book, row);
}

enum status link_note_read(struct book *book, bool *is_standing, char *trouble, size_t size, int64_t *since_us)
{
    sqlite3_stmt *row = book_statement(book, "SELECT standing, trouble, since FROM link");
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    *is_standing = book_number(row, 0).value != 0;
    snprintf(trouble, size, "%.*s", TEXT_ARGS(book_text(row, 1)));
    *since_us = book_number(row, 2).value;
    book_end(row);
    return STATUS_OK;
}
