/* What a branch says and sees of a fee: `pay`, and the line of `status`. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agents/branch/branch_book.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/outbox.h"
#include "agents/branch/queries.h"
#include "agents/client/link.h"
#include "tests/branch/clerk_command.h"

#define CASE "SD370102-20260930-105-000001-1"

static struct folder folder;

static void set_up(void)
{
    folder_start(&folder);
    command_seal(&folder, "book", "B:105451099995", true);
}

static void tear_down(void)
{
    folder_stop(&folder);
}

TestSuite(fee, .init = set_up, .fini = tear_down);

static struct book *open_book(void)
{
    char path[256];
    char why[640];
    struct book *book = NULL;
    place(&folder, "book", path, sizeof path);
    cr_assert_eq(branch_book_open(path, false, &book, why, sizeof why), STATUS_OK, "%s", why);
    return book;
}

static const struct {
    const char *words;
    const char *sentence;
} unsaid[] = {
    {"--data book --bill JK-1 --amount 8000 --payment PZ-1", "say CASE, --bill, --amount and --payment"},
    {"--data book " CASE " --amount 8000 --payment PZ-1", "say CASE, --bill, --amount and --payment"},
    {"--data book " CASE " --bill JK-1 --payment PZ-1", "say CASE, --bill, --amount and --payment"},
    {"--data book " CASE " --bill JK-1 --amount 8000", "say CASE, --bill, --amount and --payment"},
    {"--data book " CASE " --bill JK-1 --amount 80.00 --payment PZ-1", "--amount takes fen"},
    {"--data book " CASE " --bill JK-1 --amount 0 --payment PZ-1", "--amount takes fen"},
    {"--data book " CASE " --bill JK-1 --amount -1 --payment PZ-1", "--amount takes fen"},
    {"--data book SD370102-20260930-105-000001-Z --bill JK-1 --amount 8000 --payment PZ-1", "mistyped"},
    {"--data book " CASE " " CASE " --bill JK-1 --amount 8000 --payment PZ-1", "one CASE only"},
    {"--data book " CASE " --bill 12345678901234567890123456789012345678901234567890123456789012345"
     " --amount 8000 --payment PZ-1",
     "1 to 64 bytes"},
};

Test(fee, is_paid_only_when_all_is_said_as_the_contract_asks)
{
    struct ended ended;
    for (size_t i = 0; i < sizeof unsaid / sizeof unsaid[0]; i++) {
        command_run_whole(&folder, command_pay, unsaid[i].words, &ended);
        cr_expect_eq(ended.code, EXIT_USAGE_WRONG, "row %zu", i);
        cr_expect(strstr(ended.err, unsaid[i].sentence), "row %zu: %s", i, ended.err);
    }
    command_run_whole(&folder, command_outbox, "--data book --json", &ended);
    cr_expect_null(strstr(ended.out, "FEE_PAID"), "%s", ended.out);
}

Test(fee, that_was_paid_stands_in_the_outbox_word_for_word)
{
    struct ended ended;
    struct fee_paid paid;
    struct problems problems = {0};
    uint8_t memory[512];
    struct arena arena = arena_over(memory, sizeof memory);
    command_run_whole(&folder, command_pay, "--data book --test " CASE " --bill JK-1 --amount 8000 --payment PZ-1",
                      &ended);
    cr_assert_eq(ended.code, EXIT_DONE, "%s", ended.err);
    struct book *book = open_book();
    sqlite3_stmt *query = book_statement(book, "SELECT type, case_id, body FROM outbox");
    cr_assert_not_null(query);
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    cr_expect(text_is(book_text(query, 0), "FEE_PAID"));
    cr_expect(text_is(book_text(query, 1), CASE));
    cr_assert_eq(record_decode(&record_fee_paid, book_bytes(query, 2), &arena, &paid, &problems), STATUS_OK);
    cr_expect(text_is(paid.bill, "JK-1"));
    cr_expect(text_is(paid.payment, "PZ-1"));
    cr_expect_eq(paid.amount.value, 8000);
    cr_expect_eq(sqlite3_step(query), SQLITE_DONE, "once");
    book_end(query);
    book_close(&book);
}

/* ---- the line of `status --remote` ---- */

static const struct {
    const char *fee;      /* in the broker's answer */
    const char *sentence; /* NULL: no line */
} lines[] = {
    {"", NULL},
    {",\"fee_state\":\"0\",\"fee\":0", "不收费 free  0 分 fen\n"},
    {",\"fee_state\":\"1\",\"fee\":8000", "未缴费 to pay  8000 分 fen\n"},
    {",\"fee_state\":\"2\",\"fee\":8000", "已缴费 paid  8000 分 fen\n"},
    {",\"fee_state\":\"3\",\"fee\":8000", "部分缴费 paid in part  8000 分 fen\n"},
    {",\"fee_state\":\"4\"", "退款中 refunding\n"},
    {",\"fee_state\":\"5\"", "退款成功 refunded\n"},
    {",\"fee_state\":\"6\"", "退款失败 refund failed\n"},
    {",\"fee_state\":\"7\"", "已核验 checked\n"},
    {",\"fee_state\":\"-1\"", "已作废 void\n"},
};

/* The test is the daemon of the folder: it holds the lock and answers what the command asks. */
static void ask_status(struct book *book, const char *fee, struct ended *out)
{
    char answer[512];
    struct query query = {0};
    snprintf(answer, sizeof answer,
             "{\"cid\":\"" CASE "\",\"level_zh\":\"已受理\",\"level_en\":\"accepted\",\"state\":\"ACCEPTED\","
             "\"waits_for\":\"branch\"%s}",
             fee);
    pid_t child = command_start(&folder, command_status, "--data book --remote " CASE);
    enum status status = STATUS_NOT_FOUND;
    for (int64_t end = clock_now_us() + 10000000; status == STATUS_NOT_FOUND && clock_now_us() < end;)
        status = queries_next(book, 0, &query);
    cr_assert_eq(status, STATUS_OK);
    cr_assert_str_eq(query.case_id, CASE);
    cr_assert_eq(queries_answer(book, query.id, answer, NULL, clock_now_us()), STATUS_OK);
    query_fini(&query);
    command_end(&folder, child, out);
}

Test(fee, is_shown_by_status_with_its_state_and_amount)
{
    char path[256];
    char why[640];
    int lock = -1;
    struct ended ended;
    struct book *book = open_book();
    place(&folder, "book", path, sizeof path);
    cr_assert_eq(folder_lock_take(path, "B:105451099995", &lock, why, sizeof why), STATUS_OK, "%s", why);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ask_status(book, lines[i].fee, &ended);
        cr_assert_eq(ended.code, EXIT_DONE, "row %zu: %s", i, ended.err);
        const char *line = strstr(ended.out, "  fee 缴费    ");
        if (!lines[i].sentence)
            cr_expect_null(line, "row %zu: %s", i, ended.out);
        else
            cr_expect(line &&
                          strncmp(line + strlen("  fee 缴费    "), lines[i].sentence, strlen(lines[i].sentence)) == 0,
                      "row %zu: %s", i, ended.out);
    }
    close(lock);
    book_close(&book);
}
