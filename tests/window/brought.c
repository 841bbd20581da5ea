#include "agents/window/brought.h"

#include <criterion/criterion.h>

#include "agents/window/outbox.h"
#include "tests/window/house.h"

/* A broker that lost its journal brings again what is here. */

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;

static void start(int64_t book_ms)
{
    struct registry_settings settings = {.seed = 1, .accept_ms = 1, .book_ms = book_ms, .certify_ms = 1};
    struct adapter adapter = house_sandbox(&house, &settings);
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 1);
}

static void bring(const char *case_id, int64_t number, enum message_type type, struct bytes origin)
{
    struct house_delivery delivery = {one_window[0], case_id, number, type, origin, false};
    house_deliver(&house, &delivery);
}

static void bring_application(const char *case_id)
{
    bring(case_id, 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit));
}

static void bring_withdrawal(const char *case_id, int64_t number)
{
    struct withdraw_req request = {.reason = text_of("不办了"), .agreement = text_of("A-1")};
    bring(case_id, number, MESSAGE_WITHDRAW_REQ, house_encode(MESSAGE_WITHDRAW_REQ, &request));
}

static void bring_check(const char *case_id, int64_t number, const char *why)
{
    struct cert_ack body = {.is_verified = number_of(0), .why = text_of(why)};
    bring(case_id, number, MESSAGE_CERT_ACK, house_encode(MESSAGE_CERT_ACK, &body));
}

static void expect_said_twice(enum message_type type, const char *id)
{
    const struct heard *first = house_await(&house, type, id, 1);
    const struct heard *again = house_await(&house, type, id, 2);
    cr_assert_arr_eq(first->message_id, again->message_id, 16);
    cr_assert_eq(first->body_size, again->body_size);
    cr_assert_arr_eq(first->body, again->body, first->body_size);
}

Test(brought, is_not_handed_again_and_all_that_was_said_is_said_again)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(1);
    bring_application(house_case_id(1, id));
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    house.history = 1000;
    bring_application(id);
    expect_said_twice(MESSAGE_CASE_ACCEPTED, id);
    expect_said_twice(MESSAGE_CASE_BOOKED, id);
    expect_said_twice(MESSAGE_CERT_ISSUED, id);
    cr_assert_eq(house_count(&house, MESSAGE_DELIVERED, id), 2);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'"), 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM odd_delivery"), 0);
    bring_application(id); /* the same broker once more: nothing new */
    house_await(&house, MESSAGE_DELIVERED, id, 3);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'"), 0);
    house_close(&house);
}

Test(brought, with_other_content_is_still_kept_apart)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(3600000);
    bring_application(house_case_id(1, id));
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    house.history = 1000;
    bring(id, 1, MESSAGE_CASE_SUBMIT, house_application("DY-2", unit));
    house_await_number(&house, "SELECT count(*) FROM odd_delivery", 1);
    cr_assert_eq(house_count(&house, MESSAGE_DELIVERED, id), 1);
    house_close(&house);
}

Test(brought, withdrawal_is_answered_again_when_the_broker_has_it_again)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(3600000);
    bring_application(house_case_id(1, id));
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    bring_withdrawal(id, 2);
    house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    house.history = 1000;
    bring_application(id);
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 2);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_assert_eq(house_count(&house, MESSAGE_WITHDRAW_RESULT, id), 1);
    bring_withdrawal(id, 2);
    expect_said_twice(MESSAGE_WITHDRAW_RESULT, id);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 2);
    house_close(&house);
}

Test(brought, under_another_number_is_known_and_what_is_new_comes_after_it_at_the_registry)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(1);
    bring_application(house_case_id(1, id));
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    bring_check(id, 2, "old");
    house_await(&house, MESSAGE_DELIVERED, id, 2);
    house.history = 1000;
    bring_application(id);
    bring_check(id, 2, "new");
    bring_check(id, 3, "old");
    house_await(&house, MESSAGE_DELIVERED, id, 5);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 3);
    cr_assert_eq(house_number(&house, "SELECT brought FROM delivery WHERE number = 2"), 3);
    cr_assert_eq(house_number(&house, "SELECT brought FROM delivery WHERE number = 3"), 2);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'", 3);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM odd_delivery"), 0);
    house_close(&house);
}

Test(brought, not_again_is_told_all_the_same_after_a_start)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(1);
    bring_application(house_case_id(1, id));
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    base_begin(&house.folder.base); /* as if it had been said after a delivery that does not come again */
    base_run(&house.folder.base, base_query(&house.folder.base, "UPDATE delivery SET brought = -1"));
    cr_assert_eq(base_commit(&house.folder.base), STATUS_OK);
    house_kill(&house);
    start(1);
    expect_said_twice(MESSAGE_CERT_ISSUED, id);
    house_close(&house);
}

Test(brought, word_that_came_too_early_is_said_again)
{
    char id[31];
    house_open(&house, one_window, 1);
    house.is_mute = true;
    start(3600000);
    bring_application(house_case_id(1, id));
    const struct heard *heard = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    const struct reject unknown = {.code = text_of("UNKNOWN_CASE"),
                                   .text_zh = text_of("无"),
                                   .text_en = text_of("none"),
                                   .may_retry = number_of(false),
                                   .is_present = true};
    house_say(&house, one_window[0], MESSAGE_REJECT, &unknown, heard->message_id);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'rejected'", 1);
    house.history = 1000;
    bring_application(id);
    expect_said_twice(MESSAGE_CASE_ACCEPTED, id);
    house_close(&house);
}

Test(brought, receipt_of_a_lost_history_is_shown_no_more)
{
    struct receipt last;
    uint8_t bytes[64];
    house_open(&house, one_window, 1);
    start(1);
    struct base *base = &house.folder.base;
    house_await_number(&house, "SELECT count(*) FROM receipt", 1);
    const struct bytes broker = link_hello_ack(house.ports[0].link)->broker;
    base_begin(base);
    outbox_forget_lost(base, text_of(one_window[0]), broker, 1);
    cr_assert(outbox_last_receipt(base, text_of(one_window[0]), &last, bytes), "it has it");
    outbox_forget_lost(base, text_of(one_window[0]), broker, 0);
    cr_assert_not(outbox_last_receipt(base, text_of(one_window[0]), &last, bytes), "it is behind, and serves");
    cr_assert_eq(base_commit(base), STATUS_OK);
    house_close(&house);
}
