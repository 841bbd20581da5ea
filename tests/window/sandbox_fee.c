/* The stand-in registry's fees, and what follows a checked certificate. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>

#include "agents/window/registry_answer.h"
#include "tests/window/house.h"

enum { HOME = 8000, OTHER = 55000, EVERY = 10000 };

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;
static char id[31];
static struct rule_file fee_first = {.fact = {.rules = {.window = {"W:370102", 8}, .fee_first = {1, true}}}};
static const struct rule_files rules = {&fee_first, 1};

static void begin(struct registry_settings settings)
{
    settings.seed = 1;
    settings.accept_ms = settings.book_ms = settings.certify_ms = settings.archive_ms = 1;
    house_open(&house, one_window, 1);
    struct adapter adapter = house_sandbox(&house, &settings);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
    struct house_delivery delivery = {
        one_window[0], house_case_id(1, id), 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit), false};
    house_deliver(&house, &delivery);
}

static void deliver(int64_t number, enum message_type type, const void *body)
{
    house_deliver(&house, &(struct house_delivery){one_window[0], id, number, type, house_encode(type, body), false});
}

static void pay(int64_t number, const struct fee_notice *notice, int64_t amount)
{
    struct fee_paid paid = {.bill = notice->bill, .amount = number_of(amount), .payment = text_of("PZ-1")};
    deliver(number, MESSAGE_FEE_PAID, &paid);
}

static void withdraw(int64_t number)
{
    struct withdraw_req request = {.reason = text_of("不办了"), .agreement = text_of("A-1")};
    deliver(number, MESSAGE_WITHDRAW_REQ, &request);
}

/* Turns until the registry's own book says so. */
static void await_registry(const char *state)
{
    char path[128];
    char sql[96];
    int count = 0;
    sqlite3 *book = NULL;
    sqlite3_stmt *query = NULL;
    snprintf(path, sizeof path, "%s/registry.db", house.data);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM application WHERE state = '%s' AND due_at IS NULL", state);
    cr_assert_eq(sqlite3_open_v2(path, &book, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(book, sql, -1, &query, NULL), SQLITE_OK);
    for (int64_t end = clock_now_us() + 20000000; count == 0 && clock_now_us() < end;) {
        house_turn(&house);
        cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
        count = sqlite3_column_int(query, 0);
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
    sqlite3_close(book);
    cr_assert_eq(count, 1, "no case is %s", state);
}

static void hear_bill(struct fee_notice *notice)
{
    house_decode(&house, house_await(&house, MESSAGE_FEE_NOTICE, id, 1), notice);
}

static void expect_state(uint32_t count, const char *state, int64_t amount)
{
    struct fee_confirmed confirmed;
    house_decode(&house, house_await(&house, MESSAGE_FEE_CONFIRMED, id, count), &confirmed);
    cr_assert(text_is(confirmed.state, state), "%.*s", TEXT_ARGS(confirmed.state));
    cr_assert_eq(confirmed.amount.value, amount);
}

Test(sandbox_fee, is_told_and_confirmed_and_stops_no_booking)
{
    struct fee_notice notice;
    begin((struct registry_settings){.fee = EVERY});
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    hear_bill(&notice);
    cr_assert_eq(notice.amount.value, HOME);
    cr_assert_eq(notice.items.items[0].amount.value, HOME);
    pay(2, &notice, HOME);
    expect_state(1, "2", HOME);
    house_close(&house);
}

Test(sandbox_fee, is_told_for_the_share_only)
{
    begin((struct registry_settings){.fee = 0});
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_FEE_NOTICE, id), 0);
    house_close(&house);
}

Test(sandbox_fee, comes_before_the_booking_where_the_rules_of_the_window_say_so)
{
    struct fee_notice notice;
    begin((struct registry_settings){.rules = &rules});
    hear_bill(&notice);
    await_registry("UNPAID");
    pay(2, &notice, HOME - 1);
    expect_state(1, "3", HOME - 1);
    await_registry("UNPAID");
    cr_assert_eq(house_count(&house, MESSAGE_CASE_BOOKED, id), 0);
    pay(3, &notice, 1);
    expect_state(2, "2", HOME);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_close(&house);
}

Test(sandbox_fee, of_a_withdrawn_case_is_void_when_nobody_paid)
{
    struct fee_notice notice;
    begin((struct registry_settings){.rules = &rules});
    hear_bill(&notice);
    await_registry("UNPAID");
    withdraw(2);
    house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1);
    expect_state(1, "-1", 0);
    await_registry("WITHDRAWN");
    house_close(&house);
}

Test(sandbox_fee, is_paid_back_when_the_case_is_withdrawn)
{
    struct fee_notice notice;
    struct fee_refund refund;
    begin((struct registry_settings){.rules = &rules});
    hear_bill(&notice);
    await_registry("UNPAID");
    pay(2, &notice, HOME - 1);
    expect_state(1, "3", HOME - 1);
    withdraw(3);
    house_decode(&house, house_await(&house, MESSAGE_FEE_REFUND, id, 1), &refund);
    cr_assert(text_is(refund.state, "5"));
    cr_assert_eq(refund.amount.value, HOME - 1);
    house_close(&house);
}

/* A payment that names no bill of ours is a person's affair. */
Test(sandbox_fee, of_another_bill_is_held)
{
    struct fee_notice notice;
    begin((struct registry_settings){.rules = &rules});
    hear_bill(&notice);
    notice.bill = text_of("JK-other");
    pay(2, &notice, HOME);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'held' AND number = 2", 1);
    cr_assert_eq(house_count(&house, MESSAGE_FEE_CONFIRMED, id), 0);
    house_close(&house);
}

Test(sandbox_fee, is_80_yuan_for_homes_and_550_for_the_rest)
{
    struct unit units[] = {{.use = {"住宅", 6}}, {.use = {"商业", 6}}};
    struct case_submit application = {.kind = text_of("M01"), .units = {units, 1, true}};
    cr_expect_eq(registry_fee_of(&application), HOME);
    application.units.count = 2;
    cr_expect_eq(registry_fee_of(&application), OTHER);
    static const char *const without[] = {"M04", "M05", "M14"};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        application.kind = text_of(without[i]);
        cr_expect_eq(registry_fee_of(&application), 0, "%s", without[i]);
    }
}

Test(sandbox_fee, files_the_papers_away_after_the_bank_has_checked_the_certificate)
{
    struct archived archived;
    begin((struct registry_settings){.fee = 0});
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    await_registry("CERTIFIED");
    deliver(2, MESSAGE_CERT_ACK, &(struct cert_ack){.is_verified = number_of(0)});
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed' AND number = 2", 1);
    await_registry("CERTIFIED");
    cr_assert_eq(house_count(&house, MESSAGE_ARCHIVED, id), 0);
    deliver(3, MESSAGE_CERT_ACK, &(struct cert_ack){.is_verified = number_of(1)});
    house_decode(&house, house_await(&house, MESSAGE_ARCHIVED, id, 1), &archived);
    cr_assert_eq(strncmp(archived.number.data, "TEST-DA-370102-", 15), 0);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'ARCHIVED'", 1);
    house_close(&house);
}
