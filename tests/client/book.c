#include "agents/client/book.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/onevisit-book-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
}

static void tear_down(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char name[128];
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
    rmdir(folder);
}

TestSuite(book, .init = set_up, .fini = tear_down);

static const char *const steps[] = {
    "CREATE TABLE notes(id INTEGER PRIMARY KEY, word TEXT, bytes BLOB);",
    "ALTER TABLE notes ADD COLUMN number INTEGER;",
};

static enum status open_with(int32_t application_id, int version, struct book **book, char why[256])
{
    const struct book_plan plan = {application_id, steps, version};
    why[0] = '\0';
    return book_open(path, &plan, book, why, 256);
}

static struct book *open_now(void)
{
    struct book *book = NULL;
    char why[256];
    cr_assert_eq(open_with(77, 2, &book, why), STATUS_OK, "%s", why);
    return book;
}

static void add_note(struct book *book, const char *word)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO notes(word, bytes, number) VALUES(?, ?, ?)");
    book_bind_text(row, 1, text_of(word));
    book_bind_bytes(row, 2, bytes_of("", 0));
    book_bind_number_or_null(row, 3, (struct number){0, false});
    cr_assert_eq(book_run(book, row), STATUS_OK, "%s", book_why(book));
}

static int64_t count_notes(struct book *book)
{
    sqlite3_stmt *row = book_statement(book, "SELECT count(*) FROM notes");
    cr_assert_eq(book_next(book, row), STATUS_OK);
    int64_t count = book_number(row, 0).value;
    book_end(row);
    return count;
}

Test(book, brings_an_older_file_up_to_date)
{
    struct book *book = NULL;
    char why[256];
    cr_assert_eq(open_with(77, 1, &book, why), STATUS_OK);
    book_close(&book);
    book = open_now();
    add_note(book, "new column");
    book_close(&book);
}

Test(book, refuses_a_file_of_a_newer_version_and_says_so)
{
    struct book *book = open_now();
    char why[256];
    book_close(&book);
    cr_assert_eq(open_with(77, 1, &book, why), STATUS_NEWER);
    cr_assert_null(book);
    cr_assert(strstr(why, "newer version"), "%s", why);
}

Test(book, refuses_the_file_of_another_program)
{
    struct book *book = open_now();
    char why[256];
    book_close(&book);
    cr_assert_eq(open_with(78, 2, &book, why), STATUS_CORRUPT);
    cr_assert_null(book);
}

Test(book, refuses_a_file_that_is_no_book)
{
    struct book *book = NULL;
    char why[256];
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    cr_assert_eq(open_with(77, 2, &book, why), STATUS_CORRUPT);
}

Test(book, keeps_what_was_committed_and_forgets_what_was_not)
{
    struct book *book = open_now();
    cr_assert_eq(book_begin(book), STATUS_OK);
    add_note(book, "kept");
    cr_assert_eq(book_commit(book), STATUS_OK);
    cr_assert_eq(book_begin(book), STATUS_OK);
    add_note(book, "forgotten");
    book_rollback(book);
    cr_assert_not(book_is_writing(book));
    cr_assert_eq(count_notes(book), 1);
    book_close(&book);
}

Test(book, tells_empty_bytes_from_absent_ones)
{
    struct book *book = open_now();
    add_note(book, "a");
    sqlite3_stmt *row = book_statement(book, "SELECT word, bytes, number FROM notes");
    cr_assert_eq(book_next(book, row), STATUS_OK);
    cr_assert(text_is(book_text(row, 0), "a"));
    cr_assert_not_null(book_bytes(row, 1).data);
    cr_assert_eq(book_bytes(row, 1).size, 0);
    cr_assert_not(book_number(row, 2).is_present);
    cr_assert_eq(book_next(book, row), STATUS_NOT_FOUND);
    book_close(&book);
}

Test(book, notices_what_another_connection_committed)
{
    struct book *book = open_now();
    struct book *other = open_now();
    book_has_changed(book);
    cr_assert_not(book_has_changed(book));
    add_note(book, "my own");
    cr_assert_not(book_has_changed(book));
    add_note(other, "another's");
    cr_assert(book_has_changed(book));
    cr_assert_not(book_has_changed(book));
    book_close(&other);
    book_close(&book);
}

/* ---- many at once ---- */

enum { OPENER_COUNT = 8, ROUND_COUNT = 20 };

/* Opens the new file the moment the gate is opened, and ends with 0 when it could. */
static void open_at_the_gate(int gate)
{
    struct book *book = NULL;
    char why[256];
    char byte;
    (void)!read(gate, &byte, 1); /* the end of the file, when the gate's other side is closed */
    const enum status status = open_with(77, 2, &book, why);
    book_close(&book);
    if (status != STATUS_OK)
        fprintf(stderr, "%s\n", why);
    _exit(status == STATUS_OK ? 0 : 1);
}

static int open_all_at_once(void)
{
    int gate[2];
    int failures = 0;
    pid_t openers[OPENER_COUNT];
    cr_assert_eq(pipe(gate), 0);
    for (int i = 0; i < OPENER_COUNT; i++) {
        openers[i] = fork();
        cr_assert_geq(openers[i], 0);
        if (openers[i] == 0) {
            close(gate[1]);
            open_at_the_gate(gate[0]);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < OPENER_COUNT; i++) {
        int state = 0;
        cr_assert_eq(waitpid(openers[i], &state, 0), openers[i]);
        failures += !WIFEXITED(state) || WEXITSTATUS(state) != 0;
    }
    return failures;
}

Test(book, is_made_once_by_many_who_open_it_at_the_same_moment)
{
    for (int round = 0; round < ROUND_COUNT; round++) {
        cr_assert_eq(open_all_at_once(), 0, "in round %d", round);
        tear_down();
        cr_assert_eq(mkdir(folder, 0700), 0);
    }
}
