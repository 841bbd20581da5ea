#include "agents/window/outbox.h"

#include <criterion/criterion.h>

#include "agents/window/person.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;

static void start(void)
{
    struct registry_settings settings = {.seed = 1, .accept_ms = 1, .book_ms = 1, .certify_ms = 1};
    struct adapter adapter = house_sandbox(&house, &settings);
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 1);
}

static void submit(const char *case_id)
{
    struct house_delivery delivery = {one_window[0], case_id, 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit),
                                      false};
    house_deliver(&house, &delivery);
}

static void receipt(const struct heard *heard)
{
    static const uint8_t chain[32] = {9};
    struct receipt body = {.sequence = number_of(++house.sequence),
                           .time = number_of(1),
                           .chain = bytes_of(chain, 32),
                           .mac = bytes_of(chain, 32)};
    house_say(&house, one_window[0], MESSAGE_RECEIPT, &body, heard->message_id);
}

static void reject(const struct heard *heard, const char *code, bool may_retry)
{
    struct reject body = {
        .code = text_of(code), .text_zh = text_of("不行"), .text_en = text_of("no"), .may_retry = number_of(may_retry)};
    if (may_retry)
        body.retry_ms = number_of(1);
    house_say(&house, one_window[0], MESSAGE_REJECT, &body, heard->message_id);
}

Test(outbox, sends_the_next_answer_of_a_case_only_after_the_receipt_for_the_one_before)
{
    char id[31];
    house_open(&house, one_window, 1);
    start();
    house.is_mute = true;
    submit(house_case_id(1, id));
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'CERTIFIED'", 1);
    const struct heard *accepted = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    for (int i = 0; i < 20; i++)
        house_turn(&house);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_BOOKED, id), 0);
    receipt(accepted);
    receipt(house_await(&house, MESSAGE_CASE_BOOKED, id, 1));
    receipt(house_await(&house, MESSAGE_CERT_ISSUED, id, 1));
    house_await_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL AND state = 'stored'", 3);
    house_close(&house);
}

Test(outbox, sends_the_same_bytes_under_the_same_id_after_a_restart)
{
    char id[31];
    house_open(&house, one_window, 1);
    start();
    house.is_mute = true;
    submit(house_case_id(1, id));
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    house_kill(&house);
    house.is_mute = false;
    start();
    const struct heard *again = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 2);
    const struct heard *first = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    cr_assert_eq(memcmp(first->message_id, again->message_id, 16), 0);
    cr_assert_eq(first->body_size, again->body_size);
    cr_assert_eq(memcmp(first->body, again->body, first->body_size), 0);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_close(&house);
}

Test(outbox, tries_again_when_the_broker_is_busy)
{
    char id[31];
    house_open(&house, one_window, 1);
    start();
    house.is_mute = true;
    submit(house_case_id(1, id));
    const struct heard *first = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    reject(first, "BUSY", true);
    const struct heard *second = house_await(&house, MESSAGE_CASE_ACCEPTED, id, 2);
    cr_assert_eq(memcmp(house.heard[first - house.heard].message_id, second->message_id, 16), 0);
    receipt(second);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    house_close(&house);
}

Test(outbox, records_a_final_reject_with_its_reason_and_goes_on)
{
    char id[31];
    house_open(&house, one_window, 1);
    start();
    house.is_mute = true;
    submit(house_case_id(1, id));
    reject(house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1), "WRONG_STATE", false);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE state = 'rejected'"
                                      " AND code = 'WRONG_STATE' AND text_zh = '不行'"),
                 1);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_ACCEPTED, id), 1);
    house_close(&house);
}

Test(outbox, tells_the_broker_its_last_receipt_in_hello)
{
    struct hello hello;
    house_open(&house, one_window, 1);
    start();
    house_await_number(&house, "SELECT count(*) FROM receipt", 1);
    house_kill(&house);
    start();
    house_decode(&house, house_await(&house, MESSAGE_HELLO, "", 2), &hello);
    cr_assert_eq(hello.last_receipt.sequence.value, 1);
    cr_assert_eq(hello.credit.value, 64);
    house_close(&house);
}

Test(outbox, belongs_to_one_daemon_at_a_time)
{
    char why[512];
    struct folder second;
    house_open(&house, one_window, 1);
    start();
    cr_assert_eq(folder_open(&second, house.data, FOLDER_TEST, why, sizeof why), STATUS_OK);
    cr_assert_eq(folder_lock(&second, why, sizeof why), STATUS_IN_USE);
    folder_close(&second);
    cr_assert_eq(folder_open(&second, house.data, FOLDER_PRODUCTION, why, sizeof why), STATUS_SEALED_OTHERWISE);
    house_close(&house);
}
