#include "agents/client/link.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/client/broker_double.h"

static struct broker_double broker;
static struct link *link_under_test;

static void set_up(void)
{
    double_start(&broker, "B:105451099995");
    link_under_test = double_link(&broker);
}

static void tear_down(void)
{
    link_close(&link_under_test);
    double_stop(&broker);
}

TestSuite(link, .init = set_up, .fini = tear_down, .timeout = 60);

/* The next message for the agent within 10 s. */
static bool link_await_message(struct link_message *out)
{
    int64_t end_us = clock_now_us() + 10000000;
    while (clock_now_us() < end_us) {
        zmq_pollitem_t items[] = {{link_socket(link_under_test), 0, ZMQ_POLLIN, 0}};
        zmq_poll(items, 1, 5);
        link_tick(link_under_test, clock_now_us());
        if (link_receive(link_under_test, clock_now_us(), out))
            return true;
    }
    return false;
}

static void say_reject(enum status status, bool may_retry)
{
    const struct reject reject = {
        .code = text_of(status_code(status)),
        .text_zh = text_of(status_chinese(status)),
        .text_en = text_of(status_english(status)),
        .may_retry = number_of(may_retry),
        .retry_ms = number_of(1),
        .is_present = true,
    };
    double_say(&broker, &(struct double_message){.type = MESSAGE_REJECT, .body = &reject, .answers = broker.answers});
}

static void say_receipt(struct double_message message)
{
    static const uint8_t filler[32] = {1};
    const struct receipt receipt = {
        .sequence = number_of(7),
        .time = number_of(1),
        .chain = bytes_of(filler, 32),
        .mac = bytes_of(filler, 32),
        .is_present = true,
    };
    message.type = MESSAGE_RECEIPT;
    message.body = &receipt;
    message.answers = broker.answers;
    double_say(&broker, &message);
}

Test(link, opens_a_session_with_hello)
{
    double_expect(&broker, MESSAGE_HELLO);
    cr_assert_eq(link_state(link_under_test), LINK_CONNECTING);
    cr_assert_eq(link_session(link_under_test), 0);
    cr_assert_null(link_hello_ack(link_under_test));
    double_say_ack(&broker);
    double_await_state(&broker, link_under_test, LINK_STANDING);
    cr_assert_eq(link_session(link_under_test), 1);
    cr_assert(text_is(link_hello_ack(link_under_test)->software, "double 1"));
    cr_assert_str_eq(link_trouble(link_under_test), "");
}

Test(link, sends_nothing_before_the_session_stands)
{
    struct link_outgoing message = {.type = MESSAGE_EVENT_ACK};
    const struct event_ack ack = {.number = number_of(1), .is_present = true};
    cr_assert_eq(link_send_struct(link_under_test, &message, &ack), STATUS_NO_SESSION);
    double_open_session(&broker, link_under_test);
    cr_assert_eq(link_send_struct(link_under_test, &message, &ack), STATUS_OK);
    double_expect(&broker, MESSAGE_EVENT_ACK);
    cr_assert(text_is(broker.envelope.source, "B:105451099995"));
    cr_assert(text_is(broker.envelope.destination, "K"));
}

Test(link, ignores_an_acknowledgement_of_another_hello)
{
    double_expect(&broker, MESSAGE_HELLO);
    broker.answers[0] ^= 1;
    double_say_ack(&broker);
    broker.answers[0] ^= 1;
    say_reject(STATUS_BUSY, true); /* comes after it on the same connection */
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert_eq(link_session(link_under_test), 0);
}

Test(link, says_why_it_was_refused_and_tries_again)
{
    double_expect(&broker, MESSAGE_HELLO);
    say_reject(STATUS_BEHIND, true);
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert(strstr(link_trouble(link_under_test), "BEHIND"));
    double_open_session(&broker, link_under_test);
}

Test(link, says_which_option_is_wrong_at_a_broker_of_the_other_kind)
{
    double_expect(&broker, MESSAGE_HELLO);
    say_reject(STATUS_SEALED_OTHERWISE, false);
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert(strstr(link_trouble(link_under_test), "leave --test out"), "%s", link_trouble(link_under_test));
}

Test(link, does_not_stand_when_its_key_was_revoked)
{
    const struct reject reject = {.code = text_of(status_code(STATUS_REVOKED_KEY)),
                                  .text_zh = text_of(status_chinese(STATUS_REVOKED_KEY)),
                                  .text_en = text_of(status_english(STATUS_REVOKED_KEY)),
                                  .may_retry = number_of(0),
                                  .is_present = true};
    double_open_session(&broker, link_under_test);
    double_say(&broker, &(struct double_message){.type = MESSAGE_REJECT, .body = &reject});
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert(strstr(link_trouble(link_under_test), "REVOKED_KEY"), "%s", link_trouble(link_under_test));
}

Test(link, says_that_its_key_has_ended_until_something_is_taken_again)
{
    struct link_message message;
    double_open_session(&broker, link_under_test);
    say_reject(STATUS_EXPIRED_KEY, true);
    cr_assert(link_await_message(&message));
    cr_expect_eq(message.type, MESSAGE_REJECT, "whoever sent it keeps it");
    cr_expect_eq(link_state(link_under_test), LINK_STANDING, "it still receives");
    cr_expect(strstr(link_trouble(link_under_test), "EXPIRED_KEY"));
    say_receipt((struct double_message){0});
    cr_assert(link_await_message(&message));
    cr_expect_str_eq(link_trouble(link_under_test), "");
}

static enum status refuse_all(const struct hello_ack *ack, void *context, char *why, size_t why_size)
{
    (void)context;
    snprintf(why, why_size, "epoch %lld is too old", (long long)ack->epoch.value);
    return STATUS_FENCED;
}

Test(link, takes_nothing_of_a_broker_its_owner_refuses)
{
    const struct link_owner owner = {.judge_broker = refuse_all};
    const struct link_settings settings = {.endpoint = broker.endpoint,
                                           .broker_key = broker.public_key,
                                           .keys = broker.keys,
                                           .software = "link under test",
                                           .is_test = true};
    struct link_message message;
    link_close(&link_under_test);
    cr_assert_eq(link_open(broker.context, &settings, &owner, &link_under_test), STATUS_OK);
    broker.turn_context = link_under_test;
    double_expect(&broker, MESSAGE_HELLO);
    double_say_ack(&broker);
    say_receipt((struct double_message){0}); /* stands right behind the HELLO_ACK */
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert_str_eq(link_trouble(link_under_test), "epoch 1 is too old");
    double_expect(&broker, MESSAGE_HELLO); /* the receipt was read and dropped meanwhile */
    cr_assert_eq(link_session(link_under_test), 0);
    cr_assert_not(link_receive(link_under_test, clock_now_us(), &message));
}

Test(link, refuses_a_production_broker_when_it_is_a_test_agent)
{
    double_expect(&broker, MESSAGE_HELLO);
    double_say_ack_as(&broker, 1, 0, false);
    double_await_state(&broker, link_under_test, LINK_REFUSED);
    cr_assert(strstr(link_trouble(link_under_test), "production"));
}

Test(link, says_hello_at_once_when_the_broker_forgot_the_session)
{
    double_open_session(&broker, link_under_test);
    say_reject(STATUS_NO_SESSION, true);
    double_open_session(&broker, link_under_test);
    cr_assert_eq(link_session(link_under_test), 2);
}

Test(link, opens_a_new_session_soon_after_the_broker_was_killed)
{
    double_open_session(&broker, link_under_test);
    double_kill(&broker);
    double_await_state(&broker, link_under_test, LINK_CONNECTING);
    double_restart(&broker);
    int64_t back_us = clock_now_us();
    double_open_session(&broker, link_under_test);
    cr_assert_eq(link_session(link_under_test), 2);
    cr_assert_lt(clock_now_us() - back_us, 3000000, "it took %lld us", (long long)(clock_now_us() - back_us));
}

Test(link, makes_a_new_connection_after_silence)
{
    double_open_session(&broker, link_under_test);
    const struct heartbeat heartbeat = {.time = number_of(1), .is_present = true};
    struct link_message message;
    void *before = link_socket(link_under_test);
    double_say(&broker, &(struct double_message){.type = MESSAGE_HEARTBEAT, .body = &heartbeat});
    say_receipt((struct double_message){.is_duplicate = true});
    cr_assert(link_await_message(&message), "the heartbeat before it was heard too");
    link_tick(link_under_test, clock_now_us() + 4000000);
    cr_assert_eq(link_socket(link_under_test), before);
    link_tick(link_under_test, clock_now_us() + 6000000);
    cr_assert_eq(link_state(link_under_test), LINK_CONNECTING);
    double_open_session(&broker, link_under_test);
    cr_assert_eq(link_session(link_under_test), 2);
}

Test(link, bears_the_silence_of_a_broker_that_says_no_heartbeats)
{
    double_open_session(&broker, link_under_test);
    link_tick(link_under_test, clock_now_us() + 6000000);
    cr_assert_eq(link_state(link_under_test), LINK_STANDING);
    link_tick(link_under_test, clock_now_us() + 61000000);
    cr_assert_eq(link_state(link_under_test), LINK_CONNECTING);
}

Test(link, says_a_heartbeat_when_it_has_nothing_else_to_say)
{
    double_open_session(&broker, link_under_test);
    cr_assert_leq(link_wake_us(link_under_test), clock_now_us() + 1000000);
    link_tick(link_under_test, clock_now_us() + 1100000);
    bool is_heartbeat = false;
    for (int i = 0; i < 1000 && !is_heartbeat; i++) {
        uint8_t frame[4096];
        zmq_pollitem_t items[] = {{broker.router, 0, ZMQ_POLLIN, 0}};
        zmq_poll(items, 1, 100);
        int size = zmq_recv(broker.router, frame, sizeof frame, ZMQ_DONTWAIT);
        is_heartbeat = size > 9 && memmem(frame, (size_t)size, "HEARTBEAT", 9);
    }
    cr_assert(is_heartbeat);
}

Test(link, hands_on_what_is_for_the_agent)
{
    struct link_message message;
    double_open_session(&broker, link_under_test);
    say_receipt((struct double_message){.case_id = {NULL, 0}});
    cr_assert(link_await_message(&message));
    cr_assert_eq(message.type, MESSAGE_RECEIPT);
    cr_assert_eq(((const struct receipt *)message.body)->sequence.value, 7);
}

Test(link, drops_what_is_flawed_and_goes_on)
{
    static const uint8_t garbage[] = {0xc1, 0xff, 0x00};
    struct bytes frames[WIRE_FRAME_COUNT_MAX + 3];
    struct link_message message;
    double_open_session(&broker, link_under_test);
    say_receipt((struct double_message){.has_wrong_digest = true});
    for (uint32_t i = 0; i < WIRE_FRAME_COUNT_MAX + 3; i++)
        frames[i] = bytes_of(garbage, sizeof garbage);
    double_say_frames(&broker, frames, 1);
    double_say_frames(&broker, frames, 2);
    double_say_frames(&broker, frames, WIRE_FRAME_COUNT_MAX + 3);
    say_receipt((struct double_message){.is_duplicate = true});
    cr_assert(link_await_message(&message));
    cr_assert_eq(message.type, MESSAGE_RECEIPT);
    cr_assert_eq(message.envelope.is_duplicate.value, 1, "a flawed message was handed on");
}

/* Sends `body` as a RECEIPT whose bytes were made by hand. */
static void say_receipt_bytes(struct bytes body)
{
    uint8_t sm3[SM3_SIZE];
    uint8_t encoded[512];
    size_t size = 0;
    cr_assert_eq(digest_make(broker.digest, body, sm3), STATUS_OK);
    const struct envelope envelope = {
        .version = number_of(1),
        .message_id = bytes_of(broker.answers, 16),
        .type = text_of("RECEIPT"),
        .source = text_of("K"),
        .destination = text_of("B:105451099995"),
        .sent_at = number_of(1),
        .digest = bytes_of(sm3, sizeof sm3),
    };
    cr_assert_eq(record_encode(&record_envelope, &envelope, encoded, sizeof encoded, &size), STATUS_OK);
    double_say_frames(&broker, (struct bytes[]){bytes_of(encoded, size), body}, 2);
}

Test(link, hands_on_a_body_with_a_key_of_a_newer_broker)
{
    static const uint8_t colour[] = {0xa6, 'c', 'o', 'l', 'o', 'u', 'r', 0x02};
    const uint8_t filler[32] = {1};
    const struct receipt receipt = {
        .sequence = number_of(9),
        .time = number_of(1),
        .chain = bytes_of(filler, 32),
        .mac = bytes_of(filler, 32),
        .is_present = true,
    };
    uint8_t body[256];
    size_t size = 0;
    struct link_message message;
    double_open_session(&broker, link_under_test);
    cr_assert_eq(record_encode(&record_receipt, &receipt, body, sizeof body, &size), STATUS_OK);
    body[0]++; /* a map with one pair more */
    memcpy(body + size, colour, sizeof colour);
    say_receipt_bytes(bytes_of(body, size + sizeof colour));
    cr_assert(link_await_message(&message));
    cr_assert_eq(((const struct receipt *)message.body)->sequence.value, 9);
}
