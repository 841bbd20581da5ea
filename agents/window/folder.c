#include "agents/window/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/client/fence.h"

enum { APPLICATION_ID = 0x4f565749 }; /* "OVWI" */

static const char *const steps[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

    /* the inbox: what the broker brought, verbatim */
    "CREATE TABLE delivery("
    " id INTEGER PRIMARY KEY, window TEXT NOT NULL, case_id TEXT NOT NULL, number INTEGER NOT NULL,"
    " message_id BLOB NOT NULL, digest BLOB NOT NULL, type TEXT NOT NULL, source TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, time INTEGER NOT NULL, origin BLOB NOT NULL, received_at INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK(state IN ('new','handing','doubt','desk','held','handed')),"
    " reason TEXT, tries INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0, handed_at INTEGER,"
    " UNIQUE(window, case_id, number), UNIQUE(window, message_id)) STRICT;"
    "CREATE INDEX delivery_waiting ON delivery(window, id) WHERE state IN ('new','doubt');"
    "CREATE INDEX delivery_with_person ON delivery(id) WHERE state IN ('desk','held');"
    "CREATE TABLE delivery_chunk(delivery INTEGER NOT NULL REFERENCES delivery(id), position INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY(delivery, position)) STRICT, WITHOUT ROWID;"
    /* the units of applications that are not handed yet: nothing overtakes on a unit */
    "CREATE TABLE lane(window TEXT NOT NULL, unit TEXT NOT NULL, delivery INTEGER NOT NULL REFERENCES delivery(id),"
    " PRIMARY KEY(window, unit, delivery)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX lane_of_delivery ON lane(delivery);"
    /* what came under a known id with other bytes, or could not be read */
    "CREATE TABLE odd_delivery(id INTEGER PRIMARY KEY, window TEXT NOT NULL, case_id TEXT, message_id BLOB NOT NULL,"
    " digest BLOB NOT NULL, body BLOB, origin BLOB, received_at INTEGER NOT NULL, why TEXT NOT NULL,"
    " UNIQUE(window, message_id, digest)) STRICT;"

    /* the docket: one line a case */
    "CREATE TABLE docket(window TEXT NOT NULL, case_id TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,"
    " before TEXT, number TEXT, accepted_at INTEGER, booked_at INTEGER, proof TEXT, round INTEGER NOT NULL DEFAULT 0,"
    " answers INTEGER NOT NULL DEFAULT 0, poll_at INTEGER, held TEXT, opened_at INTEGER NOT NULL,"
    " changed_at INTEGER NOT NULL, PRIMARY KEY(window, case_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX docket_by_case ON docket(case_id);"
    "CREATE INDEX docket_poll ON docket(window, poll_at) WHERE poll_at IS NOT NULL;"
    "CREATE INDEX docket_held ON docket(held) WHERE held IS NOT NULL;"

    /* the outbox: what the window owes the broker, the same bytes under the same id until it is answered */
    "CREATE TABLE answer("
    " id INTEGER PRIMARY KEY, window TEXT NOT NULL, message_id BLOB NOT NULL UNIQUE, type TEXT NOT NULL, case_id TEXT,"
    " position INTEGER, digest BLOB NOT NULL, body BLOB NOT NULL, chunk BLOB, made_at INTEGER NOT NULL,"
    " state TEXT NOT NULL DEFAULT 'owed' CHECK(state IN ('owed','stored','rejected')),"
    " sequence INTEGER, answered_at INTEGER, code TEXT, text_zh TEXT, text_en TEXT, path TEXT,"
    " UNIQUE(window, case_id, position)) STRICT;"
    "CREATE INDEX answer_owed ON answer(window, id) WHERE state = 'owed';"
    "CREATE INDEX answer_rejected ON answer(id) WHERE state = 'rejected';"
    "CREATE INDEX answer_of_case ON answer(case_id, id);"
    "CREATE TABLE receipt(window TEXT PRIMARY KEY, sequence INTEGER NOT NULL, time INTEGER NOT NULL,"
    " chain BLOB NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    /* what people decided and looked at */
    "CREATE TABLE act(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,"
    " case_id TEXT NOT NULL, reason TEXT) STRICT;",

    /* 2: what the registry said, in its own words, so that it is known again when its codes change */
    "ALTER TABLE answer ADD COLUMN said BLOB;",

    /* 3: which start of each broker was met */
    FENCE_TABLE,

    /* 4: what no citizen waits for goes behind what somebody waits for */
    "ALTER TABLE delivery ADD COLUMN bulk INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX delivery_waiting;"
    "CREATE INDEX delivery_waiting ON delivery(window, bulk, id) WHERE state IN ('new','doubt');",

    /* 5: the books of a day against the broker's: what is asked for, and when each day was compared */
    "CREATE TABLE comparison(id INTEGER PRIMARY KEY, window TEXT NOT NULL, day TEXT NOT NULL,"
    " asked_at INTEGER NOT NULL, answered_at INTEGER, answer TEXT, failure TEXT) STRICT;"
    "CREATE TABLE compared(window TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL, differences INTEGER NOT NULL,"
    " PRIMARY KEY(window, day)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX answer_booked ON answer(window, made_at) WHERE type = 'CASE_BOOKED';",
    /* 6: the files that a delivery waits for */
    "CREATE TABLE delivery_file(delivery INTEGER NOT NULL REFERENCES delivery(id), sm3 BLOB NOT NULL,"
    " size INTEGER NOT NULL, PRIMARY KEY(delivery, sm3)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_file_by_sm3 ON delivery_file(sm3);",
    /* 7: attempts that failed, by class; what was given back to the broker (1), and given up there (2) */
    "ALTER TABLE delivery ADD COLUMN failed_transient INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN failed_busy INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN failed_permanent INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN failed_poison INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN doubt_class TEXT;"
    "ALTER TABLE delivery ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX delivery_returned ON delivery(window, id) WHERE returned = 1;",
    /* 8: a broker that lost its journal brings a case again (brought.h); a receipt is of one broker's folder */
    ("ALTER TABLE delivery ADD COLUMN brought INTEGER;"
     "ALTER TABLE receipt ADD COLUMN broker BLOB;"),
};

static enum status folder_seal(struct folder *folder, bool is_test, char *why, size_t why_size)
{
    struct base *base = &folder->base;
    bool is_other = false;
    base_begin(base);
    sqlite3_stmt *insert = base_query(base, "INSERT OR IGNORE INTO meta VALUES('test', ?1)");
    book_bind_number(insert, 1, is_test);
    base_run(base, insert);
    sqlite3_stmt *query = base_query(base, "SELECT value FROM meta WHERE key='test'");
    if (base_next(base, query))
        is_other = base_number(query, 0) != is_test;
    book_end(query);
    enum status status = base_commit(base);
    if (status != STATUS_OK)
        snprintf(why, why_size, "%s/window.db: %s", folder->path, book_why(base->book));
    else if (is_other) {
        status = STATUS_SEALED_OTHERWISE;
        snprintf(why, why_size, "%s is sealed as %s: %s", folder->path, is_test ? "production" : "test",
                 status_english(status));
    }
    return status;
}

static enum status folder_make(const struct folder *folder, enum folder_use use, char *why, size_t why_size)
{
    char file[sizeof folder->path + 16];
    snprintf(file, sizeof file, "%s/window.db", folder->path);
    if (use == FOLDER_AS_IT_IS && access(file, F_OK) != 0) {
        snprintf(why, why_size, "%s holds no window's book: `run` makes it", folder->path);
        return STATUS_NOT_FOUND;
    }
    if (use != FOLDER_AS_IT_IS && mkdir(folder->path, 0700) != 0 && errno != EEXIST) {
        snprintf(why, why_size, "%s: %s", folder->path, strerror(errno));
        return STATUS_IO;
    }
    return STATUS_OK;
}

enum status folder_open(struct folder *folder, const char *path, enum folder_use use, char *why, size_t why_size)
{
    char file[sizeof folder->path + 16];
    *folder = (struct folder){.lock = -1};
    if ((size_t)snprintf(folder->path, sizeof folder->path, "%s", path) >= sizeof folder->path) {
        snprintf(why, why_size, "the name of the data folder is too long");
        return STATUS_CONFIG;
    }
    enum status status = folder_make(folder, use, why, why_size);
    if (status != STATUS_OK)
        return status;
    snprintf(file, sizeof file, "%s/window.db", path);
    struct book_plan plan = {APPLICATION_ID, steps, (int)(sizeof steps / sizeof steps[0])};
    status = base_open(&folder->base, file, &plan, why, why_size);
    if (status == STATUS_OK && use != FOLDER_AS_IT_IS)
        status = folder_seal(folder, use == FOLDER_TEST, why, why_size);
    if (status != STATUS_OK)
        folder_close(folder);
    return status;
}

enum status folder_lock(struct folder *folder, char *why, size_t why_size)
{
    char file[sizeof folder->path + 16];
    snprintf(file, sizeof file, "%s/lock", folder->path);
    folder->lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (folder->lock < 0) {
        snprintf(why, why_size, "%s: %s", file, strerror(errno));
        return STATUS_IO;
    }
    if (flock(folder->lock, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    snprintf(why, why_size, "%s: %s", folder->path, status_english(STATUS_IN_USE));
    return STATUS_IN_USE;
}

void folder_close(struct folder *folder)
{
    base_close(&folder->base);
    if (folder->lock >= 0)
        close(folder->lock);
    folder->lock = -1;
}
