#include "agents/branch/outbox.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/branch/folder.h"

static struct folder folder;
static struct book *book;
static struct outbox_row row;
static const uint8_t filler[32] = {7};

static void set_up(void)
{
    folder_start(&folder);
    book = folder_book(&folder);
}

static void tear_down(void)
{
    outbox_row_fini(&row);
    book_close(&book);
    folder_stop(&folder);
}

TestSuite(outbox, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct text no_case = {NULL, 0};

static int64_t add(const char *body, uint8_t message_id[16])
{
    int64_t id = 0;
    cr_assert_eq(book_begin(book), STATUS_OK);
    cr_assert_eq(outbox_add(book, MESSAGE_CASE_SUBMIT, no_case, bytes_of(body, strlen(body)), 1000, &id, message_id),
                 STATUS_OK);
    cr_assert_eq(book_commit(book), STATUS_OK);
    return id;
}

static struct receipt receipt_of(int64_t sequence)
{
    return (struct receipt){
        .sequence = number_of(sequence),
        .time = number_of(sequence * 10),
        .chain = bytes_of(filler, 32),
        .mac = bytes_of(filler, 32),
        .case_id = text_of("SD370102-20260930-105-00001A-G"),
        .is_present = true,
    };
}

static void take_receipt(const uint8_t message_id[16], int64_t sequence)
{
    const struct receipt receipt = receipt_of(sequence);
    cr_assert_eq(outbox_take_receipt(book, bytes_of(message_id, 16), &receipt, 5000), STATUS_OK);
}

/* In the child: one message committed, one not, then the process dies at once. */
static void write_and_die(void)
{
    uint8_t message_id[16];
    int64_t id = 0;
    book = folder_book(&folder);
    add("committed", message_id);
    if (book_begin(book) == STATUS_OK &&
        outbox_add(book, MESSAGE_CASE_SUBMIT, no_case, bytes_of("lost", 4), 1000, &id, message_id) == STATUS_OK)
        kill(getpid(), SIGKILL);
    _exit(1);
}

Test(outbox, keeps_what_was_committed_when_the_process_is_killed)
{
    int result = 0;
    book_close(&book);
    pid_t child = fork();
    if (child == 0)
        write_and_die();
    cr_assert_eq(waitpid(child, &result, 0), child);
    cr_assert(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
    book = folder_book(&folder);
    cr_assert_eq(outbox_next_waiting(book, 0, INT64_MAX, &row), STATUS_OK);
    cr_assert(bytes_equal(row.body, bytes_of("committed", 9)));
    cr_assert_eq(outbox_next_waiting(book, row.id, INT64_MAX, &row), STATUS_NOT_FOUND);
}

Test(outbox, gives_waiting_messages_in_the_order_they_came)
{
    uint8_t message_id[16];
    int64_t first = add("1", message_id);
    int64_t second = add("2", message_id);
    cr_assert_eq(outbox_next_waiting(book, 0, 0, &row), STATUS_OK);
    cr_assert_eq(row.id, first);
    cr_assert_eq(outbox_next_waiting(book, first, 0, &row), STATUS_OK);
    cr_assert_eq(row.id, second);
    cr_assert_eq(outbox_next_waiting(book, second, 0, &row), STATUS_NOT_FOUND);
}

Test(outbox, notes_receipt_and_case_and_waits_no_more)
{
    uint8_t message_id[16];
    int64_t id = add("1", message_id);
    take_receipt(message_id, 12);
    cr_assert_eq(outbox_find(book, id, &row), STATUS_OK);
    cr_assert_eq(row.state, OUTBOX_STORED);
    cr_assert_eq(row.sequence.value, 12);
    cr_assert(text_is(row.case_id, "SD370102-20260930-105-00001A-G"));
    cr_assert_eq(outbox_next_waiting(book, 0, INT64_MAX, &row), STATUS_NOT_FOUND);
}

Test(outbox, says_not_found_for_an_answer_to_a_message_it_never_sent)
{
    const uint8_t stranger[16] = {9};
    const struct receipt receipt = receipt_of(1);
    cr_assert_eq(outbox_take_receipt(book, bytes_of(stranger, 16), &receipt, 1), STATUS_NOT_FOUND);
    cr_assert_eq(outbox_take_reject(book, bytes_of(stranger, 16), "{}", 1), STATUS_NOT_FOUND);
}

Test(outbox, never_lets_a_late_reject_undo_a_receipt)
{
    uint8_t message_id[16];
    int64_t id = add("1", message_id);
    take_receipt(message_id, 12);
    cr_assert_eq(outbox_take_reject(book, bytes_of(message_id, 16), "{}", 1), STATUS_NOT_FOUND);
    cr_assert_eq(outbox_find(book, id, &row), STATUS_OK);
    cr_assert_eq(row.state, OUTBOX_STORED);
}

Test(outbox, holds_a_deferred_message_until_its_time)
{
    uint8_t message_id[16];
    int64_t until = 0;
    add("1", message_id);
    cr_assert_eq(outbox_defer(book, bytes_of(message_id, 16), 1000, 1, &until), STATUS_OK);
    cr_assert_geq(until, 2000);
    int64_t earliest = 0;
    cr_assert_eq(outbox_next_waiting(book, 0, until - 1, &row), STATUS_NOT_FOUND);
    cr_assert_eq(outbox_deferred_until(book, 1999, &earliest), STATUS_OK);
    cr_assert_eq(earliest, until);
    cr_assert_eq(outbox_next_waiting(book, 0, until, &row), STATUS_OK);
}

Test(outbox, waits_longer_each_time_the_broker_is_busy_up_to_a_limit)
{
    static const int64_t expected_ms[] = {5000, 10000, 20000, 40000, 60000, 60000};
    uint8_t message_id[16];
    add("1", message_id);
    for (size_t i = 0; i < sizeof expected_ms / sizeof expected_ms[0]; i++) {
        int64_t until = 0;
        cr_assert_eq(outbox_defer(book, bytes_of(message_id, 16), 1000, 5000, &until), STATUS_OK);
        cr_expect_geq(until, 1000 + expected_ms[i] * 1000);
        cr_expect_leq(until, 1000 + expected_ms[i] * 1125);
    }
}

Test(outbox, never_tries_before_the_time_a_broker_asks_for_however_long)
{
    uint8_t message_id[16];
    int64_t until = 0;
    add("1", message_id);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(outbox_defer(book, bytes_of(message_id, 16), 0, INT64_C(3600000), &until), STATUS_OK);
        cr_expect_geq(until, INT64_C(3600000000));
    }
}

Test(outbox, keeps_the_priority_of_a_message)
{
    uint8_t message_id[16];
    int64_t counter = add("1", message_id);
    int64_t bulk = add("2", message_id);
    cr_assert_eq(book_begin(book), STATUS_OK);
    cr_assert_eq(outbox_set_priority(book, bulk, PRIORITY_BULK), STATUS_OK);
    cr_assert_eq(book_commit(book), STATUS_OK);
    cr_assert_eq(outbox_find(book, bulk, &row), STATUS_OK);
    cr_expect_eq(row.priority.value, PRIORITY_BULK);
    cr_assert_eq(outbox_find(book, counter, &row), STATUS_OK);
    cr_expect_not(row.priority.is_present);
}

Test(outbox, resends_what_was_stored_since_with_the_same_id_and_bytes)
{
    uint8_t first[16];
    uint8_t second[16];
    int64_t count = 0;
    add("1", first);
    int64_t id = add("2", second);
    take_receipt(first, 10);
    take_receipt(second, 20);
    cr_assert_eq(outbox_resend_since_sequence(book, 11, &count), STATUS_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(outbox_next_waiting(book, 0, 0, &row), STATUS_OK);
    cr_assert_eq(row.id, id);
    cr_assert_arr_eq(row.message_id, second, 16);
    cr_assert(bytes_equal(row.body, bytes_of("2", 1)));
    cr_assert_eq(outbox_resend_since_time(book, 100, &count), STATUS_OK);
    cr_assert_eq(count, 1, "only the first was still stored");
}

Test(outbox, does_not_resend_what_was_rejected)
{
    uint8_t message_id[16];
    int64_t count = 0;
    add("1", message_id);
    cr_assert_eq(outbox_take_reject(book, bytes_of(message_id, 16), "{\"code\":\"FINDINGS\"}", 1), STATUS_OK);
    cr_assert_eq(outbox_resend_since_time(book, 0, &count), STATUS_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(outbox_list_next(book, 0, false, &row), STATUS_OK);
    cr_assert(text_is(row.reject, "{\"code\":\"FINDINGS\"}"));
}

Test(outbox, keeps_the_group_of_an_application_through_the_sending)
{
    uint8_t alone_mid[16];
    uint8_t grouped_mid[16];
    int64_t alone = add("one", alone_mid);
    int64_t grouped = add("two", grouped_mid);
    cr_assert_eq(outbox_set_group(book, grouped, text_of("两地-1")), STATUS_OK);
    cr_assert_eq(outbox_next_waiting(book, 0, 2000, &row), STATUS_OK);
    cr_expect_null(row.group.data);
    cr_assert_eq(outbox_next_waiting(book, alone, 2000, &row), STATUS_OK);
    cr_expect(text_is(row.group, "两地-1"));
    take_receipt(grouped_mid, 7);
    cr_assert_eq(outbox_find(book, grouped, &row), STATUS_OK);
    cr_expect(text_is(row.group, "两地-1"));
}
