#include "agents/branch/outbox.h"
#include "agents/branch/outbox_lane.h"

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

/* The next one of the counters' after a row, then bulk. */
static enum status next_after(int64_t id, int64_t now_us)
{
    return outbox_next_waiting(book, (struct outbox_place){.id = id}, now_us, &row);
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
    cr_assert_eq(next_after(0, INT64_MAX), STATUS_OK);
    cr_assert(bytes_equal(row.body, bytes_of("committed", 9)));
    cr_assert_eq(next_after(row.id, INT64_MAX), STATUS_NOT_FOUND);
}

Test(outbox, gives_waiting_messages_in_the_order_they_came)
{
    uint8_t message_id[16];
    int64_t first = add("1", message_id);
    int64_t second = add("2", message_id);
    cr_assert_eq(next_after(0, 0), STATUS_OK);
    cr_assert_eq(row.id, first);
    cr_assert_eq(next_after(first, 0), STATUS_OK);
    cr_assert_eq(row.id, second);
    cr_assert_eq(next_after(second, 0), STATUS_NOT_FOUND);
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
    cr_assert_eq(next_after(0, INT64_MAX), STATUS_NOT_FOUND);
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
    cr_assert_eq(next_after(0, until - 1), STATUS_NOT_FOUND);
    cr_assert_eq(outbox_deferred_until(book, 1999, &earliest), STATUS_OK);
    cr_assert_eq(earliest, until);
    cr_assert_eq(next_after(0, until), STATUS_OK);
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
    cr_assert_eq(next_after(0, 0), STATUS_OK);
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
    cr_assert_eq(next_after(0, 2000), STATUS_OK);
    cr_expect_null(row.group.data);
    cr_assert_eq(next_after(alone, 2000), STATUS_OK);
    cr_expect(text_is(row.group, "两地-1"));
    take_receipt(grouped_mid, 7);
    cr_assert_eq(outbox_find(book, grouped, &row), STATUS_OK);
    cr_expect(text_is(row.group, "两地-1"));
}

/* ---- bulk behind counters, never across one unit ---- */

#define UNIT   "370102999001GB00001F00010203"
#define UNIT_2 "370102999001GB00001F00010204"

struct added {
    int64_t id;
    uint8_t message_id[16];
};

/* An application for one unit or two. */
static struct added add_for(const char *unit, const char *other, bool is_bulk)
{
    struct added added;
    cr_assert_eq(book_begin(book), STATUS_OK);
    cr_assert_eq(outbox_add(book, MESSAGE_CASE_SUBMIT, no_case, bytes_of("x", 1), 1000, &added.id, added.message_id),
                 STATUS_OK);
    if (is_bulk)
        cr_assert_eq(outbox_set_priority(book, added.id, PRIORITY_BULK), STATUS_OK);
    cr_assert_eq(outbox_enter_lane(book, added.id, text_of(unit)), STATUS_OK);
    if (other != NULL)
        cr_assert_eq(outbox_enter_lane(book, added.id, text_of(other)), STATUS_OK);
    cr_assert_eq(outbox_hurry_before(book, added.id), STATUS_OK);
    cr_assert_eq(book_commit(book), STATUS_OK);
    return added;
}

/* What may go now, in order. */
static void expect_order(const struct added *const *expected, size_t count)
{
    struct outbox_place place = {0};
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(outbox_next_waiting(book, place, 2000, &row), STATUS_OK, "place %zu", i);
        cr_assert_eq(row.id, expected[i]->id, "place %zu", i);
        place = (struct outbox_place){row.is_behind, row.id};
    }
    cr_assert_eq(outbox_next_waiting(book, place, 2000, &row), STATUS_NOT_FOUND);
}

Test(outbox, sends_a_counters_application_before_bulk_that_was_handed_in_earlier)
{
    const struct added bulk = add_for(UNIT, NULL, true);
    const struct added counter = add_for(UNIT_2, NULL, false);
    expect_order((const struct added *[]){&counter, &bulk}, 2);
}

Test(outbox, lets_nothing_overtake_on_one_unit_before_the_first_is_answered)
{
    const struct added first = add_for(UNIT, NULL, true);
    const struct added second = add_for("370102999001GB00001F0001 0203", UNIT, false);
    bool was_waited_for = false;
    expect_order((const struct added *[]){&first}, 1);
    int64_t until = 0;
    cr_assert_eq(outbox_defer(book, bytes_of(first.message_id, 16), 1000, 5000, &until), STATUS_OK);
    expect_order(NULL, 0);
    take_receipt(first.message_id, 3);
    cr_assert_eq(outbox_was_waited_for(book, bytes_of(first.message_id, 16), &was_waited_for), STATUS_OK);
    cr_expect(was_waited_for);
    expect_order((const struct added *[]){&second}, 1);
    take_receipt(second.message_id, 4);
    cr_assert_eq(outbox_was_waited_for(book, bytes_of(second.message_id, 16), &was_waited_for), STATUS_OK);
    cr_expect_not(was_waited_for);
}

Test(outbox, hurries_bulk_that_a_counters_application_stands_behind_and_what_that_stands_behind)
{
    const struct added other = add_for("370102999001GB00001F00010209", NULL, true);
    const struct added first = add_for(UNIT, NULL, true);
    const struct added second = add_for(UNIT, UNIT_2, true);
    const struct added counter = add_for(UNIT_2, NULL, false);
    expect_order((const struct added *[]){&first, &other}, 2);
    take_receipt(first.message_id, 1);
    expect_order((const struct added *[]){&second, &other}, 2);
    take_receipt(second.message_id, 2);
    expect_order((const struct added *[]){&counter, &other}, 2);
}

Test(outbox, a_refused_application_keeps_nobody_waiting)
{
    const struct added first = add_for(UNIT, NULL, false);
    const struct added second = add_for(UNIT, NULL, false);
    cr_assert_eq(outbox_take_reject(book, bytes_of(first.message_id, 16), "{}", 1), STATUS_OK);
    expect_order((const struct added *[]){&second}, 1);
}

Test(outbox, sends_again_on_one_unit_in_the_order_it_was_handed_in)
{
    const struct added first = add_for(UNIT, NULL, true);
    const struct added second = add_for(UNIT, NULL, false);
    int64_t count = 0;
    take_receipt(first.message_id, 10);
    take_receipt(second.message_id, 11);
    cr_assert_eq(outbox_resend_since_sequence(book, 1, &count), STATUS_OK);
    expect_order((const struct added *[]){&first}, 1);
    take_receipt(first.message_id, 10);
    expect_order((const struct added *[]){&second}, 1);
}
